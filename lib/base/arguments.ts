// Checks of what callers pass. Each throws TypeError or RangeError that names the argument, before anything
// native runs.

import { isUtf8, transcode } from 'node:buffer';
import { types } from 'node:util';

import { nearest } from './nearest.js';
import { isNameOf, isObject, namesOf, type Fields } from './guards.js';
import { secretBuffer, secretFrom } from './secret.js';

/** What every call that can take long accepts. */
export interface SignalOptions {
  /**
   * Rejects the call at once with the signal's reason. A call that is inside the method then is left to finish;
   * its session is ended when it returns.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Where a dialog opens. */
export interface WindowOptions extends SignalOptions {
  /**
   * The window that the dialog belongs to: its HWND as a bigint, or as the octets that Electron's
   * `getNativeWindowHandle()` gives. Default none.
   */
  readonly parentWindow?: bigint | Uint8Array | undefined;
}

export const signalNames: OptionNames<SignalOptions> = { signal: 'signal' };
export const windowNames: OptionNames<WindowOptions> = { ...signalNames, parentWindow: true };

const guidPattern = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/iu;

/**
 * What an option may be, besides undefined, by the word for it in a table of options: its test, and what an error asks
 * for. `true` is read by code of its own; `orNull` too, and may be null; what is in an `array` is as `true`.
 */
const kinds = {
  true: [(value) => value !== null && value !== undefined, 'given, and not null'],
  orNull: [() => true, ''],
  string: [(value) => typeof value === 'string', 'a string'],
  number: [(value) => typeof value === 'number', 'a number'],
  boolean: [(value) => typeof value === 'boolean', 'true or false'],
  function: [(value) => typeof value === 'function', 'a function'],
  array: [(value) => Array.isArray(value), 'an array'],
  strings: [(value) => Array.isArray(value), 'an array of strings'],
  bytes: [(value) => types.isUint8Array(value), 'a Uint8Array or a Buffer'],
  secret: [(value) => typeof value === 'string' || types.isUint8Array(value), 'a string or a Uint8Array'],
  signal: [isSignal, 'an AbortSignal'],
  object: [(value) => isObject(value) && !Array.isArray(value), 'an object'],
} as const satisfies Record<string, readonly [test: (value: unknown) => boolean, words: string]>;

/** The kind of an option in a table of names: a word of `kinds`, or the words that it may be itself. */
export type Kind = true | Exclude<keyof typeof kinds, 'true'> | readonly string[];

/** The kind of a type. Unions other than these are read by code of their own. */
type KindOf<Value> = null extends Value
  ? 'orNull'
  : [Value] extends [(...args: never) => unknown]
    ? 'function'
    : [Value] extends [boolean]
      ? 'boolean'
      : [Value] extends [number]
        ? 'number'
        : [Value] extends [string]
          ? string extends Value
            ? 'string'
            : readonly Value[]
          : [Value] extends [readonly unknown[]]
            ? [Value] extends [readonly string[]]
              ? 'strings'
              : 'array'
            : [Value] extends [Uint8Array]
              ? 'bytes'
              : [Value] extends [string | Uint8Array]
                ? 'secret'
                : [Value] extends [AbortSignal]
                  ? 'signal'
                  : [Value] extends [object]
                    ? Extract<Value, readonly unknown[]> extends never
                      ? 'object'
                      : true
                    : true;

type Names<Options> = Options extends unknown ? keyof Options & string : never;
type ValueOf<Options, Name> = Options extends unknown
  ? Name extends keyof Options
    ? Exclude<Options[Name], undefined>
    : never
  : never;

/**
 * Every name of an options type, with its kind, so that none is taken unchecked; where the type has several forms, those
 * of all of them.
 */
export type OptionNames<Options> = Readonly<{
  [Name in Names<Options>]: KindOf<ValueOf<Options, Name>>;
}>;

/** Refuses what is not among `names`, with the one that was probably meant. Throws TypeError. */
export function checkNames(given: object, argument: string, names: readonly string[]): void {
  const stranger = Object.keys(given).find((name) => !names.includes(name));
  if (stranger === undefined) return;
  const meant = nearest(stranger, names);
  const advice = meant === undefined ? `there are: ${names.join(', ')}` : `did you mean ${meant}?`;
  throw new TypeError(`${argument}.${stranger} is no option; ${advice}`);
}

/**
 * The options of a call, as {@link ownProperties} reads them. One that is not in the table `names` is refused with the
 * one that was probably meant: left out unseen, it would leave a default in its place. So is one of another kind than the
 * table has for it: only undefined takes the default, and not of those that are `needed`. Throws TypeError, and RangeError
 * for text with half a character.
 */
export function ownOptions<Options extends object>(
  options: Options | undefined,
  argument: string,
  names: NoInfer<OptionNames<Options>>,
  needed?: readonly NoInfer<Names<Options>>[],
): Options;
export function ownOptions<Name extends string>(
  options: unknown,
  argument: string,
  names: Readonly<Record<Name, Kind>>,
  needed?: readonly NoInfer<Name>[],
): Readonly<Partial<Record<Name, unknown>>>;
export function ownOptions(
  options: unknown,
  argument: string,
  names: Readonly<Record<string, Kind>>,
  needed: readonly string[] = [],
): Fields {
  const own = ownProperties(options, argument);
  for (const name in own) {
    const kind = Object.hasOwn(names, name) ? names[name] : undefined;
    if (kind === undefined) checkNames(own, argument, Object.keys(names));
    else if (own[name] !== undefined) checkKind(own[name], argument, name, kind);
  }
  for (const name of needed) if (own[name] === undefined) checkKind(undefined, argument, name, names[name]!);
  return own;
}

const isOneOf = (words: readonly unknown[]) => (value: unknown) => words.includes(value);

/** Throws TypeError for what is not of a kind; RangeError for text with half a character. */
function checkKind(value: unknown, argument: string, name: string, kind: Kind): void {
  const [isOfKind, words] =
    typeof kind === 'object' ? ([isOneOf(kind), `one of ${kind.join(', ')}`] as const) : kinds[`${kind}`];
  const path = argument === 'options' ? name : `${argument}.${name}`;
  if (!isOfKind(value)) throw new TypeError(`${path} must be ${words}`);
  if (typeof value === 'string') checkWellFormed(value, path);
  if (!Array.isArray(value) || (kind !== 'array' && kind !== 'strings')) return;
  const [isRight, wanted] = kinds[kind === 'array' ? 'true' : 'string'];
  const list: readonly unknown[] = value;
  for (const [index, each] of list.entries()) {
    if (!isRight(each)) throw new TypeError(`${path}[${index}] must be ${wanted}`);
    if (typeof each === 'string') checkWellFormed(each, `${path}[${index}]`);
  }
}

/** Refuses half of a surrogate pair, in place of which an encoder writes U+FFFD. Throws RangeError. */
export function checkWellFormed(text: string, argument: string): void {
  if (text.isWellFormed()) return;
  throw new RangeError(`${argument} must be well-formed text, and holds half of a surrogate pair`);
}

/** For objects that inherit nothing. V8 makes a hash table of one without any prototype, which costs more than a call. */
const inheritsNothing: object = Object.freeze(Object.create(null));

/**
 * The properties of an object, read once: its own enumerable ones, copied into one without a prototype, so that
 * what somebody put on Object.prototype is no option, nor what a `__proto__` in JSON brought along. None given are no
 * options. An instance of a class may have fields; what it inherits, accessors and methods too, is refused by name, as
 * leaving it out unseen could leave a check out. Throws TypeError.
 */
export function ownProperties(options: unknown, argument: string): Fields {
  const own: Record<string, unknown> = Object.create(inheritsNothing);
  if (options === undefined) return own;
  if (!isObject(options) || Array.isArray(options)) throw new TypeError(`${argument} must be an object`);
  let prototype: object | null = Object.getPrototypeOf(options);
  while (prototype !== null) {
    const above: object | null = Object.getPrototypeOf(prototype);
    // The last one is Object.prototype, of whatever realm.
    const inherited = above && Object.getOwnPropertyNames(prototype).find((name) => name !== 'constructor');
    if (inherited) throw new TypeError(`${argument}.${inherited} is inherited: give it as an own property`);
    prototype = above;
  }
  return Object.assign(own, options);
}

function isSignal(value: unknown): value is AbortSignal {
  // Not instanceof: it may come from another realm.
  return (
    isObject(value) &&
    typeof value['aborted'] === 'boolean' &&
    typeof value['addEventListener'] === 'function' &&
    typeof value['removeEventListener'] === 'function'
  );
}

/** A signal; undefined for none. */
export function toSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || isSignal(value)) return value;
  throw new TypeError('signal must be an AbortSignal');
}

