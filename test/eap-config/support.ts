// Writes eap-config files from what they are to say, by the order of the schema; and makes up what they say.

import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type {
  EapConfigCertificate,
  EapConfigClient,
  EapConfigInner,
  EapConfigMethod,
  EapConfigProvider,
  LocalizedText,
} from '../../lib/profiles/index.js';
import type { Random } from '../profiles/support.js';

const folder = join('test', 'eap-config');

/** A sample file. */
export const fixture = (name: string): string =>
  readFileSync(join(folder, 'fixtures', `${name}.eap-config`), 'utf8');

/** What xmllint says of the file against the schema; undefined where it is valid. */
export function schemaError(xml: string): string | undefined {
  const args = ['--nonet', '--noout', '--relaxng', join(folder, 'eap-metadata.rng'), '-'];
  const run = spawnSync('xmllint', args, { encoding: 'utf8', input: xml, maxBuffer: 1 << 26 });
  if (run.error) throw new Error('xmllint is missing: install libxml2-utils', { cause: run.error });
  return run.status === 0 ? undefined : run.stderr;
}

/** A provider without what Windows makes of its methods. */
export type Told = Omit<EapConfigProvider, 'methods'> & {
  readonly methods: readonly Omit<EapConfigMethod, 'windows'>[];
};

/** Without what Windows makes of the methods. */
export const toldBy = (provider: EapConfigProvider): Told => ({
  ...provider,
  methods: provider.methods.map(({ windows: _windows, ...method }) => method),
});

