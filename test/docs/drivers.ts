// Calls the functions that code blocks in the documents export, as a reader's program would.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import {
  type AuthenticationResult,
  type EapHost,
  type InputField,
  type MethodType,
  openEapHost,
  type Session,
  type Transport,
} from '../../lib/index.js';
import {
  defineMethod,
  encodeCredentials,
  memoryUsers,
  mschapv2Authenticator,
} from '../../lib/methods/index.js';
import {
  decodeEapol,
  eapolTypes,
  encodeEapol,
  parseEthernetAddress,
  type EthernetLink,
} from '../../lib/wired/index.js';
import { AuthenticatorLink } from '../supplicant/authenticator-link.js';

/** A block's exports, called. */
export type Driver = (module: never) => Promise<void>;

const userName = 'alice';
const password = 'correct horse';
const newLink = (): AuthenticatorLink =>
  new AuthenticatorLink(
    mschapv2Authenticator({ users: memoryUsers({ [userName]: password }) }).authenticator,
  );

interface Frames {
  next(signal: AbortSignal): Promise<Buffer>;
  write(frame: Buffer): Promise<void>;
}

/** A link that has its packets in EAPOL frames. */
function framesOf(link: AuthenticatorLink): Frames {
  const start = Buffer.from([2, 1, 0, 0]);
  const pending = [start];
  return {
    async next() {
      const other = pending.shift();
      if (other !== undefined) return other;
      const packet = await link.receive();
      assert.ok(typeof packet !== 'string');
      const head = Buffer.from([2, 0, 0, 0]);
      head.writeUInt16BE(packet.length, 2);
      // Ethernet fills short frames up.
      return Buffer.concat([head, packet, Buffer.alloc(20)]);
    },
    async write(frame) {
      assert.deepEqual([...frame.subarray(0, 2)], [2, 0]);
      assert.equal(frame.readUInt16BE(2), frame.length - 4);
      await link.send(frame.subarray(4));
    },
  };
}

/** A port with an authenticator behind it. */
function portOf(link: AuthenticatorLink): EthernetLink {
  const [own, other] = ['02:00:00:00:00:01', '02:00:00:00:00:02'].map(parseEthernetAddress);
  assert.ok(own && other);
  let tell = (_packet: Buffer): void => undefined;
  const exchange = async (response?: Buffer): Promise<void> => {
    if (response !== undefined) await link.send(response);
    const packet = await link.receive();
    assert.ok(typeof packet !== 'string');
    tell(Buffer.from(packet));
  };
  return {
    address: own,
    start(events) {
      tell = (packet) => events.frame(encodeEapol(other, eapolTypes.eapPacket, packet));
      events.portEnabled(true);
    },
    send(frame) {
      const eapol = decodeEapol(frame, other);
      assert.ok(typeof eapol === 'object');
      if (eapol.type === eapolTypes.start) void exchange();
      if (eapol.type === eapolTypes.eapPacket) void exchange(Buffer.from(eapol.body));
    },
    close: async () => undefined,
  };
}

const fields: readonly InputField[] = [
  { type: 'username', label: 'Name', data: '', flags: [], minLength: 0, maxLength: 256 },
  { type: 'password', label: 'Word', data: '', flags: [], minLength: 0, maxLength: 256 },
];

/** A method that asks by fields, and has a dialog. */
const asking = defineMethod({
  type: { type: 254, vendorId: 99_999, vendorType: 77, authorId: 99_999 },
  name: 'Asking',
  peer: {
    getIdentity: ({ credentials }) => ({ identity: userName, credentials }),
    beginSession() {
      throw new Error('nobody begins a session of it');
    },
  },
  configuration: {
    credentialInputFields: () => fields,
    credentialsFromInputFields: ({ fields }) => Buffer.from(fields.map(({ data }) => data).join('=')),
    showConfigUi: ({ config, parentWindow }) => Buffer.concat([config, Buffer.from(` ${parentWindow}`)]),
  },
});

