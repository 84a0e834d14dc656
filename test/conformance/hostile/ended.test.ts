// A command that is asked to end while a document with credentials is in a file for another program: the file goes, and what the
// command has changed is taken back.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { tellFailure } from '../../../lib/cli/failure.js';
import { network } from '../../../lib/cli/network.js';
import type { NetworkServices } from '../../../lib/cli/network-services.js';
import { Output } from '../../../lib/cli/output.js';
import { wired } from '../../../lib/networks/index.js';
import { lanCredentials, lanPassword, lanProfile } from '../../networks/lan-documents.js';
import { eventually } from '../../supplicant/support.js';

const fakeNetsh = join(import.meta.dirname, '..', '..', 'networks', 'fake-netsh.js');

describe('eaphost network apply, which is ended', function () {
  // Programs take seconds to start under Wine.
  this.timeout(120_000);
  let state: string;
  beforeEach(() => (state = mkdtempSync(join(tmpdir(), 'eaphost-ended-'))));
  afterEach(() => rmSync(state, { recursive: true, force: true, maxRetries: 5 }));

  /** Sets a profile with credentials by a netsh of ours. Gives the exit code. */
  async function apply(): Promise<number> {
    const netsh = [process.execPath, fakeNetsh, state] as const;
    const services: NetworkServices = {
      openWlan: () => assert.fail('a wired network'),
      wired: {
        ...wired,
        getProfile: (port, more) => wired.getProfile(port, { ...more, netsh }),
        setProfile: (port, xml, more) => wired.setProfile(port, xml, { ...more, netsh }),
        setCredentials: (port, xml, more) => wired.setCredentials(port, xml, { ...more, netsh }),
        deleteProfile: (port, more) => wired.deleteProfile(port, { ...more, netsh }),
      },
    };
    const [profile, credentials] = [join(state, 'lan.xml'), join(state, 'alice.xml')];
    writeFileSync(profile, lanProfile);
    writeFileSync(credentials, lanCredentials);
    const output = new Output(false, { write: () => true }, { write: () => true }, {});
    const args = ['apply', profile, '--credentials', credentials, '--interface', 'Ethernet'];
    return network(args, output, services).catch((error: unknown) => tellFailure(error, output, 'network'));
  }

  /** The document that netsh was last given. */
  function given(): { readonly path: string; readonly text: string } {
    const { given: found } = JSON.parse(readFileSync(join(state, 'call.json'), 'utf8'));
    return found;
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) {
    it(`by ${signal} leaves no file of credentials, no profile and no listener`, async () => {
      const listeners = process.listenerCount(signal);
      writeFileSync(join(state, 'hang'), 'set eapuserdata');
      const applied = apply();
      await eventually(() => existsSync(join(state, 'hanging')), 'netsh has the credentials');
      const { path, text } = given();
      assert.ok(text.includes(lanPassword));
      assert.ok(existsSync(path));
      const profiles = join(state, 'profiles');
      assert.deepEqual(readdirSync(profiles), ['Ethernet.xml']);
      process.emit(signal, signal);
      assert.equal(await applied, 130);
      assert.deepEqual([existsSync(dirname(path)), readdirSync(profiles)], [false, []]);
      assert.equal(process.listenerCount(signal), listeners);
    });
  }

  it('is done where nothing ends it', async () => {
    assert.equal(await apply(), 0);
    assert.ok(readFileSync(join(state, 'credentials.xml'), 'utf8').includes(lanPassword));
    assert.equal(existsSync(dirname(given().path)), false);
  });
});
