// The RADIUS client against the RADIUS server over a network that loses, doubles and reorders.

import assert from 'node:assert/strict';

import { md5Authenticator } from '../../lib/methods/md5.js';
import { mschapv2Authenticator } from '../../lib/methods/mschapv2.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../lib/radius/index.js';
import { authenticate } from './peer.js';
import { LossyProxy } from './proxy.js';

const secret = 'between us';
const users = memoryUsers({ anna: 'right' });

describe('RADIUS over a lossy network', () => {
  for (const seed of [1, 2, 3]) {
    it(`has the same 300 verdicts and keys (seed ${seed})${seed === 1 ? '' : ' @long'}`, async () => {
      await using server = await RadiusServer.listen({
        secret,
        methods: [mschapv2Authenticator({ users }), md5Authenticator({ users })],
        port: 0,
      });
      await using proxy = await LossyProxy.open({
        serverPort: server.port,
        seed,
        drop: 0.12,
        mostLost: 5,
        double: 0.3,
        delayMs: 25,
      });
      await using client = new RadiusClient({
        host: '127.0.0.1',
        port: proxy.port,
        secret,
        timeoutMs: 60,
        retries: 14,
      });
      const conversation = async (index: number) => {
        const method = index % 2 === 0 ? 'md5' : 'mschapv2';
        const isRight = index % 4 < 2;
        const transport = radiusTransport(client);
        const password = isRight ? 'right' : 'wrong';
        const peer = await authenticate(transport, { method, identity: 'anna', password });
        assert.equal(peer.isSuccess, isRight, `conversation ${index}`);
        assert.equal(transport.accept !== undefined, isRight);
        assert.deepEqual(peer.msk, transport.accept?.msk);
        assert.equal(peer.msk !== undefined, isRight && method === 'mschapv2');
      };
      for (let first = 0; first < 300; first += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, index) => conversation(first + index)));
      }
      const { dropped, doubled, reordered } = proxy.counts;
      assert.ok(dropped > 150 && doubled > 200 && reordered > 200, JSON.stringify(proxy.counts));
      assert.ok(server.counters.duplicates > 200);
      // Every verdict was given once, whatever came twice.
      assert.deepEqual([server.counters.accepts, server.counters.rejects], [150, 150]);
      assert.equal(server.sessions, 0);
    });
  }
});
