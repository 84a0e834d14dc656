// The WLAN service and Remote Access over libraries in their places, once, while some call of Node-API fails: whatever
// becomes of it, each call of ours ends as an error or not at all, and who listens hears of the end.

import { EapError } from '../../lib/index.js';
import { openWlan, vpn } from '../../lib/networks/index.js';
import { windowsLan } from '../../lib/networks/lan-machine.js';
import { campus, credentials, first, rasLibrary, wlanLibrary } from '../networks/support.js';
import * as scenario from './attempt.js';

/** What the border to native code says of an argument that it cannot read; the facade has checked what callers give. */
const unread = / must be |cannot be read$/u;
const attempt = <Value>(work: () => Value | Promise<Value>): Promise<Value | undefined> =>
  scenario.attempt(work, (error) => error instanceof EapError || unread.test(error.message));

const at = { interface: first };

async function wireless(): Promise<void> {
  const wlan = await attempt(() => openWlan({ library: wlanLibrary }));
  if (wlan === undefined) return;
  const events = wlan.events[Symbol.asyncIterator]();
  await attempt(() => wlan.interfaces());
  await attempt(() => wlan.setProfile(campus, { ...at, overwrite: true }));
  await attempt(() => wlan.setCredentials('campus', credentials('right'), at));
  await attempt(() => wlan.profiles(at));
  await attempt(() => wlan.getProfile('campus', at));
  await attempt(() => wlan.setOrder('campus', 0, at));
  await attempt(() => wlan.networks(at));
  await attempt(() => wlan.connect('campus', at));
  await attempt(() => wlan.disconnect(at));
  // What the service refuses, with a reason and without.
  await attempt(() => wlan.setProfile('<no/>', at));
  await attempt(() => wlan.connect('none', at));
  await attempt(() => wlan.deleteProfile('campus', at));
  await attempt(() => wlan.close());
  for (let event = await events.next(); event.done !== true;) event = await events.next();
  // One that is still open.
  await attempt(() => openWlan({ library: wlanLibrary }));
}

async function remote(): Promise<void> {
  const entry = { library: rasLibrary };
  const octets = Buffer.from('octets');
  await attempt(() => vpn.setEap('Campus', { ...entry, config: octets, credentials: octets }));
  await attempt(() => vpn.getEap('Campus', entry));
  await attempt(() => vpn.getEap('None', entry));
}

await wireless();
await remote();
await attempt(() => windowsLan.interfaces());
