// From an eap-config file to a connection: its profiles and credentials in the WLAN service's hands, read back the same,
// and gone again.

import assert from 'node:assert/strict';

import { openWlan } from '../../lib/networks/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { fixture } from '../eap-config/support.js';
import { FakeWlan, wlanLibrary } from './support.js';

describe('An eap-config file', () => {
  let fake: FakeWlan;
  beforeEach(async () => {
    fake = await FakeWlan.open();
    await fake.reset();
  });
  afterEach(() => fake.close());

  it('becomes profiles with credentials, and a connection', async () => {
    const { providers } = profiles.parseEapConfig(fixture('university'));
    const [provider] = providers;
    assert.ok(provider);
    const method = provider.methods.find(({ type }) => type === 21);
    const user = { method, username: 'alice', password: 'p & <q>' };
    const made = profiles.fromEapConfig(provider, user);
    assert.ok(made.credentialsXml);
    await using wlan = await openWlan({ library: wlanLibrary });
    for (const profile of made.wlan) {
      await wlan.setProfile(profile, { forAllUsers: true, overwrite: true });
      await wlan.setCredentials(profile.name, made.credentialsXml);
    }
    const names = ['eduroam', 'Example University via Passpoint'];
    assert.deepEqual((await wlan.profiles()).map(({ name }) => name).toSorted(), names.toSorted());
    for (const [index, name] of names.entries()) {
      const { xml } = await wlan.getProfile(name);
      assert.equal(xml, profiles.wlan(made.wlan[index]!));
      assert.deepEqual(profiles.parseWlan(xml).unknown, []);
      const { credentials = '' } = (await fake.state()).profiles.find((each) => each.name === name) ?? {};
      const parsed = profiles.parseCredentials(credentials, { unknown: 'refuse' });
      assert.deepEqual(parsed.method === 'ttls' && parsed.options, {
        username: 'alice',
        password: 'p & <q>',
      });
    }
    assert.equal((await wlan.connect('eduroam')).isConnected, true);
    for (const name of names) await wlan.deleteProfile(name);
    assert.deepEqual(await wlan.profiles(), []);
  });
});
