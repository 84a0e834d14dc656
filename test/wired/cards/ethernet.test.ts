// Raw links over virtual network cards: frames, the state of the link, floods, and what is left of a link that is gone.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

import {
  encodeEapol,
  eapolTypes,
  listEthernetInterfaces,
  openEthernetLink,
  paeGroupAddress,
  type EthernetLink,
} from '../../../lib/wired/index.js';
import { eventually } from '../../supplicant/support.js';
import { Veth } from './veth.js';

/** A link with what it told. */
class Heard implements AsyncDisposable {
  readonly frames: Buffer[] = [];
  readonly states: boolean[] = [];
  readonly troubles: string[] = [];
  dropped = 0;
  received = 0;
  /** Whether frames are kept, or counted only. */
  keeps = true;

  private constructor(readonly link: EthernetLink) {}

  static async open(name: string): Promise<Heard> {
    const heard = new Heard(await openEthernetLink({ interface: name }));
    heard.link.start({
      frame(frame) {
        heard.received += 1;
        if (heard.keeps) heard.frames.push(Buffer.from(frame));
      },
      portEnabled: (enabled) => void heard.states.push(enabled),
      dropped: (count) => void (heard.dropped += count),
      trouble: (text) => void heard.troubles.push(text),
    });
    return heard;
  }

  async isUp(): Promise<this> {
    await eventually(() => this.states.at(-1) === true, 'a link that is up');
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.link.close();
  }
}

const packet = Buffer.from([1, 7, 0, 5, 1]);
const frameFrom = (link: EthernetLink, body = packet): Buffer =>
  encodeEapol(link.address, eapolTypes.eapPacket, body);
const descriptors = (): number => readdirSync('/proc/self/fd').length;

/** Behind a tag of IEEE 802.1Q. */
function tagged(frame: Buffer, tag: number): Buffer {
  const head = Buffer.from([0x81, 0, tag >> 8, tag & 0xff]);
  return Buffer.concat([frame.subarray(0, 12), head, frame.subarray(12)]);
}

