// The questions about this package's own way into EAPHost: the shim from end to end, the tokens of callers, a restart of
// the service under an open run-time.

import { firstThrown, thrownMessage } from '../base/thrown.js';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { EapError } from '../base/errors.js';
import { callWindows } from '../native/registry.js';
import { registerMethod, unregisterMethod } from '../registration/register.js';
import { serveRegistered } from '../registration/serve.js';
import { openEapHost } from '../supplicant/open.js';
import { profiles } from '../profiles/index.js';
import { loggedType, scriptType, taskName, type Bench, type RunProgram } from './bench.js';
import { outcomeOf } from './outcome.js';
import { authenticateOverRadius } from './over-radius.js';
import { codeFolders, requireSafeCode } from './own-code.js';
import { at, unanswered, type Probe } from './probe.js';
import { probeMethod } from './script-method.js';
import { withUndo } from './undo.js';

/** Registers the method in TypeScript, serves it, and authenticates with it over RADIUS. */
export async function askShim(directory: string): Promise<unknown> {
  const registration = await registerMethod({ method: probeMethod, directory });
  const errors: string[] = [];
  try {
    const server = await serveRegistered([probeMethod], {
      onError: (error) => errors.push(error instanceof Error ? error.message : String(error)),
    });
    try {
      const conversation = await authenticateOverRadius([probeMethod], async () => ({
        method: scriptType,
        credentials: Buffer.from('probe'),
      }));
      return { conversation, servedBy: registration.owner, errors };
    } finally {
      await server.close();
    }
  } finally {
    await unregisterMethod(scriptType);
  }
}

/** The program that asks for the shim as another user, beside this file. */
const childModule = (): string => join(dirname(fileURLToPath(import.meta.url)), 'probe-child.js');

const longestTask = 60_000;

/** The same as the account SYSTEM, by a task of Windows'. */
async function askShimAsSystem({ folder, run, findIntruders }: Bench): Promise<unknown> {
  await requireSafeCode(codeFolders(childModule()), findIntruders);
  const answer = join(folder, 'system.json');
  const script = join(folder, 'system.cmd');
  // The command line of a task has 261 characters at most.
  writeFileSync(script, `@"${process.execPath}" "${childModule()}" "${folder}" "${answer}"\r\n`);
  const schtasks = async (...args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run('schtasks', args);
    if (code !== 0) throw new Error(`schtasks ${args[0]} ended with ${code}: ${`${stdout}${stderr}`.trim()}`);
  };
  const once = ['/sc', 'once', '/st', '00:00', '/ru', 'SYSTEM', '/rl', 'highest', '/f'];
  return withUndo(async (later) => {
    await schtasks('/create', '/tn', taskName, '/tr', `"${script}"`, ...once);
    later(() => schtasks('/delete', '/tn', taskName, '/f'));
    await schtasks('/run', '/tn', taskName);
    const end = Date.now() + longestTask;
    while (!existsSync(answer) && Date.now() < end) await delay(250);
    if (!existsSync(answer)) return unanswered(`the task said nothing within ${longestTask / 1000} s`);
    const told: unknown = JSON.parse(readFileSync(answer, 'utf8'));
    return told;
  });
}

const isWhole = (found: unknown): boolean =>
  at(found, 'conversation', 'isSuccess') === true && at(found, 'conversation', 'keysAgree') === true;

/**
 * Stops EapHost with the services that need it, and starts them again: whatever comes, what ran before runs then. As a
 * script of PowerShell's.
 */
export const restartScript = [
  "$ErrorActionPreference = 'Stop'",
  'function Wait-State($service, $state) { $service.WaitForStatus($state, [TimeSpan]::FromSeconds(30)) }',
  '$service = Get-Service EapHost',
  '$dependent = @($service.DependentServices | Where-Object Status -eq Running | ForEach-Object Name)',
  'try { Stop-Service EapHost -Force; Wait-State $service Stopped }',
  'finally { Start-Service EapHost; foreach ($name in $dependent) { Start-Service $name } }',
  'Wait-State $service Running',
].join('\n');

