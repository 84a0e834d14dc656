// `eaphost completion`: scripts that complete command lines, for each shell, made of the tables of the commands. ASCII
// only, since shells differ in what they take a script's octets for.

import { exitCodes, parse, parseWord, UsageError } from './command.js';
import { optionsOf } from './help.js';
import type { Output } from './output.js';
import { type CommandRow, commands as tables, completion as row, type OptionRow, shells } from './tables.js';

/** An option to complete. */
export interface OptionWords {
  readonly name: string;
  /** In one line; '' where there is none. */
  readonly text: string;
  /** What follows it: words, a file, something else, or nothing. */
  readonly value: readonly string[] | 'file' | 'other' | undefined;
}

/** A command to complete. */
export interface CommandWords {
  readonly name: string;
  readonly text: string;
  readonly options: readonly OptionWords[];
  /** What its argument without an option is. */
  readonly argument: readonly string[] | 'file';
  /** Behind these words its arguments are files. */
  readonly takesFile: readonly string[];
}

type Script = (commands: readonly CommandWords[]) => string;

function isList<T>(value: readonly T[] | string | undefined): value is readonly T[] {
  return Array.isArray(value);
}

const ascii: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '…': '...',
  '→': '->',
};

/** A text without what a shell or an encoding could take for something else. */
function plain(text: string): string {
  return text.replaceAll(/[^ -~]/gu, (character) => ascii[character] ?? '?');
}

function bash(commands: readonly CommandWords[]): string {
  const cases = commands.flatMap(({ name, options }) =>
    options.flatMap(({ name: option, value }) => {
      const pattern = `    '${name} ${option}')`;
      if (isList(value)) return [`${pattern} offered='${value.join(' ')}' ;;`];
      if (value === undefined) return [];
      return [`${pattern} ${value === 'file' ? '_eaphost_files; ' : ''}return ;;`];
    }),
  );
  const files = '_eaphost_files; return';
  const words = commands.map(({ name, options, argument, takesFile }) => {
    const names = options.map((option) => option.name).join(' ');
    const behind = takesFile.map((word) => `elif [[ $before == *' ${word} '* ]]; then ${files}; `).join('');
    const otherwise = isList(argument) ? `offered='${argument.join(' ')}'` : files;
    const first =
      argument.length === 0
        ? `offered='${names}'`
        : `if [[ $word == -* ]]; then offered='${names}'; ${behind}else ${otherwise}; fi`;
    return `      ${name}) ${first} ;;`;
  });
  return `_eaphost_files() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$word"))
  compopt -o filenames 2>/dev/null
}
_eaphost() {
  local word="\${COMP_WORDS[COMP_CWORD]}" last="\${COMP_WORDS[COMP_CWORD-1]}" offered=''
  local before=" \${COMP_WORDS[*]:0:COMP_CWORD} "
  COMPREPLY=()
  # bash takes --option=value apart.
  if [ "$word" = '=' ]; then word=''; elif [ "$last" = '=' ]; then last="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  case "\${COMP_WORDS[1]} $last" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    offered='${commands.map(({ name }) => name).join(' ')}'
  elif [ -z "$offered" ]; then
    case "\${COMP_WORDS[1]}" in
${words.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$offered" -- "$word"))
}
complete -F _eaphost eaphost
`;
}

function zsh(commands: readonly CommandWords[]): string {
  // In what _describe takes, a colon parts the word from its text.
  const described = (word: string, text: string): string =>
    `'${word}:${plain(text).replaceAll("'", "'\\''")}'`;
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap(({ name: option, value }) => {
      if (value === undefined) return [];
      const action = isList(value) ? `compadd -- ${value.join(' ')}` : value === 'file' ? '_files' : ':';
      return [`    '${name} ${option}') ${action}; return ;;`];
    }),
  );
  const rest = commands.map(({ name, options, argument, takesFile }) => {
    const lines = options.map(({ name: option, text }) => `        ${described(option, text)}`);
    const behind = takesFile
      .map((word) => `[[ $before == *' ${word} '* ]] && { _files; return; }; `)
      .join('');
    const words = isList(argument) ? `compadd -- ${argument.join(' ')}` : '_files';
    const first =
      argument.length === 0 ? '' : `\n      [[ $PREFIX == -* ]] || { ${behind}${words}; return; }`;
    return `    ${name})${first}\n      offered=(\n${lines.join('\n')}\n      )\n      _describe option offered ;;`;
  });
  return `(( \${+functions[compdef]} )) || { autoload -U compinit && compinit; }
_eaphost() {
  local -a offered
  local before=" \${(j: :)words[1,CURRENT-1]} "
  if (( CURRENT == 2 )); then
    offered=(
${commands.map(({ name, text }) => `      ${described(name, text)}`).join('\n')}
    )
    _describe command offered
    return
  fi
  case "\${words[2]} \${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  case "\${words[2]}" in
${rest.join('\n')}
  esac
}
compdef _eaphost eaphost
`;
}

