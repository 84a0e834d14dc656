// The EAP configuration in phone books: lines as Windows writes them, read and written.

import assert from 'node:assert/strict';

import { EapError } from '../../lib/base/errors.js';
import { profiles } from '../../lib/profiles/index.js';
import { Random, refuses, seed } from './support.js';

const type = (number: number) => ({ type: number, vendorId: 0, vendorType: 0, authorId: 0 });

/** Header of EAP type 26 and eight octets, then what Windows fills it up with. */
const mschapv2 = 'CustomAuthData=314442431A00000008000000010000000200000000000000';

const book = (...lines: readonly string[]): string => ['[office]', 'Encoding=1', ...lines, ''].join('\r\n');

function corrupt(text: string, message: string): void {
  assert.throws(
    () => profiles.parseRasphone(text),
    (error) => {
      assert.ok(error instanceof EapError, String(error));
      assert.deepEqual([error.code, error.winError], ['ERROR_CORRUPT_PHONEBOOK', 625]);
      assert.ok(error.message.includes(message), error.message);
      return true;
    },
  );
}

describe('profiles: phone books', () => {
  const blob = Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0);

  it('are read as Windows writes them: the blob of the method that is in use', () => {
    const text = [
      '\uFEFF[café]',
      'VpnStrategy=7',
      'CustomAuthKey=26',
      mschapv2,
      'AuthRestrictions=128',
      '',
      'NETCOMPONENTS=',
      '[without]',
      'CustomAuthKey=-1',
      '[other method]',
      'CustomAuthKey=25',
      mschapv2,
    ];
    for (const end of ['\r\n', '\n']) {
      assert.deepEqual(profiles.parseRasphone(text.join(end)), [
        { name: 'café', eap: { type: type(26), blob } },
        { name: 'without', eap: undefined },
        { name: 'other method', eap: undefined },
      ]);
    }
    const two = book(
      'CustomAuthKey=13',
      'CustomAuthData=314442431A00000001000000FF314442430D000000020000000102',
    );
    assert.deepEqual(profiles.parseRasphone(two)[0]?.eap, { type: type(13), blob: Uint8Array.of(1, 2) });
    assert.deepEqual(profiles.parseRasphone(''), []);
  });

  it('are written in the same way, in lines of 128 digits', () => {
    const long = Uint8Array.from({ length: 200 }, (_, index) => index);
    const lines = profiles.rasphone({ type: { type: 25 }, blob: long }).split('\r\n');
    assert.equal(lines[0], 'CustomAuthKey=25');
    assert.equal(lines.at(-1), '');
    assert.ok(lines[1]?.startsWith('CustomAuthData=3144424319000000C800000000010203'), lines[1]);
    assert.deepEqual(
      lines.slice(1, -1).map((line) => line.length - 'CustomAuthData='.length),
      [128, 128, 128, 40],
    );
    for (let index = 0; index < 100; index += 1) {
      const random = new Random(seed + index);
      const eap = {
        type: type(1 + random.below(253)),
        blob: Uint8Array.from(random.list(0, 300, () => random.below(256))),
      };
      assert.deepEqual(profiles.parseRasphone(book(profiles.rasphone(eap))), [{ name: 'office', eap }]);
    }
  });

  it('that are none, or broken, are refused with their line', () => {
    corrupt('<VPNProfile/>', 'line 1: is no line of an entry');
    corrupt('a=b', 'line 1: is no line of an entry');
    corrupt(book('x'), 'line 3: is no line of an entry');
    corrupt(book('CustomAuthKey=x'), 'line 3: CustomAuthKey must be an EAP type');
    corrupt(book('CustomAuthKey=255'), 'line 3: CustomAuthKey must be an EAP type');
    corrupt(book('CustomAuthKey=25', 'CustomAuthKey=26'), 'line 4: only one CustomAuthKey');
    corrupt(book('CustomAuthData=0'), 'line 3: CustomAuthData must be pairs');
    corrupt(book('CustomAuthKey=26', mschapv2.slice(0, 51)), 'line 1: CustomAuthData is cut off');
    corrupt(
      book('CustomAuthKey=26', 'CustomAuthData=314442431A000000FFFFFFFF00'),
      'CustomAuthData is cut off',
    );
    corrupt(`[${'x'.repeat(1 << 20)}]`, 'longer than 1048576');
    refuses(() => profiles.parseRasphone(Buffer.from('') as never), TypeError, 'text must be a string');
  });

  it('name methods without an author only', () => {
    const message = "options.type must be one of Windows' legacy methods";
    refuses(() => profiles.rasphone({ type: { type: 21, authorId: 311 }, blob }), RangeError, message);
    refuses(() => profiles.rasphone({ type: { type: 254, vendorId: 1 }, blob }), RangeError, message);
    refuses(
      () => profiles.rasphone({ type: { type: 25 } } as never),
      TypeError,
      'options.blob must be a Uint8Array',
    );
    refuses(
      () => profiles.rasphone({ type: { type: 25 }, blobb: new Uint8Array() } as never),
      TypeError,
      'did you mean blob?',
    );
  });
});
