// Each main export has an example in its doc comment, and every example compiles against what ships.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readText, root } from './blocks.js';
import { compile } from './workshop.js';

/** The main exports: functions and constants, and members by their class. */
const main = [
  'openEapHost EapHost.beginSession Configuration.configFromXml Session.authenticate useBinary',
  'defineMethod mschapv2Peer mschapv2Authenticator peapPeer peapAuthenticator tlsPeer makeTestAuthority',
  'RadiusClient RadiusServer.listen RadiusWorkers.listen radiusTransport profiles converse PeerMethod.load AuthenticatorMethod.load',
  'serveMethods registerMethod serveRegistered listMethods openWiredSupplicant openEthernetLink',
].flatMap((line) => line.split(' '));

/** What an example may use without declaring it. */
const given = `import type * as supplicant from 'eaphost';
import type { MethodDefinition } from 'eaphost/methods';
declare global {
  const eaphost: supplicant.EapHost, session: supplicant.Session;
  const method: MethodDefinition, credentials: Buffer;
  /** Certificates and a key in PEM. */
  const ca: string, cert: string, key: string;
}
`;

interface Documented {
  /** `Class.member`, or the name of what is not in a class. */
  readonly name: string;
  readonly example: string | undefined;
}

/** The documented declarations of a source. */
function declarationsOf(text: string): Documented[] {
  let owner = '';
  const declaration =
    /^( *)\/\*\*((?:(?!\*\/)[^])*)\*\/\s+(?:(?:export|abstract|static|async|function|class|const) )*(\w+)|^export (?:abstract )?class (\w+)/gmu;
  return [...text.matchAll(declaration)].map(([whole, indent, doc = '', name = '', plain]) => {
    const isMember = indent !== undefined && indent !== '';
    if (!isMember && /\bclass \w+$/u.test(whole)) owner = plain ?? name;
    const example = /@example\s+```ts\n([^]*?)```/u.exec(doc.replaceAll(/^ *\* ?/gmu, ''))?.[1];
    return { name: isMember ? `${owner}.${name}` : (plain ?? name), example };
  });
}

describe('The examples in doc comments', function () {
  this.timeout(120_000);
  const folder = join(root, 'build', 'documents', 'examples');
  const declarations = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => declarationsOf(readText(join('lib', name))));

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const name of main) {
    it(`show ${name}`, () => {
      const found = declarations.filter((each) => each.name === name && each.example !== undefined);
      assert.equal(found.length, 1, `${name} has no @example`);
    });
  }

  it('compile', async () => {
    mkdirSync(folder, { recursive: true });
    const files = declarations
      .filter(({ example }) => example !== undefined)
      .map(({ name, example = '' }) => {
        const file = join(folder, `${name}.ts`);
        writeFileSync(file, `${example}export {};\n`);
        return file;
      });
    const context = join(folder, 'given.d.ts');
    writeFileSync(context, given);
    await compile([...files, context]);
  });
});
