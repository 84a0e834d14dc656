// How a command reports a failure: code, message and remedy. People and programs get the same.

import { EapError } from '../base/errors.js';
import { firstThrown } from '../base/thrown.js';
import {
  CommandError,
  describeError,
  errorCode,
  exitCodes,
  InterruptedError,
  NoVerdictError,
  UsageError,
} from './command.js';
import type { Output } from './output.js';
import { type CommandRow, commands } from './tables.js';

/** A failure, as `--json` tells it in `error`. */
export interface Failure {
  /** Stable: EAPHOST_… of this package, Windows' name, or Node's. */
  readonly code: string;
  readonly message: string;
  /** What to do about it; null if the message says it, or nothing is known. */
  readonly remedy: string | null;
  /** Of an attempt that came to no verdict: datagrams that were not taken for replies, by reason. */
  readonly dropped?: Readonly<Record<string, number>>;
}

const elevated = 'do it again in a terminal that was started with “Run as administrator”';

/** What helps against a code, in words of the command line. */
const remedies: Readonly<Record<string, string>> = {
  EAPHOST_NATIVE_NOT_FOUND: 'eaphost doctor looks at the installation',
  EAPHOST_ELEVATION_REQUIRED: elevated,
  ERROR_ACCESS_DENIED: elevated,
  EAPHOST_UNSAFE_FOLDER: 'give --dir a folder below Program Files, such as "C:\\Program Files\\Example EAP"',
  EAPHOST_REGISTRATION: 'eaphost methods lists what is registered; eaphost unregister takes a method out',
  EAPHOST_UI_REQUIRED: 'give --user a blob of credentials, so that the method need not ask',
  EAPHOST_METHOD_TIMEOUT: 'give it longer with --timeout, or find out where it waits with --trace',
  EAPHOST_METHOD_CRASHED: 'look at the function with a debugger; --trace shows what it was called with',
  ERROR_MOD_NOT_FOUND:
    'check the path, that it is built for this system and this bitness, and what it links to',
  ERROR_BAD_EXE_FORMAT: `use a Node of the DLL’s bitness; this one is ${process.arch}`,
  EAPHOST_RADIUS_NETWORK: 'eaphost auth without --server needs no network',
  EAPHOST_BAD_TLS_OPTIONS:
    'check the files: --ca, --cert and --key take PEM, which begins with -----BEGIN, and --pfx takes PKCS #12',
};

/** What there is where the platform is the wrong one. */
function platformRemedy(command: string): string {
  if (command === 'auth' || command === 'xml') return 'leave --runtime out, or say --runtime embedded';
  if (command === 'network')
    return 'run it on Windows; apply FILE --to networkmanager writes what this system takes';
  if (command === 'probe') return 'run it on Windows: it asks the real EAPHost';
  if (command === 'trace') return 'run it on Windows; eaphost auth --ladder shows what this package does';
  return 'run it on Windows; elsewhere eaphost auth and openEapHost({ methods }) take methods without registration';
}

function remedyOf(error: unknown, command: string | undefined, code: string): string | null {
  if (error instanceof UsageError) {
    return error.remedy ?? `${command === undefined ? 'eaphost' : `eaphost ${command}`} --help`;
  }
  if (error instanceof CommandError) return error.remedy ?? null;
  if (code === 'EAPHOST_UNSUPPORTED_PLATFORM') return platformRemedy(command ?? '');
  if (error instanceof EapError && error.repair !== undefined) return null;
  return remedies[code] ?? null;
}

/** The options of methods, and what they are on the command line. */
const switches = {
  ', use TLS 1.2 (`maxVersion`),': ', have it use TLS 1.2,',
  '`commitment: "optional"`': '--commitment optional',
  '`insecurelyAllowWeakCryptography: true`': '--insecurely-allow-weak-cryptography',
  '`serverNames`': '--server-name',
  '`ca`': '--ca',
};

/** What a method says, with the options of `eaphost auth` for those of the method. */
export function inSwitches(text: string): string {
  return Object.entries(switches).reduce((said, [option, name]) => said.replaceAll(option, name), text);
}

/** What `thrown` says, of a command that failed with it. */
export function failureOf(thrown: unknown, command: string | undefined): Failure {
  const { error } = firstThrown(thrown);
  const code = errorCode(error) ?? (error instanceof Error ? error.name : 'EAPHOST_UNKNOWN');
  return {
    code,
    message: command === 'auth' ? inSwitches(describeError(thrown)) : describeError(thrown),
    remedy: remedyOf(error, command, code),
    ...(error instanceof NoVerdictError && { dropped: error.dropped }),
  };
}

/** A failure for people: a sentence, and what to do. */
export function failureLines(error: unknown, command: string | undefined): string[] {
  const { message, remedy } = failureOf(error, command);
  // A stack has lines, a sentence has none.
  const [sentence = '', ...stack] = process.env['EAPHOST_DEBUG'] ? message.split('\n') : [message];
  if (remedy === null) return [sentence, ...stack];
  if (firstThrown(error).error instanceof UsageError) return [`${sentence} (try: ${remedy})`, ...stack];
  return [sentence, ...stack, `  to do: ${remedy}`];
}

/**
 * Tells of a failure: people on standard error, machines on standard output as well. `name` is the command that was
 * called, if it is one. Gives the exit code.
 */
export function tellFailure(error: unknown, output: Output, name: string | undefined): number {
  const command: CommandRow | undefined = Object.entries(commands).find(([each]) => each === name)?.[1];
  output.done();
  const exitCode =
    firstThrown(error).error instanceof InterruptedError ? exitCodes.interrupted : exitCodes.notTried;
  if (output.json) output.report({ ...command?.failure, exitCode, error: failureOf(error, name) });
  output.complain(name === undefined ? 'eaphost' : `eaphost ${name}`, failureLines(error, name));
  return exitCode;
}
