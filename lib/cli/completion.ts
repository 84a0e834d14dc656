// `eaphost completion`: what shells ask to complete the command line, made out of the help texts, so that it cannot
// say anything else than they do.

import { type Command, UsageError } from './command.js';

const help = `Usage: eaphost completion SHELL

Prints a script that completes commands and options, for bash, zsh, fish or powershell.

  -h, --help  this text

Examples:
  source <(eaphost completion bash)
      in ~/.bashrc; ~/.zshrc has the same line with zsh
  eaphost completion fish > ~/.config/fish/completions/eaphost.fish
  eaphost completion powershell >> $PROFILE
`;

/** The commands, each with its options. */
type Words = ReadonlyMap<string, readonly string[]>;

/** The options that a help text explains: those at the beginnings of its lines. */
export function optionsOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => /^ {2}(?:-\w, )?--/u.test(line));
  return [...new Set(lines.map((line) => /--[a-z][a-z-]*/u.exec(line)?.[0] ?? ''))];
}

const scripts: Readonly<Record<string, (words: Words) => string>> = {
  bash(words) {
    const cases = [...words].map(
      ([name, options]) => `    ${name}) COMPREPLY=($(compgen -W "${options.join(' ')}" -- "$word")) ;;`,
    );
    return `_eaphost() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...words.keys()].join(' ')}" -- "$word"))
    return
  fi
  [[ "$word" == -* ]] || { COMPREPLY=($(compgen -f -- "$word")); return; }
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
}
complete -F _eaphost eaphost
`;
  },
  zsh(words) {
    return `autoload -U +X bashcompinit && bashcompinit\n${scripts['bash']!(words)}`;
  },
  fish(words) {
    const names = [...words.keys()].join(' ');
    const lines = [...words].flatMap(([name, options]) =>
      options.map(
        (option) => `complete -c eaphost -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`,
      ),
    );
    return [
      `complete -c eaphost -n 'not __fish_seen_subcommand_from ${names}' -f -a '${names}'`,
      ...lines,
      '',
    ].join('\n');
  },
  powershell(words) {
    const table = [...words].map(
      ([name, options]) => `    '${name}' = @(${options.map((option) => `'${option}'`).join(', ')})`,
    );
    return `Register-ArgumentCompleter -Native -CommandName eaphost -ScriptBlock {
  param($word, $ast, $position)
  $options = @{
${table.join('\n')}
  }
  $words = @($ast.CommandElements | ForEach-Object { $_.ToString() })
  $isFirst = $words.Count -lt 2 -or ($words.Count -eq 2 -and $word -ne '')
  $candidates = if ($isFirst) { $options.Keys | Sort-Object } else { $options[$words[1]] }
  $candidates | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_)
  }
}
`;
  },
};

/** `eaphost completion`, for the commands that there are. */
export function completion(commands: () => ReadonlyMap<string, Command>): Command {
  return {
    summary: 'print a script that completes command lines in a shell',
    help,
    async run([shell, ...rest]) {
      const script = shell !== undefined && Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
      if (script === undefined || rest.length > 0) {
        throw new UsageError(`SHELL must be one of ${Object.keys(scripts).join(', ')}`);
      }
      const words = new Map(
        [...commands()].map(([name, command]) => [name, optionsOf(command.help)] as const),
      );
      words.set('help', []);
      process.stdout.write(script(words));
      return 0;
    },
  };
}
