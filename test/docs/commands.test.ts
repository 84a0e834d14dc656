// The commands that the documents name, in blocks and in their text: they exist, and have the options.

import assert from 'node:assert/strict';

import { eaphost } from '../cli/support.js';
import { blocks, documents, placeOf, readText } from './blocks.js';

/** A command line, and where it is. */
interface Named {
  readonly place: string;
  readonly line: string;
}

/** What is in the lines of blocks that shells run, continued lines put together. */
const fromBlocks: readonly Named[] = blocks
  .filter(({ language }) => ['sh', 'powershell', 'yaml'].includes(language))
  .flatMap((block) =>
    block.text
      .replaceAll(/[\\`]\n/gu, ' ')
      .split('\n')
      .map((line) => ({ place: placeOf(block), line })),
  );

/** What is between backticks. */
const fromText: readonly Named[] = documents.flatMap(({ name, text }) =>
  [...text.replaceAll(/^```[^]*?^```$/gmu, '').matchAll(/`([^`]+)`/gu)].map(([, line = '']) => ({
    place: name,
    line: line.replaceAll('\n', ' '),
  })),
);
const all = [...fromBlocks, ...fromText];

/** The words after `eaphost`, up to where a shell begins another command. */
function callsIn({ line }: Named): string[][] {
  // The demo takes the options of this command.
  // What is behind a lone -- is another command's.
  const [code = ''] = line.replaceAll('npm run demo -- ', 'eaphost auth ').split(/ # | -- /u);
  return [...code.matchAll(/(?:^|[\s('"])eaphost(?:\.cmd)? ([a-z-][^|;&><)]*)/gu)].map(([, words = '']) =>
    words.trim().split(/[\s'"]+/u),
  );
}

describe('The commands that the documents name', () => {
  /** The options of each command. */
  const options = new Map<string, readonly string[]>();

  before(async () => {
    const { code, stdout } = await eaphost(['help', '--json']);
    assert.equal(code, 0);
    const { commands } = JSON.parse(stdout) as { commands: { name: string; options: { name: string }[] }[] };
    for (const command of commands) {
      options.set(
        command.name,
        command.options.map(({ name }) => name),
      );
    }
    assert.ok(options.get('auth')?.includes('--pcap'), stdout);
  });

  it('are commands of eaphost, with options that they have', () => {
    let checked = 0;
    for (const named of all) {
      for (const [command = '', ...words] of callsIn(named)) {
        if (['help', '--help', '--version'].includes(command)) continue;
        const known = options.get(command);
        assert.ok(known, `${named.place}: ${named.line}: there is no command ${command}`);
        for (const word of words.filter((each) => each.startsWith('--') && each !== '--help')) {
          const [option = ''] = word.split(/[=,.]/u);
          assert.ok(known.includes(option), `${named.place}: ${named.line}: ${command} has no ${option}`);
          checked += 1;
        }
      }
    }
    assert.ok(checked > 30, `${checked} options were found`);
  });

  it('are scripts and suites of the package', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
    const suites = readText('scripts/suites.mjs');
    let checked = 0;
    for (const { place, line } of all) {
      for (const [, script = ''] of line.matchAll(/\bnpm run ([\w:]+)/gu)) {
        assert.ok(Object.hasOwn(scripts, script), `${place}: there is no script ${script}`);
        checked += 1;
      }
      for (const [, words = ''] of line.matchAll(/scripts\/test\.mjs((?: [a-z]+)+)/gu)) {
        for (const suite of words.trim().split(' ')) {
          assert.match(
            suites,
            new RegExp(String.raw`^ {2}${suite}(?:\(\) \{|: )`, 'mu'),
            `${place}: ${suite}`,
          );
          checked += 1;
        }
      }
    }
    assert.ok(checked > 5);
  });
});
