// Servers that break EAP, each in the way that the case of its name is about.

import { eapCodes, eapPacket, eapTypes } from '../../../../lib/eap/packet.js';
import { radiusCodes } from '../../../../lib/radius/packet.js';
import { accepted, challenged, eapOf, onReplyOf, patched, refusedInstead } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';

/** Ends the conversation on such an EAP packet, where it should pass it over. */
const refusing = (isSuch: (eap: Buffer, pending: Buffer) => boolean): ServerMutant => ({
  onRequest(datagram, flow) {
    const eap = eapOf(datagram);
    return eap && flow.pending && isSuch(eap, flow.pending) ? refusedInstead(datagram, flow) : datagram;
  },
});

/** Takes such a packet for a proof. */
const accepting = (isSuch: (eap: Buffer) => boolean): ServerMutant => ({
  onRequest(datagram, flow) {
    const eap = eapOf(datagram);
    return eap && flow.pending && isSuch(eap) ? accepted(datagram, flow) : datagram;
  },
});

/** Takes such a packet after it has made it good. */
const mending = (mend: (eap: Buffer, pending: Buffer) => Buffer | undefined): ServerMutant => ({
  onRequest: (datagram, flow) =>
    flow.eap(datagram, (eap) => (flow.pending ? mend(eap, flow.pending) : undefined)),
});

/** Sends other EAP packets of a code. */
const sending = (code: number, change: (eap: Buffer) => Uint8Array): ServerMutant => ({
  onReply: (datagram, flow) => flow.eap(datagram, (eap) => (eap[0] === code ? change(eap) : undefined), true),
});

const withLength = (eap: Buffer): Buffer => patched(eap, { 2: eap.length >> 8, 3: eap.length & 0xff });
const isPadded = (eap: Buffer): boolean => eap.length > eap.readUInt16BE(2);
const withData = (eap: Buffer): Buffer => eapPacket(eap[0] ?? 0, eap[1] ?? 0, Buffer.from('hello'));

