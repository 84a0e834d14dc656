// What is made of answers, and what is taken back, whatever fails: with machines and programs that are made up.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { methodKey } from '../../lib/eap/registry-keys.js';
import { binaryFolder } from '../../lib/native/binary.js';
import { Bench, certificateName, loggedType, removeRemains, type RunProgram } from '../../lib/probe/bench.js';
import { meaningOf, sentencesOf, toPage } from '../../lib/probe/page.js';
import { answer, type Probe, type ProbeReport } from '../../lib/probe/probe.js';
import { probes, withoutNames } from '../../lib/probe/report.js';
import { networkProbes } from '../../lib/probe/network-probes.js';
import { shippedProbes } from '../../lib/probe/shipped-probes.js';
import { restartScript, systemProbes } from '../../lib/probe/system-probes.js';
import { FakeMachine } from '../registration/fake-machine.js';
import { questions } from './questions.js';

const claim = (holds: boolean) => ({ says: 'It <is> so.', change: 'the README', holds: () => holds });
const probe = (part: Partial<Probe>): Probe => ({
  id: 'x',
  question: 'x?',
  how: 'x',
  ask: async () => ({ x: 1 }),
  ...part,
});

describe('The report of the probes', () => {
  let root: string;
  const bench = (run: RunProgram, wineVersion = ''): Bench =>
    new Bench({ mayRestart: true, wineVersion, nativeMachine: 0, run, root, findIntruders: async () => [] });
  const nothing: RunProgram = async () => ({ code: 0, stdout: '{}', stderr: '' });
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'eaphost-bench-'));
  });
  after(() => rmSync(root, { recursive: true }));

  const reportOf = async (...asked: readonly Probe[]): Promise<ProbeReport> => {
    const one = bench(nothing);
    const answers = [];
    for (const each of asked) answers.push(await answer(each, one));
    one.close();
    const environment = {
      system: 'Windows',
      release: '10',
      arch: 'x64',
      node: '22',
      packageVersion: '0.1.0',
      wineVersion: '',
      isElevated: true,
      date: '2026',
    };
    return { environment, answers, notAsked: [], leftover: undefined };
  };

  it('sorts answers by what they mean for the documents', async () => {
    const report = await reportOf(
      probe({ id: 'a', claims: [claim(true)] }),
      probe({ id: 'b', claims: [claim(true), claim(false)] }),
      probe({ id: 'c' }),
      probe({ id: 'd', claims: [claim(true)], ask: () => Promise.reject(new Error('there is no x')) }),
    );
    assert.deepEqual(report.answers.map(meaningOf), ['as documented', 'otherwise', 'new', 'unanswered']);
    assert.deepEqual(report.answers.map(sentencesOf), [
      ['As documented: It <is> so.'],
      ['As documented: It <is> so.', 'Otherwise than documented: “It <is> so.” To change: the README.'],
      [],
      ['Not answered: there is no x'],
    ]);
    const page = toPage(report);
    const order = [
      'Otherwise than',
      'id="b"',
      'As the documents',
      'id="a"',
      'yet (1)',
      'id="c"',
      'Not answered (1)',
      'id="d"',
    ];
    const places = order.map((text) => page.indexOf(text));
    assert.ok(!places.includes(-1), String(places));
    assert.deepEqual(
      places,
      places.toSorted((one, other) => one - other),
    );
    assert.match(
      page,
      /<li class="note">Otherwise than documented: “It &lt;is&gt; so\.” To change: the README\.<\/li>/u,
    );
  });

  it('is a page that loads nothing, with the whole report in it', async () => {
    const report = await reportOf(probe({ ask: async () => ({ text: '<script src="x">' }) }));
    const page = toPage(report);
    assert.doesNotMatch(page, /<script|<link|<img|\ssrc=x|url\(/iu);
    const [, json = ''] = /<pre id="report">([^<]*)<\/pre>/u.exec(page) ?? [];
    const text = json
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(report)));
  });

  it('says under Wine what cannot be asked there, and does not ask it', async () => {
    const one = bench(nothing, '8.0');
    const asked = probe({ notUnderWine: 'there is no x', ask: () => Promise.reject(new Error('asked')) });
    const { answer: told, claims } = await answer({ ...asked, claims: [claim(true)] }, one);
    one.close();
    assert.deepEqual([told, claims], [{ unanswered: 'cannot be asked here: there is no x' }, []]);
  });

  it('names neither the machine nor its user', () => {
    const value = { a: 'C:\\Users\\Alice\\x', b: ['ALICE-PC', 'malice', 'S-1-5-21-1-2-3-500'], c: 3 };
    const names = [
      ['C:\\Users\\Alice', '<home>'],
      ['alice', '<user>'],
      ['alice-pc', '<machine>'],
      ['S-1-5-21-1-2-3', '<account>'],
      ['pc', '<short>'],
    ] as const;
    assert.deepEqual(withoutNames(value, names), {
      a: '<home>\\x',
      b: ['<machine>', 'malice', '<account>-500'],
      c: 3,
    });
  });

  it('has a probe for each open question, or a reason', () => {
    const ids = probes.map(({ id }) => id);
    assert.deepEqual(
      questions.map(([number]) => number),
      questions.map((_, index) => index + 1),
    );
    const asked = new Set(questions.flatMap(([, , by]) => ('why' in by ? [] : by)));
    assert.deepEqual(
      [...asked].filter((id) => !ids.includes(id)),
      [],
    );
    assert.deepEqual(
      ids.filter((id) => !asked.has(id)),
      [],
    );
    assert.equal(new Set(ids).size, ids.length);
  });

  for (const failing of ['-addstore', '-mergepfx', '-importpfx', 'nothing']) {
    it(`takes certificates out of the stores where ${failing} fails`, async () => {
      const calls: string[] = [];
      const run: RunProgram = async (program, args) => {
        calls.push([program, ...args].join(' '));
        return { code: args.includes(failing) ? 1 : 0, stdout: '', stderr: 'no' };
      };
      const [asked] = shippedProbes;
      const one = bench(run);
      const { answer: told } = await answer(asked ?? assert.fail(), one);
      one.close();
      // Off Windows each conversation fails by itself; only a failure to prepare it leaves the question without an answer.
      if (failing !== 'nothing') assert.match(JSON.stringify(told), /certutil .* ended with 1: no/u);
      const thumbprint = /-delstore Root ([0-9a-f]{40})$/u;
      assert.ok(
        calls.some((call) => thumbprint.test(call)),
        calls.join('\n'),
      );
      if (failing !== '-addstore') {
        assert.ok(
          calls.some((call) => /-user -delstore My [0-9a-f]{40}$/u.test(call)),
          calls.join('\n'),
        );
      }
      assert.deepEqual(readdirSync(root), []);
    });
  }

  it('tells of a certificate that stays', async () => {
    const run: RunProgram = async (_, args) => ({
      code: args.includes('-delstore') || args.includes('-mergepfx') ? 1 : 0,
      stdout: '',
      stderr: 'no',
    });
    const one = bench(run);
    const { answer: told } = await answer(shippedProbes[0] ?? assert.fail(), one);
    one.close();
    assert.match(
      JSON.stringify(told),
      /not all could be taken back \(eaphost probe --undo\): certutil -f .*; certutil -user -delstore/u,
    );
  });

  it('deletes the task of SYSTEM where it does not start', async () => {
    const calls: string[] = [];
    const run: RunProgram = async (program, args) => {
      calls.push([program, ...args].join(' '));
      return { code: args.includes('/run') ? 1 : 0, stdout: '', stderr: 'no' };
    };
    const asked = systemProbes.find(({ id }) => id === 'shim-as-system');
    const one = bench(run);
    const { answer: told } = await answer(asked ?? assert.fail(), one);
    one.close();
    assert.deepEqual(told, { unanswered: 'schtasks /run ended with 1: no' });
    assert.match(calls[0] ?? '', /^schtasks \/create \/tn eaphost-probe .*\/ru SYSTEM/u);
    assert.equal(calls.at(-1), 'schtasks /delete /tn eaphost-probe /f');
  });

  it('has SYSTEM run nothing that anybody but administrators can change', async () => {
    const asked = systemProbes.find(({ id }) => id === 'shim-as-system') ?? assert.fail();
    const looked: string[] = [];
    const calls: string[] = [];
    const told = async (isSafe: (folder: string) => boolean) => {
      const one = new Bench({
        mayRestart: true,
        wineVersion: '',
        nativeMachine: 0,
        root,
        async run(program, args) {
          calls.push([program, ...args].join(' '));
          return { code: 1, stdout: '', stderr: 'no' };
        },
        async findIntruders(path) {
          looked.push(path);
          return isSafe(path) ? [] : [{ path, sid: 'S-1-5-21-7', isOwner: false, rights: 2 }];
        },
      });
      try {
        return JSON.stringify((await answer(asked, one)).answer);
      } finally {
        one.close();
      }
    };
    assert.match(await told(() => true), /schtasks/u);
    const folders = [...looked];
    const parts = [
      dirname(process.execPath),
      binaryFolder(),
      join(import.meta.dirname, '..', '..', 'lib', 'probe'),
      join(import.meta.dirname, '..', '..', 'lib', 'native'),
      ...['saxes', 'xmlchars'].map((name) => join(process.cwd(), 'node_modules', name)),
    ];
    for (const part of parts) assert.ok(folders.includes(part), part);
    assert.ok(folders.every((folder) => !folder.includes(join('node_modules', 'typescript'))));
    for (const unsafe of parts) {
      calls.length = 0;
      assert.match(
        await told((folder) => folder !== unsafe),
        /EAPHOST_UNSAFE_FOLDER: S-1-5-21-7 may change .*only administrators write/u,
      );
      assert.deepEqual(calls, [], unsafe);
    }
  });

  it('restarts the service only where it may, and starts again what ran', async () => {
    const asked = systemProbes.find(({ id }) => id === 'service-restart');
    const one = new Bench({ mayRestart: false, wineVersion: '', nativeMachine: 0, run: nothing, root });
    const { answer: told } = await answer(asked ?? assert.fail(), one);
    one.close();
    assert.match(JSON.stringify(told), /say --restart-service/u);
    const stop = restartScript.indexOf('try { Stop-Service');
    assert.ok(stop > restartScript.indexOf('$dependent = '));
    assert.match(
      restartScript.slice(stop),
      /finally \{ Start-Service EapHost; foreach \(\$name in \$dependent\)/u,
    );
  });

  it('removes what a run that was killed has left, and nothing of others', async () => {
    const { registry } = new FakeMachine();
    const mine = methodKey(loggedType);
    const others = mine.replace(/\d+$/u, '77');
    for (const key of [mine, others]) {
      await registry.createKey(key);
      await registry.setValue(key, 'PeerDllPath', { kind: 'text', text: 'x' });
    }
    const deleted: string[] = [];
    let certificates = 2;
    const run: RunProgram = async (program, args) => {
      deleted.push([program, ...args].join(' '));
      const isThere = program === 'certutil' && args.includes('Root') && certificates > 0;
      if (isThere && args.includes('-delstore')) certificates -= 1;
      return { code: isThere ? 0 : 1, stdout: isThere ? `CN=${certificateName}` : '', stderr: '' };
    };
    const { removed, leftovers } = await removeRemains(registry, run, root);
    assert.deepEqual(removed, [
      `HKEY_LOCAL_MACHINE\\${mine}`,
      'a certificate in Root',
      'a certificate in Root',
    ]);
    assert.deepEqual(leftovers, []);
    assert.equal(await registry.read(mine), undefined);
    assert.notEqual(await registry.read(others), undefined);
    assert.ok(deleted.includes(`certutil -user -store My ${certificateName}`), deleted.join('\n'));
    assert.equal(deleted.at(-1), 'schtasks /delete /tn eaphost-probe /f');
  });
});

