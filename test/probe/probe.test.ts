// Every probe, run: on Windows against EAPHost, where what it answers is for people; under Wine against this package's own
// run-time, whose answers are known.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  existsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { begun } from '../../lib/base/child-process.js';
import { isObject } from '../../lib/base/guards.js';
import { methodKey } from '../../lib/eap/registry-keys.js';
import { callWindows, windowsRegistry } from '../../lib/native/registry.js';
import {
  Bench,
  folderPrefix,
  probeTypes,
  programFiles,
  removeRemains,
  runProgram,
} from '../../lib/probe/bench.js';
import { type ProbeReport, reasonWhyNot } from '../../lib/probe/probe.js';
import { askAll, probes } from '../../lib/probe/report.js';
import { askOverRestart } from '../../lib/probe/system-probes.js';
import { known, steady, volatile } from './known.js';

/** The answers with one leaf changed, each with its path; volatile ones are left out. */
function* changed(value: unknown, path = ''): Generator<readonly [path: string, value: unknown]> {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    for (const [index, each] of items.entries()) {
      for (const [below, other] of changed(each, `${path}/${index}`)) yield [below, items.with(index, other)];
    }
  } else if (isObject(value)) {
    for (const [name, each] of Object.entries(value)) {
      if (volatile.has(name)) continue;
      for (const [below, other] of changed(each, `${path}/${name}`))
        yield [below, { ...value, [name]: other }];
    }
  } else {
    const other =
      typeof value === 'number'
        ? value + 1
        : typeof value === 'boolean'
          ? !value
          : `${String(value)}, changed`;
    yield [path, other];
  }
}

const main = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'eaphost-probe-'));
after(() => rmSync(folder, { recursive: true }));

/** Starts it; a Windows program cannot write to every pipe, so its output goes through files. */
function start(...args: readonly string[]) {
  const files = ['out', 'err'].map((name) => join(folder, name));
  const [out = 0, err = 0] = files.map((file) => openSync(file, 'w'));
  const child = begun(() =>
    spawn(process.execPath, [main, 'probe', ...args], { stdio: ['ignore', out, err] }),
  );
  for (const file of [out, err]) closeSync(file);
  const said = (): string => files.map((file) => readFileSync(file, 'utf8')).join('');
  return { child, said };
}
async function run(...args: readonly string[]): Promise<{ code: unknown; said: string }> {
  const { child, said } = start(...args);
  const [code]: unknown[] = await once(child, 'exit');
  return { code, said: said() };
}

const probeFolders = (): string[] =>
  readdirSync(programFiles()).filter((name) => name.startsWith(folderPrefix));
/** Whether the method of a run that was not there before has been called: it writes that down. */
const hasLoadedMethod = (before: readonly string[]): boolean =>
  probeFolders().some((name) => {
    if (before.includes(name)) return false;
    const log = join(programFiles(), name, 'first', 'probe-calls.jsonl');
    return (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0;
  });
const registeredKeys = () => Promise.all(probeTypes.map((type) => windowsRegistry.read(methodKey(type))));

describe('The probes', function () {
  this.timeout(300_000);
  let report: ProbeReport;
  let isWine: boolean;

  before(async () => {
    isWine = (await callWindows('queryProcess', {})).wineVersion !== '';
    // What the last tests of an earlier run had loaded into their own process.
    await removeRemains();
    const page = join(folder, 'all.html');
    const { code, said } = await run('--yes', '--json', '--output', page);
    assert.equal(code, 0, said);
    report = JSON.parse(said.split('\n', 1)[0] ?? '');
  });

  function answerOf(id: string): unknown {
    const answered = report.answers.find((each) => each.id === id);
    assert.ok(answered !== undefined, id);
    return answered.answer;
  }

  for (const { id, notUnderWine } of probes) {
    it(`answer ${id}`, () => {
      const found = answerOf(id);
      assert.ok(isObject(found) || Array.isArray(found), JSON.stringify(found));
      if (!isWine) return;
      assert.equal(
        reasonWhyNot(found),
        notUnderWine === undefined ? undefined : `cannot be asked here: ${notUnderWine}`,
      );
      assert.deepEqual(steady(found), known[id]);
    });
  }

  it('have each a known answer, and none is known of what is not asked', () => {
    assert.deepEqual(Object.keys(known).toSorted(), probes.map(({ id }) => id).toSorted());
  });

  it('are red where any part of an answer is another one', () => {
    let count = 0;
    for (const { id, answer } of report.answers) {
      for (const [path, other] of changed(answer)) {
        assert.notDeepEqual(steady(other), isWine ? known[id] : steady(answer), `${id}${path}`);
        count += 1;
      }
    }
    assert.ok(count > 500, `${count} parts`);
  });

  it('leave nothing behind but what EAPHost has loaded', async () => {
    assert.deepEqual(
      await registeredKeys(),
      probeTypes.map(() => undefined),
    );
    // Under Wine the command's own process had the DLLs loaded, and is gone.
    const { removed, leftovers } = await removeRemains();
    assert.deepEqual([...removed, ...leftovers], report.leftover === undefined ? [] : [report.leftover]);
  });

  it('take everything back where they are stopped', async () => {
    const stop = new AbortController();
    const before = probeFolders();
    const asked = probes.filter(({ id }) => ['call-places', 'session-zero'].includes(id));
    const onAnswer = () => stop.abort(new Error('stopped'));
    await assert.rejects(askAll({ ask: asked, signal: stop.signal, onAnswer }), /stopped/u);
    assert.deepEqual(
      await registeredKeys(),
      probeTypes.map(() => undefined),
    );
    assert.deepEqual(probeFolders(), before);
  });
});

describe('The probes, in an environment that another has set', () => {
  const names = ['SystemRoot', 'ProgramW6432', 'ProgramFiles'] as const;
  const own = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of own) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('run Windows’ programs all the same', async () => {
    process.env['SystemRoot'] = folder;
    const { code } = await runProgram('icacls', [folder]);
    assert.equal(typeof code, 'number');
  });

  it('put no DLL where others could change it, and take none out', async () => {
    for (const name of ['ProgramW6432', 'ProgramFiles']) process.env[name] = '\\\\elsewhere\\share';
    await assert.rejects(askAll({ ask: [] }), { code: 'EAPHOST_UNSAFE_FOLDER' });
    await assert.rejects(removeRemains(), { code: 'EAPHOST_UNSAFE_FOLDER' });
  });
});

