// `eaphost completion`: the scripts in their shells, and that every command, option and value is in them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { scripts, wordsOf } from '../../lib/cli/completion.js';
import { helpOf } from '../../lib/cli/help.js';
import type { CommandRow } from '../../lib/cli/tables.js';
import { ask } from './support.js';

/** What a command line whose last word is incomplete is completed to. */
type Complete = (script: string, words: readonly string[], folder: string) => string[];

function run(program: string, args: readonly string[], cwd: string): string[] {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', cwd });
  assert.equal(status, 0, `${program}: ${stderr}${String(error)}`);
  return stdout.split(/\r?\n/u).filter(Boolean);
}

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');

/** Shells of this machine, asked as their own users ask them. */
const shells: Readonly<Record<string, Complete>> = {
  ...(process.platform === 'linux' && {
    bash: (script, words, folder) => {
      const ask = `COMP_WORDS=(${quoted(words)}); COMP_CWORD=${words.length - 1}; _eaphost; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return run('bash', ['-c', `${script}\n${ask}`], folder);
    },
    zsh: (script, words, folder) => {
      // Stand-ins for what exists while zsh completes: they print what they are given.
      const ask = `compdef() { :; }
        compadd() { shift; print -l -- "$@"; }
        _describe() { local -a list=("\${(@P)2}"); print -l -- "\${list[@]%%:*}"; }
        _files() { print -l -- *; }
        ${script}
        words=(${quoted(words)}); CURRENT=${words.length}; PREFIX="\${words[-1]}"; _eaphost`;
      const last = words.at(-1) ?? '';
      return run('zsh', ['-f', '-c', ask], folder).filter((word) => word.startsWith(last));
    },
    fish: (script, words, folder) => {
      const file = join(folder, 'eaphost.fish');
      writeFileSync(file, script);
      const ask = `source '${file}'; complete -C '${words.join(' ')}'`;
      return run('fish', ['--no-config', '-c', ask], folder).map((line) => line.split('\t', 1)[0] ?? '');
    },
  }),
  ...(process.platform === 'win32' && {
    powershell: (script, words, folder) => {
      const file = join(folder, 'eaphost-completion.ps1');
      const line = words.join(' ');
      const ask = `(TabExpansion2 '${line}' ${line.length}).CompletionMatches | ForEach-Object { $_.CompletionText }`;
      writeFileSync(file, `${script}\n${ask}\n`);
      const options = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', file];
      return run('powershell.exe', options, folder);
    },
  }),
};

describe('eaphost completion', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-completion-'));
    writeFileSync(join(folder, 'zz profile.xml'), '');
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [shell, complete] of Object.entries(shells)) {
    it(`completes commands, options, values and files in ${shell}`, async () => {
      const { code, stdout } = await ask(['completion', shell]);
      assert.equal(code, 0);
      const offered = (...words: readonly string[]) =>
        complete(stdout, ['eaphost', ...words], folder).toSorted();
      assert.deepEqual(offered('xm'), ['xml']);
      assert.deepEqual(offered('un'), ['unregister']);
      assert.deepEqual(offered('xml', '--r'), ['--runtime']);
      assert.ok(offered('auth', '--').includes('--server'));
      assert.deepEqual(offered('auth', '--ke'), ['--key']);
      assert.deepEqual(offered('auth', '--method', 'peap-m'), ['peap-mschapv2']);
      assert.deepEqual(offered('auth', '--runtime', ''), ['embedded', 'system']);
      assert.deepEqual(offered('xml', '--json', '--to', 'o'), ['options']);
      assert.deepEqual(offered('trace', 'st'), ['status']);
      assert.deepEqual(offered('trace', 'on', '--r'), ['--ras']);
      assert.deepEqual(offered('completion', 'f'), ['fish']);
      assert.deepEqual(offered('help', 'doc'), ['doctor']);
      for (const words of [
        ['auth', '--ca', 'zz'],
        ['serve', '--config', 'zz'],
        ['xml', 'zz'],
        ['network', 'apply', 'zz'],
        ['network', '--json', 'apply', '--dry-run', 'zz'],
        ['conform', 'method', 'zz'],
      ]) {
        assert.match(offered(...words).join(), /zz.*profile\.xml/u, words.join(' '));
      }
      assert.deepEqual(offered('network', 'app'), ['apply']);
      assert.deepEqual(offered('network', 'apply', '--con'), ['--connect']);
      assert.deepEqual(offered('network', 'apply', '--to', 'netw'), ['networkmanager']);
      // What the others take is no file; PowerShell offers files where nothing else is.
      if (shell !== 'powershell') assert.deepEqual(offered('network', 'show', 'zz'), []);
    });
  }

  it('knows every command, option and value, for every shell', async () => {
    const { commands }: Listing = JSON.parse((await ask(['help', '--json'])).stdout);
    assert.deepEqual(
      commands.map(({ name }) => name),
      [
        'auth',
        'serve',
        'wired',
        'network',
        'conform',
        'method',
        'methods',
        'register',
        'unregister',
        'xml',
        'trace',
        'doctor',
        'probe',
        'completion',
        'help',
      ],
    );
    for (const shell of Object.keys(scripts)) {
      const { stdout } = await ask(['completion', shell]);
      assert.ok(/^[\n -~]*$/u.test(stdout), `${shell}: ASCII only`);
      for (const { name, options } of commands) {
        assert.ok(stdout.includes(name), `${shell}: ${name}`);
        assert.ok(options.length >= 2, name);
        for (const { name: option, values = [] } of options) {
          for (const word of [option.slice(2), ...values]) {
            assert.ok(stdout.includes(word), `${shell}: ${name} ${option} ${word}`);
          }
        }
      }
    }
  });

  it('tells machines the script', async () => {
    const { stdout } = await ask(['completion', 'bash', '--json']);
    const { exitCode, shell, script }: { exitCode: number; shell: string; script: string } =
      JSON.parse(stdout);
    assert.deepEqual([exitCode, shell, script], [0, 'bash', (await ask(['completion', 'bash'])).stdout]);
  });

  it('comes with the help out of one table', () => {
    const row: CommandRow = {
      summary: 'does it',
      usage: ['[FILE]', '--not-this'],
      about: ['About it.'],
      options: {
        one: { value: 'V', text: `a --not and ${'b '.repeat(40)}c`, one: ['x', 'y'] },
        cert: { value: 'FILE', text: 'a file', multiple: true },
        'quite-a-long-switch': { text: 'a switch' },
      },
      json: 'an object',
      argument: 'file',
      takesFile: ['y'],
      exit: 'The exit code is 0.',
      examples: '  eaphost x\n',
    };
    assert.deepEqual(wordsOf('x', row), {
      name: 'x',
      text: 'does it',
      options: [
        { name: '--one', text: row.options['one']?.text, value: ['x', 'y'] },
        { name: '--cert', text: 'a file', value: 'file' },
        { name: '--quite-a-long-switch', text: 'a switch', value: undefined },
        { name: '--json', text: 'an object', value: undefined },
        { name: '--help', text: 'this text', value: undefined },
      ],
      argument: 'file',
      takesFile: ['y'],
    });
    assert.equal(
      helpOf('x', row, 80),
      `Usage: eaphost x [FILE]
       eaphost x --not-this

About it.

  --one V      a --not and ${'b '.repeat(26)}b
               ${'b '.repeat(13)}c
  --cert FILE  a file
  --quite-a-long-switch
               a switch
  --json       an object
  -h, --help   this text

The exit code is 0.

Examples:
  eaphost x
`,
    );
  });

  it('refuses a shell that it does not know', async () => {
    for (const [args, sentence] of [
      [['tcsh'], /SHELL must be bash, zsh, fish or powershell/u],
      [[], /say one of bash, zsh, fish, powershell/u],
      [['bash', 'zsh'], /say one of/u],
    ] as const) {
      const { code, stdout, stderr } = await ask(['completion', ...args]);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, sentence);
    }
  });
});

/** What `eaphost help --json` tells. */
interface Listing {
  readonly commands: readonly {
    readonly name: string;
    readonly options: readonly { readonly name: string; readonly values?: readonly string[] }[];
  }[];
}
