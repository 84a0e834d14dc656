// Reads an eap-config file. Files that are served differ from the schema in the order of elements and in how often some
// of them occur: neither is refused. What the schema does not know is named.

import { Buffer } from 'node:buffer';

import { ownOptions } from '../../base/arguments.js';
import { mostUnknown, parseNames } from '../codec.js';
import type { ParseOptions } from '../options.js';
import { malformed, type ParsedElement, readXml, shownName } from '../xml.js';
import type {
  EapConfig,
  EapConfigClient,
  EapConfigInner,
  EapConfigMethod,
  EapConfigProvider,
  EapConfigWired,
  EapConfigWlan,
  LocalizedText,
} from './types.js';
import { base64, certificate, date, degrees, numberUpTo, octetLimits, truth } from './values.js';
import { windowsMethod } from './windows.js';

/** The draft's namespace; eduroam's files have none. */
const draft = 'urn:ietf:params:xml:ns:yang:ietf-eap-metadata';
const namespaces: ReadonlySet<string> = new Set(['', draft]);

/** The longest file that is read, in UTF-16 code units: it may hold a logo. */
export const maxEapConfigLength = 1 << 22;
/** The most elements of one name in one place. */
const most = 100;
/** The longest identity, name of a server, or password, in UTF-16 code units. */
const maxWord = 1024;

/** An `EAPIdentityProviderList` on its way to being data. */
class Reader {
  readonly unknown: string[] = [];

  /** Notes what is not read. */
  report({ line, path, name }: ParsedElement, attribute = ''): void {
    if (this.unknown.length === mostUnknown) return;
    const place = path.slice(0, path.lastIndexOf('/') + 1);
    const foreign = namespaces.has(name.namespace) ? '' : `{${shownName(name.namespace)}}`;
    this.unknown.push(`line ${line}: ${place}${foreign}${shownName(name.local)}${attribute} is not read`);
  }

  /** The children by their names; others are reported, and so are attributes but these. */
  children<Name extends string>(
    element: ParsedElement,
    names: readonly Name[],
    attributes: readonly string[] = [],
  ): (name: Name) => readonly ParsedElement[] {
    if (element.text.trim() !== '') throw malformed(element, 'holds text between its elements');
    this.attributes(element, attributes);
    const known: ReadonlySet<string> = new Set(names);
    const found = new Map<string, ParsedElement[]>();
    for (const child of element.children) {
      if (!known.has(child.name.local) || !namespaces.has(child.name.namespace)) {
        this.report(child);
        continue;
      }
      const same = found.get(child.name.local) ?? [];
      if (same.push(child) > most) throw malformed(child, `more than ${most} are not allowed`);
      found.set(child.name.local, same);
    }
    return (name) => found.get(name) ?? [];
  }

  attributes(element: ParsedElement, known: readonly string[] = []): void {
    for (const { name } of element.attributes) {
      if (name.namespace === '' && known.includes(name.local)) continue;
      if (name.namespace.startsWith('http://www.w3.org/')) continue;
      this.report(element, `/@${shownName(name.local)}`);
    }
  }

  /** The text of an element that holds nothing else. */
  text(element: ParsedElement, limit = maxWord, attributes: readonly string[] = []): string {
    if (element.children.length > 0) throw malformed(element, 'must hold text, not elements');
    if (element.text.length > limit) throw malformed(element, `is longer than ${limit} characters`);
    this.attributes(element, attributes);
    return element.text;
  }
}

/** An attribute without namespace. */
function attribute(element: ParsedElement, local: string): string | undefined {
  const value = element.attributes.find(({ name }) => name.local === local && name.namespace === '')?.value;
  if (value !== undefined && value.length > maxWord) {
    throw malformed(element, `its ${local} is longer than ${maxWord} characters`);
  }
  return value;
}

/** The only element of these, if there is any. */
function only(elements: readonly ParsedElement[]): ParsedElement | undefined {
  const [first, second] = elements;
  if (second !== undefined) throw malformed(second, 'only one is allowed');
  return first;
}

/** The object without what is undefined. */
function given<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- T's own fields, without those it may lack
  return Object.fromEntries(entries) as T;
}

