// The documents around the methods' own elements: EapHostConfig and EapHostUserCredentials.

import { ownOptions } from '../base/arguments.js';
import { type FullMethodType, isSameMethodType, toMethodType } from '../eap/names.js';
import { asOptions, type Codec, keysOf, noText, parseNames, Report, sequence } from './codec.js';
import { fieldsOf } from './fields.js';
import { readNumber } from './eap.js';
import {
  isSameQName,
  malformed,
  type ParsedElement,
  type QName,
  vocabulary,
  type XmlContent,
  type XmlElement,
  prefixes,
  readXml,
  writeXml,
} from './xml.js';
import type { BlobOptions, ParseOptions } from './options.js';
import { blob } from './values.js';

/** One of the two kinds of document. */
export interface DocumentKind {
  readonly root: QName;
  /** Of the root's namespace. */
  readonly method: QName;
  readonly content: QName;
  readonly blob: QName;
}

function documentKind(suffix: 'EapHostConfig' | 'EapHostUserCredentials', content: string): DocumentKind {
  const name = vocabulary(suffix);
  return {
    root: name(suffix),
    method: name('EapMethod'),
    content: name(content),
    blob: name(`${content}Blob`),
  };
}

/** EapHostConfig with Config or ConfigBlob. */
export const configDocument = documentKind('EapHostConfig', 'Config');

/** EapHostUserCredentials with Credentials or CredentialsBlob. */
export const credentialsDocument = documentKind('EapHostUserCredentials', 'Credentials');

/** A method with typed options: which numbers it has and what stands below Config or Credentials. */
export interface MethodForm {
  readonly type: FullMethodType;
  /** The element below Config or Credentials: the first is written, all are read. */
  readonly names: readonly [QName, ...QName[]];
  readonly codec: Codec<object>;
}

/** The numbers of a method that comes with Windows. */
export const methodType = (type: number, authorId: number): FullMethodType => ({
  type,
  vendorId: 0,
  vendorType: 0,
  authorId,
});

const m = vocabulary('EapCommon');

function methodElement(kind: DocumentKind, type: FullMethodType): XmlElement {
  return { name: kind.method, declares: true, ...methodNumbers.write(type, 'type') };
}

/** The content of a document's root. */
export type RootContent = XmlContent & { readonly standalone: true };

/** The root's content for a typed method. */
export function writeMethod(
  kind: DocumentKind,
  form: MethodForm,
  options: unknown,
  path: string,
): RootContent {
  const element: XmlElement = { name: form.names[0], ...form.codec.write(options, path) };
  const content: XmlElement = { name: kind.content, declares: true, children: [element] };
  return { standalone: true, children: [methodElement(kind, form.type), content] };
}

/** The root's content for an opaque blob. */
export function writeBlob(kind: DocumentKind, options: unknown, path: string): RootContent {
  const { type, blob: bytes } = asOptions<BlobOptions>(options, path, ['type', 'blob']);
  const element: XmlElement = { name: kind.blob, ...blob.write(bytes, `${path}.blob`) };
  return {
    standalone: true,
    children: [methodElement(kind, toMethodType(type, `${path}.type`)), element],
  };
}

const numberCodec: Codec<number> = {
  write: (value) => ({ text: String(value) }),
  read: readNumber,
};
const f = fieldsOf<FullMethodType>();
const methodNumbers: Codec<FullMethodType> = sequence([
  f.one('type', m('Type'), numberCodec, 'required'),
  f.one('vendorId', m('VendorId'), numberCodec),
  f.one('vendorType', m('VendorType'), numberCodec),
  f.one('authorId', m('AuthorId'), numberCodec),
]);

/** A document's parts. */
export interface DocumentParts {
  readonly type: FullMethodType;
  /** Config or Credentials, still unread; or the blob. */
  readonly content: ParsedElement | Uint8Array;
}

function readType(element: ParsedElement, report: Report): FullMethodType {
  try {
    return toMethodType(methodNumbers.read(element, report), 'type');
  } catch (error) {
    if (error instanceof RangeError) throw malformed(element, error.message);
    throw error;
  }
}

