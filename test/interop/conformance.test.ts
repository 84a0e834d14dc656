// The catalogue of conformance on peers that others wrote: eapol_test, the EAP peer of wpa_supplicant with a RADIUS client
// of its own, and the program wpa_supplicant, behind hostapd as a switch.

import assert from 'node:assert/strict';

import type { CaseResult } from '../../lib/conformance/index.js';
import { eaphost } from '../cli/support.js';
import { assertAsKnown, type BaselineName } from './known-failures.js';
import { findProgram } from './programs.js';

/** How a peer of others is tried. */
interface Peer {
  /** Runs it once. The file of its configuration and `rest` follow. */
  readonly program: () => readonly string[];
  readonly rest: readonly string[];
  /** Cases that it cannot be tried with. */
  readonly without: readonly string[];
  /** Cases that it passes with any method, at least. */
  readonly passes: number;
  /** What the command of eaphost runs in. */
  readonly within: readonly string[];
}

const peers: Readonly<Record<'eapol_test' | 'wpa_supplicant', Peer>> = {
  eapol_test: {
    program: () => [findProgram('eapol_test', 'eapoltest'), '-c'],
    // What is refused by silence takes the whole time of `-t`, which is seconds.
    rest: ['-a', '127.0.0.1', '-p', '{port}', '-s', '{secret}', '-t', '20'],
    without: [],
    passes: 30,
    within: [],
  },
  wpa_supplicant: {
    program: () => [process.execPath, new URL('wpa-supplicant-once.js', import.meta.url).pathname],
    rest: ['{port}', '{secret}'],
    // They are about RADIUS clients: that is hostapd here, and wpa_supplicant has none.
    without: ['rfc2865-*', 'rfc3579-*'],
    passes: 26,
    // Network cards, and whatever is left behind, go with the namespaces.
    within: 'unshare --net --pid --fork --kill-child sh -c'
      .split(' ')
      .concat('ip link set lo up && exec "$@"', 'sh'),
  },
};

/** The command; with `tls13`, TLS 1.3 is allowed, which these programs do only where they are told to. */
function commandOf({ program, rest }: Peer, isTls13: boolean): string[] {
  if (!isTls13) return [...program(), '{config}', ...rest];
  const edited = `sed 's/^}/phase1="tls_disable_tlsv1_3=0"\\n}/' {config} >{config}.$$`;
  return ['sh', '-c', `${edited} && exec ${program().join(' ')} {config}.$$ "$@"`, 'sh', ...rest];
}

/** Runs `eaphost conform peer` with a peer of others. */
async function tryPeer(
  name: keyof typeof peers,
  method: string,
  ...options: readonly string[]
): Promise<CaseResult[]> {
  const peer = peers[name];
  const isTls13 = method === 'tls13';
  // A slow machine, and programs that wait.
  const patience = ['--concurrency', '8', '--timeout', '300'];
  const without = peer.without.flatMap((id) => ['--skip', id]);
  const asked = ['conform', 'peer', '--json', '--method', isTls13 ? 'tls' : method];
  const { code, stdout, stderr } = await eaphost(
    [...asked, ...patience, ...without, ...options, '--', ...commandOf(peer, isTls13)],
    { EAPHOST_PASSWORD: 'demo-password' },
    '',
    peer.within,
  );
  assert.ok(code === 0 || code === 1, stderr);
  const { cases } = JSON.parse(stdout) as { cases: CaseResult[] };
  return cases;
}

const methods = [
  'md5',
  'mschapv2',
  'tls',
  'tls13',
  'peap-mschapv2',
  'ttls-pap',
  'ttls-mschapv2',
  'ttls-eap-mschapv2',
];

const names = ['eapol_test', 'wpa_supplicant'] as const;

describe('The peers of others, tried by eaphost conform', function () {
  this.timeout(240_000);
  const cases = ['4.1-repeated-request', '4.2-canned-success', '4.2-failure-in-method'];
  const others = ['5.2-notification-answered', '5.3.1-nak-of-unknown-method'];
  const only = [...cases, ...others].flatMap((each) => ['--only', `rfc3748-${each}`]);
  const tries = names.flatMap((name) => ['mschapv2', 'peap-mschapv2'].map((method) => ({ name, method })));
  let underWay: readonly Promise<CaseResult[]>[] = [];

  // What is refused by silence takes twenty seconds: all at the same time.
  before(() => {
    underWay = tries.map(({ name, method }) => tryPeer(name, method, ...only));
    for (const each of underWay) each.catch(() => undefined);
  });

  for (const [at, { name, method }] of tries.entries()) {
    it(`${name} does what EAP demands of a peer, with ${method}`, async () => {
      const verdicts = (await underWay[at])?.map(({ verdict }) => verdict);
      assert.deepEqual(verdicts, ['passed', 'passed', 'passed', 'passed', 'passed']);
    });
  }
});

for (const name of names) {
  describe(`${name}, tried by eaphost conform with all cases @long`, function () {
    this.timeout(900_000);

    for (const method of methods) {
      it(`fails what its baseline has and no more, with ${method}`, async () => {
        const results = await tryPeer(name, method);
        assertAsKnown(name satisfies BaselineName, method, results);
        const passed = results.filter(({ verdict }) => verdict === 'passed').length;
        assert.ok(passed >= peers[name].passes, `${passed} cases passed`);
      });
    }
  });
}
