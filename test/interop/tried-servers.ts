// The servers of others that the catalogue of conformance is run on, what they are known to be ended by, and their user.

import { encodeCredentials } from '../../lib/methods/credentials.js';
import { mschapv2 } from '../../lib/methods/mschapv2.js';
import { peapPeer, tlsPeer, ttlsPeer } from '../../lib/methods/tls/index.js';
import type { ServerTarget } from '../../lib/conformance/index.js';
import { certificates } from '../methods/tls/certificates.js';
import { type RunningServer, startFreeRadius, startHostapd } from './servers.js';

export const secret = 'between us';
export const password = 'Pa$$w0rd of Alice';
const credentials = encodeCredentials({ username: 'alice', password });

export const methodNames = ['mschapv2', 'tls', 'peap', 'ttls'] as const;
export type MethodName = (typeof methodNames)[number];

function methodOf(name: MethodName) {
  const { ca, client } = certificates();
  const methods = {
    mschapv2: () => mschapv2,
    tls: () => tlsPeer({ ca, ...client, identity: 'alice', resumption: false }),
    peap: () => peapPeer({ ca, methods: [mschapv2], resumption: false }),
    ttls: () => ttlsPeer({ ca, inner: 'pap', resumption: false }),
  };
  return methods[name]();
}

interface TriedServer {
  readonly start: (method: MethodName, isSupervised?: boolean) => Promise<RunningServer>;
  /** Cases that end it, with these methods: each is run on a server of its own. */
  readonly endedBy: Readonly<Partial<Record<MethodName, readonly string[]>>>;
}

export const servers: Readonly<Record<'freeradius' | 'hostapd', TriedServer>> = {
  freeradius: {
    start: (firstMethod, isSupervised = false) =>
      startFreeRadius({
        isSupervised,
        secret,
        users: { alice: password },
        firstMethod,
        tls: { maxVersion: 'TLSv1.3', checkCrl: true },
        isQuiet: true,
      }),
    endedBy: {
      peap: ['cwe400-server-disruptive'],
      ttls: ['rfc5281-10.1-disruptive'],
    },
  },
  hostapd: {
    start: (method) =>
      startHostapd({
        secret,
        password,
        method,
        tls: { maxVersion: 'TLSv1.2', checkCrl: true },
        isQuiet: true,
      }),
    endedBy: {},
  },
};

/** A server, and alice with this method. Make the certificates before time is measured. */
export function targetOf(port: number, name: MethodName): Omit<ServerTarget, 'silenceMs' | 'answerMs'> {
  const { client, expiredClient, earlyClient, revokedClient, server: forServers } = certificates();
  const bad = {
    expired: expiredClient,
    notYetValid: earlyClient,
    revoked: revokedClient,
    forServers,
  };
  return {
    host: '127.0.0.1',
    port,
    secret: Buffer.from(secret),
    identity: 'alice',
    method: methodOf(name),
    credentials,
    ...(name === 'tls' && { certificate: client, badCertificates: bad }),
  };
}