/** Takes a document apart. Both content and blob, or neither, is refused. */
export function readDocument(kind: DocumentKind, root: ParsedElement, report: Report): DocumentParts {
  if (!isSameQName(root.name, kind.root)) {
    const { local, namespace } = kind.root;
    throw malformed(root, `the document's element must be ${local} of the namespace ${namespace}`);
  }
  noText(root);
  report.attributes(root);
  const take = (name: QName): ParsedElement | undefined => {
    const found = root.children.filter((child) => isSameQName(child.name, name));
    if (found.length > 1) throw malformed(root, `only one ${name.local} is allowed`);
    return found[0];
  };
  const method = take(kind.method);
  const content = take(kind.content);
  const opaque = take(kind.blob);
  for (const child of root.children) {
    if (child === method || child === content || child === opaque) continue;
    report.element(child, [kind.method, kind.content, kind.blob]);
  }
  if (method === undefined) throw malformed(root, 'EapMethod is missing');
  const type = readType(method, report);
  if ((content === undefined) === (opaque === undefined)) {
    throw malformed(root, `must have ${kind.content.local} or ${kind.blob.local}, and only one of them`);
  }
  const given = content ?? opaque;
  if (given && root.children.indexOf(given) < root.children.indexOf(method)) {
    throw malformed(method, `must stand before ${given.name.local}`);
  }
  if (content) return { type, content };
  return { type, content: (opaque && blob.read(opaque, report)) ?? new Uint8Array() };
}

/** The name of the form for a method's numbers. */
export function formOf<K extends string>(
  forms: Readonly<Record<K, MethodForm>>,
  type: FullMethodType,
): K | undefined {
  return keysOf(forms).find((key) => isSameMethodType(forms[key].type, type));
}

/** Reads Config or Credentials of a typed method. */
export function readMethod(form: MethodForm, content: ParsedElement, report: Report): object {
  noText(content);
  report.attributes(content);
  const isIts = ({ name }: ParsedElement): boolean => form.names.some((each) => isSameQName(each, name));
  const [element, ...more] = content.children.filter(isIts);
  const wanted = form.names.map(({ local }) => local).join(' or ');
  if (!element || more.length > 0) throw malformed(content, `must have one ${wanted} of the method`);
  for (const child of content.children) if (child !== element) report.element(child, form.names);
  return form.codec.read(element, report) ?? {};
}

/** Writes documents of a kind for these methods, and reads them. */
export function documentsOf<Name extends string>(
  kind: DocumentKind,
  forms: Readonly<Record<Name, MethodForm>>,
) {
  const write = (content: RootContent): string => writeXml({ name: kind.root, ...content }, prefixes);
  return {
    build: (method: Name, options: unknown): string =>
      write(writeMethod(kind, forms[method], options, 'options')),
    blob: (options: unknown): string => write(writeBlob(kind, options, 'options')),
    /** `onOther` may throw for a method that is none of these. */
    parse(
      this: void,
      xml: string,
      options?: ParseOptions,
      onOther?: (type: FullMethodType, content: ParsedElement) => void,
    ) {
      const refuses = ownOptions(options, 'options', parseNames).unknown === 'refuse';
      const report = new Report();
      const { type, content } = readDocument(kind, readXml(xml), report);
      const { unknown } = report;
      const isBlob = content instanceof Uint8Array;
      const method = isBlob ? undefined : formOf(forms, type);
      const read = isBlob || !method ? undefined : readMethod(forms[method], content, report);
      if (refuses && unknown.length > 0) throw malformed('xml', unknown.join('\n'));
      if (isBlob) {
        return { method: 'blob', type, options: { type, blob: content }, unknown } as const;
      }
      if (method !== undefined && read !== undefined) return { method, type, options: read, unknown };
      onOther?.(type, content);
      for (const child of content.children) report.element(child);
      return { method: 'other', type, unknown } as const;
    },
  };
}
