// What a sub-command of `eaphost` is, how its arguments are parsed, and how it fails.

import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What the process ends with. */
export const exitCodes = { accepted: 0, rejected: 1, notTried: 2 } as const;

/** A sub-command. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole help text, examples included. */
  readonly help: string;
  /** Runs it with the arguments after its name; gives the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** Arguments that make no sense. The message is one sentence for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'EAPHOST_USAGE';
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
      error instanceof Error ? error.message.split(/\. (?=[A-Z])/u, 1) : [];
    throw new UsageError(sentence);
  }
}

/** An attempt that came to no verdict. The message is one sentence for the user. */
export class NoVerdictError extends Error {
  override readonly name = 'NoVerdictError';
  readonly code = 'EAPHOST_NO_VERDICT';
}

/** What an error says, as a rule one sentence; its stack only where EAPHOST_DEBUG asks for it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env['EAPHOST_DEBUG']) return error.stack ?? error.message;
  return error.message;
}

/** An error's stable code; undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}
