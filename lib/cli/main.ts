#!/usr/bin/env node
// The `eaphost` command: finds the sub-command, and turns its outcome into the exit code and, where it failed, into
// words.

import { auth } from './auth.js';
import { type Command, errorCode, exitCodes, InterruptedError, UsageError } from './command.js';
import { completion } from './completion.js';
import { doctor } from './doctor.js';
import { tellFailure } from './failure.js';
import { commandNamed, generalHelp, helpCommand, printHelp, printVersion } from './help-command.js';
import { method } from './method.js';
import { methods } from './methods.js';
import { ignoreBrokenPipes, Output } from './output.js';
import { register } from './register.js';
import { serve } from './serve.js';
import { trace } from './trace.js';
import { unregister } from './unregister.js';
import { xml } from './xml.js';

const commands: ReadonlyMap<string, Command> = new Map([
  ['auth', auth],
  ['serve', serve],
  ['method', method],
  ['methods', methods],
  ['register', register],
  ['unregister', unregister],
  ['xml', xml],
  ['trace', trace],
  ['doctor', doctor],
  ['completion', completion(() => commands)],
  ['help', helpCommand(() => commands)],
]);

const args = process.argv.slice(2);
const output = new Output(args.includes('--json'));
/** The command that is called; undefined if it is none. */
const name = args.find((argument) => argument !== '--json');
const command = name === undefined ? undefined : commands.get(name);

async function run(): Promise<number> {
  const rest = args.toSpliced(args.indexOf(name ?? ''), 1);
  if (name === undefined) {
    if (!output.json) for (const line of generalHelp(commands).split('\n')) output.note(line);
    throw new UsageError('a command is missing');
  }
  if (name === '-v' || name === '--version') return printVersion(output);
  if (name === '-h' || name === '--help') return printHelp(commands, undefined, output);
  const found = commandNamed(commands, name);
  if (rest.includes('-h') || rest.includes('--help')) return printHelp(commands, name, output);
  return found.run(rest, output);
}

function fail(error: unknown): number {
  return tellFailure(error, output, command === undefined ? undefined : name, command);
}

ignoreBrokenPipes();
process.on('SIGINT', () => {
  // A command that ends by itself listens, too.
  if (process.listenerCount('SIGINT') > 1) return;
  fail(new InterruptedError());
  // process.exit waits for reads of files under way. Of the signal itself a shell says 130; Windows has none.
  process.removeAllListeners('SIGINT');
  if (process.platform === 'win32') process.exit(exitCodes.interrupted);
  process.kill(process.pid, 'SIGINT');
});
try {
  process.exitCode = await run();
} catch (error) {
  process.exitCode = fail(error);
  // A thread that a method does not give back would keep the process for ever.
  if (errorCode(error) === 'EAPHOST_METHOD_TIMEOUT') {
    await output.flush();
    process.exit();
  }
} finally {
  output.done();
}
