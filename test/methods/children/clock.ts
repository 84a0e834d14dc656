// Conversations while the system's clock is set, an hour forward and back at each packet. Usage, under libfaketime:
//   node clock.js FILE        (that which FAKETIME_TIMESTAMP_FILE names)

import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';

import { AuthenticatorMethod, converse, PeerMethod } from '../../../lib/method-dlls/index.js';
import { openEapHost, type Transport } from '../../../lib/index.js';
import {
  makeTestAuthority,
  memoryUsers,
  mschapv2Authenticator,
  peapAuthenticator,
  peapPeer,
} from '../../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../../lib/radius/index.js';
import { alice, pairPath, pairType, server as pairServer } from '../../method-dlls/support.js';

const [, , file = ''] = process.argv;
const shifts = ['+1h', '-1h', '+0'] as const;
let turn = 0;

function setClock(): void {
  writeFileSync(`${file}.new`, `${shifts[turn % shifts.length]}\n`);
  renameSync(`${file}.new`, file);
  turn += 1;
}

/** What the clock says beside one that nobody sets. */
const clock = (): number => Date.now() - performance.now();
const before = clock();
const seen = shifts.map(() => {
  setClock();
  // In minutes; + 0 makes 0 of -0.
  return Math.round((clock() - before) / 60_000) + 0;
});
assert.deepEqual(seen, [60, -60, 0], 'the clock can be set');

const mschapv2 = mschapv2Authenticator({ users: memoryUsers({ alice: 'correct horse' }) });
const { ca, issue } = makeTestAuthority();
const identity = issue({ name: 'server', purpose: 'server', dnsNames: ['radius.example.org'] });
const secret = 'between us';
const credentials = { username: 'alice', password: 'correct horse' };
await using server = await RadiusServer.listen({
  secret,
  methods: [mschapv2, peapAuthenticator({ ...identity, methods: [mschapv2] })],
  port: 0,
});
await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
await using host = await openEapHost({ runtime: 'embedded', methods: [peapPeer({ ca })] });

for (const method of ['mschapv2', 'peap', 'peap'] as const) {
  const transport = radiusTransport(client);
  const setting: Transport = {
    receive: (signal) => {
      setClock();
      return transport.receive(signal);
    },
    send: (packet, signal) => {
      setClock();
      return transport.send(packet, signal);
    },
  };
  for (let start = 0; start < shifts.length; start += 1) {
    await using session = await host.beginSession({ method, credentials });
    const { isSuccess } = await session.authenticate(setting, { timeoutMs: 60_000 });
    assert.equal(isSuccess, true, method);
    setClock();
  }
}

// A limit ends a conversation with a silent server, whatever becomes of the clock.
await using waiting = await host.beginSession({ method: 'mschapv2', credentials });
const silent: Transport = { receive: () => new Promise(() => {}), send: () => Promise.resolve() };
const ended = waiting.authenticate(silent, { timeoutMs: 200 });
const setting = setInterval(setClock, 10);
assert.equal((await ended).isSuccess, false);

for (const isolate of [false, true]) {
  await using peer = await PeerMethod.load({ type: pairType, dllPath: pairPath, isolate });
  await using authenticator = await AuthenticatorMethod.load({ type: pairType, dllPath: pairPath, isolate });
  const { outcome } = await converse(peer, authenticator, {
    peer: { credentials: alice },
    authenticator: { config: pairServer },
  });
  assert.equal(outcome, 'success');
}
clearInterval(setting);
