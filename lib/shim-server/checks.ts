// The methods of a server, found by what a request names, and the checks of what a method gives. JavaScript thread;
// pure.

import { isNameOf } from '../base/guards.js';
import { wholePacket } from '../eap/packet.js';
import type { MethodType } from '../eap/names.js';
import type { AuthenticatorResult, MethodDefinition, PeerResult } from '../hosts/method.js';
import { eapErrorCodes } from '../base/error-codes.js';
import { CallFailure, unsupported } from '../hosts/failure.js';

/** Told of an error that a method threw: which method, and which call it was. */
export type ErrorListener = (error: unknown, method: MethodDefinition, call: string) => void;

/** The methods of a server by EAP type. */
export type MethodTable = ReadonlyMap<string, MethodDefinition>;

const expandedType = 254;

/** The vendor's numbers mean something for expanded types only. */
function typeKey({ type, vendorId = 0, vendorType = 0 }: MethodType): string {
  return type === expandedType ? `${type}/${vendorId}/${vendorType}` : `${type}`;
}

/** @throws TypeError when two definitions have the same EAP type */
export function methodTable(definitions: readonly MethodDefinition[]): MethodTable {
  const methods = new Map<string, MethodDefinition>();
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
  throw new CallFailure(
    eapErrorCodes.EAP_E_EAPHOST_METHOD_NOT_INSTALLED,
    `No EAP method of the type ${typeKey(type)} is served`,
  );
}

/** The error of a feature that a method does not support. */
export function lacking(what: string): CallFailure {
  return unsupported(`The EAP method has no ${what}`);
}

/** Why a result failed: its code, and a general one where it has none; 0 on success. Throws without a verdict. */
export function reasonOf({ isSuccess, failureReasonCode = 0 }: PeerResult | AuthenticatorResult): number {
  if (typeof isSuccess !== 'boolean') throw wrong('an isSuccess that is neither true nor false');
  return isSuccess ? 0 : failureReasonCode >>> 0 || eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;
}

/** What a method gave and must not. */
export function wrong(what: string): CallFailure {
  return new CallFailure(eapErrorCodes.EAP_E_AUTHENTICATION_FAILED, `The EAP method gave ${what}`);
}

/** The number that a table gives a method's word. */
export function numberOf<Name extends string>(
  table: Readonly<Record<Name, number>>,
  name: Name,
  what: string,
): number {
  if (isNameOf(table, name)) return table[name];
  throw wrong(`${what} that does not exist`);
}

/** What a method gave, where it must be octets. */
export function octets(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw wrong(`${what} that is no Uint8Array`);
}

/** What a method gave, where it must be text. */
export function plainString(value: unknown, what: string): string {
  if (typeof value === 'string' && !value.includes('\0')) return value;
  throw wrong(`${what} that is no plain text`);
}

/** What a method gave, where it must be an EAP packet. */
export function checkPacket(value: unknown): Uint8Array {
  const packet = octets(value, 'a packet');
  if (wholePacket(packet)?.length === packet.length) return packet;
  throw new CallFailure(
    eapErrorCodes.EAP_E_EAPHOST_METHOD_INVALID_PACKET,
    'The EAP method gave a packet whose length field is not its length',
  );
}
