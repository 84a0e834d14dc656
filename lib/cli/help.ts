// Reads the options out of a help text. Completion and JSON output use them, so that they always agree with the help.

/** An option of a help text. */
export interface HelpOption {
  /** Such as `--server`. */
  readonly name: string;
  /** What its value is called; undefined if it takes none. */
  readonly value: string | undefined;
  /** What the help says of it, in one line. */
  readonly text: string;
}

/** Where the text of an option begins, at least: behind two blanks. */
const entry = /^ {2}(?<names>-\S+(?: \S+)*?(?:, -\S+(?: \S+)*?)*)(?: {2,}(?<text>\S.*))?$/u;

/** The options that a help text explains: those at the beginnings of its lines. */
export function optionsOf(help: string): HelpOption[] {
  const lines = help.split('\n');
  return lines.flatMap((line, index) => {
    const { names, text } = entry.exec(line)?.groups ?? {};
    if (names === undefined) return [];
    const explained = [...(text === undefined ? [] : [text]), ...continuation(lines.slice(index + 1))].join(
      ' ',
    );
    return [...names.matchAll(/(?<name>--[a-z][a-z-]*)(?: (?<value>[^\s,]+))?/gu)].map(({ groups = {} }) => ({
      name: groups['name'] ?? '',
      value: groups['value'],
      text: explained,
    }));
  });
}

/** The lines that go on with an option's text: those that are set in. */
function continuation(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => !/^ {8,}\S/u.test(line));
  return lines.slice(0, end === -1 ? lines.length : end).map((line) => line.trim());
}

/** Whether an option's value is a file or a folder. */
export function takesFile({ value }: HelpOption): boolean {
  return value !== undefined && ['FILE', 'DLL', 'DIRECTORY', 'FOLDER'].includes(value);
}

/** Whether the argument that is no option is a file. */
export function hasFileArgument(help: string): boolean {
  return /^Usage: eaphost \w+ \[?FILE\b/u.test(help);
}
