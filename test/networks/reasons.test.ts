// Every reason of the WLAN service, of 802.1X and of Windows: its number, its words, and what to do.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { networkError, networkReason } from '../../lib/networks/reasons.js';
import { profiles } from '../../lib/profiles/index.js';

type Numbers = Readonly<Record<string, number>>;
const { wlan, onex }: { wlan: Numbers; onex: Numbers } = JSON.parse(
  readFileSync(join('test', 'networks', 'reason-codes.json'), 'utf8'),
);
const numbers: ReadonlyMap<string, number> = new Map([
  ...Object.entries(wlan).map(([name, code]) => [`WLAN_REASON_CODE_${name}`, code] as const),
  ...Object.entries(onex).map(([name, code]) => [`ONEX_${name}`, code] as const),
]);

/** Codes that Windows' headers have, by header. MinGW-w64's lack the reason codes, and NDIS's errors. */
const headers: Readonly<Record<string, RegExp>> = {
  'windows.h': /^(?:ERROR_(?!NDIS_|CANNOT_|BUFFER_)|RPC_S_)/u,
  'raserror.h': /^ERROR_(?:CANNOT_|BUFFER_)/u,
  'msxml2.h': /^E_XML_/u,
};

/** What a header makes of the names: undefined for one that it lacks. */
function numbersIn(header: string, names: readonly string[]): Map<string, number | undefined> {
  const lines = names.map((name) => `eaphost "${name}" = ${name};`);
  const { status, stdout, stderr, error } = spawnSync(
    'x86_64-w64-mingw32-g++-posix',
    ['-E', '-P', '-x', 'c++', '-'],
    {
      input: `#include <windows.h>\n#include <${header}>\n${lines.join('\n')}\n`,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    },
  );
  assert.equal(status, 0, `MinGW-w64 is missing, or refuses: ${error?.message ?? stderr}`);
  const found = [...stdout.matchAll(/eaphost "(\w+)" = ([^;]*);/gu)];
  assert.equal(found.length, names.length);
  return new Map(
    found.map(([, name = '', text = '']) => {
      const terms = text.match(/0x[0-9a-f]+|\b\d+/giu) ?? [];
      return [name, terms.length === 0 ? undefined : terms.reduce((sum, term) => sum + Number(term), 0)];
    }),
  );
}

const isNamed = (name: string): boolean => !/^ERROR_(?:\d+|0x[0-9A-F]{8})$/u.test(name);
const misspelt = (xml: string): string => xml.replaceAll('Username>', 'Usrname>');

describe('The reasons of networks', () => {
  it('have the numbers of Windows, none more and none less', () => {
    for (const [name, code] of numbers) assert.equal(networkReason(code).name, name);
    const bases = Array.from({ length: 32 }, (_, at) => at * 0x8000).filter((base) => base >= 0x10000);
    const all = bases.flatMap((base) =>
      Array.from({ length: 256 }, (_, at) => networkReason(base + at).name),
    );
    assert.equal(all.filter(isNamed).length, numbers.size - 1, 'success is 0');
  });

  it('have the numbers of MinGW’s headers', function () {
    this.timeout(60_000);
    const named = Array.from({ length: 0xffff }, (_, code) => networkReason(code + 1))
      .filter(({ name, words }) => isNamed(name) && !words.includes('does not know'))
      .map(({ name, code }) => [name, code] as const);
    assert.ok(named.length > 20);
    let checked = 0;
    for (const [header, pattern] of Object.entries(headers)) {
      const here = named.filter(([name]) => pattern.test(name));
      const theirs = numbersIn(
        header,
        here.map(([name]) => name),
      );
      for (const [name, code] of here) {
        const number = theirs.get(name);
        assert.equal(number && number & 0xffff, code, `${name} in ${header}`);
        assert.equal(networkReason(number ?? 0).name, name);
        checked += 1;
      }
    }
    assert.equal(checked, named.length);
  });

  it('have words and a remedy', () => {
    const named = [...numbers.values()].map((code) => networkReason(code));
    for (const { name, words, remedy } of named) {
      assert.match(words, /^\S.{6,}[^.\s]$/u, name);
      assert.match(remedy, /^\S.{6,}[^.\s]$/u, name);
    }
    const different = new Set(named.map(({ words }) => words));
    assert.ok(different.size > named.length - 4, `${different.size} of ${named.length}`);
  });

  it('say of a code that it is not known', () => {
    for (const code of [0x2ffff, 4242, 0xdeadbeef, 0x50000, 0x50015]) {
      const { name, words } = networkReason(code);
      assert.ok(!isNamed(name), name);
      assert.match(words, /does not know/u);
    }
  });

  it('know a code as HRESULT, as signed number, and cut to 16 bits', () => {
    assert.equal(networkReason(0x80342002 | 0).name, 'ERROR_NDIS_DOT11_POWER_STATE_INVALID');
    assert.equal(networkReason(0x80070005).name, 'ERROR_ACCESS_DENIED');
    assert.equal(networkReason(0xc00ce225).words, networkReason(57893).words);
    const other = networkReason(0xe169);
    assert.deepEqual([other.name, other.code], ['ERROR_0xC00CE169', 0xe169]);
    assert.match(other.words, /parser/u);
  });

  it('make errors with code, reason and remedy', () => {
    const error = networkError({ call: 'WlanSetProfile', winError: 1206, reasonCode: 0x4000a });
    assert.deepEqual([error.code, error.winError, error.reasonCode], ['ERROR_BAD_PROFILE', 1206, 0x4000a]);
    assert.equal(error.call, 'WlanSetProfile');
    assert.match(
      error.message,
      /needs 802\.1X.*; set useOneX.*\(ERROR_BAD_PROFILE, reason WLAN_REASON_CODE_MSMSEC_PROFILE_ONEX_DISABLED\)$/u,
    );
    assert.equal(error.repair, networkReason(0x4000a).remedy);
    const denied = (call: string): string => networkError({ call, winError: 5 }).repair ?? '';
    assert.match(denied('WlanGetAvailableNetworkList'), /location access/u);
    assert.match(denied('WlanSetProfile'), /administrator/u);
  });

  it('name the element that an EAP method refuses: 57893', () => {
    const password = 'not-in-any-error';
    const good = profiles.credentials.peap({ inner: { mschapv2: { username: 'alice', password } } });
    const failure = { call: 'WlanSetProfileEapXmlUserData', winError: 57893 };
    const refused = networkError({ ...failure, xml: misspelt(good) });
    assert.equal(refused.code, 'E_XML_INVALID');
    assert.match(refused.message, /line \d+: .*Usrname is not known here; did you mean Username\?/u);
    assert.ok(!JSON.stringify([refused, refused.message, refused.repair]).includes(password));

    const config = profiles.peap({ inner: { mschapv2: { useWinlogonCredentials: false } } });
    const broken = config.replace('>26<', '>13<');
    assert.notEqual(broken, config);
    assert.match(networkError({ ...failure, xml: broken }).message, /line \d+: EapHostConfig\//u);
    assert.match(networkError({ ...failure, xml: '<EapHostUserCredentials ' }).message, /not well-formed/u);
    for (const xml of [good, config, undefined]) {
      assert.match(networkError({ ...failure, xml }).message, /credentials must be of the method/u);
    }
    assert.doesNotMatch(networkError({ ...failure, winError: 5, xml: misspelt(good) }).message, /Usrname/u);
  });
});
