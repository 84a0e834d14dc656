// The TypeScript surface of the addon, over a stand-in for its binary.

import { deepEqual, ok, rejects } from 'node:assert/strict';

import { bindAddon, type Binding } from '../../lib/native/addon.js';

/** Completes each call as `completeWith` says, as soon as its caller has gone on: in the same turn of the event loop. */
function hurrying(completeWith: readonly number[] = []): Binding {
  const records = new Int32Array(8);
  let drain: Parameters<Binding['attach']>[0];
  const unused = (): never => {
    throw new Error('not of this test');
  };
  return {
    attach(given) {
      drain = given;
      return records;
    },
    system(ticket) {
      queueMicrotask(() => {
        records.set([ticket, ...completeWith]);
        drain(1, undefined);
      });
    },
    openRuntime: unused,
    openMethod: unused,
    awaitSource: unused,
    closeSource: unused,
    takePipe: unused,
    takeFrames: unused,
    takeNotifications: unused,
    sendFrame: unused,
    peerUser: unused,
    halves: unused,
    listenLocally: unused,
    stopListening: unused,
    answer: unused,
    hangUp: unused,
  };
}

describe('Calls that are complete at once, one after the other', () => {
  it('leave the event loop its turns', async () => {
    const addon = bindAddon(hurrying());
    const seen = { turns: 0 };
    const timer = setInterval(() => (seen.turns += 1), 1);
    const end = performance.now() + 60_000;
    while (seen.turns < 3 && performance.now() < end) {
      await addon.system('currentUser', {});
    }
    clearInterval(timer);
    ok(seen.turns >= 3, `${seen.turns} turns in a minute`);
  });
});

describe('A call that the binary does not have', () => {
  it('rejects', async () => {
    const records = new Int32Array(4);
    const value = 3;
    let drain: Parameters<Binding['attach']>[0];
    const addon = bindAddon({
      ...hurrying(),
      attach(given) {
        drain = given;
        return records;
      },
      openRuntime(ticket) {
        queueMicrotask(() => {
          records.set([ticket, value]);
          drain(1, [{ number: 1 }]);
        });
      },
    });
    const options = { runtimeLibrary: '', configurationLibrary: '', system: false, maxLanes: 1 };
    const runtime = await addon.openRuntime(options);
    await rejects(runtime.clearConnection(''), TypeError);
  });
});

describe('A packet for which there is no memory', () => {
  const allocUnsafeSlow = Buffer.allocUnsafeSlow.bind(Buffer);
  afterEach(() => {
    Buffer.allocUnsafeSlow = allocUnsafeSlow;
  });

  it('costs its own call alone', async () => {
    const addon = bindAddon(hurrying([2, 0, 16]));
    let isLast = false;
    Buffer.allocUnsafeSlow = (size) => {
      if (isLast) return allocUnsafeSlow(size);
      isLast = true;
      throw new RangeError('Array buffer allocation failed');
    };
    const calls = await Promise.allSettled([
      addon.system('currentUser', {}),
      addon.system('currentUser', {}),
    ]);
    deepEqual(calls, [
      { status: 'rejected', reason: { call: 'napi_create_object', winError: 8 } },
      { status: 'fulfilled', value: { action: 1, packet: Buffer.alloc(16) } },
    ]);
  });
});
