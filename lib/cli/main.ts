#!/usr/bin/env node
// The `eaphost` command: finds the sub-command, loads it, and turns its outcome into the exit code and, where it failed,
// into words.

import { errorCode, exitCodes, InterruptedError, type Run, UsageError } from './command.js';
import { ignoreBrokenPipes, Output } from './output.js';
import { type CommandName, commands } from './tables.js';

/** Each command is loaded when it is called. */
const runs: Readonly<Record<CommandName, () => Promise<Run>>> = {
  auth: async () => (await import('./auth.js')).auth,
  serve: async () => (await import('./serve.js')).serve,
  wired: async () => (await import('./wired.js')).wired,
  network: async () => (await import('./network.js')).network,
  conform: async () => (await import('./conform.js')).conform,
  method: async () => (await import('./method.js')).method,
  methods: async () => (await import('./methods.js')).methods,
  register: async () => (await import('./register.js')).register,
  unregister: async () => (await import('./register.js')).unregister,
  xml: async () => (await import('./xml.js')).xml,
  trace: async () => (await import('./trace.js')).trace,
  doctor: async () => (await import('./doctor.js')).doctor,
  probe: async () => (await import('./probe.js')).probe,
  completion: async () => (await import('./completion.js')).completion,
  help: async () => (await import('./help.js')).help,
};

const args = process.argv.slice(2);
/** Without what follows `--`, which is another program's. */
const own = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);
const output = new Output(own.includes('--json'));
/** The command that is called; undefined if it is none. */
const name = own.find((argument) => argument !== '--json');

async function run(): Promise<number> {
  const { checkCommand, generalHelp, printHelp, printVersion } = await import('./help.js');
  const rest = args.toSpliced(args.indexOf(name ?? ''), 1);
  if (name === undefined) {
    if (!output.json) for (const line of generalHelp(output.columns).split('\n')) output.note(line);
    throw new UsageError('a command is missing');
  }
  if (name === '-v' || name === '--version') return printVersion(output);
  if (name === '-h' || name === '--help') return printHelp(undefined, output);
  const found = checkCommand(name);
  if (own.includes('-h') || own.includes('--help')) return printHelp(found, output);
  const start = await runs[found]();
  return start(rest, output);
}

async function fail(error: unknown): Promise<number> {
  const { tellFailure } = await import('./failure.js');
  return tellFailure(error, output, name !== undefined && Object.hasOwn(commands, name) ? name : undefined);
}

/** Of the signal itself a shell says 130; Windows has none. */
async function giveUp(): Promise<void> {
  await fail(new InterruptedError());
  // process.exit waits for reads of files under way.
  process.removeAllListeners('SIGINT');
  if (process.platform === 'win32') process.exit(exitCodes.interrupted);
  process.kill(process.pid, 'SIGINT');
}

ignoreBrokenPipes();
process.on('SIGINT', () => {
  // A command that ends by itself listens, too.
  if (process.listenerCount('SIGINT') === 1) void giveUp();
});
try {
  process.exitCode = await run();
} catch (error) {
  process.exitCode = await fail(error);
  // A thread that a method does not give back would keep the process for ever.
  if (errorCode(error) === 'EAPHOST_METHOD_TIMEOUT') {
    await output.flush();
    process.exit();
  }
} finally {
  output.done();
}
