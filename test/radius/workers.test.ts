// A server on several threads: where its datagrams go, what it counts, and what is left when a thread dies.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mock } from 'node:test';
import { MessageChannel, MessagePort, Worker } from 'node:worker_threads';

import { RadiusServer } from '../../lib/radius/server.js';
import type { ToWorker } from '../../lib/radius/link.js';
import { radiusCodes } from '../../lib/radius/packet.js';
import { RadiusWorkers, type RadiusWorkersOptions, type WorkerLostEvent } from '../../lib/radius/workers.js';
import { attributeTypes } from '../../lib/eap/attributes.js';
import { begin, stateOf } from './server-support.js';
import { withoutWaits } from './client-support.js';
import { BareClient, BareSocket, identityResponse, pause, secret, until, wish, wishes } from './support.js';

const { accessAccept, accessChallenge, accessReject } = radiusCodes;

/** Workers with the small method, a client of them, their threads by number, and what became of those. */
async function lab(options: Partial<RadiusWorkersOptions> = {}) {
  const threads: Worker[] = [];
  const lost: WorkerLostEvent[] = [];
  let started = 0;
  const workers = await RadiusWorkers.listen({
    workers: 2,
    port: 0,
    start(channel, number) {
      started += 1;
      const data = { workerData: { channel }, transferList: [channel] };
      return (threads[number] = new Worker(new URL('radius-worker.js', import.meta.url), data));
    },
    onEvent: (event) => lost.push(event),
    ...options,
  });
  const client = await BareClient.open(workers.port);
  return {
    workers,
    client,
    threads,
    lost,
    get started() {
      return started;
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await workers.close();
    },
  };
}

const placeOf = ({ state }: Awaited<ReturnType<typeof begin>>): number => state[0]?.value[0] ?? -1;

/** A conversation with this worker: which one it comes to is chance, and a new one takes its time to listen. */
async function beginWith(client: BareClient, place: number) {
  const end = performance.now() + 30_000;
  for (;;) {
    const begun = await begin(client);
    if (placeOf(begun) === place) return begun;
    assert.ok(performance.now() < end, `no conversation came to worker ${place}`);
  }
}

