// The catalogue of conformance on what others wrote: eapol_test, the peer of wpa_supplicant.

import assert from 'node:assert/strict';

import type { CaseResult } from '../../lib/conformance/index.js';
import { eaphost } from '../cli/support.js';
import { assertAsKnown } from './known-failures.js';
import { findProgram } from './programs.js';

/** Arguments of eapol_test. What is refused by silence takes the whole time of `-t`, which is seconds. */
const rest = ['-a', '127.0.0.1', '-p', '{port}', '-s', '{secret}', '-t', '20'];

/** It allows TLS 1.3 only where it is told to. */
const withTls13 = (program: string): string[] => [
  'sh',
  '-c',
  `sed 's/^}/phase1="tls_disable_tlsv1_3=0"\\n}/' {config} >{config}.$$ && exec ${program} -c {config}.$$ "$@"`,
  'eapol_test',
  ...rest,
];

/** Runs `eaphost conform peer` with eapol_test. */
async function tryEapolTest(method: string, ...options: readonly string[]): Promise<CaseResult[]> {
  const program = findProgram('eapol_test', 'eapoltest');
  const outer = method === 'tls13' ? 'tls' : method;
  const command = method === 'tls13' ? withTls13(program) : [program, '-c', '{config}', ...rest];
  // A slow machine, and programs that wait.
  const patience = ['--concurrency', '8', '--timeout', '300'];
  const { code, stdout, stderr } = await eaphost(
    ['conform', 'peer', '--json', '--method', outer, ...patience, ...options, '--', ...command],
    { EAPHOST_PASSWORD: 'demo-password' },
  );
  assert.ok(code === 0 || code === 1, stderr);
  const { cases } = JSON.parse(stdout) as { cases: CaseResult[] };
  return cases;
}

describe('eapol_test, tried by eaphost conform', function () {
  this.timeout(120_000);

  for (const method of ['mschapv2', 'peap-mschapv2']) {
    it(`does what EAP demands of a peer, with ${method}`, async () => {
      const cases = ['4.1-repeated-request', '4.2-canned-success', '4.2-failure-in-place-of-success'];
      const others = ['5.2-notification-answered', '5.3.1-nak-of-unknown-method'];
      const only = [...cases, ...others].flatMap((name) => ['--only', `rfc3748-${name}`]);
      const results = await tryEapolTest(method, ...only);
      assert.deepEqual(
        results.map(({ verdict }) => verdict),
        ['passed', 'passed', 'passed', 'passed', 'passed'],
      );
    });
  }
});

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

describe('eapol_test, tried by eaphost conform with all cases @long', function () {
  this.timeout(900_000);

  for (const method of methods) {
    it(`fails what its baseline has and no more, with ${method}`, async () => {
      const results = await tryEapolTest(method);
      assertAsKnown('eapol_test', method, results);
      const passed = results.filter(({ verdict }) => verdict === 'passed').length;
      assert.ok(passed >= 30, `${passed} cases passed`);
    });
  }
});
