// WLANProfile: wireless networks, in its first version's namespace with the elements of later ones.

import {
  boolean,
  type Codec,
  type GivenOptions,
  isGiven,
  listOf,
  sequence,
  withoutPrototype,
} from '../codec.js';
import { fieldsOf, floating } from '../fields.js';
import { isNameOf, namesOf } from '../../base/guards.js';
import { secretText, text } from '../values.js';
import { networkVocabulary } from '../xml.js';
import { connectionDocument, type Rules, ruled } from './document.js';
import { oneX, oneXName } from './onex.js';
import type {
  Hotspot2Options,
  MacRandomization,
  ParseConnectionOptions,
  ParsedConnection,
  WlanProfileAuthentication,
  WlanProfileOptions,
  WlanSecurity,
  WlanSharedKey,
} from './options.js';
import { ssidConfig } from './ssid.js';
import { hexOctets, wholeNumber, oneOf, shortText } from './values.js';

const w = networkVocabulary('WLAN/profile/v1');
const v2 = networkVocabulary('WLAN/profile/v2');
const v3 = networkVocabulary('WLAN/profile/v3');
const v4 = networkVocabulary('WLAN/profile/v4');

type Encryption = NonNullable<WlanSecurity['encryption']>;

/** By authentication: what is encrypted with, and whether 802.1X must be there. */
const authentications: Readonly<Record<WlanProfileAuthentication, readonly [Encryption, enterprise?: true]>> =
  {
    WPA: ['TKIP', true],
    WPA2: ['AES', true],
    WPA3: ['GCMP256', true],
    WPA3ENT: ['AES', true],
    WPA3ENT192: ['GCMP256', true],
    open: ['none'],
    shared: ['WEP'],
    WPAPSK: ['TKIP'],
    WPA2PSK: ['AES'],
    WPA3SAE: ['AES'],
    OWE: ['AES'],
  };

/** An element of a later version, which declares its namespace itself. */
const declaring = <T>(codec: Codec<T>): Codec<T> => ({
  ...codec,
  write: (value, path) => ({ ...codec.write(value, path), declares: true }),
});

const key = fieldsOf<WlanSharedKey>();
const sharedKey: Codec<WlanSharedKey> = ruled(
  sequence<WlanSharedKey>([
    key.one('keyType', w('keyType'), oneOf(['networkKey', 'passPhrase']), 'required'),
    key.one('protected', w('protected'), boolean, 'required'),
    key.one('keyMaterial', w('keyMaterial'), secretText, 'required'),
  ]),
  { defaults: ({ protected: isProtected = false }) => ({ protected: isProtected }) },
);

const onOff = oneOf(['enabled', 'disabled']);
const s = fieldsOf<WlanSecurity>();
const security = [
  s.group(w('authEncryption'), [
    s.one('authentication', w('authentication'), oneOf(namesOf(authentications)), 'required'),
    s.one('encryption', w('encryption'), oneOf(['none', 'WEP', 'TKIP', 'AES', 'GCMP256']), 'required'),
    s.one('useOneX', w('useOneX'), boolean),
    ...floating([
      s.one('fipsMode', v2('FIPSMode'), declaring(boolean)),
      s.one('transitionMode', v4('transitionMode'), declaring(boolean)),
    ]),
  ]),
  s.one('sharedKey', w('sharedKey'), sharedKey),
  s.one('keyIndex', w('keyIndex'), wholeNumber(0, 3)),
  s.one('pmkCacheMode', w('PMKCacheMode'), onOff),
  s.one('pmkCacheTtl', w('PMKCacheTTL'), wholeNumber(5, 1440)),
  s.one('pmkCacheSize', w('PMKCacheSize'), wholeNumber(1, 255)),
  s.one('preAuthMode', w('preAuthMode'), onOff),
  s.one('preAuthThrottle', w('preAuthThrottle'), wholeNumber(1, 16)),
];

const h = fieldsOf<Hotspot2Options>();
// The documents print two orders.
const hotspot2: Codec<Hotspot2Options> = sequence(
  floating([
    h.one('domainName', w('DomainName'), shortText(255)),
    h.group(w('NAIRealm'), [h.many('naiRealms', [w('name')], listOf(shortText(255)))]),
    h.group(w('Network3GPP'), [h.many('plmnIds', [w('PLMNID')], listOf(text))]),
    h.group(w('RoamingConsortium'), [h.many('roamingConsortiums', [w('OUI')], listOf(hexOctets(3, 5)))]),
  ]),
);

