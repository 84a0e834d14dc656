// Wired profiles through netsh, by a program that stands in for it: documents arrive whole, in files for this user alone, of
// which none is left; and every failure has a code.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { begun } from '../../lib/base/child-process.js';
import { networkReason, wired } from '../../lib/networks/index.js';
import type { LanMachine } from '../../lib/networks/lan-machine.js';
import { withPrivateFolder } from '../../lib/networks/private-file.js';
import { wiredFailure } from '../../lib/networks/wired-failure.js';
import { hasMoreRights } from '../../lib/native/rights.js';
import { callWindows } from '../../lib/native/registry.js';
import { profiles } from '../../lib/profiles/index.js';
import { hasCode } from '../supplicant/support.js';
import { lanCredentials, lanPassword, lanProfile } from './lan-documents.js';

const fake = join(import.meta.dirname, 'fake-netsh.js');
const isWindows = process.platform === 'win32';

interface Noted {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly given: {
    readonly path: string;
    readonly file: number;
    readonly folder: number;
    readonly text: string;
  };
}

const withoutDeclaration = (xml: string): string => xml.replace(/^<\?xml[^>]*\?>\s*/u, '');
const ttlsCredentials = profiles.credentials.ttls({ username: 'alice', password: lanPassword });

/** Gives everybody all rights to a folder. Wine keeps no access lists: it makes them of the folder's mode. */
function letEverybodyChange(path: string): void {
  const run = (program: string, ...args: readonly string[]): string => {
    const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
    assert.equal(status, 0, program);
    return stdout.trim();
  };
  const system32 = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32');
  if (existsSync(join(system32, 'winecfg.exe'))) {
    run('start.exe', '/wait', '/unix', '/bin/chmod', '777', run('winepath.exe', '-u', path));
  } else run('icacls.exe', path, '/grant', '*S-1-1-0:(OI)(CI)F');
}

