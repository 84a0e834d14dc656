// All of EAPHost's functions: each that eaphost-abi.json has a prototype of has a row in the guide's tables, the
// member of the facade that the row names exists, and the doc comment that ships with it has the function's name.
// Which functions the suites call is measured by test/support/call-recorder.ts, and checked by scripts/functions.mjs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import * as eaphost from '../../lib/index.js';
import { EapHost } from '../../lib/supplicant/eaphost.js';
import { Session } from '../../lib/supplicant/session.js';

interface Abi {
  readonly functions: readonly { readonly name: string; readonly parameters: readonly object[] | null }[];
  readonly dll_exports: Readonly<Record<string, readonly string[]>>;
}

const read = (path: string): string =>
  readFileSync(new URL(path, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
const abi: Abi = JSON.parse(read('../../../native/abi/eaphost-abi.json'));
const withPrototype = new Set(
  abi.functions.filter(({ parameters }) => parameters !== null).map(({ name }) => name),
);

/** The guide's rows of a library: function and what is said of it, in their order. */
function rowsOf(dll: string): Map<string, string> {
  const [, table = ''] = read('../../../scripts/docs/guides/functions.md').split(`| function of ${dll} `);
  const rows = table.split('\n\n', 1)[0]?.matchAll(/^\| `(EapHostPeer\w+)`\s*\| (.*?)\s*\|$/gmu) ?? [];
  return new Map([...rows].map(([, name = '', said = '']) => [name, said]));
}

/** A member of the facade: whether it is there, and which files declare it. */
function memberOf(owner: string | undefined, name: string): { exists: boolean; files: readonly string[] } {
  if (owner === 'host') {
    return {
      exists: name in EapHost.prototype,
      files: ['supplicant/eaphost.d.ts', 'supplicant/configuration.d.ts'],
    };
  }
  if (owner === 'session') return { exists: name in Session.prototype, files: ['supplicant/session.d.ts'] };
  if (name === 'EapHost') return { exists: true, files: ['supplicant/eaphost.d.ts'] };
  return { exists: name in eaphost, files: ['supplicant/open.d.ts', 'base/errors.d.ts'] };
}

/** The doc comment before a declaration, as it ships. */
function docOf(name: string, files: readonly string[]): string | undefined {
  const declaration = new RegExp(
    String.raw`/\*\*((?:(?!\*/)[^])*)\*/\s*(?:(?:export|declare|class|function|async) )*${name}\b`,
    'u',
  );
  return files
    .map((file) => declaration.exec(read(`../../lib/${file}`))?.[1])
    .find((text) => text !== undefined);
}

for (const dll of ['eappprxy.dll', 'eappcfg.dll']) {
  describe(`Every function of ${dll}`, () => {
    const rows = rowsOf(dll);
    const exported = abi.dll_exports[dll] ?? [];

    it('has a row in the guide, and nothing else has', () => {
      assert.ok(exported.length > 0);
      assert.deepEqual([...rows.keys()].toSorted(), exported.toSorted());
    });

    for (const name of exported.filter((each) => withPrototype.has(each))) {
      it(`${name} is where the guide says, and its doc comment says so`, () => {
        const named = /`(?:(host|session)\.)?(\w+)(?:\(\))?`/u.exec(rows.get(name) ?? '');
        const [, owner, member = ''] = named ?? [];
        const { exists, files } = memberOf(owner, member);
        assert.ok(exists, `${member} is no member of the facade`);
        assert.match(docOf(member, files) ?? '', new RegExp(String.raw`\b${name}\b`, 'u'));
      });
    }

    for (const name of exported.filter((each) => !withPrototype.has(each))) {
      it(`${name}, which nobody knows how to call, is offered nowhere`, () => {
        assert.match(rows.get(name) ?? '', /^nowhere/u);
      });
    }
  });
}

describe('What is undocumented', () => {
  it('is marked so', () => {
    assert.match(docOf('getEncryptedPassword', ['supplicant/eaphost.d.ts']) ?? '', /[Uu]ndocumented/u);
  });
});
