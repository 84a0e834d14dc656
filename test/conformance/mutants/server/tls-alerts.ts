// Servers that break the end of a handshake that fails, each in the way that the case of its name is about.

import { isTls } from '../../../../lib/conformance/refusal.js';
import type { RelayFlow } from '../../../../lib/conformance/relay.js';
import { accepts, challenged, eapOf, refusedInstead } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';

const isOurs = (eap: Buffer | undefined): eap is Buffer => eap !== undefined && isTls(eap[4] ?? 0);

/** Whether the server's Request has an alert in the clear. */
const isAlert = (eap: Buffer): boolean => isOurs(eap) && eap[6] === 21;

/** Sends EAP-Failure at once where it should say why. */
const silent: ServerMutant = {
  onReply(datagram, flow) {
    const eap = eapOf(datagram);
    if (!eap || !isAlert(eap)) return datagram;
    const request = flow.notes.get('request');
    return request instanceof Buffer ? refusedInstead(request, flow) : datagram;
  },
  onRequest(datagram, { notes }) {
    notes.set('request', datagram);
    return datagram;
  },
};

/** The responses of a conversation: the first has the number 1. */
function counted({ notes }: RelayFlow, name: string): number {
  const number = Number(notes.get(name) ?? 0) + 1;
  notes.set(name, number);
  return number;
}

/** Believes the second flight of the peer, whatever it is. */
const believesSecondFlight: ServerMutant = accepts(
  (eap, flow) => isOurs(eap) && counted(flow, 'response') === 2,
);

/** Asks on where it should end. */
const asksOn = (isMeant: (eap: Buffer, flow: RelayFlow) => boolean): ServerMutant => ({
  onRequest(datagram, flow) {
    const eap = eapOf(datagram);
    if (!isOurs(eap) || !isMeant(eap, flow)) return datagram;
    return challenged(datagram, flow, Buffer.of(eap[4] ?? 0, 0));
  },
});

export const tlsAlertServerMutants: Readonly<Record<string, ServerMutant>> = {
  'rfc5216-2.1.3-alert': silent,
  'rfc5216-2.1.3-failure-behind-alert': asksOn(
    (eap, { pending }) => pending !== undefined && isAlert(pending) && eap.length === 6,
  ),
  'rfc5216-2.1.3-failure-for-peers-alert': asksOn(isAlert),
  'rfc5216-2.1.3-alert-instead-of-hello': accepts(isAlert),
  'rfc5216-2.1.1-nothing-instead-of-hello': accepts((eap) => isOurs(eap) && eap.length === 6),
  'rfc5216-2.1.1-nothing-instead-of-finished': accepts((eap) => isOurs(eap) && eap.length === 6),
  'rfc9190-2.1.4-alert': silent,
  // An alert of TLS 1.3 cannot be seen from outside: it is the reply to the second flight.
  'rfc9190-2.1.4-alert-for-record': {
    onRequest(datagram, flow) {
      const eap = eapOf(datagram);
      return isOurs(eap) && counted(flow, 'response') === 2 ? refusedInstead(datagram, flow) : datagram;
    },
  },
  'rfc5246-6-unexpected-record': silent,
  'rfc5246-7.2.2-bad-record-mac': believesSecondFlight,
  'rfc5246-7.4.9-finished-missing': believesSecondFlight,
  'rfc5246-7.2.2-data-before-finished': believesSecondFlight,
  'rfc8446-5.2-record-altered': believesSecondFlight,
  'rfc8446-4.4.4-finished-missing': believesSecondFlight,
};
