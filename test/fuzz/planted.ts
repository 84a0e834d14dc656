// A parser with a bug that four octets in sequence trigger. Random inputs do not find it; a fuzzer guided by coverage
// does.

import type { Target } from './engine.js';

function parse(input: Uint8Array): void {
  if (input[0] === 0x45) {
    if (input[1] === 0x41) {
      if (input[2] === 0x50) {
        if (input.length === 9) {
          throw new Error('planted');
        }
      }
    }
  }
}

export const planted: Target = {
  name: 'planted',
  files: ['test/fuzz/planted.js'],
  seeds: [Buffer.alloc(4)],
  run: parse,
};
