// JavaScript, which runs the methods, is busy for longer than a time limit: calls that were answered in time do not fail.

import assert from 'node:assert/strict';
import { mock } from 'node:test';

import type { EapHost, Session } from '../../lib/index.js';
import type { MethodServer } from '../../lib/registration/index.js';
import { loadNative } from '../../lib/native/binary.js';
import type { NativeMethodOptions } from '../../lib/native/method-types.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import { libraryPath, useLeakCheck } from '../supplicant/support.js';
import { fullMethod, fullPacket, fullType } from './full-method.js';
import { eventually } from './script-peer.js';
import { ways as transports, type Way } from './transports.js';

/** Longer than the shim waits for the end of a session. */
const endingMs = 3200;
const config = Buffer.from('config');
const credentials = Buffer.from('user');

/** The full method, with the ends of its sessions counted. */
function countingMethod(): { readonly definition: MethodDefinition; readonly ends: () => number } {
  let ends = 0;
  const counted = <Held extends { end(): unknown }>(session: Held): Held => ({
    ...session,
    end: () => {
      ends += 1;
      return session.end();
    },
  });
  const { peer, authenticator }: MethodDefinition = fullMethod;
  assert.ok(peer !== undefined && authenticator !== undefined);
  const definition: MethodDefinition = {
    ...fullMethod,
    peer: { ...peer, beginSession: async (begin) => counted(await peer.beginSession(begin)) },
    authenticator: {
      ...authenticator,
      beginSession: async (begin) => counted(await authenticator.beginSession(begin)),
    },
  };
  return { definition, ends: () => ends };
}

/** A session whose method's session has begun, too, on a host of its own. */
async function beginOn(
  { open }: Way,
  definition: MethodDefinition,
): Promise<{ host: EapHost; session: Session }> {
  const host = await open([definition]);
  const session = await host.beginSession({ method: fullType, config, credentials });
  await session.process(Buffer.from([1, 0, 0, 5, 1]));
  await session.process(fullPacket(1, 1, 1));
  return { host, session };
}

/** Holds this thread up. */
function beBusy(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** The session's end, and what is to be closed when it has come. */
interface Ending {
  readonly end: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const native = loadNative();
const begin = { flags: 0, connectionData: config, attributes: [], maxSendPacketSize: 1400 };

function dllOf({ endpoint }: MethodServer): Omit<NativeMethodOptions, 'role'> {
  return { path: libraryPath('eapshim'), type: fullType, endpoint, maxLanes: 4, trace: false };
}

async function serving(
  { serve }: Way,
  definition: MethodDefinition,
  open: (options: Omit<NativeMethodOptions, 'role'>) => Promise<Ending>,
): Promise<Ending> {
  const server = await serve({ methods: [definition] });
  const ending = await open(dllOf(server));
  return {
    end: () => ending.end(),
    close: async () => {
      await ending.close();
      await server.close();
    },
  };
}

/** Each way in which a session ends. */
const ways: Readonly<Record<string, (way: Way, definition: MethodDefinition) => Promise<Ending>>> = {
  'end()': async (way, definition) => {
    const { host, session } = await beginOn(way, definition);
    return { end: () => session.end(), close: () => host.close() };
  },
  'await using': async (way, definition) => {
    const { host, session } = await beginOn(way, definition);
    const end = async (): Promise<void> => {
      await using held = session;
      assert.equal(held, session);
    };
    return { end, close: () => host.close() };
  },
  'the close of its host': async (way, definition) => {
    const { host } = await beginOn(way, definition);
    return { end: () => host.close(), close: () => host.close() };
  },
  'an aborted call': async (way, definition) => {
    const { host, session } = await beginOn(way, definition);
    const end = async (): Promise<void> => {
      const abort = new AbortController();
      const call = session.process(fullPacket(1, 2, 1), { signal: abort.signal });
      abort.abort();
      await assert.rejects(call, { name: 'AbortError' });
      await session.end();
    };
    return { end, close: () => host.close() };
  },
  'a peer driven as a method DLL': (way, definition) =>
    serving(way, definition, async (options) => {
      const method = await native.openMethod({ role: 'peer', ...options });
      const session = await method.beginSession({ ...begin, userToken: 0n, userData: credentials });
      return { end: () => session.end(), close: () => method.close() };
    }),
  'an authenticator driven as a method DLL': (way, definition) =>
    serving(way, definition, async (options) => {
      const method = await native.openMethod({ role: 'authenticator', ...options });
      const session = await method.beginSession({ ...begin, identity: 'user' });
      return { end: () => session.end(), close: () => method.close() };
    }),
};

for (const way of transports) {
  describe(`a method server ${way.name} whose process is busy`, function () {
    this.timeout(60_000);
    useLeakCheck();

    it("ends sessions, each in its way, and calls the method's `end` once", async () => {
      const endings = await Promise.all(
        Object.entries(ways).map(async ([name, open]) => {
          const { definition, ends } = countingMethod();
          return { name, ends, ...(await open(way, definition)) };
        }),
      );
      const ended = endings.map(({ end }) => end());
      setImmediate(beBusy, endingMs);
      const outcomes = await Promise.allSettled(ended);
      for (const [index, { name, ends, close }] of endings.entries()) {
        const outcome = outcomes[index];
        assert.ok(outcome !== undefined);
        assert.deepEqual([name, outcome], [name, { status: 'fulfilled', value: undefined }]);
        await eventually(() => ends() > 0, `${name}: the method is told of the end`);
        await close();
        assert.equal(ends(), 1, name);
      }
    });

    it('hears the hello that came meanwhile', async () => {
      const helloTimeout = 123;
      await using server = await way.serve({ methods: [fullMethod], helloTimeout });
      const method = await native.openMethod({ role: 'authenticator', ...dllOf(server) });
      // From the moment when a connection begins to wait for its hello.
      const { setTimeout: real } = globalThis;
      let waits = 0;
      mock.method(globalThis, 'setTimeout', (work: () => void, milliseconds?: number) => {
        const timer = real(work, milliseconds);
        if (milliseconds === helloTimeout && (waits += 1) === 1) beBusy(4 * helloTimeout);
        return timer;
      });
      try {
        const session = await method.beginSession({ ...begin, identity: 'user' });
        await session.end();
      } finally {
        mock.restoreAll();
      }
      assert.ok(waits > 0);
      await method.close();
    });
  });
}
