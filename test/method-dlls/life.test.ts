// The end of processes that drive method DLLs, and of the processes that they drive them in.

import { deepEqual, equal, fail, ok, rejects } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { begun } from '../../lib/base/child-process.js';
import type { AuthenticatorMethod, MethodCall, PeerMethod } from '../../lib/method-dlls/index.js';
import { Children } from '../growth/children.js';
import { settle } from '../growth/live-objects.js';
import { alice, loadAuthenticator, loadPeer, order } from './support.js';

/** Collects until `isTrue`, and fails where it takes longer than 20 s. */
async function collected(isTrue: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 20_000;
  for (;;) {
    await settle();
    if (isTrue()) return;
    if (performance.now() > end) fail(`not collected: ${what}`);
    await delay(5);
  }
}

async function beginAndForget(peer: PeerMethod): Promise<void> {
  const session = await peer.beginSession({ credentials: alice });
  equal(session.isEnded, false);
}

async function loadAndForget(trace: boolean): Promise<void> {
  const peer = await loadPeer({ isolate: true, ...(trace && { onCall: () => undefined }) });
  await beginAndForget(peer);
}

/** From now on no object can be made of a session of the method. */
function spoil(method: PeerMethod | AuthenticatorMethod): void {
  const owner: unknown = Reflect.get(method, 'owner');
  ok(typeof owner === 'object' && owner !== null);
  const get = (): never => {
    throw new Error('there is no object');
  };
  Object.defineProperty(owner, 'limit', { get });
}

/** The rejections that nobody handles. */
class Unhandled implements Disposable {
  readonly reasons: unknown[] = [];
  readonly #note = (reason: unknown): void => void this.reasons.push(reason);

  constructor() {
    process.on('unhandledRejection', this.#note);
  }

  [Symbol.dispose](): void {
    process.off('unhandledRejection', this.#note);
  }
}

describe('the life of driven methods', () => {
  it('open methods and sessions do not keep their process alive', async () => {
    const script = join(import.meta.dirname, 'children', 'idle.js');
    const child = begun(() => spawn(process.execPath, [script], { stdio: 'ignore' }));
    deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('closing ends the sessions that are open, and what comes after is refused', async () => {
    for (const isolate of [false, true]) {
      const peer = await loadPeer({ isolate });
      const session = await peer.beginSession({ credentials: alice });
      equal(peer.stats().sessions, 1);
      await peer.close();
      ok(peer.isClosed);
      await session.end();
    }
  });

  for (const isolate of [false, true]) {
    it(`a session that nobody refers to is ended${isolate ? ', isolated' : ''}`, async () => {
      await using peer = await loadPeer({ isolate });
      const kept = await peer.beginSession({ credentials: alice });
      for (let count = 0; count < 20; count += 1) await beginAndForget(peer);
      await collected(() => peer.stats().sessions === 1, 'the sessions');
      await kept.end();
    });
  }

  for (const isolate of [false, true]) {
    const where = isolate ? ', isolated' : '';
    for (const [side, load] of [['peer', loadPeer] as const, ['authenticator', loadAuthenticator] as const]) {
      it(`a session of which no object can be made is told of, and ended: ${side}${where}`, async () => {
        using unhandled = new Unhandled();
        const calls: MethodCall[] = [];
        const made = (name: string): number => order(calls).filter((call) => call === name).length;
        await using method = await load({ isolate, onCall: (call) => calls.push(call) });
        spoil(method);
        await rejects(method.beginSession(), { message: 'there is no object' });
        // One that comes when nobody waits for it any more.
        const stop = new AbortController();
        const lost = method.beginSession({ signal: stop.signal });
        stop.abort(new Error('nobody waits'));
        await rejects(lost, { message: isolate ? 'nobody waits' : 'there is no object' });
        // The child tells of its calls and of its sessions in turn.
        await collected(() => made('EndSession') === 2 && method.stats().sessions === 0, 'the sessions');
        equal(made('BeginSession'), 2);
        deepEqual(unhandled.reasons, []);
      });
    }
  }

  for (const trace of [false, true]) {
    it(`an isolated method that nobody refers to is closed, its calls ${trace ? '' : 'not '}watched`, async () => {
      using children = new Children();
      await loadAndForget(trace);
      await collected(() => children.all.every(({ exitCode }) => exitCode === 0), 'the method');
      equal(children.all.length, 1);
    });
  }

  it('a session holds its method', async () => {
    const begin = async () => (await loadPeer({ isolate: true })).beginSession({ credentials: alice });
    const session = await begin();
    for (let count = 0; count < 5; count += 1) await settle();
    await session.getResult('unknown');
    await session.end();
  });

  it('one DLL can be loaded often, for several types', async () => {
    const types = [3, 4].map((vendorType) => ({ type: 254, vendorId: 99_999, vendorType, authorId: 99_999 }));
    const plain = [210, 211].map((type) => ({ type, authorId: 99_999 }));
    const methods = await Promise.all([...types, ...types, ...plain].map((type) => loadPeer({ type })));
    for (const method of methods) {
      equal((await method.getIdentity({ credentials: alice })).identity, 'alice');
    }
    await Promise.all(methods.map((method) => method.close()));
  });
});
