// The questions that calls of the run-time answer, and those about the methods that Windows ships.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { binaryFolder } from '../../lib/native/binary.js';
import { EapError, openEapHost, type EapHost } from '../../lib/index.js';
import { memoryUsers, mschapv2Authenticator } from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { AuthenticatorLink } from '../supplicant/authenticator-link.js';
import { identityRequest } from '../supplicant/script-method.js';
import { askProgram, pairType, withLoggedMethod, withRegistered } from './machine.js';
import { unanswered, type Probe } from './probe.js';

/** A probe that the program asks by itself. */
function byProgram(id: string, question: string, how: string, program = id): Probe {
  return { id, question, how, ask: () => withLoggedMethod('first', () => askProgram(program)) };
}

/** What a call came to: its value, or the code of its error. */
async function outcomeOf<T>(call: () => Promise<T>, tell: (value: T) => unknown): Promise<unknown> {
  try {
    return tell(await call());
  } catch (error) {
    if (!(error instanceof EapError)) throw error;
    return { code: error.code, winError: error.winError, reasonCode: error.reasonCode, call: error.call };
  }
}

const incomplete = [
  'EapPeerGetInfo',
  'EapPeerFreeMemory',
  'EapPeerFreeErrorMemory',
  'EapMethodAuthenticatorGetInfo',
] as const;

/** The files are the profiles' tests' own, beside the sources. */
const fixtures = (): string => join(import.meta.dirname, '../../../test/profiles/fixtures');

async function authenticateShipped(host: EapHost): Promise<unknown> {
  const user = { username: 'probe', password: 'not a secret' };
  const { method, blob: config } = await host.configFromXml(
    profiles.mschapv2({ useWinlogonCredentials: false }),
  );
  const credentials = await host.credentialsFromXml(profiles.credentials.mschapv2(user), { method, config });
  await using session = await host.beginSession({ method, config, credentials });
  const users = memoryUsers({ [user.username]: user.password });
  const link = new AuthenticatorLink(mschapv2Authenticator({ users }).authenticator);
  const result = await session.authenticate(link, { timeoutMs: 30_000 });
  return {
    isSuccess: result.isSuccess,
    reason: result.reason ?? null,
    // Types and sizes, never values: they are keys.
    attributes: result.attributes.map(({ type, value }) => ({ type, octets: value.length })),
    hasEmsk: result.keys.emsk !== undefined,
  };
}

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
    ask: () =>
      withLoggedMethod('first', async () => ({
        byEapHostPeerFreeEapError: await askProgram('identity-error-freed-by-runtime'),
        byEapHostPeerFreeErrorMemory: await askProgram('identity-error-freed-by-configuration'),
      })),
  },
  {
    id: 'missing-exports',
    question:
      'Which exports must a peer method DLL have, and at which call does EAPHost say that one is missing?',
    how: 'A complete method, and copies of it that lack one export each, registered one after the other.',
    async ask() {
      const outcomes: Record<string, unknown> = {};
      for (const missing of [undefined, ...incomplete]) {
        const name = missing === undefined ? 'pairmethod' : `pairmethod-without-${missing}`;
        const text = join(binaryFolder(), `${name}.dll`);
        if (!existsSync(text)) {
          outcomes[name] = unanswered('it was not built');
          continue;
        }
        outcomes[name] = await withRegistered(pairType, { kind: 'expandable', text }, async () => {
          await using host = await openEapHost({ runtime: 'system' });
          return await outcomeOf(
            async () => {
              const methods = await host.getMethods();
              await using session = await host.beginSession({
                method: pairType,
                config: Buffer.from('identity=probe'),
              });
              const { action } = await session.process(identityRequest);
              return {
                isListed: methods.some(({ type }) => type.vendorType === pairType.vendorType),
                action,
              };
            },
            (value) => value,
          );
        });
      }
      return outcomes;
    },
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
  byProgram(
    'ordinary-user',
    'Can a process that is neither elevated nor a service use the run-time, and one with low integrity?',
    'The same conversation in a process with a restricted token, then with low integrity as well.',
  ),
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
  byProgram(
    'shipped-exports',
    'Do the DLLs of the methods that Windows ships export a method’s functions, so that they could be hosted directly?',
    'The DLLs are loaded from System32 and looked at.',
  ),
  byProgram(
    'architecture',
    'Does a process of another machine than the system’s reach EAPHost?',
    'The machines of the process and of the system, and one conversation.',
  ),
  {
    id: 'shipped-attributes',
    question:
      'Which attributes does the method EAP-MSCHAPv2 that Windows ships have in its result, an EMSK among them?',
    how: 'It authenticates against the authenticator of this package; types and sizes of the attributes.',
    async ask() {
      await using host = await openEapHost({ runtime: 'system' });
      return await outcomeOf(
        () => authenticateShipped(host),
        (value) => value,
      );
    },
  },
  {
    id: 'xml-spellings',
    question: 'Which spellings of profiles do the methods that Windows ships take?',
    how: 'Every profile among the tests’ own goes through EapHostPeerConfigXml2Blob, and its blob back.',
    async ask() {
      await using host = await openEapHost({ runtime: 'system' });
      const outcomes: Record<string, unknown> = {};
      const files = readdirSync(fixtures()).filter((file) => !file.includes('credentials'));
      for (const file of files) {
        const xml = readFileSync(join(fixtures(), file), 'utf8');
        outcomes[file] = await outcomeOf(
          async () => {
            const { method, blob } = await host.configFromXml(xml);
            return { octets: blob.length, back: await host.configToXml({ method, blob }) };
          },
          (value) => value,
        );
      }
      return outcomes;
    },
  },
];

/** Questions that take a person at the machine. */
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
