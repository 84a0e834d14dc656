// Every function of wlanapi.dll and rasapi32.dll that is called, failing in every way: each call settles as it should, the
// client stays usable, every block was freed once and every handle closed.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openWlan, vpn, type Wlan } from '../../lib/networks/index.js';
import { binaryFolder } from '../../lib/native/binary.js';
import { hasCode } from '../supplicant/support.js';
import {
  campus,
  credentials,
  FakeWlan,
  faults,
  first,
  rasLibrary,
  wlanLibrary,
  type FaultName,
} from './support.js';

interface AbiFile {
  readonly functions: readonly { readonly name: string; readonly dll: string }[];
}
const abi = JSON.parse(readFileSync('native/abi/networks-abi.json', 'utf8')) as AbiFile;
const functionsOf = (dll: string): string[] =>
  abi.functions.filter((each) => each.dll === dll).map(({ name }) => name);

const at = { interface: first };
const wide = 'x'.repeat(256);

/** What becomes of a call where its function fails in this way: the code that it rejects with, or what it gives. */
type Outcome = { readonly rejects: string } | { readonly gives: unknown };
const rejects = (code: string): Outcome => ({ rejects: code });
const gives = (value: unknown): Outcome => ({ gives: value });
const failed = rejects('ERROR_GEN_FAILURE');
const invalid = rejects('ERROR_INVALID_DATA');

interface Row {
  readonly call: (wlan: Wlan, signal?: AbortSignal) => Promise<unknown>;
  readonly outcomes: Readonly<Partial<Record<FaultName, Outcome>>>;
}

const reopen = async (_wlan: Wlan, signal?: AbortSignal): Promise<undefined> => {
  const other = await openWlan({ library: wlanLibrary, signal });
  await other.close();
  return undefined;
};
/** A function whose only output is its code. */
const plain = (call: Row['call']): Row => ({
  call,
  outcomes: {
    code: failed,
    poison: failed,
    null: gives(undefined),
    unwritten: gives(undefined),
    absurd: gives(undefined),
    unterminated: gives(undefined),
  },
});
/** One that gives a block. */
const block = (call: Row['call'], absurd: Outcome, unterminated: Outcome): Row => ({
  call,
  outcomes: { code: failed, poison: failed, null: invalid, unwritten: invalid, absurd, unterminated },
});

const rows: Readonly<Record<string, Row>> = {
  WlanOpenHandle: block(reopen, gives(undefined), gives(undefined)),
  WlanCloseHandle: plain(reopen),
  WlanRegisterNotification: plain(reopen),
  WlanEnumInterfaces: block(
    async (wlan, signal) => (await wlan.interfaces({ signal })).map(({ description }) => description),
    invalid,
    gives([wide]),
  ),
  WlanGetProfileList: block(
    async (wlan, signal) => (await wlan.profiles({ ...at, signal })).map(({ name }) => name),
    invalid,
    gives([wide]),
  ),
  // There is no telling how long a text is that has no end.
  WlanGetProfile: block(
    async (wlan, signal) => (await wlan.getProfile('campus', { ...at, signal })).xml,
    gives(campus),
    gives(campus),
  ),
  WlanSetProfile: plain((wlan, signal) => wlan.setProfile(campus, { ...at, signal, overwrite: true })),
  WlanDeleteProfile: plain((wlan, signal) => wlan.deleteProfile('campus', { ...at, signal })),
  WlanSetProfilePosition: plain((wlan, signal) => wlan.setOrder('campus', 0, { ...at, signal })),
  WlanSetProfileEapXmlUserData: plain((wlan, signal) =>
    wlan.setCredentials('campus', credentials('x'), { ...at, signal }),
  ),
  WlanConnect: {
    call: async (wlan, signal) => (await wlan.connect('campus', { ...at, signal })).isConnected,
    outcomes: {
      code: failed,
      poison: failed,
      null: gives(true),
      unwritten: gives(true),
      absurd: gives(true),
      unterminated: gives(true),
    },
  },
  WlanDisconnect: plain((wlan, signal) => wlan.disconnect({ ...at, signal })),
  WlanGetAvailableNetworkList: block(
    async (wlan, signal) =>
      (await wlan.networks({ ...at, signal })).map(({ profile, ssidOctets }) => [profile, ssidOctets.length]),
    invalid,
    gives([
      [wide, 6],
      [undefined, 32],
    ]),
  ),
};

async function settles(call: () => Promise<unknown>, outcome: Outcome): Promise<void> {
  if ('gives' in outcome) assert.deepEqual(await call(), outcome.gives);
  else await assert.rejects(call, (error) => hasCode(error, outcome.rejects));
}

