// One description of an element serves both directions: what it writes from a typed option, in the order that the
// schema demands, and what it reads back. Everything here is synchronous and keeps no state.

import { checkNames, type OptionNames } from '../base/arguments.js';
import { nearest } from '../base/nearest.js';
import {
  isSameQName,
  malformed,
  type ParsedElement,
  type QName,
  shownName,
  type XmlContent,
  type XmlElement,
} from './xml.js';
import type { ParseOptions } from './options.js';

export const parseNames: OptionNames<ParseOptions> = { unknown: ['refuse', 'keep'] };

/** The elements that may stand around one of a local name. */
const homes = new Map<string, Set<string>>();

/** Remembers that `parent` may hold these, for the advice about one that stands elsewhere. */
export function holds(parent: QName, { names = [] }: Pick<Codec<unknown>, 'names'>): void {
  for (const { local } of names) homes.set(local, (homes.get(local) ?? new Set()).add(parent.local));
}

/** What was probably meant by an element where only `known` may stand. */
function advice({ name, path }: ParsedElement, known: readonly QName[], isForeign: boolean): string {
  const spelled = known.find(({ local }) => local === name.local);
  if (spelled) return `; its namespace must be ${spelled.namespace}`;
  const locals = known.map(({ local }) => local);
  const meant = nearest(name.local, locals);
  if (meant !== undefined) return `; did you mean ${meant}?`;
  const around = [...(homes.get(name.local) ?? [])].filter((home) => home !== path.split('/').at(-2));
  if (around.length > 0) return `; it belongs in ${around.join(' or ')}`;
  return isForeign ? '' : `; there are ${[...new Set(locals)].join(', ')}`;
}

/** The most elements and attributes that are named of a document, which may be anybody's. */
export const mostUnknown = 100;

/** Collects what a document holds and no option can express, a sentence each; the first {@link mostUnknown}. */
export class Report {
  readonly unknown: string[] = [];

  /** Notes an element, with its namespace in braces if it is a foreign one, and what was meant by it. */
  element(element: ParsedElement, known: readonly QName[] = [], reason?: string): void {
    if (this.unknown.length === mostUnknown) return;
    const { name, path, line } = element;
    const isForeign = known.every(({ namespace }) => namespace !== name.namespace);
    const place = path.slice(0, path.lastIndexOf('/') + 1);
    const full = `${isForeign ? `{${shownName(name.namespace)}}` : ''}${shownName(name.local)}`;
    const why = reason ?? advice(element, known, isForeign);
    this.unknown.push(`line ${line}: ${place}${full} is not known here${why}`);
  }

  /** Notes the attributes of `element` whose local names are not `known`; those of XML and of schemas mean nothing here. */
  attributes(element: ParsedElement, known: readonly string[] = []): void {
    for (const { name } of element.attributes) {
      if (name.namespace === '' && known.includes(name.local)) continue;
      if (name.namespace.startsWith('http://www.w3.org/')) continue;
      if (this.unknown.length === mostUnknown) return;
      this.unknown.push(`line ${element.line}: ${element.path}/@${shownName(name.local)} is not known here`);
    }
  }
}

/** Writes and reads the content of one element. */
export interface Codec<T> {
  /** Throws TypeError or RangeError that names `path`, the option's place, for values that cannot be written. */
  write(value: unknown, path: string): XmlContent;
  /** Undefined stands for an element that says no more than its absence. Throws EapError for wrong content. */
  read(element: ParsedElement, report: Report): T | undefined;
  /** The elements that may stand in it. */
  readonly names?: readonly QName[];
}

/** Writes and reads several elements of one name. */
export interface ListCodec<T> {
  write(value: unknown, path: string): XmlContent[];
  read(elements: readonly ParsedElement[], report: Report): T | undefined;
}

/** Writes and reads the value of an attribute. */
export interface AttributeCodec<T> {
  write(value: unknown, path: string): string;
  read(value: string, path: string): T;
}

/** Options that are being read. */
export type Draft<O> = { -readonly [K in keyof O]?: O[K] };
/** Options as somebody gave them. */
export type GivenOptions<O> = Readonly<Partial<Record<keyof O, unknown>>>;

/** One place in an xs:sequence: the options it takes and the elements it becomes. */
export interface Field<O> {
  readonly keys: readonly (keyof O & string)[];
  readonly names: readonly QName[];
  readonly repeats: boolean;
  /** May stand between any others, as xs:any and xs:all allow. */
  readonly floats?: boolean;
  write(options: GivenOptions<O>, path: string): XmlElement[];
  /** `parent` is the element around them. */
  read(elements: readonly ParsedElement[], into: Draft<O>, report: Report, parent: ParsedElement): void;
}

/** An attribute and the option that it becomes. */
export interface AttributeField<O> {
  readonly key: keyof O & string;
  readonly name: string;
  write(options: GivenOptions<O>, path: string): Record<string, string>;
  read(element: ParsedElement, into: Draft<O>): void;
}

/** The element of that content. */
export const withContent = (name: QName, content: XmlContent): XmlElement => ({ ...content, name });

/** The names for a sentence. */
export const listNames = (names: readonly QName[]): string =>
  [...new Set(names.map(({ local }) => local))].join(' or ');

/** Refuses text in an element that holds elements. */
export function noText(element: ParsedElement): void {
  if (element.text.trim() !== '') throw malformed(element, 'holds text between its elements');
}

