// The computations of MS-CHAPv2 (RFC 2759, 8) and of its keys (RFC 3079, 3.4), named as there.

import { transcode } from 'node:buffer';
import { createCipheriv, hash, randomFillSync } from 'node:crypto';
import { md4 } from './md4.js';
import { secretBuffer, secretFrom } from '../base/secret.js';

/**
 * `data` encrypted, or decrypted, with RC4 under `key` (1 to 256 octets), from the start of the key stream. OpenSSL 3 keeps
 * it out of its default provider.
 */
export function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number) => state[index & 0xff] ?? 0;
  const swap = (left: number, right: number) => {
    const held = at(left);
    state[left & 0xff] = at(right);
    state[right & 0xff] = held;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j += at(i) + (key[i % key.length] ?? 0);
    swap(i, j);
  }
  const output = Buffer.alloc(data.length);
  let i = 0;
  let j = 0;
  for (const [index, octet] of data.entries()) {
    i += 1;
    j += at(i);
    swap(i, j);
    output[index] = octet ^ at(at(i) + at(j));
  }
  state.fill(0);
  return output;
}

/** NtPasswordHash and HashNtPasswordHash of one password, 16 octets each. Both are as good as the password. */
export interface PasswordHashes {
  readonly hash: Buffer;
  readonly hashHash: Buffer;
}

/** Octets of the new password's encrypted block. */
export const encryptedPasswordLength = 516;

const serverSigning = Buffer.from('Magic server to client signing constant');
const padding = Buffer.from('Pad to make it do more than one iteration');
const masterKeyMagic = Buffer.from('This is the MPPE Master Key');
const clientSends = Buffer.from(
  'On the client side, this is the send key; on the server side, it is the receive key.',
);
const serverSends = Buffer.from(
  'On the client side, this is the receive key; on the server side, it is the send key.',
);
const keyPad1 = Buffer.alloc(40);
const keyPad2 = Buffer.alloc(40, 0xf2);
const zeroBlock = Buffer.alloc(8);

/** What hashes and ciphers are made of, for a moment: a buffer of its own for each takes as long as its hash. */
const scratch = secretBuffer(512);

/** Of the parts, one after another. */
function sha1(...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = length <= scratch.length ? scratch.subarray(0, length) : secretBuffer(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  const digest = hash('sha1', whole, 'buffer');
  whole.fill(0);
  return digest;
}

/** NtPasswordHash and HashNtPasswordHash (8.3, 8.4) of a password in UTF-8. */
export function passwordHashes(password: Uint8Array): PasswordHashes {
  const unicode = transcode(password, 'utf8', 'utf16le');
  const hash = md4(unicode);
  unicode.fill(0);
  return { hash, hashHash: md4(hash) };
}

/** ChallengeHash (8.2), 8 octets. `userName` goes without its domain. */
export function challengeHash(
  peerChallenge: Uint8Array,
  authenticatorChallenge: Uint8Array,
  userName: string,
): Buffer {
  return sha1(peerChallenge, authenticatorChallenge, Buffer.from(userName)).subarray(0, 8);
}

/** ChallengeResponse (8.5): the NT-Response, 24 octets. */
export function challengeResponse(challenge: Uint8Array, passwordHash: Uint8Array): Buffer {
  return Buffer.concat([0, 7, 14].map((at) => desEncrypt(challenge, passwordHash, at)));
}

/** GenerateAuthenticatorResponse (8.7), 20 octets. `challenge` is the challenge hash. */
export function authenticatorResponse(
  passwordHashHash: Uint8Array,
  ntResponse: Uint8Array,
  challenge: Uint8Array,
): Buffer {
  return sha1(sha1(passwordHashHash, ntResponse, serverSigning), challenge, padding);
}

/**
 * What there is of the MSK, 32 octets: the server's receive key, then its send key, 16 octets each (RFC 3079, 3.4;
 * [MS-CHAP] 3.1.5.1 makes 64 octets of it with zeros). As MS-MPPE keys they are 16 octets long.
 */
export function mschapMsk(passwordHashHash: Uint8Array, ntResponse: Uint8Array): Buffer {
  const digest = sha1(passwordHashHash, ntResponse, masterKeyMagic);
  const masterKey = digest.subarray(0, 16);
  const halves = [clientSends, serverSends].map((magic) => sha1(masterKey, keyPad1, magic, keyPad2));
  const msk = secretFrom(...halves.map((half) => half.subarray(0, 16)));
  for (const made of [digest, ...halves]) made.fill(0);
  return msk;
}

/** NewPasswordEncryptedWithOldNtPasswordHash (8.9), 516 octets. The password is UTF-8, at most 256 UTF-16 units. */
export function encryptNewPassword(newPassword: Uint8Array, oldHash: Uint8Array): Buffer {
  const unicode = transcode(newPassword, 'utf8', 'utf16le');
  const block = Buffer.alloc(encryptedPasswordLength);
  const at = 512 - unicode.length;
  randomFillSync(block, 0, at);
  unicode.copy(block, at);
  block.writeUInt32LE(unicode.length, 512);
  const encrypted = rc4(oldHash, block);
  unicode.fill(0);
  block.fill(0);
  return encrypted;
}

/** The new password out of its encrypted block, as UTF-8; undefined if the block is not of that hash. */
export function decryptNewPassword(encrypted: Uint8Array, oldHash: Uint8Array): Buffer | undefined {
  const block = rc4(oldHash, encrypted);
  const length = block.readUInt32LE(512);
  const unicode = length <= 512 && length % 2 === 0 ? block.subarray(512 - length, 512) : undefined;
  const password = unicode && isWellFormedUtf16(unicode) ? transcode(unicode, 'utf16le', 'utf8') : undefined;
  block.fill(0);
  return password;
}

/** OldNtPasswordHashEncryptedWithNewNtPasswordHash (8.12), 16 octets. */
export function encryptOldHash(oldHash: Uint8Array, newHash: Uint8Array): Buffer {
  return Buffer.concat([
    desEncrypt(oldHash.subarray(0, 8), newHash, 0),
    desEncrypt(oldHash.subarray(8, 16), newHash, 7),
  ]);
}

/**
 * DesEncrypt (8.6) of one block under the 7 octets of `keys` from `at` on, zeros behind its end. Single DES is 3DES with
 * one key thrice.
 */
function desEncrypt(block: Uint8Array, keys: Uint8Array, at: number): Buffer {
  const spread = scratch.subarray(0, 24);
  for (let index = 0; index < 8; index++) {
    const pair = ((keys[at + index - 1] ?? 0) << 8) | (keys[at + index] ?? 0);
    spread[index] = (pair >>> index) & 0xfe;
  }
  spread.copy(spread, 8, 0, 8);
  spread.copy(spread, 16, 0, 8);
  const cipher = createCipheriv('des-ede3-cbc', spread, zeroBlock).setAutoPadding(false);
  const encrypted = cipher.update(block);
  spread.fill(0);
  return encrypted;
}

function isWellFormedUtf16(text: Buffer): boolean {
  for (let at = 0; at < text.length; at += 2) {
    const unit = text.readUInt16LE(at) & 0xfc00;
    if (unit === 0xdc00) return false;
    if (unit === 0xd800) {
      at += 2;
      if (at >= text.length || (text.readUInt16LE(at) & 0xfc00) !== 0xdc00) return false;
    }
  }
  return true;
}