export const eapServerMutants: Readonly<Record<string, ServerMutant>> = {
  // Takes what there is of a packet that says that it is longer.
  'rfc3748-4-length-beyond-packet': mending(withLength),
  // Wants the length to be exact.
  'rfc3748-4-octets-beyond-length': refusing(isPadded),
  // Reads the identity up to the end of what came.
  'rfc3748-4-padded-identity': {
    onRequest: (datagram, flow) =>
      isPadded(eapOf(datagram) ?? Buffer.alloc(4)) ? refusedInstead(datagram, flow) : datagram,
  },
  'rfc3748-4-length-shorter-than-header': mending((eap) =>
    eap.readUInt16BE(2) < 4 ? withLength(eap) : undefined,
  ),
  'rfc3748-4.1-response-without-type': accepting((eap) => eap.length === 4),
  'rfc3748-4-truncated-header': accepting((eap) => eap.length < 4),
  // Do not look at the code.
  ...Object.fromEntries(
    [0, 7, 255].map((code) => [
      `rfc3748-4-unknown-code-${code}`,
      mending((eap) => (eap[0] === code ? patched(eap, { 0: eapCodes.response }) : undefined)),
    ]),
  ),
  'rfc3748-2.3-request-from-peer': mending((eap) => patched(eap, { 0: eapCodes.response })),
  // Believes what the peer says of itself.
  'rfc3748-2.3-success-from-peer': accepting((eap) => eap[0] === eapCodes.success),
  'rfc3748-2.3-failure-from-peer': accepting((eap) => eap[0] === eapCodes.failure),
  // Do not look at identifiers, or not closely.
  'rfc3748-4.1-identifier-mismatch': mending((eap, pending) => patched(eap, { 1: pending[1] ?? 0 })),
  'rfc3748-4.1-identifier-before': mending((eap, pending) => patched(eap, { 1: pending[1] ?? 0 })),
  // Ends it when a response comes again.
  'rfc3748-4.1-old-response-again': refusing((eap, pending) => eap[1] !== pending[1]),
  // Gives every request one identifier.
  'rfc3748-4.1-new-identifier': {
    ...sending(eapCodes.request, (eap) => patched(eap, { 1: 7 })),
    ...mending((eap, pending) => patched(eap, { 1: pending[1] ?? 0 })),
  },
  // Stays at 255.
  'rfc3748-4.1-identifier-after-255': sending(eapCodes.request, (eap) => patched(eap, { 1: 255 })),
  'rfc3748-4.1-type-mismatch': refusing((eap) => eap[4] === 200),
  // Begins anew with another name.
  'rfc3748-4.1-identity-in-method': {
    onRequest: (datagram, flow) =>
      flow.pending && eapOf(datagram)?.[4] === eapTypes.identity
        ? challenged(datagram, flow, Buffer.from([4, 1, 0]))
        : datagram,
  },
  'rfc3748-4.1-notification-in-method': refusing((eap) => eap[4] === eapTypes.notification),
  // Looks at the last octet of an expanded type.
  'rfc3748-4.1-foreign-expanded-type': mending((eap) =>
    eap[4] === eapTypes.expanded ? eapPacket(eapCodes.response, eap[1] ?? 0, eap.subarray(11)) : undefined,
  ),
  'rfc3748-5.7-truncated-expanded-type': accepting((eap) => eap[4] === eapTypes.expanded),
  'rfc3748-5.3.2-expanded-nak-of-legacy-type': accepting((eap) => eap[4] === eapTypes.expanded),
  // Asks for the identity again and again.
  'rfc3748-2.1-method-after-identity': sending(eapCodes.request, (eap) =>
    patched(eap, { 4: eapTypes.identity }),
  ),
  // Naks the peer.
  'rfc3748-5-no-nak-in-request': sending(eapCodes.request, (eap) => patched(eap, { 4: eapTypes.nak })),
  // Counts the data alone.
  'rfc3748-4-request-length': sending(eapCodes.request, (eap) => patched(eap, { 3: eap.length - 4 })),
  // Do not read what a Nak asks for.
  'rfc3748-5.3.1-nak-is-honoured': refusing((eap) => eap[4] === eapTypes.nak),
  'rfc3748-5.3.1-nak-without-alternative': {
    onRequest: (datagram, flow) =>
      eapOf(datagram)?.[4] === eapTypes.nak ? challenged(datagram, flow, Buffer.from([6, 63])) : datagram,
  },
  'rfc3748-5.3.1-nak-of-unknown-types': {
    onRequest: (datagram, flow) =>
      eapOf(datagram)?.[4] === eapTypes.nak ? challenged(datagram, flow, Buffer.from([6, 63])) : datagram,
  },
  'rfc3748-4.1-refused-method-is-gone': refusing(
    (eap, pending) => eap[4] !== pending[4] && eap[4] !== eapTypes.nak,
  ),
  // Lets itself be talked into another method at any time.
  'rfc3748-4.1-nak-after-start': {
    onRequest(datagram, flow) {
      const type = eapOf(datagram)?.[4];
      const isLate = flow.notes.has('started') && type === eapTypes.nak;
      if (type === 26) flow.notes.set('started', true);
      return isLate ? challenged(datagram, flow, Buffer.from([4, 1, 0])) : datagram;
    },
  },
  // Puts another method behind the first round.
  'rfc3748-2.1-one-method': {
    onRequest(datagram, flow) {
      const isSecond = flow.notes.has('first') && eapOf(datagram)?.[4] === 26;
      if (eapOf(datagram)?.[4] === 26) flow.notes.set('first', true);
      return isSecond ? challenged(datagram, flow, Buffer.from([6, 63])) : datagram;
    },
  },
  // Says nothing to a peer without a name.
  'rfc3748-5.1-empty-identity': {
    onRequest: (datagram) => (eapOf(datagram)?.length === 5 ? undefined : datagram),
  },
  // Reads names up to a NUL.
  'rfc3748-5.1-identity-with-nul': {
    onRequest: (datagram, flow) =>
      flow.eap(datagram, (eap) => {
        const end = eap.indexOf(0, 5);
        if (eap[4] !== eapTypes.identity || end < 0) return undefined;
        return eapPacket(eapCodes.response, eap[1] ?? 0, eap.subarray(4, end));
      }),
  },
  'rfc3748-4.2-success-identifier': sending(eapCodes.success, (eap) =>
    patched(eap, { 1: (eap[1] ?? 0) + 1 }),
  ),
  'rfc3748-4.2-success-without-data': sending(eapCodes.success, withData),
  'rfc3748-4.2-failure-identifier': sending(eapCodes.failure, (eap) =>
    patched(eap, { 1: (eap[1] ?? 0) + 1 }),
  ),
  'rfc3748-4.2-failure-without-data': sending(eapCodes.failure, withData),
  // Says Success in the refusal.
  'rfc3748-4.2-wrong-proof-gets-failure': sending(eapCodes.failure, (eap) =>
    patched(eap, { 0: eapCodes.success }),
  ),
  // Takes any response of the method for a proof.
  'rfc3748-4.2-no-success-before-proof': {
    onRequest: (datagram, flow) =>
      flow.pending && eapOf(datagram)?.length === 5 ? accepted(datagram, flow) : datagram,
  },
  // Remembers that a response was accepted.
  'rfc3748-2-conversation-ends-with-success': {
    onRequest(datagram, flow) {
      const eap = eapOf(datagram);
      flow.notes.set('last', eap);
      return eap && flow.notes.get('good') === eap.toString('hex') ? accepted(datagram, flow) : datagram;
    },
    onReply(datagram, flow) {
      if (datagram[0] === radiusCodes.accessAccept) {
        flow.notes.set('good', (flow.notes.get('last') as Buffer).toString('hex'));
      }
      return datagram;
    },
  },
  // Goes on after EAP-Failure.
  'rfc3748-4.2-conversation-ends-with-failure': {
    onRequest(datagram, flow) {
      const type = eapOf(datagram)?.[4];
      if (flow.notes.has('failed')) return challenged(datagram, flow, Buffer.from([26, 3]));
      if (type === eapTypes.nak && eapOf(datagram)?.[5] === 0) flow.notes.set('failed', true);
      return datagram;
    },
  },
  // Sends keys of its own.
  'rfc3748-7.10-same-keys': onReplyOf(radiusCodes.accessAccept, ({ attributes }) => ({
    attributes: attributes.map((each) =>
      each.type === 26 ? { ...each, value: patched(each.value, { 12: (each.value[12] ?? 0) ^ 1 }) } : each,
    ),
  })),
};
