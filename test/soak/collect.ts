// Loaded before a program whose memory is measured from outside: collects its garbage every five seconds, so that what
// grows is what it holds. Usage: NODE_OPTIONS=--import=FILE-URL

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const periodMs = 5000;

setFlagsFromString('--expose-gc');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- V8's, by that flag
const collect = runInNewContext('gc') as () => void;
setInterval(collect, periodMs).unref();
