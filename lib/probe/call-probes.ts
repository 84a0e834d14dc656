// The questions that the logging method answers: which calls it gets, in which order, where and as whom.

import { createServer } from 'node:net';

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { openEapHost } from '../supplicant/open.js';
import {
  loggedType,
  otherAuthorType,
  pathNames,
  type Bench,
  type LoggedCall,
  type PlaceOptions,
} from './bench.js';
import { at, unanswered, type Probe } from './probe.js';
import { outcomeOf } from './outcome.js';

const place = 'first';

/** A conversation of the program with the logging method, and what the method saw of it. */
async function observe(
  bench: Bench,
  question: string,
  options?: PlaceOptions,
): Promise<{ answer: unknown; calls: LoggedCall[] }> {
  return bench.withMethod(
    place,
    async () => {
      const answer = await bench.ask(question);
      return { answer, calls: bench.calls(place) };
    },
    options,
  );
}

const namesOf = (calls: readonly LoggedCall[]): string[] => calls.map(({ call }) => call);

/** What `tell` says of the calls, or why there is nothing to say. */
function told(
  { answer, calls }: { answer: unknown; calls: readonly LoggedCall[] },
  tell: (calls: readonly LoggedCall[]) => unknown,
): unknown {
  if (calls.length === 0)
    return { ...unanswered('EAPHost made no call of the method'), conversation: answer };
  return tell(calls);
}

const apartments: Readonly<Record<number, string>> = {
  [-1]: 'none',
  0: 'single-threaded',
  1: 'multithreaded',
  2: 'neutral',
  3: 'main single-threaded',
};

const processesOf = (calls: readonly LoggedCall[]): string[] => [
  ...new Set(calls.map(({ process, pid }) => `${process} ${pid}`)),
];

