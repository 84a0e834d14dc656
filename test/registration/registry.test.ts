// The registry of this machine: under Wine and on Windows its values as they are, elsewhere a clear refusal.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { windowsRegistry } from '../../lib/native/registry.js';
import { hasCode } from '../supplicant/support.js';

const registry = windowsRegistry;
const root = `SOFTWARE\\eaphost-test-${randomBytes(4).toString('hex')}`;

if (process.platform === 'win32') {
  describe('registry', () => {
    afterEach(async () => {
      for (const path of [`${root}\\a\\b`, `${root}\\a`, root]) {
        if ((await registry.read(path)) !== undefined) await registry.deleteKey(path);
      }
    });

    it('has no key that nobody made', async () => {
      assert.equal(await registry.read(root), undefined);
    });

    it('makes the keys that are missing and says which', async () => {
      assert.deepEqual(await registry.createKey(root), [root]);
      assert.deepEqual(await registry.createKey(`${root}\\a\\b`), [`${root}\\a`, `${root}\\a\\b`]);
      assert.deepEqual(await registry.createKey(`${root}\\a\\b`), []);
      assert.deepEqual((await registry.read(`${root}\\a`))?.keys, ['b']);
    });

    it('keeps each kind of value, expanded only where asked', async () => {
      await registry.createKey(root);
      const written = {
        '': { kind: 'text', text: 'the default' },
        plain: { kind: 'text', text: '%SystemRoot% naïve \u{1F511}' },
        path: { kind: 'expandable', text: '%SystemRoot%\\x.dll' },
        number: { kind: 'number', number: 0xfedc_ba98 },
        long: { kind: 'text', text: 'x'.repeat(5000) },
        empty: { kind: 'text', text: '' },
        octets: { kind: 'other', type: 3, octets: Buffer.from([1, 2, 3]) },
      } as const;
      for (const [name, data] of Object.entries(written)) await registry.setValue(root, name, data);
      const raw = await registry.read(root);
      assert.deepEqual(Object.fromEntries(raw!.values), written);
      const expanded = await registry.read(root, { expand: true });
      const text = `${process.env['SystemRoot']}\\x.dll`;
      assert.deepEqual(
        Object.fromEntries(expanded!.values),
        Object.assign({}, written, { path: { kind: 'expandable', text } }),
      );
    });

    it('deletes values, and keys without sub-keys', async () => {
      await registry.createKey(`${root}\\a`);
      await registry.setValue(root, 'x', { kind: 'number', number: 1 });
      await registry.deleteValue(root, 'x');
      await assert.rejects(registry.deleteValue(root, 'x'), (error) =>
        hasCode(error, 'ERROR_FILE_NOT_FOUND'),
      );
      await assert.rejects(registry.deleteKey(root), (error) => hasCode(error, 'ERROR_ACCESS_DENIED'));
      await registry.deleteKey(`${root}\\a`);
      await registry.deleteKey(root);
      assert.equal(await registry.read(root), undefined);
    });

    it('knows that this user may write, also where keys are missing', async () => {
      await registry.checkWritable(`${root}\\a\\b`);
      assert.equal(await registry.read(root), undefined);
    });
  });
} else {
  describe('registry off Windows', () => {
    for (const [name, call] of Object.entries({
      read: () => registry.read(root),
      createKey: () => registry.createKey(root),
      setValue: () => registry.setValue(root, 'x', { kind: 'number', number: 1 }),
      deleteValue: () => registry.deleteValue(root, 'x'),
      deleteKey: () => registry.deleteKey(root),
      checkWritable: () => registry.checkWritable(root),
    })) {
      it(`${name} says that there is none`, async () => {
        await assert.rejects(call, (error) => hasCode(error, 'EAPHOST_UNSUPPORTED_PLATFORM'));
      });
    }
  });
}
