// `eaphost method` as a process: success, refusal, crash, hang, usage.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { begun } from '../../lib/base/child-process.js';
import type { MethodReport } from '../../lib/cli/method-report.js';
import { libraryPath } from '../supplicant/support.js';
import { alice, pairPath, server } from './support.js';

const main = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.js');
const misbehaving = libraryPath('misbehavingmethod');
const pair = ['--peer', pairPath, '--type', '254/99999/3', '--author', '99999'];
const bad = ['--peer', misbehaving, '--type', '254/99999/100', '--author', '99999'];

describe('eaphost method', () => {
  let folder: string;
  let user: string;
  let config: string;
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-method-'));
    user = file('user', alice);
    config = file('config', server);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Output goes to files: under Wine pipes do not work. */
  async function run(...args: readonly string[]) {
    const paths = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') };
    const descriptors = [openSync(paths.stdout, 'w'), openSync(paths.stderr, 'w')] as const;
    const child = begun(() =>
      spawn(process.execPath, [main, 'method', ...args], { stdio: ['ignore', ...descriptors] }),
    );
    const [code]: unknown[] = await once(child, 'exit');
    for (const descriptor of descriptors) closeSync(descriptor);
    return { code, stdout: readFileSync(paths.stdout, 'utf8'), stderr: readFileSync(paths.stderr, 'utf8') };
  }

  function reportOf(stdout: string): MethodReport {
    const lines = stdout.split('\n');
    equal(lines.length, 2, stdout);
    return JSON.parse(lines[0] ?? '') as MethodReport;
  }

  for (const more of [[], ['--in-process']]) {
    it(`runs the pair, and shows every call ${more.join()}`, async () => {
      const { code, stdout, stderr } = await run(...pair, '--config', config, '--user', user, ...more);
      equal(code, 0, stdout + stderr);
      match(stdout, /^ProcessRequestPacket → send$/mu);
      match(stdout, /^ {20,}ReceivePacket → result$/mu);
      match(stdout, /^verdict +success$/mu);
      match(stdout, /^keys +the same on both sides$/mu);
      ok(!stdout.includes('userData'));
      match(
        stdout,
        /^warning +the peer method has EapPeerGetIdentity and EapPeerSetCredentials; EAPHost asks for/mu,
      );
    });
  }

  it('tells a type that a DLL refuses from a DLL that does not work', async () => {
    const { code, stderr } = await run('--peer', pairPath, '--type', '199');
    equal(code, 2);
    match(
      stderr,
      /the peer method DLL refuses the method 199 \(author 0\) of --type and --author: .*not a type of/u,
    );
    match(stderr, /to do: give the type and the author that the DLL was written for/u);
    const none = await run('--peer', join(folder, 'none.dll'), '--type', '199');
    ok(!none.stderr.includes('refuses the method'), none.stderr);
  });

  it('warns where a DLL takes a method, and says that it is another one', async () => {
    const other = [
      '--peer',
      pairPath,
      '--type',
      '254/99999/3',
      '--author',
      '5',
      '--config',
      config,
      '--user',
      user,
    ];
    const { code, stdout } = await run(...other, '--json');
    equal(code, 0, stdout);
    const { warnings } = reportOf(stdout);
    ok(
      warnings.some((warning) =>
        /the authenticator method DLL takes .*\(author 5\), and says that it is 254\/99999\/3 \(author 99999\)/u.test(
          warning,
        ),
      ),
      stdout,
    );
    const own = reportOf((await run(...pair, '--config', config, '--user', user, '--json')).stdout);
    deepEqual(
      own.warnings.filter((warning) => warning.includes('says that it is')),
      [],
    );
  });

  it('fails where a string fits but for its NUL, as in Microsoft’s sample: nothing reports it but the canaries', async () => {
    const options = file('over', 'size=64;terminated=1');
    const { code, stdout, stderr } = await run(...bad, '--config', options, '--mtu', '64');
    equal(code, 2, stdout + stderr);
    match(stdout + stderr, /wrote 1 octet behind the end of its buffer of 64/u);
  });

  it('shows the arguments with --trace, and no secret', async () => {
    const { code, stdout } = await run(...pair, '--server-config', config, '--user', user, '--trace');
    equal(code, 0);
    match(stdout, /userData: <\d+ secret octets>/u);
    ok(!stdout.includes(alice.toString('hex')));
  });

  it('gives both sides the flags that are asked for', async () => {
    const asked = ['--config', config, '--user', user, '--trace', '--flags', 'nonInteractive,suppressUi'];
    const { code, stdout } = await run(...pair, ...asked);
    equal(code, 0, stdout);
    const bits = [...stdout.matchAll(/flags: (\w+)/gu)].map(([, flags]) => Number(flags));
    ok(bits.length >= 3);
    deepEqual(new Set(bits), new Set([0x10002]));
  });

  it('tells machines in one line', async () => {
    const { code, stdout, stderr } = await run(
      ...pair,
      '--authenticator',
      pairPath,
      '--config',
      config,
      '--user',
      user,
      '--json',
    );
    equal(code, 0, stderr);
    match(stderr, /^verdict +success$/mu);
    const report = reportOf(stdout);
    deepEqual(
      [report.verdict, report.exitCode, report.keysAgree, report.identity],
      ['success', 0, true, 'alice'],
    );
    equal(report.calls[0]?.call, 'EapPeerGetIdentity');
    equal(report.warnings.length, 1);
    ok(report.packets.length > 5);
  });

  it('ends with 1 where a side refuses', async () => {
    const other = file('other', 'password=other');
    const { code, stdout } = await run(...pair, '--server-config', other, '--user', user);
    equal(code, 1);
    match(stdout, /^verdict +failure$/mu);
    match(stdout, /^peer +failure: \w+$/mu);
  });

  it('ends with 2 where a method crashes, and names the function', async () => {
    const crash = file('crash', 'crash=GetResponsePacket');
    const { code, stdout } = await run(...bad, '--config', crash, '--user', user, '--json');
    equal(code, 2);
    const { verdict, peer } = reportOf(stdout);
    deepEqual(
      [verdict, peer.error?.code, peer.error?.call],
      ['error', 'EAPHOST_METHOD_CRASHED', 'EapPeerGetResponsePacket'],
    );
  });

  for (const more of [[], ['--in-process']]) {
    it(`ends with 2 where a method hangs, and does not wait ${more.join()}`, async () => {
      const hang = file('hang', 'hang=ProcessRequestPacket');
      const { code, stdout } = await run(...bad, '--config', hang, '--user', user, '--timeout', '3', ...more);
      equal(code, 2);
      match(stdout, /EapPeerProcessRequestPacket of method .* has not returned within 3000 ms/u);
      match(stdout, /^to do {10}give it longer with --timeout/mu);
    });
  }

  it('ends with 2 for arguments that make no sense', async () => {
    for (const [args, message] of [
      [[], /--peer is missing/u],
      [['--peer', pairPath], /--type is missing/u],
      [['--peer', pairPath, '--type', '254'], /--type must be/u],
      [[...pair, '--mtu', '5'], /--mtu must be/u],
      [
        [...pair, '--flags', 'suppressUi,loud'],
        /--flags: there is no loud; there are nonInteractive, .*suppressUi/u,
      ],
      [[...pair, '--user', '/nowhere'], /cannot be read: .*ENOENT/u],
      [['--peer', '/nowhere/none.dll', '--type', '4'], /ERROR_MOD_NOT_FOUND/u],
      [[...pair, '--what'], /--what/u],
    ] as const) {
      const { code, stderr } = await run(...args);
      equal(code, 2, stderr);
      match(stderr, message);
    }
  });
});
