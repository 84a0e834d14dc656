// LANProfile: wired networks.

import { boolean, sequence } from '../codec.js';
import { fieldsOf } from '../fields.js';
import { networkVocabulary } from '../xml.js';
import { connectionDocument, ruled } from './document.js';
import { oneX, oneXName } from './onex.js';
import type { LanProfileOptions, ParseConnectionOptions, ParsedConnection } from './options.js';

const l = networkVocabulary('LAN/profile/v1');
const f = fieldsOf<LanProfileOptions>();

const { build, parse } = connectionDocument<LanProfileOptions>(
  l('LANProfile'),
  (eap) =>
    ruled<LanProfileOptions>(
      sequence([
        f.group(l('MSM'), [
          f.group(l('security'), [
            f.one('oneXEnforced', l('OneXEnforced'), boolean, 'required'),
            f.one('oneXEnabled', l('OneXEnabled'), boolean, 'required'),
            f.one('oneX', oneXName, oneX(eap)),
          ]),
        ]),
      ]),
      {
        defaults: ({ oneXEnforced = false, oneX: given, oneXEnabled = given !== undefined }) => ({
          oneXEnforced,
          oneXEnabled,
        }),
        fault({ oneXEnabled, oneX: given }) {
          if (oneXEnabled === undefined)
            return { option: 'oneXEnabled', element: 'MSM/security', is: 'is missing' };
          if (oneXEnabled !== true || given !== undefined) return undefined;
          return { option: 'oneX', element: 'OneX', is: 'is missing, though 802.1X is enabled' };
        },
      },
    ),
  ({ oneX: x }) => x?.eap,
);

/**
 * LANProfile, for `netsh lan add profile`. Throws a TypeError or RangeError that names the option for a wrong type or
 * value and a misspelt option, and for 802.1X without options `oneX`; EapError EAP_E_EAPHOST_XML_MALFORMED for a text
 * as `eap` that is no EapHostConfig.
 *
 * @example
 * ```ts
 * import { profiles } from 'eaphost/profiles';
 *
 * const xml = profiles.lan({ oneX: { authMode: 'machine', eap: { tls: { credentialsSource: {} } } } });
 * ```
 */
export const lan = (options: LanProfileOptions): string => build(options);

/**
 * Reads a LANProfile, as `netsh lan export profile` writes it. The parsed options go back into {@link lan}; what none of
 * them expresses is named in `unknown`. Errors as of `parseConfig`, for the EapHostConfig in it as well.
 */
export const parseLan = (
  xml: string,
  options?: ParseConnectionOptions,
): ParsedConnection<LanProfileOptions> => parse(xml, options);
