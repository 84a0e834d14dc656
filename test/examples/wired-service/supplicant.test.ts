// The supplicant over a link in memory: what EAPHost does to it, what a hostile neighbour does, and what it does when its
// own side fails.

import assert from 'node:assert/strict';

import { openEapHost, type EapHost, type Flag } from '../../../lib/index.js';
import { loadNotify } from '../../supplicant/notify.js';
import {
  answerTo,
  eapFailure,
  eapSuccess,
  identityRequest,
  request,
  scriptMethod,
  scriptType,
  type MethodScript,
} from '../../supplicant/script-method.js';
import { eventually, useLeakCheck } from '../../supplicant/support.js';
import { decodeEapol, encodeEapol, packetTypes, parseAddress } from './eapol.js';
import type { LinkEvents } from './link.js';
import type { SessionInput } from './eap-peer.js';
import { openSupplicant, type Supplicant, type SupplicantEvent } from './supplicant.js';

const own = parseAddress('02:00:00:00:00:01');
const neighbour = parseAddress('02:00:00:00:00:02');
const times = { heldPeriod: 600, startPeriod: 600, maxStart: 3 };

/** A switch that a test plays, at the other end of a supplicant's link. */
class PlayedSwitch implements AsyncDisposable {
  readonly events: SupplicantEvent[] = [];
  isClosed = false;
  supplicant!: Supplicant;
  #link!: LinkEvents;
  readonly #sent: Buffer[] = [];

  static async open(
    host: EapHost,
    {
      load,
      authPeriod = 20,
    }: { readonly load?: () => Promise<SessionInput>; readonly authPeriod?: number } = {},
  ): Promise<PlayedSwitch> {
    const played = new PlayedSwitch();
    const input = async (): Promise<SessionInput> => ({
      method: scriptType,
      config: Buffer.alloc(0),
      credentials: Buffer.from([1]),
    });
    played.supplicant = await openSupplicant({
      host,
      async openLink(events) {
        played.#link = events;
        return {
          address: own,
          send: (frame) => void played.#sent.push(frame),
          async close() {
            played.isClosed = true;
          },
        };
      },
      load: load ?? input,
      times: { ...times, authPeriod },
      portValid: false,
      flags: [],
      onEvent: (event) => played.events.push(event),
    });
    played.setPort(true);
    return played;
  }

  /** What came: the type of each frame. */
  get types(): number[] {
    return this.#sent.flatMap((frame) => {
      const eapol = decodeEapol(frame, neighbour);
      return typeof eapol === 'string' ? [] : eapol.type;
    });
  }

  deliver(frame: Buffer): void {
    this.#link.frame(frame);
  }

  setPort(isEnabled: boolean): void {
    this.#link.portEnabled(isEnabled);
  }

  send(packet: Uint8Array): void {
    this.deliver(frameOf(packet));
  }

  async has(isTrue: () => boolean, what: string): Promise<void> {
    await eventually(isTrue, `${what}: ${JSON.stringify(this.events)} ${this.types.join()}`);
  }

  /** Sends a packet, waits for a response. */
  async exchange(packet: Uint8Array): Promise<void> {
    const count = this.types.length;
    this.send(packet);
    await this.has(() => this.types.length > count, 'a response');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.supplicant.close();
  }

  /** A whole authentication. */
  async authenticate(): Promise<void> {
    const { successes } = this.supplicant.status;
    await this.exchange(identityRequest);
    await this.exchange(request(2, Buffer.of(0), scriptType));
    this.send(eapSuccess(2));
    await this.has(() => this.supplicant.status.successes > successes, 'a success');
    assert.equal(this.supplicant.status.state, 'AUTHENTICATED');
  }
}

function frameOf(
  packet: Uint8Array,
  { to = own, type = 0 }: { readonly to?: Buffer; readonly type?: number } = {},
): Buffer {
  const frame = encodeEapol(neighbour, type, packet);
  frame.set(to);
  return frame;
}

/** A host with the script's method, and the flags that each of its sessions was begun with. */
async function openHost(script: MethodScript = {}): Promise<{ host: EapHost; begun: ReadonlySet<Flag>[] }> {
  const begun: ReadonlySet<Flag>[] = [];
  const method = scriptMethod({ ...script, begin: ({ flags }) => void begun.push(flags) });
  return { host: await openEapHost({ runtime: 'embedded', methods: [method] }), begun };
}

const { eapPacket, start, logoff, key } = packetTypes;

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
    const told = played.events.flatMap((event) => (event.event === 'reauthenticate' ? event.by : []));
    assert.deepEqual(told, ['EAPHost', 'EAPHost', 'EAPHost']);

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
    await played.has(() => played.events.some(({ event }) => event === 'reauthenticate'), 'the wish');
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
    const elsewhere = parseAddress('02:00:00:00:00:03');
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
    const codes = played.events.flatMap((event) => (event.event === 'failed' ? event.code : []));
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
    assert.deepEqual(played.events.at(-2), { event: 'failed', code: 'TimeoutError' });
    isStuck = false;
    for (const resume of stuck) resume();
    // EAPHost has one session for each connection: before that one ends the next is refused.
    await eventually(() => host.counters().sessions === 0, 'no session');
    await played.authenticate();
    await played.supplicant.close();
  });
});