describe('The raw link of a network card', function () {
  this.timeout(60_000);
  let veth: Veth;
  before(() => {
    veth = new Veth();
  });
  after(() => {
    veth[Symbol.dispose]();
  });

  it('takes EAPOL to itself and to the group, and nothing else', async () => {
    await using near = await Heard.open(veth.near);
    await using far = await Heard.open(veth.far);
    await near.isUp();
    await far.isUp();
    const toGroup = frameFrom(near.link);
    const toFar = Buffer.from(toGroup);
    toFar.set(far.link.address);
    const ip = Buffer.from(toGroup);
    ip.writeUInt16BE(0x0800, 12);
    const preauthentication = Buffer.from(toGroup);
    preauthentication.writeUInt16BE(0x88c7, 12);
    const inVlan = tagged(toGroup, 0x000a);
    const prioritized = tagged(toGroup, 0xe000);
    for (const frame of [ip, inVlan, toGroup, preauthentication, toFar, prioritized, toGroup])
      near.link.send(frame);
    await eventually(() => far.frames.length >= 4, 'four frames');
    // The kernel takes the tag off.
    const texts = (all: readonly Buffer[]): string[] => all.map((frame) => frame.toString('hex'));
    assert.deepEqual(texts(far.frames), texts([toGroup, toFar, toGroup, toGroup]));
    assert.ok(
      far.frames.every(
        (frame) =>
          frame.subarray(0, 6).equals(far.link.address) || frame.subarray(0, 6).equals(paeGroupAddress),
      ),
    );
    // What it sent itself does not come back.
    assert.deepEqual([near.received, near.troubles, far.troubles], [0, [], []]);
  });

  it('takes frames of every length that Ethernet has', async () => {
    await using near = await Heard.open(veth.near);
    await using far = await Heard.open(veth.far);
    await near.isUp();
    await far.isUp();
    const lengths = Array.from({ length: 1501 - 14 }, (_, length) => 14 + length);
    for (const length of lengths) {
      near.link.send(
        Buffer.concat([frameFrom(near.link).subarray(0, 14), Buffer.alloc(length - 14, length)]),
      );
      // As many as there is room for.
      if (length % 20 === 0) await eventually(() => far.received === length - 13, 'those so far');
    }
    await eventually(() => far.received + far.dropped === lengths.length, 'all frames');
    assert.equal(far.dropped, 0);
    assert.deepEqual(
      far.frames.map(({ length }) => length),
      lengths,
    );
  });

  it('tells when the link goes, and comes, however short', async () => {
    await using near = await Heard.open(veth.near);
    await near.isUp();
    veth.setUp(veth.far, false);
    await eventually(() => near.states.length === 2, 'down');
    veth.setUp(veth.far, true);
    await near.isUp();
    // Down and up again before JavaScript, or the kernel, has looked.
    const expected = [true, false, true];
    for (let flap = 0; flap < 5; flap += 1) {
      veth.setUp(veth.far, false);
      veth.setUp(veth.far, true);
      expected.push(false, true);
      await eventually(() => near.states.length >= expected.length, 'down and up');
    }
    assert.deepEqual(near.states, expected);
    veth.setUp(veth.near, false);
    await eventually(() => near.states.at(-1) === false, 'down');
    // Lost, and nothing to complain of.
    near.link.send(frameFrom(near.link));
    assert.deepEqual(near.troubles, []);
    veth.setUp(veth.near, true);
    await near.isUp();
  });

  it('finds a card again that was taken away', async () => {
    await using near = await Heard.open(veth.near);
    await near.isUp();
    veth.remove();
    await eventually(() => near.states.at(-1) === false, 'down');
    near.link.send(frameFrom(near.link));
    veth.add();
    await near.isUp();
    await using far = await Heard.open(veth.far);
    await far.isUp();
    far.link.send(frameFrom(far.link));
    await eventually(() => near.received === 1, 'a frame');
  });

  it('drops and counts what comes faster than it is taken, in bounded memory', async () => {
    await using near = await Heard.open(veth.near);
    await using far = await Heard.open(veth.far);
    await near.isUp();
    await far.isUp();
    far.keeps = false;
    const frame = frameFrom(near.link);
    const frames = 100_000;
    const flood = (): void => {
      for (let sent = 0; sent < frames; sent += 1) near.link.send(frame);
    };
    flood();
    await eventually(() => far.received + far.dropped === frames, 'all frames, taken or counted');
    const before = process.memoryUsage().rss;
    for (let time = 1; time <= 5; time += 1) {
      flood();
      await eventually(() => far.received + far.dropped === (time + 1) * frames, 'the same again');
    }
    assert.ok(far.dropped > frames, `${far.dropped} were dropped`);
    assert.ok(far.received > 6 * 64, `${far.received} were taken`);
    const growth = process.memoryUsage().rss - before;
    assert.ok(growth < 30e6, `grew by ${growth} octets`);
    // It still works.
    const { received } = far;
    near.link.send(frame);
    await eventually(() => far.received === received + 1, 'one more');
  });

  it('leaves no descriptor, opened and closed a hundred times', async () => {
    await (await Heard.open(veth.near))[Symbol.asyncDispose]();
    const before = descriptors();
    for (let time = 0; time < 100; time += 1) {
      await using _ = await Heard.open(veth.near);
      // One that was never started.
      await (await openEthernetLink({ interface: veth.far })).close();
    }
    await eventually(() => descriptors() <= before, `no more than ${before} descriptors`);
  });

  it('goes with its worker', async () => {
    const before = descriptors();
    const code = `
      import(${JSON.stringify(new URL('../../../lib/wired/index.js', import.meta.url).href)}).then(async (wired) => {
        const { parentPort, workerData } = await import('node:worker_threads');
        const link = await wired.openEthernetLink({ interface: workerData });
        const ignore = () => undefined;
        link.start({ frame: ignore, portEnabled: () => parentPort.postMessage('up'), dropped: ignore, trouble: ignore });
      });`;
    for (let time = 0; time < 5; time += 1) {
      const worker = new Worker(code, { eval: true, workerData: veth.near });
      await once(worker, 'message');
      await worker.terminate();
    }
    await eventually(() => descriptors() <= before, 'as many descriptors');
  });

  it('says what is wrong where it cannot be opened', async () => {
    await assert.rejects(openEthernetLink({ interface: 'none0' }), (error: Error) => {
      assert.match(error.message, /there is no Ethernet interface none0; there are: /u);
      assert.ok(error.message.includes(veth.near));
      assert.equal(Reflect.get(error, 'code'), 'EAPHOST_INTERFACE_NOT_FOUND');
      return true;
    });
    await assert.rejects(openEthernetLink({ interface: 'a name that is too long' }), {
      code: 'EAPHOST_INTERFACE_NOT_FOUND',
    });
    await assert.rejects(openEthernetLink({ interface: 'lo' }), { code: 'EAPHOST_NOT_SUPPORTED' });
    await assert.rejects(openEthernetLink({ interface: '' }), RangeError);
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(openEthernetLink({ interface: veth.near, signal }), /enough/u);
    process.seteuid?.(65_534);
    try {
      await assert.rejects(openEthernetLink({ interface: veth.near }), (error: Error) => {
        assert.match(error.message, /CAP_NET_RAW/u);
        assert.equal(Reflect.get(error, 'code'), 'EAPHOST_ELEVATION_REQUIRED');
        return true;
      });
    } finally {
      process.seteuid?.(0);
    }
  });

  it('closes a card that is opened after its opening was aborted', async () => {
    const before = descriptors();
    const abort = new AbortController();
    const opening = openEthernetLink({ interface: veth.near, signal: abort.signal });
    abort.abort(new Error('enough'));
    await assert.rejects(opening, /enough/u);
    await eventually(() => descriptors() <= before, 'as many descriptors');
  });

  it('is of a card that is listed', async () => {
    await using near = await Heard.open(veth.near);
    const listed = (await listEthernetInterfaces()).find(({ name }) => name === veth.near);
    assert.deepEqual(listed, {
      name: veth.near,
      label: veth.near,
      description: '',
      address: Buffer.from(near.link.address)
        .toString('hex')
        .replaceAll(/(..)(?=.)/gu, '$1:'),
      isUp: true,
    });
    veth.setUp(veth.far, false);
    assert.equal((await listEthernetInterfaces()).find(({ name }) => name === veth.near)?.isUp, false);
    veth.setUp(veth.far, true);
  });
});
