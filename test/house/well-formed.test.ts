// Half of a surrogate pair has no UTF-8: an encoder writes U+FFFD in its place, and two names become one. It is refused by
// the name of its argument wherever text is encoded.

import assert from 'node:assert/strict';

import { converse } from '../../lib/method-dlls/index.js';
import { openEapHost, type EapHost, type InputField } from '../../lib/index.js';
import {
  encodeCredentials,
  makeTestAuthority,
  md5,
  md5Authenticator,
  memoryUsers,
} from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { RadiusClient, radiusTransport, RadiusServer, textAttribute } from '../../lib/radius/index.js';

const half = 'a\ud800';

describe('Half of a surrogate pair', () => {
  let host: EapHost;
  before(async () => {
    host = await openEapHost({ runtime: 'embedded' });
  });
  after(() => host.close());

  const users = memoryUsers({});
  const methods = [md5Authenticator({ users })];
  const client = new RadiusClient({ host: '127.0.0.1', secret: 's' });
  const network = { ssids: ['a'], security: { authentication: 'open', encryption: 'none' } } as const;
  const field: InputField = {
    type: 'username',
    label: 'a',
    data: half,
    flags: [],
    minLength: 0,
    maxLength: 9,
  };

  /** By the argument that the refusal names. */
  const calls: Readonly<Record<string, () => unknown>> = {
    'credentials.username': () =>
      host.beginSession({ method: 'md5', credentials: { username: half, password: 'b' } }),
    'credentials.password': () => encodeCredentials({ username: 'a', password: half }),
    'credentials.domain': () => encodeCredentials({ username: 'a', password: 'b', domain: half }),
    password: () => host.getEncryptedPassword(half),
    'fields[0].data': () => host.userBlobFromCredentialInputFields([field], { method: 'md5' }),
    'a name of users': () => memoryUsers({ [half]: 'b' }),
    'users.a.password': () => memoryUsers({ a: half }),
    serverName: () => md5Authenticator({ users, serverName: half }),
    'subject.name': () => makeTestAuthority().issue({ name: half, purpose: 'server' }),
    'peer.login.identity': () =>
      converse(md5, methods[0]!, { peer: { login: { identity: half, password: 'b' } } }),
    text: () => textAttribute(1, half),
    host: () => new RadiusClient({ host: half, secret: 's' }),
    secret: () => RadiusServer.listen({ secret: 's', clients: { '10.0.0.1': half }, methods, port: 0 }),
    nasIdentifier: () => new RadiusClient({ host: 'a', secret: 's', nasIdentifier: half }),
    userName: () => radiusTransport(client, { userName: half }),
    'options.name': () => profiles.wlan({ name: half, ...network }),
    'options.username': () => profiles.credentials.ttls({ username: half, password: 'b' }),
  };
  for (const [argument, call] of Object.entries(calls)) {
    it(`is refused as ${argument}`, async () => {
      await assert.rejects(
        async () => call(),
        (error: unknown) => error instanceof RangeError && error.message.startsWith(`${argument} `),
      );
    });
  }
});
