// `eaphost completion`: the scripts in their shells, and that every command and option is in them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import { optionsOf } from '../../lib/cli/completion.js';
import { eaphost } from './support.js';

/** What bash offers for a command line whose last word is incomplete. */
function offered(script: string, words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const program = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _eaphost; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', program], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter(Boolean);
}

describe('eaphost completion', () => {
  it('completes commands and options in bash', async () => {
    const { code, stdout } = await eaphost(['completion', 'bash']);
    assert.equal(code, 0);
    assert.deepEqual(offered(stdout, ['eaphost', 'xm']), ['xml']);
    assert.deepEqual(offered(stdout, ['eaphost', 'xml', '--r']), ['--runtime']);
    assert.ok(offered(stdout, ['eaphost', 'auth', '--']).includes('--server'));
  });

  it('knows every command and each of its options, for every shell', async () => {
    const { stdout: list } = await eaphost(['--help']);
    const names = [...list.matchAll(/^ {2}([a-z]+) {2,}/gmu)].map((match) => match[1]!);
    assert.ok(names.includes('auth') && names.includes('help'));
    const helps = await Promise.all(names.map(async (name) => (await eaphost([name, '--help'])).stdout));
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { stdout } = await eaphost(['completion', shell]);
      for (const [index, name] of names.entries()) {
        assert.ok(stdout.includes(name), `${shell}: ${name}`);
        if (name === 'help') continue;
        for (const option of optionsOf(helps[index]!)) {
          assert.ok(stdout.includes(option.replace(/^--/u, '')), `${shell}: ${name} ${option}`);
        }
      }
    }
  });

  it('finds the options of a help text', () => {
    const text = 'Usage: x --not-this\n\n  --one V   a\n            --not\n  -h, --help  b\n';
    assert.deepEqual(optionsOf(text), ['--one', '--help']);
  });

  it('refuses a shell that it does not know', async () => {
    const { code, stderr } = await eaphost(['completion', 'tcsh']);
    assert.equal(code, 2);
    assert.match(stderr, /SHELL must be one of bash, zsh, fish, powershell/u);
  });
});