const escape = (text: string): string =>
  text.replaceAll(/[&<>"\t\r\n]/gu, (character) => `&#${character.codePointAt(0)};`);

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

function element(name: string, content: string, attributes: Attributes = {}): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const written = given.map(([key, value]) => ` ${key}="${escape(String(value))}"`).join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

const word = (name: string, value: string | number | boolean | undefined): string =>
  value === undefined ? '' : element(name, escape(String(value)));

const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');

const octets = (name: string, format: string, value: Uint8Array | undefined): string =>
  value === undefined ? '' : element(name, base64(value), { format, encoding: 'base64' });

const texts = (name: string, all: readonly LocalizedText[]): string =>
  all.map(({ text, language }) => element(name, escape(text), { lang: language })).join('');

function client(value: EapConfigClient | undefined): string {
  if (value === undefined) return '';
  const content =
    word('OuterIdentity', value.outerIdentity) +
    word('InnerIdentityPrefix', value.innerIdentityPrefix) +
    word('InnerIdentitySuffix', value.innerIdentitySuffix) +
    word('InnerIdentityHint', value.innerIdentityHint) +
    word('InnerIdentityEnforce', value.innerIdentityEnforce) +
    word('UserName', value.username) +
    word('Password', value.password) +
    octets('ClientCertificate', 'PKCS12', value.pkcs12) +
    word('Passphrase', value.passphrase);
  return element('ClientSideCredential', content, { allow_save: value.allowSave });
}

const nonEapTypes = { pap: 1, mschap: 2, mschapv2: 3 } as const;

function server({ certificates, names }: EapConfigMethod['server']): string {
  const cas = certificates.map(({ der }) => octets('CA', 'X.509', der)).join('');
  const ids = names.map((name) => word('ServerID', name)).join('');
  return element('ServerSideCredential', cas + ids);
}

function inner({ method, server: itsServer, client: own }: EapConfigInner): string {
  const type = (value: number): string => element('Type', String(value));
  const sides = (itsServer === undefined ? '' : server(itsServer)) + client(own);
  if ('eap' in method) {
    return element('InnerAuthenticationMethod', element('EAPMethod', type(method.eap)) + sides);
  }
  const { nonEap } = method;
  const number = typeof nonEap === 'number' ? nonEap : nonEapTypes[nonEap];
  return element('InnerAuthenticationMethod', element('NonEAPAuthMethod', type(number)) + sides);
}

function provider(told: Told): string {
  const methods = told.methods.map((method) =>
    element(
      'AuthenticationMethod',
      element('EAPMethod', element('Type', String(method.type))) +
        server(method.server) +
        client(method.client) +
        method.inner.map(inner).join(''),
    ),
  );
  const wlan = told.wlan.map(({ ssid, consortiumOids: [oid] = [], minimumCipher }) =>
    element(
      'IEEE80211',
      word('SSID', ssid) + word('ConsortiumOID', oid) + word('MinRSNProto', minimumCipher),
    ),
  );
  const wired = told.wired.map(({ networkId }) => element('IEEE8023', word('NetworkID', networkId)));
  const places = told.locations.map(({ longitude, latitude }) =>
    element('ProviderLocation', word('Longitude', longitude) + word('Latitude', latitude)),
  );
  const { logo, helpdesk } = told;
  const info =
    texts('DisplayName', told.displayNames) +
    texts('Description', told.descriptions) +
    places.join('') +
    (logo ? element('ProviderLogo', base64(logo.data), { mime: logo.mime, encoding: 'base64' }) : '') +
    texts('TermsOfUse', told.termsOfUse) +
    element(
      'Helpdesk',
      texts('EmailAddress', helpdesk.email) +
        texts('WebAddress', helpdesk.web) +
        texts('Phone', helpdesk.phone),
    );
  return element(
    'EAPIdentityProvider',
    word('ValidUntil', told.validUntil?.toISOString()) +
      element('AuthenticationMethods', methods.join('')) +
      element('CredentialApplicability', [...wlan, ...wired].join('')) +
      element('ProviderInfo', info),
    { ID: told.id, namespace: told.namespace, version: told.version, lang: told.language },
  );
}

/** The file that says this. */
export const write = (told: readonly Told[]): string =>
  `<?xml version="1.0"?>\n${element('EAPIdentityProviderList', told.map(provider).join(''))}`;

/** A certificate as the parser gives it. */
export function certificateOf(pem: string): EapConfigCertificate {
  const read = new X509Certificate(pem);
  const bare = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();
  return {
    der: new Uint8Array(read.raw),
    pem: read.toString(),
    sha1: bare(read.fingerprint),
    sha256: bare(read.fingerprint256),
    isRoot: read.subject === read.issuer,
    subject: read.subject,
    notAfter: new Date(read.validTo),
  };
}

const characters = [
  ...Array.from('abc.@-_ \\/"\'&<>;#=[]{}$%\t\n\r'),
  'é',
  '\u{1F511}',
  '\uFEFF',
  '\u2028',
  ']]>',
];

/** Text of 1 to `most` characters of every kind that XML holds. */
export const oddText = (random: Random, most = 12): string =>
  random.list(1, most, () => random.pick(characters)).join('');

const optional = <T>(random: Random, key: string, make: () => T): Record<string, T> =>
  random.boolean() ? { [key]: make() } : {};

/** Any client side, whether it makes sense or not. */
function randomClient(random: Random): EapConfigClient {
  const text = (key: string) => optional(random, key, () => oddText(random));
  const flag = (key: string) => optional(random, key, () => random.boolean());
  return {
    ...text('outerIdentity'),
    ...text('innerIdentityPrefix'),
    ...text('innerIdentitySuffix'),
    ...flag('innerIdentityHint'),
    ...flag('innerIdentityEnforce'),
    ...text('username'),
    ...text('password'),
    ...optional(random, 'pkcs12', () => Uint8Array.from(random.list(1, 90, () => random.below(256)))),
    ...text('passphrase'),
    ...flag('allowSave'),
  };
}

function randomInner(random: Random): EapConfigInner {
  const method = random.boolean()
    ? { eap: random.pick([6, 13, 26, 26, 99]) }
    : { nonEap: random.pick(['pap', 'mschap', 'mschapv2'] as const) };
  return { method, ...optional(random, 'client', () => randomClient(random)) };
}

const texts2 = (random: Random): LocalizedText[] =>
  random.list(0, 2, () => ({
    text: oddText(random, 30).trim(),
    ...optional(random, 'language', () => random.pick(['de', 'en', 'pl-PL'])),
  }));

/** Any provider; its authorities are some of these. */
export function randomProvider(random: Random, authorities: readonly EapConfigCertificate[]): Told {
  return {
    id: oddText(random),
    namespace: random.pick(['urn:RFC4282:realm', 'urn:UUID', 'urn:undefined']),
    ...optional(random, 'version', () => random.below(1000)),
    ...optional(random, 'language', () => random.pick(['de', 'en'])),
    ...optional(random, 'validUntil', () => new Date(random.below(2 ** 31) * 1000 + random.below(1000))),
    methods: random.list(1, 3, () => ({
      type: random.pick([13, 21, 21, 25, 25, 43, 52, 55]),
      inner: random.list(0, 3, () => randomInner(random)),
      server: {
        certificates: random.list(0, 2, () => random.pick(authorities)),
        names: random.list(0, 2, () => `${random.pick(['a', 'radius', 'x-1'])}.example.org`),
      },
      client: randomClient(random),
    })),
    wlan: random.list(0, 3, () => ({
      ...optional(random, 'ssid', () => oddText(random, 6)),
      ...optional(random, 'consortiumOids', () => [random.pick(['001bc50460', '5a03ba0000', '0050f2'])]),
      ...optional(random, 'minimumCipher', () => random.pick(['TKIP', 'CCMP'] as const)),
    })),
    wired: random.list(0, 2, () => optional(random, 'networkId', () => oddText(random))),
    displayNames: texts2(random),
    descriptions: texts2(random),
    termsOfUse: texts2(random),
    locations: random.list(0, 2, () => ({
      longitude: random.below(36_001) / 100 - 180,
      latitude: random.below(18_001) / 100 - 90,
    })),
    ...optional(random, 'logo', () => ({
      mime: 'image/png',
      data: Uint8Array.from(random.list(1, 300, () => random.below(256))),
    })),
    helpdesk: { email: texts2(random), web: texts2(random), phone: texts2(random) },
  };
}
