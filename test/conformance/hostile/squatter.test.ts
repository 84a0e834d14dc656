// An attacker listens where a registered method's server should be. He is not believed, and is sent nothing unless he is
// the user whom the registration names. He knows the token: everybody can read it in the registry.

import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { begun } from '../../../lib/base/child-process.js';
import { loadNative } from '../../../lib/native/binary.js';
import { isNativeFailure } from '../../../lib/base/errors.js';
import { isServed } from '../../../lib/registration/index.js';
import { helloSize, writeHello } from '../../../lib/shim-server/frames.js';
import { methodKey } from '../../../lib/eap/registry-keys.js';
import { shimValues } from '../../../lib/registration/keys.js';
import { thisMachine } from '../../../lib/registration/machine.js';
import { FakeMachine } from '../../registration/fake-machine.js';
import { eventually } from '../../supplicant/support.js';

const isWindows = process.platform === 'win32';
const type = { type: 4, vendorId: 0, vendorType: 0, authorId: 67_532 };
const token = randomBytes(32);
const hello = writeHello(1, token);
/** Somebody else: NT AUTHORITY\LOCAL SERVICE. */
const localService = 'S-1-5-19';

/** `isServed` on Windows, for a registration that names `owner`; elsewhere what it asks the native side for. */
async function isBelieved(address: string, owner: string, timeout = 5000): Promise<boolean> {
  if (isWindows) {
    const machine = new FakeMachine();
    const key = methodKey(type);
    await machine.createKey(key);
    await machine.setValue(key, shimValues.owner, { kind: 'text', text: owner });
    const endpoint = `${address}#${token.toString('hex')}`;
    await machine.setValue(key, shimValues.endpoint, { kind: 'text', text: endpoint });
    return isServed(type, { timeout }, machine);
  }
  const asked = loadNative().system('greetServer', { address, owner: '', token, timeout });
  return asked.then(
    () => true,
    (error: unknown) => {
      assert.ok(isNativeFailure(error));
      return false;
    },
  );
}

describe('a squatter at the address of a method server', () => {
  const children: ChildProcess[] = [];
  let folder: string | undefined;
  let owner: string;

  before(async () => {
    owner = isWindows ? await thisMachine.currentUser() : '';
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    }
    if (folder !== undefined) rmSync(folder, { recursive: true });
    folder = undefined;
  });

  /** A squatter at an address of his own, who answers whatever comes with the same octets. */
  async function squat(
    attack: 'squat' | 'impostor' | 'lie',
    answer: Uint8Array,
  ): Promise<{ readonly address: string; readonly octets: (least: number) => Promise<number> }> {
    const name = randomBytes(8).toString('hex');
    let address = `\\\\.\\pipe\\eaphost-test-${name}`;
    if (!isWindows) {
      folder = mkdtempSync(join(tmpdir(), 'eaphost-squatter-'));
      if (attack === 'impostor') chmodSync(folder, 0o777);
      address = join(folder, name);
    }
    const path = fileURLToPath(new URL('../../security/attacker.js', import.meta.url));
    const child = begun(() =>
      fork(path, [attack, address, Buffer.from(answer).toString('hex')], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      }),
    );
    children.push(child);
    await once(child, 'message');
    return {
      address,
      // What he was sent may be on its way to him.
      octets: async (least) => {
        for (;;) {
          const told = once(child, 'message');
          child.send('?');
          const [message]: { octets: number }[] = await told;
          assert.ok(message);
          if (message.octets >= least) return message.octets;
        }
      },
    };
  }

  // It takes root to run a process as somebody else; on Windows it is the registration that names somebody else.
  if (isWindows || process.getuid?.() === 0) {
    it('is not believed and sent nothing where he is another user, though he knows the token', async () => {
      const { address, octets } = await squat(isWindows ? 'lie' : 'impostor', hello);
      for (let round = 0; round < 3; ++round) assert.equal(await isBelieved(address, localService), false);
      assert.equal(await octets(0), 0);
    });
  }

  const lies: Readonly<Record<string, Uint8Array>> = {
    'says nothing': Buffer.alloc(0),
    'says half a hello': hello.subarray(0, 30),
    'has another token': writeHello(1, randomBytes(32)),
    'says more than a hello': Buffer.concat([hello, Buffer.alloc(1)]),
    'promises a frame of a mebibyte': Buffer.from([0, 0, 16, 0, 0, 0, 0, 0, 1, 0, 0, 0]),
    'has a version from the future': writeHello(2, token),
  };
  for (const [what, answer] of Object.entries(lies)) {
    it(`is not believed where he is of the right user and ${what}`, async () => {
      const { address, octets } = await squat('lie', answer);
      assert.equal(await isBelieved(address, owner, 500), false);
      assert.equal(await octets(helloSize), helloSize);
    });
  }

  it('is who he says where he is of the right user and knows the token', async () => {
    const { address } = await squat('lie', hello);
    assert.equal(await isBelieved(address, owner), true);
  });

  it('cannot be on another machine', async () => {
    assert.equal(await isBelieved('\\\\localhost\\pipe\\eaphost', owner, 500), false);
  });

  if (process.platform === 'linux') {
    it('costs no file descriptor, whatever he does', async () => {
      const { address } = await squat('lie', hello.subarray(0, 30));
      const open = (): number => readdirSync('/proc/self/fd').length;
      const before = open();
      await Promise.all(Array.from({ length: 50 }, () => isBelieved(address, owner, 100)));
      await eventually(() => open() <= before, `no more than ${before} descriptors`);
    });
  }
});
