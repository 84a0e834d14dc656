// A process that serves MD5-Challenge, both its sides, and says its endpoint.

import { md5, md5Authenticator, memoryUsers } from '../../../lib/methods/index.js';
import { serveMethods } from '../../../lib/registration/index.js';

const { authenticator } = md5Authenticator({ users: memoryUsers({ alice: 'correct horse' }) });
const server = await serveMethods({ methods: [{ ...md5, ...(authenticator && { authenticator }) }] });
process.send?.(server.endpoint);
process.on('disconnect', () => process.exit());
