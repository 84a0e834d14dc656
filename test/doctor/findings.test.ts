// What `eaphost doctor` makes of facts: every finding, from a machine on which one thing is wrong.

import assert from 'node:assert/strict';

import type { ExaminedMethod, Facts, WindowsFacts } from '../../lib/doctor/facts.js';
import type { Finding, Severity } from '../../lib/doctor/facts.js';
import { findingsOf } from '../../lib/doctor/findings.js';
import { goodFacts, goodMethod, goodWindows } from './facts.js';

const trouble = { trouble: { code: 'ERROR_ACCESS_DENIED', message: 'it was refused' } };

function withWindows(change: Partial<WindowsFacts>, facts: Partial<Facts> = {}): Facts {
  return { ...goodFacts, ...facts, windows: { ...goodWindows, ...change } };
}

function withMethod(change: Partial<ExaminedMethod>): Facts {
  return withWindows({ methods: { value: [{ ...goodMethod, ...change }] } });
}

const wine = { value: { isElevated: true, integrity: 0x3000, nativeMachine: 0x8664, wineVersion: '8.0' } };
const ordinary = { value: { isElevated: false, integrity: 0x2000, nativeMachine: 0x8664, wineVersion: '' } };

/** Facts, and the one finding that is not as on a good machine. */
const cases: readonly (readonly [string, Facts, string, Severity, RegExp])[] = [
  ['an old Node', { ...goodFacts, nodeVersion: '20.18.9' }, 'node', 'error', /20\.18\.9 is older/u],
  [
    'an old Windows',
    { ...goodFacts, systemRelease: '6.3.9600' },
    'system',
    'error',
    /older than Windows 10/u,
  ],
  [
    'a binary that cannot be loaded',
    { ...goodFacts, addon: trouble },
    'addon',
    'error',
    /cannot be loaded: it was/u,
  ],
  [
    'no embedded run-time',
    { ...goodFacts, embedded: trouble },
    'embedded',
    'error',
    /cannot be opened: it was/u,
  ],
  ['no shim', { ...goodFacts, session: trouble }, 'session', 'error', /does not work: it was refused/u],
  ['Wine', withWindows({ process: wine }), 'wine', 'warning', /Wine 8\.0/u],
  [
    'an emulated process',
    withWindows({
      process: { value: { ...ordinary.value, isElevated: true, nativeMachine: 0xaa64 } },
      methods: { value: [] },
    }),
    'bitness',
    'warning',
    /is x64 and the system is arm64/u,
  ],
  ['an ordinary user', withWindows({ process: ordinary }), 'rights', 'info', /not elevated/u],
  [
    'low integrity',
    withWindows({ process: { value: { ...ordinary.value, integrity: 0x1000 } } }),
    'rights',
    'info',
    /low integrity/u,
  ],
  [
    'unknown rights',
    withWindows({ process: trouble }),
    'rights',
    'warning',
    /could not be found out: it was/u,
  ],
  [
    'no service',
    withWindows({ service: { value: undefined } }),
    'eaphost-service',
    'error',
    /has no service/u,
  ],
  [
    'a disabled service',
    withWindows({ service: { value: { state: 1, startType: 4 } } }),
    'eaphost-service',
    'error',
    /is disabled/u,
  ],
  [
    'a stopped service',
    withWindows({ service: { value: { state: 1, startType: 3 } } }),
    'eaphost-service',
    'warning',
    /does not run \(state 1\)/u,
  ],
  [
    'an unknown service',
    withWindows({ service: trouble }),
    'eaphost-service',
    'warning',
    /could not be found out/u,
  ],
  [
    'a missing library',
    withWindows({
      libraries: { value: [{ name: 'eappcfg.dll', path: 'C:\\x\\eappcfg.dll', file: undefined }] },
    }),
    'eappcfg',
    'error',
    /eappcfg\.dll does not exist/u,
  ],
  [
    'a library of another machine',
    withWindows({
      libraries: {
        value: [{ name: 'eappcfg.dll', path: 'C:\\x\\eappcfg.dll', file: { version: '', machine: 'ia32' } }],
      },
    }),
    'eappcfg',
    'error',
    /is for ia32, and this process is x64/u,
  ],
  [
    'unknown libraries',
    withWindows({ libraries: trouble }),
    'libraries',
    'warning',
    /could not be found out/u,
  ],
  [
    'a run-time that does not open',
    withWindows({ runtime: trouble }),
    'system-runtime',
    'error',
    /it was refused/u,
  ],
  ['no method', withWindows({ methods: { value: [] } }), 'methods', 'warning', /no EAP method/u],
  ['unknown methods', withWindows({ methods: trouble }), 'methods', 'warning', /could not be found out/u],
  [
    'a method without its DLL',
    withMethod({ peerDll: { path: 'C:\\gone.dll', exists: false, signature: undefined } }),
    'method-dll-missing',
    'error',
    /its peer DLL C:\\gone\.dll does not exist/u,
  ],
  [
    'a DLL of another machine',
    withMethod({ peerMachine: 'ia32' }),
    'method-dll-bitness',
    'error',
    /for ia32, and/u,
  ],
  [
    'a DLL that is none',
    withMethod({ peerMachine: undefined }),
    'method-dll-bitness',
    'error',
    /no DLL of Windows/u,
  ],
  [
    'an authenticator DLL of another machine',
    withMethod({ authenticatorDll: goodMethod.peerDll, authenticatorMachine: 'arm64' }),
    'method-dll-bitness',
    'error',
    /its authenticator DLL/u,
  ],
  [
    'a wrong signature',
    withMethod({ peerDll: { ...goodMethod.peerDll!, signature: 'invalid' } }),
    'method-dll-signature',
    'warning',
    /not valid here/u,
  ],
  [
    'no signature',
    withMethod({ peerDll: { ...goodMethod.peerDll!, signature: 'unsigned' } }),
    'method-dll-signature',
    'info',
    /is not signed/u,
  ],
  [
    'a method that EAPHost leaves out',
    withMethod({ inEapHost: false }),
    'method-not-listed',
    'warning',
    /not list it/u,
  ],
  [
    'a method that nobody serves',
    withMethod({ isServed: false }),
    'method-not-served',
    'warning',
    /no process answers/u,
  ],
  [
    'a registration that EAPHost leaves out',
    withWindows({
      registrations: { value: [{ type: goodMethod.type, key: 'A\\Key', missing: ['PeerFriendlyName'] }] },
    }),
    'method-incomplete',
    'error',
    /HKEY_LOCAL_MACHINE\\A\\Key lacks PeerFriendlyName/u,
  ],
  [
    'a registration without properties',
    withWindows({
      registrations: { value: [{ type: goodMethod.type, key: 'A\\Key', missing: ['Properties'] }] },
    }),
    'method-incomplete',
    'warning',
    /lacks Properties/u,
  ],
  [
    'unknown registrations',
    withWindows({ registrations: trouble }),
    'registrations',
    'warning',
    /could not be/u,
  ],
  [
    'a firewall that is off',
    withWindows({ firewall: { value: { activeIn: [], rules: [] } } }),
    'firewall',
    'info',
    /firewall is off/u,
  ],
  [
    'a firewall without a rule',
    withWindows({ firewall: { value: { activeIn: ['public'], rules: [] } } }),
    'firewall',
    'info',
    /is on \(public\) and lets no RADIUS request in/u,
  ],
  [
    'a firewall that blocks',
    withWindows({
      firewall: {
        value: {
          activeIn: ['public'],
          rules: [{ name: 'No', direction: 'out', action: 'block', ports: [1812] }],
        },
      },
    }),
    'firewall',
    'warning',
    /block RADIUS: “No” \(out\)/u,
  ],
  [
    'an unknown firewall',
    withWindows({ firewall: trouble }),
    'firewall',
    'warning',
    /could not be found out/u,
  ],
];

