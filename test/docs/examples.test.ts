// Each main export has an example in its doc comment, and every example compiles against what ships.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { conformMethod } from '../../lib/conformance/index.js';
import { defineMethod, type MethodDefinition } from '../../lib/methods/index.js';
import { blocks, readText, root } from './blocks.js';
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

  it('define a method in which conformance finds nothing', async () => {
    const sample = declarations.find(({ name }) => name === 'defineMethod');
    const file = join(folder, 'sample.ts');
    writeFileSync(file, sample!.example!.replace('const method', 'export const method'));
    await compile([file]);
    const { method } = (await import(pathToFileURL(file.replace(/ts$/u, 'js')).href)) as {
      method: MethodDefinition;
    };
    // The other side of the example: content with its own octets.
    const echoed = defineMethod({
      type: method.type,
      name: method.name,
      authenticator: {
        beginSession() {
          let isSuccess = false;
          let packet = Buffer.alloc(0);
          return {
            sendPacket(id) {
              packet = Buffer.from([1, id, 0, 9, method.type.type, 1, 2, 3, 4]);
              return { packet };
            },
            receivePacket(response) {
              isSuccess =
                response[0] === 2 && packet.length > 0 && packet.subarray(1).equals(response.subarray(1));
              return isSuccess ? 'result' : 'discard';
            },
            getResult: () => ({ isSuccess, failureReasonCode: isSuccess ? 0 : 0x80420014, attributes: [] }),
            end() {},
          };
        },
      },
    });
    await assertNothingFound([method, echoed], 'alice');
  });

  // Of the guide’s other method the guide itself has the command.
  it('have beside them the guide’s method with fields, in which conformance finds nothing', async () => {
    const textOf = (name: string): string =>
      blocks.find(({ marker }) => marker?.kind === 'run' && marker.settings.get('as') === name)?.text ?? '';
    const files = ['method.ts', 'fields.ts'].map((name) => join(folder, name));
    writeFileSync(files[0]!, textOf('method.ts'));
    const [definition = ''] = textOf('fields.ts').split('\nawait using ');
    writeFileSync(files[1]!, definition.replace('const withFields', 'export const withFields'));
    await compile(files);
    const { withFields } = (await import(pathToFileURL(join(folder, 'fields.js')).href)) as {
      withFields: MethodDefinition;
    };
    await assertNothingFound([withFields], 'correct horse');
  });

  async function assertNothingFound(methods: readonly MethodDefinition[], user: string): Promise<void> {
    const results = await conformMethod({ methods, credentials: Buffer.from(user) });
    const passed = results.filter(({ verdict }) => verdict === 'passed');
    assert.ok(passed.length > 60, `${passed.length} cases apply`);
    const isHealthy = ({ verdict }: { verdict: string }): boolean =>
      ['passed', 'notApplicable'].includes(verdict);
    assert.deepEqual(
      results.filter((each) => !isHealthy(each)).map(({ id, reason }) => `${id}: ${reason}`),
      [],
    );
  }
});