describe('eaphost probe', function () {
  this.timeout(300_000);
  it('changes nothing where nobody can be asked', async () => {
    const before = probeFolders();
    const { code, said } = await run('--only', 'session-zero');
    assert.equal(code, 2);
    assert.match(said, /registers it, and a method in TypeScript, with EAPHost for the whole machine;/u);
    assert.match(said, /--yes is missing/u);
    assert.deepEqual(probeFolders(), before);
  });

  it('asks what it is told to, and writes one page', async () => {
    const page = join(folder, 'answers.html');
    const { code, said } = await run('--yes', '--only', 'session-zero', '--only', 'tokens', '--output', page);
    assert.equal(code, 0, said);
    assert.match(said, /\[tokens\]\r?\n +As documented: The caller’s own token/u);
    assert.ok(said.includes(`the answers are in ${page}`), said);
    const text = readFileSync(page, 'utf8');
    assert.match(text, /<section id="session-zero">/u);
    assert.doesNotMatch(text, /<section id="call-places">/u);
  });

  it('refuses a question that there is not', async () => {
    const { code, said } = await run('--yes', '--only', 'session-zer');
    assert.equal(code, 2);
    assert.match(said, /there is no such question; did you mean session-zero\?/u);
  });

  it('takes out with --undo what a killed run has left', async () => {
    const before = probeFolders();
    const begin = () => start('--yes', '--only', 'notification');
    let { child, said } = begin();
    // The program waits for three seconds there, with the method loaded. Killed before, it would leave a program that is
    // still suspended, as libuv starts it, and never ends. A slow machine may look too late.
    while (!hasLoadedMethod(before)) {
      if (child.exitCode !== null) {
        assert.equal(child.exitCode, 0, said());
        ({ child, said } = begin());
      }
      await delay(50);
    }
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    assert.notEqual((await registeredKeys())[0], undefined, said());
    // The program ends by itself, and has the DLLs loaded until then: as the command says, it is said again.
    let told = '';
    for (;;) {
      const { code, said: now } = await run('--undo');
      told += now;
      if (code === 0) break;
      assert.match(now, /EAPHost still uses .*\r?\n +to do: restart the service EapHost, and say it again/u);
      await delay(1000);
    }
    assert.match(told, /took out HKEY_LOCAL_MACHINE\\.*\\Methods\\99999\\254\\99999\\5/u);
    assert.deepEqual(
      await registeredKeys(),
      probeTypes.map(() => undefined),
    );
    assert.deepEqual(
      probeFolders().filter((name) => !before.includes(name)),
      [],
    );
    assert.ok(existsSync(programFiles()));
  });
});

describe('What the probes cannot ask under Wine', function () {
  this.timeout(120_000);
  it('see both sessions over what would be a restart', async () => {
    const { wineVersion, nativeMachine } = await callWindows('queryProcess', {});
    const bench = new Bench({ mayRestart: false, wineVersion, nativeMachine });
    let restarts = 0;
    try {
      const found = await askOverRestart(bench, async () => {
        restarts += 1;
      });
      assert.ok(isObject(found), JSON.stringify(found));
      assert.deepEqual(
        [found['oldSession'], found['endOfOldSession'], found['newSession'], found['newHost']],
        ['send', 'ended', 'send', 'send'],
      );
      const sent = { code: 0, reason: 0, action: 'send' };
      const begun = { begin: { code: 0, reason: 0, hasError: false }, identity: sent, request: sent };
      assert.deepEqual(found['inTheProgram'], {
        begin: begun.begin,
        identity: sent,
        oldSession: sent,
        endOfOldSession: begun.begin,
        newSession: begun,
        initializeAgain: 0,
        newSessionAfterInitialize: begun,
      });
      assert.equal(restarts, 1);
    } finally {
      bench.close();
    }
  });

  it('run as somebody who may less, or say that the system does not have that', async () => {
    const { wineVersion, nativeMachine } = await callWindows('queryProcess', {});
    const bench = new Bench({ mayRestart: false, wineVersion, nativeMachine });
    try {
      const found = await bench.withMethod('first', () => bench.ask('ordinary-user'));
      assert.ok(isObject(found), JSON.stringify(found));
      for (const name of ['asOrdinaryUser', 'withLowIntegrity']) {
        const child = found[name];
        assert.ok(isObject(child) && child['exitCode'] === 0, JSON.stringify(found));
        assert.ok(
          child['isElevated'] === false || String(child['note']).endsWith('this is no answer'),
          JSON.stringify(child),
        );
      }
    } finally {
      bench.close();
    }
  });
});
