// Definitions of EAP methods, checked where they are written.

import { ownOptions } from '../base/arguments.js';
import { isObject } from '../base/guards.js';
import { namesToBits, propertyBits, toMethodType, type MethodProperty } from '../eap/names.js';
import type { ConfigurationSide, MethodDefinition } from './method.js';

/** A method as its author writes it. */
export interface MethodInput extends Omit<MethodDefinition, 'properties'> {
  /** eapProp… by name, or their bits. Default none. */
  readonly properties?: number | readonly MethodProperty[];
}

const configurationNames: Readonly<Record<keyof ConfigurationSide, true>> = {
  configXmlToBlob: true,
  configBlobToXml: true,
  credentialsXmlToBlob: true,
  credentialInputFields: true,
  credentialsFromInputFields: true,
  interactiveUiFields: true,
  interactiveUiAnswer: true,
  properties: true,
  showConfigUi: true,
  showIdentityUi: true,
  showInteractiveUi: true,
  blobsFromCredential: true,
  showServerConfigUi: true,
};

function checkFunctions(side: unknown, argument: string, needed: readonly string[]): void {
  if (!isObject(side)) throw new TypeError(`${argument} must be an object`);
  for (const name of needed) {
    if (typeof side[name] !== 'function') throw new TypeError(`${argument}.${name} must be a function`);
  }
}

function toProperties(value: unknown, argument: string): number {
  if (value === undefined) return 0;
  if (typeof value !== 'number') return namesToBits(value, argument, propertyBits);
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value;
  throw new RangeError(`${argument} must be an integer of 32 bits`);
}

function checkConfiguration(side: unknown, argument: string): void {
  if (!isObject(side)) throw new TypeError(`${argument} must be an object`);
  for (const name in side) {
    if (!Object.hasOwn(configurationNames, name)) {
      throw new TypeError(`${argument}.${name} is no function that a host calls`);
    }
    if (side[name] !== undefined) checkFunctions(side, argument, [name]);
  }
}

/**
 * Checks that `value` is a method definition, and gives its property bits.
 * @throws TypeError or RangeError that names what is wrong, as a part of `argument`
 */
function checkDefinition(value: unknown, argument: string): number {
  if (!isObject(value)) throw new TypeError(`${argument} must be a method definition`);
  const fields = ownOptions(value, argument);
  toMethodType(fields['type'], `${argument}.type`);
  if (typeof fields['name'] !== 'string' || fields['name'] === '' || fields['name'].includes('\0')) {
    throw new TypeError(`${argument}.name must be a string for people to read`);
  }
  const { peer, authenticator, configuration } = fields;
  if (peer === undefined && authenticator === undefined) {
    throw new TypeError(`${argument} must have a peer side, an authenticator side, or both`);
  }
  if (peer !== undefined) checkFunctions(peer, `${argument}.peer`, ['getIdentity', 'beginSession']);
  if (authenticator !== undefined) {
    checkFunctions(authenticator, `${argument}.authenticator`, ['beginSession']);
  }
  if (configuration !== undefined) checkConfiguration(configuration, `${argument}.configuration`);
  return toProperties(fields['properties'], `${argument}.properties`);
}

/**
 * Defines an EAP method for `openEapHost`, `RadiusServer` and `serveMethods`, and checks everything that can be
 * checked before a host calls it. The type of the result tells which sides it has.
 *
 * @throws TypeError or RangeError that names the field
 * @example
 * ```ts
 * import { defineMethod } from 'eaphost/methods';
 *
 * const method = defineMethod({
 *   type: { type: 254, vendorId: 99999, vendorType: 1, authorId: 99999 },
 *   name: 'Example',
 *   peer: {
 *     getIdentity: ({ credentials }) => ({ identity: 'alice', credentials }),
 *     beginSession: () => ({
 *       processRequest: (request) => ({ action: 'send', packet: Buffer.from([2, ...request.subarray(1)]) }),
 *       getResult: (reason) => ({ isSuccess: reason === 'success' }),
 *       end() {},
 *     }),
 *   },
 * });
 * ```
 */
export function defineMethod<Method extends MethodInput>(
  method: Method,
): Omit<Method, 'properties'> & { readonly properties: number } {
  return { ...method, properties: checkDefinition(method, 'method') };
}

/**
 * The methods of options for serveMethods.
 * @throws TypeError or RangeError that names the field
 */
export function checkServed(options: unknown): readonly MethodDefinition[] {
  const { methods } = ownOptions(options, 'options');
  if (!Array.isArray(methods)) throw new TypeError('methods must be an array of method definitions');
  const list: readonly MethodDefinition[] = methods;
  for (const [index, method] of list.entries()) checkDefinition(method, `methods[${index}]`);
  return list;
}
