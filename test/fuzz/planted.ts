// A parser with a bug that four octets in turn lead to: too deep for chance, in reach of a fuzzer that sees its way.

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
