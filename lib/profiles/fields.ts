// The fields of an options type: one place each in an element's sequence, with the options that stand there.

import {
  type Alternative,
  asOptions,
  type AttributeCodec,
  type AttributeField,
  type Codec,
  type Draft,
  type Field,
  holds,
  type ListCodec,
  listNames,
  readSequence,
  withContent,
} from './codec.js';
import { isSameQName, malformed, type QName, type XmlAttribute } from './xml.js';

/** How an absent option behaves. */
export type Presence =
  /** Neither element nor option. */
  | 'optional'
  /** Both must be there. */
  | 'required'
  /** The element must be there and is written empty. */
  | 'empty';

/** Makes the fields of one options type. */
export function fieldsOf<O>() {
  type Key = keyof O & string;
  type Value<K extends Key> = NonNullable<O[K]>;
  return {
    /** One element for one option; the first of `names` is written, all are read. */
    one<K extends Key>(
      key: K,
      names: QName | readonly [QName, ...QName[]],
      codec: Codec<Value<K>>,
      presence: Presence = 'optional',
    ): Field<O> {
      const accepted: readonly [QName, ...QName[]] = 'local' in names ? [names] : names;
      const [name] = accepted;
      holds(name, codec);
      return {
        keys: [key],
        names: accepted,
        repeats: false,
        write(options, path) {
          const value = options[key];
          if (value !== undefined) return [withContent(name, codec.write(value, `${path}.${key}`))];
          if (presence === 'required') throw new TypeError(`${path}.${key} is missing`);
          return presence === 'empty' ? [{ name }] : [];
        },
        read([element], into, report, parent) {
          if (element === undefined && presence !== 'optional') {
            throw malformed(parent, `${listNames(accepted)} is missing`);
          }
          const value = element && codec.read(element, report);
          if (value !== undefined) into[key] = value;
        },
      };
    },

    /** An element for each member of an array; the first of `names` is written, all are read. */
    many<K extends Key>(key: K, names: readonly [QName, ...QName[]], list: ListCodec<Value<K>>): Field<O> {
      return {
        keys: [key],
        names,
        repeats: true,
        write(options, path) {
          if (options[key] === undefined) return [];
          return list.write(options[key], `${path}.${key}`).map((content) => withContent(names[0], content));
        },
        read(elements, into, report) {
          const value = list.read(elements, report);
          if (value !== undefined) into[key] = value;
        },
      };
    },

    /** An attribute of the sequence's own element. */
    attribute<K extends Key>(key: K, name: string, codec: AttributeCodec<Value<K>>): AttributeField<O> {
      return {
        key,
        name,
        write: (options, path) =>
          options[key] === undefined ? {} : { [name]: codec.write(options[key], `${path}.${key}`) },
        read(element, into) {
          const isIts = ({ name: each }: XmlAttribute): boolean =>
            each.namespace === '' && each.local === name;
          const attribute = element.attributes.find(isIts);
          if (attribute) into[key] = codec.read(attribute.value, `${element.path}/@${name}`);
        },
      };
    },

    /** One option that becomes one of several elements. */
    choice<K extends Key>(key: K, alternatives: readonly Alternative<Value<K>>[], words: string): Field<O> {
      return {
        keys: [key],
        names: alternatives.flatMap(({ names }) => names),
        repeats: false,
        write(options, path) {
          const value = options[key];
          if (value === undefined) return [];
          const alternative = alternatives.find(({ matches }) => matches(value));
          const name = alternative?.names[0];
          if (!alternative || !name) throw new TypeError(`${path}.${key} must be ${words}`);
          return [withContent(name, alternative.codec.write(value, `${path}.${key}`))];
        },
        read([element], into, report) {
          if (element === undefined) return;
          const isIts = ({ names }: Alternative<Value<K>>): boolean =>
            names.some((name) => isSameQName(name, element.name));
          const value = alternatives.find(isIts)?.codec.read(element, report);
          if (value !== undefined) into[key] = value;
        },
      };
    },

    /** An element around several fields that has no option of its own: written when one of them is. */
    group(name: QName, fields: readonly Field<O>[]): Field<O> {
      holds(name, { names: fields.flatMap((field) => field.names) });
      return {
        keys: fields.flatMap((field) => field.keys),
        names: [name],
        repeats: false,
        write(options, path) {
          const children = fields.flatMap((field) => field.write(options, path));
          return children.length === 0 ? [] : [{ name, children }];
        },
        read([element], into, report) {
          if (element === undefined) return;
          report.attributes(element);
          readSequence(element, fields, into, report);
        },
      };
    },

    /** Fields whose options stand together under `key`, while their elements stand among others. */
    part<K extends Key>(key: K, fields: readonly Field<Value<K>>[]): Field<O>[] {
      const keys = fields.flatMap((field) => field.keys);
      return fields.map((field) => ({
        ...field,
        keys: [key],
        write: (options, path) =>
          field.write(asOptions<Value<K>>(options[key] ?? {}, `${path}.${key}`, keys), `${path}.${key}`),
        read(elements, into, report, parent) {
          const own: Draft<Value<K>> = {};
          field.read(elements, own, report, parent);
          if (Object.keys(own).length === 0) return;
          const before = Object.hasOwn(into, key) ? into[key] : undefined;
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the last of the fields completes it
          into[key] = { ...before, ...own } as Value<K>;
        },
      }));
    },

    /** A place of the schema that holds nothing typed: what stands there is reported. */
    open(name: QName): Field<O> {
      return {
        keys: [],
        names: [name],
        repeats: false,
        write: () => [],
        read: ([element], _into, report) => element?.children.forEach((child) => report.element(child)),
      };
    },
  };
}

/** The same fields, in any order among the others. */
export const floating = <O>(fields: readonly Field<O>[]): Field<O>[] =>
  fields.map((field) => ({ ...field, floats: true }));
