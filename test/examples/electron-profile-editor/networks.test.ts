// From the editor to Windows' networks and back: the fake WLAN service, the fake phone book and the netsh of the tests
// keep what Windows would.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openWlan, vpn, wired } from '../../../lib/networks/index.js';
import { profiles } from '../../../lib/profiles/index.js';
import { FakeWlan, rasLibrary, wlanLibrary } from '../../networks/support.js';
import type { ApplyRequest, Network } from './src/api.js';
import { windowsNetworks } from './src/networks.js';
import {
  alice,
  authority,
  Folder,
  fixture,
  openEditor,
  peapProfile,
  valueOf,
  type Opened,
} from './support.js';

const netshProgram = join(import.meta.dirname, '..', '..', 'networks', 'fake-netsh.js');

describe('The Electron example, with networks', function () {
  // Programs take seconds to start under Wine.
  this.timeout(120_000);
  let folder: Folder;
  let state: string;
  let fake: FakeWlan;
  let opened: Opened;
  before(async () => {
    folder = new Folder();
    state = mkdtempSync(join(tmpdir(), 'eaphost-netsh-'));
    fake = await FakeWlan.open();
    await fake.reset();
    const parts = {
      wlan: wlanLibrary,
      ras: rasLibrary,
      netsh: [process.execPath, netshProgram, state] as const,
    };
    const { providers } = profiles.parseEapConfig(fixture('university'));
    const others = providers.flatMap(({ methods }) => methods.flatMap(({ server }) => server.certificates));
    const roots = folder.write('all.pem', [authority.ca, ...others.map(({ pem }) => pem)].join('\n'));
    opened = await openEditor([`--roots=${roots}`], { applyTo: windowsNetworks(parts) });
  });
  after(async () => {
    await opened.close();
    await fake.reset();
    await fake.close();
    folder.remove();
    rmSync(state, { recursive: true, force: true });
  });

  const request = (network: Partial<Network>, xml = peapProfile): ApplyRequest => ({
    xml,
    values: [alice.username, alice.password],
    network: { kind: 'wlan', name: 'Campus', ssids: [], security: 'WPA2', isForAll: false, ...network },
    server: undefined,
  });
  const apply = async (wanted: ApplyRequest) => valueOf(await opened.editor.calls.apply(wanted));
  const credentials = profiles.credentials.peap({ inner: { mschapv2: alice } });
  /** The fake tells it in one line. */
  const inOneLine = credentials.replaceAll('\n', '');

  it('puts an edited profile to Wi-Fi with its credentials: it is read back the same, and removed', async () => {
    const { done, problem } = await apply(
      request({ ssids: ['campus', 'eduroam'], security: 'WPA3ENT', isForAll: true }),
    );
    assert.deepEqual(
      [done, problem],
      [
        [
          'The Wi-Fi profile Campus is stored for every user of this computer.',
          'Its credentials are stored for every user of this computer.',
        ],
        undefined,
      ],
    );
    await using wlan = await openWlan({ library: wlanLibrary });
    const { options, unknown } = profiles.parseWlan((await wlan.getProfile('Campus')).xml);
    assert.deepEqual(unknown, []);
    assert.deepEqual([options.name, options.ssids], ['Campus', ['campus', 'eduroam']]);
    assert.equal(options.security.authentication, 'WPA3ENT');
    assert.deepEqual(options.oneX, {
      authMode: 'user',
      eap: { peap: peapOptions(peapProfile) },
    });
    const [kept] = (await fake.state()).profiles;
    assert.deepEqual([kept?.credentials, kept?.forAllUsers], [inOneLine, true]);
    // Applied again it takes the old one's place, for this user alone it cannot.
    assert.equal((await apply(request({ isForAll: true }))).problem, undefined);
    assert.deepEqual(profiles.parseWlan((await wlan.getProfile('Campus')).xml).options.ssids, ['Campus']);
    await wlan.deleteProfile('Campus');
    assert.deepEqual((await fake.state()).profiles, []);
  });

  it('puts what an eap-config file offers to its network', async () => {
    const [, peap] = valueOf(await opened.editor.calls.offers(fixture('university'))) ?? [];
    assert.ok(peap);
    const [name = '', ...others] = peap.ssids;
    const { problem } = await apply(request({ name, ssids: [name, ...others] }, peap.xml));
    assert.equal(problem, undefined);
    await using wlan = await openWlan({ library: wlanLibrary });
    const { options } = profiles.parseWlan((await wlan.getProfile(name)).xml);
    assert.deepEqual(options.oneX?.eap, { peap: peapOptions(peap.xml) });
    assert.equal((await fake.state()).profiles[0]?.credentials, inOneLine);
    await wlan.deleteProfile(name);
  });

  it('says what was done and what was not where Windows refuses the credentials, and where there is no adapter', async () => {
    await fake.set('WlanSetProfileEapXmlUserData', 'code', 5);
    const refused = await apply(request({}));
    assert.deepEqual(refused.done, ['The Wi-Fi profile Campus is stored for you.']);
    assert.equal(refused.problem?.code, 'ERROR_ACCESS_DENIED');
    assert.ok(!JSON.stringify(refused).includes(alice.password));
    await fake.reset();
    await fake.adapters(0);
    const { done, problem } = await apply(request({}));
    assert.deepEqual([done, problem?.code], [[], 'EAPHOST_INTERFACE_NOT_FOUND']);
    await fake.reset();
  });

  it('puts a profile to a wired adapter', async () => {
    const { done, problem } = await apply(request({ kind: 'lan', name: 'Ethernet' }));
    assert.equal(problem, undefined);
    assert.equal(done.length, 2);
    const netsh = [process.execPath, netshProgram, state] as const;
    const { options } = profiles.parseLan((await wired.getProfile('Ethernet', { netsh })) ?? '');
    assert.deepEqual(options.oneX?.eap, { peap: peapOptions(peapProfile) });
    assert.equal(readFileSync(join(state, 'credentials.xml'), 'utf8'), credentials);
    await wired.deleteProfile('Ethernet', { netsh });
  });

  it('puts a profile to a VPN connection, as the blobs of its method', async () => {
    const { done, problem } = await apply(request({ kind: 'vpn' }));
    assert.deepEqual([done.length, problem], [2, undefined]);
    const { hex } = valueOf(await opened.editor.calls.toBlob(peapProfile));
    assert.equal((await vpn.getEap('Campus', { library: rasLibrary })).toString('hex'), hex);
    const none = await apply(request({ kind: 'vpn', name: 'None' }));
    assert.deepEqual([none.done, none.problem?.code], [[], 'ERROR_CANNOT_FIND_PHONEBOOK_ENTRY']);
  });
});

function peapOptions(xml: string) {
  const parsed = profiles.parseConfig(xml);
  assert.ok(parsed.method === 'peap');
  return parsed.options;
}
