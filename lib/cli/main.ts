#!/usr/bin/env node
// The `eaphost` command: finds the sub-command, and turns its outcome into the exit code.

import { readFileSync } from 'node:fs';
import { auth } from './auth.js';
import { type Command, describeError, exitCodes, UsageError } from './command.js';
import { completion } from './completion.js';
import { doctor } from './doctor.js';
import { method } from './method.js';
import { methods } from './methods.js';
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
]);

const help = `Usage: eaphost COMMAND [OPTION]...

Commands:
${[...commands].map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`).join('\n')}
  help        the help text of a command

  -h, --help     this text
  -v, --version  the version of the package

Environment:
  EAPHOST_DEBUG  if set, errors come with their stack

Examples:
  eaphost auth
  eaphost serve --config serve.json
  eaphost help method
`;

function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const manifest: { version: string } = JSON.parse(text);
  return manifest.version;
}

function commandNamed(name: string): Command {
  const command = commands.get(name);
  if (command) return command;
  throw new UsageError(
    `there is no command ${JSON.stringify(name)}; the commands are: ${[...commands.keys()].join(', ')}`,
  );
}

async function run([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) throw new UsageError('a command is missing');
  if (name === '-v' || name === '--version') process.stdout.write(`${version()}\n`);
  else if (name === '-h' || name === '--help') process.stdout.write(help);
  else if (name === 'help') process.stdout.write(args[0] === undefined ? help : commandNamed(args[0]).help);
  else {
    const command = commandNamed(name);
    if (!args.some((argument) => argument === '-h' || argument === '--help')) return command.run(args);
    process.stdout.write(command.help);
  }
  return 0;
}

const args = process.argv.slice(2);
try {
  process.exitCode = await run(args);
} catch (error) {
  process.exitCode = exitCodes.notTried;
  const name = commands.has(args[0] ?? '') ? `eaphost ${args[0]}` : 'eaphost';
  const hint = error instanceof UsageError ? ` (try: ${name} --help)` : '';
  process.stderr.write(`${name}: ${describeError(error)}${hint}\n`);
}
