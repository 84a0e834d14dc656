// The house: which folder of lib may import from which, drawn from the sources, and what is exported under which name.
// Imports of types count.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const lib = join(import.meta.dirname, '..', '..', '..', 'lib');

/** The architecture: each folder, from the bottom, and what it may import from. */
const floors: Readonly<Record<string, readonly string[]>> = {
  base: [],
  eap: ['base'],
  native: ['base', 'eap'],
  profiles: ['base', 'eap'],
  diagnostics: ['base', 'eap', 'native'],
  hosts: ['base', 'eap', 'native'],
  methods: ['base', 'eap', 'profiles', 'hosts'],
  'shim-server': ['base', 'eap', 'native', 'hosts', 'methods'],
  supplicant: ['base', 'eap', 'native', 'profiles', 'diagnostics', 'hosts', 'methods', 'shim-server'],
  'method-dlls': ['base', 'eap', 'native', 'hosts', 'methods'],
  radius: ['base', 'eap', 'hosts', 'methods'],
  conformance: [
    'base',
    'eap',
    'native',
    'diagnostics',
    'hosts',
    'methods',
    'shim-server',
    'method-dlls',
    'radius',
  ],
  registration: ['base', 'eap', 'native', 'hosts', 'methods', 'shim-server', 'supplicant'],
  wired: ['base', 'eap', 'native', 'supplicant'],
  networks: ['base', 'eap', 'native', 'profiles', 'supplicant'],
  doctor: ['base', 'eap', 'native', 'supplicant', 'registration', 'networks'],
  probe: [
    'base',
    'eap',
    'native',
    'profiles',
    'hosts',
    'methods',
    'supplicant',
    'method-dlls',
    'radius',
    'registration',
    'networks',
  ],
};
const folders = Object.keys(floors);
const mostRooms = 18;

const slashed = (path: string): string => path.replaceAll('\\', '/');
const folderOf = (file: string): string => file.split('/', 1)[0]!;

/** The files that each file of lib imports, by their paths in it. */
const imports: ReadonlyMap<string, readonly string[]> = new Map(
  readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => {
      const source = readFileSync(join(lib, file), 'utf8');
      const named = source.matchAll(/\b(?:from|import)\s*\(?\s*(['"])(\.{1,2}\/[^'"]+)\.js\1/gu);
      const imported = [...named].map(([, , path]) => relative(lib, join(lib, dirname(file), `${path}.ts`)));
      return [slashed(file), [...new Set(imported.map(slashed))]];
    }),
);

const exported = /^export (?:abstract |async )*(?:function\*?|class|const|interface|type) (\w+)/gmu;
/** One thing in two forms: a method or a connection and its profile, a type in XML and in DER. A command has its options in cli/tables. */
const sharedNames = new Set(
  'mschapv2 peap teap tls ttls blob boolean objectIdentifier sequence text vpn'.split(' '),
);

/** Nodes of a graph that lead back to themselves, with the way there and back. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const follow = (node: string, way: readonly string[]): void => {
    const start = way.indexOf(node);
    if (start >= 0) found.push([...way.slice(start), node].join(' → '));
    if (start >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) follow(next, [...way, node]);
    done.add(node);
  };
  for (const node of graph.keys()) follow(node, []);
  return found;
}

describe('The house that lib is', () => {
  it('has few rooms, and nothing but the main entry lies loose', () => {
    const entries = readdirSync(lib, { withFileTypes: true });
    const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    assert.ok(rooms.length <= mostRooms, `${rooms.length} rooms`);
    assert.deepEqual(rooms.toSorted(), [...folders, 'cli'].toSorted());
    assert.deepEqual(
      entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
      ['index.ts'],
    );
  });

  it('is drawn with every import', () => {
    assert.ok(imports.size > 100);
    const missing = [...imports].flatMap(([file, others]) =>
      others.filter((other) => !imports.has(other)).map((other) => `${file} → ${other}`),
    );
    assert.deepEqual(missing, []);
  });

  it('has a plan in which nothing is below what it imports', () => {
    for (const [at, folder] of folders.entries()) {
      assert.deepEqual(
        floors[folder]!.filter((below) => !folders.slice(0, at).includes(below)),
        [],
        folder,
      );
    }
  });

  it('is built by its plan: no import runs back up', () => {
    const wrong = [...imports].flatMap(([file, others]) => {
      const folder = folderOf(file);
      const below = new Set(floors[folder] ?? folders).add(folder);
      return others.filter((other) => !below.has(folderOf(other))).map((other) => `${file} → ${other}`);
    });
    assert.deepEqual(wrong, []);
  });

  it('has no circle of folders, nor of files', () => {
    const byFolder = new Map<string, string[]>();
    for (const [file, others] of imports) {
      const folder = folderOf(file);
      const away = others.map(folderOf).filter((other) => other !== folder);
      byFolder.set(folder, [...(byFolder.get(folder) ?? []), ...away]);
    }
    assert.deepEqual(circles(byFolder), []);
    assert.deepEqual(circles(imports), []);
  });

  it('gives each exported name one meaning', () => {
    const places = new Map<string, Set<string>>();
    for (const file of imports.keys()) {
      const source = readFileSync(join(lib, file), 'utf8');
      for (const [, name = ''] of source.matchAll(exported)) {
        places.set(name, (places.get(name) ?? new Set()).add(file));
      }
    }
    assert.ok(places.size > 500);
    const double = [...places]
      .filter(([name, files]) => files.size > 1 && !sharedNames.has(name) && !files.has('cli/tables.ts'))
      .map(([name, files]) => `${name}: ${[...files].join(', ')}`);
    assert.deepEqual(double, []);
  });

  it('would say of a circle what it is made of', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['b']],
      ['d', []],
    ]);
    assert.deepEqual(circles(graph), ['b → c → b']);
  });
});
