// Servers that break EAP-MSCHAPv2, each in the way that the case of its name is about.

import { radiusCodes } from '../../../../lib/radius/packet.js';
import { eapPacket } from '../../../../lib/eap/packet.js';
import { accepts, mistakes, onReplyOf, patched, replies } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';

const isResponse = (eap: Buffer): boolean => eap[4] === 26 && eap[5] === 2;
const isChallenge = (eap: Buffer): boolean => eap[4] === 26 && eap[5] === 1;

/** Does not look at a response of this kind. */
const careless = (isTaken: (eap: Buffer) => boolean): ServerMutant =>
  accepts((eap) => isResponse(eap) && isTaken(eap));

/** Takes an operation code in answer to another than that it goes with. */
const outOfTurn = (opCode: number, pendingCode: number): ServerMutant =>
  accepts((eap, { pending }) => eap[4] === 26 && eap[5] === opCode && pending?.[5] === pendingCode);

/** Has other words in its Success or Failure Request. */
const reworded = (
  opCode: number,
  pattern: RegExp,
  words: string | ((text: string) => string),
): ServerMutant =>
  replies((eap) => {
    if (eap[4] !== 26 || eap[5] !== opCode) return undefined;
    const said = eap.toString('latin1', 9);
    const text = Buffer.from(
      typeof words === 'string' ? said.replace(pattern, words) : said.replace(pattern, words),
    );
    const length = 4 + text.length;
    const head = Buffer.of(26, opCode, eap[6] ?? 0, length >> 8, length & 0xff);
    return eapPacket(eap[0] ?? 0, eap[1] ?? 0, head, text);
  });

export const mschapv2ServerMutants: Readonly<Record<string, ServerMutant>> = {
  // Sends half a challenge.
  'rfc2759-3-challenge-size': replies((eap) => (isChallenge(eap) ? patched(eap, { 9: 8 }) : undefined)),
  // Has one challenge for all.
  'rfc2759-3-challenge-changes': replies((eap) =>
    isChallenge(eap) ? Buffer.from(eap).fill(7, 10, 26) : undefined,
  ),
  // Do not look at the response, or at a part of it.
  'rfc2759-4-wrong-response': careless(() => true),
  'rfc2759-4-wrong-peer-challenge': careless(() => true),
  'rfc2759-4-replayed-response': careless(() => true),
  'rfc2759-4-value-size': mistakes((eap) => (isResponse(eap) ? patched(eap, { 9: 49 }) : undefined)),
  'rfc2759-4-truncated-response': careless((eap) => eap.length < 59),
  'rfc2759-4-other-name': careless((eap) => eap.toString('latin1', 59) !== 'alice'),
  // Writes small letters.
  'rfc2759-5-authenticator-response-form': reworded(3, /[A-F]/gu, (letter) => letter.toLowerCase()),
  // Does not know the password.
  'rfc2759-5-authenticator-response': reworded(3, /^S=[^ ]{8}/u, 'S=00000000'),
  // Say less of a failure, or something else.
  'rfc2759-6-failure-challenge': reworded(4, / C=[^ ]*/u, ''),
  'rfc2759-6-failure-retry': reworded(4, / R=./u, ''),
  'mschap-2.2-error-code': reworded(4, /^E=\d+/u, 'E=600'),
  'mschap-2.2-failure-version': reworded(4, / V=3/u, ' V=2'),
  // Counts EAP's header in.
  'mschap-2.2-ms-length': replies((eap) =>
    eap[4] === 26 ? patched(eap, { 7: eap.length >> 8, 8: eap.length }) : undefined,
  ),
  // Takes the length that there is.
  'mschap-3.1.5-ms-length-too-long': mistakes((eap) =>
    isResponse(eap) ? patched(eap, { 7: (eap.length - 5) >> 8, 8: eap.length - 5 }) : undefined,
  ),
  // Take a message out of its turn.
  'mschap-3.1.5-success-instead-of-response': outOfTurn(3, 1),
  'mschap-3.1.5-failure-instead-of-response': outOfTurn(4, 1),
  'mschap-3.1.5-challenge-from-peer': outOfTurn(1, 1),
  'mschap-3.1.5-change-of-password-unasked': outOfTurn(7, 1),
  'mschap-3.1.5-peer-disbelieves': outOfTurn(4, 3),
  'mschap-3.1.5-operation-unknown': mistakes((eap) =>
    eap[4] === 26 && eap[5] === 9 ? patched(eap, { 5: 2 }) : undefined,
  ),
  // Gives one key for the other.
  'mschap-3.1.5.1-keys': onReplyOf(radiusCodes.accessAccept, ({ attributes }) => ({
    attributes: attributes.map((attribute) =>
      attribute.type === 26
        ? { ...attribute, value: patched(attribute.value, { 4: (attribute.value[4] ?? 0) ^ 1 }) }
        : attribute,
    ),
  })),
};
