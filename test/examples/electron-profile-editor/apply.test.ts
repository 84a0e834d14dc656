// What the editor applies, and what it makes of eap-config files: the main process' half, with networks of the tests' own.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { profiles } from '../../../lib/profiles/index.js';
import type { RadiusServer } from '../../../lib/radius/index.js';
import type { Network } from './src/api.js';
import {
  alice,
  fixture,
  listen,
  mschapv2Profile,
  openEditor,
  Folder,
  peapProfile,
  problemIn,
  secret,
  valueOf,
  type Opened,
} from './support.js';

const campus: Network = {
  kind: 'wlan',
  name: 'Campus',
  ssids: ['eduroam'],
  security: 'WPA2',
  isForAll: false,
};
const values = [alice.username, alice.password];
const apply = { xml: peapProfile, values, network: campus, server: undefined };

describe('The Electron example, what it applies', function () {
  this.timeout(120_000);
  let folder: Folder;
  let server: RadiusServer;
  let opened: Opened;
  let calls: Opened['editor']['calls'];
  before(async () => {
    folder = new Folder();
    server = await listen();
  });
  beforeEach(async () => {
    opened = await openEditor([`--roots=${folder.roots}`]);
    ({ calls } = opened.editor);
  });
  afterEach(() => opened.close());
  after(async () => {
    await server.close();
    folder.remove();
  });

  for (const kind of ['wlan', 'lan', 'vpn'] as const) {
    it(`${kind}: is the profile, and the credentials in both forms`, async () => {
      const network = { ...campus, kind };
      const { done, outcome, problem } = valueOf(await calls.apply({ ...apply, network }));
      assert.deepEqual([done, outcome, problem], [['Campus has it.'], undefined, undefined]);
      const [given] = opened.applied;
      assert.deepEqual(given?.network, network);
      const { xml, config, credentials } = given.settings;
      assert.equal(xml, peapProfile);
      assert.equal(valueOf(await calls.toBlob(xml)).hex, Buffer.from(config).toString('hex'));
      assert.equal(credentials?.xml, profiles.credentials.peap({ inner: { mschapv2: alice } }));
      assert.ok((credentials?.blob.length ?? 0) > 0);
    });
  }

  it('wipes the credentials once Windows has them, also where it refuses them', async () => {
    for (const isRefused of [false, true]) {
      let blob: Uint8Array = new Uint8Array();
      const one = await openEditor([`--roots=${folder.roots}`], {
        applyTo: {
          lan: () => assert.fail('not this one'),
          vpn: () => assert.fail('not this one'),
          async wlan(_network, { credentials }, tell) {
            blob = credentials?.blob ?? blob;
            assert.ok(blob.some((octet) => octet !== 0));
            tell('The profile is stored.');
            if (isRefused) throw Object.assign(new Error('not these'), { code: 'ERROR_ACCESS_DENIED' });
          },
        },
      });
      const { done, problem } = valueOf(await one.editor.calls.apply(apply));
      // What was done is said where the rest failed.
      assert.deepEqual(done, ['The profile is stored.']);
      assert.equal(problem?.code, isRefused ? 'ERROR_ACCESS_DENIED' : undefined);
      assert.ok(blob.length > 0 && blob.every((octet) => octet === 0));
      await one.close();
    }
  });

  it('is tried before where that is wanted, and not applied where the trial does not succeed', async () => {
    const { port } = server;
    const tried = { ...apply, server: { host: '127.0.0.1', port, secret } };
    const good = valueOf(await calls.apply(tried));
    assert.equal(good.outcome?.isSuccess, true);
    assert.equal(opened.applied.length, 1);
    const wrong = valueOf(await calls.apply({ ...tried, values: [alice.username, 'sesame'] }));
    assert.equal(wrong.outcome?.reason, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
    assert.deepEqual([wrong.done, wrong.problem, opened.applied.length], [[], undefined, 1]);
  });

  it('has no credentials where the method asks by itself', async () => {
    const module = fileURLToPath(new URL('dialog-methods.js', import.meta.url));
    const dialogs = await openEditor([`--methods=${module}`]);
    const { problem } = valueOf(
      await dialogs.editor.calls.apply({ ...apply, xml: mschapv2Profile, values: [] }),
    );
    assert.equal(problem, undefined);
    assert.equal(dialogs.applied[0]?.settings.credentials, undefined);
    await dialogs.close();
  });

  it('is what the page may ask for, and nothing else', async () => {
    const wrong: readonly [unknown, RegExp][] = [
      [undefined, /^request must be an object/u],
      [{ ...apply, values: 'sesame' }, /^request.values must be an array/u],
      [{ ...apply, network: { ...campus, kind: 'bluetooth' } }, /^request.network.kind must be one of/u],
      [{ ...apply, network: { ...campus, kind: 'toString' } }, /^request.network.kind must be one of/u],
      [{ ...apply, network: { ...campus, ssids: [7] } }, /^request.network.ssids\[0\] must be a text/u],
      [{ ...apply, network: { ...campus, security: 'open' } }, /^request.network.security must be one of/u],
      [{ ...apply, network: { ...campus, isForAll: 1 } }, /^request.network.isForAll must be true or false/u],
      [{ ...apply, server: { host: 'x', port: 0, secret } }, /^request.server.port must be/u],
    ];
    for (const [request, message] of wrong) {
      await assert.rejects(async () => calls.apply(request), { name: 'TypeError', message });
    }
    assert.equal(opened.applied.length, 0);
  });

  it('offers what an eap-config file has, with what Windows cannot do and what is left to the user', async () => {
    const [pwd, peap, ttls] = valueOf(await calls.offers(fixture('university'))) ?? [];
    assert.ok(pwd && peap && ttls);
    assert.match(pwd.reason ?? '', /./u);
    assert.equal(pwd.xml, '');
    assert.match(peap.label, /: PEAP$/u);
    assert.ok(peap.ssids.includes('eduroam'));
    assert.ok(peap.notes.some((note) => /^Windows must trust this root: .*Example/u.test(note)));
    assert.ok(peap.notes.includes('Your user name ends with @example.org.'));
    const read = profiles.parseConfig(peap.xml);
    assert.equal(read.method, 'peap');
    assert.deepEqual(valueOf(await calls.read(peap.xml)).unknown, []);
    assert.match(ttls.label, /: EAP-TTLS$/u);
    // From a file, as from the text of one that was dropped.
    opened.chosen = folder.write('university.eap-config', fixture('university'));
    assert.deepEqual(valueOf(await calls.offers())?.[1], peap);
    opened.chosen = undefined;
    assert.equal(valueOf(await calls.offers()), undefined);
  });

  it('says of a file that is no eap-config what is wrong with it', async () => {
    for (const bad of ['', 'Dear alice', peapProfile, '<EAPIdentityProviderList/>']) {
      const { message, code } = problemIn(await calls.offers(bad));
      assert.ok(message.length > 10 && code !== undefined, bad);
    }
    await assert.rejects(async () => calls.offers('x'.repeat((4 << 20) + 1)), TypeError);
  });
});
