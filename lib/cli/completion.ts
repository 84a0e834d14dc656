// `eaphost completion`: what shells ask to complete the command line, made out of the help texts.

import { type Command, exitCodes, parseArguments, parseWord, UsageError } from './command.js';
import { scripts, type CommandWords } from './completion-scripts.js';
import { hasFileArgument, optionsOf, takesFile } from './help.js';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a table
const shells = Object.keys(scripts) as (keyof typeof scripts)[];

const help = `Usage: eaphost completion bash|zsh|fish|powershell [OPTION]...

Prints a script that completes commands, options and what goes with them.

  --json      one JSON object on standard output: the shell, and its script
  -h, --help  this text

The exit code is 0, or 2 for a shell that it does not know.

Examples:
  Add-Content $PROFILE 'Invoke-Expression ((eaphost completion powershell) -join "\`n")'
      in PowerShell, for every terminal from the next one on
  echo 'source <(eaphost completion bash)' >> ~/.bashrc
  echo 'source <(eaphost completion zsh)' >> ~/.zshrc
  eaphost completion fish > ~/.config/fish/completions/eaphost.fish
`;

/** What completes the line of a command. */
export function wordsOf(name: string, { summary, help: text, words = {} }: Command): CommandWords {
  return {
    name,
    text: summary,
    options: optionsOf(text).map((option) => ({
      name: option.name,
      text: option.text,
      value:
        words[option.name] ?? (takesFile(option) ? 'file' : option.value === undefined ? undefined : 'other'),
    })),
    argument: words[''] ?? (hasFileArgument(text) ? 'file' : []),
  };
}

/** `eaphost completion`, for the commands that there are. */
export function completion(commands: () => ReadonlyMap<string, Command>): Command {
  return {
    summary: 'print a script that completes command lines in a shell',
    help,
    words: { '': shells },
    // An async function, so that what it throws is a rejection as of every command.
    async run(args, output) {
      const { positionals } = parseArguments({
        args: [...args],
        allowPositionals: true,
        options: { json: { type: 'boolean' } },
      });
      const shell = parseWord(positionals[0], 'SHELL', shells);
      if (shell === undefined || positionals.length > 1)
        throw new UsageError(`say one of ${shells.join(', ')}`);
      const words = [...commands()].map(([name, command]) => wordsOf(name, command));
      const script = scripts[shell](words);
      if (output.json) output.report({ exitCode: exitCodes.accepted, shell, script });
      else output.text(script);
      return exitCodes.accepted;
    },
  };
}