function localized(reader: Reader, elements: readonly ParsedElement[]): LocalizedText[] {
  return elements.map((element) => {
    const text = reader.text(element, 1 << 18, ['lang']).trim();
    const language = attribute(element, 'lang') ?? '';
    return ['', 'any', 'C'].includes(language) ? { text } : { text, language };
  });
}

/** Octets of a `format`; undefined, and reported, for another one. */
function octets<T>(
  reader: Reader,
  element: ParsedElement,
  format: string,
  read: (element: ParsedElement) => T,
): T | undefined {
  reader.text(element, maxEapConfigLength, ['format', 'encoding']);
  const isIts = attribute(element, 'format') === format && attribute(element, 'encoding') === 'base64';
  if (isIts) return read(element);
  reader.report(element, ` (only ${format} in base64)`);
  return undefined;
}

function readServer(reader: Reader, element: ParsedElement | undefined): EapConfigMethod['server'] {
  if (element === undefined) return { certificates: [], names: [] };
  const of = reader.children(element, ['CA', 'ServerID']);
  return {
    certificates: of('CA').flatMap((each) => octets(reader, each, 'X.509', certificate) ?? []),
    names: of('ServerID')
      .map((each) => reader.text(each).trim())
      .filter((name) => name !== ''),
  };
}

const clientElements = [
  'OuterIdentity',
  'AnonymousIdentity',
  'InnerIdentityPrefix',
  'InnerIdentitySuffix',
  'InnerIdentityHint',
  'InnerIdentityEnforce',
  'UserName',
  'Password',
  'ClientCertificate',
  'Passphrase',
] as const;

function readClient(reader: Reader, element: ParsedElement | undefined): EapConfigClient {
  if (element === undefined) return {};
  const of = reader.children(element, clientElements, ['allow_save']);
  const word = (name: (typeof clientElements)[number]): string | undefined => {
    const found = only(of(name));
    const text = found === undefined ? '' : reader.text(found);
    return text === '' ? undefined : text;
  };
  const flag = (name: (typeof clientElements)[number]): boolean | undefined => {
    const found = only(of(name));
    return found && truth(reader.text(found), found);
  };
  const pkcs12 = only(of('ClientCertificate'));
  const allowSave = attribute(element, 'allow_save');
  return given<EapConfigClient>({
    outerIdentity: word('OuterIdentity') ?? word('AnonymousIdentity'),
    innerIdentityPrefix: word('InnerIdentityPrefix'),
    innerIdentitySuffix: word('InnerIdentitySuffix'),
    innerIdentityHint: flag('InnerIdentityHint'),
    innerIdentityEnforce: flag('InnerIdentityEnforce'),
    username: word('UserName'),
    password: word('Password'),
    pkcs12:
      pkcs12 && octets(reader, pkcs12, 'PKCS12', (each) => new Uint8Array(base64(each, octetLimits.pkcs12))),
    passphrase: word('Passphrase'),
    allowSave: allowSave === undefined ? undefined : truth(allowSave, element),
  });
}

/** `Type` of EAPMethod and NonEAPAuthMethod. */
function readType(reader: Reader, element: ParsedElement): number {
  const type = only(reader.children(element, ['Type'])('Type'));
  if (type === undefined) throw malformed(element, 'Type is missing');
  return numberUpTo(reader.text(type), type, 255);
}

const nonEapNames: Readonly<Record<number, 'pap' | 'mschap' | 'mschapv2'>> = {
  1: 'pap',
  2: 'mschap',
  3: 'mschapv2',
};

const tlsType = 13;

/** The servers of EAP-TLS inside a tunnel; those of other methods are reported: they see no certificate. */
function readInnerServer(
  reader: Reader,
  type: number | undefined,
  elements: readonly ParsedElement[],
): Pick<EapConfigInner, 'server'> {
  const element = only(elements);
  if (element === undefined) return {};
  if (type !== tlsType) {
    reader.report(element);
    return {};
  }
  const server = readServer(reader, element);
  return server.certificates.length + server.names.length === 0 ? {} : { server };
}

