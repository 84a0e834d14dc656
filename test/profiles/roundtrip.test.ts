// Random options of every method: valid by the schemas, and the same after a round trip.

import assert from 'node:assert/strict';

import { profiles } from '../../lib/profiles/index.js';
import { randomCredentials, randomOptions } from './random.js';
import { Random, schemaErrors, seed } from './support.js';

const rounds = 150;

/** Takes random options of one method through its builder and the parser; the documents must be valid. */
function roundTrips<O extends object>(
  method: string,
  make: (random: Random) => O,
  build: (options: O) => string,
  parse: (xml: string) => { method: string; unknown: readonly string[]; options?: object },
): void {
  const documents = Array.from({ length: rounds }, (_, index) => {
    const options = make(new Random(seed + index));
    const xml = build(options);
    const { type: _type, ...parsed } = { type: undefined, ...parse(xml) };
    assert.deepEqual(parsed, { method, options, unknown: [] }, `seed ${seed + index}`);
    return xml;
  });
  assert.equal(schemaErrors(documents), undefined);
}

describe(`profiles: round trips of random options (EAPHOST_TEST_SEED=${seed})`, () => {
  const { parseConfig, parseCredentials, credentials } = profiles;
  const config = randomOptions;
  const user = randomCredentials;

  it('TLS', () => roundTrips('tls', config.tls, profiles.tls, parseConfig));
  it('MSCHAPv2', () => roundTrips('mschapv2', config.mschapv2, profiles.mschapv2, parseConfig));
  it('PEAP', () => roundTrips('peap', config.peap, profiles.peap, parseConfig));
  it('TTLS', () => roundTrips('ttls', config.ttls, profiles.ttls, parseConfig));
  it('TEAP', () => roundTrips('teap', config.teap, profiles.teap, parseConfig));
  it('blobs', () => roundTrips('blob', config.blob, profiles.blob, parseConfig));
  it('TLS credentials', () => roundTrips('tls', user.tls, credentials.tls, parseCredentials));
  it('MSCHAPv2 credentials', () =>
    roundTrips('mschapv2', user.mschapv2, credentials.mschapv2, parseCredentials));
  it('PEAP credentials', () => roundTrips('peap', user.peap, credentials.peap, parseCredentials));
  it('TTLS credentials', () => roundTrips('ttls', user.ttls, credentials.ttls, parseCredentials));
  it('blobs as credentials', () => roundTrips('blob', user.blob, credentials.blob, parseCredentials));

  it('every character that XML allows comes back, and no other is taken', () => {
    const allowed = (point: number): boolean =>
      point === 9 ||
      point === 10 ||
      point === 13 ||
      (point >= 0x20 && point <= 0xd7ff) ||
      (point >= 0xe000 && point <= 0xfffd) ||
      point >= 0x10000;
    const points = Array.from({ length: 0x110000 }, (_, point) => point);
    const all = points.filter(allowed).map((point) => String.fromCodePoint(point));
    for (let start = 0; start < all.length; start += 100000) {
      const username = all.slice(start, start + 100000).join('');
      const parsed = parseCredentials(credentials.mschapv2({ username }));
      assert.ok(parsed.method === 'mschapv2');
      assert.ok(parsed.options.username === username, `from U+${all[start]?.codePointAt(0)?.toString(16)}`);
    }
    for (const point of points.filter((each) => !allowed(each))) {
      const username = `a${String.fromCodePoint(point)}`;
      assert.throws(() => profiles.credentials.mschapv2({ username }), RangeError, point.toString(16));
    }
  });

  it('the schemas refuse what is wrong', () => {
    const peap = profiles.peap({ fastReconnect: true, inner: { mschapv2: {} }, requireCryptoBinding: true });
    const wrong: [string, string][] = [
      [peap.replace(/(<p:FastReconnect>.*\n)([^]*)(\s*<p:Require.*\n)/, '$3$2$1'), 'order'],
      [peap.replaceAll('RequireCryptoBinding', 'RequireCryptobinding'), 'name'],
      [peap.replace('>true<', '>yes<'), 'boolean'],
      [
        peap.replaceAll(
          'http://www.microsoft.com/provisioning/MsPeap',
          'https://www.microsoft.com/provisioning/MsPeap',
        ),
        'namespace',
      ],
      [
        profiles
          .ttls({ inner: 'pap' })
          .replaceAll('EapTtls>', 'eapTtls>')
          .replace('<s:EapTtls', '<s:eapTtls'),
        'root',
      ],
      [profiles.credentials.tls({ username: 'a' }).replace('<ut:UserCert/>', ''), 'missing'],
    ];
    assert.equal(schemaErrors([peap]), undefined);
    for (const [xml, what] of wrong) assert.notEqual(schemaErrors([xml]), undefined, what);
  });
});
