// The packets of TLS methods (RFC 5216, 3; PEAP and TTLS have the same) as a case wants them: any flags, length and
// fragment. lib/methods/tls/framing.ts writes only what is right. JavaScript thread.

import { eapCodes, eapPacket } from '../eap/packet.js';
import { radiusCodes } from '../radius/packet.js';
import { tlsFlags } from '../methods/tls/framing.js';
import { CaseFailure, demand, NotApplicable } from './case.js';
import {
  answerName,
  type EapConversation,
  type RequestChanges,
  type ServerAnswer,
  type ServerProbe,
} from './server-probe.js';

/** What an EAP packet of a TLS method holds. */
export interface TlsPacket {
  readonly flags: number;
  /** TLS Message Length, with the flag L. */
  readonly length: number | undefined;
  readonly data: Buffer;
}

/** EAP types. */
export const [eapTls, ttls, peap] = [13, 21, 25];

const headerLength = 6;

/** Leaves a case out for other methods: its document speaks of EAP-TLS alone. */
export function onlyEapTls({ target }: ServerProbe): void {
  if (target.method.type.type !== eapTls) throw new NotApplicable('it is about EAP-TLS alone');
}

/** Reads a request or a response. */
export function readTls(eap: Buffer): TlsPacket {
  const flags = eap[5] ?? 0;
  const hasLength = (flags & tlsFlags.length) !== 0;
  if (eap.length < headerLength + (hasLength ? 4 : 0))
    throw new CaseFailure('a packet has no flags or length');
  return {
    flags,
    length: hasLength ? eap.readUInt32BE(headerLength) : undefined,
    data: eap.subarray(headerLength + (hasLength ? 4 : 0)),
  };
}

/** A response to the request that waits. With a length, the flag L is set. */
export function tlsResponse(
  talk: EapConversation,
  data: Uint8Array,
  { flags = 0, length }: { readonly flags?: number; readonly length?: number } = {},
): Buffer {
  const head = Buffer.of(talk.request[4] ?? 0, flags | (length === undefined ? 0 : tlsFlags.length));
  const octets = Buffer.alloc(length === undefined ? 0 : 4);
  if (length !== undefined) octets.writeUInt32BE(length);
  return eapPacket(eapCodes.response, talk.requestId, head, octets, data);
}

/** The TLS message of the user's own next response, whole. */
export async function ownMessage(talk: EapConversation): Promise<Buffer> {
  return readTls(await talk.response()).data;
}

/**
 * Sends a message in fragments of at most `size` octets. `onAcknowledged` sees the requests that ask for more.
 * @returns the reply to the last one
 */
export async function sendInFragments(
  talk: EapConversation,
  message: Buffer,
  size: number,
  onAcknowledged: (request: Buffer) => void = () => undefined,
): Promise<ServerAnswer> {
  for (let at = 0; ; at += size) {
    const piece = message.subarray(at, at + size);
    const hasMore = at + size < message.length;
    const length = at === 0 && hasMore ? { length: message.length } : {};
    const packet = tlsResponse(talk, piece, { flags: hasMore ? tlsFlags.more : 0, ...length });
    const answer = await talk.send(packet, {}, hasMore ? 'a fragment' : 'the last fragment');
    if (!hasMore) return answer;
    demand(answer.code === radiusCodes.accessChallenge, `a fragment got ${answerName(answer)}`);
    onAcknowledged(talk.request);
  }
}

/** The fragments of the message that waits, as they come; each but the last is acknowledged. */
export async function takeFragments(talk: EapConversation): Promise<TlsPacket[]> {
  const packets: TlsPacket[] = [];
  for (;;) {
    const packet = readTls(talk.request);
    packets.push(packet);
    if ((packet.flags & tlsFlags.more) === 0) return packets;
    const answer = await talk.send(tlsResponse(talk, Buffer.alloc(0)), {}, 'an acknowledgement');
    demand(answer.code === radiusCodes.accessChallenge, `an acknowledgement got ${answerName(answer)}`);
  }
}

/** So small that a server's certificate does not fit. */
export const smallLink: RequestChanges = {
  without: [12],
  attributes: [{ type: 12, value: Buffer.of(0, 0, 1, 64) }],
};

/** The fragments of a server's first flight on a small link. */
export async function flightInFragments(talk: EapConversation): Promise<TlsPacket[]> {
  await sendInFragments(talk, await ownMessage(talk), 200);
  const packets = await takeFragments(talk);
  if (packets.length < 2) throw new NotApplicable('its first flight is not fragmented');
  return packets;
}

/** What a ServerHello says; undefined for another message. */
export interface ServerHello {
  readonly version: number;
  readonly suite: number;
  readonly compression: number;
}

/** Reads the ServerHello that a flight begins with. */
export function readServerHello(flight: Buffer): ServerHello | undefined {
  if (flight[0] !== 22 || flight[5] !== 2 || flight.length < 47) return undefined;
  let at = 44 + (flight[43] ?? 0);
  const suite = flight.readUInt16BE(at);
  const compression = flight[at + 2] ?? 0;
  const end = 5 + flight.readUInt16BE(3);
  for (at += 5; at + 4 <= end; at += 4 + flight.readUInt16BE(at + 2)) {
    // supported_versions, which TLS 1.3 has.
    if (flight.readUInt16BE(at) === 43) return { version: flight.readUInt16BE(at + 4), suite, compression };
  }
  return { version: flight.readUInt16BE(9), suite, compression };
}
