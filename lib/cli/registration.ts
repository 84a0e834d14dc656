// What the sub-commands that register methods share: their options, and the module of a method.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { isObject } from '../base/guards.js';
import type { MethodDefinition } from '../methods/method.js';
import { checkMethod } from '../registration/register.js';
import type { MethodType } from '../eap/names.js';
import { describeError, parseArguments, UsageError } from './command.js';

/** The values of string options, by name; undefined if one was not given. */
export type Values = (name: string) => string | undefined;

/** Parses options that each take a value; `--json` is the output's. Throws UsageError. */
export function parseOptions(args: readonly string[], names: readonly string[]): Values {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArguments({
    args: [...args],
    allowPositionals: false,
    options: { ...options, json: { type: 'boolean' } },
  });
  const given: Readonly<Record<string, unknown>> = values;
  return (name) => {
    const value = given[name];
    return typeof value === 'string' ? value : undefined;
  };
}

/**
 * The methods that a module exports: as `methods`, an array, as `method`, or as its default export. Loading it runs its
 * code. Throws UsageError.
 */
export async function loadMethods(file: string): Promise<readonly MethodDefinition[]> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    throw new UsageError(`--module ${file} cannot be loaded: ${describeError(error)}`);
  }
  const {
    methods,
    method,
    default: byDefault,
  }: Readonly<Record<string, unknown>> = isObject(module) ? module : {};
  const given = methods ?? method ?? byDefault;
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0 || given === undefined) {
    throw new UsageError(`--module ${file} exports no method: neither methods, method nor default`);
  }
  return list.map((each) => {
    try {
      checkMethod(each, 'the method');
      return each;
    } catch (error) {
      throw new UsageError(`--module ${file} exports an invalid method: ${describeError(error)}`);
    }
  });
}

/** `AUTHOR/TYPE` or `AUTHOR/254/VENDOR/VENDORTYPE`. Throws UsageError. */
export function parseMethod(text: string): MethodType {
  const match = /^(\d+)\/(?:(\d+)|254\/(\d+)\/(\d+))$/u.exec(text);
  const [authorId, type, vendorId, vendorType] = (match?.slice(1) ?? []).map((part) => Number(part ?? 0));
  if (match === null || authorId === undefined || (type === 254 && match[2] !== undefined)) {
    throw new UsageError('--method must be AUTHOR/TYPE, or AUTHOR/254/VENDOR/TYPE for an expanded type');
  }
  return match[2] === undefined
    ? { authorId, type: 254, vendorId: vendorId ?? 0, vendorType: vendorType ?? 0 }
    : { authorId, type: type ?? 0 };
}
