// Servers that break the framing of TLS methods, each in the way that the case of its name is about.

import { eapCodes, eapPacket } from '../../../../lib/eap/packet.js';
import { isTls } from '../../../../lib/conformance/refusal.js';
import type { RelayFlow } from '../../../../lib/conformance/relay.js';
import { challenged, eapOf, mistakes, patched, refusedInstead, replies } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';

const [hasLength, hasMore, isStart] = [0x80, 0x40, 0x20];

const isOurs = (eap: Buffer | undefined): eap is Buffer => eap !== undefined && isTls(eap[4] ?? 0);
const flagsOf = (eap: Buffer): number => eap[5] ?? 0;
const isEmpty = (eap: Buffer): boolean => eap.length === 6 && (flagsOf(eap) & isStart) === 0;
const isLater = (eap: Buffer): boolean => (flagsOf(eap) & isStart) === 0;

/** Changes requests of TLS methods of this kind. */
const requests = (isMeant: (eap: Buffer) => boolean, change: (eap: Buffer) => Buffer): ServerMutant =>
  replies((eap) => (isOurs(eap) && isMeant(eap) ? change(eap) : undefined));

const withFlags = (eap: Buffer, flags: number): Buffer => patched(eap, { 5: flagsOf(eap) | flags });
const withoutFlags = (eap: Buffer, flags: number): Buffer => patched(eap, { 5: flagsOf(eap) & ~flags });

/** An EAP packet with other octets behind the type. */
const refilled = (eap: Buffer, ...parts: readonly Uint8Array[]): Buffer =>
  eapPacket(eap[0] ?? 0, eap[1] ?? 0, Buffer.of(eap[4] ?? 0), ...parts);

const withoutLength = (eap: Buffer): Buffer =>
  refilled(eap, Buffer.of(flagsOf(eap) & ~hasLength), eap.subarray(10));

const withLength = (eap: Buffer, length: number): Buffer => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(length);
  return refilled(eap, Buffer.of(flagsOf(eap) | hasLength), octets, eap.subarray(6));
};

/** Gives requests of this kind one identifier. */
const sameIdentifier = (isMeant: (eap: Buffer) => boolean): ServerMutant => ({
  ...requests(isMeant, (eap) => patched(eap, { 1: 7 })),
  ...mistakes((eap, { pending }) => (pending ? patched(eap, { 1: pending[1] ?? 0 }) : undefined)),
});

/** Does something else with responses of this kind. */
const takes = (
  isMeant: (eap: Buffer, flow: RelayFlow) => boolean,
  instead: (datagram: Buffer, flow: RelayFlow) => undefined,
): ServerMutant => ({
  onRequest(datagram, flow) {
    const eap = eapOf(datagram);
    return isOurs(eap) && isMeant(eap, flow) ? instead(datagram, flow) : datagram;
  },
});

const acknowledged = (datagram: Buffer, flow: RelayFlow): undefined =>
  challenged(datagram, flow, Buffer.of(eapOf(datagram)?.[4] ?? 0, 0));

/** Believes in the octets rather than in the length. */
const mendsLength = mistakes((eap) =>
  isOurs(eap) && (flagsOf(eap) & (hasLength | hasMore)) === hasLength ? withoutLength(eap) : undefined,
);
const withoutStart = requests(
  (eap) => !isLater(eap),
  (eap) => withoutFlags(eap, isStart),
);
const alwaysStart = requests(isLater, (eap) => withFlags(eap, isStart));
const withVersion = requests(isLater, (eap) => withFlags(eap, 1));
const anyVersion = mistakes((eap) => (isOurs(eap) ? withoutFlags(eap, 7) : undefined));
const withoutAnyLength = requests((eap) => (flagsOf(eap) & hasLength) !== 0, withoutLength);
const talkativeAcknowledgement = requests(isEmpty, (eap) => refilled(eap, Buffer.of(0, 1, 2, 3)));

