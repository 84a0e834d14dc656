// The network cards of this machine: which there are, and the EAPOL frames of one. A native thread takes the frames
// (native/system/raw_link.h) and hands them over in batches.

import { untilAborted } from '../base/abort.js';
import {
  ownOptions,
  signalNames,
  toSignal,
  toText,
  type OptionNames,
  type SignalOptions,
} from '../base/arguments.js';
import { errorCodeName, systemErrorCodes } from '../base/error-codes.js';
import { eaphostError, isNativeFailure, toEapError } from '../base/errors.js';
import type { NativeAddon } from '../native/addon.js';
import { loadNative } from '../native/binary.js';
import type { NativeRawLink } from '../native/system-types.js';
import { formatEthernetAddress } from './eapol.js';
import type { EthernetLink, LinkEvents } from './link.js';

/** An Ethernet card. */
export interface EthernetInterface {
  /** `eth0`; on Windows the interface's GUID, in braces. */
  readonly name: string;
  /** For people: on Windows the connection's name, such as `Ethernet`; elsewhere `name`. It opens the card as well. */
  readonly label: string;
  /** On Windows the card's, such as `Intel(R) Ethernet Connection`; elsewhere empty. */
  readonly description: string;
  /** Its Ethernet address: `02:00:00:00:00:01`. */
  readonly address: string;
  /** Whether it has a link. */
  readonly isUp: boolean;
}

/** How `openEthernetLink` opens a card. */
export interface EthernetLinkOptions extends SignalOptions {
  /** `name` or `label` of an {@link EthernetInterface}; on Windows also Npcap's name, `\Device\NPF_{…}`. */
  readonly interface: string;
}

const linkNames: OptionNames<EthernetLinkOptions> = { ...signalNames, interface: 'string' };

const notReady = 21;

/**
 * The Ethernet cards of this machine (getifaddrs; on Windows GetAdaptersAddresses). Wireless ones are among them. It needs
 * no rights.
 *
 * @example
 * ```ts
 * import { listEthernetInterfaces } from 'eaphost/wired';
 *
 * for (const { label, address, isUp } of await listEthernetInterfaces()) console.log(label, address, isUp);
 * ```
 */
export async function listEthernetInterfaces(): Promise<EthernetInterface[]> {
  const cards = await loadNative()
    .system('listInterfaces', {})
    .catch((error: unknown) => {
      throw toEapError(error);
    });
  return cards.map(({ address, ...card }) => ({ ...card, address: formatEthernetAddress(address) }));
}

const accessAdvice: Readonly<Record<string, string>> = {
  win32:
    'Npcap’s driver refuses this user, or does not run: run as administrator or as a service (LocalSystem), or install ' +
    'Npcap without “Restrict Npcap driver’s access to Administrators only”',
  linux:
    'frames of a network card need root or CAP_NET_RAW: run as root, give a systemd unit ' +
    'AmbientCapabilities=CAP_NET_RAW, or allow Node with setcap cap_net_raw+ep',
  darwin: 'frames of a network card need root, or read and write access to /dev/bpf*',
};

async function openingError(reason: unknown, name: string): Promise<unknown> {
  if (!isNativeFailure(reason)) return reason;
  switch (reason.winError) {
    case systemErrorCodes.ERROR_NOT_FOUND: {
      const labels = (await listEthernetInterfaces()).map(({ label }) => label);
      const there = labels.length === 0 ? 'there is none at all' : `there are: ${labels.join(', ')}`;
      const text = `there is no Ethernet interface ${name}; ${there}`;
      return eaphostError('EAPHOST_INTERFACE_NOT_FOUND', text, reason);
    }
    case systemErrorCodes.ERROR_ACCESS_DENIED:
      return eaphostError(
        'EAPHOST_ELEVATION_REQUIRED',
        `${name} cannot be opened: ${accessAdvice[process.platform] ?? 'it needs more rights'}`,
        reason,
      );
    case systemErrorCodes.ERROR_NOT_SUPPORTED:
      return eaphostError('EAPHOST_NOT_SUPPORTED', `${name} is no Ethernet interface`, reason);
    case systemErrorCodes.ERROR_MOD_NOT_FOUND:
    case systemErrorCodes.ERROR_PROC_NOT_FOUND:
      return eaphostError(
        'EAPHOST_NPCAP_NOT_FOUND',
        'frames of a network card come through Npcap, which is not there or too old: install Npcap from https://npcap.com',
        reason,
      );
    default:
      return toEapError(reason);
  }
}

