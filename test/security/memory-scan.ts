// Looks for secrets in the memory of another process (Linux). The needles are in this process alone.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** What is looked for: by its name, the octets. */
export type Needles = Readonly<Record<string, Uint8Array>>;

/** Where a piece of a needle was found. */
export interface Find {
  readonly needle: string;
  /** Of the piece in the needle, in octets. */
  readonly at: number;
  readonly address: number;
  /** What the system calls the memory, such as `[heap]`; empty for none. */
  readonly region: string;
  /** The octets around it, for whoever looks for the copy's maker. */
  readonly around: string;
}

/** So long a piece is no accident; what allocators write into freed memory leaves one of them. */
const pieceLength = 8;
const chunkLength = 1 << 20;
const contextLength = 48;

interface Region {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

function writableRegions(pid: number): Region[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const {
      start,
      end,
      name = '',
    } = /^(?<start>\w+)-(?<end>\w+) rw\S+ \S+ \S+ \S+ *(?<name>.*)$/u.exec(line)?.groups ?? {};
    if (start === undefined || end === undefined) return [];
    return [{ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), name }];
  });
}

/** The pieces of the needles in the writable memory of a child of this process. */
export function scanMemory(pid: number, needles: Needles): Find[] {
  const pieces = Object.entries(needles).flatMap(([needle, octets]) =>
    Array.from({ length: Math.floor(octets.length / pieceLength) }, (_, index) => {
      const at = index * pieceLength;
      return { needle, at, piece: octets.subarray(at, at + pieceLength) };
    }),
  );
  const finds: Find[] = [];
  const chunk = Buffer.alloc(chunkLength + pieceLength);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const { start, end, name } of writableRegions(pid)) {
      for (let base = start; base < end; base += chunkLength) {
        let read: Buffer;
        try {
          const length = Math.min(chunk.length, end - base);
          read = chunk.subarray(0, readSync(memory, chunk, 0, length, base));
        } catch {
          // The process has given it back.
          continue;
        }
        for (const { needle, at, piece } of pieces) {
          for (let found = read.indexOf(piece); found >= 0; found = read.indexOf(piece, found + 1)) {
            const around = read.toString('latin1', Math.max(0, found - contextLength), found + contextLength);
            const shown = around.replaceAll(/[^ -~]/gu, '.');
            finds.push({ needle, at, address: base + found, region: name, around: shown });
          }
        }
      }
    }
  } finally {
    closeSync(memory);
  }
  return finds;
}
