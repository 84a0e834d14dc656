// Fuzz entry for the frame parser: takes any octets. A fuzzer calls `fuzzFrames`; the suite calls it with
// mutations of good frames.

import {
  FrameAssembler,
  FrameReader,
  ProtocolError,
  maxFrameSize,
  readFrame,
  readHello,
} from '../../lib/shim-server/frames.js';

const readers: readonly ((reader: FrameReader) => unknown)[] = [
  (reader) => reader.u8(),
  (reader) => reader.u16(),
  (reader) => reader.u32(),
  (reader) => reader.bool(),
  (reader) => reader.bytes(),
  (reader) => reader.text(),
  (reader) => reader.type(),
  (reader) => reader.attributes(),
  (reader) => reader.raw(32),
];

/** Whether the octets were refused with a ProtocolError; anything else that is thrown is a bug and comes through. */
function refused(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (error instanceof ProtocolError) return true;
    throw error;
  }
}

/**
 * Cuts `data` in pieces as its own octets say, and reads what comes out with each reader in turn.
 * @throws only where the parser is wrong
 */
export function fuzzFrames(data: Buffer): void {
  const assembler = new FrameAssembler();
  refused(() => {
    for (let at = 0; at < data.length;) {
      const size = 1 + ((data[at] ?? 0) % 7);
      const whole = assembler.push(Buffer.from(data.subarray(at, at + size)), maxFrameSize);
      at += size;
      if (whole === undefined) continue;
      if (assembler.partial) throw new Error('a frame came out and is still there');
      if (whole.readUInt32LE(0) !== whole.length) throw new Error('a frame of the wrong length came out');
    }
  });
  assembler.clear();
  if (assembler.partial) throw new Error('cleared and not empty');

  refused(() => readHello(readFrame(Buffer.from(data))));
  refused(() => {
    const { body } = readFrame(Buffer.from(data));
    const reader = new FrameReader(body);
    for (const octet of data) readers[octet % readers.length]?.(reader);
    reader.end();
  });
  for (const read of readers) refused(() => read(new FrameReader(data)));
}