function fish(commands: readonly CommandWords[]): string {
  const quoted = (text: string): string => `'${plain(text).replaceAll(/[\\']/gu, '\\$&')}'`;
  const lines = commands.flatMap(({ name, text, options, argument, takesFile }) => {
    const seen = `__fish_seen_subcommand_from ${name}`;
    const inside = `complete -c eaphost -n '${seen}'`;
    return [
      `complete -c eaphost -n __fish_use_subcommand -a ${name} -d ${quoted(text)}`,
      ...(isList(argument) ? [] : [`${inside} -F`]),
      ...takesFile.map(
        (word) => `complete -c eaphost -n '${seen}; and __fish_seen_subcommand_from ${word}' -F`,
      ),
      ...(isList(argument) && argument.length > 0 ? [`${inside} -a '${argument.join(' ')}'`] : []),
      ...options.map(({ name: option, text: explained, value }) => {
        const kind =
          value === undefined
            ? ''
            : value === 'file'
              ? ' -r -F'
              : isList(value)
                ? ` -x -a '${value.join(' ')}'`
                : ' -x';
        return `${inside} -l ${option.slice(2)}${kind} -d ${quoted(explained)}`;
      }),
    ];
  });
  return ['complete -c eaphost -f', ...lines, ''].join('\n');
}

function powershell(commands: readonly CommandWords[]): string {
  const quoted = (text: string): string => `'${plain(text).replaceAll("'", "''")}'`;
  const list = (words: readonly string[]): string => `@(${words.map(quoted).join(', ')})`;
  const tips = commands.map(({ name, text }) => `    ${quoted(name)} = ${quoted(text)}`);
  const options = commands.map(({ name, options: each }) => {
    const lines = each.map(
      ({ name: option, text }) => `      ${quoted(option)} = ${quoted(text === '' ? option : text)}`,
    );
    return `    ${quoted(name)} = [ordered]@{\n${lines.join('\n')}\n    }`;
  });
  const values = commands.flatMap(({ name, options: each, argument }) => [
    ...(isList(argument) ? (argument.length > 0 ? [[name, argument] as const] : []) : [[name, []] as const]),
    ...each.flatMap(({ name: option, value }) =>
      value === undefined ? [] : [[`${name} ${option}`, isList(value) ? value : []] as const],
    ),
  ]);
  const files = commands.flatMap(({ name, takesFile }) =>
    takesFile.length === 0 ? [] : [`    ${quoted(name)} = ${list(takesFile)}`],
  );
  return `Register-ArgumentCompleter -Native -CommandName eaphost -ScriptBlock {
  param($word, $ast, $position)
  $commands = [ordered]@{
${tips.join('\n')}
  }
  $options = @{
${options.join('\n')}
  }
  # What follows an option, or is no option; where it is empty, PowerShell completes files.
  $values = @{
${values.map(([key, words]) => `    ${quoted(key)} = ${list(words)}`).join('\n')}
  }
  # The words of a command behind which its arguments are files.
  $takesFile = @{
${files.join('\n')}
  }
  $before = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { $_.ToString() })
  $name = if ($before.Count -gt 1) { $before[1] } else { '' }
  $last = "$name $($before[-1])"
  $tips = @{}
  if ($name -eq '') { $offered = $commands.Keys; $tips = $commands }
  elseif ($values.ContainsKey($last)) { $offered = $values[$last] }
  elseif ($word -notlike '-*' -and ($before | Where-Object { $takesFile[$name] -contains $_ })) { $offered = @() }
  elseif ($word -notlike '-*' -and $values.ContainsKey($name)) { $offered = $values[$name] }
  elseif ($options.ContainsKey($name)) { $offered = $options[$name].Keys; $tips = $options[$name] }
  else { $offered = @() }
  $offered | Where-Object { $_ -like "$word*" } | ForEach-Object {
    $tip = if ($tips[$_]) { $tips[$_] } else { $_ }
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $tip)
  }
}
`;
}

/** The shells, and what makes the script of each. */
export const scripts: Readonly<Record<(typeof shells)[number], Script>> = { bash, zsh, fish, powershell };

function valueOf({ value, one, words = one }: OptionRow): OptionWords['value'] {
  if (words !== undefined) return words;
  if (value === undefined) return undefined;
  return ['FILE', 'DLL', 'DIRECTORY', 'FOLDER'].includes(value) ? 'file' : 'other';
}

/** What completes the line of a command. */
export function wordsOf(name: string, command: CommandRow): CommandWords {
  const options = optionsOf(command).map(([option, each]) => ({
    name: `--${option}`,
    text: each.text,
    value: valueOf(each),
  }));
  return {
    name,
    text: command.summary,
    options,
    argument: command.argument ?? [],
    takesFile: command.takesFile ?? [],
  };
}

/** `eaphost completion`. */
export async function completion(args: readonly string[], output: Output): Promise<number> {
  const { positionals } = parse(row, args);
  const [name] = positionals;
  if (name === undefined || positionals.length > 1) throw new UsageError(`say one of ${shells.join(', ')}`);
  const shell = parseWord(name, 'SHELL', shells);
  const script = scripts[shell](Object.entries(tables).map(([each, command]) => wordsOf(each, command)));
  if (output.json) output.report({ exitCode: exitCodes.accepted, shell, script });
  else output.text(script);
  return exitCodes.accepted;
}
