// The sub-commands of `eaphost`: their interface, their arguments, their failures.

import { firstThrown, thrownMessage } from '../base/thrown.js';
import { parseArgs } from 'node:util';

import { nearest } from '../base/nearest.js';
import type { Output } from './output.js';
import type { CommandRow, OptionRow } from './tables.js';

/** What the process ends with. */
export const exitCodes = { accepted: 0, rejected: 1, notTried: 2, interrupted: 130 } as const;

/** Runs a sub-command with the arguments after its name; gives the exit code. */
export type Run = (args: readonly string[], output: Output) => Promise<number>;

/** What a command fails with by itself: one sentence for the user, and what to do about it. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly code: string;
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string, code = 'EAPHOST_COMMAND') {
    super(message);
    this.remedy = remedy;
    this.code = code;
  }
}

/** Arguments that make no sense. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly code = 'EAPHOST_USAGE';
}

/** An attempt that came to no verdict. */
export class NoVerdictError extends CommandError {
  override readonly name = 'NoVerdictError';
  override readonly code = 'EAPHOST_NO_VERDICT';
  /** Datagrams that were not taken for replies, by reason. */
  readonly dropped: Readonly<Record<string, number>>;

  constructor(message: string, remedy: string, dropped: Readonly<Record<string, number>>) {
    super(message, remedy);
    this.dropped = dropped;
  }
}

/** The user gave up, with Ctrl+C. */
export class InterruptedError extends CommandError {
  override readonly name = 'InterruptedError';
  override readonly code = 'EAPHOST_INTERRUPTED';

  constructor(message = 'interrupted') {
    super(message);
  }
}

type Value<Row extends OptionRow> = Row extends { readonly multiple: true }
  ? readonly string[]
  : Row extends { readonly one: readonly (infer Word)[] }
    ? Word
    : Row extends { readonly value: string }
      ? string
      : boolean;

/** The options that were given of a command. */
export type Values<Row extends CommandRow> = {
  readonly [Name in keyof Row['options']]?: Value<Row['options'][Name]>;
};

/** The options and the other arguments of a command line. What is not in the command's table is a UsageError. */
export function parse<Row extends CommandRow>(
  { options: rows, argument }: Row,
  args: readonly string[],
): { readonly values: Values<Row>; readonly positionals: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries<OptionRow>({ ...rows, json: { text: '' } }).map(([name, { value, multiple = false }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple },
    ]),
  );
  const { values, positionals } = parseNode(args, options, argument !== undefined);
  for (const [name, { one }] of Object.entries(rows)) {
    const given = values[name];
    if (one !== undefined && typeof given === 'string') parseWord(given, `--${name}`, one);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table says what each is
  return { values: values as Values<Row>, positionals };
}

/** What Node refuses is a UsageError of one sentence. */
function parseNode(
  args: readonly string[],
  options: Record<string, { type: 'boolean' | 'string'; multiple: boolean }>,
  allowPositionals: boolean,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals });
  } catch (error) {
    // Node's text ends with advice of its own.
    const [sentence = 'bad arguments'] =
      error instanceof Error ? error.message.split(/\. (?=[A-Z])|\.?\n/u, 1) : [];
    const [, given] = /^Unknown option '--(?<name>[^']+)'/u.exec(sentence) ?? [];
    const near = given === undefined ? undefined : nearest(given, Object.keys(options));
    throw new UsageError(near === undefined ? sentence : `${sentence}; did you mean --${near}?`);
  }
}

/** One of `words`. Throws UsageError. */
export function parseWord<Word extends string>(text: string, option: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  const few = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  const known = words.length > 5 ? `one of ${words.join(', ')}` : few;
  throw new UsageError(`${option} must be ${known}${meant(text, words)}`);
}

/** A question whether one of `words` is meant that `word` is near to, or begins; empty where none is. */
export function meant(word: string, words: readonly string[]): string {
  const begun = words.filter((each) => each.startsWith(`${word}-`));
  const near = nearest(word, words);
  const list = begun.length > 0 ? begun : near === undefined ? [] : [near];
  return list.length === 0 ? '' : `; did you mean ${list.join(' or ')}?`;
}

/**
 * The value of a JSON text. Throws UsageError of `sentence` and where it ends to be JSON, and not of the parser's
 * words: they quote what is near, which may be a password.
 */
export function parseJson(
  text: string,
  sentence: string,
  revive?: (key: string, value: unknown) => unknown,
): unknown {
  try {
    return JSON.parse(text, revive);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`${sentence}; ${jsonFault(text)}`);
  }
}

/** The line and the column, from 1, where a text that is no JSON goes wrong. */
function jsonFault(text: string): string {
  let at = 0;
  const has = (form: RegExp): boolean => {
    form.lastIndex = at;
    if (form.test(text)) at = form.lastIndex;
    return form.lastIndex > 0;
  };
  const space = /\s+/uy;
  const takes = (form: RegExp): boolean => {
    has(space);
    return has(form);
  };
  const string = /"(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*"/iuy;
  const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/uy;
  const listed = (close: RegExp, item: () => boolean): boolean => {
    if (takes(close)) return true;
    while (item()) if (!takes(/,/uy)) return takes(close);
    return false;
  };
  const member = (): boolean => takes(string) && takes(/:/uy) && value();
  const value = (): boolean => {
    if (takes(string) || has(scalar)) return true;
    if (has(/\[/uy)) return listed(/\]/uy, value);
    return has(/\{/uy) && listed(/\}/uy, member);
  };
  value();
  has(space);
  const lines = text.slice(0, at).split('\n');
  return `look at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** The content of a file that the command line names. Throws UsageError if it cannot be read. */
export async function readInput(path: string, what: string): Promise<Buffer> {
  const { readFile } = await import('node:fs/promises');
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(
      `the file of ${what} cannot be read: ${path} (${errorCode(error) ?? String(error)})`,
    );
  }
}

/** What asks a process to end. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** Work that must end in order: Ctrl+C, SIGTERM or a closed terminal abort the signal, and a second one ends the process. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const release = (): void => endings.forEach((name) => process.off(name, interrupt));
  const interrupt = (): void => {
    release();
    controller.abort(new InterruptedError());
  };
  endings.forEach((name) => process.on(name, interrupt));
  try {
    return await work(controller.signal);
  } finally {
    release();
  }
}

/**
 * Resolves when SIGINT, SIGTERM or Ctrl+Break comes, or the reader has gone. SIGHUP calls `reload`, but on Windows it means
 * a closed window.
 */
export async function untilStopped(reload?: () => void): Promise<void> {
  const onHangUp = process.platform === 'win32' ? undefined : reload;
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.once(signal, () => resolve());
    process.stdout.once('error', () => resolve());
    if (onHangUp) process.on('SIGHUP', onHangUp);
  });
  if (onHangUp) process.off('SIGHUP', onHangUp);
  // npx passes on the Ctrl+C that the terminal has sent to both. Only one that comes later ends the process at once.
  const isTheSame = (): void => undefined;
  process.on('SIGINT', isTheSame);
  setTimeout(() => process.off('SIGINT', isTheSame), 1000).unref();
}

/** What an error says, as a rule one sentence; its stack only where EAPHOST_DEBUG asks for it. */
export function describeError(thrown: unknown): string {
  const { error, closing } = firstThrown(thrown);
  if (!(error instanceof Error) || !process.env['EAPHOST_DEBUG']) return thrownMessage(thrown);
  return `${error.stack ?? error.message}${closing}`;
}

/** An error's stable code; undefined if it has none. */
export function errorCode(thrown: unknown): string | undefined {
  const { error } = firstThrown(thrown);
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}