/** A pipe as any program makes one, for as long as `work` takes. */
async function withPipe<T>(work: (name: string) => Promise<T>): Promise<T> {
  const name = `\\\\.\\pipe\\eaphost-probe-${randomBytes(8).toString('hex')}`;
  const server = createServer((socket) => socket.on('error', () => undefined).end());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(name, resolve));
  try {
    return await work(name);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const wasFinished = (conversation: unknown): boolean => at(conversation, 'result', 'isSuccess') === true;

/** The routines that a table may lack. */
const routines = [
  'EapPeerInitialize',
  'EapPeerGetIdentity',
  'EapPeerBeginSession',
  'EapPeerProcessRequestPacket',
  'EapPeerGetResponsePacket',
  'EapPeerGetResult',
  'EapPeerGetUIContext',
  'EapPeerSetUIContext',
  'EapPeerGetResponseAttributes',
  'EapPeerSetResponseAttributes',
  'EapPeerEndSession',
  'EapPeerShutdown',
] as const;

const neededExports = ['EapPeerGetInfo', 'EapPeerFreeMemory', 'EapPeerFreeErrorMemory'] as const;

export const callProbes: readonly Probe[] = [
  {
    id: 'identity-order',
    question:
      'When does EAPHost ask for the identity: before or after the method’s BeginSession, how often, and at all without user data?',
    how: 'A logging method; one conversation with user data and one without.',
    claims: [
      {
        says: 'Without credentials Windows may have no identity to send, and never ask the method.',
        change:
          'identityNeedsUserData of openEapHost: its default, and the advice for EAP_E_EAPHOST_IDENTITY_UNKNOWN',
        holds: (found) => !JSON.stringify(at(found, 'withoutUserData')).includes('EapPeerGetIdentity'),
      },
      {
        says: 'The identity is asked for before the method’s session begins.',
        change: 'native/embedded/peer_machine.cc, and the order of calls in the guide for method authors',
        holds(found) {
          const calls = at(found, 'withUserData');
          if (!Array.isArray(calls)) return false;
          const [identity, session] = ['EapPeerGetIdentity', 'EapPeerBeginSession'].map((call) =>
            calls.indexOf(call),
          );
          return identity !== -1 && (identity ?? 0) < (session ?? 0);
        },
      },
    ],
    async ask(bench) {
      const withData = await observe(bench, 'plain');
      const without = await observe(bench, 'no-user-data');
      return {
        withUserData: told(withData, namesOf),
        withoutUserData: told(without, namesOf),
        conversationWithoutUserData: without.answer,
      };
    },
  },
  {
    id: 'call-places',
    question:
      'In which process, as which user, in which COM apartment and with which bitness does each call of a method run, and does EAPHost impersonate around it?',
    how: 'The logging method notes each of these at every call of one conversation, of GetMethodProperties and of the input fields.',
    claims: [
      {
        says: 'EAPHost calls a method in the multithreaded apartment, and the embedded run-time does the same.',
        change: 'native/embedded/apartment.cc, and the guide for method authors',
        holds: (found) => at(found, 'EapPeerBeginSession', 'apartment') === 'multithreaded',
      },
    ],
    async ask(bench) {
      return told(await observe(bench, 'plain'), (calls) => {
        const byCall = new Map<string, unknown>();
        for (const { call, process, user, impersonates, apartment, bits, module } of calls) {
          const name = apartments[apartment] ?? String(apartment);
          byCall.set(call, { process, module, bits, user, impersonates, apartment: name });
        }
        return Object.fromEntries(byCall);
      });
    },
  },
  {
    id: 'host-process',
    question:
      'Which process hosts a third-party method: its account, integrity, session, privileges, mitigation policies, command line, and can it open our pipe?',
    how: 'The logging method looks at its own process in EapPeerInitialize, and opens a pipe of this process with identification only.',
    claims: [
      {
        says: 'The process that hosts a method can open a pipe of the user who serves it.',
        change: 'the access list of serveRegistered (clients), and the security guide',
        holds: (found) => at(found, 'opensPipe') === 0,
      },
    ],
    ask: (bench) =>
      withPipe(async (pipe) =>
        told(
          await observe(bench, 'plain', { pipe }),
          (calls) =>
            calls.find(({ call }) => call === 'EapPeerInitialize')?.details ?? unanswered('no Initialize'),
        ),
      ),
  },
  {
    id: 'host-processes',
    question:
      'Does EAPHost use one process per method, per author or per session, which threads, and how long does a process live?',
    how: 'Two conversations at the same time from two processes; a third after two seconds; a fourth with the same DLL under another author.',
    ask: (bench) =>
      bench.withMethod(place, async () => {
        const answers = await Promise.all([bench.ask('plain'), bench.ask('plain')]);
        const together = bench.calls(place);
        await delay(2000);
        await bench.ask('plain');
        const later = bench.calls(place).slice(together.length);
        const text = await bench.place('other-author');
        const path = { kind: 'expandable', text } as const;
        const host = { runtime: 'system' } as const;
        const other = await bench.withRegistered(otherAuthorType, { PeerDllPath: path }, async () => {
          const outcome = await outcomeOf(async () => {
            await using eaphost = await openEapHost(host);
            await using session = await eaphost.beginSession({
              method: otherAuthorType,
              credentials: Buffer.from('alice'),
            });
            await session.process(Buffer.of(1, 1, 0, 5, 1));
            return (await session.process(Buffer.of(1, 2, 0, 13, 254, 1, 0x86, 0x9f, 0, 0, 0, 5, 7))).action;
          });
          return { outcome, calls: bench.calls('other-author') };
        });
        return told({ answer: answers, calls: together }, () => ({
          processes: processesOf(together),
          threads: new Set(together.map(({ pid, thread }) => `${pid} ${thread}`)).size,
          initializations: namesOf(together).filter((name) => name === 'EapPeerInitialize').length,
          shutdowns: namesOf(together).filter((name) => name === 'EapPeerShutdown').length,
          processesTwoSecondsLater: processesOf(later),
          processesOfAnotherAuthor: processesOf(other.calls),
          anotherAuthor: other.outcome,
        }));
      }),
  },
  {
    id: 'exports-by-path',
    question:
      'From which of the four registry paths (PeerDllPath, PeerConfigUIPath, PeerIdentityPath, PeerInteractiveUIPath) does EAPHost load each export, and in which process does it run?',
    how: 'Four copies of the logging method, one under each path; every function of the configuration API is called, and a conversation.',
    claims: [
      {
        says: 'PeerConfigUIPath has the configuration, fields, properties and XML, PeerIdentityPath the identity’s interface, PeerInteractiveUIPath that of a session.',
        change:
          'uiPaths of PeerMethod.load, Part in native/embedded/registry.h, and keys.ts of the registration',
        holds: (found) =>
          at(found, 'EapPeerInvokeConfigUI', 'path') === 'PeerConfigUIPath' &&
          at(found, 'EapPeerInvokeIdentityUI', 'path') === 'PeerIdentityPath' &&
          at(found, 'EapPeerInvokeInteractiveUI', 'path') === 'PeerInteractiveUIPath' &&
          at(found, 'EapPeerBeginSession', 'path') === 'PeerDllPath',
      },
    ],
    async ask(bench) {
      const paths: Partial<Record<(typeof pathNames)[number], { kind: 'expandable'; text: string }>> = {};
      for (const name of pathNames) paths[name] = { kind: 'expandable', text: await bench.place(name) };
      return bench.withRegistered(loggedType, paths, async () => {
        const codes = await bench.ask('every-export');
        const xml = await outcomeOf(async () => {
          await using eaphost = await openEapHost({ runtime: 'system' });
          const config = await outcomeOf(async () => (await eaphost.configFromXml(configXml)).blob.length);
          const back = await outcomeOf(
            async () =>
              (await eaphost.configToXml({ method: loggedType, blob: Buffer.from('configured') })).length > 0,
          );
          const credentials = await outcomeOf(
            async () => (await eaphost.credentialsFromXml(credentialsXml, { method: loggedType })).length,
          );
          return { config, back, credentials };
        });
        const byCall = new Map<string, { path: string; process: string }>();
        for (const name of pathNames) {
          for (const { call, process } of bench.calls(name)) {
            if (/Free|GetInfo/u.test(call)) continue;
            byCall.set(call, { path: name, process });
          }
        }
        return { ...Object.fromEntries(byCall), codes, xml };
      });
    },
  },
  {
    id: 'missing-exports',
    question:
      'Which exports and which routines of its table must a peer method DLL have, and at which call does EAPHost say that one is missing?',
    how: 'The logging method, and copies of it that lack one export or one routine each.',
    claims: [
      {
        says: 'A peer method needs EapPeerGetInfo, EapPeerFreeMemory and EapPeerFreeErrorMemory.',
        change: 'native/method/peer_method_dll.cc, and the guide for method authors',
        holds: (found) =>
          neededExports.every((name) => !wasFinished(at(found, 'exports', name))) &&
          wasFinished(at(found, 'exports', 'none missing')),
      },
    ],
    async ask(bench) {
      const exports: Record<string, unknown> = {};
      for (const [index, missing] of ['', ...neededExports].entries()) {
        const name = `export-${index}`;
        const text = missing === '' ? await bench.place(name) : await bench.placeWithout(name, missing);
        exports[missing === '' ? 'none missing' : missing] = await bench.withRegistered(
          loggedType,
          { PeerDllPath: { kind: 'expandable', text } },
          () => bench.ask('plain'),
        );
      }
      const table: Record<string, unknown> = {};
      for (const routine of routines) {
        const { answer, calls } = await observe(bench, 'plain', { table: `without=${routine}` });
        table[routine] = {
          isFinished: wasFinished(answer),
          begin: at(answer, 'steps', 'begin', 'code'),
          calls: calls.length,
        };
      }
      return { exports, table };
    },
  },
  {
    id: 'table-version',
    question: 'Which dwVersion of EAP_PEER_METHOD_ROUTINES does EAPHost take?',
    how: 'The logging method with 0, 1, 2 and 99 in it.',
    async ask(bench) {
      const outcomes: Record<string, unknown> = {};
      for (const version of [0, 1, 2, 99]) {
        const { answer } = await observe(bench, 'plain', { table: `version=${version}` });
        outcomes[version] = { isFinished: wasFinished(answer), begin: at(answer, 'steps', 'begin', 'code') };
      }
      return outcomes;
    },
  },
  {
    id: 'identity-and-credentials',
    question:
      'Is a DLL loaded that has both EapPeerGetIdentity and EapPeerSetCredentials, or the latter alone, and which of them is called?',
    how: 'The logging method with one, the other and both; a conversation with each.',
    claims: [
      {
        says: 'A DLL with both is loaded, with a warning: Windows has been reported to drop it.',
        change: 'the warning in native/method/peer_method_dll.cc, and the guide for method authors',
        holds: (found) => at(found, 'both', 'isFinished') === true,
      },
    ],
    async ask(bench) {
      const ask = async (table: string) => {
        const { answer, calls } = await observe(bench, 'plain', { table });
        return {
          isFinished: wasFinished(answer),
          begin: at(answer, 'steps', 'begin', 'code'),
          calls: namesOf(calls),
        };
      };
      return {
        getIdentity: await ask(''),
        setCredentials: await ask('without=EapPeerGetIdentity'),
        both: await ask('both'),
      };
    },
  },
  {
    id: 'result-size',
    question: 'How large is the EapPeerMethodResult that EAPHost gives to EapPeerGetResult?',
    how: 'The 64 octets from the first field that came with Windows 10 (16 octets up to the documented end), before the method writes: zeros are the host’s, what follows is not.',
    claims: [
      {
        says: 'The structure has the fields of Windows 10, and they are zero.',
        change: 'EapPeerMethodResult in native/abi/structs.h, and native/method/peer_method_session.cc',
        holds: (found) => /^0{16}0{8}/u.test(String(at(found, 0, 'documented'))),
      },
    ],
    async ask(bench) {
      return told(await observe(bench, 'plain'), (calls) =>
        calls
          .filter(({ call }) => call === 'EapPeerGetResult')
          .map(({ details }) => {
            const text = String(details['afterErrorField']);
            return { reason: details['reason'], documented: text.slice(0, 32), behind: text.slice(32) };
          }),
      );
    },
  },
  {
    id: 'result-reasons',
    question: 'Which reason does the method’s GetResult get for each reason of EapHostPeerGetResult?',
    how: 'A conversation asked for its result with AltSuccessReceived (1), Timeout (2) and FromMethod (3), before any EAP-Success.',
    async ask(bench) {
      const { answer, calls } = await observe(bench, 'result-reasons');
      const reasons = calls.filter(({ call }) => call === 'EapPeerGetResult');
      return { results: answer, reasonsAtTheMethod: reasons.map(({ details }) => details['reason']) };
    },
  },
  {
    id: 'packet-sizes',
    question: 'Which sizes of the largest packet does EAPHost take, and what does the method get for 0?',
    how: 'Sessions with sizes from 0 to 2 GB; what the method was told.',
    async ask(bench) {
      const { answer, calls } = await observe(bench, 'packet-sizes');
      const begun = calls.filter(({ call }) => call === 'EapPeerBeginSession');
      return { sessions: answer, sizesAtTheMethod: begun.map(({ details }) => details['maxPacket']) };
    },
  },
  {
    id: 'changed-registration',
    question: 'Is a restart of the service needed before a changed registration counts?',
    how: 'A conversation; then PeerDllPath is another copy of the DLL, and a second conversation: which copy logs it?',
    claims: [
      {
        says: 'EAPHost finds a method at once, without a restart of its service.',
        change: 'the document of registerMethod',
        holds: (found) => Number(at(found, 'callsOfTheSecondDllAfterTheChange')) > 0,
      },
    ],
    ask: (bench) =>
      bench.withMethod(place, async () => {
        const first = await bench.ask('plain');
        const before = bench.calls(place).length;
        await bench.move(loggedType, await bench.place('second'));
        const second = await bench.ask('plain');
        return {
          callsOfTheFirstDll: before,
          callsOfTheFirstDllAfterTheChange: bench.calls(place).length - before,
          callsOfTheSecondDllAfterTheChange: bench.calls('second').length,
          conversations: [wasFinished(first), wasFinished(second)],
        };
      }),
  },
  {
    id: 'expanded-strings',
    question: 'Are environment strings in a path of type REG_SZ replaced, too?',
    how: 'The method registered with %ProgramFiles% in its path, as REG_EXPAND_SZ and as REG_SZ.',
    async ask(bench) {
      const asked = async (kind: 'text' | 'expandable') => {
        const dll = await bench.place(place);
        const text = `${bench.expandableFolder}${dll.slice(bench.folder.length)}`;
        return bench.withRegistered(loggedType, { PeerDllPath: { kind, text } }, async () => {
          const conversation = await bench.ask('plain');
          return { calls: bench.calls(place).length, isFinished: wasFinished(conversation) };
        });
      };
      return { expandable: await asked('expandable'), text: await asked('text') };
    },
  },
];

/** The logging method's type, as a document says it. */
const methodXml =
  '<EapMethod><Type xmlns="http://www.microsoft.com/provisioning/EapCommon">254</Type>' +
  '<VendorId xmlns="http://www.microsoft.com/provisioning/EapCommon">99999</VendorId>' +
  '<VendorType xmlns="http://www.microsoft.com/provisioning/EapCommon">5</VendorType>' +
  '<AuthorId xmlns="http://www.microsoft.com/provisioning/EapCommon">99999</AuthorId></EapMethod>';
const configXml =
  `<EapHostConfig xmlns="http://www.microsoft.com/provisioning/EapHostConfig">${methodXml}` +
  '<Config><Probe xmlns="urn:eaphost:probe"/></Config></EapHostConfig>';
const credentialsXml =
  `<EapHostUserCredentials xmlns="http://www.microsoft.com/provisioning/EapHostUserCredentials">${methodXml}` +
  '<Credentials><Probe xmlns="urn:eaphost:probe"/></Credentials></EapHostUserCredentials>';