/** The signal of options of these names, if any. */
export function signalOf(
  options: SignalOptions | undefined,
  names: Readonly<Record<string, Kind>> = signalNames,
): AbortSignal | undefined {
  return options === undefined
    ? undefined
    : toSignal(ownOptions<string>(options, 'options', names)['signal']);
}

/** Bytes. */
export function toBytes(value: unknown, argument: string): Uint8Array {
  // Not instanceof: a Buffer may come from another realm, as in Electron or a test runner.
  if (types.isUint8Array(value)) return value;
  throw new TypeError(`${argument} must be a Uint8Array or a Buffer`);
}

/** A copy of bytes, which the caller may change or wipe afterwards; undefined for none. */
export function toOptionalCopy(value: unknown, argument: string): Buffer | undefined {
  return value === undefined ? undefined : secretFrom(toBytes(value, argument));
}

/** An integer in a range. */
export function toInteger(value: unknown, argument: string, minimum: number, maximum: number): number {
  if (typeof value !== 'number') throw new TypeError(`${argument} must be a number`);
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    throw new RangeError(`${argument} must be an integer from ${minimum} to ${maximum}, not ${value}`);
  }
  return value;
}

/** With fewer columns a ladder has no room for its arrows. */
export const fewestColumns = 40;

/** The columns that a ladder has: 80 for undefined. */
export function toColumns(value: unknown = 80): number {
  return Math.max(fewestColumns, toInteger(value, 'columns', 1, 10_000));
}

