// The server's codec: it reads what it writes, and refuses everything else.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';

import {
  Call,
  FrameAssembler,
  FrameKind,
  FrameReader,
  FrameWriter,
  ProtocolError,
  guidOctets,
  headerSize,
  helloSize,
  maxFrameSize,
  protocolVersion,
  readFrame,
  readHello,
  writeHello,
} from '../../lib/shim-server/frames.js';
import { fuzzFrames } from './frames-fuzz.js';

function body(write: (writer: FrameWriter) => unknown): Buffer {
  const writer = new FrameWriter();
  write(writer);
  return readFrame(writer.finish(1, FrameKind.reply, 1)).body;
}

describe('shim frames', () => {
  it('lays out a frame as the protocol says', () => {
    const frame = new FrameWriter().u8(0xab).bool(true).u16(0x1234).u32(0xdeadbeef).text('é').finish(7, 2, 4);
    const header = [26, 0, 0, 0, 7, 0, 0, 0, 2, 4, 0, 0];
    const fields = [0xab, 1, 0x34, 0x12, 0xef, 0xbe, 0xad, 0xde, 2, 0, 0, 0, 0xe9, 0];
    assert.deepEqual([...frame], [...header, ...fields]);
  });

  it('reads what it writes', () => {
    const attributes = [
      { type: 26, value: Buffer.from([1, 2, 3]) },
      { type: -1, value: Buffer.alloc(0) },
    ];
    const reader = new FrameReader(
      body((writer) =>
        writer
          .type({ type: 254, vendorId: 14122, vendorType: 1 })
          .bytes(Buffer.from('blob'))
          .text('naïve \u{1F511} \ud83d')
          .attributes(attributes)
          .maybe(undefined, () => writer.u8(1))
          .maybe('x', (text) => writer.text(text)),
      ),
    );
    assert.deepEqual(reader.type(), { type: 254, vendorId: 14122, vendorType: 1 });
    assert.equal(reader.bytes().toString(), 'blob');
    assert.equal(reader.text(), 'naïve \u{1F511} \ud83d');
    assert.deepEqual(reader.attributes(), attributes);
    assert.equal(reader.bool(), false);
    assert.equal(reader.bool(), true);
    assert.equal(reader.text(), 'x');
    reader.end();
  });

  it('writes errors with their GUIDs as they lie in memory', () => {
    const guid = '9612fc67-6150-4209-a85e-a8d80000011b';
    assert.equal(guidOctets(guid).toString('hex'), '67fc129650610942a85ea8d80000011b');
    assert.equal(guidOctets(guid.toUpperCase()).toString('hex'), guidOctets(guid).toString('hex'));
    assert.equal(guidOctets('nonsense').toString('hex'), '0'.repeat(32));
    const error = body((writer) =>
      writer.error({ winError: 5, type: { type: 4, authorId: 9 }, reasonCode: 6, rootCause: 'a' }),
    );
    assert.equal(error.length, 4 + 13 + 4 + 48 + 1 + 4 + 2 + 1);
  });

  it('grows, and stops at the largest frame', () => {
    const blob = Buffer.alloc(maxFrameSize - headerSize - 4, 1);
    const frame = new FrameWriter().bytes(blob).finish(1, FrameKind.reply, 1);
    assert.equal(frame.length, maxFrameSize);
    assert.deepEqual(new FrameReader(readFrame(frame).body).bytes(), blob);
    assert.throws(() => new FrameWriter().bytes(Buffer.alloc(maxFrameSize)), RangeError);
    assert.throws(() => new FrameWriter().bytes(blob).u8(0), RangeError);
    assert.throws(() => new FrameWriter().text('x'.repeat(maxFrameSize)), RangeError);
  });

  const malformed: [string, number[], (reader: FrameReader) => unknown][] = [
    ['a number cut short', [1, 2, 3], (reader) => reader.u32()],
    ['a count over the end', [3, 0, 0, 0, 1, 2], (reader) => reader.bytes()],
    ['the largest count', [255, 255, 255, 255, 1], (reader) => reader.bytes()],
    ['half a character', [1, 0, 0, 0, 65], (reader) => reader.text()],
    ['a zero in a text', [4, 0, 0, 0, 65, 0, 0, 0], (reader) => reader.text()],
    ['a boolean of 2', [2], (reader) => reader.bool()],
    ['too many attributes', [2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], (reader) => reader.attributes()],
    ['the most attributes', [255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0], (reader) => reader.attributes()],
    ['octets left over', [0], (reader) => reader.end()],
  ];
  for (const [what, octets, read] of malformed) {
    it(`refuses ${what}`, () => {
      assert.throws(() => read(new FrameReader(Buffer.from(octets))), ProtocolError);
    });
  }

  it('assembles frames from any pieces', () => {
    const frame = new FrameWriter().bytes(Buffer.alloc(300, 7)).finish(1, FrameKind.request, 4);
    for (const size of [1, 2, 3, 4, 5, 11, 12, 13, 100, frame.length]) {
      const assembler = new FrameAssembler();
      const frames: Buffer[] = [];
      for (let at = 0; at < frame.length; at += size) {
        const whole = assembler.push(Buffer.from(frame.subarray(at, at + size)), maxFrameSize);
        if (whole !== undefined) frames.push(whole);
        assert.equal(assembler.partial, at + size < frame.length);
      }
      assert.deepEqual(frames, [frame]);
    }
  });

  it('takes one frame at a time and none out of bounds', () => {
    const frame = new FrameWriter().u8(1).finish(1, FrameKind.request, 4);
    const push = (data: Buffer, limit = maxFrameSize): unknown => new FrameAssembler().push(data, limit);
    assert.throws(() => push(Buffer.concat([frame, frame])), ProtocolError);
    assert.throws(() => push(Buffer.concat([frame, Buffer.from([0])])), ProtocolError);
    assert.throws(() => push(Buffer.from(frame), 12), ProtocolError);
    for (const length of [0, 3, 11, maxFrameSize + 1, 0xffffffff]) {
      const start = Buffer.alloc(4);
      start.writeUInt32LE(length);
      assert.throws(() => push(start), ProtocolError);
    }
    const assembler = new FrameAssembler();
    assert.equal(assembler.push(Buffer.from(frame.subarray(0, 6)), maxFrameSize), undefined);
    assert.throws(
      () => assembler.push(Buffer.concat([frame.subarray(6), Buffer.from([0])]), maxFrameSize),
      ProtocolError,
    );
  });

  it('reads hellos, each octet of which matters', () => {
    const token = Buffer.alloc(32, 9);
    const hello = writeHello(protocolVersion, token);
    assert.equal(hello.length, helloSize);
    assert.deepEqual(readHello(readFrame(hello)), { version: 1, token });
    for (let at = 0; at < 20; ++at) {
      const bad = Buffer.from(hello);
      bad.writeUInt8(bad.readUInt8(at) ^ 0x80, at);
      // Versions to come are for the server to bargain down.
      if (at === 16 || at === 17) continue;
      assert.throws(() => readHello(readFrame(bad)), ProtocolError, `octet ${at}`);
    }
    const old = Buffer.from(hello);
    old.writeUInt16LE(0, 16);
    assert.throws(() => readHello(readFrame(old)), ProtocolError);
  });

  it('throws nothing but ProtocolError, whatever comes', function () {
    this.timeout(120_000);
    const seeds = [
      writeHello(1, Buffer.alloc(32, 1)),
      new FrameWriter()
        .attributes([{ type: 1, value: Buffer.from('ab') }])
        .finish(1, 2, Call.setResponseAttributes),
      new FrameWriter().bytes(Buffer.from('ab')).text('cd').u32(5).finish(9, 3, 7),
      Buffer.alloc(0),
    ];
    for (let round = 0; round < 10_000; ++round) {
      const data = Buffer.from(seeds[round % seeds.length] ?? Buffer.alloc(0));
      for (let change = randomInt(4); change > 0 && data.length > 0; --change) {
        data.writeUInt8(randomInt(256), randomInt(data.length));
      }
      const cut = data.subarray(0, randomInt(data.length + 1));
      const input = randomInt(3) === 0 ? cut : data;
      try {
        fuzzFrames(Buffer.from(input));
      } catch (error) {
        assert.fail(`${String(error)} for ${input.toString('hex')}`);
      }
    }
  });
});
