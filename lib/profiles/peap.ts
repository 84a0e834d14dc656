// PEAP: the content of its EapType element.

import { boolean, type Codec, type Report, sequence } from './codec.js';
import { fieldsOf } from './fields.js';
import { eapCodec } from './eap.js';
import { isSameQName, type ParsedElement, vocabulary } from './xml.js';
import type { MsChapV2Options, PeapOptions, TlsOptions } from './options.js';
import { legacyServerValidation, peapIdentityPrivacy } from './shared.js';
import { msChapV2, tls } from './tls.js';

const b = vocabulary('BaseEapConnectionPropertiesV1');
const t = vocabulary('EapTlsConnectionPropertiesV1');
const c = vocabulary('MsChapV2ConnectionPropertiesV1');
const p = vocabulary('MsPeapConnectionPropertiesV1');
const p2 = vocabulary('MsPeapConnectionPropertiesV2');
const p3 = vocabulary('MsPeapConnectionPropertiesV3');

/** The legacy methods that can stand inside PEAP. */
export const peapInnerForms = {
  mschapv2: { type: 26, name: c('EapType'), codec: msChapV2 },
  tls: { type: 13, name: t('EapType'), codec: tls },
};

const obsoletePrivacy = peapIdentityPrivacy(p);
const f = fieldsOf<PeapOptions>();

const eapType: Codec<PeapOptions> = sequence([
  f.one('serverValidation', p('ServerValidation'), legacyServerValidation(p)),
  {
    // Obsolete, never written. Windows ignores it beside PeapExtensions, and so do we, by name.
    ...f.one('identityPrivacy', p('IdentityPrivacy'), obsoletePrivacy),
    keys: [],
    write: () => [],
  },
  f.one('fastReconnect', p('FastReconnect'), boolean),
  f.one('innerEapOptional', p('InnerEapOptional'), boolean),
  f.one('inner', b('Eap'), eapCodec<{ mschapv2: MsChapV2Options; tls: TlsOptions }>(b, peapInnerForms)),
  f.one('enableQuarantineChecks', p('EnableQuarantineChecks'), boolean),
  f.one('requireCryptoBinding', p('RequireCryptoBinding'), boolean),
  f.group(p('PeapExtensions'), [
    f.one('performServerValidation', p2('PerformServerValidation'), boolean),
    f.one('acceptServerName', p2('AcceptServerName'), boolean),
    f.one('identityPrivacy', p2('IdentityPrivacy'), peapIdentityPrivacy(p2)),
    f.group(p2('PeapExtensionsV2'), [
      f.one('allowPromptingWhenServerCaNotFound', p3('AllowPromptingWhenServerCANotFound'), boolean),
      f.open(p3('PeapExtensionsV3')),
    ]),
  ]),
]);

/** Without the obsolete IdentityPrivacy where Windows does not look at it. */
function withoutIgnored(element: ParsedElement, report: Report): ParsedElement {
  const extended = element.children.some(({ name }) => isSameQName(name, p('PeapExtensions')));
  if (!extended) return element;
  const isIgnored = ({ name }: ParsedElement): boolean => isSameQName(name, p('IdentityPrivacy'));
  for (const child of element.children.filter(isIgnored)) {
    report.element(child, [p('IdentityPrivacy')], '; beside PeapExtensions, Windows takes the one in there');
  }
  return { ...element, children: element.children.filter((child) => !isIgnored(child)) };
}

/** EapType of PEAP. */
export const peap: Codec<PeapOptions> = {
  ...eapType,
  read: (element, report) => eapType.read(withoutIgnored(element, report), report),
};