export const tlsFragmentServerMutants: Readonly<Record<string, ServerMutant>> = {
  'rfc5216-2.1.1-start-flag': withoutStart,
  'rfc5216-2.1.1-start-without-data': requests(
    (eap) => !isLater(eap),
    (eap) => refilled(eap, Buffer.of(isStart, 1, 2)),
  ),
  // Takes one fragment, and no second.
  'rfc5216-2.1.5-fragments-reassembled': takes((eap, { notes }) => {
    if ((flagsOf(eap) & hasMore) === 0) return false;
    const isSecond = notes.has('fragment');
    notes.set('fragment', true);
    return isSecond;
  }, refusedInstead),
  'rfc5216-2.1.5-acknowledgement': talkativeAcknowledgement,
  'rfc5216-2.1.5-acknowledgement-identifier': sameIdentifier(isEmpty),
  'rfc5216-2.1.5-fragment-identifier': sameIdentifier((eap) => (flagsOf(eap) & hasMore) !== 0),
  'rfc5216-3.1-length-of-first-fragment': withoutAnyLength,
  'rfc5216-3.1-reserved-bits-zero': withVersion,
  // Takes them for a version.
  'rfc5216-3.2-reserved-bits-ignored': takes((eap) => (flagsOf(eap) & 0x1f) !== 0, refusedInstead),
  // Wait for what is announced, whatever it is.
  'rfc5216-2.1.5-message-limit': takes((eap) => (flagsOf(eap) & hasMore) !== 0, acknowledged),
  'cwe400-server-empty-fragments': takes((eap) => (flagsOf(eap) & hasMore) !== 0, acknowledged),
  'rfc5216-3.2-more-than-announced': mendsLength,
  'rfc5216-3.2-fewer-than-announced': mendsLength,
  // Knows one link.
  'rfc3579-2.4-tls-fragments-fit': {
    onRequest: (datagram, flow) =>
      flow.request(datagram, ({ attributes }) => ({
        attributes: attributes.filter(({ type }) => type !== 12),
      })),
  },
  'rfc5216-3.2-whole-message-with-length': takes(
    (eap) => (flagsOf(eap) & (hasLength | hasMore)) === hasLength,
    refusedInstead,
  ),
  'rfc5216-3.2-whole-message-without-length': takes(
    (eap) => (flagsOf(eap) & (hasLength | hasMore)) === 0 && eap.length > 6,
    refusedInstead,
  ),
  'rfc9190-2.1.9-no-length-in-whole-messages': requests(
    (eap) => (flagsOf(eap) & (hasLength | hasMore | isStart)) === 0 && eap.length > 6,
    (eap) => withLength(eap, eap.length - 6),
  ),
  'rfc5281-9.2-start-once': alwaysStart,
  'rfc5281-9.2.1-version-kept': withVersion,
  'rfc5281-9.2.1-version-not-offered': anyVersion,
  'rfc5281-9.2.2-acknowledgement': talkativeAcknowledgement,
  'rfc5281-9.2.3-acknowledgement-flags': requests(isEmpty, (eap) => withFlags(eap, 1)),
  // Announces the fragment.
  'rfc5281-9.2.2-length-of-whole': requests(
    (eap) => (flagsOf(eap) & hasLength) !== 0,
    (eap) => withLength(withoutLength(eap), eap.length - 10),
  ),
  'rfc5281-9.2.2-length-once': requests(
    (eap) => eap[0] === eapCodes.request && (flagsOf(eap) & hasLength) === 0 && eap.length > 6,
    (eap) => withLength(eap, 5000),
  ),
  'mspeap-2.2.2-start-once': alwaysStart,
  'mspeap-2.2.2-length-of-first-fragment': withoutAnyLength,
  'mspeap-2.2.3-acknowledgement': requests(isEmpty, (eap) => withFlags(eap, hasMore)),
  'mspeap-3.2.5.2-version-zero': withVersion,
  'mspeap-3.2.5.2-version-other': anyVersion,
  'mspeap-3.2.5.2-start-in-the-middle': mistakes((eap) =>
    isOurs(eap) ? withoutFlags(eap, isStart) : undefined,
  ),
};
