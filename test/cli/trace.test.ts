// `eaphost trace`: its command lines, with a runner of the test, and the command itself, with Windows' logman where it is
// there and a program that stands for it where it is not.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { traceLines } from '../../lib/cli/trace.js';
import {
  queryTraces,
  startTraces,
  stopTraces,
  traceFileIn,
  TraceError,
  type CommandLine,
  type Ended,
  type Runner,
  type TraceState,
} from '../../lib/cli/trace-commands.js';
import { ask, eaphost } from './support.js';

const absent: Ended = { code: -2144337918, output: 'Data Collector Set was not found.' };
const good: Ended = { code: 0, output: 'The command completed successfully.' };

/** A Windows on which the sessions `running` run, and `fail` fails. Notes what it is told to do. */
function windows(
  running: readonly string[] = [],
  fail: (line: string) => boolean = () => false,
): { run: Runner; lines: string[] } {
  const lines: string[] = [];
  const sessions = new Set(running);
  const run = ({ program, args }: CommandLine): Promise<Ended> => {
    const line = [program, ...args].join(' ');
    if (args[0] !== 'query') lines.push(line);
    if (fail(line)) return Promise.resolve({ code: 5, output: 'Access is\r\ndenied.\r\n' });
    const name = args[0] === 'start' ? args[2] : args[1];
    if (args[0] === 'query') {
      const output = `Name:  ${name}\r\nOutput Location:      C:\\my traces\\${name}.etl\r\nFlags: x\r\n`;
      return Promise.resolve(sessions.has(name ?? '') ? { code: 0, output } : absent);
    }
    if (args[0] === 'start') sessions.add(name ?? '');
    if (args[0] === 'stop') sessions.delete(name ?? '');
    return Promise.resolve(good);
  };
  return { run, lines };
}

const peerProvider = '{5F31090B-D990-4e91-B16D-46121D0255AA}';
const startPeer =
  'logman start trace EapHostPeer -o C:\\t\\EapHostPeer.etl -p {5F31090B-D990-4e91-B16D-46121D0255AA} 0x4000ffff 0 -ets';
const startAuthenticator =
  'logman start trace EapHostAuthr -o C:\\t\\EapHostAuthr.etl -p {F6578502-DF4E-4a67-9661-E3A2F05D1D9B} 0x4000ffff 0 -ets';

describe('eaphost trace', () => {
  it('starts a session for each provider, and tells where they write', async () => {
    const { run, lines } = windows();
    const states = await startTraces(run, 'C:\\t', false);
    assert.deepEqual(lines, [startPeer, startAuthenticator]);
    assert.deepEqual(
      states.map(({ isOn, file }) => [isOn, file]),
      [
        [true, 'C:\\t\\EapHostPeer.etl'],
        [true, 'C:\\t\\EapHostAuthr.etl'],
      ],
    );
    assert.deepEqual(traceLines('on', states), [
      'EapHostPeer is traced: C:\\t\\EapHostPeer.etl',
      'EapHostAuthr is traced: C:\\t\\EapHostAuthr.etl',
    ]);
  });

  it('traces the RAS methods where it is asked to', async () => {
    const { run, lines } = windows();
    await startTraces(run, 'C:\\t', true);
    assert.equal(lines[2], 'netsh ras set tracing * enabled');
    await stopTraces(run, true);
    assert.equal(lines.at(-1), 'netsh ras set tracing * disabled');
  });

  it('stops what it started where the rest fails, and says what failed', async () => {
    const { run, lines } = windows([], (line) => line.includes('start trace EapHostAuthr'));
    await assert.rejects(startTraces(run, 'C:\\t', false), (error) => {
      assert.ok(error instanceof TraceError);
      assert.equal(error.code, 'EAPHOST_TRACE');
      assert.equal(error.message, `${startAuthenticator} ended with 5: Access is denied.`);
      return true;
    });
    assert.deepEqual(lines, [startPeer, startAuthenticator, 'logman stop EapHostPeer -ets']);
  });

  it('starts nothing where something is traced', async () => {
    const { run, lines } = windows(['EapHostAuthr']);
    await assert.rejects(startTraces(run, 'C:\\t', false), /EapHostAuthr is traced already/u);
    assert.deepEqual(lines, []);
  });

  it('stops what runs, and names the files', async () => {
    const { run, lines } = windows(['EapHostPeer']);
    const states = await stopTraces(run, false);
    assert.deepEqual(lines, ['logman stop EapHostPeer -ets']);
    assert.deepEqual(traceLines('off', states), ['EapHostPeer wrote: C:\\my traces\\EapHostPeer.etl']);
    assert.deepEqual(traceLines('off', await stopTraces(run, false)), ['nothing was traced']);
  });

  it('tries to stop them all before it tells of a failure', async () => {
    const { run, lines } = windows(['EapHostPeer', 'EapHostAuthr'], (line) =>
      line.includes('stop EapHostPeer'),
    );
    await assert.rejects(stopTraces(run, false), /logman stop EapHostPeer -ets ended with 5/u);
    assert.deepEqual(lines, ['logman stop EapHostPeer -ets', 'logman stop EapHostAuthr -ets']);
  });

  it('says what is traced now', async () => {
    const { run } = windows(['EapHostPeer']);
    assert.deepEqual(traceLines('status', await queryTraces(run)), [
      'EapHostPeer is traced: C:\\my traces\\EapHostPeer.etl',
      'EapHostAuthr is not traced',
    ]);
  });

  it('finds the file in whatever language', () => {
    assert.equal(traceFileIn('Ausgabeort:   D:\\a b\\x.etl\r\nMehr'), 'D:\\a b\\x.etl');
    assert.equal(traceFileIn('no file here'), undefined);
  });

  it('refuses what makes no sense', async () => {
    for (const [args, reason] of [
      [[], /say on, off or status/u],
      [['up'], /say on, off or status/u],
      [['on', 'off'], /say on, off or status/u],
      [['off', '--dir', 'x'], /--dir goes with on/u],
      [['status', '--ras'], /--ras goes with on and off/u],
      [['on', '--fast'], /Unknown option '--fast'/u],
    ] as const) {
      const { code, stdout, stderr } = await ask(['trace', ...args]);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, reason);
    }
  });

  it('says elsewhere than on Windows that it is Windows’ own', async () => {
    const { code, stdout, stderr } = await eaphost(['trace', 'status', '--json']);
    const answer: Answer = JSON.parse(stdout);
    assert.equal(answer.exitCode, code);
    if (process.platform === 'win32') return;
    assert.equal(answer.error?.code, 'EAPHOST_UNSUPPORTED_PLATFORM');
    assert.match(stderr, /EAPHost's tracing is Windows' own, and this is .*\n {2}to do: run it on Windows/u);
  });
});