const unheard: LinkEvents = {
  frame: () => undefined,
  portEnabled: () => undefined,
  dropped: () => undefined,
  trouble: () => undefined,
};

/** A card's frames. JavaScript's thread. */
class RawEthernetLink implements EthernetLink {
  readonly address: Buffer;
  readonly #addon: NativeAddon;
  readonly #native: NativeRawLink;
  #events = unheard;
  #running: Promise<void> | undefined;
  #isUp = false;

  constructor(addon: NativeAddon, native: NativeRawLink) {
    this.#addon = addon;
    this.#native = native;
    this.address = native.address;
  }

  start(events: LinkEvents): void {
    this.#events = events;
    this.#running ??= this.#run();
  }

  send(frame: Buffer): void {
    const code = this.#addon.sendFrame(this.#native, frame);
    if (code === 0 || code === notReady) return;
    this.#events.trouble(`a frame could not be sent (${errorCodeName(code)})`);
  }

  async close(): Promise<void> {
    this.#events = unheard;
    this.#addon.closeSource(this.#native);
    this.#running ??= this.#run();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      const batch = await this.#addon.receiveFrames(this.#native);
      if (batch === undefined) continue;
      const { frames, dropped, isUp, wasDown, isOver } = batch;
      if (this.#isUp && (wasDown || !isUp)) this.#setUp(false);
      if (isUp && !this.#isUp) this.#setUp(true);
      if (dropped > 0) this.#events.dropped(dropped);
      for (let at = 0; at < frames.length;) {
        const begin = at + 2;
        at = begin + frames.readUInt16LE(at);
        this.#events.frame(frames.subarray(begin, at));
      }
      if (isOver) return;
    }
  }

  #setUp(isUp: boolean): void {
    this.#isUp = isUp;
    this.#events.portEnabled(isUp);
  }
}

/**
 * Opens a network card for EAPOL frames (EtherType 888E), also those to the group address of port access entities:
 * through a packet socket on Linux, Npcap's wpcap.dll on Windows, BPF on macOS. A native thread takes the frames; once
 * started, the link keeps the process alive until it is closed. A card that goes away is opened again when it is back.
 * Frames that come faster than they are taken are dropped and counted. Frames behind a VLAN tag are not taken.
 *
 * The tests run it on Linux, and as a Windows program over Wine's wpcap.dll; the code for macOS is compiled by the release
 * and has not been run.
 *
 * Rejects with `EapError`: `EAPHOST_INTERFACE_NOT_FOUND`, `EAPHOST_ELEVATION_REQUIRED` without the rights,
 * `EAPHOST_NPCAP_NOT_FOUND`, `EAPHOST_NOT_SUPPORTED` for a card that is no Ethernet.
 *
 * @example
 * ```ts
 * import { decodeEapol, openEthernetLink } from 'eaphost/wired';
 *
 * const link = await openEthernetLink({ interface: 'eth0' });
 * link.start({
 *   frame: (frame) => console.log(decodeEapol(frame, link.address)),
 *   portEnabled: (enabled) => console.log(enabled ? 'up' : 'down'),
 *   dropped: (count) => console.log(`${count} frames lost`),
 *   trouble: console.error,
 * });
 * ```
 */
export async function openEthernetLink(options: EthernetLinkOptions): Promise<EthernetLink> {
  const given = ownOptions<keyof EthernetLinkOptions>(options, 'options', linkNames);
  const name = toText(given.interface, 'interface');
  const signal = toSignal(given.signal);
  signal?.throwIfAborted();
  const addon = loadNative();
  const opening = addon.system('openLink', { name });
  try {
    return new RawEthernetLink(addon, await untilAborted(opening, signal));
  } catch (error) {
    // After an abort the card may still be opened, and is then closed.
    if (signal?.aborted === true) opening.then((native) => addon.closeSource(native)).catch(() => undefined);
    throw await openingError(error, name);
  }
}
