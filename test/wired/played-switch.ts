// A switch that a test plays, at the other end of a supplicant's link in memory.

import assert from 'node:assert/strict';

import { openEapHost, type EapHost, type Flag } from '../../lib/index.js';
import {
  decodeEapol,
  encodeEapol,
  openWiredSupplicant,
  parseEthernetAddress,
  type EthernetLink,
  type LinkEvents,
  type SessionInput,
  type WiredEvent,
  type WiredSupplicant,
  type WiredSupplicantOptions,
} from '../../lib/wired/index.js';
import {
  eapSuccess,
  identityRequest,
  request,
  scriptMethod,
  scriptType,
  type MethodScript,
} from '../supplicant/script-method.js';
import { eventually } from '../supplicant/support.js';

export const own = parseEthernetAddress('02:00:00:00:00:01');
const neighbour = parseEthernetAddress('02:00:00:00:00:02');
const times = { heldPeriod: 600, startPeriod: 600, maxStart: 3 };

/** The switch. */
export class PlayedSwitch implements AsyncDisposable {
  readonly events: WiredEvent[] = [];
  isClosed = false;
  supplicant!: WiredSupplicant;
  link!: EthernetLink;
  #link!: LinkEvents;
  readonly #sent: Buffer[] = [];

  static async open(host: EapHost, options: Partial<WiredSupplicantOptions> = {}): Promise<PlayedSwitch> {
    const played = new PlayedSwitch();
    const input: SessionInput = {
      method: scriptType,
      config: Buffer.alloc(0),
      credentials: Buffer.from([1]),
    };
    const started = new Promise<LinkEvents>((start) => {
      played.link = {
        address: own,
        start,
        send: (frame) => void played.#sent.push(Buffer.from(frame)),
        async close() {
          played.isClosed = true;
        },
      };
    });
    const { link } = played;
    const given = options.load === undefined ? input : {};
    played.supplicant = await openWiredSupplicant({
      host,
      link,
      ...times,
      authPeriod: 20,
      ...given,
      ...options,
    });
    played.supplicant.on('event', (event) => played.events.push(event));
    played.#link = await started;
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

  /** The EAP packet that came last. */
  get packet(): Buffer {
    const eapol = decodeEapol(this.#sent.at(-1) ?? Buffer.alloc(0), neighbour);
    return typeof eapol === 'string' ? assert.fail(eapol) : Buffer.from(eapol.body);
  }

  get versions(): number[] {
    return this.#sent.map((frame) => frame.readUInt8(14));
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

export function frameOf(
  packet: Uint8Array,
  { to = own, type = 0 }: { readonly to?: Buffer; readonly type?: number } = {},
): Buffer {
  const frame = encodeEapol(neighbour, type, packet);
  frame.set(to);
  return frame;
}

/** A host with the script's method, and the flags that each of its sessions was begun with. */
export async function openHost(
  script: MethodScript = {},
): Promise<{ host: EapHost; begun: ReadonlySet<Flag>[] }> {
  const begun: ReadonlySet<Flag>[] = [];
  const method = scriptMethod({ ...script, begin: ({ flags }) => void begun.push(flags) });
  return { host: await openEapHost({ runtime: 'embedded', methods: [method] }), begun };
}
