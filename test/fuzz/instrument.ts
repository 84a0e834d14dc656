// Puts counters into the library's modules as they are loaded, so that a fuzzer sees what an input reaches.
// Usage: node --import ./dist/test/fuzz/instrument.js …

import { register } from 'node:module';

register(new URL('./instrument-hooks.js', import.meta.url));