/** The drivers by their names in the documents. */
export const drivers: Readonly<Record<string, Driver>> = {
  async wired(module: {
    keepAuthenticated(port: { link: EthernetLink }, stopped: Promise<unknown>): Promise<void>;
  }) {
    const link = newLink();
    const { log } = console;
    try {
      const authorized = new Promise<void>((resolve) => {
        console.log = (line: string) => {
          if (line.includes('"event":"authorized"')) resolve();
        };
      });
      await module.keepAuthenticated({ link: portOf(link) }, authorized);
    } finally {
      console.log = log;
    }
    assert.ok(link.result?.isSuccess);
  },
  async eapol(module: { eapolTransport(frames: Frames): Transport; start: Buffer; logoff: Buffer }) {
    // IEEE 802.1X-2010, 11.3: version, type, length.
    assert.deepEqual([...module.start, ...module.logoff], [2, 1, 0, 0, 2, 2, 0, 0]);
    await using host = await openEapHost({ runtime: 'embedded' });
    const credentials = { username: userName, password };
    await using session = await host.beginSession({ method: 'mschapv2', credentials });
    const result = await session.authenticate(module.eapolTransport(framesOf(newLink())));
    assert.ok(result.isSuccess);
  },
  async conversation(module: { authenticate(link: Transport): Promise<Buffer | undefined> }) {
    const link = newLink();
    const msk = await module.authenticate(link);
    assert.equal(msk?.length, 64);
    assert.ok(link.result?.isSuccess);
  },
  async first(module: {
    answer(session: Session, request: Buffer, link: Transport): Promise<AuthenticationResult>;
  }) {
    await using host = await openEapHost({ runtime: 'embedded' });
    const credentials = { username: userName, password };
    await using session = await host.beginSession({ method: 'mschapv2', credentials });
    const link = newLink();
    const request = await link.receive();
    assert.ok(typeof request !== 'string');
    const result = await module.answer(session, Buffer.from(request), link);
    assert.ok(result.isSuccess);
  },
  async reauthentication(module: {
    keepAuthenticated(eaphost: EapHost, id: string, again: () => Promise<void>): void;
  }) {
    await using host = await openEapHost({ runtime: 'embedded' });
    const [mine, other] = [randomUUID(), randomUUID()];
    let times = 0;
    module.keepAuthenticated(host, mine, async () => {
      times += 1;
    });
    host.emit('reauthenticate', other);
    host.emit('reauthenticate', mine);
    assert.equal(times, 1);
    host.removeAllListeners();
  },
  async steps(module: {
    step(session: Session, packet: Uint8Array, send: (packet: Uint8Array) => void): Promise<unknown>;
  }) {
    await using host = await openEapHost({ runtime: 'embedded' });
    const credentials = { username: userName, password };
    await using session = await host.beginSession({ method: 'mschapv2', credentials });
    const link = newLink();
    for (let exchanges = 0; exchanges < 10; exchanges += 1) {
      const sent: Uint8Array[] = [];
      const packet = await link.receive();
      assert.ok(typeof packet !== 'string');
      const result = await module.step(session, packet, (response) => sent.push(response));
      if (result !== undefined) {
        assert.equal(Reflect.get(result as object, 'isSuccess'), true);
        return;
      }
      for (const response of sent) await link.send(response);
    }
    assert.fail('the conversation came to no end');
  },
  async fields(module: {
    ask(
      eaphost: EapHost,
      method: MethodType,
      config: Buffer,
      fill: (fields: readonly InputField[]) => Promise<InputField[]>,
    ): Promise<Buffer>;
  }) {
    await using host = await openEapHost({ runtime: 'embedded', methods: [asking] });
    const blob = await module.ask(host, asking.type, Buffer.alloc(0), async (asked) => {
      assert.deepEqual(
        asked.map(({ label }) => label),
        ['Name', 'Word'],
      );
      return asked.map((field, index) => ({ ...field, data: ['alice', 'tiger'][index] ?? '' }));
    });
    assert.equal(blob.toString(), 'alice=tiger');
  },
  async dialog(module: {
    edit(eaphost: EapHost, method: MethodType, config: Buffer, window: object): Promise<Buffer>;
  }) {
    await using host = await openEapHost({ runtime: 'embedded', methods: [asking] });
    const handle = Buffer.alloc(8);
    handle.writeUInt32LE(4711);
    const window = { getNativeWindowHandle: () => handle };
    const edited = await module.edit(host, asking.type, Buffer.from('profile'), window);
    assert.equal(edited.toString(), 'profile 4711');
  },
  async wiped(module: { begin(eaphost: EapHost, credentials: Buffer): Promise<Session> }) {
    await using host = await openEapHost({ runtime: 'embedded' });
    const credentials = encodeCredentials({ username: userName, password });
    await using session = await module.begin(host, credentials);
    assert.ok(!session.isEnded);
    assert.ok(credentials.every((octet) => octet === 0));
  },
};
