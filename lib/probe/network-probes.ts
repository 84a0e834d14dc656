// The questions about networks, for a machine that may have neither adapter nor service, as a runner of a CI: the WLAN
// service, netsh and dot3svc behind it, Remote Access. What is asked changes nothing: of adapters, profiles and
// connections that there are not. The suite `system` (test/system) asks them, too.

import { openWlan, vpn, wired, type Wlan } from '../networks/index.js';
import { callWindows } from '../native/registry.js';
import type { Bench } from './bench.js';
import { outcomeOf } from './outcome.js';
import { at, type Probe } from './probe.js';

const nothing = 'eaphost-probe-no-such-name';
/** No adapter has this number, so nothing can be set. */
const nowhere = '7a1d9f20-3b52-4c6e-910e-55217dc4083f';

const notFound = 'EAPHOST_NETWORK_SERVICE_NOT_FOUND';
const running = 4;
const isRunning = (found: unknown): boolean => at(found, 'service', 'state') === running;

/** State and way of starting, by their numbers; null where there is no such service. */
const serviceOf = async (name: string) => (await callWindows('queryService', { name })) ?? null;

/** Answers, in one go after the other: a service is asked one thing at a time. */
async function inTurn<Key, Value>(keys: readonly Key[], ask: (key: Key) => Promise<Value>): Promise<Value[]> {
  const answers: Value[] = [];
  for (const key of keys) answers.push(await ask(key));
  return answers;
}

const done = async (call: Promise<unknown>): Promise<string> => {
  await call;
  return 'done';
};

async function askClient(wlan: Wlan): Promise<unknown> {
  const interfaces = await wlan.interfaces();
  const found = await inTurn(interfaces, async ({ guid, state }) => {
    const here = { interface: guid };
    return {
      state,
      getProfile: await outcomeOf(() => done(wlan.getProfile(nothing, here))),
      deleteProfile: await outcomeOf(() => done(wlan.deleteProfile(nothing, here))),
    };
  });
  return {
    interfaces: found,
    profiles: await outcomeOf(async () => (await wlan.profiles()).length),
    setProfile: await outcomeOf(() => done(wlan.setProfile('<WLANProfile/>', { interface: nowhere }))),
  };
}

async function askWlan(): Promise<unknown> {
  const service = await serviceOf('WlanSvc');
  const client = await outcomeOf(async () => {
    const wlan = await openWlan();
    const told = wlan.events[Symbol.asyncIterator]().next();
    const answer = await askClient(wlan).finally(() => wlan.close());
    // Who listens hears of the end, or this never comes.
    await told;
    return answer;
  });
  return { service, client };
}

/** What netsh is asked. None of it changes anything. */
const netshLines = [
  'lan show interfaces',
  'lan show profiles',
  `lan show profiles interface=${nothing}`,
  `lan delete profile interface=${nothing}`,
  'wlan show interfaces',
  'wlan show profiles',
] as const;

const longestText = 300;

async function askNetsh({ run }: Bench): Promise<unknown> {
  const netsh = await inTurn(netshLines, async (line) => {
    const { code, stdout, stderr } = await run('netsh', line.split(' '));
    // What it prints of a machine's networks stays there; why it refuses does not depend on them.
    const text = code === 0 ? '' : `${stdout}${stderr}`.replaceAll(/\s+/gu, ' ').trim().slice(0, longestText);
    return [line, { code, ...(text !== '' && { text }) }] as const;
  });
  return {
    service: await serviceOf('dot3svc'),
    adapters: (await callWindows('listInterfaces', {})).length,
    netsh: Object.fromEntries(netsh),
    profiles: await outcomeOf(async () => (await wired.profiles()).length),
    getProfile: await outcomeOf(async () => (await wired.getProfile(nothing)) ?? null),
    deleteProfile: await outcomeOf(() => done(wired.deleteProfile(nothing))),
  };
}

/** As eaphost/networks says that dot3svc does not take anything. */
const wiredRefusals: ReadonlySet<unknown> = new Set([
  'ERROR_SERVICE_DOES_NOT_EXIST',
  'ERROR_SERVICE_DISABLED',
  'ERROR_SERVICE_NOT_ACTIVE',
]);
const wiredCalls = ['profiles', 'getProfile', 'deleteProfile'] as const;

const octet = Uint8Array.of(1);

async function askRemoteAccess(bench: Bench): Promise<unknown> {
  return {
    service: await serviceOf('RasMan'),
    getEap: await outcomeOf(async () => (await vpn.getEap(nothing)).length),
    setConfig: await outcomeOf(() => done(vpn.setEap(nothing, { config: octet }))),
    setCredentials: await outcomeOf(() => done(vpn.setEap(nothing, { credentials: octet }))),
    inTheProgram: await bench.ask('ras'),
  };
}

