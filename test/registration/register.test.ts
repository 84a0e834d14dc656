// Registration on a machine in memory: what is written, what is refused, and that a failure at any step leaves nothing.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import type { MethodDefinition } from '../../lib/methods/index.js';
import { shimValues } from '../../lib/registration/keys.js';
import { listMethods } from '../../lib/registration/list.js';
import { registerMethod, unregisterMethod } from '../../lib/registration/register.js';
import { isServed, serveRegistered } from '../../lib/registration/serve.js';
import { nativeFile } from '../../lib/registration/machine.js';
import { hasCode } from '../supplicant/support.js';
import { scriptedPeer, untyped } from '../shim-server/script-peer.js';
import { FakeMachine } from './fake-machine.js';

const directory = join(process.cwd(), 'eap');
const methods = 'SYSTEM\\CurrentControlSet\\Services\\EapHost\\Methods';
const authenticator = {
  beginSession: () => {
    throw new Error('not begun here');
  },
};
const peer: MethodDefinition = { ...scriptedPeer().definition, properties: 0x280000 };
const both: MethodDefinition = {
  ...peer,
  type: { type: 254, vendorId: 14_122, vendorType: 7, authorId: 67_532 },
  authenticator,
};

function refuses(work: Promise<unknown>, code: string): Promise<void> {
  return assert.rejects(work, (error) => hasCode(error, code));
}

