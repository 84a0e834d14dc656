// EAP of phone-book entries, over a phone book in memory.

import assert from 'node:assert/strict';

import { vpn } from '../../lib/networks/index.js';
import { hasCode } from '../supplicant/support.js';
import { rasLibrary } from './support.js';

const library = rasLibrary;

describe('EAP of VPN entries', () => {
  it('sets the configuration for all and the credentials of a user, and reads the former back', async () => {
    const [config, credentials] = [Buffer.from([1, 0, 2, 0]), Buffer.from('alice')];
    await vpn.setEap('Campus', { library, config, credentials });
    assert.deepEqual([...(await vpn.getEap('Campus', { library }))], [1, 0, 2, 0]);
    // What the caller has is the caller's.
    assert.deepEqual([config.toString('hex'), credentials.toString()], ['01000200', 'alice']);
    await vpn.setEap('Campus', { library, credentials: Buffer.from('bob'), userToken: 77n });
    assert.equal((await vpn.getEap('fake:users', { library })).toString(), '0=alice;77=bob;');
    // Longer, and shorter.
    for (const length of [100_000, 3]) {
      await vpn.setEap('Campus', { library, config: Buffer.alloc(length, 7) });
      assert.deepEqual(await vpn.getEap('Campus', { library }), Buffer.alloc(length, 7));
    }
  });

  it('says which entry or phone book is not there', async () => {
    const config = Buffer.from('x');
    await assert.rejects(vpn.setEap('None', { library, config }), (error) =>
      hasCode(error, 'ERROR_CANNOT_FIND_PHONEBOOK_ENTRY'),
    );
    await assert.rejects(vpn.getEap('Campus', { library, phonebook: 'C:\\none.pbk' }), (error) =>
      hasCode(error, 'ERROR_CANNOT_OPEN_PHONEBOOK'),
    );
    await vpn.setEap('Campus', { library, config, phonebook: 'C:\\other.pbk' });
  });

  it('refuses what is no argument, and an abort', async () => {
    const config = Buffer.from('x');
    for (const [options, message] of [
      [{ library }, /give config or credentials/u],
      [{ library, config: 'text' }, /config must be a Uint8Array/u],
      [{ library, config: Buffer.alloc(0) }, /config must not be empty/u],
      [{ library, credentials: config, userToken: 1 }, /userToken/u],
      [{ library: 'ras.dll', config }, /absolute/u],
    ] as const) {
      await assert.rejects(vpn.setEap('Campus', options as never), message);
    }
    await assert.rejects(vpn.getEap('', { library }), /entry must not be empty/u);
    const reason = new Error('enough');
    await assert.rejects(vpn.getEap('Campus', { library, signal: AbortSignal.abort(reason) }), reason);
  });

  it('is of Windows alone', async function () {
    if (process.platform === 'win32') return;
    await assert.rejects(vpn.getEap('Campus'), (error) => hasCode(error, 'EAPHOST_UNSUPPORTED_PLATFORM'));
  });
});
