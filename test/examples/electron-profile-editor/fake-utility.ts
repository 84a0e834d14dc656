// A utility process in a plain Node: `process.parentPort` over the channel of child_process, then the program.

import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';

const port = Object.assign(new EventEmitter(), {
  postMessage: (message: unknown) => process.send?.(message),
});
/** Messages wait until somebody listens, as Electron's do. */
const waiting: unknown[] = [];
process.on('message', (data) => {
  if (port.listenerCount('message') === 0) waiting.push(data);
  else port.emit('message', { data });
});
port.on('newListener', () => {
  queueMicrotask(() => {
    for (const data of waiting.splice(0)) port.emit('message', { data });
  });
});
Reflect.set(process, 'parentPort', port);
await import(pathToFileURL(process.argv[2] ?? '').href);
