// The password methods of EAP-TTLS (RFC 5281, 11.2): what each sends, and whether it is right. Challenges are not sent by
// the server but drawn from the tunnel.

import { createHash, timingSafeEqual } from 'node:crypto';
import { microsoft } from '../../eap/attributes.js';
import { wipe } from '../credentials.js';
import { withoutDomain } from '../../eap/identity.js';
import { isSamePassword } from '../password.js';
import {
  authenticatorResponse,
  challengeHash,
  challengeResponse,
  passwordHashes,
} from '../mschapv2-crypto.js';
import { type Avp, avpCodes, avpData, microsoftCodes, writeAvp } from './ttls-avp.js';
import type { Connection } from './tunnel.js';
import { secretBuffer } from '../../base/secret.js';
import { randomOctets } from '../../base/random.js';

/** The password methods by their names. */
export type TtlsPasswordMethod = 'pap' | 'chap' | 'mschap' | 'mschapv2';

export const passwordMethods: Readonly<Record<TtlsPasswordMethod, true>> = {
  pap: true,
  chap: true,
  mschap: true,
  mschapv2: true,
};

/** The message of a peer, and the answer that the server must give (MSCHAPv2 only). */
export interface PasswordProof {
  readonly avps: readonly Buffer[];
  /** The identifier, then `S=` and 40 hex digits. */
  readonly expected?: Buffer;
}

/** A server's verdict on a peer's AVPs. */
export interface PasswordCheck {
  readonly method: TtlsPasswordMethod;
  /** Whether they prove this password; what to answer with then (MSCHAPv2 only). */
  verify(password: Uint8Array): { readonly isRight: boolean; readonly answer?: Buffer };
}

const challengeLabel = 'ttls challenge';
const blockLength = 16;
const lmResponseLength = 24;
const ntResponseLength = 24;
const useNtResponse = 1;

/** The implicit challenge: so many octets, then the identifier (RFC 5281, 11.1). */
function implicitChallenge({ exportKey }: Pick<Connection, 'exportKey'>, length: number) {
  const octets = exportKey(length + 1, challengeLabel);
  return { challenge: octets.subarray(0, length), id: octets.subarray(length) };
}

/** The AVPs of a peer. The password is UTF-8. */
export function provePassword(
  method: TtlsPasswordMethod,
  connection: Pick<Connection, 'exportKey'>,
  name: string,
  password: Uint8Array,
): PasswordProof {
  const userName = writeAvp(avpCodes.userName, Buffer.from(name));
  const vendor = microsoft.vendorId;
  if (method === 'pap') {
    // Zeros hide the length; at least one block.
    const padded = secretBuffer(Math.max(1, Math.ceil(password.length / blockLength)) * blockLength);
    padded.set(password);
    const avps = [userName, writeAvp(avpCodes.userPassword, padded)];
    padded.fill(0);
    return { avps };
  }
  const { challenge, id } = implicitChallenge(connection, method === 'mschap' ? 8 : 16);
  if (method === 'chap') {
    const response = Buffer.concat([id, chapResponse(id, password, challenge)]);
    const proof = [writeAvp(avpCodes.chapChallenge, challenge), writeAvp(avpCodes.chapPassword, response)];
    return { avps: [userName, ...proof] };
  }
  const sent = writeAvp(microsoftCodes.chapChallenge, challenge, vendor);
  const { hash, hashHash } = passwordHashes(password);
  if (method === 'mschap') {
    const ntResponse = challengeResponse(challenge, hash);
    wipe(hash, hashHash);
    const response = Buffer.concat([
      id,
      Buffer.of(useNtResponse),
      Buffer.alloc(lmResponseLength),
      ntResponse,
    ]);
    return { avps: [userName, sent, writeAvp(microsoftCodes.chapResponse, response, vendor)] };
  }
  const peerChallenge = randomOctets(16);
  const both = challengeHash(peerChallenge, challenge, withoutDomain(name));
  const ntResponse = challengeResponse(both, hash);
  const expected = serverAnswer(id, authenticatorResponse(hashHash, ntResponse, both));
  wipe(hash, hashHash);
  const response = Buffer.concat([id, Buffer.of(0), peerChallenge, Buffer.alloc(8), ntResponse]);
  return { avps: [userName, sent, writeAvp(microsoftCodes.chap2Response, response, vendor)], expected };
}

