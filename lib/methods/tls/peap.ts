// PEAPv0 ([MS-PEAP]) as definitions: peer and authenticator, over any inner methods.

import { ownOptions, type OptionNames, toName } from '../../base/arguments.js';
import { propertyBits } from '../../eap/names.js';
import type { MethodDefinition, MethodWith } from '../../hosts/method.js';
import { toDefinitions } from '../define.js';
import { mschapv2 } from '../mschapv2.js';
import { tunnelConfiguration } from '../password-fields.js';
import { TlsAuthenticator, TlsAuthenticatorKit } from './authenticator.js';
import {
  authenticatorSettingsNames,
  peerSettingsNames,
  type TlsAuthenticatorSettings,
  type TlsMethod,
  type TlsPeerSettings,
  tunnelProperties,
} from './options.js';
import { unboundTypes } from './inner-authenticator.js';
import { type CryptoBindingOffer, PeapAuthenticator } from './peap-authenticator.js';
import { type CryptoBindingPolicy, PeapPeer } from './peap-peer.js';
import { gtc } from '../gtc.js';
import { TlsPeer, TlsPeerKit } from './peer.js';
import { chooseInner, type PeerProfile, PeerSetups } from './profile.js';
import { tunnelIdentity } from './tunnel.js';

/** The options of PEAP's peer: which server to trust, and the methods inside the tunnel. */
export interface PeapPeerOptions extends TlsPeerSettings {
  /**
   * Inner methods in order of preference. EAP-MSCHAPv2 when left out. A connection blob names one: of these, or else
   * of EAP-MSCHAPv2 and EAP-GTC.
   */
  readonly methods?: readonly MethodDefinition[];
  /** For EAP-Response/Identity, which travels in the clear (identity privacy). The inner identity when left out. */
  readonly identity?: string;
  /**
   * `optional` when left out: crypto-binding is checked where the server has it. Over TLS 1.3 the keys of hostapd 2.10 are
   * taken, too, which are others than the standard's and bind as well.
   */
  readonly cryptoBinding?: CryptoBindingPolicy;
}

/** The options of PEAP's authenticator. */
export interface PeapAuthenticatorOptions extends TlsAuthenticatorSettings {
  /** Inner methods in order of preference, each with an authenticator side. */
  readonly methods: readonly MethodDefinition[];
  /**
   * Default `required`: a peer must prove that one machine is at the ends of both the tunnel and the inner method, as
   * Windows, wpa_supplicant and this package do. With `optional` and `none` an attacker can open the tunnel himself and
   * pass on the inner method of a victim that runs it bare. An inner method without keys (GTC, MD5-Challenge) is not
   * protected by any of them: see `bareInnerMethods` of `RadiusServer`.
   */
  readonly cryptoBinding?: CryptoBindingOffer;
}

const peerNames: OptionNames<PeapPeerOptions> = {
  ...peerSettingsNames,
  methods: 'array',
  identity: 'string',
  cryptoBinding: ['optional', 'required'],
};
const authenticatorNames: OptionNames<PeapAuthenticatorOptions> = {
  ...authenticatorSettingsNames,
  methods: 'array',
  cryptoBinding: ['none', 'optional', 'required'],
};

const bindingOffers: Readonly<Record<CryptoBindingOffer, true>> = {
  none: true,
  optional: true,
  required: true,
};
const bindingPolicies: Readonly<Record<CryptoBindingPolicy, true>> = { optional: true, required: true };

const method: TlsMethod = {
  type: 25,
  version: 0,
  alwaysLength: true,
  keyLabel: 'client EAP encryption',
};

const definition = {
  type: { type: method.type },
  name: 'PEAP',
  properties: tunnelProperties | propertyBits.cryptoBinding,
};

