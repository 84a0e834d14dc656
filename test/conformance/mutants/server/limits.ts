// Servers that strangers bring down, each in the way that the case of its name is about.

import { eapCodes, eapTypes } from '../../../../lib/eap/packet.js';
import { messageOf } from '../../../../lib/conformance/datagram.js';
import { accepted, challenged, eapOf } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';

/** Serves nobody any more after such a datagram, or after as many. */
function fallingOver(isSuch: (datagram: Buffer) => boolean, after = 1): ServerMutant {
  return {
    onRequest(datagram, flow) {
      const count = Number(flow.shared.get('such') ?? 0) + (isSuch(datagram) ? 1 : 0);
      flow.shared.set('such', count);
      return count >= after ? undefined : datagram;
    },
  };
}

const attributesOf = (datagram: Buffer) => messageOf(datagram)?.attributes ?? [];

/** Offers a method for every Nak. */
const tireless: ServerMutant = {
  onRequest: (datagram, flow) =>
    eapOf(datagram)?.[4] === 3 ? challenged(datagram, flow, Buffer.from([26, 1, 2, 3])) : datagram,
};

export const limitServerMutants: Readonly<Record<string, ServerMutant>> = {
  // Has room for fifty.
  'cwe770-server-half-open-conversations': fallingOver(
    (datagram) => eapOf(datagram)?.[4] === eapTypes.identity,
    50,
  ),
  'cwe770-server-many-attributes': fallingOver((datagram) => attributesOf(datagram).length > 100),
  'cwe770-server-reply-beyond-packet': fallingOver(({ length }) => length > 3500),
  'cwe770-server-long-identity': fallingOver((datagram) => (eapOf(datagram)?.length ?? 0) > 1000),
  'cwe770-server-nested-vendor-attributes': fallingOver((datagram) =>
    attributesOf(datagram).some(({ type, value }) => type === 26 && value.length < 4),
  ),
  'cwe400-server-random-datagrams': fallingOver((datagram) => messageOf(datagram) === undefined),
  'cwe400-server-random-eap': fallingOver((datagram) => (eapOf(datagram)?.[0] ?? eapCodes.response) > 4),
  // Takes what it can read of a proof.
  'cwe400-server-disruptive': {
    onRequest: (datagram, flow) =>
      flow.pending && eapOf(datagram)?.[4] === 26 ? accepted(datagram, flow) : datagram,
  },
  'cwe400-server-endless-wrong-responses': fallingOver(
    (datagram) => eapOf(datagram)?.[0] === eapCodes.response,
    30,
  ),
  // Waits for the last fragment.
  'cwe400-server-endless-fragments': {
    onRequest: (datagram, flow) =>
      ((eapOf(datagram)?.[5] ?? 0) & 0x40) > 0 ? challenged(datagram, flow, Buffer.from([13, 0])) : datagram,
  },
  'cwe400-server-endless-naks': tireless,
  'cwe400-server-nak-of-the-wish': tireless,
};