/** A copy of a library in which an export has another name. */
function withoutExport(from: string, name: string): string {
  const image = readFileSync(from);
  const old = Buffer.from(`\0${name}\0`);
  assert.ok(image.includes(old), name);
  for (let place = image.indexOf(old); place !== -1; place = image.indexOf(old, place + 1)) {
    // The last letter, so that the names stay in order.
    image.write('_', place + old.length - 2);
  }
  const folder = join(binaryFolder(), 'without');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}${from.slice(from.lastIndexOf('.'))}`);
  writeFileSync(file, image);
  return file;
}

describe('A faulty WLAN service', () => {
  let fake: FakeWlan;
  let wlan: Wlan;

  beforeEach(async () => {
    fake = await FakeWlan.open();
    await fake.reset();
    wlan = await openWlan({ library: wlanLibrary });
    await wlan.setProfile(campus, at);
    await wlan.setCredentials('campus', credentials('right'), at);
  });
  afterEach(async () => {
    // The client still works.
    assert.equal((await wlan.interfaces()).length, 1);
    await wlan.close();
    await fake.told();
    const { outstanding, badFrees, clients, registered } = await fake.state();
    assert.deepEqual(
      { outstanding, badFrees, clients, registered },
      { outstanding: 0, badFrees: 0, clients: 1, registered: 1 },
    );
    await fake.close();
  });

  for (const [name, { call, outcomes }] of Object.entries(rows)) {
    for (const [fault, outcome] of Object.entries(outcomes) as [FaultName, Outcome][]) {
      it(`${name}: ${fault}`, async () => {
        await fake.set(name, fault);
        await settles(() => call(wlan), outcome);
        await fake.set(name, 'works');
        if ('rejects' in outcome) await settles(() => call(wlan), outcomesThatWork(name, outcomes));
      });
    }

    it(`${name}: forever, and given up`, async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      await fake.set(name, 'forever');
      // Closing has no signal: it waits.
      const isClosing = name === 'WlanCloseHandle';
      const settled = isClosing ? call(wlan) : assert.rejects(call(wlan, controller.signal), reason);
      await fake.held();
      controller.abort(reason);
      if (!isClosing) await settled;
      await fake.release();
      await settled;
      await fake.settled(2);
    });

    it(`${name}: missing`, async () => {
      await assert.rejects(openWlan({ library: withoutExport(wlanLibrary, name) }), (error) => {
        assert.ok(hasCode(error, 'EAPHOST_NETWORK_SERVICE_NOT_FOUND'));
        assert.match(String(error), new RegExp(`the library has no ${name}\\b`, 'u'));
        return true;
      });
    });
  }

  it('WlanRegisterNotification: fails where it is undone, and the handle is closed all the same', async () => {
    const other = await openWlan({ library: wlanLibrary });
    await fake.set('WlanRegisterNotification', 'code');
    await assert.rejects(other.close(), (error) => {
      assert.ok(hasCode(error, 'ERROR_GEN_FAILURE'));
      assert.match(String(error), /WlanRegisterNotification failed/u);
      return true;
    });
    await fake.set('WlanRegisterNotification', 'works');
    assert.equal((await fake.state()).clients, 2);
  });

  it('has no gap: every function that is called, and every way', () => {
    assert.deepEqual(
      [...Object.keys(rows), 'WlanFreeMemory'].toSorted(),
      functionsOf('wlanapi.dll').toSorted(),
    );
    const ways = Object.keys(faults).filter((fault) => fault !== 'works' && fault !== 'forever');
    for (const { outcomes } of Object.values(rows)) {
      assert.deepEqual(Object.keys(outcomes).toSorted(), ways.toSorted());
    }
  });

  for (const trouble of ['hugeNothing', 'hugeSize', 'cutShort', 'textsElsewhere', 'unknownCodes'] as const) {
    it(`tells what cannot be right: ${trouble}`, async () => {
      const listener = wlan.events[Symbol.asyncIterator]();
      await fake.tell(trouble);
      await fake.tell('removal');
      for (;;) {
        const { value } = await listener.next();
        assert.ok(value !== undefined && value.source !== 'overflow');
        if (value.event === 'interfaceRemoval') break;
        assert.ok(!('connection' in value), 'nothing was read that was not there');
        if (trouble === 'unknownCodes') assert.deepEqual([value.event, value.code], ['unknown', 4000]);
        if (trouble !== 'textsElsewhere' || value.source !== 'onex') continue;
        assert.equal(value.status, 'notStarted');
        const { rootCause = '', repair = '' } = value.eapError ?? {};
        // Seven octets of the structure itself are three units.
        assert.ok(rootCause.length <= 3 && repair.length <= 3);
      }
      await listener.return?.();
    });
  }

  it('tells names and an SSID without an end as far as they go', async () => {
    const listener = wlan.events[Symbol.asyncIterator]();
    await fake.tell('unterminated');
    const { value } = await listener.next();
    assert.ok(value?.source === 'msm' && value.connection !== undefined);
    assert.deepEqual([value.connection.profile, value.connection.ssid.length], ['n'.repeat(256), 32]);
    await listener.return?.();
  });

  it('counts what nobody took', async () => {
    const listener = wlan.events[Symbol.asyncIterator]();
    await fake.tell('flood');
    await fake.told();
    let [told, lost] = [0, 0];
    while (told + lost < 5000) {
      const { value } = await listener.next();
      if (value?.source === 'overflow') lost += value.dropped;
      else told += 1;
    }
    assert.ok(lost > 0, 'there were more than are kept');
    assert.equal(told + lost, 5000);
    await listener.return?.();
  });
});

/** What the call gives where nothing is wrong. */
function outcomesThatWork(name: string, outcomes: Row['outcomes']): Outcome {
  const normal: Readonly<Record<string, unknown>> = {
    WlanEnumInterfaces: ['Fake Wi-Fi Adapter'],
    WlanGetProfileList: ['campus'],
    WlanGetProfile: campus,
    WlanConnect: true,
    WlanGetAvailableNetworkList: [
      ['campus', 6],
      [undefined, 2],
    ],
  };
  assert.ok('code' in outcomes);
  return gives(normal[name]);
}

const config = Buffer.from('configuration');
const entry = { library: rasLibrary };

/** Makes a function of the fake rasapi32 fail. */
async function setRas(name: string, fault: FaultName, code: number): Promise<void> {
  const order = Buffer.alloc(5);
  order.writeUInt8(faults[fault], 0);
  order.writeUInt32LE(code, 1);
  await vpn.setEap(`fake:set:${name}`, { ...entry, config: order });
}

const rasRows: Readonly<Record<string, Row>> = {
  RasGetCustomAuthDataW: {
    call: async () => (await vpn.getEap('Campus', entry)).toString(),
    outcomes: {
      code: rejects('ERROR_CANNOT_FIND_PHONEBOOK_ENTRY'),
      poison: rejects('ERROR_CANNOT_FIND_PHONEBOOK_ENTRY'),
      null: gives(''),
      unwritten: gives(''),
      absurd: invalid,
      // It never is large enough.
      unterminated: rejects('ERROR_603'),
    },
  },
  RasSetCustomAuthDataW: plainRas(() => vpn.setEap('Campus', { ...entry, config })),
  RasSetEapUserDataW: plainRas(() => vpn.setEap('Campus', { ...entry, credentials: config })),
};

function plainRas(call: Row['call']): Row {
  const refused = rejects('ERROR_CANNOT_FIND_PHONEBOOK_ENTRY');
  const { outcomes } = plain(call);
  return { call, outcomes: { ...outcomes, code: refused, poison: refused } };
}

describe('A faulty Remote Access', () => {
  for (const [name, { call, outcomes }] of Object.entries(rasRows)) {
    for (const [fault, outcome] of Object.entries(outcomes) as [FaultName, Outcome][]) {
      it(`${name}: ${fault}`, async () => {
        await vpn.setEap('Campus', { ...entry, config });
        await setRas(name, fault, 623);
        const wlan = undefined as never;
        await settles(() => call(wlan), outcome);
        await setRas(name, 'works', 0);
        assert.equal((await vpn.getEap('Campus', entry)).toString(), 'configuration');
      });
    }

    it(`${name}: missing`, async () => {
      const library = withoutExport(rasLibrary, name);
      for (const one of [
        () => vpn.getEap('Campus', { library }),
        () => vpn.setEap('Campus', { library, config }),
      ]) {
        await assert.rejects(one, (error) => {
          assert.ok(hasCode(error, 'EAPHOST_NETWORK_SERVICE_NOT_FOUND'));
          assert.match(String(error), new RegExp(`the library has no ${name}\\b`, 'u'));
          return true;
        });
      }
    });
  }

  it('has no gap: every function that is called, and every way', () => {
    assert.deepEqual(Object.keys(rasRows).toSorted(), functionsOf('rasapi32.dll').toSorted());
    const ways = Object.keys(faults).filter((fault) => fault !== 'works' && fault !== 'forever');
    for (const { outcomes } of Object.values(rasRows)) {
      assert.deepEqual(Object.keys(outcomes).toSorted(), ways.toSorted());
    }
  });
});