const entryRefusals: ReadonlySet<unknown> = new Set([
  'ERROR_CANNOT_FIND_PHONEBOOK_ENTRY',
  'ERROR_CANNOT_OPEN_PHONEBOOK',
  notFound,
]);
const entryCalls = ['getEap', 'setConfig', 'setCredentials'] as const;

const interfacesIn = (found: unknown): readonly unknown[] => {
  const interfaces = at(found, 'client', 'interfaces');
  return Array.isArray(interfaces) ? interfaces : [];
};
const codeOf = (found: unknown, ...path: readonly (string | number)[]): unknown => at(found, ...path, 'code');

export const networkProbes: readonly Probe[] = [
  {
    id: 'wlan',
    question:
      'On a machine without a Wi-Fi adapter: is WlanSvc there, does it run, and what do WlanOpenHandle, WlanEnumInterfaces and WlanSetProfile answer?',
    how: 'openWlan, its interfaces, a profile that does not exist of each, WlanSetProfile for an adapter that does not exist, and its end while somebody listens.',
    claims: [
      {
        says: `openWlan opens where WlanSvc runs, and says ${notFound} where it does not, or is not there.`,
        change:
          'the codes of a service that is not there (lib/networks/failure.ts), and the guide Troubleshooting',
        holds: (found) =>
          isRunning(found)
            ? at(found, 'client', 'interfaces') !== undefined
            : codeOf(found, 'client') === notFound,
      },
      {
        says: 'A service without an adapter has a list without interfaces, and a call that names none says EAPHOST_INTERFACE_NOT_FOUND.',
        change: 'Wlan.interfaces and what it is chosen from (lib/networks/wlan.ts)',
        holds: (found) =>
          interfacesIn(found).length > 0 ||
          at(found, 'client', 'profiles') === undefined ||
          codeOf(found, 'client', 'profiles') === 'EAPHOST_INTERFACE_NOT_FOUND',
      },
      {
        says: 'A profile that an adapter does not have is ERROR_NOT_FOUND, to whoever reads and to whoever deletes it.',
        change: 'Wlan.getProfile and Wlan.deleteProfile (lib/networks/wlan.ts)',
        holds: (found) =>
          interfacesIn(found).every((each) =>
            ['getProfile', 'deleteProfile'].every((call) => codeOf(each, call) === 'ERROR_NOT_FOUND'),
          ),
      },
    ],
    ask: askWlan,
  },
  {
    id: 'netsh',
    question:
      'Is dot3svc there, does it run, and which exit codes have netsh lan and netsh wlan, with a service and without, with an adapter and without?',
    how: 'netsh, asked for what there is and for a connection that there is not; then the same by eaphost/networks.',
    claims: [
      {
        says: 'Where dot3svc does not run, netsh lan ends with another code than 0.',
        change: 'what is gone by in lib/networks/netsh.ts and lib/networks/wired.ts: the exit code',
        holds: (found) =>
          isRunning(found) ||
          netshLines
            .filter((line) => line.startsWith('lan '))
            .every((line) => codeOf(found, 'netsh', line) !== 0),
      },
      {
        says: `Where dot3svc does not run, wired says so: ${[...wiredRefusals].join(', ')}.`,
        change: 'lib/networks/wired-failure.ts, and the errors in the docstring of wired',
        holds: (found) =>
          isRunning(found) || wiredCalls.every((call) => wiredRefusals.has(codeOf(found, call))),
      },
      {
        says: 'Where it runs, a connection that there is not is EAPHOST_INTERFACE_NOT_FOUND, and no profile is no failure.',
        change: 'lib/networks/wired-failure.ts, and hasNoProfile in it',
        holds: (found) =>
          !isRunning(found) ||
          (typeof at(found, 'profiles') === 'number' &&
            codeOf(found, 'deleteProfile') === 'EAPHOST_INTERFACE_NOT_FOUND'),
      },
    ],
    ask: askNetsh,
  },
  {
    id: 'remote-access',
    question:
      'What does rasapi32.dll say of an entry that no phone book has, on a machine where nobody has made one?',
    how: 'RasGetCustomAuthData, RasSetCustomAuthData and RasSetEapUserData by eaphost/networks; RasGetEntryProperties in the program.',
    claims: [
      {
        says: `vpn says of an entry that there is not: ${[...entryRefusals].join(', ')}.`,
        change: 'the errors in the docstring of vpn, and lib/networks/failure.ts',
        holds: (found) => entryCalls.every((call) => entryRefusals.has(codeOf(found, call))),
      },
    ],
    ask: askRemoteAccess,
  },
];
