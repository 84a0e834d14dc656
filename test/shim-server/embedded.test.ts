// A method's configuration and user interface through the public facade: the embedded run-time in this process calls
// the shim's exports by name, and the shim asks this thread.

import assert from 'node:assert/strict';

import type { EapHost } from '../../lib/index.js';
import { fullMethod, fullPacket, fullType } from './full-method.js';
import { ways } from './transports.js';

const config = Buffer.from('config');
const options = { method: fullType, config };

for (const { name, open } of ways) {
  describe(`configuration of a method in TypeScript ${name}`, () => {
    let host: EapHost;
    before(async () => {
      host = await open([fullMethod]);
    });
    after(() => host.close());

    it('works before any session, again and again', async () => {
      for (let round = 0; round < 20; ++round) {
        const fields = await host.queryCredentialInputFields(options);
        assert.deepEqual(
          fields.map(({ type, label, flags }) => [type, label, flags]),
          [
            ['username', 'Name for config', []],
            ['password', 'Passwort für 雪', ['nonDisplayable']],
          ],
        );
        const filled = fields.map((field, index) => ({ ...field, data: String(index) }));
        const blob = await host.userBlobFromCredentialInputFields(filled, options);
        assert.equal(blob.toString(), '0|1|');
      }
    });

    it('shows the dialogs of the method', async () => {
      assert.equal((await host.invokeConfigUi(options))?.toString(), 'configured config in 0');
      const identity = await host.invokeIdentityUi({ ...options, credentials: Buffer.from('user') });
      assert.deepEqual([identity?.identity, identity?.credentials?.toString()], ['typed', 'user typed']);
      assert.equal(await host.invokeConfigUi({ ...options, config: Buffer.from('cancel') }), undefined);
    });

    it('tells its properties', async () => {
      const { properties, others } = await host.getMethodProperties(options);
      assert.deepEqual(properties, ['mutualAuth']);
      assert.equal(others.get(40), 7);
      assert.equal(String(others.get(41)), 'text');
    });

    it('asks the user within a conversation', async () => {
      await using session = await host.beginSession({
        method: fullType,
        config,
        credentials: Buffer.from('user'),
      });
      await session.process(Buffer.from([1, 0, 0, 5, 1]));
      const step = await session.process(fullPacket(1, 1, 9));
      assert.equal(step.action, 'invokeUi');
    });
  });
}
