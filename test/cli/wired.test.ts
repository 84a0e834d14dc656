// `eaphost wired` as an administrator meets it, without a wire: what it refuses, and the unit for systemd. test/wired/service has the wire.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { configure, type PeerChoice } from '../../lib/cli/auth-methods.js';
import type { EapHost } from '../../lib/index.js';
import { unitText } from '../../lib/cli/wired-unit.js';
import { profiles } from '../../lib/profiles/index.js';
import { ask, eaphost } from './support.js';

const windows = process.platform === 'win32';

describe('eaphost wired, without a wire', function () {
  this.timeout(60_000);
  let folder: string;
  let control: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-wired-'));
    control = windows ? String.raw`\\.\pipe\eaphost-test-${process.pid}` : join(folder, 'control');
    writeFileSync(join(folder, 'profile.xml'), profiles.mschapv2({ useWinlogonCredentials: false }));
    const user = profiles.credentials.mschapv2({ username: 'alice', password: 'correct horse' });
    writeFileSync(join(folder, 'alice.xml'), user, { mode: 0o600 });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('gives Windows the password of --password-file as octets, and wipes them', async () => {
    const password = 'correct <horse> & staple';
    let given: Uint8Array | undefined;
    const host = {
      runtime: 'system',
      configFromXml: () => Promise.resolve({ blob: Buffer.alloc(1) }),
      credentialsFromXml(xml: Uint8Array) {
        given = xml;
        const { method, ...parsed } = profiles.parseCredentials(Buffer.from(xml).toString());
        assert.deepEqual(
          [method, parsed],
          ['mschapv2', { ...parsed, options: { username: 'alice', password } }],
        );
        return Promise.resolve(Buffer.alloc(1));
      },
    } as unknown as EapHost;
    const trust = { serverNames: [], ca: undefined, isCareless: false };
    await configure(host, {
      ...trust,
      method: 'mschapv2',
      identity: 'alice',
      password: Buffer.from(password),
    } as unknown as PeerChoice);
    assert.ok(given instanceof Uint8Array && given.length > 0 && given.every((octet) => octet === 0));
  });

  it('says that nobody keeps the port', async () => {
    for (const word of ['health', 'reauthenticate', 'stop']) {
      const { code, stdout } = await ask([
        'wired',
        word,
        '--interface',
        'e0',
        '--control',
        control,
        '--json',
      ]);
      assert.equal(code, 2);
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
      assert.equal(error.code, 'EAPHOST_NOT_RUNNING');
      assert.ok(error.message.startsWith('no eaphost wired keeps e0'), error.message);
    }
  });

  it('lists the cards of this machine', async () => {
    const { code, stdout } = await ask(['wired', 'interfaces', '--json']);
    assert.equal(code, 0);
    const { interfaces } = JSON.parse(stdout) as { interfaces: { address: string }[] };
    for (const { address } of interfaces) assert.match(address, /^(?:[\da-f]{2}:){5}[\da-f]{2}$/u);
  });

  const least = ['--interface', 'none0', '--profile', 'profile.xml', '--credentials', 'alice.xml'];
  for (const [what, args, message] of [
    ['no port', ['--method', 'md5'], /--interface is missing/u],
    [
      'nothing to authenticate with',
      ['--interface', 'none0'],
      /give --profile and --credentials, or --method/u,
    ],
    ['no credentials', least.slice(0, 4), /--credentials is missing/u],
    ['credentials without a profile', least.toSpliced(2, 2), /--credentials goes with --profile/u],
    ['two sources', [...least, '--identity', 'bob'], /--identity goes with --method/u],
    ['no time at all', [...least, '--held-period', '0'], /--held-period must be a number from 1 to 65535/u],
    ['a word that there is not', ['heath', '--interface', 'none0'], /did you mean health\?/u],
    ['two words', ['stop', 'health', '--interface', 'none0'], /one word is enough/u],
    [
      'a profile that is not there',
      ['--interface', 'none0', '--profile', 'none.xml', '--credentials', 'alice.xml'],
      /cannot be read: .*none\.xml \(ENOENT\)/u,
    ],
    [
      'credentials that are none',
      [...least.slice(0, 4), '--credentials', 'profile.xml'],
      /EapHostUserCredentials/u,
    ],
    ['an interface that is not there', least, /there is no Ethernet interface none0/u],
    ['nothing to protect', ['protect'], /give --credentials, --password-file or --passphrase-file/u],
    ['a file to protect that is not there', ['protect', '--credentials', 'none.xml'], /none\.xml/u],
    [
      'a machine without a word',
      ['--interface', 'none0', '--for-machine'],
      /--for-machine goes with protect/u,
    ],
    ['no authority', ['--interface', 'none0', '--method', 'tls', '--identity', 'a'], /--ca is missing/u],
  ] as const) {
    it(`says at its start what is wrong with ${what}, and lets its address go`, async () => {
      const inFolder = args.map((arg) => (arg.endsWith('.xml') ? join(folder, arg) : arg));
      const { code, stderr } = await eaphost([
        'wired',
        ...inFolder,
        '--runtime',
        'embedded',
        '--control',
        control,
      ]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.ok(!stderr.includes('horse'));
      assert.ok(windows || !existsSync(control));
    });
  }

  it('protects files in place, again and again, and reads them', async () => {
    const files = ['bob.xml', 'bob.txt'].map((name) => join(folder, name));
    const [xml = '', text = ''] = files;
    const user = profiles.credentials.mschapv2({ username: 'bob', password: 'correct horse' });
    for (const file of files) writeFileSync(file, file === xml ? user : 'correct horse\n', { mode: 0o644 });
    for (let time = 0; time < 2; time += 1) {
      const args = [
        'wired',
        'protect',
        '--credentials',
        xml,
        '--password-file',
        text,
        '--for-machine',
        '--json',
      ];
      const { code, stdout, stderr } = await ask(args);
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), { exitCode: 0, protected: files });
      assert.ok(!`${stdout}${stderr}`.includes('horse'));
    }
    for (const file of files) {
      if (windows) assert.ok(!readFileSync(file).includes('horse'));
      else assert.equal(statSync(file).mode & 0o777, 0o600);
    }
    // Both are read: what is wrong is the port alone.
    for (const source of [
      ['--profile', join(folder, 'profile.xml'), '--credentials', xml],
      ['--method', 'mschapv2', '--identity', 'bob', '--password-file', text],
    ]) {
      const where = ['--interface', 'none0', '--runtime', 'embedded', '--control', control];
      const { code, stderr } = await eaphost(['wired', ...where, ...source]);
      assert.equal(code, 2);
      assert.match(stderr, /there is no Ethernet interface none0/u);
    }
  });

  if (!windows) {
    it('protects no link, and nothing that has other names', async () => {
      const path = join(folder, 'carol.xml');
      writeFileSync(path, 'correct horse', { mode: 0o600 });
      symlinkSync(path, join(folder, 'link.xml'));
      linkSync(path, join(folder, 'name.xml'));
      for (const [name, code] of [
        ['link.xml', 'ELOOP'],
        ['name.xml', 'EAPHOST_UNSAFE_FILE'],
      ] as const) {
        const { code: ending, stdout } = await ask([
          'wired',
          'protect',
          '--credentials',
          join(folder, name),
          '--json',
        ]);
        assert.equal(ending, 2);
        assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, code);
        assert.equal(readFileSync(path, 'utf8'), 'correct horse');
      }
    });
  }

  it('prints a unit that does what the options say, with whole paths', async () => {
    const who = [
      '--method',
      'peap-mschapv2',
      '--identity',
      '50%$"x',
      '--ca',
      'ca.pem',
      '--password-file=secret',
    ];
    const { code, stdout } = await ask(['wired', 'unit', '--interface', 'eth 0', ...who, '--json']);
    assert.equal(code, 0);
    const { unit } = JSON.parse(stdout) as { unit: string };
    const line = /^ExecStart=(.*)$/mu.exec(unit)?.[1] ?? '';
    const folderNow = process.cwd();
    assert.ok(
      line.endsWith(
        ` wired --interface "eth 0" --method peap-mschapv2 --identity "50%%$$\\"x" --ca ${join(folderNow, 'ca.pem')} ` +
          `--password-file=${join(folderNow, 'secret')}`,
      ),
      line,
    );
    assert.match(unit, /^CapabilityBoundingSet=CAP_NET_RAW$/mu);
    assert.ok(!unit.includes('ReadWritePaths'));
    const keeping = ['--interface', 'e0', '--method', 'md5', '--keep', '/var/lib/50% $1/kept', '--json'];
    const kept = await ask(['wired', 'unit', ...keeping]);
    const { unit: withFile } = JSON.parse(kept.stdout) as { unit: string };
    assert.match(withFile, /^ReadWritePaths="\/var\/lib\/50%% \$1"$/mu);
    assert.match(withFile, / --keep "\/var\/lib\/50%% \$\$1\/kept"$/mu);
    assert.equal((await ask(['wired', 'unit', '--interface', 'e0'])).code, 2);
  });

  if (process.platform === 'linux') {
    it('prints a unit that systemd takes', () => {
      const file = join(folder, 'eaphost-wired.service');
      const command = [process.execPath, '/usr/bin/env', 'a b', '%n $HOME "q" \\'];
      writeFileSync(file, unitText('50% e0', command, ['/var/lib/50% $1']));
      const { status, stderr, error } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
      assert.ok(error === undefined, 'systemd-analyze is missing: apt-get install systemd');
      // It reads the machine's own units, too, and has a word for some.
      const said = stderr.split('\n').filter((line) => line.includes(file));
      assert.deepEqual([status, said], [0, []]);
    });
  }
});