describe('Wired profiles', function () {
  // Programs take seconds to start under Wine.
  this.timeout(120_000);
  let state: string;
  let temporary: string;
  let before: Record<string, string | undefined>;
  const netsh = () => [process.execPath, fake, state] as const;
  const options = () => ({ netsh: netsh() });
  const noted = (): Noted => JSON.parse(readFileSync(join(state, 'call.json'), 'utf8'));
  const refuse = (text: string): void => writeFileSync(join(state, 'refuse'), text, 'latin1');
  /** The folders of documents. A process with more rights than its environment's owner does not go by TEMP. */
  const isSystems = isWindows && hasMoreRights();
  const parent = (): string =>
    isSystems ? join(process.env['SystemRoot'] ?? 'C:\\Windows', 'Temp') : temporary;
  const folders = (): string[] =>
    readdirSync(parent()).filter((name) => /^eaphost-\d+-[\da-f-]{36}$/u.test(name));
  /** Others may be at work in a folder that is the system's. */
  let others: readonly string[];
  const ours = (): string[] => folders().filter((name) => !others.includes(name));
  const nothingIsLeft = (): void => assert.deepEqual(ours(), []);

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'eaphost-netsh-'));
    temporary = join(state, 'temporary');
    mkdirSync(temporary);
    before = { TMPDIR: process.env['TMPDIR'], TEMP: process.env['TEMP'] };
    Object.assign(process.env, { TMPDIR: temporary, TEMP: temporary });
    others = folders();
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  });

  it('are set, read back the same, listed and deleted', async () => {
    assert.deepEqual(await wired.profiles(options()), []);
    assert.equal(await wired.getProfile('Ethernet 2', options()), undefined);
    await wired.setProfile('Ethernet 2', lanProfile, options());
    assert.deepEqual(noted().words, ['add', 'profile']);
    assert.equal(noted().options['interface'], 'Ethernet 2');
    const expected = withoutDeclaration(lanProfile);
    assert.equal(await wired.getProfile('Ethernet 2', options()), expected);
    assert.equal(await wired.getProfile('Ethernet', options()), undefined);
    assert.deepEqual(await wired.profiles(options()), [{ interface: 'Ethernet 2', xml: expected }]);
    await wired.setCredentials('Ethernet 2', lanCredentials, { ...options(), forAllUsers: true });
    assert.equal(noted().options['allusers'], 'yes');
    assert.equal(readFileSync(join(state, 'credentials.xml'), 'utf8'), lanCredentials);
    await wired.setCredentials('Ethernet 2', lanCredentials, options());
    assert.equal(noted().options['allusers'], 'no');
    await wired.reconnect('Ethernet 2', options());
    assert.deepEqual(noted().words, ['reconnect']);
    await wired.deleteProfile('Ethernet 2', options());
    assert.deepEqual(await wired.profiles(options()), []);
    nothingIsLeft();
  });

  it('are read by many at the same time, without a warning of Node’s', async () => {
    const listeners = process.listenerCount('exit');
    const warnings: string[] = [];
    const warn = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);
    process.on('warning', warn);
    try {
      await Promise.all(Array.from({ length: 6 }, () => wired.profiles(options())));
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', warn);
    }
    assert.deepEqual(warnings, []);
    assert.equal(process.listenerCount('exit'), listeners);
    nothingIsLeft();
  });

  it('are made of typed options', async () => {
    await wired.setProfile('Ethernet', { oneX: { eap: { tls: {} } } }, options());
    assert.equal(await wired.getProfile('Ethernet', options()), profiles.lan({ oneX: { eap: { tls: {} } } }));
    await assert.rejects(wired.setProfile('Ethernet', { oneXEnabled: true }, options()), TypeError);
  });

  it('take credentials of their method alone, and say which it is', async () => {
    await wired.setProfile('Ethernet', lanProfile, options());
    writeFileSync(join(state, 'refuse-credentials'), 'Fehler 57893.');
    await assert.rejects(wired.setCredentials('Ethernet', ttlsCredentials, options()), (error) => {
      assert.ok(hasCode(error, 'E_XML_INVALID'));
      assert.match(
        String(error),
        /the profile’s method is peap \(25\), and the credentials are of ttls \(21\)/u,
      );
      return true;
    });
    nothingIsLeft();
  });

  it('remove what a process that was killed has left, and nothing else', async () => {
    const ended = begun(() => spawn(process.execPath, ['-e', ''], { stdio: 'ignore' }));
    await once(ended, 'exit');
    const uuid = '0b5a9e9e-1111-4222-8333-444444444444';
    const left = join(parent(), `eaphost-${ended.pid}-${uuid}`);
    const kept = [
      `eaphost-${process.pid}-${uuid}`,
      `eaphost-${ended.pid}-12`,
      `eaphost-${ended.pid}-${uuid.replace('0', '1')}`,
    ];
    const paths = [left, ...kept.map((name) => join(parent(), name))];
    for (const folder of paths) mkdirSync(folder);
    writeFileSync(join(left, 'document.xml'), 'secret');
    // An hour and a minute.
    const long = new Date(Date.now() - 3_660_000);
    for (const folder of paths.slice(0, 3)) utimesSync(folder, long, long);
    await wired.profiles(options());
    assert.deepEqual(
      paths.map((path) => existsSync(path)),
      [false, true, true, true],
    );
    for (const path of paths.slice(1)) rmSync(path, { recursive: true });
  });

  it('remove nothing that others may change, as they could have it lead elsewhere meanwhile', async () => {
    if (!isWindows) return;
    const ended = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(ended, 'exit');
    const hostile = join(parent(), `eaphost-${ended.pid}-0b5a9e9e-2222-4222-8333-444444444444`);
    mkdirSync(hostile);
    letEverybodyChange(hostile);
    const long = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(hostile, long, long);
    await wired.profiles(options());
    assert.ok(existsSync(hostile));
    rmSync(hostile, { recursive: true });
  });

  it('are read in UTF-16, too', async () => {
    mkdirSync(join(state, 'profiles'));
    writeFileSync(join(state, 'profiles', 'LAN-Verbindung.xml'), `\uFEFF${lanProfile}`, 'utf16le');
    assert.deepEqual(await wired.profiles(options()), [{ interface: 'LAN-Verbindung', xml: lanProfile }]);
    const longest = lanProfile + ' '.repeat((1 << 20) - Buffer.byteLength(lanProfile));
    writeFileSync(join(state, 'profiles', 'LAN-Verbindung.xml'), longest);
    assert.deepEqual(await wired.profiles(options()), [{ interface: 'LAN-Verbindung', xml: longest }]);
    writeFileSync(join(state, 'profiles', 'LAN-Verbindung.xml'), `${longest} `);
    await assert.rejects(wired.profiles(options()), (error) => hasCode(error, 'EAP_E_EAPHOST_XML_MALFORMED'));
    nothingIsLeft();
  });

  it('go through a file that only this user can read', async () => {
    await wired.setProfile('Ethernet', lanProfile, options());
    await wired.setCredentials('Ethernet', lanCredentials, options());
    const { given } = noted();
    assert.equal(given.text, lanCredentials);
    assert.equal(dirname(dirname(given.path)).toLowerCase(), parent().toLowerCase());
    assert.ok(!existsSync(given.path));
    if (!isWindows) {
      assert.deepEqual([given.file.toString(8), given.folder.toString(8)], ['600', '700']);
      return;
    }
    await withPrivateFolder(async (folder) => {
      const intruders = await callWindows('findIntruders', { path: folder, trustsUser: true });
      assert.deepEqual(
        intruders.filter(({ path }) => path.toLowerCase() === folder.toLowerCase()),
        [],
      );
      await assert.rejects(callWindows('makePrivateFolder', { path: folder }), (error) =>
        hasCode(error, 'ERROR_ALREADY_EXISTS'),
      );
    });
  });

  it('leave no file where netsh refuses, and no secret in the error', async () => {
    refuse(`Fehler in ${lanPassword}`);
    const error = await wired.setCredentials('Ethernet', lanCredentials, options()).then(
      () => assert.fail('netsh refused'),
      (reason: unknown) => reason,
    );
    assert.ok(hasCode(error, 'EAPHOST_NETSH'));
    assert.ok(!String(error).includes(lanPassword));
    nothingIsLeft();
    await assert.rejects(wired.setProfile('Ethernet', lanProfile, options()), /Fehler in correct horse/u);
    nothingIsLeft();
  });

  it('leave no file and no process where they are aborted', async () => {
    writeFileSync(join(state, 'hang'), '');
    const controller = new AbortController();
    const { signal } = controller;
    const work = wired.setCredentials('Ethernet', lanCredentials, { ...options(), signal });
    work.catch(() => undefined);
    while (!existsSync(join(state, 'hanging'))) await delay(20);
    assert.equal(ours().length, 1);
    const reason = new Error('enough');
    controller.abort(reason);
    await assert.rejects(work, reason);
    nothingIsLeft();
    await assert.rejects(wired.profiles({ ...options(), signal }), reason);
  });

  it('leave no file where the process exits', async () => {
    writeFileSync(join(state, 'hang'), '');
    const script = join(import.meta.dirname, 'hanging-child.js');
    const child = begun(() => spawn(process.execPath, [script, state, fake], { stdio: 'ignore' }));
    const [code] = await once(child, 'exit');
    assert.equal(code, 7);
    const pid = Number(readFileSync(join(state, 'hanging'), 'utf8'));
    const isThere = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    while (isThere()) await delay(20);
    nothingIsLeft();
  });

  it('need a folder that can be written to, and with more rights one that is not TEMP', async () => {
    rmSync(temporary, { recursive: true });
    const work = wired.setProfile('Ethernet', lanProfile, options());
    if (isSystems) await work;
    else await assert.rejects(work, (error) => hasCode(error, 'EAPHOST_TEMPORARY_FOLDER'));
    mkdirSync(temporary);
  });

  it('are refused before netsh is called, where they are no such documents', async () => {
    const refused = (work: Promise<void>) =>
      assert.rejects(work, (error) => hasCode(error, 'EAP_E_EAPHOST_XML_MALFORMED'));
    await refused(wired.setProfile('Ethernet', '<WLANProfile/>', options()));
    await refused(wired.setProfile('Ethernet', '<LANProfile>', options()));
    await refused(wired.setCredentials('Ethernet', lanProfile, options()));
    await assert.rejects(wired.setProfile('E" x="y', lanProfile, options()), RangeError);
    await assert.rejects(wired.setProfile('', lanProfile, options()), RangeError);
    await assert.rejects(wired.profiles({ netsh: [] as never }), TypeError);
    assert.ok(!existsSync(join(state, 'call.json')));
  });

  it('say that a program is missing, and a system', async () => {
    await assert.rejects(wired.profiles({ netsh: [join(state, 'no-netsh')] }), (error) =>
      hasCode(error, 'EAPHOST_PROCESS_NOT_STARTED'),
    );
    if (!isWindows) {
      await assert.rejects(wired.profiles(), (error) => hasCode(error, 'EAPHOST_UNSUPPORTED_PLATFORM'));
    }
    nothingIsLeft();
  });
});

