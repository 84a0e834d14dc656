// A process that serves the stalling method: says its endpoint, then each call. Argument: where to stop.

import { serveMethods } from '../../../lib/registration/index.js';
import { stages, stallingMethod } from '../stalling.js';

const say = (message: string): void => {
  process.send?.(message);
};
const at = stages.find((stage) => stage === process.argv[2]);
const server = await serveMethods({ methods: [stallingMethod({ at, onCall: say })] });
say(server.endpoint);
process.on('disconnect', () => process.exit());
