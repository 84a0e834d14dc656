// A caller can transfer the memory of octets from the API to another thread, which detaches it here, and can read all of
// their ArrayBuffer. So everything that the API returns has an ArrayBuffer of its own.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { types } from 'node:util';
import { Worker } from 'node:worker_threads';

import {
  decodeAttribute,
  decodeKeys,
  decodeVendorSpecific,
  encodeAttribute,
  encodeMppeKeys,
  openEapHost,
  type DiagnosticEvent,
} from '../../../lib/index.js';
import { converse } from '../../../lib/method-dlls/index.js';
import {
  decodeCredentials,
  encodeCredentials,
  mschapv2Authenticator,
  memoryUsers,
} from '../../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../../lib/radius/index.js';
import { configFromXml, credentialsFromXml } from '../../../lib/supplicant/configuration-xml.js';
import { profiles } from '../../../lib/profiles/index.js';
import { alice, loadAuthenticator, loadPeer, server } from '../../method-dlls/support.js';
import {
  eapSuccess,
  identityRequest,
  request,
  scriptMethod,
  scriptType,
} from '../../supplicant/script-method.js';

/** The octets in a value, however deep. */
function octetsIn(value: unknown, seen = new Set<unknown>()): Uint8Array[] {
  if (types.isUint8Array(value)) return [value];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.values(value).flatMap((field) => octetsIn(field, seen));
}

const [keys, blob] = [Buffer.alloc(64, 7), Buffer.from('some blob that a method gave')];
const attributes = [...encodeMppeKeys(keys, 'peer'), { type: 9003, value: keys }];

/** A conversation through the session, and what the host told of it. */
async function session(): Promise<unknown> {
  const events: DiagnosticEvent[] = [];
  const method = scriptMethod({
    getResult: () => ({ isSuccess: true, saveConfig: blob, saveCredentials: blob, attributes }),
    process: (packet) => (packet[1] === 3 ? { action: 'invokeUi', context: blob } : respond(packet)),
    setUiContext: () => ({ action: 'respond', attributes }),
    setResponseAttributes: () => ({ action: 'send', packet: response(3) }),
    getIdentity: () => ({ identity: 'somebody', credentials: blob }),
  });
  const onEvent = (event: DiagnosticEvent): unknown => events.push(event);
  await using host = await openEapHost({ runtime: 'embedded', methods: [method], onEvent });
  const identity = await host.getIdentity({ method: scriptType });
  await using begun = await host.beginSession({ method: scriptType });
  const steps = [
    await begun.process(identityRequest),
    await begun.process(request(2)),
    await begun.process(request(3)),
    await begun.setUiContext(blob),
    await begun.setResponseAttributes([]),
    await begun.process(eapSuccess(3)),
  ];
  return { identity, steps, events };
}

const response = (id: number): Buffer => Buffer.from([2, ...request(id).subarray(1)]);
const respond = (packet: Buffer) => ({ action: 'send', packet: response(packet[1] ?? 0) }) as const;

/** The same of a method DLL that is driven, as a whole and step by step. */
async function driven(isolate: boolean): Promise<unknown> {
  await using peer = await loadPeer({ isolate, trace: true });
  await using authenticator = await loadAuthenticator({ isolate, trace: true });
  const options = { peer: { credentials: alice }, authenticator: { config: server } };
  const conversed = await converse(peer, authenticator, options);
  assert.equal(conversed.outcome, 'success');
  const identity = await peer.getIdentity({ credentials: alice });
  await using client = await peer.beginSession({
    config: Buffer.from('attributes=1;ui=1'),
    credentials: alice,
  });
  await using host = await authenticator.beginSession({ config: server, identity: 'alice' });
  const first = await host.start();
  assert.ok(first.action === 'send');
  const steps = [await client.process(first.packet)];
  return {
    conversed,
    identity,
    first,
    again: host.request,
    steps,
    ui: await client.processResponseAttributes([]),
  };
}

async function radius(): Promise<unknown> {
  const secret = 'testing123';
  const methods = [mschapv2Authenticator({ users: memoryUsers({ alice: 'tiger' }) })];
  const told: unknown[] = [];
  const onEvent = (event: unknown): unknown => told.push(event);
  await using listening = await RadiusServer.listen({ port: 0, secret, methods, onEvent });
  await using client = new RadiusClient({ host: '127.0.0.1', port: listening.port, secret });
  await using host = await openEapHost({ runtime: 'embedded' });
  const credentials = { username: 'alice', password: 'tiger' };
  await using begun = await host.beginSession({ method: 'mschapv2', credentials });
  const transport = radiusTransport(client, { onPacket: (event) => told.push(event) });
  const result = await begun.authenticate(transport);
  assert.equal(result.isSuccess, true);
  const { accept } = transport;
  // The attributes of a reply lie in that reply.
  return { result, told, accept: { ...accept, attributes: [], class: [] } };
}

const profile = { username: 'alice', password: 'tiger' };
const kinds: Readonly<Record<string, () => unknown>> = {
  'packets, contexts, results and events of a session': session,
  'packets, results and transcripts of a method DLL': () => driven(false),
  'the same from a process of its own': () => driven(true),
  'packets and keys of RADIUS': radius,
  'user blobs': () => encodeCredentials(profile),
  'decoded user blobs': () => decodeCredentials(encodeCredentials({ ...profile, newPassword: 'lion' })),
  'blobs out of XML': () => [
    configFromXml(profiles.mschapv2({ useWinlogonCredentials: false })),
    credentialsFromXml(profiles.credentials.mschapv2(profile)),
  ],
  'keys and attributes': () => [
    decodeKeys(attributes, 'peer'),
    encodeMppeKeys(keys, 'peer'),
    attributes.slice(0, 2).map((attribute) => decodeVendorSpecific(attribute)),
    attributes.map((attribute) => decodeAttribute(attribute)),
    encodeAttribute('UserName', 'alice'),
  ],
};

describe('memory that is handed out', () => {
  let worker: Worker;
  before(() => {
    const code = `require('node:worker_threads').parentPort.on('message', function (octets) {
      for (const view of octets) view.fill(0);
      this.postMessage(octets.length);
    })`;
    worker = new Worker(code, { eval: true });
  });
  after(() => worker.terminate());

  for (const [kind, make] of Object.entries(kinds)) {
    it(`stays with everybody else when it is given away: ${kind}`, async () => {
      const [mine, others] = [octetsIn(await make()), octetsIn(await make())];
      assert.ok(mine.length > 0);
      for (const octets of mine) assert.equal(octets.buffer.byteLength, octets.byteLength, 'has its own');
      const before = others.map((octets) => Buffer.from(octets).toString('hex'));
      const wiped = once(worker, 'message');
      worker.postMessage(mine, [...new Set(mine.map(({ buffer }) => buffer as ArrayBuffer))]);
      assert.deepEqual(await wiped, [mine.length]);
      assert.ok(mine.every(({ byteLength }) => byteLength === 0));
      assert.deepEqual(
        others.map((octets) => Buffer.from(octets).toString('hex')),
        before,
      );
    });
  }
});
