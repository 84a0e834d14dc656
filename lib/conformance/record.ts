// What was sent to a subject and what came back during one case, in order and with times: reports and captures are made
// of it. A password that a method sends as it is (GTC) is masked.

import { attributeTypes } from '../eap/attributes.js';
import { maskPacket } from '../eap/describe.js';
import { joinEapMessage, valuesOf } from '../radius/attributes.js';
import { decodePacket } from '../radius/packet.js';

/** A packet of a case. */
export interface RecordedPacket {
  /** Milliseconds since the case began. */
  readonly atMs: number;
  /** `sent`: to the subject. */
  readonly direction: 'sent' | 'received';
  /** The RADIUS datagram; none where the subject is called and no network is between. */
  readonly datagram?: Uint8Array;
  /** The EAP packet in it, if it can be read. */
  readonly eap?: Uint8Array;
}

/** Owns the packets of one case, from its beginning. */
export class CaseRecord {
  readonly packets: RecordedPacket[] = [];
  readonly #started = performance.now();

  get elapsedMs(): number {
    return performance.now() - this.#started;
  }

  /** Notes a RADIUS datagram. */
  datagram(direction: RecordedPacket['direction'], datagram: Uint8Array): void {
    const packet = decodePacket(datagram);
    const atMs = this.elapsedMs;
    if (typeof packet === 'string') {
      this.packets.push({ atMs, direction, datagram: Uint8Array.from(datagram) });
      return;
    }
    const { attributes, bytes } = packet;
    const joined = joinEapMessage(attributes);
    const eap = joined instanceof Uint8Array ? maskPacket(joined) : undefined;
    if (eap) {
      let at = 0;
      for (const value of valuesOf(attributes, attributeTypes.EAPMessage)) {
        // The values are views of the packet's octets.
        at += eap.copy(value, 0, at);
      }
    }
    this.packets.push({ atMs, direction, datagram: bytes, ...(eap && { eap }) });
  }

  /** Notes an EAP packet that a method was given, or gave. */
  eap(direction: RecordedPacket['direction'], eap: Uint8Array): void {
    this.packets.push({ atMs: this.elapsedMs, direction, eap: maskPacket(eap) });
  }
}
