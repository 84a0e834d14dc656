// What mutants are made of.

import { eapCodes, eapPacket } from '../../../lib/eap/packet.js';
import { joinEapMessage, splitEapMessage } from '../../../lib/radius/attributes.js';
import { radiusCodes } from '../../../lib/radius/packet.js';
import {
  encodeDatagram,
  messageOf,
  newAuthenticator,
  type RadiusMessage,
} from '../../../lib/conformance/datagram.js';
import type { RelayFlow, RelayHooks } from '../../../lib/conformance/relay.js';
import { secret } from '../subjects.js';

export { patched } from '../../../lib/conformance/catalogue/server/eap.js';

/** The EAP packet of a datagram. */
export function eapOf(datagram: Uint8Array): Buffer | undefined {
  const eap = joinEapMessage(messageOf(datagram)?.attributes ?? []);
  return eap instanceof Uint8Array ? eap : undefined;
}

/** Answers a request with Access-Reject and EAP-Failure, and passes nothing on. */
export function refusedInstead(datagram: Buffer, flow: RelayFlow): undefined {
  const failure = eapPacket(eapCodes.failure, eapOf(datagram)?.[1] ?? 0);
  flow.answer(datagram, { code: radiusCodes.accessReject, attributes: splitEapMessage(failure) });
}

/** Answers a request with Access-Accept and EAP-Success. */
export function accepted(datagram: Buffer, flow: RelayFlow): undefined {
  const success = eapPacket(eapCodes.success, eapOf(datagram)?.[1] ?? 0);
  flow.answer(datagram, { code: radiusCodes.accessAccept, attributes: splitEapMessage(success) });
}

/** Answers a request with a Request of these octets, the type first. */
export function challenged(datagram: Buffer, flow: RelayFlow, octets: Uint8Array): undefined {
  const request = eapPacket(eapCodes.request, (eapOf(datagram)?.[1] ?? 0) + 1, octets);
  flow.answer(datagram, { code: radiusCodes.accessChallenge, attributes: splitEapMessage(request) });
}

/** Changes the replies of a code. */
export function onReplyOf(
  code: number,
  change: (message: RadiusMessage) => Partial<RadiusMessage>,
): Pick<RelayHooks, 'onReply'> {
  return {
    onReply: (datagram, flow) =>
      flow.reply(datagram, (message) => (message.code === code ? change(message) : undefined)),
  };
}

/** Accepts where a response is of this kind. */
export function accepts(isTaken: (eap: Buffer, flow: RelayFlow) => boolean): RelayHooks {
  return {
    onRequest(datagram, flow) {
      const eap = eapOf(datagram);
      return eap && isTaken(eap, flow) ? accepted(datagram, flow) : datagram;
    },
  };
}

/** Has other EAP packets in its replies. `change` gives undefined to leave one. */
export function replies(change: (eap: Buffer, flow: RelayFlow) => Uint8Array | undefined): RelayHooks {
  return { onReply: (datagram, flow) => flow.eap(datagram, (eap) => change(eap, flow), true) };
}

/** Takes responses for others than they are. `change` gives undefined to leave one. */
export function mistakes(change: (eap: Buffer, flow: RelayFlow) => Uint8Array | undefined): RelayHooks {
  return { onRequest: (datagram, flow) => flow.eap(datagram, (eap) => change(eap, flow)) };
}

/** A peer that answers a Request of this kind with these octets, the type first. */
export function answers(isTaken: (eap: Buffer, flow: RelayFlow) => boolean, octets: Uint8Array): RelayHooks {
  return {
    onReply(datagram, flow) {
      const eap = eapOf(datagram);
      if (eap?.[0] !== eapCodes.request || !isTaken(eap, flow)) return datagram;
      const response = eapPacket(eapCodes.response, eap[1] ?? 0, octets);
      const attributes = splitEapMessage(response);
      const message = {
        code: radiusCodes.accessRequest,
        id: 250,
        authenticator: newAuthenticator(),
        attributes,
      };
      flow.toServer(encodeDatagram(message, Buffer.from(secret)));
      return undefined;
    },
  };
}