/** How to check the AVPs of a peer; undefined if they hold no proof in good form, or for another tunnel. */
export function passwordCheck(
  avps: readonly Avp[],
  connection: Pick<Connection, 'exportKey'>,
  name: string,
): PasswordCheck | undefined {
  const vendor = microsoft.vendorId;
  const pap = avpData(avps, avpCodes.userPassword);
  if (pap) return papCheck(pap);
  const chap = avpData(avps, avpCodes.chapPassword);
  if (chap) {
    const { challenge, id } = implicitChallenge(connection, 16);
    const isOurs = isSame(avpData(avps, avpCodes.chapChallenge), challenge) && chap[0] === id[0];
    if (chap.length !== 17 || !isOurs) return undefined;
    return {
      method: 'chap',
      verify: (password) => ({
        isRight: timingSafeEqual(chapResponse(id, password, challenge), chap.subarray(1)),
      }),
    };
  }
  const sent = avpData(avps, microsoftCodes.chapChallenge, vendor);
  const v1 = avpData(avps, microsoftCodes.chapResponse, vendor);
  if (v1) {
    const { challenge, id } = implicitChallenge(connection, 8);
    const isOurs = isSame(sent, challenge) && v1[0] === id[0];
    // The LM response is worth nothing: not taken.
    if (v1.length !== 2 + lmResponseLength + ntResponseLength || v1[1] !== useNtResponse || !isOurs) {
      return undefined;
    }
    const ntResponse = v1.subarray(2 + lmResponseLength);
    return { method: 'mschap', verify: (password) => verifyNt(challenge, password, ntResponse) };
  }
  const v2 = avpData(avps, microsoftCodes.chap2Response, vendor);
  const { challenge, id } = implicitChallenge(connection, 16);
  if (v2?.length !== 50 || !isSame(sent, challenge) || v2[0] !== id[0]) return undefined;
  const both = challengeHash(v2.subarray(2, 18), challenge, withoutDomain(name));
  const ntResponse = v2.subarray(26);
  return {
    method: 'mschapv2',
    verify(password) {
      const { isRight } = verifyNt(both, password, ntResponse);
      const { hash, hashHash } = passwordHashes(password);
      const answer = serverAnswer(id, authenticatorResponse(hashHash, ntResponse, both));
      wipe(hash, hashHash);
      return isRight ? { isRight, answer } : { isRight };
    },
  };
}

function papCheck(padded: Buffer): PasswordCheck {
  return {
    method: 'pap',
    verify(password) {
      let { length } = padded;
      while (length > 0 && padded[length - 1] === 0) length--;
      return { isRight: isSamePassword(password, padded.subarray(0, length)) };
    },
  };
}

function verifyNt(challenge: Uint8Array, password: Uint8Array, ntResponse: Buffer) {
  const { hash, hashHash } = passwordHashes(password);
  const isRight = timingSafeEqual(challengeResponse(challenge, hash), ntResponse);
  wipe(hash, hashHash);
  return { isRight };
}

function chapResponse(id: Uint8Array, password: Uint8Array, challenge: Uint8Array): Buffer {
  return createHash('md5').update(id).update(password).update(challenge).digest();
}

function serverAnswer(id: Uint8Array, response: Buffer): Buffer {
  return Buffer.concat([id, Buffer.from(`S=${response.toString('hex').toUpperCase()}`)]);
}

function isSame(sent: Buffer | undefined, expected: Buffer): boolean {
  return sent !== undefined && sent.equals(expected);
}
