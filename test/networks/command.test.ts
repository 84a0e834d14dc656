// `eaphost network` over a WLAN service in memory and a program that stands in for netsh: applied, read back the same and
// removed; what was there before comes back where a step fails; and nothing is shown that is secret.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tellFailure } from '../../lib/cli/failure.js';
import { network } from '../../lib/cli/network.js';
import type { NetworkServices } from '../../lib/cli/network-services.js';
import { Output } from '../../lib/cli/output.js';
import { openWlan, wired } from '../../lib/networks/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { fixture } from '../eap-config/support.js';
import { lanCredentials, lanPassword, lanProfile } from './lan-documents.js';
import { FakeWlan, wlanLibrary } from './support.js';

const fakeNetsh = join(import.meta.dirname, 'fake-netsh.js');
const wlanXml = profiles.wlan({
  name: 'campus',
  ssids: ['campus'],
  security: { authentication: 'WPA2' },
  oneX: { authMode: 'user', eap: { peap: { inner: { mschapv2: { useWinlogonCredentials: false } } } } },
});
const isWindows = process.platform === 'win32';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('eaphost network', function () {
  // Programs take seconds to start under Wine.
  this.timeout(120_000);
  let folder: string;
  let fake: FakeWlan;
  let services: NetworkServices;

  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  async function run(...args: readonly string[]): Promise<Ran> {
    const texts = { out: '', err: '' };
    const stream = (name: 'out' | 'err') => ({
      write: (text: string | Uint8Array): boolean => {
        texts[name] += String(text);
        return true;
      },
    });
    const output = new Output(args.includes('--json'), stream('out'), stream('err'), {});
    try {
      return { code: await network(args, output, services), ...texts };
    } catch (error) {
      return { code: tellFailure(error, output, 'network'), ...texts };
    }
  }
  const told = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { out } = await run(...args, '--json');
    return JSON.parse(out);
  };
  const errorOf = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, error } = (await told(...args)) as { exitCode: number; error: { code: string } };
    assert.equal(exitCode, 2);
    return error.code;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-network-'));
    fake = await FakeWlan.open();
    await fake.reset();
    const netsh = { netsh: [process.execPath, fakeNetsh, folder] as const };
    services = {
      openWlan: () => openWlan({ library: wlanLibrary }),
      wired: {
        profiles: (more) => wired.profiles({ ...more, ...netsh }),
        getProfile: (port, more) => wired.getProfile(port, { ...more, ...netsh }),
        setProfile: (port, profile) => wired.setProfile(port, profile, netsh),
        setCredentials: (port, xml, more) => wired.setCredentials(port, xml, { ...more, ...netsh }),
        deleteProfile: (port) => wired.deleteProfile(port, netsh),
        reconnect: (port, more) => wired.reconnect(port, { ...more, ...netsh }),
      },
    };
  });
  afterEach(async () => {
    for (const name of ['WlanSetProfileEapXmlUserData', 'WlanDeleteProfile']) await fake.set(name, 'works');
    const { outstanding, clients } = await fake.state();
    assert.deepEqual({ outstanding, clients }, { outstanding: 0, clients: 1 });
    await fake.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('applies a wireless profile with credentials, shows it the same, lists and removes it', async () => {
    const credentials = file('alice.xml', lanCredentials);
    const applied = await run('apply', file('campus.xml', wlanXml), '--credentials', credentials);
    assert.deepEqual([applied.code, applied.err], [0, '']);
    assert.match(applied.out, /^applied campus, for this user, with credentials\n$/u);
    const [stored] = (await fake.state()).profiles;
    assert.equal(stored?.credentials, lanCredentials.replaceAll('\n', ''), 'the fake has no line ends');
    assert.equal(stored.forAllUsers, false);
    assert.equal((await run('show', 'campus')).out, wlanXml);
    const shown = await told('show', 'campus');
    assert.deepEqual(
      [shown['kind'], shown['name'], shown['forAllUsers'], shown['xml'], shown['unknown']],
      ['wlan', 'campus', false, wlanXml.trim(), []],
    );
    const { out } = await run('list');
    assert.match(out, /^Wi-Fi {2}Fake Wi-Fi Adapter \(11111111-/u);
    assert.match(out, /\n {2}profile {2}campus, of this user\n {2}in range campus, WPA2, 87 %\n/u);
    assert.match(out, /not connectable: this Windows does not have the profile’s security\n/u);
    const listed = (await told('list')) as { wlan: { profiles: { name: string }[] }[]; wired: unknown[] };
    assert.deepEqual([listed.wlan[0]?.profiles[0]?.name, listed.wired], ['campus', []]);
    assert.match((await run('remove', 'campus', '--dry-run')).out, /^would remove the profile campus\n$/u);
    assert.equal((await fake.state()).profiles.length, 1);
    assert.match((await run('remove', 'campus')).out, /^removed the profile campus\n$/u);
    assert.deepEqual((await fake.state()).profiles, []);
    assert.equal(await errorOf('show', 'campus'), 'ERROR_NOT_FOUND');
    assert.equal(await errorOf('remove', 'campus'), 'ERROR_NOT_FOUND');
  });

  it('takes options in place of XML, for everybody, and connects', async () => {
    const { options } = profiles.parseWlan(wlanXml);
    const typed = file('campus.json', JSON.stringify({ connection: 'wlan', options }));
    const credentials = file(
      'alice.json',
      JSON.stringify({
        method: 'peap',
        options: { inner: { mschapv2: { username: 'alice', password: 'p' } } },
      }),
    );
    const report = await told('apply', typed, '--credentials', credentials, '--for-all', '--connect');
    assert.equal(report['exitCode'], 0);
    assert.deepEqual(report['connections'], [{ name: 'campus', isConnected: true, words: 'it worked' }]);
    const state = await fake.state();
    assert.equal(state.connected, 'campus');
    assert.equal(state.profiles[0]?.forAllUsers, true);
  });

  it('only says what it would do, where that is asked for', async () => {
    const args = ['apply', file('campus.xml', wlanXml), '--credentials', file('alice.xml', lanCredentials)];
    const { code, out, err } = await run(...args, '--dry-run');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^would apply campus, for this user, with credentials\n$/u);
    const report = await told(...args, '--dry-run');
    assert.equal(report['dryRun'], true);
    assert.ok(!JSON.stringify(report).includes(lanPassword) && !out.includes(lanPassword));
    assert.deepEqual((await fake.state()).profiles, []);
  });

  it('brings back what was there, where the credentials are refused', async () => {
    const credentials = file('alice.xml', lanCredentials);
    const campus = file('campus.xml', wlanXml);
    await fake.set('WlanSetProfileEapXmlUserData', 'code', 57893);
    assert.equal(await errorOf('apply', campus, '--credentials', credentials), 'E_XML_INVALID');
    assert.deepEqual((await fake.state()).profiles, [], 'a new one is gone');
    assert.equal((await run('apply', campus)).code, 0);
    const changed = file(
      'changed.xml',
      wlanXml.replace('<name>campus</name>', '<name>campus</name><!-- new -->'),
    );
    assert.equal(await errorOf('apply', changed, '--credentials', credentials), 'E_XML_INVALID');
    assert.equal((await run('show', 'campus')).out, wlanXml, 'an old one is back');
    await fake.set('WlanSetProfileEapXmlUserData', 'works');
    assert.equal((await run('apply', changed, '--credentials', credentials)).code, 0);
    assert.notEqual((await run('show', 'campus')).out, wlanXml);
  });

  it('says of which methods profile and credentials are, where Windows says 57893 alone', async () => {
    await fake.set('WlanSetProfileEapXmlUserData', 'code', 57893);
    const ttls = profiles.credentials.ttls({ username: 'alice', password: lanPassword });
    const { err } = await run('apply', file('c.xml', wlanXml), '--credentials', file('ttls.xml', ttls));
    assert.match(err, /the profile’s method is peap \(25\), and the credentials are of ttls \(21\)/u);
    assert.ok(!err.includes(lanPassword));
  });

  it('takes back each of several profiles, where one of them is refused', async () => {
    const two = fixture('university').replace(
      '<ConsortiumOID>001bc50460</ConsortiumOID>',
      '<SSID>second</SSID>',
    );
    const path = file('university.eap-config', two);
    const args = ['apply', path, '--identity', 'alice', '--password-file', file('password', 'p')];
    const { networks } = (await told(...args, '--dry-run')) as { networks: { name: string }[] };
    assert.deepEqual(
      networks.map(({ name }) => name),
      ['eduroam', 'second'],
    );
    let asked = 0;
    const { openWlan: openFake } = services;
    services = {
      ...services,
      async openWlan() {
        const client = await openFake();
        const set = client.setProfile.bind(client);
        client.setProfile = async (...given) => {
          asked += 1;
          if (asked === networks.length) throw new RangeError('the last one');
          await set(...given);
        };
        return client;
      },
    };
    assert.match((await run(...args)).err, /the last one/u);
    assert.equal(asked, networks.length);
    assert.deepEqual((await fake.state()).profiles, []);
  });

  it('says what did not come back', async () => {
    await fake.set('WlanSetProfileEapXmlUserData', 'code', 57893);
    await fake.set('WlanDeleteProfile', 'code', 5);
    const { code, err } = await run(
      'apply',
      file('c.xml', wlanXml),
      '--credentials',
      file('a.xml', lanCredentials),
    );
    assert.equal(code, 2);
    assert.match(err, /E_XML_INVALID\)\. What was there before did not come back: .*ERROR_ACCESS_DENIED/u);
  });

  it('applies, shows and removes a wired profile', async () => {
    const port = ['--wired', '--interface', 'Ethernet'];
    const apply = ['apply', file('lan.xml', lanProfile), ...port];
    const { code, out, err } = await run(
      ...apply,
      '--credentials',
      file('alice.xml', lanCredentials),
      '--connect',
    );
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^applied Ethernet, for this user, with credentials\n/u);
    assert.equal(readFileSync(join(folder, 'credentials.xml'), 'utf8'), lanCredentials.trim());
    assert.match((await run('show', ...port)).out, /^<LANProfile /u);
    assert.match((await run('list', '--wired')).out, /^wired {2}Ethernet, 25 /u);
    const before = readFileSync(join(folder, 'profiles', 'Ethernet.xml'), 'utf8');
    writeFileSync(join(folder, 'refuse-credentials'), 'Fehler 57893');
    const tls = profiles.lan({ oneX: { eap: { tls: {} } } });
    assert.equal(
      await errorOf('apply', file('tls.xml', tls), ...port, '--credentials', join(folder, 'alice.xml')),
      'E_XML_INVALID',
    );
    assert.equal(
      readFileSync(join(folder, 'profiles', 'Ethernet.xml'), 'utf8'),
      before,
      'the old one is back',
    );
    assert.match((await run('remove', ...port)).out, /^removed the profile Ethernet\n$/u);
    assert.equal(await errorOf('show', ...port), 'ERROR_NOT_FOUND');
    assert.equal(
      await errorOf('apply', file('tls.xml', tls), ...port, '--credentials', join(folder, 'alice.xml')),
      'E_XML_INVALID',
    );
    assert.ok(!existsSync(join(folder, 'profiles', 'Ethernet.xml')), 'a new one is gone');
  });

  it('applies an eap-config file, and says which certificates it needs', async () => {
    const path = file('university.eap-config', fixture('university'));
    const password = file('password', `${lanPassword}\n`);
    assert.equal(await errorOf('apply', path), 'EAPHOST_USAGE');
    const report = await told('apply', path, '--identity', 'alice', '--password-file', password);
    assert.equal(report['exitCode'], 0, JSON.stringify(report));
    assert.ok((report['certificates'] as unknown[]).length > 0);
    const state = await fake.state();
    assert.ok(state.profiles.length > 0);
    for (const { credentials } of state.profiles) assert.ok(credentials.includes(`>${lanPassword}<`));
    assert.ok(!JSON.stringify(report).includes(lanPassword));
    assert.equal(await errorOf('apply', path, '--provider', 'nobody'), 'EAPHOST_USAGE');
    // One that holds a large logo.
    const long = fixture('university').replace(/(<ProviderLogo[^>]*>)[^<]*/u, `$1${'A'.repeat(1_200_000)}`);
    const withLogo = file('logo.eap-config', long);
    const would = await told(
      'apply',
      withLogo,
      '--identity',
      'alice',
      '--password-file',
      password,
      '--dry-run',
    );
    assert.equal(would['exitCode'], 0, JSON.stringify(would));
  });

  it('writes what other systems take, into files for this user alone', async () => {
    const path = file('university.eap-config', fixture('university'));
    const args = ['apply', path, '--identity', 'alice', '--password-file', file('password', lanPassword)];
    assert.match((await run(...args, '--to', 'networkmanager')).err, /--output a folder .*--show-secrets/u);
    const shown = await run(...args, '--to', 'wpa-supplicant', '--show-secrets', '--folder', '/etc/wpa');
    assert.equal(shown.code, 0, shown.err);
    assert.match(shown.out, /^network=\{\n/u);
    assert.match(shown.out, /ca_cert="\/etc\/wpa\/ca-[\da-f]{16}\.pem"/u);
    assert.ok(shown.out.includes(lanPassword));
    if (isWindows) {
      // A path of Windows is none of those systems.
      const out = join(folder, 'out');
      assert.match((await run(...args, '--to', 'networkmanager', '--output', out)).err, /--folder must be/u);
      return;
    }
    const out = join(folder, 'out');
    const dry = await told(...args, '--to', 'networkmanager', '--output', out, '--dry-run');
    assert.deepEqual([dry['exitCode'], existsSync(out)], [0, false]);
    const report = await told(...args, '--to', 'networkmanager', '--output', out);
    assert.equal(report['exitCode'], 0, JSON.stringify(report));
    assert.ok(!JSON.stringify(report).includes(lanPassword));
    const names = readdirSync(out);
    const keyfile = names.find((name) => name.endsWith('.nmconnection')) ?? assert.fail(names.join());
    const text = readFileSync(join(out, keyfile), 'utf8');
    const [, ca = ''] = /^ca-cert=file:\/\/(.*)$/mu.exec(text) ?? [];
    assert.ok(existsSync(ca), `${ca} is where the keyfile says`);
    for (const name of names) assert.equal(statSync(join(out, name)).mode & 0o077, 0, name);
    assert.deepEqual((await fake.state()).profiles, [], 'nothing is changed here');
  });

  it('refuses what makes no sense', async () => {
    const campus = file('campus.xml', wlanXml);
    for (const args of [
      [],
      ['aply', campus],
      ['apply'],
      ['apply', join(folder, 'none.xml')],
      ['apply', campus, 'more'],
      ['apply', campus, '--wired', '--interface', 'Ethernet'],
      ['apply', file('lan.xml', lanProfile)],
      ['apply', file('eap.xml', profiles.tls({}))],
      ['apply', campus, '--credentials', campus],
      ['apply', campus, '--output', folder],
      ['list', 'campus'],
      ['show'],
      ['show', '--wired'],
      ['show', 'campus', '--wired', '--interface', 'Ethernet'],
      ['remove'],
    ]) {
      assert.equal(await errorOf(...args), 'EAPHOST_USAGE', args.join(' '));
    }
    // It would trust any server.
    assert.equal(await errorOf('apply', campus, '--to', 'wpa-supplicant'), 'EAPHOST_NOT_SUPPORTED');
    assert.equal(await errorOf('apply', file('bad.xml', '<WLANProfile>')), 'EAP_E_EAPHOST_XML_MALFORMED');
  });

  it('lists what one service tells, where the other does not run, and fails where neither does', async () => {
    const { wired: working } = services;
    services = {
      ...services,
      wired: { ...working, profiles: () => Promise.reject(new TypeError('a fault')) },
    };
    await assert.rejects(network(['list'], new Output(true, { write: () => true }), services), TypeError);
    await fake.adapters(0);
    services = { ...services, wired: working };
    assert.match((await run('list')).out, /neither an adapter nor a profile/u);
    services = { ...services, openWlan: () => openWlan({ library: join(folder, 'none.dll') }) };
    const listed = await told('list');
    assert.deepEqual([listed['exitCode'], listed['wlan'], listed['wired']], [0, [], []]);
    assert.equal((listed['wlanTrouble'] as { code: string }).code, 'EAPHOST_NETWORK_SERVICE_NOT_FOUND');
    writeFileSync(join(folder, 'refuse'), 'Fehler 1062');
    assert.equal(await errorOf('list'), 'EAPHOST_NETWORK_SERVICE_NOT_FOUND');
    assert.equal(await errorOf('list', '--wired'), 'ERROR_SERVICE_NOT_ACTIVE');
  });
});
