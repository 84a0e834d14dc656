// EAP-TTLSv0 (RFC 5281) as definitions: peer and authenticator.

import { ownOptions, toName, type OptionNames } from '../../base/arguments.js';
import type { MethodDefinition, PeerBegin, MethodWith } from '../../hosts/method.js';
import { toDefinitions } from '../define.js';
import { md5 } from '../md5.js';
import { mschapv2 } from '../mschapv2.js';
import { passwordConfiguration, tunnelConfiguration } from '../password-fields.js';
import { passwordIdentity } from '../password.js';
import { checkUsers } from '../users.js';
import { TlsAuthenticator, TlsAuthenticatorKit } from './authenticator.js';
import { gtc } from '../gtc.js';
import {
  authenticatorSettingsNames,
  peerSettingsNames,
  identityNames,
  type TlsAuthenticatorSettings,
  type TlsIdentity,
  type TlsMethod,
  type TlsPeerSettings,
  tunnelProperties,
} from './options.js';
import { TlsPeer, TlsPeerKit } from './peer.js';
import { chooseInner, type PeerProfile, PeerSetups } from './profile.js';
import { badOption } from './trust.js';
import { TtlsAuthenticator, type TtlsInside, unboundInTtls } from './ttls-authenticator.js';
import { passwordMethods, type TtlsPasswordMethod } from './ttls-password.js';
import { TtlsEapPeer, TtlsPasswordPeer } from './ttls-peer.js';
import { type PeerTunnel, tunnelIdentity } from './tunnel.js';

/** The options of EAP-TTLS' peer: which server to trust, and the method inside the tunnel. */
export interface TtlsPeerOptions extends TlsPeerSettings, TlsIdentity {
  /**
   * A password method, or inner EAP methods in order of preference. A connection blob may name another: a password
   * method, or an EAP method of these, or else of EAP-MSCHAPv2, EAP-GTC and MD5-Challenge.
   */
  readonly inner?: TtlsPasswordMethod | readonly MethodDefinition[];
  /** For EAP-Response/Identity, which travels in the clear (identity privacy). The inner identity when left out. */
  readonly identity?: string;
}

/**
 * The options of EAP-TTLS' authenticator: its certificate, users for password methods, inner EAP methods.
 *
 * EAP-TTLS binds no inner method to its tunnel (RFC 5281, 14.1.11): an attacker who gets a peer to run the same method
 * bare, or MD5-Challenge for `chap`, EAP-MSCHAPv2 for `mschapv2`, GTC for `pap`, is accepted in its place. Have nobody
 * run them bare: `bareInnerMethods: 'refuse'` of `RadiusServer`. PEAP with crypto-binding has no such limit.
 */
export interface TtlsAuthenticatorOptions extends TlsAuthenticatorSettings, TtlsInside {}

const peerNames: OptionNames<TtlsPeerOptions> = {
  ...peerSettingsNames,
  ...identityNames,
  inner: true,
  identity: 'string',
};
const authenticatorNames: OptionNames<TtlsAuthenticatorOptions> = {
  ...authenticatorSettingsNames,
  users: 'object',
  passwordMethods: 'strings',
  methods: 'array',
};

const method: TlsMethod = {
  type: 21,
  version: 0,
  commitment: 'resumed',
  keyLabel: 'ttls keying material',
};

const definition = {
  type: { type: method.type, authorId: 311 },
  name: 'EAP-TTLS',
  properties: tunnelProperties,
};

/**
 * EAP-TTLS (type 21, author 311) as peer. On success it exports an MSK of 64 octets, an EMSK and a session id;
 * rejecting the server is a result, such as `EAP_E_SERVER_ROOT_CERT_NOT_FOUND`. Its connection blob is that of
 * `configFromXml`, or empty; its user blob that of `encodeCredentials`, or of the inner EAP method.
 * @throws TlsOptionsError for certificates that cannot be used, where no server is trusted, without an inner method
 */
export function ttlsPeer(given: TtlsPeerOptions): MethodWith<'peer'> {
  const options = ownOptions(given, 'options', peerNames);
  const { inner } = options;
  if (Array.isArray(inner)) toDefinitions(inner, 'inner');
  else if (inner !== undefined) toName(inner, 'inner', passwordMethods);
  const setups = new PeerSetups(method.type, options, (profile) => setUp(options, profile));
  return {
    ...definition,
    peer: {
      getIdentity(request) {
        const { inner, identity, config } = setups.of(request.config);
        if (typeof inner !== 'string') return tunnelIdentity(inner[0], identity, { ...request, config });
        const reply = passwordIdentity(request);
        return 'identity' in reply && identity !== undefined ? { ...reply, identity } : reply;
      },
      beginSession(begin) {
        const { kit, inner, config } = setups.of(begin.config);
        return new TlsPeer(kit, tunnelOf(inner, { ...begin, config }), begin);
      },
    },
    configuration: tunnelConfiguration((blob) => {
      const { inner, config } = setups.of(blob);
      const isPassword = typeof inner === 'string';
      return { configuration: isPassword ? passwordConfiguration : inner[0]?.configuration, config };
    }),
  };
}

type Inner = TtlsPasswordMethod | readonly MethodDefinition[];

function tunnelOf(inner: Inner, begin: PeerBegin): PeerTunnel {
  return typeof inner === 'string' ? new TtlsPasswordPeer(inner, begin) : new TtlsEapPeer(inner, begin);
}

function setUp(options: TtlsPeerOptions, profile: PeerProfile | undefined) {
  const kit = new TlsPeerKit(method, options, profile);
  const setup = { kit, identity: profile?.outerIdentity ?? options.identity };
  const inner = profile?.inner ?? options.inner;
  if (inner === undefined) {
    throw badOption('EAP-TTLS needs an inner method: give `inner`');
  }
  if (typeof inner === 'string' || !('type' in inner)) return { ...setup, inner, config: none };
  const own = typeof options.inner === 'object' ? options.inner : [];
  return { ...setup, ...chooseInner(inner, [...own, mschapv2, gtc, md5], 'inner') };
}

const none = new Uint8Array();

/**
 * EAP-TTLS as authenticator, with password methods, inner EAP methods or both. On success it exports an MSK of 64
 * octets, an EMSK and a session id; a peer that is refused is a result. It cannot bind inner methods to the tunnel: see
 * {@link TtlsAuthenticatorOptions}.
 * @throws TlsOptionsError for certificates that cannot be used
 */
export function ttlsAuthenticator(given: TtlsAuthenticatorOptions): MethodWith<'authenticator'> {
  const options = ownOptions(given, 'options', authenticatorNames);
  if (options.users !== undefined) checkUsers(options.users);
  if (options.methods !== undefined) toDefinitions(options.methods);
  for (const name of options.passwordMethods ?? []) toName(name, 'passwordMethods', passwordMethods);
  const kit = new TlsAuthenticatorKit(method, options);
  return {
    ...definition,
    authenticator: {
      unboundMethods: unboundInTtls(options),
      beginSession: (begin) => new TlsAuthenticator(kit, new TtlsAuthenticator(options, begin), begin),
    },
  };
}
