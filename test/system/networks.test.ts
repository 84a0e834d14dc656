// The real WLAN service and Remote Access of a Windows machine, which may have neither adapter nor service: what is asked
// changes nothing. Needs Windows; elsewhere it fails.

import assert from 'node:assert/strict';

import { EapError } from '../../lib/index.js';
import { openWlan, vpn, type Wlan } from '../../lib/networks/index.js';

const missing = 'EAPHOST_NETWORK_SERVICE_NOT_FOUND';
const noProfile = 'eaphost-test-no-such-profile';

/** A client, or what it says where the service is not there. */
async function openOrExplain(): Promise<Wlan | undefined> {
  try {
    return await openWlan();
  } catch (error) {
    assert.ok(error instanceof EapError, String(error));
    assert.equal(error.code, missing);
    assert.match(error.message, /sc start WlanSvc/u);
    console.log(error.message);
    return undefined;
  }
}

describe("Windows' WLAN service", () => {
  it('answers, or is explained where it is not there', async () => {
    const wlan = await openOrExplain();
    if (wlan === undefined) return;
    const interfaces = await wlan.interfaces();
    console.log(JSON.stringify(interfaces));
    for (const { guid } of interfaces) {
      assert.ok(Array.isArray(await wlan.profiles(guid)));
      await assert.rejects(wlan.getProfile(noProfile, { interface: guid }), { code: 'ERROR_NOT_FOUND' });
      await assert.rejects(wlan.deleteProfile(noProfile, { interface: guid }), { code: 'ERROR_NOT_FOUND' });
    }
    if (interfaces.length === 0) {
      await assert.rejects(wlan.profiles(), { code: 'EAPHOST_INTERFACE_NOT_FOUND' });
    }
    const listener = wlan.events[Symbol.asyncIterator]();
    const told = listener.next();
    await wlan.close();
    await told;
    await assert.rejects(wlan.interfaces(), { code: 'EAPHOST_CLOSED' });
  });
});

describe("Windows' Remote Access", () => {
  it('has no entry of a name that nobody gives', async () => {
    const codes = new Set(['ERROR_CANNOT_FIND_PHONEBOOK_ENTRY', 'ERROR_CANNOT_OPEN_PHONEBOOK', missing]);
    for (const call of [
      () => vpn.getEap(noProfile),
      () => vpn.setEap(noProfile, { config: Uint8Array.of(1) }),
      () => vpn.setEap(noProfile, { credentials: Uint8Array.of(1) }),
    ]) {
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof EapError, String(error));
        console.log(error.message);
        return codes.has(error.code);
      });
    }
  });
});