async function restartService(run: RunProgram): Promise<void> {
  const system32 = await callWindows('systemFolder', {});
  const shell = join(system32, 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  const { code, stderr } = await run(shell, ['-NoProfile', '-NonInteractive', '-Command', restartScript]);
  if (code !== 0) throw new Error(`the service could not be restarted: ${stderr.trim()}`);
}

const identityRequest = Buffer.of(1, 1, 0, 5, 1);

/** What becomes of open hosts and sessions while `restart` stops and starts the service. */
export async function askOverRestart(bench: Bench, restart: () => Promise<void>): Promise<unknown> {
  return bench.withMethod('first', async () => {
    const begin = { method: loggedType, credentials: Buffer.from('alice') };
    const host = await openEapHost({ runtime: 'system' });
    try {
      const old = await host.beginSession(begin);
      await old.process(identityRequest);
      const program = await bench.ask('over-restart', [], {
        after: /ready/u,
        async answer() {
          await restart();
          return '\n';
        },
      });
      const request = Buffer.of(1, 2, 0, 13, 254, 1, 0x86, 0x9f, 0, 0, 0, 5, 7);
      const converse = async (eaphost: typeof host) =>
        outcomeOf(async () => {
          await using session = await eaphost.beginSession(begin);
          await session.process(identityRequest);
          return (await session.process(request)).action;
        });
      const oldSession = await outcomeOf(async () => (await old.process(request)).action);
      const newSession = await converse(host);
      const ended = await outcomeOf(async () => {
        await old.end();
        return 'ended';
      });
      await using other = await openEapHost({ runtime: 'system' });
      return {
        inTheProgram: program,
        oldSession,
        endOfOldSession: ended,
        newSession,
        newHost: await converse(other),
        newProcess: await bench.ask('plain'),
      };
    } finally {
      await host.close();
    }
  });
}

/** An EAP-MSCHAPv2 Challenge with a fixed value, as a server sends it. */
const challenge = Buffer.concat([
  Buffer.of(1, 2, 0, 32, 26, 1, 2, 0, 27, 16),
  Buffer.alloc(16, 7),
  Buffer.from('server'),
]);

/** The names of the ways in which the program begins a session, in its order. */
const tokenKinds = ['none', 'own', 'machineAuth', 'impersonatingThread'] as const;
const hasSent = (session: unknown): boolean => at(session, 'request', 'action') === 'send';

export const systemProbes: readonly Probe[] = [
  {
    id: 'shim-end-to-end',
    question:
      'Does a method in TypeScript work in EAPHost: registered in Program Files, served by this user’s process, a session over RADIUS?',
    how: 'registerMethod, serveRegistered, a session of { runtime: "system" } against a RADIUS server of this process; the keys compared.',
    claims: [
      {
        says: 'A registered method in TypeScript works while a process of its owner serves it.',
        change:
          'registerMethod, serveRegistered, the shim’s checks of the pipe (native/shim), and the guide for method authors',
        holds: isWhole,
      },
    ],
    ask: (bench) => askShim(bench.folder),
  },
  {
    id: 'shim-as-system',
    question: 'Does it work for a process of the account SYSTEM, as a service is?',
    how: 'The same in a process that a task of Windows starts as SYSTEM.',
    notUnderWine: 'Wine has no Task Scheduler that starts a process as another user',
    claims: [
      {
        says: 'A service that runs as LocalSystem can serve a method and open sessions.',
        change: 'the owner of registerMethod, and the guide for services',
        holds: isWhole,
      },
    ],
    ask: askShimAsSystem,
  },
  {
    id: 'tokens',
    question:
      'What does a method get as token, and does a session work: with none, the caller’s own, machineAuth, and an impersonating thread?',
    how: 'A session of the logging method with each; the token that it was given, and the user that its thread impersonates.',
    claims: [
      {
        says: 'The caller’s own token is accepted, and reaches the method as an impersonation token.',
        change: 'the default of userToken in beginSession',
        holds: (found) =>
          hasSent(at(found, 'sessions', 'own')) &&
          at(found, 'atTheMethod', 'own', 'token', 'kind') === 'impersonation',
      },
    ],
    ask: (bench) =>
      bench.withMethod('first', async () => {
        const sessions = await bench.ask('tokens');
        const begun = bench.calls('first').filter(({ call }) => call === 'EapPeerBeginSession');
        const atTheMethod = tokenKinds.map((kind, index) => {
          const { details, impersonates } = begun[index] ?? {};
          return [kind, { flags: details?.['flags'], token: details?.['token'], impersonates }];
        });
        return { sessions, atTheMethod: Object.fromEntries(atTheMethod) };
      }),
  },
  {
    id: 'tokens-mschapv2',
    question:
      'Does Windows’ EAP-MSCHAPv2 work with credentials of its own: with no token, the caller’s own, machineAuth, and an impersonating thread?',
    how: 'A session with each, begun with the blobs of XML, and sent one challenge: whether it answers.',
    notUnderWine: 'it has none of Windows’ own methods',
    claims: [
      {
        says: 'The default, the caller’s own token, works with credentials that are given.',
        change: 'the default of userToken in beginSession',
        holds: (found) => hasSent(at(found, 'own')),
      },
    ],
    async ask(bench) {
      await using host = await openEapHost({ runtime: 'system' });
      const { method, blob: config } = await host.configFromXml(
        profiles.mschapv2({ useWinlogonCredentials: false }),
      );
      const user = profiles.credentials.mschapv2({ username: 'probe', password: 'not a secret' });
      const credentials = await host.credentialsFromXml(user, { method, config });
      const blobs = [config, credentials, challenge].map((octets) => Buffer.from(octets).toString('hex'));
      return await bench.ask('tokens', [String(method.type), ...blobs]);
    },
  },
  {
    id: 'service-restart',
    question:
      'EapHost stopped and started under an open run-time: which calls fail with what; does a new session, a new EapHostPeerInitialize, a new host, a new process recover?',
    how: 'A session in this process and one in the program; the service is restarted; both sessions go on, then new ones.',
    notUnderWine: 'Wine has no service EapHost that could be stopped',
    claims: [
      {
        says: 'After a restart of the service a new session of the same host works.',
        change: 'the advice for services that run for months: open another host',
        holds: (found) => at(found, 'newSession') === 'send',
      },
    ],
    async ask(bench) {
      if (!bench.mayRestart) {
        return unanswered(
          'the service may not be restarted: say --restart-service, which interrupts networks with 802.1X',
        );
      }
      return askOverRestart(bench, () => restartService(bench.run));
    },
  },
];

/** The code of a failure in another process, for its answer. */
export async function answerOrFailure(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (thrown) {
    const { error } = firstThrown(thrown);
    const code = error instanceof EapError ? `${error.code}: ` : '';
    return unanswered(`${code}${thrownMessage(thrown)}`);
  }
}
