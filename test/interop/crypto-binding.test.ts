// wpa_supplicant's peer at our PEAP server, which demands crypto-binding by default.

import { equal, ok } from 'node:assert/strict';
import { serverMethods } from '../../lib/cli/serve-methods.js';
import { memoryUsers } from '../../lib/methods/users.js';
import type { CryptoBindingOffer } from '../../lib/methods/tls/index.js';
import { RadiusServer, type VerdictEvent } from '../../lib/radius/index.js';
import { versions } from '../methods/support.js';
import { certificates } from '../methods/tls/certificates.js';
import { EapolTest } from '../methods/tls/eapol-test.js';

const secret = 'between us';
const password = 'Pa$$w0rd of Alice';

describe('eapol_test and the crypto-binding of PEAP', () => {
  let eapolTest: EapolTest;
  before(async function () {
    this.timeout(60_000);
    eapolTest = await EapolTest.prepare();
  });
  after(async () => eapolTest?.[Symbol.asyncDispose]());

  for (const version of versions) {
    for (const method of ['peap-mschapv2', 'peap-gtc', 'peap-tls'] as const) {
      const verdicts: VerdictEvent[] = [];
      const serve = (binding?: CryptoBindingOffer) => {
        const { ca, server } = certificates();
        const tls = { ...server, maxVersion: version, resumptionLifetime: 3600 };
        const users = memoryUsers({ alice: password });
        verdicts.length = 0;
        return RadiusServer.listen({
          secret,
          methods: serverMethods([method], { users, tls, clients: { ca }, cryptoBinding: binding }),
          port: 0,
          onEvent: (event) => void (event.kind === 'verdict' && verdicts.push(event)),
        });
      };
      const options = { secret, method, version, password, again: 1 } as const;

      for (const cryptoBinding of ['', 'crypto_binding=1'] as const) {
        it(`bind ${method} over ${version} with ${cryptoBinding || 'its default'}, and resume it`, async () => {
          await using server = await serve();
          const outcome = await eapolTest.run({ ...options, cryptoBinding, port: server.port });
          outcome.assertAccepted(2);
          equal(outcome.resumptions, 1);
        });
      }

      it(`do not come together for ${method} over ${version} where it leaves that out`, async () => {
        const cryptoBinding = 'crypto_binding=0';
        {
          await using server = await serve();
          (await eapolTest.run({ ...options, cryptoBinding, port: server.port })).assertRejected();
          equal(server.counters.accepts, 0);
          ok(verdicts[0]?.rootCause?.includes('crypto-binding'));
        }
        await using server = await serve('optional');
        (await eapolTest.run({ ...options, cryptoBinding, port: server.port })).assertAccepted(2);
      });
    }
  }
});
