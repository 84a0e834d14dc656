// A RADIUS server at the switch's end of a wire, whose user's password has expired: it takes a new one, once.
// Usage: accounts.js SECRET USER PASSWORD. Prints a line when it serves, and one for each password that it takes.

import { memoryUsers, mschapv2Authenticator } from '../../../lib/methods/index.js';
import { RadiusServer } from '../../../lib/radius/index.js';

const [, , secret = '', user = '', password = ''] = process.argv;
const users = memoryUsers({ [user]: { password, state: 'passwordExpired' } });
await RadiusServer.listen({
  secret,
  port: 1812,
  methods: [
    mschapv2Authenticator({
      users: {
        lookup: (identity) => users.lookup(identity),
        changePassword(identity, next) {
          process.stdout.write('changed\n');
          return users.changePassword?.(identity, next) ?? false;
        },
      },
    }),
  ],
});
process.stdout.write('serving\n');
