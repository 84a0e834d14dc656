// The user blob: it is decoded to what was encoded, and malformed blobs are refused.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import {
  CredentialsError,
  decodeCredentials,
  encodeCredentials,
  identityOf,
  wipeCredentials,
} from '../../lib/methods/credentials.js';
import { withoutDomain } from '../../lib/eap/identity.js';
import { seededRandom } from './support.js';

/** As a caller without types may call it. */
const encodeUnchecked = (input: unknown): unknown => Reflect.apply(encodeCredentials, undefined, [input]);

describe('credentials', () => {
  it('come back as they went in', () => {
    const input = { username: 'uživatel', password: 'tajné 🐴', domain: 'FIRMA', newPassword: 'nové' };
    const decoded = decodeCredentials(encodeCredentials(input));
    deepEqual(
      { ...decoded, password: decoded.password.toString(), newPassword: decoded.newPassword.toString() },
      { ...input, routingIdentity: '', certificate: '' },
    );
  });

  it('hold a routing identity and the hash of a certificate where there is one', () => {
    const short = { username: 'u', password: 'p' };
    const more = { ...short, routingIdentity: 'nobody@example.org', certificate: '0a'.repeat(20) };
    const { routingIdentity, certificate, username } = decodeCredentials(encodeCredentials(more));
    deepEqual([username, routingIdentity, certificate], ['u', more.routingIdentity, more.certificate]);
    equal(encodeCredentials(short)[3], 1);
    equal(encodeCredentials(more)[3], 2);
    for (const wrong of [
      { routingIdentity: 'x'.repeat(254) },
      { routingIdentity: '\0' },
      { certificate: '0A'.repeat(20) },
      { certificate: 'SECRET' },
    ]) {
      throws(() => encodeCredentials({ ...short, ...wrong }), CredentialsError);
    }
  });

  it('have an empty domain and new password when none are given; the password may be empty, or octets', () => {
    const decoded = decodeCredentials(encodeCredentials({ username: 'u', password: Buffer.from('pw') }));
    equal(decoded.domain, '');
    equal(decoded.newPassword.length, 0);
    equal(decoded.password.toString(), 'pw');
    equal(decodeCredentials(encodeCredentials({ username: 'u', password: '' })).password.length, 0);
  });

  it('do not wipe what the caller gave, and are wiped themselves', () => {
    const password = Buffer.from('secret');
    const blob = encodeCredentials({ username: 'u', password });
    equal(password.toString(), 'secret');
    const decoded = decodeCredentials(blob);
    wipeCredentials(decoded);
    ok(decoded.password.every((octet) => octet === 0));
    ok(blob.includes('secret'));
  });

  it('give the identity with its domain, and the name without', () => {
    equal(identityOf({ username: 'u', domain: '' }), 'u');
    equal(identityOf({ username: 'u', domain: 'D' }), 'D\\u');
    equal(withoutDomain('D\\u'), 'u');
    equal(withoutDomain('u@realm'), 'u@realm');
  });

  const refused: readonly [string, () => unknown][] = [
    ['an empty name', () => encodeCredentials({ username: '', password: 'SECRET' })],
    [
      'a long name',
      () => encodeCredentials({ username: 'u'.repeat(250), domain: 'SECRETD', password: 'SECRET' }),
    ],
    ['a zero in the name', () => encodeCredentials({ username: 'SECRET\0', password: 'SECRET' })],
    [
      'a backslash in the domain',
      () => encodeCredentials({ username: 'u', domain: 'SECRET\\', password: 'SECRET' }),
    ],
    ['a long password', () => encodeCredentials({ username: 'u', password: 'SECRET'.padEnd(257) })],
    [
      'a long new password',
      () => encodeCredentials({ username: 'u', password: '', newPassword: 'SECRET'.repeat(50) }),
    ],
    ['octets that are no UTF-8', () => encodeCredentials({ username: 'u', password: Buffer.from([0xff]) })],
    ['nothing', () => decodeCredentials(new Uint8Array())],
    ['XML', () => decodeCredentials(Buffer.from('<SECRET/>'))],
    ['another version', () => decodeCredentials(Buffer.from('EHC\u0002SECRET'))],
  ];
  for (const [what, act] of refused) {
    it(`refuse ${what}, and say nothing of it`, () => {
      throws(act, (error) => {
        ok(error instanceof CredentialsError);
        equal(error.code, 'EAPHOST_BAD_CREDENTIALS');
        ok(!error.message.includes('SECRET'), error.message);
        return true;
      });
    });
  }

  for (const [what, given] of Object.entries({
    password: { username: 'u' },
    username: { password: 'SECRET' },
  })) {
    it(`need ${what}, and say nothing of the other`, () => {
      throws(
        () => encodeUnchecked(given),
        (error) =>
          error instanceof TypeError &&
          error.message.startsWith(`credentials.${what} must be `) &&
          !error.message.includes('SECRET'),
      );
    });
  }

  it('refuse every cut, every octet too many, and survive mutations', () => {
    const blob = encodeCredentials({ username: 'user', password: 'pass', domain: 'D', newPassword: 'new' });
    for (let length = 0; length < blob.length; length++) {
      throws(() => decodeCredentials(blob.subarray(0, length)), CredentialsError, `cut to ${length}`);
    }
    throws(() => decodeCredentials(Buffer.concat([blob, Buffer.of(0)])), CredentialsError);
    const random = seededRandom(20260101);
    for (let round = 0; round < 2000; round++) {
      const bad = Buffer.from(blob);
      for (let count = random(3); count >= 0; count--) bad[random(bad.length)] = random(256);
      try {
        decodeCredentials(bad);
      } catch (error) {
        ok(error instanceof CredentialsError, String(error));
      }
    }
  });
});
