// Somebody who gets to read traces, events, pages and captures: no password is in them, whatever call it went through.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { method } from '../../../lib/cli/method.js';
import { Output } from '../../../lib/cli/output.js';
import { maskPacket } from '../../../lib/eap/describe.js';
import { type DiagnosticEvent, Observer } from '../../../lib/diagnostics/events.js';
import { toHtml, toPcapng } from '../../../lib/diagnostics/index.js';
import { watchFor } from '../../../lib/diagnostics/watch.js';
import { isObject } from '../../../lib/base/guards.js';
import { bindAddon, type Binding } from '../../../lib/native/addon.js';
import type { MethodCall } from '../../../lib/method-dlls/index.js';
import type { NativeResult, NativeStep } from '../../../lib/native/runtime-types.js';
import { eapPacket } from '../../../lib/eap/packet.js';
import { loadAuthenticator, loadPeer, pairPath } from '../../method-dlls/support.js';

const password = 'tiger-lily';
const secret = Buffer.from(password);

/** The password in every form that it could be told in. */
const forms = [
  password,
  secret.toString('hex'),
  Buffer.from(password, 'utf16le').toString('hex'),
  secret.toString('base64').slice(0, 12),
  JSON.stringify([...secret]).slice(1, -1),
];

/** A binary whose calls give what the functions of `calls` give; functions in that are calls, too. */
function giving(calls: Readonly<Record<string, unknown>>): Binding {
  const records = new Int32Array(4);
  const value = 3;
  let drain: Parameters<Binding['attach']>[0];
  const ticketed = (given: unknown): unknown => {
    if (!isObject(given) || Object.values(given).every((each) => typeof each !== 'function')) return given;
    const entries = Object.entries(given).map(([name, each]) => [
      name,
      typeof each !== 'function'
        ? each
        : (ticket: number) => {
            queueMicrotask(() => {
              records.set([ticket, value]);
              drain(1, [ticketed(Reflect.apply(each, undefined, []))]);
            });
          },
    ]);
    return Object.fromEntries(entries);
  };
  const attach: Binding['attach'] = (given) => {
    drain = given;
    return records;
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a binary only what is called here
  return { ...(ticketed(calls) as Binding), attach };
}

function assertNone(told: unknown): void {
  const text = typeof told === 'string' ? told : JSON.stringify(told);
  for (const form of forms) assert.ok(!text.includes(form), `${form} in ${text}`);
}

const expanded = (type: number, vendor = 0): Buffer =>
  Buffer.from([254, vendor >> 16, (vendor >> 8) & 0xff, vendor & 0xff, 0, 0, 0, type]);
/** The starts of responses that carry a password or a token's code as it is. */
const clear: Readonly<Record<string, Buffer>> = {
  OTP: Buffer.of(5),
  GTC: Buffer.of(6),
  'Defender Token': Buffer.of(14),
  SecurID: Buffer.of(15),
  CRYPTOCard: Buffer.of(28),
  DynamID: Buffer.of(30),
  'expanded OTP': expanded(5),
  'expanded GTC': expanded(6),
  'expanded SecurID': expanded(15),
};
/** And of packets that are shown whole. */
const open: Readonly<Record<string, Buffer>> = {
  'a request of GTC': eapPacket(1, 7, Buffer.concat([Buffer.of(6), secret])),
  'an identity': eapPacket(2, 7, Buffer.concat([Buffer.of(1), secret])),
  'a Nak': eapPacket(2, 7, Buffer.of(3, 6)),
  'an expanded Nak': eapPacket(2, 7, Buffer.concat([expanded(3), expanded(6)])),
  'a vendor’s method': eapPacket(2, 7, Buffer.concat([expanded(6, 311), secret])),
  'EAP-MSCHAPv2': eapPacket(2, 7, Buffer.concat([Buffer.of(26, 2), secret])),
};

describe('A trace, and a password in it', function () {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-secrets-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [name, start] of Object.entries(clear)) {
    const packet = eapPacket(2, 7, Buffer.concat([start, secret]));

    it(`masks ${name} in packets`, () => {
      const masked = maskPacket(packet);
      assert.equal(masked.length, packet.length);
      assert.deepEqual(masked.subarray(0, 4 + start.length), packet.subarray(0, 4 + start.length));
      assert.equal(masked.subarray(4 + start.length).toString(), '*'.repeat(secret.length));
      assert.ok(packet.includes(secret), 'the packet itself is as it was');
    });

    for (const isolate of [false, true]) {
      it(`masks ${name} in what a DLL is given${isolate ? ', isolated' : ''}`, async () => {
        const calls: MethodCall[] = [];
        await using server = await loadAuthenticator({ isolate, onCall: (call) => calls.push(call) });
        await using session = await server.beginSession({ config: secret, identity: 'a' });
        await session.sendPacket(7);
        await session.receivePacket(packet).catch(() => undefined);
        const received = calls.find(({ call }) => call.endsWith('ReceivePacket'))?.values['packet'];
        assert.deepEqual(received, maskPacket(packet));
        assert.deepEqual(calls.find(({ call }) => call.endsWith('BeginSession'))?.values['connectionData'], {
          octets: secret.length,
        });
        assertNone(calls);
      });
    }
  }

  it('is masked in responses of the same types by what records calls and by what shows packets', async () => {
    const calls: MethodCall[] = [];
    await using server = await loadAuthenticator({ onCall: (call) => calls.push(call) });
    await using session = await server.beginSession({ config: secret, identity: 'a' });
    await session.sendPacket(7);
    for (let type = 0; type < 256; type += 1) {
      for (const start of [Buffer.of(type), expanded(type), expanded(type, 311)]) {
        const packet = eapPacket(2, 7, Buffer.concat([start, secret]));
        calls.length = 0;
        await session.receivePacket(packet).catch(() => undefined);
        const received = calls.find(({ call }) => call.endsWith('ReceivePacket'))?.values['packet'];
        assert.deepEqual(received, maskPacket(packet), start.toString('hex'));
      }
    }
  });

  for (const [name, packet] of Object.entries(open)) {
    it(`shows ${name} as it is`, () => {
      assert.deepEqual(maskPacket(packet), packet);
    });
  }

  it('is masked in every call of a peer and its server', async () => {
    const calls: MethodCall[] = [];
    const onCall = (call: MethodCall) => calls.push(call);
    const user = Buffer.from(`identity=alice;password=${password}`);
    await using peer = await loadPeer({ onCall });
    await using session = await peer.beginSession({ config: secret, credentials: user });
    await session.setUiContext(secret).catch(() => undefined);
    await session.setCredentials('alice', password).catch(() => undefined);
    await session.setResponseAttributes([{ type: 2, value: secret }]).catch(() => undefined);
    await session.getResult('failure').catch(() => undefined);
    await peer.configFromXml(`<password>${password}</password>`).catch(() => undefined);
    await peer.credentialsFromXml(`<password>${password}</password>`).catch(() => undefined);
    await peer.invokeInteractiveUi(secret).catch(() => undefined);
    assert.ok(calls.length > 5);
    assertNone(calls);
  });

  for (const more of [[], ['--in-process']]) {
    it(`is not printed by eaphost method --json --trace ${more.join('')}`, async () => {
      const config = join(folder, 'config');
      const user = join(folder, 'user');
      writeFileSync(config, `password=${password}`);
      writeFileSync(user, `identity=alice;password=${password}`);
      let told = '';
      const stream = {
        write(text: string, done?: () => void) {
          told += text;
          done?.();
        },
      };
      const pair = ['--peer', pairPath, '--type', '254/99999/3', '--author', '99999'];
      const blobs = ['--config', config, '--user', user, '--trace'];
      for (const json of [false, true]) {
        const args = [...pair, ...blobs, ...more, ...(json ? ['--json'] : [])];
        assert.equal(await method(args, new Output(json, stream, stream, {})), 0, told);
      }
      assert.match(told, /"connectionData":\{"octets":19\}/u);
      assertNone(told);
    });
  }

  it('is not told of any call of a run-time, nor drawn, nor captured', async () => {
    const packet = eapPacket(2, 7, Buffer.concat([expanded(6), secret]));
    const attributes = [26, 2, 8107, 9003, 79].map((type) => ({ type, value: secret }));
    const result: NativeResult = {
      isSuccess: true,
      failureReasonCode: 0,
      connectionData: secret,
      userData: secret,
      attributes,
      isolationState: 0,
    };
    const steps: NativeStep[] = [
      { action: 1, packet },
      { action: 2, result },
      { action: 3, uiContext: secret },
      { action: 4, attributes },
    ];
    let at = 0;
    const step = () => steps[(at += 1) % steps.length];
    const configured = { blob: secret, fields: [{ data: password }], identity: 'a', userData: secret };
    const addon = bindAddon(
      giving({
        openRuntime: () => ({
          number: 1,
          beginSession: () => ({
            id: 1,
            processReceivedPacket: step,
            setUiContext: step,
            setResponseAttributes: step,
            getResult: () => result,
            getAuthStatus: () => secret,
          }),
          getIdentity: () => ({ invokeUi: false, identity: 'a', userData: secret }),
          getEncryptedPassword: () => ({ encrypted: password }),
          configure: () => configured,
        }),
      }),
    );
    const events: DiagnosticEvent[] = [];
    const library = { runtimeLibrary: '', configurationLibrary: '', system: false, maxLanes: 1 };
    const runtime = await addon.openRuntime(library, watchFor(new Observer((e) => events.push(e))));
    const asked = {
      flags: 0,
      method: { type: 25, vendorId: 0, vendorType: 0, authorId: 0 },
      userToken: 0n,
      connectionData: secret,
      userData: secret,
    };
    const begun = await runtime.beginSession({
      ...asked,
      attributes,
      maxSendPacketSize: 1400,
      connectionId: undefined,
    });
    for (let round = 0; round < steps.length; round += 1) {
      await begun.processReceivedPacket(packet);
      await begun.setUiContext(secret);
      await begun.setResponseAttributes(attributes);
    }
    await begun.getResult(1);
    await begun.getAuthStatus(1);
    await runtime.getIdentity(asked);
    await runtime.getEncryptedPassword(Buffer.from(password, 'utf16le'));
    await runtime.configure('credentialsXml2Blob', { xml: password, connectionData: secret });
    await runtime.configure('configXml2Blob', { xml: password });
    await runtime.configure('invokeInteractiveUI', { uiContext: secret, parentWindow: 0n });
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(events.length > 15);
    assertNone(events);
    assertNone(toHtml(events, { title: '' }));
    assert.ok(!toPcapng(events.filter((event) => event.kind === 'packet')).includes(secret));
  });
});
