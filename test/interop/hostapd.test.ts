// A host that is kept authenticates again and again with hostapd over TLS 1.3: where hostapd 2.10 departs from the
// standards, and what the peer makes of it.

import { deepEqual, equal, match } from 'node:assert/strict';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import { mschapv2 } from '../../lib/methods/mschapv2.js';
import { peapPeer, tlsPeer, type TlsPeerSettings, ttlsPeer } from '../../lib/methods/tls/index.js';
import { decodeKeys } from '../../lib/eap/attributes.js';
import { RadiusClient } from '../../lib/radius/index.js';
import { certificates } from '../methods/tls/certificates.js';
import { authenticate, type RadiusConversation } from '../methods/tls/radius-peer.js';
import { type RunningServer, startHostapd } from './servers.js';

const secret = 'between us';
const password = 'Pa$$w0rd of Alice';
const credentials = encodeCredentials({ username: 'alice', password });

function innerTls(settings: Partial<TlsPeerSettings> = {}): MethodDefinition {
  const { ca, client } = certificates();
  return tlsPeer({ ca, ...client, identity: 'alice', ...settings });
}

const anonymous = () => ({ identity: 'anonymous', ca: certificates().ca });

interface Case {
  readonly peerOf: () => MethodDefinition;
  /** Why one conversation fails, the second; undefined where none does. */
  readonly refused?: RegExp;
  /** Later conversations resume. */
  readonly resumes?: boolean;
}

const silent = /did not say inside of TLS 1\.3 that it is done.*none is resumed from now on/u;
const garbled = /DECRYPTION_FAILED.*none is resumed from now on/u;

const cases: Readonly<Record<string, Case>> = {
  'EAP-TLS': { peerOf: () => innerTls(), refused: silent },
  'EAP-TLS, commitment optional': { peerOf: () => innerTls({ commitment: 'optional' }), resumes: true },
  'PEAP with EAP-MSCHAPv2': {
    peerOf: () => peapPeer({ ...anonymous(), methods: [mschapv2] }),
    refused: garbled,
  },
  'PEAP with EAP-TLS, commitment optional': {
    peerOf: () => peapPeer({ ...anonymous(), methods: [innerTls({ commitment: 'optional' })] }),
    refused: garbled,
  },
  'EAP-TTLS with PAP': { peerOf: () => ttlsPeer({ ...anonymous(), inner: 'pap' }), refused: silent },
  'EAP-TTLS with PAP, commitment optional': {
    peerOf: () => ttlsPeer({ ...anonymous(), inner: 'pap', commitment: 'optional' }),
    resumes: true,
  },
  'EAP-TTLS with EAP-TLS, commitment optional': {
    peerOf: () => ttlsPeer({ ...anonymous(), inner: [innerTls({ commitment: 'optional' })] }),
    refused: silent,
  },
};

describe('hostapd over TLS 1.3, authenticated with 20 times in a row', () => {
  let server: RunningServer;
  before(async function () {
    this.timeout(60_000);
    server = await startHostapd({ secret, password, tls: { maxVersion: 'TLSv1.3' } });
  });
  after(async () => server?.[Symbol.asyncDispose]());

  async function authenticateAlice(peer: MethodDefinition): Promise<RadiusConversation> {
    await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
    return await authenticate(peer, client, { credentials });
  }

  for (const [name, { peerOf, refused, resumes = false }] of Object.entries(cases)) {
    it(`${name}: ${refused ? 'at most the first that is resumed is refused' : 'all succeed'}`, async () => {
      const peer = peerOf();
      const failures: number[] = [];
      const octets: number[] = [];
      for (let round = 0; round < 20; round++) {
        const { peer: result, accept, received } = await authenticateAlice(peer);
        octets.push(received.reduce((sum, length) => sum + length, 0));
        if (result.isSuccess) {
          const { msk } = decodeKeys(result.attributes ?? [], 'peer');
          deepEqual(accept?.msk, msk);
        } else {
          failures.push(round);
          match(result.rootCause ?? '', refused ?? /^$/u);
        }
      }
      deepEqual(failures, refused ? [1] : []);
      equal(
        octets.slice(2).every((size) => size < octets[0]! / 2),
        resumes,
      );
    });
  }

  for (const [name, tunnelOf] of Object.entries({
    PEAP: () => peapPeer({ ...anonymous(), methods: [innerTls()] }),
    'EAP-TTLS': () => ttlsPeer({ ...anonymous(), inner: [innerTls()] }),
  })) {
    it(`${name} with EAP-TLS is refused, for what hostapd leaves out and with the remedy`, async () => {
      const { peer: result } = await authenticateAlice(tunnelOf());
      equal(result.isSuccess, false);
      match(result.rootCause ?? '', /EAP-TLS is an inner method.*`commitment: "optional"`/u);
    });
  }
});
