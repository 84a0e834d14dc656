// Somebody on the wire between a wired supplicant and its switch, who sends EAP-Failures: the password that the supplicant has
// changed, and nobody else knows, is not lost by them.

import { deepEqual, equal, ok } from 'node:assert/strict';

import { eapHeader } from '../../../lib/eap/packet.js';
import { AuthenticatorHost } from '../../../lib/hosts/authenticator-host.js';
import { openEapHost } from '../../../lib/index.js';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import { mschapv2, mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { eapFailure, identityRequest } from '../../supplicant/script-method.js';
import { PlayedSwitch } from '../../wired/played-switch.js';

describe('A changed password of a wired supplicant', () => {
  /** A supplicant whose password has expired, at a switch with its server. */
  async function lab() {
    const host = await openEapHost({ runtime: 'embedded', methods: [mschapv2] });
    const played = await PlayedSwitch.open(host, {
      load: () => ({
        method: mschapv2.type,
        config: Buffer.alloc(0),
        credentials: encodeCredentials({ username: 'alice', password: 'old', newPassword: 'new' }),
      }),
    });
    const users = memoryUsers({ alice: { password: 'old', state: 'passwordExpired' } });
    const methods = [mschapv2Authenticator({ users })];
    const none = new Uint8Array();

    /** One authentication, ended by a failure of somebody else's where it is `forged`. Whether it had success. */
    async function authenticate(isForged = false): Promise<boolean> {
      const { successes, failures } = played.supplicant.status;
      await played.exchange(identityRequest);
      const id = eapHeader(played.packet)?.id ?? 0;
      const server = new AuthenticatorHost({
        identity: 'alice',
        methods,
        attributes: [],
        config: none,
        maxSendPacketSize: 1400,
      });
      let step = await server.start(id);
      while (step.kind === 'request') {
        await played.exchange(step.packet);
        if (isForged) break;
        step = await server.receive(played.packet);
      }
      played.send(isForged ? eapFailure(eapHeader(played.packet)?.id ?? 0) : step.packet);
      await played.has(() => {
        const { status } = played.supplicant;
        return status.successes + status.failures > successes + failures;
      }, 'an end');
      await server.end();
      return played.supplicant.status.successes > successes;
    }

    return {
      authenticate,
      async [Symbol.asyncDispose]() {
        await played[Symbol.asyncDispose]();
        await host[Symbol.asyncDispose]();
      },
    };
  }

  it('outlives a forged EAP-Failure after each success', async () => {
    await using it = await lab();
    equal(await it.authenticate(), true);
    for (let round = 0; round < 3; round += 1) {
      deepEqual([await it.authenticate(true), await it.authenticate()], [false, true]);
    }
  });

  it('is tried again by itself however many of them there were', async () => {
    for (const forged of [2, 3, 4, 5, 6, 7]) {
      await using it = await lab();
      equal(await it.authenticate(), true);
      for (let count = 0; count < forged; count += 1) equal(await it.authenticate(true), false);
      let tries = 1;
      while (!(await it.authenticate())) tries += 1;
      // Twice at most with the old password.
      ok(tries <= 3, `${tries} tries`);
    }
  });
});