const m = fieldsOf<MacRandomization>();
const macRandomization: Codec<MacRandomization> = declaring(
  sequence([
    m.one('enableRandomization', v3('enableRandomization'), boolean),
    m.one('randomizeEveryday', v3('randomizeEveryday'), boolean),
    m.one('randomizationSeed', v3('randomizationSeed'), wholeNumber(0, 0xffffffff)),
  ]),
);

const rules: Rules<WlanProfileOptions> = {
  defaults({ connectionType = 'ESS', security: given, oneX: x }) {
    if (!isGiven<WlanSecurity>(given)) return { connectionType };
    const own = withoutPrototype(given);
    const { authentication, useOneX = x !== undefined } = own;
    const usual = isNameOf(authentications, authentication) ? authentications[authentication][0] : undefined;
    return { connectionType, security: { ...own, encryption: own.encryption ?? usual, useOneX } };
  },
  implied: ({ security: given }) => ({ security: { useOneX: false, ...given } }),
  fault({ security: given, oneX: x }) {
    const own = isGiven<WlanSecurity>(given) ? given : {};
    const { authentication, encryption } = withoutPrototype<GivenOptions<WlanSecurity>>(own);
    if (!isNameOf(authentications, authentication)) {
      return { option: 'security', element: 'MSM/security/authEncryption', is: 'is missing' };
    }
    const [only, isEnterprise] = authentications[authentication];
    if (isEnterprise && x === undefined) {
      return { option: 'oneX', element: 'OneX', is: `is missing: ${authentication} authenticates by 802.1X` };
    }
    if (only === 'GCMP256' && encryption !== only) {
      return {
        option: 'security.encryption',
        element: 'encryption',
        is: `must be GCMP256 with ${authentication}`,
      };
    }
    return undefined;
  },
};

const f = fieldsOf<WlanProfileOptions>();

const { build, parse } = connectionDocument<WlanProfileOptions>(
  w('WLANProfile'),
  (eap) =>
    ruled(
      sequence<WlanProfileOptions>([
        f.one('name', w('name'), shortText(255), 'required'),
        ssidConfig,
        f.one('hotspot2', w('Hotspot2'), hotspot2),
        f.one('connectionType', w('connectionType'), oneOf(['ESS', 'IBSS']), 'required'),
        f.one('connectionMode', w('connectionMode'), oneOf(['auto', 'manual'])),
        f.one('autoSwitch', w('autoSwitch'), boolean),
        f.group(w('MSM'), [
          f.group(w('connectivity'), [
            f.many('phyTypes', [w('phyType')], listOf(oneOf(['a', 'b', 'g', 'n', 'ac', 'ax']))),
          ]),
          f.group(w('security'), [...f.part('security', security), f.one('oneX', oneXName, oneX(eap))]),
        ]),
        ...floating([f.one('macRandomization', v3('MacRandomization'), macRandomization)]),
      ]),
      rules,
    ),
  ({ oneX: x }) => x?.eap,
);

/**
 * WLANProfile, for WlanSetProfile and `netsh wlan add profile`. Throws a TypeError or RangeError that names the option
 * for a wrong type or value, a misspelt option, WPA-, WPA2- and WPA3-Enterprise without options `oneX`, and another
 * encryption than GCMP256 with 192 bits; EapError EAP_E_EAPHOST_XML_MALFORMED for a text as `eap` that is no
 * EapHostConfig.
 *
 * @example
 * ```ts
 * import { profiles } from 'eaphost/profiles';
 *
 * const xml = profiles.wlan({
 *   name: 'example',
 *   ssids: ['example'],
 *   security: { authentication: 'WPA2' },
 *   oneX: { authMode: 'user', eap: { peap: { inner: { mschapv2: { useWinlogonCredentials: false } } } } },
 * });
 * ```
 */
export const wlan = (options: WlanProfileOptions): string => build(options);

/**
 * Reads a WLANProfile, as WlanGetProfile and `netsh wlan export profile` give it. The parsed options go back into
 * {@link wlan}; what none of them expresses is named in `unknown`. Errors as of `parseConfig`, for the EapHostConfig in it
 * as well.
 */
export const parseWlan = (
  xml: string,
  options?: ParseConnectionOptions,
): ParsedConnection<WlanProfileOptions> => parse(xml, options);
