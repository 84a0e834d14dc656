// `eaphost doctor` as a process.

import assert from 'node:assert/strict';

import { findingLines, type DoctorReport } from '../../lib/cli/doctor.js';
import { drawn, type Line } from '../../lib/base/printable.js';
import { eaphost } from './support.js';

describe('eaphost doctor', () => {
  it('looks at this machine, and gives each finding a line', async () => {
    const { code, stdout, stderr } = await eaphost(['doctor']);
    // A Windows machine may lack something; what this package needs elsewhere is here.
    const errors = stdout.split('\n').filter((line) => line.startsWith('ERROR')).length;
    if (process.platform !== 'win32') assert.equal(errors, 0, stdout);
    assert.equal(code, errors === 0 ? 0 : 1, stdout);
    assert.equal(stderr, '');
    assert.match(stdout, /^ok {6} Node \d+\.\d+\.\d+ {2}\[node\]$/mu);
    assert.match(stdout, new RegExp(`\\n${errors} errors, \\d+ warnings\\n$`, 'u'));
    assert.ok(!stdout.includes('\u001B'), 'no colours where there is no terminal');
  });

  it('tells machines the same', async () => {
    const { code, stdout } = await eaphost(['doctor', '--json']);
    const report: DoctorReport = JSON.parse(stdout);
    assert.equal(report.exitCode, code);
    assert.ok(
      report.findings.some(({ id, severity }) => id === 'session' && severity === 'ok'),
      stdout,
    );
  });

  it('ends with 1 where something is wrong', async () => {
    // A process that takes itself for an older Node.
    const versions =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.0.0' } })";
    const { code, stdout, stderr } = await eaphost(['doctor', '--json'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(versions)}`,
    });
    assert.equal(code, 1, stderr);
    const report: DoctorReport = JSON.parse(stdout);
    assert.equal(report.exitCode, 1);
    const errors = report.findings.filter(({ severity }) => severity === 'error').map(({ id }) => id);
    assert.ok(errors.includes('node'), stdout);
  });

  it('colours the severity, and has advice only where there is something to do', () => {
    const finding = { id: 'x', severity: 'warning', what: 'It is so', remedy: 'change it' } as const;
    const plain = (lines: readonly Line[]) => lines.map((line) => drawn(line, false));
    assert.deepEqual(plain(findingLines(finding)), ['warning  It is so  [x]', '         to do: change it']);
    assert.equal(drawn(findingLines(finding), true).split('  It', 1)[0], '\u001B[33mwarning\u001B[0m');
    assert.deepEqual(plain(findingLines({ id: 'x', severity: 'ok', what: 'good' })), ['ok       good  [x]']);
  });

  it('refuses options that it does not know', async () => {
    const { code, stdout, stderr } = await eaphost(['doctor', '--mend']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^eaphost doctor: Unknown option '--mend'.* \(try: eaphost doctor --help\)\n$/u);
    assert.match((await eaphost(['doctor', '--help'])).stdout, /^Usage: eaphost doctor/u);
  });
});
