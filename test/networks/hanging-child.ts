// Sets credentials through a netsh that never ends, and exits when that has begun.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { wired } from '../../lib/networks/index.js';
import { lanCredentials } from './lan-documents.js';

const [state = '', fake = ''] = process.argv.slice(2);
const work = wired.setCredentials('Ethernet', lanCredentials, { netsh: [process.execPath, fake, state] });
work.catch((error: unknown) => {
  console.error(error);
  process.exit(3);
});
while (!existsSync(join(state, 'hanging'))) await delay(20);
process.exit(7);
