// The RADIUS server and the authenticator methods against eapol_test, the peer of wpa_supplicant.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { md5Authenticator } from '../../lib/methods/md5.js';
import { mschapv2Authenticator } from '../../lib/methods/mschapv2.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { RadiusServer, type RadiusServerOptions } from '../../lib/radius/index.js';
import type { PasswordMethod } from './peer.js';
import { findProgram, type Outcome, run } from './programs.js';
import { LossyProxy } from './proxy.js';

const secret = 'between us';
const password = 'Pa$$w0rd of Anna';
const users = memoryUsers({ anna: password, 'DOMAIN\\bert': 'bert' });
const offers = { md5: md5Authenticator({ users }), mschapv2: mschapv2Authenticator({ users }) };
const names = { md5: 'MD5', mschapv2: 'MSCHAPV2' } as const;
const methods: readonly PasswordMethod[] = ['md5', 'mschapv2'];

interface TestOptions {
  readonly method: PasswordMethod;
  readonly port: number;
  readonly identity?: string;
  readonly password?: string;
  readonly secret?: string;
  readonly address?: string;
  /** More arguments of eapol_test. */
  readonly args?: readonly string[];
}

describe('eapol_test', () => {
  let program: string;
  let folder: string;
  let files = 0;
  before(async () => {
    program = findProgram('eapol_test', 'eapoltest');
    folder = await mkdtemp(join(tmpdir(), 'eaphost-eapol-'));
  });
  after(async () => {
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function eapolTest(options: TestOptions): Promise<Outcome> {
    const config = join(folder, `${files++}.conf`);
    await writeFile(
      config,
      `network={
  key_mgmt=WPA-EAP
  eap=${names[options.method]}
  identity="${options.identity ?? 'anna'}"
  password="${options.password ?? password}"
}
`,
    );
    const keys = options.method === 'md5' ? ['-n'] : [];
    const { address = '127.0.0.1', port, args = [] } = options;
    const server = ['-a', address, '-p', String(port), '-s', options.secret ?? secret];
    return run(program, ['-c', config, ...server, '-t', '40', ...keys, ...args], 50_000);
  }

  const serve = (first: PasswordMethod, options: Partial<RadiusServerOptions> = {}) =>
    RadiusServer.listen({
      secret,
      methods: first === 'md5' ? [offers.md5, offers.mschapv2] : [offers.mschapv2, offers.md5],
      port: 0,
      ...options,
    });

  /** Said last; keys that the method does not have are not compared. */
  function assertAccepted({ status, output }: Outcome, method: PasswordMethod, times = 1): void {
    assert.equal(status, 0, output);
    assert.match(output, /SUCCESS\n*$/u);
    if (method === 'mschapv2') assert.ok(output.includes(`MPPE keys OK: ${times}  mismatch: 0`), output);
  }

  for (const first of methods) {
    for (const method of methods) {
      const how = `${method}${method === first ? '' : ' after a Nak'}`;
      it(`is accepted with ${how}`, async () => {
        await using server = await serve(first);
        assertAccepted(await eapolTest({ method, port: server.port }), method);
        const { accepts, rejects, dropped } = server.counters;
        assert.deepEqual([accepts, rejects], [1, 0]);
        assert.equal(
          Object.values(dropped).reduce((sum, count) => sum + count, 0),
          0,
        );
      });

      it(`is refused with ${how} and a wrong password`, async () => {
        await using server = await serve(first);
        const { status, output } = await eapolTest({ method, port: server.port, password: 'wrong' });
        assert.notEqual(status, 0);
        assert.match(output, /FAILURE\n*$/u);
        assert.match(output, /Access-Reject/u);
        assert.deepEqual([server.counters.accepts, server.counters.rejects], [0, 1]);
      });

      it(`is refused with ${how} as a stranger`, async () => {
        await using server = await serve(first);
        const { status } = await eapolTest({ method, port: server.port, identity: 'nobody' });
        assert.notEqual(status, 0);
        assert.deepEqual([server.counters.accepts, server.counters.rejects], [0, 1]);
      });
    }
  }

  for (const method of methods) {
    it(`is accepted with ${method} three times in a row`, async () => {
      await using server = await serve(method);
      assertAccepted(await eapolTest({ method, port: server.port, args: ['-r', '2'] }), method, 3);
      assert.equal(server.counters.accepts, 3);
      assert.equal(server.sessions, 0);
    });

    it(`is accepted with ${method} as a user of a domain`, async () => {
      await using server = await serve(method);
      const identity = String.raw`DOMAIN\bert`;
      assertAccepted(await eapolTest({ method, port: server.port, identity, password: 'bert' }), method);
    });
  }

  it('is accepted over IPv6', async () => {
    await using server = await serve('mschapv2', { address: '::1' });
    assertAccepted(await eapolTest({ method: 'mschapv2', port: server.port, address: '::1' }), 'mschapv2');
  });

  it('is refused when no method is left', async () => {
    await using server = await serve('md5', { methods: [offers.md5] });
    const { status, output } = await eapolTest({ method: 'mschapv2', port: server.port });
    assert.notEqual(status, 0);
    assert.match(output, /Access-Reject/u);
  });

  it('gets no answer with another secret', async () => {
    await using server = await serve('md5');
    const { status } = await eapolTest({ method: 'md5', port: server.port, secret: 'x', args: ['-t', '2'] });
    assert.notEqual(status, 0);
    assert.ok(server.counters.dropped.badMessageAuthenticator > 0);
    assert.equal(server.counters.requests, 0);
  });

  it('gets the same verdicts over a network that loses, doubles and reorders', async () => {
    await using server = await serve('mschapv2');
    await using proxy = await LossyProxy.open({
      serverPort: server.port,
      seed: 11,
      drop: 0.06,
      // It sends again after 3 and 6 s: three exchanges are through in 27 s, and its limit is 40.
      mostLost: 2,
      double: 0.4,
      delayMs: 60,
    });
    const conversations = Array.from({ length: 24 }, async (_, index) => {
      const method = index % 2 === 0 ? 'md5' : 'mschapv2';
      const isRight = index % 4 < 2;
      const given = isRight ? password : 'wrong';
      const outcome = await eapolTest({ method, port: proxy.port, password: given });
      if (isRight) assertAccepted(outcome, method);
      else assert.match(outcome.output, /FAILURE\n*$/u);
    });
    await Promise.all(conversations);
    const { dropped, doubled, reordered } = proxy.counts;
    assert.ok(dropped > 5 && doubled > 20 && reordered > 20, JSON.stringify(proxy.counts));
    assert.deepEqual([server.counters.accepts, server.counters.rejects], [12, 12]);
    assert.ok(server.counters.duplicates > 10);
  });
});
