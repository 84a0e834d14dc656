// XML text in and out: the namespaces of EAPHost's profiles, a small serializer of our own over element trees, and saxes
// made to read them back safely: no document type, no entities but XML's own five, bounded length and depth.

import { SaxesParser } from 'saxes';
import { EapError } from '../base/errors.js';

/** An element's name with its namespace. */
export interface QName {
  readonly namespace: string;
  readonly local: string;
}

const provisioning = 'http://www.microsoft.com/provisioning/';
const networking = 'http://www.microsoft.com/networking/';

/** Some pages of Microsoft's documents print these; Windows knows the namespaces by `http:` only. */
const wrongNamespaces = [provisioning, networking].map((start) => start.replace('http:', 'https:'));

/** Every namespace that a profile of ours can hold, with its prefix; the documents' own two have none. */
const prefixTable = {
  EapHostConfig: '',
  EapHostUserCredentials: '',
  EapCommon: 'm',
  BaseEapConnectionPropertiesV1: 'b',
  EapTlsConnectionPropertiesV1: 't',
  EapTlsConnectionPropertiesV2: 't2',
  EapTlsConnectionPropertiesV3: 't3',
  MsChapV2ConnectionPropertiesV1: 'c',
  MsPeapConnectionPropertiesV1: 'p',
  MsPeapConnectionPropertiesV2: 'p2',
  MsPeapConnectionPropertiesV3: 'p3',
  EapTtlsConnectionPropertiesV1: 's',
  EapTeapConnectionPropertiesV1: 'e',
  BaseEapUserPropertiesV1: 'u',
  EapTlsUserPropertiesV1: 'ut',
  MsChapV2UserPropertiesV1: 'uc',
  MsPeapUserPropertiesV1: 'up',
  EapTtlsUserPropertiesV1: 'us',
} as const;

type Suffix = keyof typeof prefixTable;

/** The namespaces of `http://www.microsoft.com/networking/`, each the default one of its elements. */
const networks = [
  'WLAN/profile/v1',
  'WLAN/profile/v2',
  'WLAN/profile/v3',
  'WLAN/profile/v4',
  'LAN/profile/v1',
  'OneX/v1',
] as const;

/** Prefix by namespace; VPNProfile has none. */
export const prefixes: ReadonlyMap<string, string> = new Map([
  ...Object.entries(prefixTable).map(([suffix, prefix]) => [provisioning + suffix, prefix] as const),
  ...[...networks.map((suffix) => networking + suffix), ''].map((namespace) => [namespace, ''] as const),
]);

/** Makes the names of one namespace of `http://www.microsoft.com/provisioning/`. */
export function vocabulary(suffix: Suffix): (local: string) => QName {
  const namespace = provisioning + suffix;
  return (local) => ({ namespace, local });
}

/** Makes the names of one namespace of `http://www.microsoft.com/networking/`. */
export function networkVocabulary(suffix: (typeof networks)[number]): (local: string) => QName {
  const namespace = networking + suffix;
  return (local) => ({ namespace, local });
}

/** Whether both are the same name. */
export function isSameQName(left: QName, right: QName): boolean {
  return left.local === right.local && left.namespace === right.namespace;
}

/** An attribute of an element that was read. */
export interface XmlAttribute {
  readonly name: QName;
  readonly value: string;
}

