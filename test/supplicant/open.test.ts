// Opening a run-time where there is none: importing the package succeeds, and the call says what to do.

import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { EapError, openEapHost } from '../../lib/index.js';
import { binaryFolder } from '../../lib/native/binary.js';
import { run } from './processes.js';
import { useLeakCheck } from './support.js';

const lib = fileURLToPath(new URL('../../lib/', import.meta.url));

/** A module of the package's dependencies as `copy` finds it. */
function copyDependency(name: string, copy: string): void {
  const from = fileURLToPath(import.meta.resolve(`${name}/package.json`));
  cpSync(join(from, '..'), join(copy, 'node_modules', name), { recursive: true });
}

describe('Opening a run-time', () => {
  useLeakCheck();
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-open-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const expect =
    process.platform === 'win32' ? 'opens System32’s EAPHost or says that it is missing' : 'refuses';
  it(`${expect} with { runtime: 'system' }`, async () => {
    try {
      await using host = await openEapHost({ runtime: 'system' });
      assert.equal(process.platform, 'win32');
      assert.equal(host.runtime, 'system');
    } catch (error) {
      assert.ok(error instanceof EapError, String(error));
      if (process.platform === 'win32') {
        assert.ok(error.winError !== undefined, error.message);
      } else {
        assert.equal(error.code, 'EAPHOST_UNSUPPORTED_PLATFORM');
        assert.match(error.message, /openEapHost\(\{ runtime: 'embedded' \}\)/u);
      }
    }
  });

  it('says how to get the binary where it is missing', async () => {
    const copy = join(folder, 'unbuilt');
    cpSync(lib, join(copy, 'dist', 'lib'), { recursive: true });
    writeFileSync(join(copy, 'package.json'), '{ "name": "eaphost", "type": "module" }');
    writeFileSync(join(copy, 'binding.gyp'), '');
    for (const name of ['saxes', 'xmlchars']) copyDependency(name, copy);
    const index = pathToFileURL(join(copy, 'dist', 'lib', 'index.js')).href;
    const args = [index, 'EAPHOST_NATIVE_NOT_FOUND', 'npm run build'];
    assert.equal((await run('unbuilt.js', args, { env: { EAPHOST_BINARY: '' } })).code, 0);
  });

  it('says which library is missing beside the binary', async () => {
    const lonely = join(folder, 'lonely');
    mkdirSync(lonely);
    for (const name of readdirSync(binaryFolder())) {
      if (name.endsWith('.node')) copyFileSync(join(binaryFolder(), name), join(lonely, name));
    }
    const index = pathToFileURL(join(lib, 'index.js')).href;
    const args = [index, 'ERROR_MOD_NOT_FOUND', 'eapembedded', lonely];
    assert.equal((await run('unbuilt.js', args)).code, 0);
  });
});
