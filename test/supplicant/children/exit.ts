// A process with open sessions that ends in the way that its argument says.

import { openEapHost } from '../../../lib/index.js';
import { identityRequest, request, scriptMethod, scriptType } from '../script-method.js';
import { never, openTestHost, trivialType } from '../support.js';

const [, , way = '', microseconds = '0'] = process.argv;
const config = Buffer.alloc(4);
config.writeUInt32LE(Number(microseconds));

const host = await openTestHost();
const session = await host.beginSession({ method: trivialType, credentials: Buffer.of(1, 0), config });
await session.process(identityRequest);
const embedded = await openEapHost({ runtime: 'embedded', methods: [scriptMethod({ process: never })] });
const scripted = await embedded.beginSession({ method: scriptType, credentials: Buffer.of(1) });
await scripted.process(identityRequest);

const trivialRequest = request(2, Buffer.of(0), trivialType);
if (config.some((octet) => octet !== 0)) {
  // A call that is under way keeps the process alive; a natural exit comes after it.
  const call = async (): Promise<void> => {
    const { action } = await session.process(trivialRequest);
    process.exitCode = action === 'send' ? 3 : 4;
  };
  void call();
}
if (way === 'exit' || way === 'throw') {
  setTimeout(() => {
    if (way === 'exit') process.exit(7);
    throw new Error('nobody catches this');
  }, 20);
}
if (way === 'stuck') {
  // The method in TypeScript never answers: only process.exit() ends this.
  void scripted.process(request(2));
  setTimeout(() => process.exit(7), 20);
}