const missing = { code: 'EAPHOST_NETWORK_SERVICE_NOT_FOUND' };
const noInterface = { code: 'EAPHOST_INTERFACE_NOT_FOUND' };
const noEntry = { code: 'ERROR_CANNOT_FIND_PHONEBOOK_ENTRY' };
const inactive = { code: 'ERROR_SERVICE_NOT_ACTIVE' };
const notThere = { code: 'ERROR_NOT_FOUND' };
const runs = { state: 4, startType: 2 };
const stands = { state: 1, startType: 3 };
const netshLan = (code: number) =>
  Object.fromEntries(
    [
      'lan show interfaces',
      'lan show profiles',
      'lan show profiles interface=eaphost-probe-no-such-name',
      'lan delete profile interface=eaphost-probe-no-such-name',
    ].map((line) => [line, { code }]),
  );
const wiredAnswers = (answer: unknown) => ({ profiles: answer, getProfile: answer, deleteProfile: answer });

/** Answers of machines that there may be, and which of the claims they bear out. */
const networkAnswers: Readonly<Record<string, readonly (readonly [answer: object, holds: boolean[]])[]>> = {
  wlan: [
    [{ service: null, client: missing }, [true, true, true]],
    [{ service: stands, client: missing }, [true, true, true]],
    [{ service: runs, client: { interfaces: [], profiles: noInterface } }, [true, true, true]],
    [
      {
        service: runs,
        client: { interfaces: [{ getProfile: notThere, deleteProfile: notThere }], profiles: 2 },
      },
      [true, true, true],
    ],
    [{ service: runs, client: missing }, [false, true, true]],
    [{ service: null, client: { code: 'ERROR_ACCESS_DENIED' } }, [false, true, true]],
    [{ service: stands, client: { interfaces: [], profiles: noInterface } }, [false, true, true]],
    [{ service: runs, client: { interfaces: [], profiles: 0 } }, [true, false, true]],
    [
      { service: runs, client: { interfaces: [{ getProfile: notThere, deleteProfile: 'done' }] } },
      [true, true, false],
    ],
  ],
  netsh: [
    [{ service: null, netsh: netshLan(1), ...wiredAnswers(inactive) }, [true, true, true]],
    [
      { service: runs, netsh: netshLan(0), profiles: 0, getProfile: noInterface, deleteProfile: noInterface },
      [true, true, true],
    ],
    [{ service: stands, netsh: netshLan(0), ...wiredAnswers(inactive) }, [false, true, true]],
    [
      { service: stands, netsh: netshLan(1), ...wiredAnswers({ code: 'EAPHOST_NETSH' }) },
      [true, false, true],
    ],
    [{ service: runs, netsh: netshLan(1), ...wiredAnswers(inactive) }, [true, true, false]],
  ],
  'remote-access': [
    [{ getEap: noEntry, setConfig: noEntry, setCredentials: missing }, [true]],
    [{ getEap: noEntry, setConfig: 'done', setCredentials: noEntry }, [false]],
  ],
};

describe('The questions about networks', () => {
  for (const { id, claims = [] } of networkProbes) {
    it(`judge what a machine may answer: ${id}`, () => {
      const rows = networkAnswers[id] ?? assert.fail(id);
      for (const [told, expected] of rows) {
        assert.deepEqual(
          claims.map(({ holds }) => holds(told)),
          expected,
          JSON.stringify(told),
        );
      }
      // Each sentence is borne out by one and refuted by another.
      for (const index of claims.keys()) {
        assert.deepEqual(new Set(rows.map(([, expected]) => expected[index])), new Set([true, false]), id);
      }
    });
  }
});
