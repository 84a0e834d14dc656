// An attacker who gets a property onto Object.prototype, or `__proto__` into JSON: no function takes it for an option.

import assert from 'node:assert/strict';

import { ownOptions, ownProperties } from '../../../lib/base/arguments.js';
import { fromOptions } from '../../../lib/cli/xml-forms.js';
import * as diagnostics from '../../../lib/diagnostics/index.js';
import {
  gtcAuthenticator,
  makeTestAuthority,
  peapAuthenticator,
  peapPeer,
  tlsAuthenticator,
  tlsPeer,
} from '../../../lib/methods/tls/index.js';
import { ttlsAuthenticator, ttlsPeer } from '../../../lib/methods/tls/index.js';
import { defineMethod } from '../../../lib/methods/define.js';
import { md5Authenticator } from '../../../lib/methods/md5.js';
import { mschapv2, mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import { serveMethods } from '../../../lib/shim-server/serve.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { openEapHost } from '../../../lib/supplicant/open.js';
import { profiles } from '../../../lib/profiles/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../../lib/radius/index.js';
import { AuthenticatorMethod, converse, PeerMethod } from '../../../lib/method-dlls/index.js';
import { loadAuthenticator, loadPeer, pairPath, pairType } from '../../method-dlls/support.js';
import { certificates } from '../../methods/tls/certificates.js';
import { aliceCredentials, assertSuccess, converse as converseTls } from '../../methods/support.js';

/** What every object inherits from. */
const shared: object = Object.prototype;
const users = memoryUsers({ alice: 'p' });
const close = async (opened: AsyncDisposable): Promise<void> => {
  await opened[Symbol.asyncDispose]();
};
const client = () => new RadiusClient({ host: '127.0.0.1', secret: 's' });

/** What each function with options is given, and the names of options that it is not. */
type Case = readonly [given: () => object, absent: readonly string[], call: (options: never) => unknown];

const tlsNames = ['minVersion', 'maxVersion', 'crl', 'pfx', 'passphrase', 'identity', 'onlyProfileRoots'];
const trustNames = ['insecurelyTrustAnyServer', 'systemRoots', 'serverHashes', 'serverNames', ...tlsNames];
const server = () => certificates().server;
const ca = () => ({ ca: certificates().ca });

const cases: Readonly<Record<string, Case>> = {
  tlsPeer: [() => ({ ...ca(), ...certificates().client }), trustNames, tlsPeer],
  peapPeer: [ca, [...trustNames, 'methods', 'cryptoBinding', 'cert', 'key'], peapPeer],
  ttlsPeer: [() => ({ ...ca(), inner: 'pap' }), [...trustNames, 'cert', 'key'], ttlsPeer],
  tlsAuthenticator: [
    () => ({ ...server(), clients: ca() }),
    ['checkIdentity', 'users', 'names', 'crl'],
    tlsAuthenticator,
  ],
  peapAuthenticator: [
    () => ({ ...server(), methods: [mschapv2] }),
    ['cryptoBinding', ...tlsNames],
    peapAuthenticator,
  ],
  ttlsAuthenticator: [() => ({ ...server(), users }), ['methods', 'passwordMethods'], ttlsAuthenticator],
  gtcAuthenticator: [() => ({ users }), ['serverName'], gtcAuthenticator],
  md5Authenticator: [() => ({ users }), ['serverName'], md5Authenticator],
  mschapv2Authenticator: [() => ({ users }), ['serverName'], mschapv2Authenticator],
  encodeCredentials: [
    () => ({ username: 'a', password: 'p' }),
    ['domain', 'newPassword', 'routingIdentity', 'certificate'],
    encodeCredentials,
  ],
  makeTestAuthority: [() => ({}), ['name', 'days'], makeTestAuthority],
  'TestAuthority.issue': [
    () => ({ name: 'a', purpose: 'client' }),
    ['dnsNames', 'emails', 'notAfter'],
    makeTestAuthority().issue,
  ],
  'a conversation of PEAP': [
    () => ({}),
    [...trustNames, 'cryptoBinding', 'methods', 'inner', 'rejectUnauthorized', 'serverName', 'state'],
    async () => {
      const methods = [mschapv2Authenticator({ users: memoryUsers({ alice: 'pässword' }) })];
      const held = await converseTls(peapPeer(ca()), peapAuthenticator({ ...server(), methods }), {
        credentials: aliceCredentials,
      });
      assertSuccess(held);
    },
  ],
  memoryUsers: [() => ({ alice: { password: 'p' } }), [], memoryUsers],
  openEapHost: [
    () => ({ runtime: 'embedded' }),
    ['maxLanes', 'methods', 'methodDlls', 'identityNeedsUserData', 'maxRounds', 'onEvent'],
    async (options) => close(await openEapHost(options)),
  ],
  beginSession: [
    () => ({ method: 'mschapv2', credentials: { username: 'a', password: 'p' } }),
    ['flags', 'attributes', 'userToken', 'config', 'maxSendPacketSize', 'connectionId', 'signal'],
    async (options) => {
      await using host = await openEapHost({ runtime: 'embedded' });
      await close(await host.beginSession(options));
    },
  ],
  'RadiusServer.listen': [
    () => ({ secret: 's', methods: [], port: 0 }),
    [
      'clients',
      'policy',
      'authorize',
      'onAttributes',
      'maxSessions',
      'maxRounds',
      'address',
      'unref',
      'onEvent',
    ],
    async (options) => close(await RadiusServer.listen(options)),
  ],
  RadiusClient: [
    () => ({ host: '127.0.0.1', secret: 's' }),
    ['port', 'localAddress', 'timeoutMs', 'retries', 'nasIdentifier'],
    (options) => new RadiusClient(options),
  ],
  radiusTransport: [
    () => ({}),
    ['framedMtu', 'onPacket', 'userName', 'nasPortType', 'callingStationId', 'attributes'],
    (options) => radiusTransport(client(), options),
  ],
  'PeerMethod.load': [
    () => ({ type: pairType, dllPath: pairPath }),
    ['authorId', 'endpoint', 'uiPaths', 'isolate', 'timeout', 'trace', 'onCall', 'maxLanes'],
    async (options) => close(await PeerMethod.load(options)),
  ],
  'AuthenticatorMethod.load': [
    () => ({ type: pairType, dllPath: pairPath }),
    ['authorId', 'endpoint', 'isolate', 'timeout', 'trace', 'onCall', 'maxLanes'],
    async (options) => close(await AuthenticatorMethod.load(options)),
  ],
  converse: [
    () => ({ retries: 0 }),
    ['maxSendPacketSize', 'maxRounds', 'lose', 'peer', 'authenticator', 'signal'],
    async (options) => {
      await using peer = await loadPeer();
      await using authenticator = await loadAuthenticator();
      await converse(peer, authenticator, options);
    },
  ],
  defineMethod: [
    () => ({ type: { type: 200 }, name: 'x', peer: mschapv2.peer }),
    ['configuration'],
    defineMethod,
  ],
  serveMethods: [
    () => ({ methods: [mschapv2] }),
    ['helloTimeout', 'maxHalfOpen', 'at', 'onError'],
    async (options) => close(await serveMethods(options)),
  ],
  'diagnostics.ladder': [() => ({}), ['columns', 'colours'], (options) => diagnostics.ladder([], options)],
  'diagnostics.toHtml': [
    () => ({ title: 'x' }),
    ['summary', 'outcome'],
    (options) => diagnostics.toHtml([], options),
  ],
  'profiles.peap': [
    () => ({ serverValidation: {} }),
    ['fastReconnect', 'requireCryptoBinding', 'performServerValidation', 'disablePrompt', 'inner', 'enabled'],
    profiles.peap,
  ],
  'profiles.tls': [
    () => ({}),
    ['performServerValidation', 'acceptServerName', 'serverValidation'],
    profiles.tls,
  ],
  'profiles.ttls': [() => ({ inner: 'pap' }), ['serverValidation', 'identityPrivacy'], profiles.ttls],
  'profiles.wlan': [
    () => ({ name: 'a', ssids: ['a', { hex: 'FF' }], security: { authentication: 'open' } }),
    ['oneX', 'nonBroadcast', 'encryption', 'useOneX', 'sharedKey', 'connectionType', 'hotspot2', 'fipsMode'],
    profiles.wlan,
  ],
  'profiles.lan': [
    () => ({ oneX: { eap: { tls: {} } } }),
    ['oneXEnabled', 'oneXEnforced', 'authMode', 'singleSignOn', 'peap'],
    profiles.lan,
  ],
  'profiles.vpn': [
    () => ({ servers: ['a'], eap: { tls: {} } }),
    ['userMethod', 'machineMethod', 'l2tpPsk', 'alwaysOn', 'proxy'],
    profiles.vpn,
  ],
  'profiles.parseWlan': [
    () => ({}),
    ['unknown', 'eap', 'oneX', 'nonBroadcast', 'hotspot2', 'fipsMode'],
    (options) =>
      profiles.parseWlan(
        profiles.wlan({ name: 'a', ssids: ['a'], security: { authentication: 'open' } }),
        options,
      ),
  ],
  'eaphost xml': [
    () => ({}),
    ['method', 'connection', 'options', 'unknown'],
    () => assert.throws(() => fromOptions('{}', false), /must be one of/u),
  ],
};

describe('An option that nobody gave', function () {
  this.timeout(60_000);

  for (const [name, [given, absent, call]] of Object.entries(cases)) {
    it(`is not read from Object.prototype by ${name}`, async () => {
      const options = given();
      const read: string[] = [];
      for (const option of absent) {
        Reflect.defineProperty(shared, option, {
          configurable: true,
          get() {
            // What Node and the test read of objects of their own is theirs.
            const [, caller = ''] = (new Error('').stack ?? '').split('\n    at ').slice(1);
            if (/[\\/]dist[\\/]lib[\\/]/u.test(caller)) read.push(`${option} ${caller}`);
            return undefined;
          },
        });
      }
      try {
        await Reflect.apply(call, undefined, [options]);
      } finally {
        for (const option of absent) Reflect.deleteProperty(shared, option);
      }
      assert.deepEqual(read, []);
    });
  }

  it('trusts no server because of Object.prototype', () => {
    for (const make of [() => tlsPeer({}), () => peapPeer({}), () => ttlsPeer({ inner: 'pap' })]) {
      Reflect.defineProperty(shared, 'insecurelyTrustAnyServer', { configurable: true, value: true });
      try {
        assert.throws(make, { code: 'EAPHOST_NO_TRUST' });
      } finally {
        Reflect.deleteProperty(shared, 'insecurelyTrustAnyServer');
      }
    }
  });

  it('is refused where it is inherited, and ignored where it is an own __proto__', () => {
    const parsed: object = JSON.parse('{"__proto__":{"insecurelyTrustAnyServer":true}}');
    assert.equal(ownProperties(parsed, 'options')['insecurelyTrustAnyServer'], undefined);
    const known = { insecurelyTrustAnyServer: true } as const;
    assert.throws(() => ownOptions<string>(parsed, 'options', known), /__proto__ is no option/u);
    class Accessors {
      get insecurelyTrustAnyServer(): boolean {
        return true;
      }
    }
    class Fields {
      readonly ca = 'x';
    }
    for (const options of [Object.assign({}, parsed), Object.create(parsed), new Accessors(), []]) {
      assert.throws(() => ownProperties(options, 'options'), TypeError);
    }
    assert.deepEqual(Object.entries(ownOptions(new Fields(), 'options', { ca: true })), [['ca', 'x']]);
    assert.deepEqual({ ...ownProperties(undefined, 'options') }, {});
  });

  it('is read once, whatever an accessor says the second time', () => {
    let times = 0;
    const own = ownOptions(
      {
        get serverNames() {
          return (times += 1);
        },
      },
      'options',
      { serverNames: true },
    );
    assert.deepEqual([own.serverNames, own.serverNames, times], [1, 1, 1]);
  });
});
