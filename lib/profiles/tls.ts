// EAP-TLS and EAP-MSCHAPv2: the content of their EapType elements.

import { boolean, booleanAttribute, type Codec, listOf, sequence, word } from './codec.js';
import { fieldsOf } from './fields.js';
import { vocabulary } from './xml.js';
import type {
  CertificateFilter,
  CertificateStore,
  EkuFilter,
  EkuMapping,
  EkuReference,
  IssuerFilter,
  MsChapV2Options,
  TlsOptions,
} from './options.js';
import { legacyServerValidation } from './shared.js';
import { objectIdentifier, sha1Thumbprint, text } from './values.js';

const t = vocabulary('EapTlsConnectionPropertiesV1');
const t2 = vocabulary('EapTlsConnectionPropertiesV2');
const t3 = vocabulary('EapTlsConnectionPropertiesV3');
const c = vocabulary('MsChapV2ConnectionPropertiesV1');

/** EapType of EAP-MSCHAPv2. */
export const msChapV2: Codec<MsChapV2Options> = sequence([
  fieldsOf<MsChapV2Options>().one('useWinlogonCredentials', c('UseWinLogonCredentials'), boolean),
]);

const mapping = fieldsOf<EkuMapping>();
const ekuMapping: Codec<EkuMapping> = sequence([
  mapping.one('name', t3('EKUName'), text, 'required'),
  mapping.one('oid', t3('EKUOID'), objectIdentifier, 'required'),
]);

const reference = fieldsOf<EkuReference>();
const ekuReference: Codec<EkuReference> = sequence([
  reference.one('name', t3('EKUName'), text),
  reference.one('oid', t3('EKUOID'), objectIdentifier),
]);

const eku = fieldsOf<EkuFilter>();
const ekuFilter: Codec<EkuFilter> = sequence(
  [eku.many('ekus', [t3('EKUMapInList')], listOf(ekuReference))],
  [eku.attribute('enabled', 'Enabled', booleanAttribute)],
);

const issuer = fieldsOf<IssuerFilter>();
const issuerFilter: Codec<IssuerFilter> = sequence(
  [issuer.many('hashes', [t3('IssuerHash')], listOf(sha1Thumbprint))],
  [issuer.attribute('enabled', 'Enabled', booleanAttribute)],
);

const filter = fieldsOf<CertificateFilter>();
const certificateFilter: Codec<CertificateFilter> = sequence([
  filter.one('allPurposeEnabled', t3('AllPurposeEnabled'), boolean),
  filter.one('issuers', t3('CAHashList'), issuerFilter),
  filter.group(t3('EKUMapping'), [filter.many('ekuMapping', [t3('EKUMap')], listOf(ekuMapping, 1))]),
  filter.one('clientAuth', t3('ClientAuthEKUList'), ekuFilter),
  filter.one('anyPurpose', t3('AnyPurposeEKUList'), ekuFilter),
]);

const certificateStore: Codec<CertificateStore> = sequence([
  fieldsOf<CertificateStore>().one('simpleCertSelection', t('SimpleCertSelection'), boolean),
]);

const f = fieldsOf<TlsOptions>();

/** EapType of EAP-TLS. */
export const tls: Codec<TlsOptions> = sequence([
  f.group(t('CredentialsSource'), [
    f.choice(
      'credentialsSource',
      [
        word('smartCard', t('SmartCard')),
        {
          names: [t('CertificateStore')],
          matches: (value) => typeof value === 'object',
          codec: certificateStore,
        },
      ],
      "'smartCard' or an object",
    ),
  ]),
  f.one('serverValidation', t('ServerValidation'), legacyServerValidation(t)),
  f.one('differentUsername', t('DifferentUsername'), boolean),
  f.one('performServerValidation', t2('PerformServerValidation'), boolean),
  f.one('acceptServerName', t2('AcceptServerName'), boolean),
  f.group(t2('TLSExtensions'), [
    f.one('filter', t3('FilteringInfo'), certificateFilter),
    f.open(t3('Extensions')),
  ]),
]);