describe('registration', () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
  });

  it('writes what EAPHost reads of a peer, and the path of its DLL last', async () => {
    const order: string[] = [];
    machine.onSetValue = (name) => order.push(name);
    const { dllPath, key, pipe, owner } = await registerMethod(
      { method: peer, directory, authorName: 'Example' },
      machine,
    );
    assert.equal(key, `${methods}\\67532\\4`);
    assert.equal(dllPath, join(directory, 'eapshim-67532-4.dll'));
    assert.equal(owner, 'S-1-5-21-1-2-3-1001');
    assert.match(pipe, /^\\\\\.\\pipe\\eaphost-67532-4-[0-9a-f]{32}$/u);
    const { values, files } = machine.snapshot();
    assert.deepEqual(files, [dllPath]);
    const { [`${key}|EapShimEndpoint`]: endpoint, ...rest } = values;
    assert.ok(endpoint instanceof Object && 'text' in endpoint && typeof endpoint.text === 'string');
    assert.ok(endpoint.text.startsWith(`${pipe}#`));
    assert.match(endpoint.text, /#[0-9a-f]{64}$/u);
    const path = { kind: 'expandable', text: dllPath };
    assert.deepEqual(rest, {
      [`${methods}\\67532|`]: { kind: 'text', text: 'Example' },
      [`${key}|EapShimOwner`]: { kind: 'text', text: owner },
      [`${key}|Properties`]: { kind: 'number', number: 0x280000 },
      [`${key}|PeerFriendlyName`]: { kind: 'text', text: 'Scripted' },
      [`${key}|PeerInvokeUsernameDialog`]: { kind: 'number', number: 0 },
      [`${key}|PeerInvokePasswordDialog`]: { kind: 'number', number: 0 },
      [`${key}|PeerConfigUIPath`]: path,
      [`${key}|PeerIdentityPath`]: path,
      [`${key}|PeerInteractiveUIPath`]: path,
      [`${key}|PeerDllPath`]: path,
    });
    assert.equal(order.at(-1), 'PeerDllPath');
  });

  it('writes an authenticator beside its peer, and expanded types below their vendor', async () => {
    const { key, dllPath } = await registerMethod({ method: both, directory, owner: 'S-1-5-18' }, machine);
    assert.equal(key, `${methods}\\67532\\254\\14122\\7`);
    assert.equal(dllPath, join(directory, 'eapshim-67532-254-14122-7.dll'));
    const { values } = machine.snapshot();
    assert.deepEqual(values[`${key}|AuthenticatorDllPath`], { kind: 'expandable', text: dllPath });
    assert.deepEqual(values[`${key}|AuthenticatorFriendlyName`], { kind: 'text', text: 'Scripted' });
    assert.deepEqual(values[`${key}|EapShimOwner`], { kind: 'text', text: 'S-1-5-18' });
    assert.ok(`${key}|PeerDllPath` in values);
  });

  it('writes nothing of a peer for an authenticator alone', async () => {
    const { type, name, properties } = both;
    await registerMethod({ method: { type, name, properties, authenticator }, directory }, machine);
    assert.deepEqual(
      Object.keys(machine.snapshot().values).filter((value) => value.includes('|Peer')),
      [],
    );
  });

  it('needs an administrator, and says so before it touches anything', async () => {
    machine.elevated = false;
    await refuses(registerMethod({ method: peer, directory }, machine), 'EAPHOST_ELEVATION_REQUIRED');
    await refuses(unregisterMethod(peer.type, machine), 'EAPHOST_ELEVATION_REQUIRED');
    assert.equal(machine.changes, 0);
  });

  it('refuses a folder that others may change, and says whose', async () => {
    machine.intruders = [{ path: directory, sid: 'S-1-5-32-545', isOwner: false, rights: 2 }];
    await assert.rejects(
      registerMethod({ method: peer, directory }, machine),
      (error) => hasCode(error, 'EAPHOST_UNSAFE_FOLDER') && error.message.includes('S-1-5-32-545'),
    );
    assert.equal(machine.changes, 0);
  });

  it('refuses a second registration, and leaves the first', async () => {
    await registerMethod({ method: peer, directory }, machine);
    const before = machine.snapshot();
    await refuses(registerMethod({ method: peer, directory }, machine), 'EAPHOST_REGISTRATION');
    assert.deepEqual(machine.snapshot(), before);
  });

  it('refuses to take out what is not there, or not of this package', async () => {
    await refuses(unregisterMethod(peer.type, machine), 'EAPHOST_REGISTRATION');
    const key = `${methods}\\67532\\4`;
    await machine.createKey(key);
    await machine.setValue(key, 'PeerDllPath', { kind: 'text', text: 'x.dll' });
    const before = machine.snapshot();
    await refuses(unregisterMethod(peer.type, machine), 'EAPHOST_REGISTRATION');
    await refuses(registerMethod({ method: peer, directory }, machine), 'EAPHOST_REGISTRATION');
    assert.deepEqual(machine.snapshot(), before);
  });

  it('takes out all that it put in, and no more', async () => {
    await machine.createKey(`${methods}\\311\\18`);
    const before = machine.snapshot();
    await registerMethod({ method: both, directory, authorName: 'Example' }, machine);
    await registerMethod({ method: peer, directory }, machine);
    assert.equal((await unregisterMethod(both.type, machine)).leftover, undefined);
    assert.ok(`${methods}\\67532|` in machine.snapshot().values, 'the author has a method left');
    await unregisterMethod(peer.type, machine);
    assert.deepEqual(machine.snapshot(), before);
  });

  it('keeps what others have put into the key of the method', async () => {
    const { key } = await registerMethod({ method: peer, directory }, machine);
    await machine.setValue(key, 'Theirs', { kind: 'number', number: 1 });
    await unregisterMethod(peer.type, machine);
    assert.deepEqual(Object.keys(machine.snapshot().values), [`${key}|Theirs`]);
  });

  it('says what is left of a DLL that is loaded', async () => {
    const { dllPath } = await registerMethod({ method: peer, directory }, machine);
    machine.loaded = true;
    const { leftover } = await unregisterMethod(peer.type, machine);
    assert.ok(leftover?.startsWith(`${dllPath}.`));
    assert.deepEqual(machine.snapshot().files, [leftover]);
    machine.loaded = false;
    await registerMethod({ method: peer, directory }, machine);
  });

  it('undoes everything when any step fails', async () => {
    const register = (on: FakeMachine) =>
      registerMethod({ method: both, directory, authorName: 'Example' }, on);
    const counted = new FakeMachine();
    await register(counted);
    assert.ok(counted.changes > 10);
    for (let at = 1; at <= counted.changes; ++at) {
      const each = new FakeMachine();
      await each.createKey(methods);
      each.changes = 0;
      const before = each.snapshot();
      each.fault = { at };
      await refuses(register(each), 'ERROR_ACCESS_DENIED');
      assert.deepEqual(each.snapshot(), before, `step ${at}`);
    }
  });

  it('undoes everything when any step of taking it out fails', async () => {
    const register = async (): Promise<FakeMachine> => {
      const each = new FakeMachine();
      await registerMethod({ method: both, directory, authorName: 'Example' }, each);
      each.changes = 0;
      return each;
    };
    const counted = await register();
    await unregisterMethod(both.type, counted);
    // The last change deletes the DLL under its new name, which may fail.
    for (let at = 1; at < counted.changes; ++at) {
      const each = await register();
      const before = each.snapshot();
      each.fault = { at };
      await refuses(unregisterMethod(both.type, each), 'ERROR_ACCESS_DENIED');
      assert.deepEqual(each.snapshot(), before, `step ${at}`);
    }
  });

  it('says so when it cannot undo', async () => {
    machine.fault = { at: 5, brokenUndo: true };
    await assert.rejects(registerMethod({ method: peer, directory }, machine), (error) => {
      assert.ok(hasCode(error, 'ERROR_ACCESS_DENIED'));
      assert.match(error.message, /Not everything that had been done could be undone: /u);
      return error.cause instanceof AggregateError && error.cause.errors.length > 0;
    });
  });

  it('serves only what is registered for this user', async () => {
    await refuses(serveRegistered([peer], {}, machine), 'EAPHOST_REGISTRATION');
    await registerMethod({ method: peer, directory, owner: 'S-1-5-18' }, machine);
    await assert.rejects(
      serveRegistered([peer], {}, machine),
      (error) => hasCode(error, 'EAPHOST_REGISTRATION') && error.message.includes('S-1-5-18'),
    );
  });

  it('is asked whether it is served where it is registered with an owner, for a time that is one', async () => {
    await refuses(isServed(peer.type, {}, machine), 'EAPHOST_REGISTRATION');
    const { key } = await registerMethod({ method: peer, directory }, machine);
    for (const timeout of [0, -1, 0.5, Number.NaN, Infinity, 2 ** 31]) {
      await assert.rejects(isServed(peer.type, { timeout }, machine), RangeError);
    }
    await machine.deleteValue(key, shimValues.owner);
    await refuses(isServed(peer.type, {}, machine), 'EAPHOST_REGISTRATION');
  });

  it('lists what is registered, beside what EAPHost says', async () => {
    const { dllPath, owner, pipe } = await registerMethod(
      { method: peer, directory, authorName: 'Example' },
      machine,
    );
    const inBox = { type: 13, vendorId: 0, vendorType: 0, authorId: 0 };
    const { methods: listed, eapHostError } = await listMethods(machine, async () => [
      { type: inBox, friendlyName: 'TLS', authorName: 'Microsoft', properties: ['mutualAuth'] },
    ]);
    assert.equal(eapHostError, undefined);
    assert.deepEqual(listed, [
      {
        type: { type: 4, vendorId: 0, vendorType: 0, authorId: 67_532 },
        friendlyName: 'Scripted',
        authorName: 'Example',
        properties: ['mppeEncryption', 'supportsConfig'],
        peerDll: { path: dllPath, exists: true, signature: 'unsigned' },
        authenticatorDll: undefined,
        registry: 'eaphost',
        inEapHost: false,
        served: { pipe, owner },
      },
      {
        type: inBox,
        friendlyName: 'TLS',
        authorName: 'Microsoft',
        properties: ['mutualAuth'],
        peerDll: undefined,
        authenticatorDll: undefined,
        registry: undefined,
        inEapHost: true,
        served: undefined,
      },
    ]);
  });

  for (const [what, options, message] of [
    ['no options', undefined, /method must be a method definition/u],
    ['no method', { directory }, /method must be a method definition/u],
    [
      'a method without sides',
      { method: { type: { type: 4 }, name: 'x', properties: 0 }, directory },
      /peer or an auth/u,
    ],
    ['a side that is none', { method: { ...peer, peer: 1 }, directory }, /method\.peer/u],
    ['a type out of bounds', { method: { ...peer, type: { type: 255 } }, directory }, /method\.type\.type/u],
    ['no author', { method: { ...peer, type: { type: 4 } }, directory }, /authorId/u],
    ['a relative folder', { method: peer, directory: 'eap' }, /directory must be an absolute path/u],
    ['an owner that is no SID', { method: peer, directory, owner: 'SYSTEM' }, /owner must be a SID/u],
    ['an empty author', { method: peer, directory, authorName: '' }, /authorName/u],
  ] as const) {
    it(`refuses ${what} before it touches anything`, async () => {
      await assert.rejects(registerMethod(untyped(options), machine), (error) => {
        assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
        assert.match(error.message, message);
        return true;
      });
      assert.equal(machine.changes, 0);
    });
  }
});