/** What `--json` tells. */
interface Answer {
  readonly exitCode: number;
  readonly error?: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly traces?: readonly TraceState[];
}

const system = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32');
const logman = join(system, 'logman.exe');

/**
 * Stands for logman under Wine, which has none: Node itself under its name, which loads this first. It keeps the
 * sessions that run in files, and notes each command line.
 */
const standIn = (folder: string): string => `
const { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
if (basename(process.execPath).toLowerCase() === 'logman.exe') {
  const folder = ${JSON.stringify(folder)};
  const [verb, ...rest] = process.argv.slice(1);
  const args = [basename(verb), ...rest];
  appendFileSync(join(folder, 'lines'), args.join(' ') + '\\n');
  const session = join(folder, 'session ' + (args[0] === 'start' ? args[2] : args[1]));
  const end = (code, text) => { console.log(text); process.exit(code); };
  if (existsSync(join(folder, 'refuse'))) end(5, 'Access is denied.');
  if (args[0] === 'start') {
    writeFileSync(session, args[4]);
    writeFileSync(args[4], 'events');
  } else if (!existsSync(session)) end(1, 'Data Collector Set was not found.');
  else if (args[0] === 'query') end(0, 'Output Location:   ' + readFileSync(session, 'utf8'));
  else rmSync(session);
  end(0, 'The command completed successfully.');
}
`;

if (process.platform === 'win32') {
  describe('eaphost trace, on Windows', function () {
    this.timeout(120_000);
    const isWine = existsSync(join(system, 'winecfg.exe'));
    let folder: string;
    let env: Readonly<Record<string, string>> = {};

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'eaphost trace '));
      if (!isWine) return;
      copyFileSync(process.execPath, logman);
      const preload = join(folder, 'stand-in.cjs');
      writeFileSync(preload, standIn(folder));
      env = { NODE_OPTIONS: `--require "${preload.replaceAll('\\', '/')}"` };
    });
    after(() => {
      if (isWine) rmSync(logman, { force: true });
      rmSync(folder, { recursive: true, force: true });
    });

    const trace = async (...args: readonly string[]): Promise<Answer> => {
      const { code, stdout, stderr } = await eaphost(['trace', ...args, '--json'], env);
      const answer: Answer = JSON.parse(stdout);
      assert.equal(answer.exitCode, code, stdout + stderr);
      return answer;
    };

    it('turns tracing on, says so, and turns it off again', async () => {
      const directory = join(folder, 'my traces');
      const files = ['EapHostPeer', 'EapHostAuthr'].map((name) => join(directory, `${name}.etl`));
      const on = await trace('on', '--dir', directory);
      assert.deepEqual(
        on.traces?.map(({ isOn, file }) => [isOn, file]),
        files.map((file) => [true, file]),
      );
      const again = await trace('on', '--dir', directory);
      assert.equal(again.error?.code, 'EAPHOST_TRACE');
      assert.match(again.error.remedy, /eaphost trace off/u);
      const during = await trace('status');
      assert.deepEqual(
        during.traces?.map(({ isOn }) => isOn),
        [true, true],
      );
      const off = await trace('off');
      assert.deepEqual(
        off.traces?.map(({ isOn, file }) => [isOn, file]),
        files.map((file) => [false, file]),
      );
      for (const file of files) assert.ok(existsSync(file), file);
      assert.deepEqual((await trace('off')).traces, []);
      if (!isWine) return;
      const lines = readFileSync(join(folder, 'lines'), 'utf8').split('\n');
      assert.ok(
        lines.includes(`start trace EapHostPeer -o ${files[0]} -p ${peerProvider} 0x4000ffff 0 -ets`),
      );
    });

    // What Windows' own program refuses is not ours to provoke.
    if (!isWine) return;

    it('fails with what the program says, and where there is none', async () => {
      writeFileSync(join(folder, 'refuse'), '');
      const { error } = await trace('on', '--dir', folder);
      assert.equal(error?.code, 'EAPHOST_TRACE');
      assert.match(error.message, /^logman start trace EapHostPeer .* ended with 5: Access is denied\.$/u);
      rmSync(logman);
      const none = await trace('status');
      assert.match(none.error?.message ?? '', /there is no .*logman\.exe, the program of Windows/u);
      assert.match(none.error?.remedy ?? '', /Wine and reduced images/u);
    });
  });
}
