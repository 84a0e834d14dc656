// `eaphost conform method` as a process, of a module with a method in TypeScript: right ones, one that crashes, one that
// hangs, and what it cannot make sense of.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eaphost, type Outcome } from '../cli/support.js';
import { alice, pairPath, server as pairServer } from '../method-dlls/support.js';
import { libraryPath } from '../supplicant/support.js';

const lib = new URL('../../lib/methods/index.js', import.meta.url).href;
const xmlSubject = new URL('xml-subject.js', import.meta.url).href;

const good = `
import { md5Authenticator, memoryUsers } from '${lib}';
export const method = md5Authenticator({ users: memoryUsers({ alice: 'tiger' }) });
`;
/** A peer that does something else with some packets. */
const bent = (where: string) => `
import { method as good } from './good.mjs';
console.log('a module may print');
export const method = {
  ...good,
  peer: {
    ...good.peer,
    async beginSession(begin) {
      const session = await good.peer.beginSession(begin);
      return {
        processRequest(packet) { ${where} return session.processRequest(packet); },
        getResult: (reason) => session.getResult(reason),
        end: () => session.end(),
      };
    },
  },
};
`;

describe('eaphost conform method, of modules', function () {
  this.timeout(240_000);
  let folder: string;
  /** Under way from the beginning: it takes long, and waits. */
  let hung: Promise<Outcome>;
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-conform-method-'));
    file('good.mjs', good);
    file('password', 'tiger\n');
    file('hang.mjs', bent('if (packet.length === 5) for (;;);'));
    hung = conform('hang.mjs', ...user(), '--only', '*-type-alone', '--timeout', '120');
    hung.catch(() => undefined);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const user = (): string[] => ['--identity', 'alice', '--password-file', join(folder, 'password')];
  const conform = (name: string, ...more: readonly string[]): Promise<Outcome> =>
    eaphost(['conform', 'method', join(folder, name), ...more]);

  it('finds nothing wrong with a right one', async () => {
    const { code, stdout, stderr } = await conform('good.mjs', ...user());
    assert.deepEqual([code, stderr], [0, ''], stdout);
    assert.match(stdout, /^.*good\.mjs: MD5-Challenge, peer and authenticator$/mu);
    assert.match(stdout, /^passed {3}windows-EapPeerSetCredentials-in-place-of-user-blob {2}SHOULD$/mu);
    const [, passed] =
      /^\d+ cases: (\d+) passed, 0 failed, \d+ not applicable, 0 inconclusive$/mu.exec(stdout) ?? [];
    assert.ok(Number(passed) > 90, stdout);
  });

  it('fails the case in which one ends its process, and goes on', async () => {
    file('package.json', '{ "name": "crasher", "version": "1.2.3", "type": "module" }');
    file('crash.mjs', bent('if (packet.length > 1400) process.exit(3);'));
    const only = ['--only', '*Peer*-1500-octets', '--only', '*PeerGetIdentity*', '--concurrency', '1'];
    const junit = join(folder, 'junit.xml');
    const { code, stdout } = await conform('crash.mjs', ...user(), ...only, '--junit', junit);
    assert.equal(code, 1, stdout);
    // What was tried.
    const properties = readFileSync(junit, 'utf8').matchAll(/<property name="(.+?)" value="(.+?)"\/>/gu);
    const tried = Object.fromEntries([...properties].map(([, name = '', value]) => [name, value]));
    assert.deepEqual(
      [tried['subject'], tried['version'], tried['method'], tried['user']],
      [`method ${join(folder, 'crash.mjs')}`, 'crasher 1.2.3', 'MD5-Challenge', 'alice'],
    );
    assert.match(tried['host'] ?? '', /^Node \d+\.\S+, \w+ \S+/u);
    assert.match(stdout, /^FAILED {3}windows-EapPeerProcessRequestPacket-1500-octets {2}MUST$/mu);
    assert.match(stdout, /; instead the process of the method ended: exit code 3$/mu);
    assert.match(stdout, /, 1 failed, 0 not applicable, 0 inconclusive$/mu);
    assert.doesNotMatch(stdout, /may print/u);
  });

  it('fails the case in which one keeps its thread', async () => {
    const { code, stdout } = await hung;
    assert.equal(code, 1, stdout);
    assert.match(stdout, /; instead the method has kept JavaScript's thread for 10 seconds$/mu);
  });

  it('takes the authenticator of another module, and one method of several', async () => {
    file('peer.mjs', `import { md5, mschapv2 } from '${lib}'; export const methods = [mschapv2, md5];`);
    const both = ['--authenticator', join(folder, 'good.mjs'), ...user(), '--only', 'rfc3748-4*'];
    const { code, stdout, stderr } = await conform('peer.mjs', ...both, '--type', '4');
    assert.deepEqual([code, stderr], [0, ''], stdout);
    assert.match(stdout, /: MD5-Challenge, peer and authenticator$/mu);
    const undecided = await conform('peer.mjs', ...both);
    assert.equal(undecided.code, 2);
    assert.match(undecided.stderr, /there are methods of several types; choose one with --type: .*26.*4/u);
  });

  it('makes a user blob of XML', async () => {
    file('xml.mjs', `import { xmlTarget } from '${xmlSubject}'; export const { methods } = xmlTarget({});`);
    const xml = file(
      'user.xml',
      '<a xmlns="urn:eaphost:test:xml"><User>alice</User><Password>tiger</Password></a>',
    );
    const { code, stdout, stderr } = await conform(
      'xml.mjs',
      '--user',
      xml,
      '--only',
      '*2*Xml*',
      '--only',
      '*Xml2*',
    );
    assert.deepEqual([code, stderr], [0, ''], stdout);
    assert.match(stdout, /^passed {3}windows-EapPeerCredentialsXml2Blob-conversation {2}SHOULD$/mu);
    assert.match(stdout, / 0 not applicable, 0 inconclusive$/mu);
    const without = await conform('good.mjs', '--user', xml);
    assert.equal(without.code, 2);
    assert.match(without.stderr, /the method has no credentialsXmlToBlob/u);
  });

  it('gives a DLL the name and the password', async () => {
    const blobs = ['--user', file('user', alice), '--server-config', file('config', pairServer)];
    const type = ['--type', '254/99999/3', '--author', '99999'];
    const only = ['--only', '*SetCredentials*', '--only', '*GetInfo-other-type'];
    const { code, stdout } = await eaphost([
      'conform',
      'method',
      pairPath,
      ...type,
      ...blobs,
      ...user(),
      ...only,
    ]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^5 cases: 5 passed/mu);
  });

  it('gives a DLL flags, and the answer of its user', async () => {
    const asking = file('asking', 'ui=1');
    const both = ['--config', asking, '--server-config', file('asked', `${pairServer.toString()};ui=1`)];
    const type = ['--type', '254/99999/3', '--author', '99999', '--user', file('user', alice)];
    const tried = (...more: readonly string[]): Promise<Outcome> =>
      eaphost(['conform', 'method', pairPath, ...type, ...both, '--only', '*-success-with-keys', ...more]);
    const [yes, no, suppressed, wrong] = await Promise.all([
      tried('--ui-answer', file('yes', 'answer=yes')),
      tried('--ui-answer', file('no', 'answer=no')),
      tried('--ui-answer', file('no', 'answer=no'), '--flags', 'suppressUi'),
      tried('--flags', 'suppressUI'),
    ]);
    assert.deepEqual(
      [yes.code, no.code, suppressed.code, wrong.code],
      [0, 2, 0, 2],
      yes.stderr + suppressed.stderr,
    );
    assert.match(wrong.stderr, /--flags: there is no suppressUI/u);
  });

  it('tries a DLL that asks its user by a dialog alone in what needs no answer', async () => {
    const dll = libraryPath('pairmethod-without-EapPeerQueryUIBlobFromInteractiveUIInputFields');
    const both = ['--config', file('asking', 'ui=1'), '--server-config', file('config', pairServer)];
    const type = ['--type', '254/99999/3', '--author', '99999', '--user', file('user', alice)];
    const only = ['--only', '*GetIdentity-again', '--only', '*-success-with-keys'];
    const { code, stdout, stderr } = await eaphost(['conform', 'method', dll, ...type, ...both, ...only]);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stderr, /no whole conversation can be tried: the method asks its user, by a dialog alone/u);
    assert.match(stdout, /^passed {3}windows-EapPeerGetIdentity-again {2}SHOULD$/mu);
    assert.match(stdout, /^n\/a {6}windows-EapPeerGetResult-success-with-keys {2}.*--ui-answer$/mu);
  });

  /** Tries nothing, says why, and what to do. */
  function assertNotTried({ code, stdout, stderr }: Outcome, why: RegExp, toDo: RegExp): void {
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, why);
    assert.match(stderr, toDo);
  }

  it('tries no case of a module without a usable user, or whose two sides do not succeed', async () => {
    file('crash-always.mjs', bent('process.exit(3);'));
    file('lion', 'lion\n');
    const lion = ['--identity', 'alice', '--password-file', join(folder, 'lion')];
    const failing = /^eaphost conform: the two sides of the method do not succeed with each other: /mu;
    const needsUser = /^ {2}to do: cases need a user: give a blob or XML with --user/mu;
    const wrongUser = /^ {2}to do: cases need a user whom its authenticator accepts/mu;
    assertNotTried(await conform('good.mjs'), failing, needsUser);
    assertNotTried(await conform('good.mjs', ...lion), failing, wrongUser);
    assertNotTried(
      await conform('crash-always.mjs', ...user()),
      /: the process of the method ended: exit code 3$/mu,
      wrongUser,
    );
  });

  it('tries no case of a DLL without a usable user, or that cannot be loaded', async () => {
    const type = ['--type', '254/99999/3', '--author', '99999'];
    const config = ['--server-config', file('config', pairServer)];
    const dll = (path: string, ...more: readonly string[]): Promise<Outcome> =>
      eaphost(['conform', 'method', path, ...type, ...config, ...more]);
    const failing = /the two sides of the method do not succeed with each other: /u;
    const known = ['--user', file('alice', alice)];
    const stranger = ['--user', file('mallory', 'identity=alice;password=lion')];
    assertNotTried(await dll(pairPath), failing, /to do: cases need a user: /u);
    assertNotTried(await dll(pairPath, ...stranger), failing, /to do: cases need a user whom/u);
    const none = join(folder, 'none.dll');
    assertNotTried(await dll(none, ...known), /none\.dll/u, /to do: check the path/u);
    assertNotTried(
      await dll(pairPath, ...known, '--authenticator', none),
      /none\.dll/u,
      /to do: check the path/u,
    );
    const other = await eaphost(['conform', 'method', pairPath, '--type', '26']);
    assertNotTried(other, /has no such method: .*ERROR_NOT_SUPPORTED/u, /try: eaphost conform --help/u);
    const text = await dll(file('text.dll', 'no library'), ...known);
    assertNotTried(text, /text\.dll/u, /to do: /u);
  });

  it('tries a DLL that has one side alone in what that side can be tried in', async () => {
    const type = ['--type', '254/99999/3', '--author', '99999', '--user', file('alice', alice)];
    const dll = libraryPath('pairmethod-without-EapMethodAuthenticatorGetInfo');
    const only = ['--only', '*GetIdentity-again', '--only', '*BeginSession-again'];
    const { code, stdout, stderr } = await eaphost(['conform', 'method', dll, ...type, ...only]);
    assert.equal(code, 0, stdout);
    assert.match(stderr, /no authenticator exports: it has no EapMethodAuthenticatorGetInfo/u);
    assert.match(stdout, /^passed {3}windows-EapPeerGetIdentity-again {2}SHOULD$/mu);
    assert.match(
      stdout,
      /^n\/a {6}windows-EapPeerBeginSession-again {2}SHOULD {2}the method has no authenticator side$/mu,
    );
  });

  it('takes a module in TypeScript where Node does, and says what to do where not', async () => {
    file('good.mts', good);
    const { code, stdout, stderr } = await conform('good.mts', ...user(), '--only', '*GetIdentity-again');
    if ((process.features as { typescript?: unknown }).typescript) {
      assert.equal(code, 0, stdout + stderr);
    } else {
      assert.equal(code, 2, stdout);
      assert.match(
        stderr,
        /good\.mts cannot be loaded: Node [\d.]+ reads no TypeScript; compile it, .* Node 22\.18 or newer/u,
      );
    }
  });

  it('refuses what makes no sense', async () => {
    file('empty.mjs', 'export const nothing = 1;');
    file('broken.mjs', 'throw new Error("it breaks");');
    for (const [args, sentence] of [
      [['none.mjs'], /none\.mjs cannot be loaded/u],
      [['broken.mjs'], /broken\.mjs cannot be loaded: .*it breaks/u],
      [['empty.mjs'], /empty\.mjs exports no method/u],
      [['good.mjs', '--type', '26'], /there is no method of the type of --type/u],
      [['good.mjs', '--identity', 'alice'], /--identity and --password-file go together/u],
      [['good.mjs', '--authenticator', 'other.dll'], /--authenticator must be what the method is/u],
    ] as const) {
      const [name, ...more] = args;
      const { code, stderr } = await conform(name, ...more);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, sentence, args.join(' '));
    }
  });
});
