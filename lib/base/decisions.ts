// Reads what callbacks that decide about access return. Anything but what their types say is an error of the callback,
// so that a mistake in it lets nobody in. Pure.

import { types } from 'node:util';

import { ownOptions, type Kind } from './arguments.js';
import { isObject, namesOf, type Fields } from './guards.js';

/** In words, and without what it holds: it may be a secret. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (types.isNativeError(value)) return 'an error';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A yes or no. Throws TypeError for anything else: a truthy value is no yes. */
export function toVerdict(value: unknown, from: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${from} must be true or false, not ${kindOf(value)}`);
}

/**
 * The fields of an object. Throws TypeError for anything else, for a key that is not among `names`, for one of `needed` that is
 * left out, and for one that is there without a value: what was to be looked up was not found.
 */
export function toDecision<Name extends string>(
  value: unknown,
  from: string,
  names: Readonly<Record<Name, Kind>>,
  needed: readonly NoInfer<Name>[] = [],
): Readonly<Partial<Record<Name, unknown>>> {
  const fields = toFields(value, from);
  const given = namesOf(names).filter((name) => Object.hasOwn(fields, name));
  return ownOptions<Name>(value, from, names, [...needed, ...given]);
}

/** An object, whatever its keys. Throws TypeError for anything else. */
export function toFields(value: unknown, from: string): Fields {
  if (isObject(value) && !Array.isArray(value) && !types.isNativeError(value)) return value;
  throw new TypeError(`${from} must be an object, not ${kindOf(value)}`);
}

/** A text; undefined for none. Throws TypeError for anything else. */
export function toOptionalString(value: unknown, from: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new TypeError(`${from} must be a string, not ${kindOf(value)}`);
}

/** An array. Throws TypeError for anything else. */
export function toArray(value: unknown, from: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`${from} must be an array, not ${kindOf(value)}`);
}