/** The content of an element to write: text, or elements in order. */
export interface XmlContent {
  readonly text?: string;
  readonly children?: readonly XmlElement[];
  /** Attributes without namespace. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** An element to be written. */
export interface XmlElement extends XmlContent {
  readonly name: QName;
  /** Namespaces of the elements below are declared here, save where one of them declares its own. */
  readonly declares?: boolean;
  /** As `declares`, and so that the element could be cut out as a document by itself. */
  readonly standalone?: boolean;
  /** The whole element as text that declares all its namespaces, in place of its content. */
  readonly raw?: string;
}

const declaresBelow = ({ declares, standalone, raw }: XmlElement): boolean =>
  declares === true || standalone === true || raw !== undefined;

/** An element that was read. Comments and processing instructions are left out. */
export interface ParsedElement {
  readonly name: QName;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly ParsedElement[];
  /** All text directly below the element. */
  readonly text: string;
  /** The local names from the root to here, each as {@link shownName} has it: `EapHostConfig/EapMethod/Type`. */
  readonly path: string;
  /** Of its name, from 1. */
  readonly line: number;
  /** The element as it stands, as a document by itself: with every namespace declared that is declared around it. */
  outerXml(): string;
}

/** The longest document that is read, in UTF-16 code units. Real profiles have a few thousand. */
const maxXmlLength = 1 << 20;
const maxDepth = 64;
/** The most elements and attributes: each takes memory and time that its few characters do not. */
const maxNodes = 1 << 16;

/** The most characters of a name that a sentence has: real ones are shorter. */
const longestShown = 200;

/** A document's name or namespace for a sentence about it. */
export function shownName(name: string): string {
  return name.length > longestShown ? `${name.slice(0, longestShown)}…` : name;
}

/** A document that Windows would refuse, or that says what no typed option can. Never quotes the document's text. */
export function malformed(where: string | ParsedElement, what: string): EapError {
  const place = typeof where === 'string' ? where : `line ${where.line}: ${where.path}`;
  return new EapError(`${place}: ${what}`, { code: 'EAP_E_EAPHOST_XML_MALFORMED', winError: 0x80420019 });
}

const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The index of the first character that no XML 1.0 document can hold, in any spelling; -1 where there is none. */
export function indexOfForbidden(text: string): number {
  return text.search(forbidden);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escape(text: string, special: RegExp): string {
  if (indexOfForbidden(text) !== -1) throw new RangeError('text with characters that XML 1.0 cannot hold');
  return text.replace(special, (character) => entities[character] ?? character);
}

// A parser turns a bare carriage return into a line feed, and in attributes every white space into a space.
const escapeText = (text: string): string => escape(text, /[&<>\r]/g);
const escapeAttribute = (text: string): string => escape(text, /[&<>"\t\n\r]/g);

function namespacesBelow(element: XmlElement, found = new Set<string>()): Set<string> {
  found.add(element.name.namespace);
  for (const child of element.children ?? []) if (!declaresBelow(child)) namespacesBelow(child, found);
  return found;
}

/**
 * The document as text, indented, without an XML declaration (a JavaScript string has no encoding to declare).
 * `prefixes` holds the prefix of every namespace used; the empty prefix stands for the default namespace.
 */
export function writeXml(root: XmlElement, prefixes: ReadonlyMap<string, string>): string {
  const prefixOf = (namespace: string): string => {
    const prefix = prefixes.get(namespace);
    if (prefix === undefined) throw new RangeError(`no prefix for the namespace ${namespace}`);
    return prefix;
  };
  const write = (element: XmlElement, above: ReadonlySet<string>, indent: string): string => {
    if (element.raw !== undefined) return `${indent}${element.raw}\n`;
    const declared = element.standalone ? new Set<string>() : above;
    const prefix = prefixOf(element.name.namespace);
    const tag = prefix === '' ? element.name.local : `${prefix}:${element.name.local}`;
    const now = declaresBelow(element) ? new Set([...declared, ...namespacesBelow(element)]) : declared;
    const declarations = [...now]
      .filter((namespace) => namespace !== '' && !declared.has(namespace))
      .map((namespace) => [prefixOf(namespace), namespace] as const)
      .map(([prefix, namespace]) => [prefix === '' ? 'xmlns' : `xmlns:${prefix}`, namespace] as const);
    const attributes = [...declarations, ...Object.entries(element.attributes ?? {})]
      .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`)
      .join('');
    const inner = (element.children ?? []).map((child) => write(child, now, `${indent}  `)).join('');
    const content = inner === '' ? escapeText(element.text ?? '') : `\n${inner}${indent}`;
    return `${indent}<${tag}${attributes}${content === '' ? '/>' : `>${content}</${tag}>`}\n`;
  };
  return write(root, new Set(), '');
}

interface OpenElement extends ParsedElement {
  readonly children: ParsedElement[];
  readonly scope: Scope;
  text: string;
  end: number;
}

/** The namespaces that an element declares, by prefix, and what is around it. */
interface Scope {
  readonly declared: Readonly<Record<string, string>>;
  readonly above: Scope | undefined;
}

/** `element`, a whole element as text, with what is declared around it declared in itself, the default too. */
function declareAround(element: string, scope: Scope): string {
  const own = scope.declared;
  const around = new Map<string, string>();
  for (let at = scope.above; at !== undefined; at = at.above) {
    for (const [prefix, uri] of Object.entries(at.declared)) {
      if (!Object.hasOwn(own, prefix) && !around.has(prefix)) around.set(prefix, uri);
    }
  }
  if (!Object.hasOwn(own, '') && !around.has('')) around.set('', '');
  const declarations = [...around].map(
    ([prefix, uri]) => ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeAttribute(uri)}"`,
  );
  return element.replace(/^<[^\s/>]+/u, (tag) => tag + declarations.join(''));
}

/** saxes' sentence without what it quotes of the document, which may be a piece of a password. */
function withoutQuotes(message: string): string {
  const [, line, column, reason] = /^(\d+):(\d+): ([^:]*)/.exec(message) ?? [];
  return `not well-formed: line ${line ?? '?'}, column ${column ?? '?'}: ${(reason ?? 'unreadable').replace(/\.$/, '')}`;
}

/**
 * Reads a document. Throws TypeError for anything but a string, and EapError (EAP_E_EAPHOST_XML_MALFORMED) for a
 * document that is not well-formed XML 1.0 with namespaces, has a document type, is longer than `maxLength`, is nested
 * deeper than 64 or has more than {@link maxNodes} elements and attributes.
 */
export function readXml(xml: unknown, maxLength = maxXmlLength): ParsedElement {
  if (typeof xml !== 'string') throw new TypeError('xml must be a string');
  if (xml.length > maxLength) throw malformed('xml', `longer than ${maxLength} characters`);
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: OpenElement[] = [];
  let root: ParsedElement | undefined;
  parser.on('error', (error) => {
    throw malformed('xml', withoutQuotes(error.message));
  });
  parser.on('doctype', () => {
    throw malformed('xml', 'a document type (<!DOCTYPE …>) is not allowed in a profile');
  });
  parser.on('xmldecl', ({ version }) => {
    if (version !== '1.0') throw malformed('xml', 'only XML 1.0 is allowed in a profile');
  });
  let nodes = 0;
  const count = (): void => {
    nodes += 1;
    if (nodes > maxNodes) throw malformed('xml', `more than ${maxNodes} elements and attributes`);
  };
  parser.on('attribute', count);
  let line = 1;
  let start = 0;
  // The tag's name ends with the character that was just read, perhaps a line's end.
  parser.on('opentagstart', () => {
    count();
    line = parser.column === 0 ? parser.line - 1 : parser.line;
    start = xml.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', (tag) => {
    if (open.length === maxDepth) throw malformed('xml', `elements nested deeper than ${maxDepth}`);
    const parent = open.at(-1);
    const scope: Scope = { declared: tag.ns, above: parent?.scope };
    const from = start;
    const element: OpenElement = {
      name: { namespace: tag.uri, local: tag.local },
      attributes: Object.values(tag.attributes)
        .filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns')
        .map(({ uri, local, value }) => ({ name: { namespace: uri, local }, value })),
      children: [],
      text: '',
      path: `${parent === undefined ? '' : `${parent.path}/`}${shownName(tag.local)}`,
      line,
      scope,
      end: xml.length,
      outerXml: () => declareAround(xml.slice(from, element.end), scope),
    };
    if (wrongNamespaces.some((wrong) => tag.uri.startsWith(wrong))) {
      throw malformed(element, `its namespace begins with https:, where Windows knows http: only`);
    }
    parent?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element !== undefined) element.end = parser.position;
  });
  const append = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.write(xml).close();
  if (root === undefined) throw malformed('xml', 'no element');
  return root;
}