const isGood = ({ severity }: Finding): boolean => severity === 'ok';

describe('The findings of eaphost doctor', () => {
  it('are all good on a good machine', () => {
    const findings = findingsOf(goodFacts);
    assert.deepEqual(
      findings.filter((finding) => !isGood(finding)),
      [],
    );
    assert.ok(findings.length >= 12, String(findings.length));
    assert.ok(findings.every(({ remedy }) => remedy === undefined));
  });

  for (const [what, facts, id, severity, text] of cases) {
    it(`say ${id} of ${what}, and nothing else`, () => {
      const bad = findingsOf(facts).filter((finding) => !isGood(finding) && finding.id === id);
      assert.equal(bad.length, 1, JSON.stringify(findingsOf(facts)));
      const [finding] = bad;
      assert.equal(finding?.severity, severity);
      assert.match(finding?.what ?? '', text);
      assert.ok(
        (finding?.remedy ?? '') !== '' || what === 'a firewall that is off',
        'there is something to do',
      );
      const others = findingsOf(facts).filter((other) => !isGood(other) && other.id !== id);
      // It was given no methods, whose machine would be wrong, too.
      assert.deepEqual(
        others.map((other) => other.id),
        what === 'an emulated process' ? ['methods'] : [],
      );
    });
  }

  it('take what Wine lacks for no error', () => {
    const findings = findingsOf(
      withWindows({
        process: wine,
        service: { value: undefined },
        libraries: { value: [{ name: 'eappcfg.dll', path: 'C:\\x\\eappcfg.dll', file: undefined }] },
        runtime: trouble,
      }),
    );
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'warning').map(({ id }) => id),
      ['wine', 'eappcfg', 'system-runtime'],
    );
  });

  it('look at no Windows elsewhere', () => {
    const findings = findingsOf({ ...goodFacts, platform: 'linux', systemName: 'Linux', windows: undefined });
    assert.deepEqual(
      findings.map(({ id, severity }) => `${id} ${severity}`),
      ['system info', 'node ok', 'addon ok', 'embedded ok', 'session ok', 'firewall info'],
    );
  });

  it('do not blame a method of Windows for a signature in a catalog that cannot be looked at', () => {
    const type = { ...goodMethod.type, authorId: 311 };
    const facts = withMethod({ type, peerDll: { ...goodMethod.peerDll!, signature: 'unsigned' } });
    assert.deepEqual(
      findingsOf(facts).filter((finding) => !isGood(finding)),
      [],
    );
  });
});