/** A string that is not empty and holds no NUL, which would end it early on the native side. */
export function toText(value: unknown, argument: string): string {
  if (typeof value !== 'string') throw new TypeError(`${argument} must be a string`);
  if (value === '' || value.includes('\0'))
    throw new RangeError(`${argument} must not be empty nor hold NUL`);
  checkWellFormed(value, argument);
  return value;
}

const largestHandle = 0xffff_ffff_ffff_ffffn;

/** The value of a Windows handle; 0n, none, for undefined. */
export function toHandle(value: unknown, argument: string): bigint {
  if (value === undefined) return 0n;
  if (typeof value !== 'bigint') throw new TypeError(`${argument} must be a bigint`);
  if (value < 0n || value > largestHandle) throw new RangeError(`${argument} must be the value of a handle`);
  return value;
}

/** A window as a handle's value. */
export function toWindow(value: unknown): bigint {
  // Not instanceof: Electron's buffer may come from another realm.
  if (!types.isUint8Array(value)) return toHandle(value, 'parentWindow');
  const view = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (view.length === 8) return view.readBigUInt64LE();
  if (view.length === 4) return BigInt(view.readUInt32LE());
  throw new RangeError('parentWindow must have 4 or 8 octets, as getNativeWindowHandle() gives');
}

/** A document; what is in it is for others to judge. */
export function toXml(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('xml must be a string');
  return value;
}

/** A boolean; `fallback` for none. */
export function toBoolean(value: unknown, argument: string, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') throw new TypeError(`${argument} must be true or false`);
  return value;
}

/** A function; undefined for none. */
export function checkFunction(value: unknown, argument: string): void {
  if (value !== undefined && typeof value !== 'function')
    throw new TypeError(`${argument} must be a function`);
}

/** A GUID, in lower case and without braces. */
export function toGuid(value: unknown, argument: string): string {
  if (typeof value !== 'string') throw new TypeError(`${argument} must be a GUID as a string`);
  const guid = guidPattern.exec(value)?.[1];
  if (guid === undefined) throw new RangeError(`${argument} must be a GUID, not "${value}"`);
  return guid.toLowerCase();
}

/** One of the names of a table. */
export function toName<Name extends string>(
  value: unknown,
  argument: string,
  table: Readonly<Record<Name, unknown>>,
): Name {
  if (isNameOf(table, value)) return value;
  throw new TypeError(`${argument} must be one of ${namesOf(table).join(', ')}`);
}

/** A password for Windows, in UTF-16 without a NUL, in memory of its own: wipe it. Octets are UTF-8. */
export function toUtf16(value: unknown, argument: string): Buffer {
  const isText = typeof value === 'string';
  if (!isText && !(value instanceof Uint8Array)) {
    throw new TypeError(`${argument} must be a string or a Uint8Array`);
  }
  if (isText ? value.includes('\0') : value.includes(0))
    throw new RangeError(`${argument} must not hold NUL`);
  if (!isText) {
    if (!isUtf8(value)) throw new RangeError(`${argument} must be UTF-8`);
    const unicode = transcode(value, 'utf8', 'utf16le');
    const copy = secretFrom(unicode);
    unicode.fill(0);
    return copy;
  }
  checkWellFormed(value, argument);
  const unicode = secretBuffer(value.length * 2);
  unicode.write(value, 'utf16le');
  return unicode;
}
