// FreeRADIUS where it refuses without a word of EAP: it knows no conversation, or has had enough of one.

import { deepEqual, equal, ok } from 'node:assert/strict';

import { type LinkEvent, openEapHost, type Transport } from '../../lib/index.js';
import { makeTestAuthority, tlsPeer } from '../../lib/methods/index.js';
import { RadiusClient, radiusTransport } from '../../lib/radius/index.js';
import { certificates } from '../methods/tls/certificates.js';
import { authenticate } from './peer.js';
import { type RunningServer, startFreeRadius } from './servers.js';

const secret = 'between us';
const users = { anna: 'Pa$$w0rd' };

/** Whether such a refusal has a Message-Authenticator depends on the version. */
function assertNoneDropped({ counters }: RadiusClient): void {
  deepEqual(
    Object.entries(counters.dropped).filter(([, count]) => count > 0),
    [],
  );
  equal(counters.timeouts, 0);
}

describe('A refusal by FreeRADIUS', () => {
  it('that was started again in the middle of a conversation ends it', async () => {
    const options = { secret, users, firstMethod: 'mschapv2' } as const;
    let server: RunningServer = await startFreeRadius(options);
    try {
      const { port } = server;
      await using client = new RadiusClient({ host: '127.0.0.1', port, secret, retries: 20 });
      const link = radiusTransport(client);
      let received = 0;
      const transport: Transport = {
        async receive(signal): Promise<LinkEvent> {
          const event = await link.receive(signal);
          received += 1;
          if (received !== 2) return event;
          // The method's challenge is there. Whom it is from is forgotten before it is answered.
          await server[Symbol.asyncDispose]();
          server = await startFreeRadius({ ...options, port });
          return event;
        },
        send: (packet, signal) => link.send(packet, signal),
      };
      const { isSuccess } = await authenticate(transport, {
        method: 'mschapv2',
        identity: 'anna',
        password: users.anna,
      });
      deepEqual([isSuccess, link.accept], [false, undefined]);
      ok(link.reject);
      assertNoneDropped(client);
    } finally {
      await server[Symbol.asyncDispose]();
    }
  });

  it('after more rounds than it takes ends the conversation', async () => {
    const { ca } = certificates();
    await using server = await startFreeRadius({
      secret,
      users,
      firstMethod: 'tls',
      tls: { maxVersion: 'TLSv1.2' },
    });
    await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
    const { client: own } = certificates();
    // A chain so long that its fragments are too many.
    const peer = tlsPeer({ ca, cert: own.cert + makeTestAuthority().ca.repeat(34), key: own.key });
    await using host = await openEapHost({ runtime: 'embedded', methods: [peer] });
    await using session = await host.beginSession({ method: 'tls', maxSendPacketSize: 256 });
    const link = radiusTransport(client);
    const { isSuccess } = await session.authenticate(link);
    equal(isSuccess, false);
    ok(link.reject);
    assertNoneDropped(client);
    await server.says(/More than \d+ roundtrips/u);
  });
});
