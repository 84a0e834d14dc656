// Input fields: what a supplicant asks the user in place of a method's own dialog.

import { types } from 'node:util';

import { checkWellFormed, toInteger } from '../base/arguments.js';
import { isNameOf, isObject, namesOf } from '../base/guards.js';
import { nameOf, namesToBits } from './names.js';

/** EAP_CONFIG_INPUT_FIELD_TYPE by name. */
export const inputFieldTypes = {
  username: 0,
  password: 1,
  networkUsername: 2,
  networkPassword: 3,
  pin: 4,
  psk: 5,
  edit: 6,
  smartCardUsername: 7,
  smartCardError: 8,
} as const;

/** What a field is for (EAP_CONFIG_INPUT_FIELD_TYPE). */
export type InputFieldType = keyof typeof inputFieldTypes;

/** EAP_CONFIG_INPUT_FIELD_PROPS_… and EAP_UI_INPUT_FIELD_PROPS_… by name. */
export const inputFieldFlagBits = { nonDisplayable: 1, nonPersist: 2, readOnly: 4 } as const;

/**
 * `nonDisplayable`: a secret, do not show what is typed. `nonPersist`: the method will not keep it; keep it yourself
 * as long as the connection may roam. `readOnly`: show it, do not let it be changed.
 */
export type InputFieldFlag = keyof typeof inputFieldFlagBits;

/** A field to be shown and filled in (EAP_CONFIG_INPUT_FIELD_DATA). */
export interface InputField {
  /** What it is for; a number where Windows has a type that this package does not know. */
  readonly type: InputFieldType | number;
  /** The text beside it, in the user's language. */
  readonly label: string;
  /** What is in it: empty, or a default. Fill in what the user typed, 1,024 UTF-16 units at most. */
  readonly data: string;
  readonly flags: readonly InputFieldFlag[];
  /** The shortest `data` that the method takes. */
  readonly minLength: number;
  /** The longest `data` that the method takes. */
  readonly maxLength: number;
}

/** What a method asks the user during a conversation (EAP_INTERACTIVE_UI_DATA). Answer with the same, filled in. */
export type InteractiveUi =
  /** `credentials`: they were refused, ask again. `logon`: ask for the first time. */
  | { readonly kind: 'credentials' | 'logon'; readonly fields: readonly InputField[] }
  /** The password has expired: `fields` are the current credentials, `newFields` those to be chosen. */
  | {
      readonly kind: 'expired';
      readonly fields: readonly InputField[];
      readonly newFields: readonly InputField[];
    };

/** EAP_CONFIG_INPUT_FIELD_DATA, as the native side has it. */
export interface NativeInputField {
  type: number;
  flags: number;
  label: string;
  data: string;
  minLength: number;
  maxLength: number;
}

/** EAP_INTERACTIVE_UI_DATA, as the native side has it. `newFields` belong to an expired password (types 2 and 3). */
export interface NativeInteractiveUi {
  type: number;
  fields: readonly NativeInputField[];
  newFields: readonly NativeInputField[];
}

const kinds = { credentials: 0, expired: 2, logon: 4 } as const;
const largestLabel = 256;
const largestData = 1024;

/** A field of the native side in the facade's terms. */
function toInputField({ type, label, data, flags, minLength, maxLength }: NativeInputField): InputField {
  return {
    type: nameOf(inputFieldTypes, type) ?? type,
    label,
    data,
    flags: namesOf(inputFieldFlagBits).filter((name) => (flags & inputFieldFlagBits[name]) !== 0),
    minLength,
    maxLength,
  };
}

/** Fields of the native side in the facade's terms. */
export function toInputFields(fields: readonly NativeInputField[]): InputField[] {
  return fields.map(toInputField);
}

function toFieldText(value: unknown, argument: string, largest: number): string {
  if (typeof value !== 'string') throw new TypeError(`${argument} must be a string`);
  if (value.includes('\0')) throw new RangeError(`${argument} must not hold NUL`);
  checkWellFormed(value, argument);
  if (value.length > largest) throw new RangeError(`${argument} must have at most ${largest} UTF-16 units`);
  return value;
}

function toFieldType(value: unknown, argument: string): number {
  if (typeof value !== 'string') return toInteger(value, argument, 0, 0x7fffffff);
  if (isNameOf(inputFieldTypes, value)) return inputFieldTypes[value];
  throw new TypeError(`${argument} must be one of ${namesOf(inputFieldTypes).join(', ')}, or a number`);
}

/** Fields as the native side takes them. Throws TypeError or RangeError that name the argument, never the data. */
export function checkInputFields(value: unknown, argument: string): NativeInputField[] {
  if (!Array.isArray(value)) throw new TypeError(`${argument} must be an array of input fields`);
  const list: readonly unknown[] = value;
  return list.map((field, index) => {
    const name = `${argument}[${index}]`;
    if (!isObject(field)) throw new TypeError(`${name} must be an input field`);
    const { type, label = '', data, flags = [] } = field;
    const number = (key: string): number =>
      toInteger(field[key] === undefined ? 0 : field[key], `${name}.${key}`, 0, 0xffffffff);
    return {
      type: toFieldType(type, `${name}.type`),
      label: toFieldText(label, `${name}.label`, largestLabel),
      data: toFieldText(data, `${name}.data`, largestData),
      flags: namesToBits(flags, `${name}.flags`, inputFieldFlagBits),
      minLength: number('minLength'),
      maxLength: number('maxLength'),
    };
  });
}

/** What a method asks in the facade's terms. */
export function toInteractiveUi({ type, fields, newFields }: NativeInteractiveUi): InteractiveUi {
  // An answer's type, one more than its request's, means the same.
  const kind = nameOf(kinds, type & ~1) ?? 'credentials';
  if (kind !== 'expired') return { kind, fields: toInputFields(fields) };
  return { kind, fields: toInputFields(fields), newFields: toInputFields(newFields) };
}

/** Whether it may be an answer of fields; what is wrong in it is for `checkInteractiveUi` to say. */
export function isInteractiveUi(value: unknown): value is InteractiveUi {
  return isObject(value) && !types.isUint8Array(value) && 'kind' in value;
}

/** An answer as the native side takes it. Throws TypeError or RangeError that name the argument, never the data. */
export function checkInteractiveUi(value: unknown, argument: string): NativeInteractiveUi {
  if (!isObject(value)) throw new TypeError(`${argument} must be what the method asked, filled in`);
  const { kind } = value;
  if (kind !== 'credentials' && kind !== 'logon' && kind !== 'expired') {
    throw new TypeError(`${argument}.kind must be credentials, logon or expired`);
  }
  const fields = checkInputFields(value['fields'], `${argument}.fields`);
  const newFields = kind === 'expired' ? checkInputFields(value['newFields'], `${argument}.newFields`) : [];
  return { type: kinds[kind], fields, newFields };
}
