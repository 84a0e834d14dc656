// What a sub-command of `eaphost` is, how its arguments are parsed, and how it fails.

import { readFile } from 'node:fs/promises';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearest } from './nearest.js';
import type { Output } from './output.js';

/** What the process ends with. */
export const exitCodes = { accepted: 0, rejected: 1, notTried: 2, interrupted: 130 } as const;

/** A sub-command. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole help text, examples included. Completion reads the options out of it. */
  readonly help: string;
  /** Words that complete: the values of options by their names, and under '' those of the argument without one. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
  /** What the JSON object of a failure has beside `exitCode` and `error`. */
  readonly failure?: Readonly<Record<string, unknown>>;
  /** Runs it with the arguments after its name; gives the exit code. */
  run(args: readonly string[], output: Output): Promise<number>;
}

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

/** As `parseArgs` of node:util; what it refuses is a UsageError of one sentence. */
export function parseArguments<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's text ends with advice of its own.
    const [sentence = 'bad arguments'] =
      error instanceof Error ? error.message.split(/\. (?=[A-Z])|\.?\n/u, 1) : [];
    const [, given] = /^Unknown option '--(?<name>[^']+)'/u.exec(sentence) ?? [];
    const meant = given === undefined ? undefined : nearest(given, Object.keys(config.options ?? {}));
    throw new UsageError(meant === undefined ? sentence : `${sentence}; did you mean --${meant}?`);
  }
}

/** One of `words`; undefined where none was given. Throws UsageError. */
export function parseWord<Word extends string>(
  text: string | undefined,
  option: string,
  words: readonly Word[],
): Word | undefined {
  if (text === undefined) return undefined;
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  throw new UsageError(`${option} must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
}

/** The content of a file that the command line names. Throws UsageError if it cannot be read. */
export async function readInput(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(
      `the file of ${what} cannot be read: ${path} (${errorCode(error) ?? String(error)})`,
    );
  }
}

/** Work that must end in order: Ctrl+C aborts the signal, and a second one ends the process. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new InterruptedError());
  process.once('SIGINT', interrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** What an error says, as a rule one sentence; its stack only where EAPHOST_DEBUG asks for it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env['EAPHOST_DEBUG']) return error.stack ?? error.message;
  return error.message;
}

/** An error's stable code; undefined if it has none. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}
