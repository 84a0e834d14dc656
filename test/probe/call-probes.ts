// The questions that a logging method answers: which calls it gets, in which order, where and as whom.

import { windowsRegistry } from '../../lib/native/registry.js';
import { methodKey } from '../../lib/eap/registry-keys.js';
import {
  askProgram,
  expandableFolder,
  forgetCalls,
  loggedCalls,
  loggedType,
  placeMethod,
  withLoggedMethod,
  withRegistered,
  type LoggedCall,
} from './machine.js';
import { unanswered, type Probe } from './probe.js';

const place = 'first';

/** A conversation of the program with the logging method, and what the method saw of it. */
async function observe(question: string): Promise<{ answer: unknown; calls: LoggedCall[] }> {
  return withLoggedMethod(place, async () => {
    const answer = await askProgram(question);
    return { answer, calls: loggedCalls(place) };
  });
}

const namesOf = (calls: readonly LoggedCall[]): string[] => calls.map(({ call }) => call);

/** What `tell` says of the calls, or why there is nothing to say. */
function told(
  { answer, calls }: { answer: unknown; calls: LoggedCall[] },
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

export const callProbes: readonly Probe[] = [
  {
    id: 'identity-order',
    question:
      'When does EAPHost ask for the identity: before or after the method’s BeginSession, how often, and at all without user data?',
    how: 'A logging method; one conversation with user data and one without.',
    async ask() {
      const withData = await observe('plain');
      const without = await observe('no-user-data');
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
    async ask() {
      return told(await observe('plain'), (calls) => {
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
    id: 'host-processes',
    question: 'Does EAPHost use one process per method or per session, and which threads?',
    how: 'Two conversations at the same time from two processes; processes and threads in the method’s log.',
    ask: () =>
      withLoggedMethod(place, async () => {
        const answer = await Promise.all([askProgram('plain'), askProgram('plain')]);
        return told({ answer, calls: loggedCalls(place) }, (calls) => ({
          processes: [...new Set(calls.map(({ process, pid }) => `${process} ${pid}`))],
          threads: new Set(calls.map(({ pid, thread }) => `${pid} ${thread}`)).size,
          initializations: namesOf(calls).filter((name) => name === 'EapPeerInitialize').length,
          shutdowns: namesOf(calls).filter((name) => name === 'EapPeerShutdown').length,
        }));
      }),
  },
  {
    id: 'result-size',
    question: 'How large is the EapPeerMethodResult that EAPHost gives to EapPeerGetResult?',
    how: 'The 64 octets from the first field that came with Windows 10 (16 octets up to the documented end), before the method writes: zeros are the host’s, what follows is not.',
    async ask() {
      return told(await observe('plain'), (calls) =>
        calls.filter(({ call }) => call === 'EapPeerGetResult').map(({ details }) => details),
      );
    },
  },
  {
    id: 'result-reasons',
    question: 'Which reason does the method’s GetResult get for each reason of EapHostPeerGetResult?',
    how: 'A conversation asked for its result with AltSuccessReceived (1), Timeout (2) and FromMethod (3), before any EAP-Success.',
    async ask() {
      const { answer, calls } = await observe('result-reasons');
      const reasons = calls.filter(({ call }) => call === 'EapPeerGetResult');
      return { results: answer, reasonsAtTheMethod: reasons.map(({ details }) => details['reason']) };
    },
  },
  {
    id: 'packet-sizes',
    question: 'Which sizes of the largest packet does EAPHost take, and what does the method get for 0?',
    how: 'Sessions with sizes from 0 to 2 GB; what the method was told.',
    async ask() {
      const { answer, calls } = await observe('packet-sizes');
      const begun = calls.filter(({ call }) => call === 'EapPeerBeginSession');
      return { sessions: answer, sizesAtTheMethod: begun.map(({ details }) => details['maxPacket']) };
    },
  },
  {
    id: 'changed-registration',
    question: 'Is a restart of the service needed before a changed registration counts?',
    how: 'A conversation; then PeerDllPath is another copy of the DLL, and a second conversation: which copy logs it?',
    ask: () =>
      withLoggedMethod(place, async () => {
        const first = await askProgram('plain');
        const before = loggedCalls(place).length;
        const text = await placeMethod('second');
        forgetCalls('second');
        forgetCalls(place);
        await windowsRegistry.setValue(methodKey(loggedType), 'PeerDllPath', { kind: 'expandable', text });
        const second = await askProgram('plain');
        return {
          callsOfTheFirstDll: before,
          callsOfTheFirstDllAfterTheChange: loggedCalls(place).length,
          callsOfTheSecondDllAfterTheChange: loggedCalls('second').length,
          conversations: [first, second],
        };
      }),
  },
  {
    id: 'expanded-strings',
    question: 'Are environment strings in a path of type REG_SZ replaced, too?',
    how: 'The method registered with %ProgramData% in its path, as REG_EXPAND_SZ and as REG_SZ.',
    async ask() {
      await placeMethod(place);
      const text = `${expandableFolder}\\${place}\\loggedmethod.dll`;
      const asked = async (kind: 'text' | 'expandable') => {
        forgetCalls(place);
        return withRegistered(loggedType, { kind, text }, async () => {
          const conversation = await askProgram('plain');
          return { calls: loggedCalls(place).length, conversation };
        });
      };
      return { expandable: await asked('expandable'), text: await asked('text') };
    },
  },
];
