// Tunnel methods: a method in TypeScript whose inner method runs through the run-time that runs the method itself.

import assert from 'node:assert/strict';

import type { EapHost, Session } from '../../lib/index.js';
import { defineMethod } from '../../lib/methods/index.js';
import { ways } from './transports.js';

const outerType = { type: 254, vendorId: 99_999, vendorType: 80, authorId: 99_999 };
const innerType = { type: 254, vendorId: 99_999, vendorType: 81, authorId: 99_999 };
const identityRequest = Buffer.from([1, 0, 0, 5, 1]);

function packet(code: number, id: number, method: number, octet: number): Buffer {
  return Buffer.from([code, id, 0, 13, 254, 1, 134, 159, 0, 0, 0, method, octet]);
}

const inner = defineMethod({
  type: innerType,
  name: 'Inner',
  peer: {
    getIdentity: () => ({ identity: 'inner', credentials: Buffer.from('inner user') }),
    beginSession: () => ({
      processRequest: (request) => ({
        action: 'send',
        packet: packet(2, request[1] ?? 0, innerType.vendorType, (request[12] ?? 0) + 1),
      }),
      getResult: (reason) => ({ isSuccess: reason === 'success' }),
      end: () => {},
    }),
  },
});

/** Wraps the inner method of `host()`; `everybody` resolves when every session is inside its first inner call. */
function tunnel(host: () => EapHost, everybody: () => Promise<void>) {
  return defineMethod({
    type: outerType,
    name: 'Tunnel',
    properties: ['tunnelMethod'],
    peer: {
      getIdentity: () => ({ identity: 'anonymous', credentials: Buffer.from('outer user') }),
      beginSession: () => {
        let session: Session | undefined;
        let lastId = 0;
        return {
          async processRequest(request) {
            await everybody();
            lastId = request[1] ?? 0;
            if (session === undefined) {
              session = await host().beginSession({
                method: innerType,
                connectionId: null,
                credentials: Buffer.from('x'),
              });
              await session.process(identityRequest);
            }
            const step = await session.process(
              packet(1, request[1] ?? 0, innerType.vendorType, request[12] ?? 0),
            );
            assert.equal(step.action, 'send');
            const octet = step.action === 'send' ? (step.packet[12] ?? 0) : 0;
            return { action: 'send', packet: packet(2, request[1] ?? 0, outerType.vendorType, octet) };
          },
          async getResult(reason) {
            if (session === undefined) return { isSuccess: false };
            const step = await session.process(Buffer.from([reason === 'success' ? 3 : 4, lastId, 0, 4]));
            const isSuccess = step.action === 'result' && step.result.isSuccess;
            return { isSuccess };
          },
          async end() {
            await session?.end();
          },
        };
      },
    },
  });
}

for (const { name, open } of ways) {
  describe(`tunnel methods in TypeScript ${name}`, function () {
    this.timeout(120_000);

    it('have 65 sessions at once, each with an inner one, on fewer lanes than that', async () => {
      const count = 65;
      let arrived = 0;
      let release: () => void = () => {};
      const all = new Promise<void>((resolve) => {
        release = resolve;
      });
      const everybody = (): Promise<void> => {
        arrived += 1;
        if (arrived === count) release();
        return all;
      };
      let host: EapHost;
      await using opened = await open([inner, tunnel(() => host, everybody)], 8);
      host = opened;
      await Promise.all(
        Array.from({ length: count }, async (_, index) => {
          await using session = await host.beginSession({
            method: outerType,
            connectionId: null,
            credentials: Buffer.from('y'),
          });
          await session.process(identityRequest);
          for (const id of [1, 2]) {
            const step = await session.process(packet(1, id, outerType.vendorType, index));
            assert.deepEqual(
              step.action === 'send' && step.packet,
              packet(2, id, outerType.vendorType, index + 1),
            );
          }
          const last = await session.process(Buffer.from([3, 2, 0, 4]));
          assert.equal(last.action === 'result' && last.result.isSuccess, true);
        }),
      );
      assert.equal(host.counters?.().sessions ?? 0, 0);
    });
  });
}