function readInner(reader: Reader, element: ParsedElement): EapConfigInner | undefined {
  const names = ['EAPMethod', 'NonEAPAuthMethod', 'ServerSideCredential', 'ClientSideCredential'] as const;
  const of = reader.children(element, names);
  const eap = only(of('EAPMethod'));
  const nonEap = only(of('NonEAPAuthMethod'));
  if (eap !== undefined && nonEap !== undefined) {
    throw malformed(element, 'must have EAPMethod or NonEAPAuthMethod, and only one of them');
  }
  const own = only(of('ClientSideCredential'));
  const client = own && { client: readClient(reader, own) };
  const eapType = eap && readType(reader, eap);
  const server = readInnerServer(reader, eapType, of('ServerSideCredential'));
  if (eapType !== undefined) return { method: { eap: eapType }, ...server, ...client };
  if (nonEap === undefined) return undefined;
  const type = readType(reader, nonEap);
  return { method: { nonEap: nonEapNames[type] ?? type }, ...client };
}

function readMethod(reader: Reader, element: ParsedElement): EapConfigMethod {
  const of = reader.children(element, [
    'EAPMethod',
    'ServerSideCredential',
    'ClientSideCredential',
    'InnerAuthenticationMethod',
  ]);
  const eap = only(of('EAPMethod'));
  if (eap === undefined) throw malformed(element, 'EAPMethod is missing');
  const method = {
    type: readType(reader, eap),
    inner: of('InnerAuthenticationMethod').flatMap((each) => readInner(reader, each) ?? []),
    server: readServer(reader, only(of('ServerSideCredential'))),
    client: readClient(reader, only(of('ClientSideCredential'))),
  };
  return { ...method, windows: windowsMethod(method) };
}

function readWlan(reader: Reader, element: ParsedElement): EapConfigWlan {
  const of = reader.children(element, ['SSID', 'ConsortiumOID', 'MinRSNProto']);
  const ssidElement = only(of('SSID'));
  const ssid = ssidElement && reader.text(ssidElement);
  if (ssid !== undefined && ssidElement && Buffer.byteLength(ssid) > 32) {
    throw malformed(ssidElement, 'is longer than 32 octets');
  }
  const consortiumOids = of('ConsortiumOID').map((each) => {
    const hex = reader
      .text(each)
      .replaceAll(/[\s:-]/gu, '')
      .toLowerCase();
    if (!/^(?:[0-9a-f]{6}|[0-9a-f]{10})$/u.test(hex)) {
      throw malformed(each, 'must be 6 or 10 hexadecimal digits');
    }
    return hex;
  });
  const protocol = only(of('MinRSNProto'));
  const minimumCipher = protocol && reader.text(protocol).trim();
  if (protocol && minimumCipher !== 'TKIP' && minimumCipher !== 'CCMP') {
    throw malformed(protocol, 'must be TKIP or CCMP');
  }
  return given<EapConfigWlan>({
    ssid: ssid === '' ? undefined : ssid,
    consortiumOids: consortiumOids.length === 0 ? undefined : consortiumOids,
    minimumCipher: minimumCipher === 'TKIP' || minimumCipher === 'CCMP' ? minimumCipher : undefined,
  });
}

function readWired(reader: Reader, element: ParsedElement): EapConfigWired {
  const id = only(reader.children(element, ['NetworkID'])('NetworkID'));
  const networkId = id === undefined ? '' : reader.text(id);
  return networkId === '' ? {} : { networkId };
}

const infoElements = [
  'DisplayName',
  'Description',
  'ProviderLocation',
  'ProviderLogo',
  'TermsOfUse',
  'Helpdesk',
] as const;

type Info = Pick<
  EapConfigProvider,
  'displayNames' | 'descriptions' | 'termsOfUse' | 'locations' | 'helpdesk' | 'logo'
>;