describe('A wired profile that was refused', () => {
  const healthy: LanMachine = {
    service: () => Promise.resolve({ state: 4, startType: 2 }),
    interfaces: () => Promise.resolve(['Ethernet', 'Ethernet 7']),
    hasPolicy: () => Promise.resolve(false),
    isElevated: () => Promise.resolve(true),
  };
  const call = 'netsh lan add profile';
  const failure = { call, interface: 'ethernet', output: 'Ein Fehler ist aufgetreten.', xml: lanProfile };
  const codeOf = async (changes: Partial<LanMachine>, more: object = {}): Promise<string> =>
    (await wiredFailure({ ...failure, ...more }, { ...healthy, ...changes })).code;

  it('has the code in what netsh says, whatever the language', async () => {
    assert.equal(await codeOf({}, { output: 'Fehler 57893 (Profil 1)' }), 'E_XML_INVALID');
    assert.equal(await codeOf({}, { output: '错误 0x80070005。' }), 'ERROR_ACCESS_DENIED');
    assert.equal(await codeOf({}, { output: '802.1X: 1206' }), 'ERROR_BAD_PROFILE');
    assert.equal(
      await codeOf({}, { output: 'nothing on 1062', interface: '1062' }),
      'EAPHOST_INTERFACE_NOT_FOUND',
    );
    assert.equal(await codeOf({}, { output: '99999999999 4711 5' }), 'EAPHOST_NETSH');
  });

  it('has what the machine lacks', async () => {
    assert.equal(await codeOf({ service: () => Promise.resolve(undefined) }), 'ERROR_SERVICE_DOES_NOT_EXIST');
    const service = (state: number, startType: number) => () => Promise.resolve({ state, startType });
    assert.equal(await codeOf({ service: service(1, 3) }), 'ERROR_SERVICE_NOT_ACTIVE');
    assert.equal(await codeOf({ service: service(1, 4) }), 'ERROR_SERVICE_DISABLED');
    const none = await wiredFailure({ ...failure, interface: 'eth0' }, healthy);
    assert.equal(none.code, 'EAPHOST_INTERFACE_NOT_FOUND');
    assert.match(none.message, /"eth0"; there are: Ethernet, Ethernet 7$/u);
    assert.equal(await codeOf({ isElevated: () => Promise.resolve(false) }), 'ERROR_ACCESS_DENIED');
    const policy = await wiredFailure(failure, { ...healthy, hasPolicy: () => Promise.resolve(true) });
    assert.equal(policy.code, 'ERROR_ACCESS_DENIED');
    assert.match(policy.message, /group policy/u);
    assert.equal(
      await codeOf({ hasPolicy: () => Promise.resolve(true) }, { call: 'netsh lan export profile' }),
      'EAPHOST_NETSH',
    );
  });

  it('has the element that cannot be right', async () => {
    const xml = lanCredentials.replaceAll('Username>', 'Usrname>');
    const error = await wiredFailure({ ...failure, xml, isSecret: true }, healthy);
    assert.equal(error.code, 'E_XML_INVALID');
    assert.match(error.message, /Usrname is not known here; did you mean Username/u);
    assert.ok(!error.message.includes(lanPassword));
  });

  it('else has what netsh said, escaped and not without end', async () => {
    const { message } = await wiredFailure(
      { ...failure, output: `\u001B]0;x\u0007 ${'a'.repeat(5000)}` },
      healthy,
    );
    assert.match(message, /says: \\x1b\]0;x\\x07 a+;/u);
    assert.ok(message.length < 600);
    assert.equal(networkReason(0).words, 'it worked');
  });
});
