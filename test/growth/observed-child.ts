// Loaded into the processes of isolated method DLLs before everything else (`--import`): tells its parent, when asked,
// how many objects live there and how much memory it has.

import { liveObjects, settle } from './live-objects.js';

async function tell(what: () => Promise<unknown>): Promise<void> {
  const told = await what();
  process.send?.({ told });
}

function listen(message: unknown): void {
  if (message === 'count') void tell(async () => [...(await liveObjects())]);
  if (message === 'measure') {
    void tell(async () => {
      await settle();
      return process.memoryUsage();
    });
  }
}

// Not before the program listens: Node reads messages from then on, and drops those that nobody hears.
process.on('newListener', function follow(event) {
  if (event !== 'message') return;
  process.off('newListener', follow);
  setImmediate(() => process.on('message', listen));
});
