// The computations under MS-CHAPv2, against the vectors of their RFCs.

import { deepEqual, equal, notDeepEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { begun } from '../../lib/base/child-process.js';
import { md4 } from '../../lib/methods/md4.js';
import {
  authenticatorResponse,
  challengeHash,
  challengeResponse,
  decryptNewPassword,
  encryptNewPassword,
  encryptOldHash,
  mschapMsk,
  passwordHashes,
  rc4,
} from '../../lib/methods/mschapv2-crypto.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Runs this Node. */
const run = (...args: readonly string[]) =>
  begun(() => spawnSync(process.execPath, args, { encoding: 'utf8' }));

describe('MD4 (RFC 1320, A.5)', () => {
  const vectors: readonly (readonly [string, string])[] = [
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      'e33b4ddc9c38f2199c3e7b164fcc0536',
    ],
  ];
  for (const [text, digest] of vectors) {
    it(`of ${text.length} octets`, () => {
      equal(md4(Buffer.from(text)).toString('hex'), digest);
    });
  }

  it('is what OpenSSL’s legacy provider makes of octets of every length up to four blocks', () => {
    const inputs = Array.from({ length: 257 }, (_, length) => randomBytes(length));
    const program = `for (const input of ${JSON.stringify(inputs.map((input) => input.toString('hex')))})
      console.log(require('node:crypto').createHash('md4').update(input, 'hex').digest('hex'));`;
    const { stdout, stderr } = run('--openssl-legacy-provider', '-e', program);
    equal(stderr, '');
    deepEqual(
      inputs.map((input) => md4(input).toString('hex')),
      stdout.trim().split(/\r?\n/u),
    );
  });
});

describe('EAP-MSCHAPv2 needs no WebAssembly', () => {
  for (const flag of ['--jitless', '--no-expose-wasm']) {
    it(`node ${flag}`, () => {
      const { stdout } = run(flag, fileURLToPath(new URL('children/without-wasm.js', import.meta.url)));
      equal(stdout.trim(), 'success true');
    });
  }
});

describe('RC4 (RFC 6229)', () => {
  it('with a key of 40 bits', () => {
    const stream = rc4(hex('0102030405'), Buffer.alloc(272));
    equal(stream.toString('hex', 0, 32), 'b2396305f03dc027ccc3524a0a1118a86982944f18fc82d589c403a47a0d0919');
    equal(stream.toString('hex', 240, 256), '28cb1132c96ce286421dcaadb8b69eae');
  });
  it('with a key of 128 bits', () => {
    const stream = rc4(hex('0102030405060708090a0b0c0d0e0f10'), Buffer.alloc(32));
    equal(stream.toString('hex'), '9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c');
  });
});

describe('MS-CHAPv2 (RFC 2759, 9.2; RFC 3079, 3.5.3)', () => {
  const userName = 'User';
  const password = Buffer.from('clientPass');
  const authenticatorChallenge = hex('5B 5D 7C 7D 7B 3F 2F 3E 3C 2C 60 21 32 26 26 28');
  const peerChallenge = hex('21 40 23 24 25 5E 26 2A 28 29 5F 2B 3A 33 7C 7E');
  const challenge = hex('D0 2E 43 86 BC E9 12 26');
  const hash = hex('44 EB BA 8D 53 12 B8 D6 11 47 44 11 F5 69 89 AE');
  const hashHash = hex('41 C0 0C 58 4B D2 D9 1C 40 17 A2 A1 2F A5 9F 3F');
  const ntResponse = hex('82 30 9E CD 8D 70 8B 5E A0 8F AA 39 81 CD 83 54 42 33 11 4A 3D 85 D6 DF');

  it('ChallengeHash', () => {
    deepEqual(challengeHash(peerChallenge, authenticatorChallenge, userName), challenge);
  });
  it('NtPasswordHash and HashNtPasswordHash', () => {
    deepEqual(passwordHashes(password), { hash, hashHash });
  });
  it('ChallengeResponse', () => {
    deepEqual(challengeResponse(challenge, hash), ntResponse);
  });
  it('GenerateAuthenticatorResponse', () => {
    const response = authenticatorResponse(hashHash, ntResponse, challenge);
    equal(response.toString('hex').toUpperCase(), '407A5589115FD0D6209F510FE9C04566932CDA56');
  });
  it('the keys: receive, then send, as the server sees them', () => {
    const msk = mschapMsk(hashHash, ntResponse);
    equal(msk.length, 32);
    deepEqual(msk.subarray(16), hex('8B 7C DC 14 9B 99 3A 1B A1 18 CB 15 3F 56 DC CB'));
    const masterKey = hex('FD EC E3 71 7A 8C 83 8C B3 88 E5 27 AE 3C DD 31');
    const receive = createHash('sha1')
      .update(masterKey)
      .update(Buffer.alloc(40))
      .update('On the client side, this is the send key; on the server side, it is the receive key.')
      .update(Buffer.alloc(40, 0xf2));
    deepEqual(msk.subarray(0, 16), receive.digest().subarray(0, 16));
  });
});

describe('A new password of MS-CHAPv2 (RFC 2759, 8.9 to 8.13)', () => {
  for (const text of ['', 'p', 'MyNewPw', 'žluťoučký 🐴', 'x'.repeat(256), '🐴'.repeat(128)]) {
    it(`travels (${text.length} units)`, () => {
      const { hash } = passwordHashes(Buffer.from('old'));
      const block = encryptNewPassword(Buffer.from(text), hash);
      equal(block.length, 516);
      equal(decryptNewPassword(block, hash)?.toString(), text);
    });
  }
  it('is filled up with randomness', () => {
    const { hash } = passwordHashes(Buffer.from('old'));
    const [first, second] = [
      encryptNewPassword(Buffer.from('a'), hash),
      encryptNewPassword(Buffer.from('a'), hash),
    ];
    notDeepEqual(first, second);
  });
  it('is where the RFC puts it', () => {
    const { hash } = passwordHashes(Buffer.from('old'));
    const clear = rc4(hash, encryptNewPassword(Buffer.from('aé'), hash));
    equal(clear.toString('hex', 508), '6100e90004000000');
  });
  it('is refused under another hash, with an odd length, and with half a surrogate pair', () => {
    const { hash, hashHash } = passwordHashes(Buffer.from('old'));
    equal(decryptNewPassword(encryptNewPassword(Buffer.from('new'), hash), hashHash), undefined);
    for (const tail of [
      '41004200 03000000',
      '4100 00d8 04000000',
      '00dc 4100 04000000',
      '00d8 4100 04000000',
    ]) {
      const clear = Buffer.alloc(516);
      hex(tail).copy(clear, 516 - hex(tail).length);
      equal(decryptNewPassword(rc4(hash, clear), hash), undefined, tail);
    }
    const longest = Buffer.alloc(516, 0x41);
    longest.writeUInt32LE(514, 512);
    equal(decryptNewPassword(rc4(hash, longest), hash), undefined);
  });
  it('comes with the old hash, encrypted block by block with DES', () => {
    // DES of each half of the old hash under 7 octets of the new one: what ChallengeResponse does with a block.
    const [old, changed] = [passwordHashes(Buffer.from('old')), passwordHashes(Buffer.from('new'))];
    const expected = Buffer.concat([
      challengeResponse(old.hash.subarray(0, 8), changed.hash).subarray(0, 8),
      challengeResponse(old.hash.subarray(8, 16), changed.hash).subarray(8, 16),
    ]);
    deepEqual(encryptOldHash(old.hash, changed.hash), expected);
  });
});
