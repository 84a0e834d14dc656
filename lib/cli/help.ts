// `eaphost help`, and `eaphost --help` and `--version`: lists the commands, for people and as JSON.

import { nearest } from '../base/nearest.js';
import { exitCodes, parse, UsageError } from './command.js';
import type { Output } from './output.js';
import { type CommandName, type CommandRow, commands, help as row, type OptionRow } from './tables.js';

/** Longer lines are hard to read. */
const widest = 110;

/** A text in lines of `width`, behind `first`, and set in as far as that is long. */
function wrapped(text: string, width: number, first = ''): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    if (line.length > first.length && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(first.length);
    }
    line += line.length > first.length ? ` ${word}` : word;
  }
  return [...lines, line].join('\n');
}

/** Names on the left, what they are on the right. */
function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const longest = Math.max(...rows.map(([name]) => name.length).filter((length) => length <= 20));
  return rows
    .map(([name, text]) => {
      const [left, column] = [`  ${name}`, longest + 4];
      return left.length > longest + 2
        ? `${left}\n${wrapped(text, width, ' '.repeat(column))}`
        : wrapped(text, width, left.padEnd(column));
    })
    .join('\n');
}

/** Every option of a command, those of every command last. */
export function optionsOf({ options, json }: CommandRow): readonly (readonly [string, OptionRow])[] {
  return [...Object.entries(options), ['json', { text: json }], ['help', { text: 'this text' }]];
}

/** The whole help text of a command. */
export function helpOf(name: string, command: CommandRow, width: number): string {
  const { usage, about, more, exit, examples } = command;
  const forms = usage.map((form) => `eaphost ${name} ${form}`);
  const options = optionsOf(command).map(([option, { value, text }]) => {
    const short = option === 'help' ? '-h, ' : '';
    return [`${short}--${option}${value === undefined ? '' : ` ${value}`}`, text] as const;
  });
  const parts = [
    `Usage: ${forms.join('\n       ')}`,
    ...about.map((paragraph) => wrapped(paragraph, width)),
    columns(options, width),
    ...(more === undefined ? [] : [more[0], columns(Object.entries(more[1]), width), more[2]]),
    wrapped(exit, width),
    `Examples:\n${examples}`,
  ];
  return parts.join('\n\n');
}

/** The help text of `eaphost` itself. */
export function generalHelp(width: number): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => [name, summary] as const);
  return `Usage: eaphost COMMAND [OPTION]...

Commands:
${columns(rows, width)}

${columns(
  [
    ['-h, --help', 'this text; eaphost COMMAND --help is that of a command'],
    ['-v, --version', 'the version of the package'],
    [
      '--json',
      'of every command: one JSON object on standard output (of serve: one a line, for each event), the last with exitCode; where the command failed, with error, too: { code, message, remedy }',
    ],
  ],
  width,
)}

Exit codes:
${columns(
  [
    ['0', 'success'],
    ['1', 'rejected, or a problem was found'],
    ['2', 'failed; standard error says why, and what to do'],
    ['130', 'interrupted'],
  ],
  width,
)}

Environment:
${columns(
  [
    [
      'EAPHOST_PASSWORD, EAPHOST_SECRET, EAPHOST_SERVER_PASSWORD',
      'secrets of eaphost auth, out of sight of other users',
    ],
    [
      'EAPHOST_BINARY',
      "the folder of the native binaries, instead of the package's; not followed with an administrator's rights",
    ],
    ['EAPHOST_DEBUG', 'if set, errors come with their stack'],
    ['NO_COLOR, FORCE_COLOR', 'no colours on a terminal; colours elsewhere, too'],
  ],
  width,
)}

Examples:
  eaphost doctor
      what this machine has, and what to mend
  eaphost auth
      authenticates a demo user against a built-in server
  eaphost serve --make-test-config radius-test
  eaphost serve --config radius-test/serve.json
  eaphost help method
`;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

/** `name`, where it is a command's. Throws UsageError. */
export function checkCommand(name: string): CommandName {
  if (isCommand(name)) return name;
  const names = Object.keys(commands);
  const meant = nearest(name, names);
  const advice = meant === undefined ? `the commands are: ${names.join(', ')}` : `did you mean ${meant}?`;
  throw new UsageError(`there is no command ${JSON.stringify(name)}; ${advice}`, 'eaphost --help');
}

function described(name: CommandName) {
  const options = optionsOf(commands[name]).map(([option, { value = null, text, one, words = one }]) => ({
    name: `--${option}`,
    value,
    text,
    ...(words && { values: words }),
  }));
  return { name, summary: commands[name].summary, options };
}

/** Prints the help text of a command; without a name what there is. */
export function printHelp(name: string | undefined, output: Output): number {
  const found = name === undefined ? undefined : checkCommand(name);
  const width = Math.min(output.columns, widest);
  const text = found === undefined ? generalHelp(width) : helpOf(found, commands[found], width);
  if (output.json) {
    const names = found === undefined ? Object.keys(commands).map(checkCommand) : [found];
    const list = names.map((each) => described(each));
    output.report({
      exitCode: exitCodes.accepted,
      commands: list,
      ...(found !== undefined && { help: text }),
    });
  } else output.text(text);
  return exitCodes.accepted;
}

/** `eaphost help`. */
export async function help(args: readonly string[], output: Output): Promise<number> {
  const { positionals } = parse(row, args);
  if (positionals.length > 1) throw new UsageError('one COMMAND at most');
  return printHelp(positionals[0], output);
}

/** Prints the version of the package. */
export async function printVersion(output: Output): Promise<number> {
  const { packageVersion } = await import('../native/binary.js');
  const version = packageVersion();
  const { platform, arch, versions } = process;
  output.report({ exitCode: exitCodes.accepted, version, node: versions.node, platform, arch }, [version]);
  return exitCodes.accepted;
}
