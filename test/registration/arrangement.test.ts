// The whole arrangement, on Windows: a method in the machine's registry, found there by a host's run-time, whose shim
// reads the registry too and reaches a Node process of its own that serves it. And attackers in between.

import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { begun } from '../../lib/base/child-process.js';
import { openEapHost, type EapHost, type FullMethodType } from '../../lib/index.js';
import { AuthenticatorMethod, converse, PeerMethod } from '../../lib/method-dlls/index.js';
import { encodeCredentials, md5Authenticator, memoryUsers } from '../../lib/methods/index.js';
import {
  isServed,
  listMethods,
  registerMethod,
  serveRegistered,
  unregisterMethod,
} from '../../lib/registration/index.js';
import { callWindows, windowsRegistry } from '../../lib/native/registry.js';
import { methodKey, methodsKey } from '../../lib/eap/registry-keys.js';
import { shimValues } from '../../lib/registration/keys.js';
import { thisMachine } from '../../lib/registration/machine.js';
import { AuthenticatorLink } from '../supplicant/authenticator-link.js';
import { hasCode } from '../supplicant/support.js';
import { faultyMachine } from './fake-machine.js';
import { method } from './method-service.js';

const users = memoryUsers({ alice: 'correct horse' });
const credentials = encodeCredentials({ username: 'alice', password: 'correct horse' });
/** A folder that everybody may write to: /tmp under Wine, else Windows' own public one. */
const publicFolder = existsSync('Z:\\tmp') ? 'Z:\\tmp' : (process.env['PUBLIC'] ?? 'C:\\Users\\Public');

const type: FullMethodType = { type: 4, vendorId: 0, vendorType: 0, authorId: 67_532 };
const programs = process.env['ProgramFiles'] ?? 'C:\\';
const prefix = 'eaphost-test-';

/** The keys and values below a key, by path. */
async function tree(path: string): Promise<Record<string, unknown>> {
  const key = await windowsRegistry.read(path);
  if (key === undefined) return {};
  const below = await Promise.all(key.keys.map((name) => tree(`${path}\\${name}`)));
  return Object.assign({ [path]: Object.fromEntries(key.values) }, ...below);
}

function start(script: string, ...args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return begun(() => fork(path, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }));
}

/** A process of a script, once it has said something; ended after the test. */
async function running(
  children: ChildProcess[],
  script: string,
  ...args: readonly string[]
): Promise<ChildProcess> {
  const child = start(script, ...args);
  children.push(child);
  const exited = once(child, 'exit').then(([code]) => assert.fail(`${script} ended with ${String(code)}`));
  await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => undefined);
  return child;
}

async function identityOn(host: EapHost): Promise<string | undefined> {
  return (await host.getIdentity({ method: method.type, credentials })).identity;
}

