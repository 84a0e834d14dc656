// A process that starts another for a method DLL, with the NODE_OPTIONS that it is given, and exits when its standard
// input ends.

import { loadPeer } from '../support.js';

process.env['NODE_OPTIONS'] = process.argv[2];
loadPeer({ isolate: true }).catch(() => undefined);
// oxlint-disable-next-line unicorn/no-process-exit -- it is what the test is of
process.stdin.resume().once('end', () => process.exit(0));
