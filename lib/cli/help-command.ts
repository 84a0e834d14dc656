// `eaphost help`, and `eaphost --help` and `--version`: lists the commands, for people and as JSON.

import { packageVersion } from '../native/binary.js';
import { type Command, exitCodes, parseArguments, UsageError } from './command.js';
import { optionsOf } from './help.js';
import { nearest } from './nearest.js';
import type { Output } from './output.js';

type Commands = ReadonlyMap<string, Command>;

const ownHelp = `Usage: eaphost help [COMMAND] [OPTION]...

Prints the help text of a command, or what commands there are.

  --json      one JSON object on standard output: the commands with their options
  -h, --help  this text

The exit code is 0, or 2 if there is no such command.

Examples:
  eaphost help auth
  eaphost help --json
`;

/** The help text of `eaphost` itself. */
export function generalHelp(commands: Commands): string {
  return `Usage: eaphost COMMAND [OPTION]...

Commands:
${[...commands].map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`).join('\n')}

  -h, --help     this text; eaphost COMMAND --help is that of a command
  -v, --version  the version of the package
  --json         of every command: one JSON object on standard output (of serve: one a line, for each event), the
                 last with exitCode; where the command failed, with error, too: { code, message, remedy }

Exit codes:
  0    success
  1    rejected, or a problem was found
  2    failed; standard error says why, and what to do
  130  interrupted

Environment:
  EAPHOST_PASSWORD, EAPHOST_SECRET, EAPHOST_SERVER_PASSWORD
                 secrets of eaphost auth, out of sight of other users
  EAPHOST_BINARY the folder of the native binaries, in place of the package's;
                 not followed with an administrator's rights
  EAPHOST_DEBUG  if set, errors come with their stack
  NO_COLOR, FORCE_COLOR
                 no colours on a terminal; colours elsewhere, too

Examples:
  eaphost doctor
      what this machine has, and what to mend
  eaphost auth
      authenticates a demo user against a built-in server
  eaphost serve --make-test-config radius-test && eaphost serve --config radius-test/serve.json
  eaphost help method
`;
}

/** The command of that name. Throws UsageError. */
export function commandNamed(commands: Commands, name: string): Command {
  const command = commands.get(name);
  if (command) return command;
  const names = [...commands.keys()];
  const meant = nearest(name, names);
  const advice = meant === undefined ? `the commands are: ${names.join(', ')}` : `did you mean ${meant}?`;
  throw new UsageError(`there is no command ${JSON.stringify(name)}; ${advice}`, 'eaphost --help');
}

function described(name: string, { summary, help, words = {} }: Command) {
  const options = optionsOf(help).map(({ name: option, value = null, text }) => {
    const values = words[option];
    return { name: option, value, text, ...(values && { values }) };
  });
  return { name, summary, options };
}

/** Prints the help text of a command; without a name what there is. */
export function printHelp(commands: Commands, name: string | undefined, output: Output): number {
  const names = name === undefined ? [...commands.keys()] : [name];
  const list = names.map((each) => described(each, commandNamed(commands, each)));
  const text = name === undefined ? generalHelp(commands) : commandNamed(commands, name).help;
  if (output.json) {
    output.report({
      exitCode: exitCodes.accepted,
      commands: list,
      ...(name !== undefined && { help: text }),
    });
  } else output.text(text);
  return exitCodes.accepted;
}

/** `eaphost help`, for the commands that there are. */
export function helpCommand(commands: () => Commands): Command {
  return {
    summary: 'the help text of a command',
    help: ownHelp,
    get words() {
      return { '': [...commands().keys()] };
    },
    async run(args, output) {
      const { positionals } = parseArguments({
        args: [...args],
        allowPositionals: true,
        options: { json: { type: 'boolean' } },
      });
      if (positionals.length > 1) throw new UsageError('one COMMAND at most');
      return printHelp(commands(), positionals[0], output);
    },
  };
}

/** Prints the version of the package. */
export function printVersion(output: Output): number {
  const version = packageVersion();
  const { platform, arch, versions } = process;
  output.report({ exitCode: exitCodes.accepted, version, node: versions.node, platform, arch }, [version]);
  return exitCodes.accepted;
}
