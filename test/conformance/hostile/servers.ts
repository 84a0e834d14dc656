// What the attacks on identities and on accounts have in common: users, certificates, a server of each method, and what it
// makes of a peer.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { attributeTypes } from '../../../lib/eap/attributes.js';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import { md5Authenticator } from '../../../lib/methods/md5.js';
import type { MethodDefinition, PeerSide } from '../../../lib/hosts/method.js';
import { mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import {
  type CertificateSubject,
  type EapTlsAuthenticatorOptions,
  gtcAuthenticator,
  makeTestAuthority,
  peapAuthenticator,
  tlsAuthenticator,
  tlsPeer,
  ttlsAuthenticator,
} from '../../../lib/methods/tls/index.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import {
  type AuthorizeRequest,
  RadiusClient,
  RadiusServer,
  type RadiusServerEvent,
  type RadiusServerOptions,
  textAttribute,
  textOf,
} from '../../../lib/radius/index.js';
import { authenticate } from '../../methods/tls/radius-peer.js';
import { until } from '../../radius/support.js';

export const secret = 'testing123';
export const authority = makeTestAuthority();
export const { ca } = authority;
export const server = authority.issue({ name: 'server', purpose: 'server' });
export const certificateOf = (subject: Partial<CertificateSubject>) =>
  authority.issue({ name: '', purpose: 'client', ...subject });
export const alice = certificateOf({ name: 'alice', emails: ['alice@example.org'] });
export const insecure = { ca };
export const users = memoryUsers({
  alice: 'apple',
  bob: 'banana',
  admin: 'correct horse',
  'CORP\\carol': 'cherry',
});
export const credentialsOf = (username: string, password: string) =>
  encodeCredentials({ username, password });
export const aliceBlob = credentialsOf('alice', 'apple');
export const bobBlob = credentialsOf('bob', 'banana');
export const none = Buffer.alloc(0);

/** A peer that calls itself so, whoever it is. */
export function named(method: MethodDefinition & { readonly peer: PeerSide }, identity: string) {
  const getIdentity: PeerSide['getIdentity'] = ({ credentials }) => ({ identity, credentials });
  return { ...method, peer: { ...method.peer, getIdentity } };
}

export const authenticators = {
  mschapv2: () => mschapv2Authenticator({ users }),
  gtc: () => gtcAuthenticator({ users }),
  md5: () => md5Authenticator({ users }),
  tls: (options: Partial<EapTlsAuthenticatorOptions> = {}) =>
    tlsAuthenticator({ ...server, clients: { ca }, ...options }),
  peap: (...methods: MethodDefinition[]) => peapAuthenticator({ ...server, methods }),
  ttls: (...methods: MethodDefinition[]) => ttlsAuthenticator({ ...server, users, methods }),
};

/** What a server made of a peer. */
export interface Outcome {
  readonly accepted: boolean;
  /** User-Name of the Access-Accept. */
  readonly userName: string | undefined;
  /** Filter-Id of the Access-Accept. */
  readonly group: string | undefined;
  readonly verdict: RadiusServerEvent & { readonly kind: 'verdict' };
  readonly asked: readonly AuthorizeRequest[];
}

/** One authentication with a server that gives everybody a group of the name that `authorize` sees. */
export async function run(
  peer: MethodDefinition,
  authenticator: MethodDefinition,
  credentials: Uint8Array,
  options: Partial<RadiusServerOptions> = {},
): Promise<Outcome> {
  const events: RadiusServerEvent[] = [];
  const asked: AuthorizeRequest[] = [];
  await using radius = await RadiusServer.listen({
    secret,
    port: 0,
    methods: [authenticator],
    authorize(request) {
      asked.push(request);
      return { attributes: [textAttribute(attributeTypes.FilterId, `group of ${request.identity}`)] };
    },
    onEvent: (event) => events.push(event),
    ...options,
  });
  await using client = new RadiusClient({ host: '127.0.0.1', port: radius.port, secret });
  const { accept } = await authenticate(peer, client, { credentials });
  const isVerdict = (event: RadiusServerEvent) => event.kind === 'verdict';
  await until(() => events.some(isVerdict));
  const verdict = events.find(isVerdict);
  ok(verdict?.kind === 'verdict');
  equal(verdict.accepted, accept !== undefined);
  const [userName, group] = [attributeTypes.UserName, attributeTypes.FilterId].map((type) =>
    textOf(accept?.attributes ?? [], type),
  );
  return { accepted: verdict.accepted, userName, group, verdict, asked };
}

/** Accepted, and everywhere by the name that was proved. */
export function assertProved(outcome: Outcome, identity: string, outerIdentity: string): void {
  const { accepted, userName, group, verdict, asked } = outcome;
  equal(accepted, true, verdict.reason);
  deepEqual([userName, group], [identity, `group of ${identity}`]);
  deepEqual([verdict.identity, verdict.outerIdentity], [identity, outerIdentity]);
  deepEqual(
    asked.map((request) => [request.identity, request.outerIdentity]),
    [[identity, outerIdentity]],
  );
}

/** Refused by the method: nobody was asked for rights, and nobody is named. */
export function assertRefused({ accepted, userName, verdict, asked }: Outcome): void {
  deepEqual([accepted, userName, verdict.identity, asked], [false, undefined, undefined, []]);
  equal(verdict.reason, 'methodFailure');
}

export const innerTls = () => tlsPeer({ ...insecure, ...alice, identity: 'alice' });
