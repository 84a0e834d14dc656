// EAP-TTLS and TEAP: the elements below Config.

import { boolean, type Codec, keyed, listOf, sequence, word } from './codec.js';
import { fieldsOf } from './fields.js';
import { type MethodForm, methodType } from './document.js';
import { innerEap, innerMethodConfig, innerNames } from './inner.js';
import { vocabulary } from './xml.js';
import type {
  ServerValidation,
  TeapOptions,
  TeapServerValidation,
  TtlsMsChapV2Options,
  TtlsOptions,
} from './options.js';
import { phase1Identity } from './shared.js';
import { serverNames, sha1Thumbprint, teapThumbprint } from './values.js';

const s = vocabulary('EapTtlsConnectionPropertiesV1');
const e = vocabulary('EapTeapConnectionPropertiesV1');

const ttlsServer = fieldsOf<ServerValidation>();
const ttlsServerValidation: Codec<ServerValidation> = sequence([
  ttlsServer.one('serverNames', s('ServerNames'), serverNames),
  // The second is the documents' spelling.
  ttlsServer.many('trustedRoots', [s('TrustedRootCAHash'), s('TrustedRootCAHashes')], listOf(sha1Thumbprint)),
  ttlsServer.one('disablePrompt', s('DisablePrompt'), boolean),
]);

const ttlsMsChapV2: Codec<TtlsMsChapV2Options> = sequence([
  fieldsOf<TtlsMsChapV2Options>().one('useWinlogonCredentials', s('UseWinlogonCredentials'), boolean),
]);

const ttlsFields = fieldsOf<TtlsOptions>();

/** EAP-TTLS. */
export const ttls: MethodForm = {
  type: methodType(21, 311),
  // The second is the documents' spelling, which Windows does not take.
  names: [s('EapTtls'), s('eapTtls')],
  codec: sequence<TtlsOptions>([
    ttlsFields.one('serverValidation', s('ServerValidation'), ttlsServerValidation),
    ttlsFields.group(s('Phase2Authentication'), [
      ttlsFields.choice(
        'inner',
        [
          keyed('eap', innerNames, innerEap, (eap) => ({ eap })),
          word('pap', s('PAPAuthentication')),
          word('chap', s('CHAPAuthentication')),
          word('mschap', s('MSCHAPAuthentication')),
          keyed('mschapv2', [s('MSCHAPv2Authentication')], ttlsMsChapV2, (mschapv2) => ({ mschapv2 })),
        ],
        "'pap', 'chap', 'mschap', { mschapv2: … } or { eap: … }",
      ),
    ]),
    ttlsFields.one('identityPrivacy', s('Phase1Identity'), phase1Identity(s)),
  ]),
};

const teapServer = fieldsOf<TeapServerValidation>();
const teapServerValidation: Codec<TeapServerValidation> = sequence([
  teapServer.one('serverNames', e('ServerNames'), serverNames),
  teapServer.many('trustedRoots', [e('TrustedRootCAHash'), e('TrustedRootCAHashes')], listOf(teapThumbprint)),
  teapServer.one('downloadTrustedServerRoot', e('DownloadTrustedServerRoot'), boolean),
  teapServer.one('disablePrompt', e('DisablePrompt'), boolean),
]);

const teapFields = fieldsOf<TeapOptions>();

/** TEAP. */
export const teap: MethodForm = {
  type: methodType(55, 311),
  names: [e('EapTeap'), e('eapTeap')],
  codec: sequence<TeapOptions>([
    teapFields.one('serverValidation', e('ServerValidation'), teapServerValidation),
    teapFields.group(e('Phase2Authentication'), [
      teapFields.many('inner', [e('InnerMethodConfig')], listOf(innerMethodConfig(e('Parameters')))),
    ]),
    teapFields.one('identityPrivacy', e('Phase1Identity'), phase1Identity(e)),
  ]),
};
