// A client of the WLAN service, over a service in memory: what it does when all goes well.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';

import { begun } from '../../lib/base/child-process.js';
import { EapError } from '../../lib/index.js';
import { tellConnecting } from '../../lib/networks/connecting.js';
import { networkReason, openWlan, type Wlan, type WlanEvent } from '../../lib/networks/index.js';
import { profiles, type WlanProfileOptions } from '../../lib/profiles/index.js';
import { loadNative } from '../../lib/native/binary.js';
import { hasCode } from '../supplicant/support.js';
import { campus, credentials, FakeWlan, first, open, second, wlanLibrary } from './support.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const isWindows = process.platform === 'win32';
const index = pathToFileURL(join(import.meta.dirname, '..', '..', 'lib', 'networks', 'index.js')).href;

/** Events until one for which `isLast`. */
async function until(
  events: AsyncIterable<WlanEvent>,
  isLast: (event: WlanEvent) => boolean,
): Promise<WlanEvent[]> {
  const seen: WlanEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (isLast(event)) break;
  }
  return seen;
}

describe('A client of the WLAN service', () => {
  let fake: FakeWlan;
  let wlan: Wlan;

  beforeEach(async () => {
    fake = await FakeWlan.open();
    await fake.reset();
    wlan = await openWlan({ library: wlanLibrary });
  });
  afterEach(async () => {
    await wlan.close();
    const { outstanding, badFrees, clients, registered } = await fake.state();
    assert.deepEqual(
      { outstanding, badFrees, clients, registered },
      { outstanding: 0, badFrees: 0, clients: 1, registered: 1 },
    );
    await fake.close();
  });

  it('lists adapters, and the networks that they see', async () => {
    assert.deepEqual(await wlan.interfaces(), [
      { guid: first, description: 'Fake Wi-Fi Adapter', state: 'disconnected' },
    ]);
    await wlan.setProfile(campus);
    const [campusNetwork, other] = await wlan.networks();
    assert.deepEqual(campusNetwork, {
      ssid: 'campus',
      ssidOctets: Buffer.from('campus'),
      profile: 'campus',
      isConnected: false,
      isConnectable: true,
      reasonCode: 0,
      reason: 'it worked',
      signalQuality: 87,
      isSecured: true,
      authentication: 'WPA2',
      authenticationCode: 6,
      cipherCode: 4,
      accessPoints: 3,
      isInfrastructure: true,
    });
    assert.equal(other?.ssid, '\u{ff}x');
    assert.equal(other.authentication, 'unknown');
    assert.equal(other.authenticationCode, 77);
    assert.deepEqual([other.isConnectable, other.reasonCode, other.profile], [false, 0x30001, undefined]);
  });

  it('stores profiles for this user and for all, reads them back, orders and deletes them', async () => {
    await wlan.setProfile(campus);
    await wlan.setProfile(open, { forAllUsers: true });
    const entries = [
      { name: 'open', forAllUsers: true, groupPolicy: false },
      { name: 'campus', forAllUsers: false, groupPolicy: false },
    ];
    assert.deepEqual(await wlan.profiles(), entries);
    assert.deepEqual(await wlan.profiles(first), entries);
    assert.deepEqual(await wlan.getProfile('campus'), { ...entries[1], xml: campus, access: undefined });
    assert.deepEqual(await wlan.getProfile('open'), { ...entries[0], xml: open, access: 'write' });
    await wlan.setOrder('campus', 0);
    assert.deepEqual(
      (await wlan.profiles()).map(({ name }) => name),
      ['campus', 'open'],
    );
    await wlan.deleteProfile('open');
    assert.deepEqual(await wlan.profiles(), [entries[1]]);
    await assert.rejects(wlan.getProfile('open'), (error) => hasCode(error, 'ERROR_NOT_FOUND'));
  });

  it('replaces a profile where it is told to', async () => {
    await wlan.setProfile(campus);
    await assert.rejects(wlan.setProfile(campus), (error) => hasCode(error, 'ERROR_ALREADY_EXISTS'));
    await wlan.setProfile(`${campus} `, { overwrite: true });
    assert.equal((await wlan.getProfile('campus')).xml, `${campus} `);
    // Not one of this user by one of all.
    await assert.rejects(wlan.setProfile(campus, { overwrite: true, forAllUsers: true }), (error) =>
      hasCode(error, 'ERROR_ALREADY_EXISTS'),
    );
  });

  it('takes options in place of a document', async () => {
    const options: WlanProfileOptions = {
      name: 'options',
      ssids: ['campus'],
      security: { authentication: 'WPA2' },
      oneX: { eap: { peap: { inner: { mschapv2: {} } } } },
    };
    const built = profiles.wlan(options);
    await wlan.setProfile(options);
    assert.equal((await wlan.getProfile('options')).xml, built);
  });

  it('says why a profile or credentials were refused, and not what was in them', async () => {
    await assert.rejects(wlan.setProfile('<no/>'), (error) => {
      assert.ok(error instanceof EapError);
      assert.deepEqual(
        [error.code, error.reasonCode, error.call],
        ['ERROR_BAD_PROFILE', 0x80001, 'WlanSetProfile'],
      );
      assert.match(error.message, /WLAN_REASON_CODE_INVALID_PROFILE_SCHEMA/u);
      return true;
    });
    await wlan.setProfile(campus);
    await assert.rejects(wlan.setCredentials('campus', '<no>secret-4711</no>'), (error) => {
      assert.ok(error instanceof EapError);
      assert.deepEqual([error.code, error.winError], ['E_XML_INVALID', 57893]);
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /4711/u);
      return true;
    });
    await wlan.setProfile(open);
    await assert.rejects(wlan.setCredentials('open', credentials('x')), (error) =>
      hasCode(error, 'ERROR_NOT_SUPPORTED'),
    );
  });

  it('sets credentials, as text or octets, for this user or for all', async () => {
    await wlan.setProfile(campus);
    await wlan.setCredentials('campus', credentials('grün'));
    const stored = async () => (await fake.state()).profiles[0];
    assert.equal((await stored())?.credentials, credentials('gr?n'));
    assert.equal((await stored())?.forAllUsers, false);
    const octets = Buffer.from(credentials('other'));
    await wlan.setCredentials('campus', octets, { forAllUsers: true });
    assert.equal((await stored())?.credentials, credentials('other'));
    assert.equal((await stored())?.forAllUsers, true);
    assert.equal(octets.toString(), credentials('other'), 'what the caller has is the caller’s');
  });

  it('connects, and tells what happened on the way', async () => {
    await wlan.setProfile(campus);
    await wlan.setCredentials('campus', credentials('right'));
    const listener = wlan.events[Symbol.asyncIterator]();
    const result = await wlan.connect('campus');
    assert.equal(result.isConnected, true);
    assert.deepEqual([result.reasonCode, result.interface, result.profile], [0, first, 'campus']);
    assert.equal(result.oneX?.status, 'success');
    const seen = await until(
      listener,
      (event) => event.source === 'acm' && event.event === 'connectionComplete',
    );
    assert.deepEqual(
      seen.map((event) => (event.source === 'overflow' ? '' : `${event.source} ${event.event}`)),
      [
        'acm connectionStart',
        'msm associating',
        'msm authenticating',
        'onex resultUpdate',
        'msm connected',
        'acm connectionComplete',
      ],
    );
    const connection = { profile: 'campus', ssid: 'campus', isSecured: true, reasonCode: 0 };
    assert.deepEqual(seen[0], {
      source: 'acm',
      event: 'connectionStart',
      code: 9,
      interface: first,
      connection,
      reasonCode: 0,
      reason: 'it worked',
    });
    assert.deepEqual(seen[1], {
      source: 'msm',
      event: 'associating',
      code: 1,
      interface: first,
      connection: { ...connection, bssid: '02:00:00:00:00:ab' },
      reasonCode: 0,
      reason: 'it worked',
    });
    assert.deepEqual(seen[3], {
      source: 'onex',
      event: 'resultUpdate',
      code: 1,
      interface: first,
      status: 'success',
      reasonCode: 0,
      reason: 'it worked',
      winError: 0,
      isMethodSupported: true,
    });
    assert.equal((await wlan.interfaces())[0]?.state, 'connected');
    await wlan.disconnect();
    assert.equal((await fake.state()).connected, '');
  });

  it('tells why it could not connect, with what the EAP method said', async () => {
    await wlan.setProfile(campus);
    await wlan.setCredentials('campus', credentials('wrong'));
    const result = await wlan.connect('campus');
    assert.deepEqual([result.isConnected, result.reasonCode], [false, 0x50006]);
    assert.equal(result.reason, networkReason(0x50006).words);
    assert.equal(result.oneX?.reason, result.reason);
    assert.deepEqual(result.oneX?.eapError, {
      winError: 0x80420112,
      reasonCode: 691,
      method: 25,
      rootCause: 'The name or the password is wrong.',
    });
    assert.equal(result.oneX?.status, 'failure');
    await assert.rejects(wlan.connect('none'), (error) => hasCode(error, 'ERROR_NOT_FOUND'));
  });

  it('tells scans that fail, and why 802.1X begins again', async () => {
    const listener = wlan.events[Symbol.asyncIterator]();
    await fake.tell('scanFailAndRestart');
    const seen = await until(listener, (event) => event.source === 'onex');
    assert.deepEqual(seen, [
      {
        source: 'acm',
        event: 'scanFail',
        code: 8,
        interface: first,
        reasonCode: 7,
        reason: networkReason(7).words,
      },
      { source: 'onex', event: 'authRestarted', code: 2, interface: first, restartReason: 'userChanged' },
    ]);
  });

  it('gives each listener all events from when it began, and ends them all', async () => {
    const early = wlan.events[Symbol.asyncIterator]();
    await fake.tell('removal');
    assert.equal((await early.next()).done, false);
    const late = wlan.events[Symbol.asyncIterator]();
    const [one, two] = [early.next(), late.next()];
    await fake.tell('removal');
    assert.deepEqual((await one).value, (await two).value);
    const waiting = [early.next(), late.next()];
    await wlan.close();
    for (const result of await Promise.all(waiting)) assert.equal(result.done, true);
    assert.equal((await wlan.events[Symbol.asyncIterator]().next()).done, true);
  });

  it('waits again where there was no memory to wait with, and says that something may be lost', async () => {
    const native = loadNative();
    const wait = native.awaitNotifications.bind(native);
    let failures = 2;
    native.awaitNotifications = (client) =>
      failures-- > 0
        ? Promise.reject(Object.assign(new Error('no memory'), { code: 'ERROR_NOT_ENOUGH_MEMORY' }))
        : wait(client);
    try {
      await using other = await openWlan({ library: wlanLibrary });
      const listener = other.events[Symbol.asyncIterator]();
      const later = other.events[Symbol.asyncIterator]();
      await until(listener, ({ source }) => source === 'overflow');
      await fake.tell('scanFailAndRestart');
      await until(later, ({ source }) => source === 'onex');
      assert.ok(failures < 0);
    } finally {
      native.awaitNotifications = wait;
    }
  });

  it('takes again what there was no memory to take, and says that something may be lost', async () => {
    const native = loadNative();
    const take = native.takeNotifications.bind(native);
    // By client: there are others here.
    const asked = new Map<object, number>();
    native.takeNotifications = (client) => {
      const before = asked.get(client) ?? 0;
      asked.set(client, before + 1);
      if (before < 2) throw new Error('the arguments cannot be read');
      return take(client);
    };
    try {
      await using other = await openWlan({ library: wlanLibrary });
      const [listener, later] = [other.events[Symbol.asyncIterator](), other.events[Symbol.asyncIterator]()];
      await fake.tell('scanFailAndRestart');
      await until(listener, ({ source }) => source === 'overflow');
      await until(later, ({ source }) => source === 'onex');
    } finally {
      native.takeNotifications = take;
    }
  });

  it('is closed also where closing cannot be asked for', async () => {
    const native = loadNative();
    const system = native.system.bind(native);
    const other = await openWlan({ library: wlanLibrary });
    const event = other.events[Symbol.asyncIterator]().next();
    native.system = () => Promise.reject(new TypeError('ticket must be a number'));
    try {
      await assert.rejects(other.close(), /ticket must be a number/u);
    } finally {
      native.system = system;
    }
    assert.equal((await event).done, true);
    while ((await fake.state()).clients !== 2);
  });

  it('names the adapter that it means', async () => {
    await fake.adapters(2);
    const list = /Fake Wi-Fi Adapter \(1{8}-.*Fake Wi-Fi Adapter #2 \(a{8}-/u;
    await assert.rejects(wlan.profiles(), (error) => {
      assert.ok(hasCode(error, 'EAPHOST_INTERFACE_NOT_FOUND'));
      assert.match(String(error), list);
      return true;
    });
    assert.deepEqual(await wlan.profiles({ interface: `{${second.toUpperCase()}}` }), []);
    assert.deepEqual(await wlan.profiles({ interface: 'Fake Wi-Fi Adapter #2' }), []);
    await assert.rejects(wlan.profiles('No Adapter'), (error) => {
      assert.ok(hasCode(error, 'EAPHOST_INTERFACE_NOT_FOUND'));
      assert.match(String(error), list);
      return true;
    });
    await fake.adapters(0);
    await assert.rejects(wlan.networks(), /this machine has no wireless adapter/u);
  });

  it('ends a connection that waits when its adapter goes', async () => {
    await wlan.setProfile(campus);
    await fake.set('WlanConnect', 'forever');
    const refused = assert.rejects(wlan.connect('campus'), (error) =>
      hasCode(error, 'EAPHOST_INTERFACE_NOT_FOUND'),
    );
    await fake.held();
    await fake.tell('removal');
    await fake.told();
    await fake.release();
    await refused;
  });

  it('does not wait for what was lost', () => {
    let outcome: unknown;
    const settle = (settled: unknown): void => void (outcome = settled);
    const connecting = { interface: first, profile: 'campus', oneX: undefined, settle };
    const change = { source: 'acm', event: 'profileChange', code: 15, interface: first } as const;
    tellConnecting(connecting, change);
    assert.equal(outcome, undefined);
    tellConnecting(connecting, { source: 'overflow', dropped: 1 });
    assert.ok(hasCode(outcome, 'ERROR_MORE_DATA'));
  });

  it('is over once it is closed, also for who waits', async () => {
    await wlan.setProfile(campus);
    await fake.set('WlanConnect', 'forever');
    const connecting = wlan.connect('campus', { interface: first });
    const refused = assert.rejects(connecting, (error) => hasCode(error, 'EAPHOST_CLOSED'));
    await fake.held();
    const closed = wlan.close();
    await fake.release();
    await Promise.all([refused, closed, wlan.close()]);
    for (const call of [wlan.interfaces(), wlan.profiles(first), wlan.connect('x', { interface: first })])
      await assert.rejects(call, (error) => hasCode(error, 'EAPHOST_CLOSED'));
  });

  it('stops waiting when it is told to', async () => {
    const reason = new Error('enough');
    await assert.rejects(wlan.interfaces({ signal: AbortSignal.abort(reason) }), reason);
    await assert.rejects(openWlan({ library: wlanLibrary, signal: AbortSignal.abort(reason) }), reason);
    await wlan.setProfile(campus);
    for (const name of ['WlanConnect', 'WlanEnumInterfaces']) {
      const controller = new AbortController();
      await fake.set(name, 'forever');
      const { signal } = controller;
      const call =
        name === 'WlanConnect'
          ? wlan.connect('campus', { signal, interface: first })
          : wlan.profiles({ signal });
      const refused = assert.rejects(call, reason);
      await fake.held();
      controller.abort(reason);
      await refused;
      await fake.release();
    }
    // One whose opening was given up is closed all the same.
    const controller = new AbortController();
    await fake.set('WlanRegisterNotification', 'forever');
    const refused = assert.rejects(openWlan({ library: wlanLibrary, signal: controller.signal }), reason);
    await fake.held();
    controller.abort(reason);
    await refused;
    await fake.release();
    await fake.settled(2);
  });

  it('is closed with the worker that it was opened in', async () => {
    const worker = new Worker(
      `import { parentPort } from 'node:worker_threads';
       import { openWlan } from ${JSON.stringify(index)};
       const wlan = await openWlan({ library: ${JSON.stringify(wlanLibrary)} });
       setInterval(() => wlan, 1000);
       parentPort.postMessage('open');`,
      { eval: true },
    );
    await once(worker, 'message');
    assert.equal((await fake.state()).clients, 3);
    await worker.terminate();
    await fake.settled(2);
  });

  it('is closed when everybody has forgotten it, and not while somebody listens', async () => {
    let listener: AsyncIterator<WlanEvent> | undefined;
    const forget = async (): Promise<void> => {
      const unheard = await openWlan({ library: wlanLibrary });
      const heard = await openWlan({ library: wlanLibrary });
      listener = heard.events[Symbol.asyncIterator]();
      assert.equal((await fake.state()).clients, 4);
      assert.notEqual(unheard, heard, 'both are there until they were counted');
    };
    await forget();
    while ((await fake.state()).clients !== 3) collectGarbage();
    for (let round = 0; round < 5; round += 1) {
      collectGarbage();
      await fake.state();
    }
    const next = listener!.next();
    listener = undefined;
    collectGarbage();
    await fake.tell('removal');
    assert.equal((await next).value?.event, 'interfaceRemoval');
    while ((await fake.state()).clients !== 2) collectGarbage();
  });

  it('refuses what is no argument before it calls anybody', async () => {
    for (const [call, message] of [
      [() => openWlan({ library: 'relative.dll' }), /library must be an absolute path/u],
      [() => wlan.getProfile(''), /profile must not be empty/u],
      [() => wlan.getProfile('x'.repeat(256)), /at most 255/u],
      [() => wlan.setProfile('a\0b'), /NUL/u],
      [() => wlan.setOrder('x', -1), /position/u],
      [() => wlan.setCredentials('x', ''), /credentials must not be empty/u],
      [() => wlan.profiles({ interface: 7 as never }), /interface must be a string/u],
    ] as const) {
      await assert.rejects(call, message);
    }
  });

  it('says what to install where there is no service', async () => {
    await assert.rejects(openWlan({ library: `${wlanLibrary}.none` }), (error) => {
      assert.ok(hasCode(error, 'EAPHOST_NETWORK_SERVICE_NOT_FOUND'));
      assert.match(String(error), /Install-WindowsFeature Wireless-Networking/u);
      return true;
    });
    // Not every library is this one.
    await assert.rejects(
      openWlan({ library: wlanLibrary.replace('fakewlanapi', 'fakerasapi32') }),
      (error) => {
        assert.ok(hasCode(error, 'EAPHOST_NETWORK_SERVICE_NOT_FOUND'));
        assert.match(String(error), /the library has no WlanOpenHandle/u);
        return true;
      },
    );
    for (const code of [120, 1058, 1060, 1062, 1722]) {
      await fake.set('WlanOpenHandle', 'code', code);
      await assert.rejects(openWlan({ library: wlanLibrary }), (error) =>
        hasCode(error, 'EAPHOST_NETWORK_SERVICE_NOT_FOUND'),
      );
    }
    await fake.set('WlanOpenHandle', 'works');
    if (isWindows) return;
    await assert.rejects(openWlan(), (error) => hasCode(error, 'EAPHOST_UNSUPPORTED_PLATFORM'));
  });

  it('lets the process end while nobody waits, and not before while somebody does', async () => {
    const script = (body: string): string =>
      `import { openWlan } from ${JSON.stringify(index)};
       const wlan = await openWlan({ library: ${JSON.stringify(wlanLibrary)} });
       ${body}`;
    const run = async (body: string): Promise<number | null> => {
      const args = ['--input-type=module', '-e', script(body)];
      const child = begun(() => spawn(process.execPath, args, { stdio: 'ignore' }));
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    };
    assert.equal(await run('process.exitCode = 7;'), 7);
    // The event comes after the program has nothing else to do.
    assert.equal(
      await run(`
        const listener = wlan.events[Symbol.asyncIterator]();
        setTimeout(() => void wlan.setOrder('fake:tell', 7, { interface: '${first}' }), 300).unref();
        await listener.next();
        process.exitCode = 8;`),
      8,
    );
  });
});