/** Gives each child to the field that accepts it. Out of order or too many: refused, as by Windows' schemas. */
export function readSequence<O>(
  element: ParsedElement,
  fields: readonly Field<O>[],
  into: Draft<O>,
  report: Report,
): void {
  noText(element);
  const found = fields.map((): ParsedElement[] => []);
  const known = fields.flatMap(({ names }) => names);
  let at = 0;
  for (const child of element.children) {
    const index = fields.findIndex(({ names }) => names.some((name) => isSameQName(name, child.name)));
    const field = fields[index];
    if (field === undefined) {
      report.element(child, known);
      continue;
    }
    if (!field.floats) {
      if (index < at) throw malformed(child, `must stand before ${listNames(fields[at]?.names ?? [])}`);
      at = index;
    }
    if (!field.repeats && found[index]?.length !== 0) {
      throw malformed(child, `only one ${listNames(field.names)} is allowed`);
    }
    found[index]?.push(child);
  }
  for (const [index, field] of fields.entries()) field.read(found[index] ?? [], into, report, element);
}

/** Whether it can hold options. */
export const isGiven = <O>(value: unknown): value is GivenOptions<O> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `value` as a plain object. Throws TypeError that names `path` and the keys it may have. */
export function asOptions<O>(value: unknown, path: string, keys: readonly string[]): GivenOptions<O> {
  if (!isGiven<O>(value)) throw new TypeError(`${path} must be an object`);
  checkNames(value, path, keys);
  return withoutPrototype(value);
}

/** A copy that inherits nothing: what is on Object.prototype is no option. */
export function withoutPrototype<T extends object>(value: T): T {
  return Object.assign(Object.create(null), value);
}

/** The keys of an object whose type names them all. */
export function keysOf<T extends object>(record: T): (keyof T & string)[] {
  const isKey = (key: string): key is keyof T & string => Object.hasOwn(record, key);
  return Object.keys(record).filter(isKey);
}

/** An element with `attributes` whose children are `fields` in this order, from an object. */
export function sequence<O extends object>(
  fields: readonly Field<O>[],
  attributes: readonly AttributeField<O>[] = [],
): Codec<O> {
  const keys = [...attributes.map(({ key }) => key), ...fields.flatMap((field) => field.keys)];
  const attributeNames = attributes.map(({ name }) => name);
  return {
    names: fields.flatMap((field) => field.names),
    write(value, path) {
      const options = asOptions<O>(value, path, keys);
      return {
        attributes: Object.assign({}, ...attributes.map((attribute) => attribute.write(options, path))),
        children: fields.flatMap((field) => field.write(options, path)),
      };
    },
    read(element, report) {
      const into: Draft<O> = {};
      report.attributes(element, attributeNames);
      for (const attribute of attributes) attribute.read(element, into);
      readSequence(element, fields, into, report);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fields refuse what lacks a required option
      return into as O;
    },
  };
}

function writeBoolean(value: unknown, path: string): string {
  if (typeof value !== 'boolean') throw new TypeError(`${path} must be a boolean`);
  return String(value);
}

function readBoolean(text: string, place: string | ParsedElement): boolean {
  const word = text.trim();
  if (!['true', 'false', '1', '0'].includes(word)) throw malformed(place, 'must be true, false, 1 or 0');
  return word === 'true' || word === '1';
}

/** The text of an element that may hold nothing else. */
export function elementText(element: ParsedElement, report: Report): string {
  if (element.children.length > 0) throw malformed(element, 'must hold text, not elements');
  report.attributes(element);
  return element.text;
}

/** xs:boolean in an attribute. */
export const booleanAttribute: AttributeCodec<boolean> = { write: writeBoolean, read: readBoolean };

/** xs:boolean. */
export const boolean: Codec<boolean> = {
  write: (value, path) => ({ text: writeBoolean(value, path) }),
  read: (element, report) => readBoolean(elementText(element, report), element),
};

/** One of several elements in the same place, told apart by the option's value. */
export interface Alternative<T> {
  readonly names: readonly QName[];
  readonly matches: (value: unknown) => boolean;
  readonly codec: Codec<T>;
}

/** An empty element that stands for the word `word`. */
export function word<W extends string>(word: W, name: QName): Alternative<W> {
  const codec: Codec<W> = {
    write: () => ({}),
    read(element, report) {
      if (elementText(element, report).trim() !== '') throw malformed(element, 'must be empty');
      return word;
    },
  };
  return { names: [name], matches: (value) => value === word, codec };
}

/** An element that stands for an object with one key; `wrap` puts what was read below that key. */
export function keyed<K extends string, T, U extends Readonly<Record<K, T>>>(
  key: K,
  names: readonly QName[],
  codec: Codec<T>,
  wrap: (inner: T) => U,
): Alternative<U> {
  return {
    names,
    matches: (value) => isGiven<Record<K, T>>(value) && Object.hasOwn(value, key),
    codec: {
      write: (value, path) => codec.write(asOptions<Record<K, T>>(value, path, [key])[key], `${path}.${key}`),
      read(element, report) {
        const inner = codec.read(element, report);
        return inner === undefined ? undefined : wrap(inner);
      },
    },
  };
}

/** An array, an element for each member. Members that read as nothing are left out, and an empty array altogether. */
export function listOf<T>(codec: Codec<T>, least = 0): ListCodec<readonly T[]> {
  return {
    write(value, path) {
      if (!Array.isArray(value)) throw new TypeError(`${path} must be an array`);
      if (value.length < least) throw new TypeError(`${path} must not be empty`);
      return value.map((member: unknown, index) => codec.write(member, `${path}[${index}]`));
    },
    read(elements, report) {
      const members = elements.map((element) => codec.read(element, report));
      const given = members.filter((member) => member !== undefined);
      return given.length === 0 ? undefined : given;
    },
  };
}
