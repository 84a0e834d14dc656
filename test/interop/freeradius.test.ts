// The RADIUS client and the peer methods against FreeRADIUS.

import assert from 'node:assert/strict';

import { RadiusClient, radiusTransport } from '../../lib/radius/index.js';
import { authenticate, type PasswordMethod } from './peer.js';
import { LossyProxy } from './proxy.js';
import { type RunningServer, startFreeRadius } from './servers.js';

const secret = 'between us';
const users = { anna: 'Pa$$w0rd of Anna', 'DOMAIN\\bert': 'bert', zoë: 'Grüße, 世界' };
const methods: readonly PasswordMethod[] = ['md5', 'mschapv2'];

describe('FreeRADIUS', () => {
  for (const firstMethod of methods) {
    describe(`that offers ${firstMethod} first`, () => {
      let server: RunningServer;
      let client: RadiusClient;
      before(async () => {
        server = await startFreeRadius({ secret, users, firstMethod });
        // It must send nothing twice, however slow the machine.
        client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret, timeoutMs: 30_000 });
      });
      after(async () => {
        await client?.close();
        await server?.[Symbol.asyncDispose]();
      });

      for (const method of methods) {
        const isNaked = method !== firstMethod;
        it(`accepts ${method}${isNaked ? ' after a Nak' : ''}, with the peer's keys`, async () => {
          const transport = radiusTransport(client, { callingStationId: '02-00-00-00-00-01' });
          const peer = await authenticate(transport, { method, identity: 'anna', password: users.anna });
          assert.ok(peer.isSuccess);
          const { accept } = transport;
          assert.ok(accept);
          if (method === 'md5') {
            assert.deepEqual([peer.msk, accept.msk], [undefined, undefined]);
          } else {
            assert.equal(accept.msk?.length, 64);
            assert.ok(accept.msk.some((octet) => octet !== 0));
            assert.deepEqual(peer.msk, accept.msk);
          }
        });

        it(`rejects ${method} with a wrong password`, async () => {
          const transport = radiusTransport(client);
          const peer = await authenticate(transport, { method, identity: 'anna', password: 'wrong' });
          assert.equal(peer.isSuccess, false);
          assert.ok(transport.reject && !transport.accept);
        });

        it(`rejects ${method} of a stranger`, async () => {
          const transport = radiusTransport(client);
          const peer = await authenticate(transport, { method, identity: 'nobody', password: users.anna });
          assert.equal(peer.isSuccess, false);
          assert.ok(transport.reject);
        });

        it(`accepts ${method} of a user of a domain`, async () => {
          const transport = radiusTransport(client);
          const identity = String.raw`DOMAIN\bert`;
          const peer = await authenticate(transport, { method, identity, password: 'bert' });
          assert.ok(peer.isSuccess && transport.accept);
          assert.deepEqual(peer.msk, transport.accept.msk);
        });

        it(`accepts ${method} with letters beyond ASCII`, async () => {
          const transport = radiusTransport(client);
          const peer = await authenticate(transport, { method, identity: 'zoë', password: users.zoë });
          assert.ok(peer.isSuccess && transport.accept);
          assert.deepEqual(peer.msk, transport.accept.msk);
        });
      }

      it('is left with no packet of ours that it dropped, nor one of its that we did', () => {
        const dropped = Object.values(client.counters.dropped).reduce((sum, count) => sum + count, 0);
        assert.deepEqual([dropped, client.counters.timeouts, client.counters.retransmissions], [0, 0, 0]);
        assert.ok(!/Dropping packet|Invalid Message-Authenticator/iu.test(server.output));
      });
    });
  }

  it('does not answer a client with another secret', async () => {
    await using server = await startFreeRadius({ secret, users, firstMethod: 'md5' });
    await using client = new RadiusClient({
      host: '127.0.0.1',
      port: server.port,
      secret: 'x',
      timeoutMs: 50,
      retries: 2,
    });
    const transport = radiusTransport(client);
    await assert.rejects(authenticate(transport, { method: 'md5', identity: 'anna', password: users.anna }), {
      code: 'EAPHOST_RADIUS_TIMEOUT',
    });
  });

  it('gives the same verdicts to 80 conversations over a network that loses, doubles and reorders', async () => {
    await using server = await startFreeRadius({ secret, users, firstMethod: 'mschapv2' });
    await using proxy = await LossyProxy.open({
      serverPort: server.port,
      seed: 3,
      drop: 0.15,
      // FreeRADIUS forgets its reply after 5 s, which is after six tries, and refuses the request then.
      mostLost: 4,
      double: 0.15,
      delayMs: 30,
    });
    await using client = new RadiusClient({
      host: '127.0.0.1',
      port: proxy.port,
      secret,
      timeoutMs: 80,
      retries: 12,
    });
    const conversation = async (index: number) => {
      const method = index % 2 === 0 ? 'md5' : 'mschapv2';
      const isRight = index % 4 < 2;
      const transport = radiusTransport(client);
      const password = isRight ? users.anna : 'wrong';
      const peer = await authenticate(transport, { method, identity: 'anna', password });
      assert.equal(peer.isSuccess, isRight, `conversation ${index}`);
      assert.equal(transport.accept !== undefined, isRight);
      assert.deepEqual(peer.msk, transport.accept?.msk);
    };
    await Promise.all(Array.from({ length: 80 }, (_, index) => conversation(index)));
    const { dropped, doubled, reordered } = proxy.counts;
    assert.ok(dropped > 50 && doubled > 50 && reordered > 50, JSON.stringify(proxy.counts));
    assert.ok(client.counters.retransmissions > 50);
  });
});
