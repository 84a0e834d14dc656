// Which function of EAPHost can fail in which way, from the ABI's own description; and which of these cells a test has
// been through.

import { readFileSync } from 'node:fs';

import { functions, type FunctionName } from './functions.js';

/** The ways to fail that every function is to be put through, as far as it has what fails. */
export const columns = [
  'code',
  'error',
  'errorNoStrings',
  'unwritten',
  'countOfNothing',
  'absurdSize',
  'blocks',
  'forever',
  'missing',
] as const;
export type Column = (typeof columns)[number];

interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly direction: string;
}
interface AbiFunction {
  readonly name: string;
  readonly return_type: string | null;
  readonly parameters: readonly AbiParameter[] | null;
}
interface AbiFile {
  readonly dll_exports: Readonly<Record<'eappprxy.dll' | 'eappcfg.dll', readonly string[]>>;
  readonly functions: readonly AbiFunction[];
}

const abi = JSON.parse(readFileSync('native/abi/eaphost-abi.json', 'utf8')) as AbiFile;

/** The exported functions that have a prototype: what has none nobody can call. */
const exported = [...abi.dll_exports['eappprxy.dll'], ...abi.dll_exports['eappcfg.dll']].flatMap((name) => {
  const found = abi.functions.find((each) => each.name === name);
  return found && found.parameters !== null ? [{ ...found, parameters: found.parameters }] : [];
});

/** Outputs that say how much there is of something. */
const sizes = new Set([
  'DWORD*',
  'EAP_METHOD_INFO_ARRAY*',
  'EAP_METHOD_PROPERTY_ARRAY*',
  'EAP_CONFIG_INPUT_FIELD_ARRAY*',
  'EAP_INTERACTIVE_UI_DATA*',
  'EapAttributes*',
  'EapHostPeerMethodResult*',
]);

/** The functions that take MSXML's documents, which only Windows has. */
const takesDocument = (parameters: readonly AbiParameter[]): boolean =>
  parameters.some(({ type }) => type === 'IXMLDOMNode*');

function columnsOf({ return_type: returns, parameters }: (typeof exported)[number]): Column[] {
  // The free functions take what they free as "in and out".
  const outputs = returns === 'void' ? [] : parameters.filter(({ direction }) => direction !== 'in');
  const hasError = outputs.some(({ type }) => type === 'EAP_ERROR**');
  const plain = outputs.filter(({ type, name }) => type !== 'EAP_ERROR**' && !name.includes('Reserved'));
  const hasSize = plain.some(({ type }) => sizes.has(type));
  if (process.platform !== 'win32' && takesDocument(parameters)) return ['missing'];
  const can: Readonly<Record<Column, boolean>> = {
    code: returns !== 'void',
    error: hasError,
    errorNoStrings: hasError,
    unwritten: plain.length > 0,
    countOfNothing: hasSize,
    absurdSize: hasSize,
    blocks: true,
    forever: true,
    missing: true,
  };
  return columns.filter((column) => can[column]);
}

/** The cells that must be filled, by function. */
export const wanted: ReadonlyMap<string, readonly Column[]> = new Map(
  exported.map((each) => [each.name.replace('EapHostPeer', ''), columnsOf(each)]),
);

const filled = new Map<string, Set<Column>>(functions.map((name) => [name, new Set()]));

/** Says that a test has been through a cell, and passed. */
export function fill(name: FunctionName, column: Column): void {
  filled.get(name)?.add(column);
}

/** What is wanted and not filled. */
export function gaps(): string[] {
  return [...wanted].flatMap(([name, cells]) =>
    cells.filter((column) => filled.get(name)?.has(column) !== true).map((column) => `${name}: ${column}`),
  );
}

/** The matrix for people: x where a test has been, - where there is nothing that could fail, ? for a gap. */
export function drawn(): string {
  const lines = [...wanted].map(([name, cells]) => {
    const marks = columns.map((column) => {
      const mark = filled.get(name)?.has(column) === true ? 'x' : cells.includes(column) ? '?' : '-';
      return mark.padStart(column.length);
    });
    return `${name.padEnd(40)} ${marks.join(' ')}`;
  });
  return [`${''.padEnd(40)} ${columns.join(' ')}`, ...lines].join('\n');
}
