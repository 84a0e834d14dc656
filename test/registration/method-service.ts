// Serves a registered method in a process of its own, as a service does: says `serving` when it does, and closes when
// its parent hangs up.

import { md5, md5Authenticator, memoryUsers, type MethodDefinition } from '../../lib/methods/index.js';
import { serveRegistered } from '../../lib/registration/index.js';

const { authenticator } = md5Authenticator({ users: memoryUsers({ alice: 'correct horse' }) });

/** MD5-Challenge, both its sides, under an author id of the tests. */
export const method: MethodDefinition = {
  ...md5,
  ...(authenticator && { authenticator }),
  name: 'MD5 of the tests',
  type: { type: 4, authorId: 67_532 },
};

if (process.argv.includes('--serve')) {
  const server = await serveRegistered([method]);
  process.once('disconnect', () => {
    void server.close().then(() => process.exit(0));
  });
  process.send?.('serving');
}
