// Peers that are wrong, each in the way that the case of its name is about.

import { eapPacket, eapTypes } from '../../../../lib/eap/packet.js';
import type { PeerMutant } from '../../subjects.js';
import { answers, eapOf, mistakes, patched, replies } from '../tools.js';

const strange = 200;

const naksNotifications = mistakes((eap) =>
  eap[4] === eapTypes.notification ? patched(eap, { 4: eapTypes.nak }) : undefined,
);

export const eapPeerMutants: Readonly<Record<string, PeerMutant>> = {
  // Answers a Notification with a Nak.
  'rfc3748-5.2-notification-answered': {
    onRequest: (datagram, flow) =>
      flow.eap(datagram, (eap) => (eap[4] === eapTypes.notification ? patched(eap, { 4: 3 }) : undefined)),
  },
  // Repeats the type that it does not know.
  'rfc3748-5.3.1-nak-of-unknown-method': {
    onRequest: (datagram, flow) =>
      flow.eap(datagram, (eap) =>
        eap[4] === eapTypes.nak && flow.pending?.[4] === 200 ? patched(eap, { 4: 200 }) : undefined,
      ),
  },
  // Believes EAP-Success whenever it comes.
  'rfc3748-4.2-canned-success': { isSuccess: (isAccepted) => isAccepted },
  // Believes its own method alone.
  'rfc3748-4.2-failure-in-place-of-success': { isSuccess: () => true },
  // Makes a new response to a request that it has answered.
  'rfc3748-4.1-repeated-request': {
    onRequest: (datagram, flow) => {
      const eap = eapOf(datagram);
      const key = `answered ${flow.pending?.toString('hex')}`;
      const isRepeated = flow.notes.has(key) && flow.notes.get(key) !== datagram.toString('latin1', 4, 20);
      if (!isRepeated || !eap) {
        flow.notes.set(key, datagram.toString('latin1', 4, 20));
        return datagram;
      }
      return flow.eap(datagram, (given) => patched(given, { [given.length - 1]: (given.at(-1) ?? 0) + 1 }));
    },
  },
  // Reads packets whose codes, types and lengths are wrong as if they were right.
  'rfc3748-4-unknown-code': replies((eap) => (eap[0] === 7 ? patched(eap, { 0: 1 }) : undefined)),
  'rfc3748-4.1-response-of-the-server': replies((eap) => (eap[0] === 2 ? patched(eap, { 0: 1 }) : undefined)),
  'rfc3748-4.1-length-beyond-packet': replies((eap) =>
    (eap[3] ?? 0) > eap.length ? patched(eap, { 3: eap.length }) : undefined,
  ),
  'rfc3748-4.1-request-of-nak': replies((eap) => (eap[4] === 3 ? patched(eap, { 4: strange }) : undefined)),
  'rfc3748-4.1-request-without-type': replies((eap) =>
    eap[0] === 1 && eap.length === 4 ? eapPacket(1, eap[1] ?? 0, Buffer.of(strange)) : undefined,
  ),
  'rfc3748-4.1-expanded-type-cut-short': answers(
    (eap) => eap[4] === 254 && eap.length < 12,
    Buffer.from([254, 0, 0, 0, 0, 0, 0, 3, 254, 0, 0, 0, 0, 0, 0, 26]),
  ),
  // Discards what is padded.
  'rfc3748-4.1-padding-ignored': {
    onReply: (datagram) =>
      eapOf(datagram)?.length === (eapOf(datagram)?.[3] ?? 0) + 3 ? undefined : datagram,
  },
  // Naks without a type, with the type of the Request, and in the wrong format.
  'rfc3748-5.3.1-nak-with-types': mistakes((eap) =>
    eap[4] === eapTypes.nak ? eapPacket(2, eap[1] ?? 0, eap.subarray(4, 5)) : undefined,
  ),
  'rfc3748-5.3.1-nak-of-expanded-type': mistakes((eap) =>
    eap[4] === eapTypes.expanded ? patched(eap, { 11: 7 }) : undefined,
  ),
  'rfc3748-5.3.2-types-in-expanded-format': mistakes((eap) =>
    eap[4] === eapTypes.expanded ? eapPacket(2, eap[1] ?? 0, eap.subarray(4, 12), Buffer.of(26)) : undefined,
  ),
  'rfc3748-5.3.2-legacy-nak-of-legacy-type': mistakes((eap) =>
    eap[4] === eapTypes.nak
      ? eapPacket(2, eap[1] ?? 0, Buffer.from([254, 0, 0, 0, 0, 0, 0, 3, 254, 0, 0, 0, 0, 0, 0, 26]))
      : undefined,
  ),
  // Answers in the middle of a method what it would before it.
  'rfc3748-2.1-nak-in-method': answers((eap) => eap[4] === strange, Buffer.of(3, 26)),
  'rfc3748-2.1-other-method-in-method': answers(
    (eap, { notes }) => {
      const isLater = notes.has('method');
      if (eap[4] === 26) notes.set('method', true);
      return isLater && eap[4] === 4;
    },
    Buffer.of(4, 1, 1),
  ),
  'rfc3748-2.1-identity-in-method': answers((eap) => eap[4] === 1, Buffer.from('\x01alice')),
  'rfc3748-5.1-identity-of-the-server': mistakes((eap, { pending }) =>
    pending?.[4] === eapTypes.identity ? patched(eap, { 4: eapTypes.nak }) : undefined,
  ),
  'rfc3748-5.1-identity-without-null': {
    onRequest: (datagram, flow) =>
      flow.eap(datagram, (eap) =>
        eap[4] === 1 ? eapPacket(2, eap[1] ?? 0, eap.subarray(4), Buffer.of(0)) : undefined,
      ),
  },
  'rfc3748-5.2-notification-in-method': naksNotifications,
  'rfc3748-5.2-nak-of-notification': naksNotifications,
  // Counts identifiers itself.
  'rfc3748-4.1-identifier-0': mistakes((eap, { pending }) =>
    pending?.[1] === 0 && pending[4] === eapTypes.notification ? patched(eap, { 1: 1 }) : undefined,
  ),
  'rfc3748-4.1-identifier-255': mistakes((eap, { pending }) =>
    pending?.[1] === 255 && pending[4] === eapTypes.notification ? patched(eap, { 1: 0 }) : undefined,
  ),
  'rfc3748-4.1-type-of-response': mistakes((eap) => (eap[4] === 26 ? patched(eap, { 4: 29 }) : undefined)),
  // Believes EAP-Success, or its method, whatever was before.
  'rfc3748-4.2-success-in-method': { isSuccess: (isAccepted) => isAccepted },
  'rfc3748-4.2-success-behind-nak': { isSuccess: (isAccepted) => isAccepted },
  'rfc3748-4.2-success-behind-notification': { isSuccess: (isAccepted) => isAccepted },
  'rfc3748-4.2-failure-in-method': { isSuccess: () => true },
};
