// wpa_supplicant's peer takes no tickets by default: our server resumes its connections of TLS 1.2 by their ids.

import { equal } from 'node:assert/strict';
import { serverMethods } from '../../lib/cli/serve-methods.js';
import type { UserStore } from '../../lib/methods/users.js';
import { RadiusServer } from '../../lib/radius/index.js';
import { certificates } from '../methods/tls/certificates.js';
import { EapolTest } from '../methods/tls/eapol-test.js';
import type { MatrixMethod } from '../methods/tls/matrix.js';

const secret = 'between us';
const password = 'Pa$$w0rd of Alice';

/** Serves one method, with a store that is asked each time whether alice may still come in. */
function serve(method: MatrixMethod, resumptionLifetime: number, users: UserStore) {
  const { ca, server } = certificates();
  const tls = { ...server, maxVersion: 'TLSv1.2', resumptionLifetime } as const;
  return RadiusServer.listen({
    secret,
    methods: serverMethods([method], { users, tls, clients: { ca } }),
    port: 0,
  });
}

describe('eapol_test over TLS 1.2, ten times in a row', () => {
  let eapolTest: EapolTest;
  before(async function () {
    this.timeout(60_000);
    eapolTest = await EapolTest.prepare();
  });
  after(async () => eapolTest?.[Symbol.asyncDispose]());

  for (const method of ['tls', 'peap-mschapv2', 'ttls-pap', 'ttls-mschapv2'] as const) {
    const options = { secret, method, version: 'TLSv1.2', password } as const;

    it(`resumes ${method} nine times`, async () => {
      await using server = await serve(method, 3600, { lookup: () => ({ password }) });
      const outcome = await eapolTest.run({ ...options, port: server.port, again: 9 });
      outcome.assertAccepted(10);
      equal(outcome.resumptions, 9);
    });

    it(`resumes ${method} never where the owner did not ask for it`, async () => {
      await using server = await serve(method, 0, { lookup: () => ({ password }) });
      const outcome = await eapolTest.run({ ...options, port: server.port, again: 2 });
      outcome.assertAccepted(3);
      equal(outcome.resumptions, 0);
    });
  }

  for (const method of ['peap-mschapv2', 'ttls-pap'] as const) {
    it(`lets ${method} resume into no account that was closed`, async () => {
      let accepts = () => 0;
      await using server = await serve(method, 3600, {
        lookup: () => (accepts() < 3 ? { password } : { password, state: 'disabled' }),
      });
      accepts = () => server.counters.accepts;
      const options = { secret, method, version: 'TLSv1.2', password, port: server.port, again: 3 } as const;
      const outcome = await eapolTest.run(options);
      outcome.assertRejected();
      // The third was refused once eapol_test had proved that the session is its own.
      equal(outcome.resumptions, 3);
      equal(server.counters.accepts, 3);
    });
  }
});
