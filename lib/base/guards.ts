// Narrowing of values of unknown type.

/** What is known of any object: its fields are of unknown type. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether it is an object or an array; a function is neither. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** Whether it is one of the names of a table. */
export function isNameOf<Name extends string>(
  table: Readonly<Record<Name, unknown>>,
  value: unknown,
): value is Name {
  return typeof value === 'string' && Object.hasOwn(table, value);
}

/** The names of a table, in its order. */
export function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(table).filter((name): name is Name => isNameOf(table, name));
}
