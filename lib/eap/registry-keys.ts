// The registry keys in which EAPHost looks for methods, below HKEY_LOCAL_MACHINE. Pure.

import type { FullMethodType } from './names.js';

/** EAPHost's methods (EAP_REGISTRY_LOCATION). */
export const methodsKey = 'SYSTEM\\CurrentControlSet\\Services\\EapHost\\Methods';

/** The type whose methods have a vendor. */
export const expandedType = 254;

/** The key of an author, whose default value is his name. */
export function authorKey({ authorId }: Pick<FullMethodType, 'authorId'>): string {
  return `${methodsKey}\\${authorId}`;
}

/** The key of a method: decimal numbers, expanded types with vendor and vendor type. */
export function methodKey(method: FullMethodType): string {
  const { type, vendorId, vendorType } = method;
  const below = type === expandedType ? `${type}\\${vendorId}\\${vendorType}` : `${type}`;
  return `${authorKey(method)}\\${below}`;
}