if (process.platform === 'win32') {
  describe('a registered method', () => {
    const children: ChildProcess[] = [];
    let directory: string;
    before(() => {
      for (const name of readdirSync(programs).filter((each) => each.startsWith(prefix))) {
        rmSync(join(programs, name), { recursive: true });
      }
    });
    beforeEach(() => {
      directory = mkdtempSync(join(programs, prefix));
    });
    afterEach(async () => {
      for (const child of children.splice(0)) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const exited = once(child, 'exit');
        // One that was killed hangs up before its exit is told.
        if (child.connected) child.disconnect();
        await exited;
      }
      if ((await windowsRegistry.read(methodKey(type))) === undefined) return;
      // A run-time of this process may have loaded the DLL, and then it stays until the process ends.
      const { leftover } = await unregisterMethod(method.type);
      if (leftover === undefined) assert.deepEqual(readdirSync(directory), []);
      else assert.ok(existsSync(leftover));
    });

    it('authenticates a user from another process, again and again', async () => {
      await registerMethod({ method, directory, authorName: 'Tests' });
      await running(children, 'method-service.js', '--serve');
      await using host = await openEapHost({ runtime: 'embedded' });
      for (let round = 0; round < 3; ++round) {
        await using session = await host.beginSession({ method: method.type, credentials });
        const link = new AuthenticatorLink(md5Authenticator({ users }).authenticator);
        const result = await session.authenticate(link, { timeoutMs: 30_000 });
        assert.equal(result.isSuccess, true);
        assert.equal(link.result?.isSuccess, true);
      }
    });

    it('is driven by its type alone, peer and authenticator', async () => {
      await registerMethod({ method, directory });
      await running(children, 'method-service.js', '--serve');
      await using peer = await PeerMethod.load({ type });
      await using authenticator = await AuthenticatorMethod.load({ type });
      const { outcome, transcript } = await converse(peer, authenticator, { peer: { credentials } });
      assert.equal(outcome, 'success');
      assert.ok(transcript.length >= 4);
      const wrong = encodeCredentials({ username: 'alice', password: 'wrong' });
      const refused = await converse(peer, authenticator, { peer: { credentials: wrong } });
      assert.equal(refused.outcome, 'failure');
    });

    it('fails at once while nobody serves it, and works when somebody does again', async () => {
      await registerMethod({ method, directory });
      assert.equal(await isServed(method.type), false);
      await using host = await openEapHost({ runtime: 'embedded' });
      await assert.rejects(identityOn(host), (error) => hasCode(error, 'ERROR_CONNECTION_REFUSED'));
      for (let round = 0; round < 2; ++round) {
        const service = await running(children, 'method-service.js', '--serve');
        assert.equal(await isServed(method.type), true);
        assert.equal(await identityOn(host), 'alice');
        const exited = once(service, 'exit');
        service.kill();
        await exited;
        await assert.rejects(identityOn(host), (error) => hasCode(error, 'ERROR_CONNECTION_REFUSED'));
      }
    });

    it('is listed with its DLL, and is gone when it was taken out', async () => {
      const before = await tree(methodsKey);
      const { dllPath, pipe, owner } = await registerMethod({ method, directory, authorName: 'Tests' });
      const { methods } = await listMethods();
      const listed = methods.find((each) => each.type.authorId === type.authorId);
      assert.deepEqual(listed?.peerDll, { path: dllPath, exists: true, signature: 'unsigned' });
      assert.deepEqual(listed?.served, { pipe, owner });
      assert.equal(listed?.authorName, 'Tests');
      assert.equal((await unregisterMethod(method.type)).leftover, undefined);
      assert.deepEqual(await tree(methodsKey), before);
      assert.deepEqual(readdirSync(directory), []);
    });

    it('leaves no trace when a step of its registration fails', async () => {
      const before = await tree(methodsKey);
      const counting = faultyMachine(0);
      await registerMethod({ method, directory, authorName: 'Tests' }, counting.machine);
      await unregisterMethod(method.type);
      for (let at = 1; at <= counting.changes(); ++at) {
        const { machine } = faultyMachine(at);
        await assert.rejects(registerMethod({ method, directory, authorName: 'Tests' }, machine), (error) =>
          hasCode(error, 'ERROR_ACCESS_DENIED'),
        );
        assert.deepEqual(await tree(methodsKey), before, `step ${at}`);
        assert.deepEqual(readdirSync(directory), [], `step ${at}`);
      }
    });

    it('is not registered from a folder that others may change', async () => {
      await assert.rejects(registerMethod({ method, directory: publicFolder }), (error) =>
        hasCode(error, 'EAPHOST_UNSAFE_FOLDER'),
      );
      assert.deepEqual(await thisMachine.findIntruders(directory), []);
      // What this user owns is no place for what SYSTEM runs.
      const user = await thisMachine.currentUser();
      const intruders = await callWindows('findIntruders', { path: directory, trustsUser: false });
      assert.ok(intruders.some(({ sid }) => sid === user));
    });

    it('tells nothing to a squatter who had the pipe first, and is not served beside him', async () => {
      const { pipe } = await registerMethod({ method, directory });
      const squatter = await running(children, 'squatter.js', pipe);
      await using host = await openEapHost({ runtime: 'embedded' });
      await assert.rejects(identityOn(host), (error) => hasCode(error, 'ERROR_ACCESS_DENIED'));
      await assert.rejects(serveRegistered([method]), (error) => hasCode(error, 'EAPHOST_ADDRESS_TAKEN'));
      squatter.send('?');
      const [octets]: unknown[] = await once(squatter, 'message');
      assert.equal(octets, 0);
    });

    it('tells nothing to a server of another user than the registered one', async () => {
      const { key, owner } = await registerMethod({ method, directory });
      const service = await running(children, 'method-service.js', '--serve');
      await windowsRegistry.setValue(key, shimValues.owner, { kind: 'text', text: 'S-1-5-19' });
      await using host = await openEapHost({ runtime: 'embedded' });
      await assert.rejects(identityOn(host), (error) => hasCode(error, 'ERROR_ACCESS_DENIED'));
      await windowsRegistry.setValue(key, shimValues.owner, { kind: 'text', text: owner });
      assert.equal(await identityOn(host), 'alice');
      service.kill();
    });

    it('is served once', async () => {
      await registerMethod({ method, directory });
      await using server = await serveRegistered([method]);
      assert.deepEqual(server.types, [type]);
      await assert.rejects(serveRegistered([method]), (error) => hasCode(error, 'EAPHOST_ADDRESS_TAKEN'));
      await server.close();
      await using next = await serveRegistered([method]);
      assert.equal(next.connections, 0);
    });
  });
}