describe('RadiusWorkers', function () {
  this.timeout(60_000);

  it('keeps each conversation where it began, and adds up what all have counted', async () => {
    await using it = await lab();
    const all = 24;
    const begun = [];
    for (let index = 0; index < all; index += 1) begun.push(await begin(it.client));
    assert.deepEqual(new Set(begun.map(placeOf)), new Set([0, 1]));
    assert.equal((await it.workers.count()).sessions, all);
    // Another port of the same client, as proxies have them.
    await using other = await BareClient.open(it.workers.port);
    for (const [index, one] of begun.entries()) {
      const by = index % 2 === 0 ? it.client : other;
      const more = await by.ask(by.request(wish(one.id, wishes.more), one.state));
      assert.equal(more.code, accessChallenge);
      assert.deepEqual(stateOf(more), one.state);
      const last = await by.ask(by.request(wish(one.id + 1, wishes.accept), one.state));
      assert.equal(last.code, accessAccept);
    }
    const { counters, sessions } = await it.workers.count();
    assert.deepEqual(
      [sessions, counters.requests, counters.challenges, counters.accepts, counters.rejects],
      [0, 3 * all, 2 * all, all, 0],
    );
  });

  it('knows a request that is sent again, the first of a conversation, too', async () => {
    await using it = await lab();
    for (let round = 0; round < 8; round += 1) {
      const start = it.client.request(identityResponse(7));
      it.client.send(start);
      const first = await it.client.socket.next();
      it.client.send(start);
      assert.deepEqual(await it.client.socket.next(), first);
    }
    const { counters, sessions } = await it.workers.count();
    assert.deepEqual([counters.requests, counters.duplicates, sessions], [8, 8, 8]);
  });

  it('replaces a worker that is killed; the conversations of the others go on', async () => {
    await using it = await lab();
    const [dying, staying] = [await beginWith(it.client, 1), await beginWith(it.client, 0)];
    const { counters } = await it.workers.count();
    await it.threads[1]?.terminate();
    await until(() => it.lost.length === 1);
    assert.deepEqual(it.lost, [{ kind: 'workerLost', worker: 1, error: undefined }]);
    // What it had counted is not forgotten.
    assert.equal((await it.workers.count()).counters.requests, counters.requests);
    const goesOn = await it.client.ask(it.client.request(wish(staying.id, wishes.accept), staying.state));
    assert.equal(goesOn.code, accessAccept);
    await until(() => it.started === 3);
    const after = await beginWith(it.client, 1);
    const accept = await it.client.ask(it.client.request(wish(after.id, wishes.accept), after.state));
    assert.equal(accept.code, accessAccept);
    const over = await it.client.ask(it.client.request(wish(dying.id, wishes.accept), dying.state));
    assert.equal(over.code, accessReject);
    assert.equal((await it.workers.count()).counters.refused.unknownState, 1);
  });

  it('replaces a worker that something ended which it did not catch, and says by what', async () => {
    await using it = await lab();
    await using fatal = await BareClient.open(it.workers.port);
    fatal.send(fatal.request(identityResponse(7, 'die')));
    await until(() => it.lost.length === 1 && it.started === 3);
    const [{ error } = { error: undefined }] = it.lost;
    assert.match(String(error), /it dies/u);
    for (const place of [0, 1]) await beginWith(it.client, place);
  });

  it('tries again where a worker cannot even be made in place of one that ended', async () => {
    let made = 0;
    await using it = await lab({
      start(channel) {
        made += 1;
        if (made === 3) throw new Error('no more threads');
        const data = { workerData: { channel }, transferList: [channel] };
        return new Worker(new URL('radius-worker.js', import.meta.url), data);
      },
    });
    await using fatal = await BareClient.open(it.workers.port);
    fatal.send(fatal.request(identityResponse(7, 'die')));
    await until(() => made === 4);
    assert.deepEqual(
      it.lost.map(({ error }) => (error instanceof Error ? error.message : error)),
      ['it dies', 'no more threads'],
    );
    for (const place of [0, 1]) await beginWith(it.client, place);
  });

  /** A start whose thread blocks where a peer says `block`: [it does, the test has released it]. */
  function gated() {
    const gate = new Int32Array(new SharedArrayBuffer(8));
    const start = (channel: MessagePort): Worker => {
      const data = { workerData: { channel, gate }, transferList: [channel] };
      return new Worker(new URL('radius-worker.js', import.meta.url), data);
    };
    const release = (): void => {
      Atomics.store(gate, 1, 1);
      Atomics.notify(gate, 1);
    };
    return { gate, start, release };
  }

  it('keeps 4096 datagrams for a worker that is busy, and loses more; later ones come through', async () => {
    const { gate, start, release } = gated();
    await using it = await lab({ workers: 1, start });
    try {
      it.client.send(it.client.request(identityResponse(7, 'block')));
      await until(() => Atomics.load(gate, 0) === 1);
      for (let sent = 1; sent < 4096 + 400; sent += 1) {
        it.client.send(it.client.request(identityResponse(7)));
        // A socket keeps only so many.
        if (sent % 16 === 0) await pause(1);
      }
    } finally {
      release();
    }
    // The one that blocked is one of them.
    assert.equal((await it.workers.count()).counters.requests, 4096);
    await using other = await BareClient.open(it.workers.port);
    const request = other.request(identityResponse(7));
    await until(() => {
      other.send(request);
      return other.socket.received.length > 0;
    });
    assert.equal((await it.workers.count()).counters.requests, 4096 + 1);
  });

  it('cuts datagrams to what RADIUS has, before they wait', async () => {
    await using it = await lab({ workers: 1 });
    const spy = mock.method(MessagePort.prototype, 'postMessage');
    try {
      const padded = Buffer.concat([it.client.request(identityResponse(7)), Buffer.alloc(60_000)]);
      assert.equal((await it.client.ask(padded)).code, accessChallenge);
      const long = Buffer.alloc(5000, 1);
      long.writeUInt16BE(5000, 2);
      it.client.send(long);
      await begin(it.client);
      assert.equal((await it.workers.count()).counters.dropped.badLength, 1);
    } finally {
      spy.mock.restore();
    }
    const lengths = spy.mock.calls.flatMap((call) => {
      const said: ToWorker = call.arguments[0];
      return said.kind === 'datagrams' ? said.datagrams.map(({ octets }) => octets.buffer.byteLength) : [];
    });
    assert.deepEqual(lengths.slice(0, 2), [4096, 4096]);
  });

  it('ends a thread by force that does not end in five seconds', async () => {
    const { gate, start, release } = gated();
    const it = await lab({ workers: 1, start });
    try {
      it.client.send(it.client.request(identityResponse(7, 'block')));
      await until(() => Atomics.load(gate, 0) === 1);
      let closing = Promise.resolve();
      const waits = await withoutWaits(() => (closing = it.workers.close()));
      await closing;
      assert.deepEqual(waits, [5000]);
      // Nothing released it.
      assert.equal(Atomics.load(gate, 1), 0);
    } finally {
      release();
      await it[Symbol.asyncDispose]();
    }
  });

  it('makes no worker in place of one that died young before that would have been a second old', async () => {
    const made: number[] = [];
    await using it = await lab({
      workers: 1,
      start(channel) {
        made.push(performance.now());
        const data = { workerData: { channel }, transferList: [channel] };
        return new Worker(new URL('radius-worker.js', import.meta.url), data);
      },
    });
    it.client.send(it.client.request(identityResponse(7, 'die')));
    await until(() => made.length === 2);
    const [first = 0, second = 0] = made;
    // Timers go by whole milliseconds.
    assert.ok(second - first >= 999, `${second - first} ms`);
  });

  it('gives what is malformed to somebody, and stays', async () => {
    await using it = await lab();
    await using socket = await BareSocket.open();
    const state = (...octets: number[]) => Buffer.of(attributeTypes.State, 2 + octets.length, ...octets);
    const head = (...tail: Uint8Array[]) => Buffer.concat([Buffer.of(1, 1, 0, 20), randomBytes(16), ...tail]);
    const strange = [
      Buffer.alloc(0),
      Buffer.of(1),
      head(),
      head(Buffer.of(attributeTypes.State)),
      head(Buffer.of(1, 0), state(...randomBytes(16))),
      head(state()),
      head(state(255, ...randomBytes(15))),
      head(state(1, ...randomBytes(200))),
      head(Buffer.alloc(4000, 1)),
    ];
    for (const datagram of strange) socket.send(datagram, it.workers.port);
    const dropped = async (): Promise<number> =>
      Object.values((await it.workers.count()).counters.dropped).reduce((sum, count) => sum + count, 0);
    // An empty one does not arrive everywhere.
    const end = performance.now() + 30_000;
    while ((await dropped()) < strange.length - 1) assert.ok(performance.now() < end, `${await dropped()}`);
    // A State of nobody's is refused as one that is not known any more.
    const foreign = [{ type: attributeTypes.State, value: Buffer.alloc(16, 0xff) }];
    const reply = await it.client.ask(it.client.request(wish(1, wishes.more), foreign));
    assert.equal(reply.code, accessReject);
    await begin(it.client);
    assert.equal(it.lost.length, 0);
  });

  it('says what it cannot do', async () => {
    await using it = await lab({ workers: 1 });
    const { port } = it.workers;
    await assert.rejects(lab({ port }), { code: 'EAPHOST_RADIUS_NETWORK', message: /EADDRINUSE/u });
    await assert.rejects(lab({ workers: 0 }), RangeError);
    await assert.rejects(lab({ workers: 257 }), RangeError);
    await assert.rejects(lab({ address: 'localhost' }), TypeError);
    const start = (channel: MessagePort) =>
      new Worker(new URL('radius-worker.js', import.meta.url), {
        workerData: { channel, cannotStart: true },
        transferList: [channel],
      });
    await assert.rejects(lab({ start }), /it cannot start/u);
    const { port1, port2 } = new MessageChannel();
    await assert.rejects(RadiusServer.listen({ secret, methods: [], channel: port1, port: 0 }), TypeError);
    port1.close();
    port2.close();
  });

  it('ends its threads, and only once', async () => {
    const it = await lab();
    await begin(it.client);
    const ended = it.threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
    await Promise.all([it.workers.close(), it.workers.close()]);
    assert.deepEqual(await Promise.all(ended), [0, 0]);
    assert.equal((await it.workers.count()).counters.requests, 1);
    assert.deepEqual(it.lost, []);
    await it.client[Symbol.asyncDispose]();
  });
});