describe('The shim that is copied', () => {
  const folder = join('package', 'prebuilds', 'win32-x64');
  const all = () => true;
  const shim = (arch: string): string => join('package', 'prebuilds', `win32-${arch}`, 'eapshim.dll');

  it("is of the system's machine, not of an emulated process'", () => {
    assert.equal(nativeFile(folder, 0x8664, 'eapshim.dll', all, 'x64'), shim('x64'));
    assert.equal(nativeFile(folder, 0xaa64, 'eapshim.dll', all, 'x64'), shim('arm64'));
    assert.equal(nativeFile(folder, 0x8664, 'eapshim.dll', all, 'ia32'), shim('x64'));
    // A Windows that cannot be asked, and a build that lies elsewhere.
    assert.equal(nativeFile(folder, 0, 'eapshim.dll', all, 'x64'), shim('x64'));
    assert.equal(
      nativeFile('build', 0xaa64, 'eapshim.dll', () => false, 'arm64'),
      join('build', 'eapshim.dll'),
    );
  });

  it('is refused where the package has none of it, with the reason', () => {
    for (const [machine, name] of [
      [0xaa64, 'arm64'],
      [0x1234, '0x1234'],
    ] as const) {
      assert.throws(
        () => nativeFile(folder, machine, 'eapshim.dll', () => false, 'x64'),
        (error) => {
          assert.ok(hasCode(error, 'EAPHOST_NOT_SUPPORTED'));
          assert.match(
            error.message,
            new RegExp(`this process is x64, emulated on ${name}: EAPHost loads`, 'u'),
          );
          return true;
        },
      );
    }
  });
});
