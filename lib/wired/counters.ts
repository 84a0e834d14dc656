// What a supplicant counts: dot1xSuppStatsTable of IEEE8021-PAE-MIB (IEEE 802.1X-2004, 10.5.4), under its names. A port's
// frames pass through here on their way.

import { decodeEapol, eapolTypes, formatEthernetAddress } from './eapol.js';

/** The standard's counters, from when the supplicant was opened, and after them what it does not count. */
export interface WiredCounters {
  /** EAPOL frames of any type that were received. */
  readonly dot1xSuppEapolFramesRx: number;
  /** EAPOL frames of any type that were sent. */
  readonly dot1xSuppEapolFramesTx: number;
  /** EAPOL-Start that were sent. */
  readonly dot1xSuppEapolStartFramesTx: number;
  /** EAPOL-Logoff that were sent. */
  readonly dot1xSuppEapolLogoffFramesTx: number;
  /** EAP-Response/Identity that were sent. */
  readonly dot1xSuppEapolRespIdFramesTx: number;
  /** Other EAP-Responses that were sent. */
  readonly dot1xSuppEapolRespFramesTx: number;
  /** EAP-Request/Identity that were received. */
  readonly dot1xSuppEapolReqIdFramesRx: number;
  /** Other EAP-Requests that were received. */
  readonly dot1xSuppEapolReqFramesRx: number;
  /** Frames of a type, or a version, that no edition of the standard has. */
  readonly dot1xSuppInvalidEapolFramesRx: number;
  /** Frames whose body would be longer than they are. */
  readonly dot1xSuppEapLengthErrorFramesRx: number;
  /** The version of the last frame; 0 before the first. */
  readonly dot1xSuppLastEapolFrameVersion: number;
  /** Who sent the last frame: its address; empty before the first. */
  readonly dot1xSuppLastEapolFrameSource: string;
  /** EAPOL-Key (RC4, WPA): ignored. */
  readonly keyFramesRx: number;
  /** EAPOL-MKA (MACsec): ignored. */
  readonly mkaFramesRx: number;
  /** Announcements and ASF alerts: ignored. */
  readonly announcementFramesRx: number;
  /** Frames that the link lost because they came too fast. */
  readonly droppedFrames: number;
}

const none: WiredCounters = {
  dot1xSuppEapolFramesRx: 0,
  dot1xSuppEapolFramesTx: 0,
  dot1xSuppEapolStartFramesTx: 0,
  dot1xSuppEapolLogoffFramesTx: 0,
  dot1xSuppEapolRespIdFramesTx: 0,
  dot1xSuppEapolRespFramesTx: 0,
  dot1xSuppEapolReqIdFramesRx: 0,
  dot1xSuppEapolReqFramesRx: 0,
  dot1xSuppInvalidEapolFramesRx: 0,
  dot1xSuppEapLengthErrorFramesRx: 0,
  dot1xSuppLastEapolFrameVersion: 0,
  dot1xSuppLastEapolFrameSource: '',
  keyFramesRx: 0,
  mkaFramesRx: 0,
  announcementFramesRx: 0,
  droppedFrames: 0,
};

const eapRequest = 1;
const eapIdentity = 1;

const isIdentity = (packet: Uint8Array): boolean => packet[4] === eapIdentity;

/** The counters of one port. */
export class FrameCounter {
  readonly #own: Uint8Array;
  readonly #counts: { -readonly [Name in keyof WiredCounters]: WiredCounters[Name] } = { ...none };
  /** Who sent the last frame: a text is made of it when somebody asks. */
  readonly #source = Buffer.alloc(6);

  constructor(own: Uint8Array) {
    this.#own = own;
  }

  get counters(): WiredCounters {
    const counts = { ...this.#counts };
    if (counts.dot1xSuppLastEapolFrameVersion !== 0) {
      counts.dot1xSuppLastEapolFrameSource = formatEthernetAddress(this.#source);
    }
    return counts;
  }

  dropped(count: number): void {
    this.#counts.droppedFrames += count;
  }

  sent(type: number, body: Uint8Array | undefined): void {
    const counts = this.#counts;
    counts.dot1xSuppEapolFramesTx += 1;
    if (type === eapolTypes.start) counts.dot1xSuppEapolStartFramesTx += 1;
    else if (type === eapolTypes.logoff) counts.dot1xSuppEapolLogoffFramesTx += 1;
    else if (body !== undefined && isIdentity(body)) counts.dot1xSuppEapolRespIdFramesTx += 1;
    else counts.dot1xSuppEapolRespFramesTx += 1;
  }

  /** The EAP packet of a frame that was received; undefined where it has none, and is counted only. */
  received(frame: Buffer): Buffer | undefined {
    const counts = this.#counts;
    const eapol = decodeEapol(frame, this.#own);
    if (typeof eapol === 'string') {
      if (eapol !== 'version' && eapol !== 'length') return undefined;
      counts.dot1xSuppEapolFramesRx += 1;
      if (eapol === 'version') counts.dot1xSuppInvalidEapolFramesRx += 1;
      else counts.dot1xSuppEapLengthErrorFramesRx += 1;
      return undefined;
    }
    const { type, version, source, body } = eapol;
    counts.dot1xSuppEapolFramesRx += 1;
    counts.dot1xSuppLastEapolFrameVersion = version;
    this.#source.set(source);
    switch (type) {
      case eapolTypes.eapPacket:
        if (body[0] === eapRequest) {
          if (isIdentity(body)) counts.dot1xSuppEapolReqIdFramesRx += 1;
          else counts.dot1xSuppEapolReqFramesRx += 1;
        }
        return body;
      case eapolTypes.start:
      case eapolTypes.logoff:
        // For authenticators.
        return undefined;
      case eapolTypes.key:
        counts.keyFramesRx += 1;
        return undefined;
      case eapolTypes.mka:
        counts.mkaFramesRx += 1;
        return undefined;
      case eapolTypes.encapsulatedAsfAlert:
      case eapolTypes.announcementGeneric:
      case eapolTypes.announcementSpecific:
      case eapolTypes.announcementReq:
        counts.announcementFramesRx += 1;
        return undefined;
      default:
        counts.dot1xSuppInvalidEapolFramesRx += 1;
        return undefined;
    }
  }
}
