// Methods in TypeScript through the whole product: facade, addon, embedded run-time, shim, and back to this thread.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EapHost, Session } from '../../lib/index.js';
import type { MethodDefinition, PeerSession } from '../../lib/hosts/method.js';
import { ways } from './transports.js';

const type = { type: 254, vendorId: 99_999, vendorType: 77, authorId: 99_999 };
const header = [254, 1, 134, 159, 0, 0, 0, 77];
const identityRequest = Buffer.from([1, 1, 0, 5, 1]);

/** A request or response of the method: code, id, one octet of its own. */
function packet(code: number, id: number, octet: number): Buffer {
  return Buffer.from([code, id, 0, 13, ...header, octet]);
}

/** Answers each request with the request's octet and one more for each session. */
function echo(open: Set<PeerSession>): MethodDefinition {
  return {
    type,
    name: 'Echo',
    properties: 0,
    peer: {
      getIdentity: ({ credentials }) => ({ identity: 'echo', credentials: Uint8Array.from(credentials) }),
      beginSession: ({ credentials }) => {
        const [own = 0] = credentials;
        const session: PeerSession = {
          processRequest: async (request) => {
            await Promise.resolve();
            if (request[12] === 255) throw Object.assign(new Error('as asked'), { winError: 0x80420112 });
            return { action: 'send', packet: packet(2, request[1] ?? 0, ((request[12] ?? 0) + own) % 256) };
          },
          getResult: (reason) => ({ isSuccess: reason === 'success' }),
          end: () => {
            open.delete(session);
          },
        };
        open.add(session);
        return session;
      },
    },
  };
}

for (const way of ways) {
  describe(`methods in TypeScript ${way.name}`, () => {
    let host: EapHost;
    const open = new Set<PeerSession>();
    // A folder for temporary files where nobody else's are.
    const temporary = mkdtempSync(join(tmpdir(), 'eaphost-test-'));
    const { TMPDIR } = process.env;

    const begin = (own: number): Promise<Session> =>
      host.beginSession({ method: type, credentials: Buffer.from([own]) });

    before(() => {
      process.env['TMPDIR'] = temporary;
    });
    after(() => {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      rmSync(temporary, { recursive: true });
    });

    beforeEach(async () => {
      host = await way.open([echo(open)]);
    });
    afterEach(async () => {
      await host.close();
      assert.equal(open.size, 0);
      // The folder of the method's socket is gone with its server.
      assert.deepEqual(readdirSync(temporary), []);
    });

    it('serve 500 sessions at once, each its own', async () => {
      const sessions = await Promise.all(Array.from({ length: 500 }, (_, index) => begin(index % 256)));
      await Promise.all(
        sessions.map(async (session, index) => {
          const identity = await session.process(identityRequest);
          assert.equal(identity.action, 'send');
          for (let id = 2; id < 6; ++id) {
            const step = await session.process(packet(1, id, id));
            assert.ok(step.action === 'send');
            assert.deepEqual(Buffer.from(step.packet), packet(2, id, (id + index) % 256));
          }
          const last = await session.process(Buffer.from([3, 5, 0, 4]));
          assert.ok(last.action === 'result');
          assert.equal(last.result.isSuccess, true);
          await session.end();
        }),
      );
      assert.equal(open.size, 0);
    });

    it('fail their own session and no other', async () => {
      const [one, other] = await Promise.all([begin(1), begin(2)]);
      for (const session of [one, other]) await session.process(identityRequest);
      await assert.rejects(one.process(packet(1, 2, 255)), { winError: 0x80420112 });
      const step = await other.process(packet(1, 2, 7));
      assert.ok(step.action === 'send');
      assert.deepEqual(Buffer.from(step.packet), packet(2, 2, 9));
      await Promise.all([one.end(), other.end()]);
    });

    it('have their sessions ended when the host closes with some open', async () => {
      const sessions = await Promise.all([begin(1), begin(2), begin(3)]);
      await Promise.all(sessions.map((session) => session.process(identityRequest)));
      await Promise.all(sessions.map((session) => session.process(packet(1, 2, 7))));
      assert.equal(open.size, 3);
    });
  });
}
