// Servers that break MD5-Challenge and EAP-GTC, each in the way that the case of its name is about.

import { eapPacket } from '../../../../lib/eap/packet.js';
import { encryptKeys } from '../../../../lib/radius/mppe.js';
import { radiusCodes } from '../../../../lib/radius/packet.js';
import { accepts, onReplyOf, patched, replies } from '../tools.js';
import { secret, type ServerMutant } from '../../subjects.js';

const isMd5 = (eap: Buffer): boolean => eap[4] === 4;
const isGtc = (eap: Buffer): boolean => eap[4] === 6;

const zeros = { sendKey: Buffer.alloc(32), recvKey: Buffer.alloc(32) };

export const md5ServerMutants: Readonly<Record<string, ServerMutant>> = {
  // Says that its challenge is empty.
  'rfc1994-4.1-challenge-value': replies((eap) => (isMd5(eap) ? patched(eap, { 5: 0 }) : undefined)),
  // Has one challenge for all.
  'rfc1994-4.1-challenge-changes': replies((eap) =>
    isMd5(eap) ? Buffer.from(eap).fill(7, 6, 22) : undefined,
  ),
  // Do not look at the value, or at its length.
  'rfc1994-4.2-wrong-value': accepts(isMd5),
  'rfc1994-4.2-short-value': accepts((eap) => isMd5(eap) && eap[5] === 8),
  'rfc1994-4.2-empty-value': accepts((eap) => isMd5(eap) && eap[5] === 0),
  'rfc1994-4.2-value-size-beyond-packet': accepts((eap) => isMd5(eap) && (eap[5] ?? 0) > eap.length),
  'rfc1994-4.2-reflected-challenge': accepts(
    (eap, { pending }) => isMd5(eap) && pending?.subarray(6, 22).equals(eap.subarray(6, 22)) === true,
  ),
  'rfc1994-4.2-replayed-value': accepts(isMd5),
  // Makes keys up.
  'rfc3748-5.4-no-keys': onReplyOf(radiusCodes.accessAccept, ({ attributes, authenticator }) => ({
    attributes: [...attributes, ...encryptKeys(zeros, authenticator, Buffer.from(secret))],
  })),
  // Asks without a word.
  'rfc3748-5.6-displayable-prompt': replies((eap) =>
    isGtc(eap) ? eapPacket(eap[0] ?? 0, eap[1] ?? 0, Buffer.of(6)) : undefined,
  ),
  // Do not look at the password, or at all of it.
  'rfc3748-4.2-wrong-token': accepts(isGtc),
  'rfc3748-4.2-empty-token': accepts((eap) => isGtc(eap) && eap.length === 5),
  'rfc3748-4.2-beginning-of-token': accepts(
    (eap) => isGtc(eap) && 'a secret apple'.startsWith(eap.toString('utf8', 5)),
  ),
};
