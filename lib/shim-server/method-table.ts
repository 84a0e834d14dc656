// The methods of a server, found by the type that a request names. JavaScript thread; pure.

import type { MethodType } from '../eap/names.js';
import type { MethodDefinition } from '../hosts/method.js';
import { eapErrorCodes } from '../base/error-codes.js';
import { CallFailure } from '../hosts/failure.js';

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
