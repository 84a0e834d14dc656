// A process that keeps a port authenticated with a password and then lets go of it, as `eaphost wired` does: the switch
// that it meets is in it, and looks at nothing. It authenticates several times, by the files of a profile and its
// credentials, or by a blob.
// Usage: fork with --expose-gc.

import { openEapHost, type EapHost } from '../../lib/index.js';
import { encodeCredentials, gtc } from '../../lib/methods/index.js';
import {
  encodeEapol,
  openWiredSupplicant,
  parseEthernetAddress,
  type EthernetLink,
  type LinkEvents,
  type SessionInput,
  type WiredSupplicant,
} from '../../lib/wired/index.js';
import { profileSource } from '../../lib/cli/wired-source.js';
import { beOver, meet, settle, unmask } from './secret-holder.js';

/** What the parent says first. */
export type WiredSetting =
  | { readonly method: 'xml'; readonly profile: string; readonly credentials: string }
  | { readonly method: 'gtc'; readonly masked: string; readonly mask: string };

const own = parseEthernetAddress('02:00:00:00:00:01');
const neighbour = parseEthernetAddress('02:00:00:00:00:02');
const eapPacket = 0;
const [requestCode, successCode, failureCode] = [1, 3, 4];
const identityType = 1;

/** A request after which the supplicant has sent the proof of its password, whatever that is. */
const requests = {
  gtc: Buffer.from([6, ...Buffer.from('Password: ')]),
  // EAP-MSCHAPv2's challenge: its OpCode, identifier and length, 16 octets, and the server's name.
  xml: Buffer.from([26, 1, 2, 0, 22, 16, ...Buffer.alloc(16, 7), 0x73]),
};

function eapOf(code: number, id: number, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const packet = Buffer.alloc(4 + data.length);
  packet.writeUInt8(code, 0);
  packet.writeUInt8(id, 1);
  packet.writeUInt16BE(packet.length, 2);
  packet.set(data, 4);
  return packet;
}

/** The wire and the switch behind it. It copies no frame. */
class Wire implements EthernetLink {
  readonly address = own;
  #events: LinkEvents | undefined;
  #taken: (() => void) | undefined;

  start(events: LinkEvents): void {
    this.#events = events;
    events.portEnabled(true);
  }

  send(frame: Buffer): void {
    const isPacket = frame.readUInt8(15) === eapPacket;
    if (isPacket) this.#taken?.();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  say(packet: Buffer): void {
    const frame = encodeEapol(neighbour, eapPacket, packet);
    frame.set(own);
    this.#events?.frame(frame);
  }

  async ask(packet: Buffer): Promise<void> {
    const taken = new Promise<void>((done) => (this.#taken = done));
    this.say(packet);
    await taken;
  }
}

async function authenticate(
  wire: Wire,
  supplicant: WiredSupplicant,
  method: 'xml' | 'gtc',
  atWork?: () => Promise<void>,
): Promise<void> {
  const ended = new Promise<void>((done) => {
    supplicant.once('authorized', () => done());
    supplicant.once('failed', () => done());
  });
  await wire.ask(eapOf(requestCode, 1, Buffer.of(identityType)));
  await atWork?.();
  await wire.ask(eapOf(requestCode, 2, requests[method]));
  // EAP-MSCHAPv2 believes no success without a proof: it is refused, and tries again.
  wire.say(eapOf(method === 'gtc' ? successCode : failureCode, 2));
  await ended;
}

function loaderOf(setting: WiredSetting): (host: EapHost) => SessionInput | Promise<SessionInput> {
  if (setting.method === 'gtc') {
    const { masked, mask } = setting;
    return () => {
      const password = unmask(masked, mask);
      const credentials = encodeCredentials({ username: 'alice', password });
      password.fill(0);
      return { method: gtc.type, config: undefined, credentials };
    };
  }
  const { profile, credentials } = setting;
  const source = profileSource({ credentials }, profile, 'embedded', []);
  return async (host) => (await source).load(host);
}

async function run(setting: WiredSetting): Promise<void> {
  const load = loaderOf(setting);
  await using host = await openEapHost({ runtime: 'embedded', methods: [gtc] });
  const wire = new Wire();
  await using supplicant = await openWiredSupplicant({ host, link: wire, load: () => load(host) });
  await new Promise((done) => supplicant.once('link', done));
  await authenticate(wire, supplicant, setting.method, () => meet('authenticating'));
  for (let again = 0; again < 3; again += 1) await authenticate(wire, supplicant, setting.method);
  await settle();
  await meet('authenticated');
}

const setting = await new Promise<WiredSetting>((resolve) => process.once('message', resolve));
await run(setting);
await beOver();
