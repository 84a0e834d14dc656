// The questions that calls of the run-time answer.

import { at, type Claim, type Probe } from './probe.js';

/** A probe that the program asks by itself, of the logging method. */
function byProgram(id: string, question: string, how: string, ...claims: readonly Claim[]): Probe {
  return { id, question, how, claims, ask: (bench) => bench.withMethod('first', () => bench.ask(id)) };
}

/** Node's names of the architectures that Windows runs programs of. */
const architectures = ['x64', 'ia32', 'arm64'] as const;

const hasSent = (session: unknown): boolean => at(session, 'request', 'action') === 'send';

export const runtimeProbes: readonly Probe[] = [
  byProgram(
    'buffer-lifetimes',
    'Whose are the buffers of GetSendPacket, GetAuthStatus, GetUIContext, GetResponseAttributes and GetResult, and until when are they valid? Does a second GetSendPacket give the same?',
    'Each pointer is kept and looked at after every later call, up to EndSession.',
  ),
  byProgram(
    'buffers-of-two-sessions',
    'Does a call of another session, on this thread or on another one, change what a session was given?',
    'The packet of one session is looked at after packets of a second and a third session.',
  ),
  {
    id: 'identity-error',
    question:
      'By which function is the error of EapHostPeerGetIdentity freed: the run-time’s or the configuration’s?',
    how: 'A method that fails its GetIdentity; the error is freed by either function, each in a process of its own, whose heaps are checked then.',
    claims: [
      {
        says: 'EapHostPeerFreeEapError frees it.',
        change: 'native/supplicant/supplicant.cc',
        holds: (found) => at(found, 'byEapHostPeerFreeEapError', 'heapsAreSound') === true,
      },
    ],
    ask: (bench) =>
      bench.withMethod('first', async () => ({
        byEapHostPeerFreeEapError: await bench.ask('identity-error-freed-by-runtime'),
        byEapHostPeerFreeErrorMemory: await bench.ask('identity-error-freed-by-configuration'),
      })),
  },
  byProgram(
    'session-zero',
    'What do calls with session 0 do?',
    'Packets, results and EndSession with session 0, with and without another session open.',
  ),
  byProgram(
    'start-authentication',
    'Which packets bring the action StartAuthentication, and what do odd packets bring?',
    'Twelve odd packets, each to a session of its own, before and after the identity.',
  ),
  byProgram(
    'failure-after-success',
    'What is the verdict where the method says success and EAP-Failure arrives, or the other way round?',
    'A method that says success whatever it is told, with data to save, then EAP-Failure; and one that refuses at EAP-Success.',
  ),
  {
    id: 'ordinary-user',
    question:
      'Can a process that is neither elevated nor a service use the run-time, and one with low integrity?',
    how: 'The same conversation in a process with a restricted token, then with low integrity as well.',
    notUnderWine: 'Wine restricts no process',
    claims: [
      {
        says: 'A process needs neither an administrator’s rights nor to be a service to use EAPHost.',
        change: 'the advice of eaphost doctor, and the guide for supplicants',
        holds: (found) => hasSent(at(found, 'asOrdinaryUser', 'plain', 'steps')),
      },
    ],
    ask: (bench) => bench.withMethod('first', () => bench.ask('ordinary-user')),
  },
  {
    id: 'app-container',
    question: 'Can a process in an app container use the run-time?',
    how: 'The same conversation in a process in an app container without capabilities, whose profile is deleted then.',
    notUnderWine: 'Wine has no app containers',
    ask: (bench) => bench.withMethod('first', () => bench.ask('app-container')),
  },
  byProgram(
    'second-session',
    'What becomes of a second session with a connection id that a live session has?',
    'Two sessions with one connection id; both go on.',
  ),
  byProgram(
    'other-threads',
    'Can a session be used from other threads, from two at once, and from one that has not called EapHostPeerInitialize?',
    'A session whose method takes half a second for each step, from three threads.',
  ),
  byProgram(
    'other-thread-leaves',
    'What becomes of a session when another thread calls EapHostPeerUninitialize, and when its own does and another goes on?',
    'Two threads: one begins the session, the other enters and leaves; then the first leaves, and the other uses the session.',
    {
      says: 'A session lives on whatever thread of the multithreaded apartment uses it.',
      change: 'the life of lanes: native/threads/lanes.cc',
      holds: (found) => at(found, 'afterAnotherThreadLeft', 'action') === 'send',
    },
  ),
  byProgram(
    'apartments',
    'What does EapHostPeerInitialize answer on a thread without an apartment, in a single-threaded and in a multithreaded one?',
    'A thread each, and a conversation where it succeeds.',
    {
      says: 'A thread in a single-threaded apartment is accepted, as Microsoft’s sample supplicant needs it.',
      change: 'the strict switch of native/embedded/runtime_exports.cc becomes the default',
      holds: (found) => at(found, 'singleThreaded', 'initialize') === 0,
    },
  ),
  byProgram(
    'versions',
    'Which values of dwVersion are taken?',
    'Functions that have one, with 0, 1, 2 and 4294967295.',
  ),
  byProgram(
    'notification',
    'Does the NotificationHandler ever fire?',
    'A session with a connection id and a handler; three seconds of waiting after its end, then EapHostPeerClearConnection.',
  ),
  byProgram(
    'result-before-success',
    'Does EapHostPeerGetResult need an EAP-Success first?',
    'The result asked for before and after it, twice, and where the method itself says that it has one.',
  ),
  byProgram(
    'end-with-ui',
    'Does EapHostPeerEndSession wait for a user interface that is pending?',
    'A session whose method wants its user interface is ended; its answer comes afterwards.',
  ),
  {
    id: 'architectures',
    question:
      'Does a process of another architecture than the system’s reach EAPHost: 32 bits on x64, x64 and 32 bits on ARM?',
    how: 'The program of each architecture that the package has: the machines of the process and of the system, and one conversation.',
    claims: [
      {
        says: 'A process of 32 bits uses EAPHost as one of 64 bits does.',
        change: 'the table of platforms in the README',
        holds: (found) =>
          architectures.every((arch) => {
            const answer = at(found, arch);
            return typeof answer === 'string' || hasSent(at(answer, 'session', 'steps'));
          }),
      },
    ],
    ask: (bench) =>
      bench.withMethod('first', async () => {
        const answers: Record<string, unknown> = {};
        for (const arch of architectures) {
          if (arch === process.arch) answers[arch] = await bench.ask('architecture');
          else if (bench.isWine) answers[arch] = 'cannot be asked here: this Wine runs no other programs';
          else answers[arch] = await bench.askOf(arch, 'architecture');
        }
        return answers;
      }),
  },
];

/** Questions that no probe asks. */
export const notAsked = [
  {
    question: 'What do credentials XML for TEAP look like?',
    why: 'a profile with them must be made in Windows’ own dialogs, and exported',
  },
  {
    question: 'What does PeerRequireConfigUI mean?',
    why: 'somebody has to see whether Windows’ dialogs offer the method’s settings',
  },
] as const;
