// The wrapper of Windows' legacy methods: an Eap element with the method's number and its EapType.

import { asOptions, type Codec, keysOf, noText, type Report, elementText } from './codec.js';
import { isSameQName, malformed, type ParsedElement, type QName, type XmlContent } from './xml.js';

/** A legacy method: its EAP type and its EapType element. */
export interface EapForm<O = unknown> {
  readonly type: number;
  readonly name: QName;
  readonly codec: Codec<O>;
}

/** Legacy methods by the names that options give them. */
export type EapForms<T> = { readonly [K in keyof T & string]: EapForm<T[K]> };

/** `{ a: A; b: B }` → `{ a: A } | { b: B }`. */
export type OneOf<T> = { readonly [K in keyof T]: { readonly [P in K]: T[P] } }[keyof T];

/** Makes the names of the Eap element's namespace. */
type Names = (local: string) => QName;

const digits = /^\s*\d{1,10}\s*$/;

/** An element's unsigned number of 32 bits. */
export function readNumber(element: ParsedElement, report: Report): number {
  const text = elementText(element, report);
  if (!digits.test(text) || Number(text) > 0xffffffff) {
    throw malformed(element, 'must be a number of 32 bits');
  }
  return Number(text);
}

/** The only key of `value` and what is there. Throws TypeError for anything but an object with exactly one of `keys`. */
export function onlyEntry<K extends string>(
  value: unknown,
  path: string,
  keys: readonly K[],
): { readonly key: K; readonly options: unknown } {
  const options = asOptions<Record<K, unknown>>(value, path, keys);
  const [key, ...others] = keys.filter((each) => Object.hasOwn(options, each));
  if (key === undefined || others.length > 0) {
    throw new TypeError(`${path} must have one of ${keys.join(', ')}, and only one`);
  }
  return { key, options: options[key] };
}

/** What an Eap element holds. */
export function writeEap(name: Names, form: EapForm, options: unknown, path: string): XmlContent {
  return {
    children: [
      { name: name('Type'), text: String(form.type) },
      { name: form.name, ...form.codec.write(options, path) },
    ],
  };
}

/** Reads an Eap element of one of `forms`. Any other method is refused: leaving it out would change the meaning. */
export function readEap<T>(
  name: Names,
  forms: EapForms<T>,
  element: ParsedElement,
  report: Report,
): OneOf<T> {
  noText(element);
  report.attributes(element);
  const keys = keysOf(forms);
  const [type, ...rest] = element.children;
  if (!type || !isSameQName(type.name, name('Type'))) throw malformed(element, 'must begin with Type');
  const value = readNumber(type, report);
  const key = keys.find((each) => forms[each].type === value);
  if (key === undefined) {
    const known = keys.map((each) => `${each} (${forms[each].type})`).join(', ');
    throw malformed(type, `EAP type ${value} has no typed options in this place; there are: ${known}`);
  }
  const form = forms[key];
  const [only, ...more] = rest.filter((each) => isSameQName(each.name, form.name));
  if (!only || more.length > 0) throw malformed(element, `must have one EapType of ${key}`);
  for (const other of rest) if (other !== only) report.element(other, [name('Type'), form.name]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript forgets that key and form go together
  return { [key]: form.codec.read(only, report) } as OneOf<T>;
}

/** The content of an Eap element as `{ [method]: options }`. */
export function eapCodec<T>(name: Names, forms: EapForms<T>): Codec<OneOf<T>> {
  return {
    write(value, path) {
      const { key, options } = onlyEntry(value, path, keysOf(forms));
      return writeEap(name, forms[key], options, `${path}.${key}`);
    },
    read: (element, report) => readEap(name, forms, element, report),
  };
}
