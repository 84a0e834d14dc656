// VPNProfile: ProfileXML of the VPNv2 CSP, of a VPN of Windows' own protocols. Microsoft's samples have its elements in any
// order, and so it is read; written it is in the schema's.

import { boolean, type Codec, elementText, type GivenOptions, sequence } from '../codec.js';
import { fieldsOf, floating } from '../fields.js';
import { secretText, text } from '../values.js';
import { malformed } from '../xml.js';
import { connectionDocument, type Rules, ruled } from './document.js';
import type {
  ParseConnectionOptions,
  ParsedConnection,
  VpnCryptographySuite,
  VpnProfileOptions,
} from './options.js';
import { oneOf, shortText } from './values.js';
import { routingPolicy, trafficAfter, trafficBefore, vpnName } from './vpn-traffic.js';

const v = vpnName;

const mostCharacters = 255;

/** Servers, separated with commas. */
const servers: Codec<readonly string[]> = {
  write(value, path) {
    if (!Array.isArray(value)) throw new TypeError(`${path} must be an array of names`);
    if (value.length === 0) throw new TypeError(`${path} must not be empty`);
    const names = value.map((name: unknown, index) => {
      const { text: checked = '' } = shortText(mostCharacters).write(name, `${path}[${index}]`);
      if (checked.includes(','))
        throw new RangeError(`${path}[${index}] must not have a comma: it separates names`);
      return checked;
    });
    return { text: names.join(',') };
  },
  read(element, report) {
    const names = elementText(element, report)
      .split(',')
      .map((name) => name.trim());
    if (names.some((name) => name === '' || name.length > mostCharacters)) {
      throw malformed(element, `must be names of 1 to ${mostCharacters} characters, separated with commas`);
    }
    return names;
  },
};

const suite = fieldsOf<VpnCryptographySuite>();
const cryptographySuite: Codec<VpnCryptographySuite> = sequence(
  floating([
    suite.one('authenticationTransformConstants', v('AuthenticationTransformConstants'), text),
    suite.one('cipherTransformConstants', v('CipherTransformConstants'), text),
    suite.one('pfsGroup', v('PfsGroup'), text),
    suite.one('dhGroup', v('DHGroup'), text),
    suite.one('integrityCheckMethod', v('IntegrityCheckMethod'), text),
    suite.one('encryptionMethod', v('EncryptionMethod'), text),
  ]),
);

/** Whoever gives an EAP method has users authenticate with it. */
const userMethod = ({
  eap,
  userMethod: given,
  machineMethod,
}: GivenOptions<VpnProfileOptions>): { readonly userMethod?: 'Eap' } =>
  eap !== undefined && given === undefined && machineMethod === undefined ? { userMethod: 'Eap' } : {};

const rules: Rules<VpnProfileOptions> = {
  defaults: userMethod,
  implied: userMethod,
  fault({ servers: names, eap, userMethod: users, machineMethod }) {
    if (names === undefined) return { option: 'servers', element: 'NativeProfile/Servers', is: 'is missing' };
    const asksEap = users === 'Eap' || machineMethod === 'Eap';
    const asksNothing = users === undefined && machineMethod === undefined;
    if (eap === undefined && (asksEap || asksNothing)) {
      return { option: 'eap', element: 'Authentication/Eap/Configuration', is: 'is missing' };
    }
    return undefined;
  },
};

const f = fieldsOf<VpnProfileOptions>();

const { build, parse } = connectionDocument<VpnProfileOptions>(
  v('VPNProfile'),
  (eap) =>
    ruled(
      sequence<VpnProfileOptions>(
        floating([
          f.one('edpModeId', v('EdpModeId'), text),
          f.one('rememberCredentials', v('RememberCredentials'), boolean),
          f.one('alwaysOn', v('AlwaysOn'), boolean),
          f.one('dnsSuffix', v('DnsSuffix'), text),
          f.one('trustedNetworkDetection', v('TrustedNetworkDetection'), text),
          f.one('lockDown', v('LockDown'), boolean),
          f.one('deviceTunnel', v('DeviceTunnel'), boolean),
          f.one('registerDns', v('RegisterDNS'), boolean),
          f.one('byPassForLocal', v('ByPassForLocal'), boolean),
          ...trafficBefore,
          f.group(
            v('NativeProfile'),
            floating([
              f.one('servers', v('Servers'), servers, 'required'),
              f.one('routingPolicyType', v('RoutingPolicyType'), routingPolicy),
              f.one(
                'nativeProtocolType',
                v('NativeProtocolType'),
                oneOf(['PPTP', 'L2TP', 'IKEv2', 'SSTP', 'Automatic', 'ProtocolList'], true),
              ),
              f.one('l2tpPsk', v('L2tpPsk'), secretText),
              f.one('disableClassBasedDefaultRoute', v('DisableClassBasedDefaultRoute'), boolean),
              f.one('cryptographySuite', v('CryptographySuite'), cryptographySuite),
              f.group(
                v('Authentication'),
                floating([
                  f.one('userMethod', v('UserMethod'), oneOf(['Eap', 'MSChapv2'], true)),
                  f.one(
                    'machineMethod',
                    v('MachineMethod'),
                    oneOf(['Certificate', 'Eap', 'PresharedKey'], true),
                  ),
                  f.group(v('Eap'), [f.one('eap', v('Configuration'), eap)]),
                ]),
              ),
            ]),
          ),
          ...trafficAfter,
        ]),
      ),
      rules,
    ),
  ({ eap }) => eap,
);

/**
 * VPNProfile, the document ProfileXML of the VPNv2 CSP. Throws a TypeError or RangeError that names the option for a wrong
 * type or value, a misspelt option, and a method Eap without options `eap`; EapError EAP_E_EAPHOST_XML_MALFORMED for a text
 * as `eap` that is no EapHostConfig.
 *
 * @example
 * ```ts
 * import { profiles } from 'eaphost/profiles';
 *
 * const xml = profiles.vpn({
 *   servers: ['vpn.example.org'],
 *   nativeProtocolType: 'IKEv2',
 *   eap: { tls: { credentialsSource: {} } },
 * });
 * ```
 */
export const vpn = (options: VpnProfileOptions): string => build(options);

/**
 * Reads a VPNProfile, its elements in any order. The parsed options go back into {@link vpn}; what none of them expresses is
 * named in `unknown`. Errors as of `parseConfig`, for the EapHostConfig in it as well.
 */
export const parseVpn = (
  xml: string,
  options?: ParseConnectionOptions,
): ParsedConnection<VpnProfileOptions> => parse(xml, options);