/**
 * PEAPv0 (type 25) as peer. On success it exports an MSK of 64 octets; rejecting the server is a result, such as
 * `EAP_E_SERVER_ROOT_CERT_NOT_FOUND`. Its connection blob is that of `configFromXml`, or empty; its user blob that of
 * the inner method.
 * @throws TlsOptionsError for certificates that cannot be used, and where no server is trusted
 * @example
 * ```ts
 * import { openEapHost } from 'eaphost';
 * import { parseServerNames, peapPeer } from 'eaphost/methods';
 *
 * const method = peapPeer({ ca, serverNames: parseServerNames('radius.example.org') });
 * await using eaphost = await openEapHost({ runtime: 'embedded', methods: [method] });
 * const credentials = { username: 'alice', password: 'correct horse' };
 * await using session = await eaphost.beginSession({ method: 'peap', credentials });
 * ```
 */
export function peapPeer(given: PeapPeerOptions): MethodWith<'peer'> {
  const options = ownOptions(given, 'options', peerNames);
  const { cryptoBinding = 'optional' } = options;
  toName(cryptoBinding, 'options.cryptoBinding', bindingPolicies);
  if (options.methods !== undefined) toDefinitions(options.methods);
  const setups = new PeerSetups(method.type, options, (profile) => setUp(options, profile));
  return {
    ...definition,
    peer: {
      getIdentity(request) {
        const { inner, identity, config } = setups.of(request.config);
        return tunnelIdentity(inner[0], identity, { ...request, config });
      },
      beginSession(begin) {
        const { kit, inner, config, cryptoBinding } = setups.of(begin.config);
        return new TlsPeer(kit, new PeapPeer(inner, { ...begin, config }, cryptoBinding), begin);
      },
    },
    configuration: tunnelConfiguration((blob) => {
      const { inner, config } = setups.of(blob);
      return { configuration: inner[0]?.configuration, config };
    }),
  };
}

function setUp(options: PeapPeerOptions, profile: PeerProfile | undefined) {
  const { methods, cryptoBinding = 'optional' } = options;
  const setup = {
    kit: new TlsPeerKit(method, options, profile),
    identity: profile?.outerIdentity ?? options.identity,
    cryptoBinding: profile?.needsCryptoBinding === true ? 'required' : cryptoBinding,
  } as const;
  if (typeof profile?.inner !== 'object') return { ...setup, inner: methods ?? [mschapv2], config: none };
  return { ...setup, ...chooseInner(profile.inner, [...(methods ?? []), mschapv2, gtc], 'methods') };
}

const none = new Uint8Array();

/**
 * PEAPv0 as authenticator. On success it exports an MSK of 64 octets; a peer that is refused is a result, also one that
 * leaves out crypto-binding, which is required by default.
 * @throws TlsOptionsError for certificates that cannot be used
 * @example
 * ```ts
 * import { memoryUsers, mschapv2Authenticator, peapAuthenticator } from 'eaphost/methods';
 * import { RadiusServer } from 'eaphost/radius';
 *
 * const inner = mschapv2Authenticator({ users: memoryUsers({ alice: 'correct horse' }) });
 * const methods = [peapAuthenticator({ cert, key, methods: [inner] })];
 * await RadiusServer.listen({ secret: 'shared secret', methods });
 * ```
 */
export function peapAuthenticator(given: PeapAuthenticatorOptions): MethodWith<'authenticator'> {
  const options = ownOptions(given, 'options', authenticatorNames, ['methods']);
  const { cryptoBinding = 'required' } = options;
  const methods = toDefinitions(options.methods);
  const kit = new TlsAuthenticatorKit(method, options);
  toName(cryptoBinding, 'options.cryptoBinding', bindingOffers);
  const hasKeys = ({ properties }: MethodDefinition): boolean =>
    (properties & propertyBits.keyDerivation) !== 0;
  return {
    ...definition,
    authenticator: {
      unboundMethods: unboundTypes(methods, (inner) => cryptoBinding === 'required' && hasKeys(inner)),
      beginSession: (begin) =>
        new TlsAuthenticator(kit, new PeapAuthenticator(methods, begin, cryptoBinding), begin),
    },
  };
}
