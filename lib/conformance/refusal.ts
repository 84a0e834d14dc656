// The proof that a server accepts nothing of what it must not accept: it may be silent, ask the same again, say why it
// refuses in as many rounds as its method has, or refuse at once. JavaScript thread.

import { eapCodes, eapPacket } from '../eap/packet.js';
import { radiusCodes } from '../radius/packet.js';
import { CaseFailure, demand } from './case.js';
import { answerName, type EapConversation, type ServerProbe } from './server-probe.js';

/** Rounds within which a server is done with its refusal. */
const rounds = 8;

/** Sends a response that no server may accept, and goes on with acknowledgements until it has refused, or is silent. */
export async function expectRefusal(
  probe: ServerProbe,
  talk: EapConversation,
  eap: Uint8Array,
  what: string,
): Promise<void> {
  let next: Uint8Array | undefined = eap;
  for (let round = 0; next && round < rounds; round++) {
    const answer = await probe.tryAsking(talk.datagram(next));
    demand(answer?.code !== radiusCodes.accessAccept, `${what} got ${answerName(answer)}`);
    if (!answer) return expectAlive(probe, what);
    const isRepeated = answer.eap?.equals(talk.request) === true;
    if (answer.code !== radiusCodes.accessChallenge || !answer.eap || isRepeated) return;
    talk.request = answer.eap;
    talk.state = answer.state;
    next = acknowledgement(answer.eap, what);
  }
}

/** Silence is a refusal only of a server that still answers others. */
export async function expectAlive(probe: ServerProbe, what: string): Promise<void> {
  const answer = await probe.ask(probe.request(probe.identity()), `an identity behind ${what}`);
  demand(answer.eap !== undefined, `an identity behind ${what} got ${answerName(answer)}`);
}

/** The response of a peer that has nothing more to say. Undefined where the server asks for something new. */
function acknowledgement(request: Buffer, what: string): Buffer | undefined {
  const [, id = 0, , , type = 0, first = 0] = request;
  const respond = (octet: number): Buffer => eapPacket(eapCodes.response, id, Buffer.of(type, octet));
  if (isTls(type)) return respond(first & versionOf(type));
  if (type !== 26) return undefined;
  if (first === mschapv2Success) throw new CaseFailure(`${what} got the server's Success Request`);
  return first === mschapv2Failure ? respond(mschapv2Failure) : undefined;
}

const mschapv2Success = 3;
const mschapv2Failure = 4;

/** Whether an EAP type runs in TLS. */
export const isTls = (type: number): boolean => type === 13 || type === 21 || type === 25;

/** The bits of the flags that are a version; in EAP-TLS there is none. */
export const versionOf = (type: number): number => (type === 13 ? 0 : 7);
