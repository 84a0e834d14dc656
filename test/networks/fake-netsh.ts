// Stands in for netsh: `lan` and its words, over files in a folder, which is the first argument. It notes what it was called
// with, who could read what it was given, and speaks German. Files of the folder say how it behaves: `refuse` is what it
// prints, failing; `refuse-credentials` the same of credentials; with `hang` it never ends, at the words in it or at any.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [state = '', context, ...rest] = process.argv.slice(2);
const at = (...names: string[]): string => join(state, ...names);
const words = rest.filter((word) => !word.includes('='));
const options = new Map(
  rest
    .filter((word) => word.includes('='))
    .map((word) => {
      const split = word.indexOf('=');
      return [word.slice(0, split), word.slice(split + 1)] as const;
    }),
);
const option = (name: string): string => options.get(name) ?? '';

/** The permissions of a file and of the folder that it lies in, and what it holds. */
function look(path: string): object {
  const text = readFileSync(path, 'utf8');
  return { path, file: statSync(path).mode & 0o777, folder: statSync(dirname(path)).mode & 0o777, text };
}

function end(code: number, text: string): never {
  process.stdout.write(Buffer.from(`${text}\r\n`, 'latin1'));
  process.exit(code);
}

const given = option('filename') === '' ? {} : look(option('filename'));
writeFileSync(
  at('call.json'),
  JSON.stringify({ context, words, options: Object.fromEntries(options), given }),
);
const profile = at('profiles', `${option('interface')}.xml`);
mkdirSync(at('profiles'), { recursive: true });

function run(): void {
  if (context !== 'lan') end(1, 'Der folgende Befehl wurde nicht gefunden.');
  if (existsSync(at('refuse'))) end(1, readFileSync(at('refuse'), 'utf8'));
  switch (words.join(' ')) {
    case 'add profile':
      writeFileSync(profile, readFileSync(option('filename')));
      end(0, 'Das Profil wurde hinzugefügt.');
    case 'set eapuserdata':
      if (!existsSync(profile)) end(1, 'Auf der Schnittstelle ist kein Profil.');
      if (existsSync(at('refuse-credentials'))) end(1, readFileSync(at('refuse-credentials'), 'utf8'));
      writeFileSync(at('credentials.xml'), readFileSync(option('filename')));
      end(0, 'Die Daten wurden festgelegt.');
    case 'export profile': {
      const names = readdirSync(at('profiles')).filter(
        (name) => options.get('interface') === undefined || at('profiles', name) === profile,
      );
      for (const name of names)
        writeFileSync(join(option('folder'), name), readFileSync(at('profiles', name)));
      end(names.length === 0 ? 1 : 0, `${names.length} Profile wurden exportiert.`);
    }
    case 'delete profile':
      if (!existsSync(profile)) end(1, 'Es gibt kein Profil.');
      rmSync(profile);
      end(0, 'Das Profil wurde gelöscht.');
    case 'reconnect':
      end(0, 'OK.');
    default:
      end(1, 'Der folgende Befehl wurde nicht gefunden.');
  }
}

const hang = existsSync(at('hang')) ? readFileSync(at('hang'), 'utf8') : undefined;
if (hang === '' || hang === words.join(' ')) {
  writeFileSync(at('hanging'), String(process.pid));
  setInterval(() => {
    // The test is over.
    if (!existsSync(at('hang'))) process.exit(1);
  }, 1000);
} else run();