function readInfo(reader: Reader, element: ParsedElement | undefined): Info {
  const of = element === undefined ? () => [] : reader.children(element, infoElements);
  const helpdesk = only(of('Helpdesk'));
  const help =
    helpdesk === undefined ? () => [] : reader.children(helpdesk, ['EmailAddress', 'WebAddress', 'Phone']);
  const locations = of('ProviderLocation').map((location) => {
    const axis = reader.children(location, ['Longitude', 'Latitude']);
    const [longitude, latitude] = [only(axis('Longitude')), only(axis('Latitude'))];
    if (!longitude || !latitude) throw malformed(location, 'must have Longitude and Latitude');
    return { longitude: degrees(longitude, 180), latitude: degrees(latitude, 90) };
  });
  const picture = only(of('ProviderLogo'));
  if (picture) reader.text(picture, maxEapConfigLength, ['mime', 'encoding']);
  return given<Info>({
    displayNames: localized(reader, of('DisplayName')),
    descriptions: localized(reader, of('Description')),
    termsOfUse: localized(reader, of('TermsOfUse')),
    locations,
    logo: picture && {
      mime: attribute(picture, 'mime') ?? '',
      data: new Uint8Array(base64(picture, octetLimits.logo)),
    },
    helpdesk: {
      email: localized(reader, help('EmailAddress')),
      web: localized(reader, help('WebAddress')),
      phone: localized(reader, help('Phone')),
    },
  });
}

function readProvider(reader: Reader, element: ParsedElement): EapConfigProvider {
  const of = reader.children(
    element,
    ['ValidUntil', 'AuthenticationMethods', 'CredentialApplicability', 'ProviderInfo'],
    ['ID', 'namespace', 'version', 'lang'],
  );
  const methods = only(of('AuthenticationMethods'));
  const applicability = only(of('CredentialApplicability'));
  if (!methods) throw malformed(element, 'AuthenticationMethods is missing');
  const networks =
    applicability === undefined ? () => [] : reader.children(applicability, ['IEEE80211', 'IEEE8023']);
  const until = only(of('ValidUntil'));
  const version = attribute(element, 'version');
  return given<EapConfigProvider>({
    id: attribute(element, 'ID') ?? '',
    namespace: attribute(element, 'namespace') ?? '',
    version: version === undefined ? undefined : numberUpTo(version, element, 0x7fffffff),
    language: attribute(element, 'lang'),
    validUntil: until && date({ ...until, text: reader.text(until) }),
    methods: reader
      .children(methods, ['AuthenticationMethod'])('AuthenticationMethod')
      .map((each) => readMethod(reader, each)),
    wlan: networks('IEEE80211').map((each) => readWlan(reader, each)),
    wired: networks('IEEE8023').map((each) => readWired(reader, each)),
    ...readInfo(reader, only(of('ProviderInfo'))),
  });
}

/**
 * Reads an eap-config file, as eduroam CAT and geteduroam give them: providers with their networks, help texts and
 * methods, and what Windows' own methods make of each. Elements may stand in any order. Throws EapError,
 * EAP_E_EAPHOST_XML_MALFORMED, that says where, for XML that is not well-formed or has a document type, more than
 * 4 Mi characters, elements that are missing or repeated, certificates and other values that cannot be read. Throws
 * TypeError if `xml` is not a string.
 *
 * The file says whom the user's password is given to: take it only from where the user trusts.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { profiles } from 'eaphost/profiles';
 *
 * const { providers } = profiles.parseEapConfig(readFileSync('eduroam.eap-config', 'utf8'));
 * for (const { displayNames, methods } of providers) console.log(displayNames[0]?.text, methods.length);
 * ```
 */
export function parseEapConfig(xml: string, options?: ParseOptions): EapConfig {
  const refuses = ownOptions(options, 'options', parseNames).unknown === 'refuse';
  const root = readXml(xml, maxEapConfigLength);
  if (root.name.local !== 'EAPIdentityProviderList' || !namespaces.has(root.name.namespace)) {
    throw malformed(root, 'the element must be EAPIdentityProviderList, without a namespace');
  }
  const reader = new Reader();
  const providers = reader
    .children(root, ['EAPIdentityProvider'])('EAPIdentityProvider')
    .map((each) => readProvider(reader, each));
  if (providers.length === 0) throw malformed(root, 'EAPIdentityProvider is missing');
  if (refuses && reader.unknown.length > 0) throw malformed('xml', reader.unknown.join('\n'));
  return { providers, unknown: reader.unknown };
}
