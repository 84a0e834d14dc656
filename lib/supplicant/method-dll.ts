// A native method DLL as callers register it with the embedded run-time.

import { isAbsolute } from 'node:path';

import { toText } from '../base/arguments.js';
import { isObject } from '../base/guards.js';
import {
  namesToBits,
  propertyBits,
  toMethodType,
  type FullMethodType,
  type MethodProperty,
  type MethodType,
} from '../eap/names.js';

/** A native method DLL for the embedded run-time. */
export interface MethodDll {
  readonly type: MethodType;
  /** Absolute path of the peer method DLL (.dll, .so, .dylib). It runs in this process: load what you trust. */
  readonly dllPath: string;
  /** For people. Default: the path. */
  readonly friendlyName?: string | undefined;
  /** Default: empty. */
  readonly authorName?: string | undefined;
  /** What the method says of itself. Default: nothing. */
  readonly properties?: readonly MethodProperty[] | undefined;
}

/** A method DLL that passed every check, as the native side takes it. */
export interface CheckedMethodDll {
  readonly type: FullMethodType;
  readonly dllPath: string;
  readonly friendlyName?: string;
  readonly authorName?: string;
  readonly properties: number;
}

/** Checks a method DLL's description. Throws TypeError or RangeError that name `argument`. */
export function checkMethodDll(value: unknown, argument: string): CheckedMethodDll {
  if (!isObject(value)) throw new TypeError(`${argument} must be an object`);
  const given: Readonly<Partial<Record<keyof MethodDll, unknown>>> = value;
  const { friendlyName, authorName } = given;
  const type = toMethodType(given.type, `${argument}.type`);
  const dllPath = toText(given.dllPath, `${argument}.dllPath`);
  if (!isAbsolute(dllPath)) {
    throw new RangeError(`${argument}.dllPath must be absolute: a name alone would be searched for`);
  }
  return {
    type,
    dllPath,
    ...(friendlyName === undefined ? {} : { friendlyName: toText(friendlyName, `${argument}.friendlyName`) }),
    ...(authorName === undefined ? {} : { authorName: toText(authorName, `${argument}.authorName`) }),
    properties: namesToBits(given.properties ?? [], `${argument}.properties`, propertyBits),
  };
}
