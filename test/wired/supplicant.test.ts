// The supplicant over a link in memory: what EAPHost does to it, what a hostile neighbour does, and what it does when its
// own side fails.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEapHost } from '../../lib/index.js';
import { loadNotify } from '../supplicant/notify.js';
import {
  answerTo,
  eapFailure,
  eapSuccess,
  identityRequest,
  request,
  scriptMethod,
  scriptType,
} from '../supplicant/script-method.js';
import { eventually, useLeakCheck } from '../supplicant/support.js';
import {
  eapolTypes,
  encodeEapol,
  openWiredSupplicant,
  parseEthernetAddress,
  type EthernetLink,
  type SessionInput,
} from '../../lib/wired/index.js';
import { frameOf, openHost, own, PlayedSwitch } from './played-switch.js';

const { eapPacket, start, logoff, key } = eapolTypes;

describe('The supplicant of a port', () => {
  useLeakCheck();

  it('asks for an authentication when EAPHost says so, and tells the method why', async () => {
    const notify = loadNotify();
    const { host, begun } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host);
    await played.authenticate();
    const { connectionId } = played.supplicant.status;
    for (let time = 1; time <= 3; time += 1) {
      assert.equal(await notify(connectionId), 0);
      await played.has(() => played.types.at(-1) === start, 'a start');
      assert.equal(played.supplicant.status.suppPortStatus, 'Authorized');
      await played.authenticate();
      assert.ok(begun.at(-1)?.has('healthStateChange'));
    }
    // The switch's own wish is no change of ours.
    await played.authenticate();
    assert.deepEqual(
      begun.map((flags) => flags.has('healthStateChange')),
      [false, true, true, true, false],
    );
    assert.ok(begun.every((flags) => flags.has('nonInteractive')));
    const told = played.events.flatMap((event) => (event.event === 'reauthenticating' ? event.by : []));
    assert.deepEqual(told, ['EAPHost', 'EAPHost', 'EAPHost', 'authenticator']);

    // The connection goes with the port.
    await played.supplicant.close();
    assert.equal(await notify(connectionId), 1168);
  });

  it('asks once the authentication under way is over, when EAPHost says so meanwhile', async () => {
    const notify = loadNotify();
    const { host } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host);
    await played.exchange(identityRequest);
    assert.equal(await notify(played.supplicant.status.connectionId), 0);
    await played.has(() => played.events.some(({ event }) => event === 'reauthenticating'), 'the wish');
    await played.exchange(request(2, Buffer.of(0), scriptType));
    assert.deepEqual(played.types, [start, eapPacket, eapPacket]);
    played.send(eapSuccess(2));
    await played.has(() => played.types.at(-1) === start, 'a start');
    await played.authenticate();
    await played.supplicant.close();
  });

  it('says logoff as it closes, once, before its link does', async () => {
    const { host } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host);
    await played.authenticate();
    await Promise.all([played.supplicant.close(), played.supplicant.close()]);
    assert.deepEqual(played.types, [start, eapPacket, eapPacket, logoff]);
    assert.ok(played.isClosed);
    // Nothing comes through any more.
    played.send(identityRequest);
    assert.equal(played.types.length, 4);
  });

  it('is not moved by what is no EAP for it', async () => {
    const { host } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host);
    await played.authenticate();
    const { length } = played.types;
    const before = played.supplicant.status;
    const elsewhere = parseEthernetAddress('02:00:00:00:00:03');
    for (const frame of [
      Buffer.alloc(0),
      Buffer.alloc(17),
      frameOf(identityRequest).subarray(0, 20),
      frameOf(identityRequest, { to: elsewhere }),
      frameOf(identityRequest, { type: start }),
      frameOf(identityRequest, { type: logoff }),
      frameOf(Buffer.alloc(44, 1), { type: key }),
      frameOf(identityRequest, { type: 200 }),
      // One of its own, come back.
      encodeEapol(own, eapPacket, identityRequest),
    ]) {
      played.deliver(frame);
    }
    assert.deepEqual(played.supplicant.status, before);
    assert.equal(played.types.length, length);
    await played.supplicant.close();
  });

  it('takes no packet that is none into its session, and goes on', async () => {
    const { host } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host);
    await played.exchange(identityRequest);
    for (const packet of [
      Buffer.alloc(0),
      Buffer.of(1),
      Buffer.of(1, 9, 0, 3),
      Buffer.of(1, 9, 255, 255, 1),
    ]) {
      played.send(packet);
      await played.has(() => played.supplicant.status.backendState === 'RECEIVE', 'the end of it');
    }
    await played.exchange(request(2, Buffer.of(0), scriptType));
    played.send(eapSuccess(2));
    await played.has(() => played.supplicant.status.suppPortStatus === 'Authorized', 'an open port');
    await played.supplicant.close();
  });

  it('holds when it is refused', async () => {
    const { host } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host);
    await played.exchange(identityRequest);
    await played.exchange(request(2, Buffer.of(0), scriptType));
    played.send(eapFailure(2));
    await played.has(() => played.supplicant.status.state === 'HELD', 'held');
    assert.equal(played.supplicant.status.failures, 1);
    // Until it is asked.
    await played.authenticate();
    await played.supplicant.close();
  });

  it('holds with the name of what failed, never its text, when a method fails or its files do', async () => {
    const { host } = await openHost({
      process() {
        throw new Error('the password is horse');
      },
    });
    await using _ = host;
    let isLoadable = false;
    await using played = await PlayedSwitch.open(host, {
      async load() {
        if (!isLoadable) throw new SyntaxError('a line with horse in it');
        return { method: scriptType, config: Buffer.alloc(0), credentials: Buffer.from('horse') };
      },
    });
    played.send(identityRequest);
    await played.has(() => played.supplicant.status.state === 'HELD', 'held for the files');
    isLoadable = true;
    await played.exchange(identityRequest);
    played.send(request(2, Buffer.of(0), scriptType));
    await played.has(() => played.supplicant.status.state === 'HELD', 'held for the method');
    const codes = played.events.flatMap((event) => (event.event === 'failed' ? event.reason : []));
    assert.equal(codes[0], 'SyntaxError');
    assert.equal(codes.length, 2);
    assert.ok(!JSON.stringify(played.events).includes('horse'));
    await played.supplicant.close();
  });

  it('wipes the credentials that it was given, whatever comes of them', async () => {
    const { host } = await openHost();
    await using _ = host;
    const given: Buffer[] = [];
    for (const method of [scriptType, { ...scriptType, vendorType: 999 }]) {
      await using played = await PlayedSwitch.open(host, {
        async load() {
          const credentials = Buffer.from('horse');
          given.push(credentials);
          return { method, config: Buffer.alloc(0), credentials };
        },
      });
      played.send(identityRequest);
      const { status } = played.supplicant;
      assert.equal(status.suppPortStatus, 'Unauthorized');
      await played.has(
        () => played.types.length > 1 || played.supplicant.status.state === 'HELD',
        'a response or none',
      );
      await played.supplicant.close();
    }
    assert.equal(given.length, 2);
    assert.ok(given.every((credentials) => credentials.every((octet) => octet === 0)));
  });

  it('drops the session when the link goes, and begins another when it comes', async () => {
    const { host, begun } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host);
    await played.exchange(identityRequest);
    await played.exchange(request(2, Buffer.of(0), scriptType));
    played.setPort(false);
    await eventually(() => host.counters().sessions === 0, 'no session');
    assert.equal(played.supplicant.status.state, 'DISCONNECTED');
    played.send(request(3, Buffer.of(0), scriptType));
    played.setPort(true);
    await played.authenticate();
    assert.equal(begun.length, 2);
    await played.supplicant.close();
  });

  it('holds where a method does not come back, and goes on without it', async () => {
    let isStuck = true;
    const stuck = new Set<() => void>();
    const { host } = await openHost({
      async process(packet) {
        if (isStuck) await new Promise<void>((resolve) => stuck.add(resolve));
        return { action: 'send', packet: answerTo(packet) };
      },
    });
    await using _ = host;
    await using played = await PlayedSwitch.open(host, { authPeriod: 1 });
    await played.exchange(identityRequest);
    played.send(request(2, Buffer.of(0), scriptType));
    await played.has(() => played.supplicant.status.state === 'HELD', 'held');
    const failed = played.events.find((event) => event.event === 'failed');
    assert.equal(failed?.reason, 'TimeoutError');
    assert.match(failed.remedy ?? '', /authPeriod/u);
    isStuck = false;
    for (const resume of stuck) resume();
    // EAPHost has one session for each connection: before that one ends the next is refused.
    await eventually(() => host.counters().sessions === 0, 'no session');
    await played.authenticate();
    await played.supplicant.close();
  });

  it('holds where a session does not begin, and begins another', async () => {
    const { host } = await openHost();
    await using _ = host;
    const begin = host.beginSession.bind(host);
    let begun = 0;
    host.beginSession = (options) => {
      begun += 1;
      if (begun > 1) return begin(options);
      const { signal } = options;
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    };
    await using played = await PlayedSwitch.open(host, { authPeriod: 1 });
    played.send(identityRequest);
    await played.has(() => played.supplicant.status.state === 'HELD', 'held');
    const failed = played.events.find((event) => event.event === 'failed');
    assert.equal(failed?.reason, 'TimeoutError');
    await played.authenticate();
    await played.supplicant.close();
  });

  it('holds where its credentials do not come, wipes those that come too late, and asks again', async () => {
    const late = Buffer.from('horse');
    let give: (input: SessionInput) => void = () => undefined;
    let loads = 0;
    const { host } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host, {
      authPeriod: 1,
      load: () => {
        loads += 1;
        return new Promise<SessionInput>((resolve) => (give = resolve));
      },
    });
    played.send(identityRequest);
    await played.has(() => played.supplicant.state === 'HELD', 'held');
    const failed = played.events.find((event) => event.event === 'failed');
    assert.equal(failed?.reason, 'TimeoutError');
    give({ method: scriptType, config: Buffer.alloc(0), credentials: late });
    await eventually(() => late.every((octet) => octet === 0), 'wiped');
    played.send(identityRequest);
    await played.has(() => loads === 2, 'another try');
    // It does not wait for what does not come.
    await played.supplicant.close();
  });

  it('ends its session and its connection where its link cannot be closed', async () => {
    const notify = loadNotify();
    const { host } = await openHost();
    await using _ = host;
    const played = await PlayedSwitch.open(host);
    await played.authenticate();
    played.link.close = () => Promise.reject(new Error('the link is stuck'));
    await assert.rejects(played.supplicant.close(), /the link is stuck/u);
    assert.equal(host.counters().sessions, 0);
    assert.equal(await notify(played.supplicant.status.connectionId), 1168);
  });

  it('tells what keeps its signal from closing it, and does not end the process', async () => {
    const { host } = await openHost();
    const abort = new AbortController();
    const played = await PlayedSwitch.open(host, { signal: abort.signal });
    await played.authenticate();
    await host.close();
    abort.abort();
    await played.has(() => played.events.at(-1)?.event === 'trouble', 'trouble');
    const text = 'the supplicant was not closed whole (EAPHOST_CLOSED)';
    assert.deepEqual(played.events.at(-1), { event: 'trouble', text });
    assert.ok(played.isClosed);
  });

  it('tells what happens as typed events, in their order', async () => {
    const { host } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host);
    const states: string[] = [];
    played.supplicant.on('state', ({ state }) => states.push(state));
    await played.authenticate();
    await played.authenticate();
    const names = played.events.map(({ event }) => event).filter((event) => event !== 'state');
    assert.deepEqual(names, ['link', 'authorized', 'reauthenticating', 'authorized']);
    assert.deepEqual(states.slice(0, 3), ['RESTART', 'AUTHENTICATING', 'AUTHENTICATED']);
    await played.exchange(identityRequest);
    await played.exchange(request(2, Buffer.of(0), scriptType));
    played.send(eapFailure(2));
    await played.has(() => played.supplicant.state === 'HELD', 'held');
    const tail = played.events.slice(-3);
    assert.deepEqual(
      tail.map(({ event }) => event),
      ['failed', 'state', 'held'],
    );
    assert.deepEqual(tail.at(-1), { event: 'held', seconds: 600 });
    await played.supplicant.close();
  });

  it('counts frames under the names of the standard, and ignores keys, MKA and announcements', async () => {
    const { host } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host, { eapolVersion: 3 });
    await played.authenticate();
    const others = [3, 5, 5, 4, 6, 7, 8, 9, 200, start, logoff];
    for (const type of others) played.deliver(frameOf(Buffer.alloc(44, 1), { type }));
    const long = frameOf(identityRequest);
    long.writeUInt16BE(2000, 16);
    played.deliver(long);
    const newer = frameOf(identityRequest, { type: key });
    newer.writeUInt8(3, 14);
    played.deliver(newer);
    assert.deepEqual(played.supplicant.counters, {
      dot1xSuppEapolFramesRx: 3 + others.length + 2,
      dot1xSuppEapolFramesTx: 3,
      dot1xSuppEapolStartFramesTx: 1,
      dot1xSuppEapolLogoffFramesTx: 0,
      dot1xSuppEapolRespIdFramesTx: 1,
      dot1xSuppEapolRespFramesTx: 1,
      dot1xSuppEapolReqIdFramesRx: 1,
      dot1xSuppEapolReqFramesRx: 1,
      dot1xSuppInvalidEapolFramesRx: 2,
      dot1xSuppEapLengthErrorFramesRx: 1,
      dot1xSuppLastEapolFrameVersion: 3,
      dot1xSuppLastEapolFrameSource: '02:00:00:00:00:02',
      keyFramesRx: 2,
      mkaFramesRx: 2,
      announcementFramesRx: 4,
      droppedFrames: 0,
    });
    assert.ok(played.versions.every((version) => version === 3));
    assert.equal(played.supplicant.status.suppPortStatus, 'Authorized');
    await played.supplicant.close();
  });

  it('logs off when it is told to, answers nothing more, and logs on again', async () => {
    const { host } = await openHost();
    await using _ = host;
    await using played = await PlayedSwitch.open(host);
    await played.authenticate();
    played.supplicant.logoff();
    assert.equal(played.supplicant.state, 'LOGOFF');
    assert.equal(played.types.at(-1), logoff);
    const { length } = played.types;
    played.send(identityRequest);
    await eventually(() => host.counters().sessions === 0, 'no session');
    assert.equal(played.types.length, length);
    played.supplicant.reauthenticate();
    await played.has(() => played.types.at(-1) === start, 'a start');
    await played.authenticate();
    await played.supplicant.close();
  });

  it('closes with a logoff when its signal aborts, and does not open after that', async () => {
    const { host } = await openHost();
    await using _ = host;
    const abort = new AbortController();
    const { signal } = abort;
    await using played = await PlayedSwitch.open(host, { signal });
    await played.authenticate();
    abort.abort(new Error('enough'));
    await eventually(() => played.isClosed, 'closed');
    assert.equal(played.types.at(-1), logoff);
    const { link } = played;
    await assert.rejects(openWiredSupplicant({ host, link, signal, method: scriptType }), /enough/u);
  });

  it('does not open where its signal aborts meanwhile, and leaves its signal alone when it is closed', async () => {
    const { host } = await openHost();
    await using _ = host;
    const abort = new AbortController();
    const { signal } = abort;
    const played = await PlayedSwitch.open(host, { signal });
    const { link } = played;
    await played.supplicant.close();
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    const keepIn = join(tmpdir(), `eaphost-none-${process.pid}`);
    const credentials = Buffer.from([1]);
    const opening = openWiredSupplicant({ host, link, signal, keepIn, method: scriptType, credentials });
    abort.abort(new Error('enough'));
    await assert.rejects(opening, /enough/u);
  });

  it('begins each session with the same input, whatever becomes of the one that it was given', async () => {
    const seen: Buffer[] = [];
    const method = scriptMethod({ begin: ({ credentials }) => void seen.push(Buffer.from(credentials)) });
    await using host = await openEapHost({ runtime: 'embedded', methods: [method] });
    const credentials = Buffer.from('horse');
    await using played = await PlayedSwitch.open(host, { credentials });
    credentials.fill(0);
    await played.authenticate();
    await played.authenticate();
    assert.deepEqual(seen.map(String), ['horse', 'horse']);
    await played.supplicant.close();
  });

  for (const [what, bad, message] of [
    ['no host', { host: {} }, /host must be an EapHost/u],
    ['no link', { link: { address: own } }, /a link with an address of six octets/u],
    [
      'both ways to its input',
      { load: () => ({ method: scriptType }) },
      /method must not be given beside load/u,
    ],
    ['a method that is none', { method: 'pap' }, /method must be one of/u],
    ['no time at all', { heldPeriod: 0 }, /heldPeriod must be an integer from 1/u],
    ['half a second', { authPeriod: 0.5 }, /authPeriod must be an integer/u],
    ['no truth', { portValid: 'yes' }, /portValid must be true or false/u],
    ['a version to come', { eapolVersion: 4 }, /eapolVersion must be an integer from 1 to 3/u],
    ['no signal', { signal: 1 }, /signal must be an AbortSignal/u],
  ] as const) {
    it(`says what is wrong with ${what}`, async () => {
      const { host } = await openHost();
      await using _ = host;
      const link: EthernetLink = {
        address: own,
        start: () => undefined,
        send: () => undefined,
        close: async () => undefined,
      };
      const options = { host, link, method: scriptType, credentials: Buffer.from([1]), ...bad } as never;
      await assert.rejects(openWiredSupplicant(options), message);
    });
  }
});
