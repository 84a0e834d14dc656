// Frames from and to a network card, through libpcap or Npcap: looked for some times a second, which is often enough for
// EAP. A card that goes away is opened again when it comes back.

import type { EthernetLink, LinkEvents } from './link.js';
import { loadPcap, type Capture } from './pcap.js';
import { hasCarrier } from './port.js';

export interface PcapOptions {
  readonly address: Buffer;
  /** What libpcap calls the port. */
  readonly device: string;
  /** What the system calls it, for its carrier. */
  readonly name: string;
}

const readMs = 20;
const watchMs = 250;

/** Rejects where libpcap cannot be loaded. A port that cannot be opened is tried again. */
export async function openPcapLink(
  { address, device, name }: PcapOptions,
  events: LinkEvents,
): Promise<EthernetLink> {
  const pcap = await loadPcap();
  let capture: Capture | undefined;
  /** What was told last: trouble that stays is told once. */
  let trouble: string | undefined;

  const lose = (): void => {
    if (capture === undefined) return;
    capture.close();
    capture = undefined;
    events.portEnabled(false);
  };
  /** Libpcap's own words: they name ports, never what is in a frame. */
  const fail = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== trouble) events.trouble(text);
    trouble = text;
    lose();
  };
  const watch = (): void => {
    if (!hasCarrier(name)) return lose();
    if (capture !== undefined) return undefined;
    try {
      capture = pcap.open(device);
    } catch (error) {
      return fail(error);
    }
    trouble = undefined;
    return events.portEnabled(true);
  };
  const read = (): void => {
    if (capture === undefined) return;
    let frames: Buffer[];
    try {
      frames = capture.read();
    } catch (error) {
      fail(error);
      return;
    }
    for (const frame of frames) events.frame(frame);
  };

  const timers = [setInterval(watch, watchMs), setInterval(read, readMs)];
  return {
    address,
    send(frame) {
      try {
        capture?.send(frame);
      } catch (error) {
        fail(error);
      }
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
      capture?.close();
      capture = undefined;
    },
  };
}
