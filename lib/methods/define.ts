// Definitions of EAP methods, checked where they are written.

import { checkNames, ownOptions, type Kind, type OptionNames } from '../base/arguments.js';
import { isObject } from '../base/guards.js';
import { namesToBits, propertyBits, toMethodType, type MethodProperty } from '../eap/names.js';
import type { AuthenticatorSide, ConfigurationSide, MethodDefinition, PeerSide } from '../hosts/method.js';

/** A method as its author writes it. */
export interface MethodInput extends Omit<MethodDefinition, 'properties'> {
  /** eapProp… by name, or their bits. Default none. */
  readonly properties?: number | readonly MethodProperty[];
}

const inputNames: OptionNames<MethodInput> = {
  type: 'object',
  name: 'string',
  properties: true,
  peer: 'object',
  authenticator: 'object',
  configuration: 'object',
};
const peerNames: OptionNames<PeerSide> = { getIdentity: 'function', beginSession: 'function' };
const authenticatorNames: OptionNames<AuthenticatorSide> = {
  beginSession: 'function',
  mayResume: 'function',
  unboundMethods: 'array',
};
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

/** Other fields are the side's own, unless they are functions: those only a host would call. */
function checkFunctions(
  side: unknown,
  argument: string,
  needed: readonly string[],
  names: Readonly<Record<string, Kind>> = {},
): void {
  if (!isObject(side)) throw new TypeError(`${argument} must be an object`);
  const functions = Object.entries(side).filter(([, value]) => typeof value === 'function');
  checkNames(Object.fromEntries(functions), argument, Object.keys(names));
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
    checkNames({ [name]: true }, argument, Object.keys(configurationNames));
    if (side[name] !== undefined) checkFunctions(side, argument, [name], configurationNames);
  }
}

/**
 * Checks that `value` is a method definition, and gives its property bits.
 * @throws TypeError or RangeError that names what is wrong, as a part of `argument`
 */
export function checkDefinition(value: unknown, argument: string): number {
  if (!isObject(value)) throw new TypeError(`${argument} must be a method definition`);
  const { type, name, properties, peer, authenticator, configuration } = ownOptions<keyof MethodInput>(
    value,
    argument,
    inputNames,
  );
  toMethodType(type, `${argument}.type`);
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw new TypeError(`${argument}.name must be a string for people to read`);
  }
  if (peer === undefined && authenticator === undefined) {
    throw new TypeError(`${argument} must have a peer side, an authenticator side, or both`);
  }
  if (peer !== undefined)
    checkFunctions(peer, `${argument}.peer`, ['getIdentity', 'beginSession'], peerNames);
  if (authenticator !== undefined) {
    checkFunctions(authenticator, `${argument}.authenticator`, ['beginSession'], authenticatorNames);
  }
  if (configuration !== undefined) checkConfiguration(configuration, `${argument}.configuration`);
  return toProperties(properties, `${argument}.properties`);
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
 *   type: { type: 200, authorId: 99999 },
 *   name: 'Example',
 *   peer: {
 *     getIdentity: ({ credentials }) => ({ identity: 'alice', credentials }),
 *     beginSession() {
 *       let hasAnswered = false;
 *       return {
 *         processRequest(request) {
 *           if (request[4] !== 200) return { action: 'discard' };
 *           hasAnswered = true;
 *           return { action: 'send', packet: Buffer.from([2, ...request.subarray(1)]) };
 *         },
 *         getResult: (reason) => ({ isSuccess: hasAnswered && reason === 'success' }),
 *         end() {},
 *       };
 *     },
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
 * Method definitions that were given as an option.
 * @throws TypeError or RangeError that names the field
 */
export function toDefinitions(methods: unknown, argument = 'methods'): readonly MethodDefinition[] {
  if (!Array.isArray(methods)) throw new TypeError(`${argument} must be an array of method definitions`);
  const list: readonly MethodDefinition[] = methods;
  for (const [index, method] of list.entries()) checkDefinition(method, `${argument}[${index}]`);
  return list;
}
