// An EAP method's type, as EAPHost and errors name it: its shape, its check and its text.

import { isObject } from './guards.js';

/** An EAP method as EAPHost names it (EAP_METHOD_TYPE). Omitted numbers are 0. */
export interface MethodType {
  /** IANA EAP type, 1 to 254; 254 is an expanded type. */
  readonly type: number;
  /** SMI enterprise number of the type's vendor, for type 254. */
  readonly vendorId?: number;
  /** The vendor's own type number, for type 254. */
  readonly vendorType?: number;
  /** SMI enterprise number of the author of the method DLL; 0 for Windows' legacy methods, 311 for Microsoft's. */
  readonly authorId?: number;
}

/** EAP_METHOD_TYPE with every number, as the native side takes it. */
export type FullMethodType = Required<MethodType>;

function toUint32(value: unknown, argument: string): number {
  if (typeof value !== 'number') throw new TypeError(`${argument} must be a number`);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError(`${argument} must be an integer of 32 bits, not ${value}`);
  }
  return value;
}

/**
 * `value` as a method type with every number. Throws TypeError or RangeError that name `argument` if it is none: type
 * 1 to 254, the others 32 bits wide, vendor numbers with type 254 only.
 */
export function toMethodType(value: unknown, argument: string): FullMethodType {
  if (!isObject(value)) throw new TypeError(`${argument} must be a method type such as { type: 26 }`);
  const { type, vendorId = 0, vendorType = 0, authorId = 0 } = value;
  const full = {
    type: toUint32(type, `${argument}.type`),
    vendorId: toUint32(vendorId, `${argument}.vendorId`),
    vendorType: toUint32(vendorType, `${argument}.vendorType`),
    authorId: toUint32(authorId, `${argument}.authorId`),
  };
  if (full.type < 1 || full.type > 254) {
    throw new RangeError(`${argument}.type must be an EAP type, 1 to 254, not ${full.type}`);
  }
  if (full.type !== 254 && (full.vendorId !== 0 || full.vendorType !== 0)) {
    throw new RangeError(`${argument}: vendorId and vendorType belong to the expanded type 254 only`);
  }
  return full;
}

/** Whether both name the same method. */
export function isSameMethodType(left: MethodType, right: MethodType): boolean {
  return (
    left.type === right.type &&
    (left.vendorId ?? 0) === (right.vendorId ?? 0) &&
    (left.vendorType ?? 0) === (right.vendorType ?? 0) &&
    (left.authorId ?? 0) === (right.authorId ?? 0)
  );
}

/** For people: `26 (author 0)`, `254/14122/1 (author 311)`. */
export function formatMethodType(method: MethodType): string {
  const vendor = method.type === 254 ? `/${method.vendorId ?? 0}/${method.vendorType ?? 0}` : '';
  return `${method.type}${vendor} (author ${method.authorId ?? 0})`;
}
