// The methods of a server, found by what a request names, and the checks of what a method gives. JavaScript thread;
// pure.

import type { MethodType } from '../eap/names.js';
import type { MethodDefinition } from '../methods/method.js';
import {
  CallFailure,
  authenticationFailed,
  methodInvalidPacket,
  methodNotInstalled,
  operationNotSupported,
} from './failure.js';

/** Told of an error that a method threw: which method, and which call it was. */
export type ErrorListener = (error: unknown, method: MethodDefinition, call: string) => void;

/** The methods of a server by EAP type. */
export type MethodTable = ReadonlyMap<string, MethodDefinition>;

const expandedType = 254;

/** The vendor's numbers mean something for expanded types only. */
function typeKey({ type, vendorId = 0, vendorType = 0 }: MethodType): string {
  return type === expandedType ? `${type}/${vendorId}/${vendorType}` : `${type}`;
}

function isNumber(value: number | undefined, most: number): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 0 && value <= most);
}

/**
 * @throws TypeError when two definitions have the same EAP type
 * @throws RangeError when a number of a type is out of bounds
 */
export function methodTable(definitions: readonly MethodDefinition[]): MethodTable {
  const methods = new Map<string, MethodDefinition>();
  for (const { type } of definitions) {
    const numbers = [type.vendorId, type.vendorType, type.authorId];
    if (
      type.type < 1 ||
      !isNumber(type.type, 255) ||
      !numbers.every((value) => isNumber(value, 0xffffffff))
    ) {
      throw new RangeError('An EAP method has a type that is out of bounds');
    }
  }
  for (const definition of definitions) {
    const key = typeKey(definition.type);
    if (methods.has(key)) throw new TypeError(`Two EAP methods have the type ${key}`);
    methods.set(key, definition);
  }
  return methods;
}

/**
 * The method of a type. An author of 0, on either side, is any.
 * @throws CallFailure where none is served
 */
export function findMethod(methods: MethodTable, type: MethodType): MethodDefinition {
  const definition = methods.get(typeKey(type));
  const [asked, own] = [type.authorId ?? 0, definition?.type.authorId ?? 0];
  if (definition !== undefined && (asked === 0 || own === 0 || asked === own)) return definition;
  throw new CallFailure(methodNotInstalled, `No EAP method of the type ${typeKey(type)} is served`);
}

/** What a method lacks. */
export function unsupported(what: string): CallFailure {
  return new CallFailure(operationNotSupported, `The EAP method has no ${what}`);
}

/** What a method gave, where it must be octets. */
export function octets(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new CallFailure(authenticationFailed, `The EAP method gave ${what} that is no Uint8Array`);
}

/** What a method gave, where it must be text. */
export function plainString(value: unknown, what: string): string {
  if (typeof value === 'string' && !value.includes('\0')) return value;
  throw new CallFailure(authenticationFailed, `The EAP method gave ${what} that is no plain text`);
}

/** What a method gave, where it must be an EAP packet. */
export function eapPacket(value: unknown): Uint8Array {
  const packet = octets(value, 'a packet');
  const length = packet.length < 4 ? -1 : ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);
  if (length === packet.length) return packet;
  throw new CallFailure(
    methodInvalidPacket,
    'The EAP method gave a packet whose length field is not its length',
  );
}
