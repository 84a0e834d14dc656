/**
 * Whether a RADIUS server, a peer or a method DLL does what the standards and Windows' documents demand.
 *
 * @module eaphost/conformance
 */

import { ownOptions, type OptionNames } from '../base/arguments.js';
import type { CaseFacts, CaseResult, ConformanceCase, MethodFamily } from './case.js';
import { methodCatalogue, scriptCatalogue } from './catalogue/method/index.js';
import { peerCatalogue } from './catalogue/peer/index.js';
import { serverCatalogue } from './catalogue/server/index.js';
import { openModule } from './method-module.js';
import { type LoadedTarget, MethodProbe, type MethodTarget } from './method-probe.js';
import { MethodPool } from './method-pool.js';
import { PeerProbe, type PeerTarget } from './peer-probe.js';
import type { CaseRecord } from './record.js';
import { runCases, type RunOptions } from './runner.js';
import { ServerProbe, type ServerTarget } from './server-probe.js';
import { ServerWatcher } from './server-watch.js';
import { toMethodTarget, toPeerTarget, toServerTarget } from './targets.js';

export type {
  CaseFacts,
  CaseResult,
  CaseVerdict,
  MethodFamily,
  RequirementLevel,
  SubjectKind,
} from './case.js';
export type { MethodTarget } from './method-probe.js';
export type { MethodBlobs, MethodLogin } from './method-talk.js';
export type { PeerAttempt, PeerOutcome, PeerServer, PeerTarget } from './peer-probe.js';
export type { RecordedPacket } from './record.js';
export {
  fuzz,
  fuzzCaseFile,
  fuzzResults,
  fuzzRules,
  NotUndisturbed,
  readFuzzCase,
  type FuzzCase,
  type FuzzFinding,
  type FuzzOptions,
  type FuzzReport,
  type FuzzRound,
  type FuzzRule,
} from './fuzz.js';
export {
  fuzzActions,
  fuzzDirections,
  type FuzzAction,
  type FuzzDirection,
  type FuzzFamily,
  type FuzzWhat,
} from './fuzz-plan.js';
export { toCapture, toJUnit, toTap, type ReportOptions } from './reports.js';
export { toResultsPage } from './results-page.js';
export type { RunOptions } from './runner.js';
export type { ServerTarget } from './server-probe.js';

/** Every case, in the order in which they are listed. */
export const conformanceCases: readonly CaseFacts[] = [
  ...serverCatalogue,
  ...peerCatalogue,
  ...methodCatalogue,
];

const runNames: OptionNames<RunOptions> = {
  only: 'strings',
  skip: 'strings',
  level: ['MUST', 'SHOULD', 'MAY'],
  disruptive: 'boolean',
  concurrency: 'number',
  budgetMs: 'number',
  restartMs: 'number',
  onResult: 'function',
  signal: 'signal',
};

/** The families of an EAP type. */
function familiesOf(type: number): ReadonlySet<MethodFamily> {
  const families: Readonly<Record<number, readonly MethodFamily[]>> = {
    4: ['md5'],
    6: ['gtc'],
    13: ['tls'],
    21: ['tls', 'ttls', 'tunnel'],
    25: ['tls', 'peap', 'tunnel'],
    26: ['mschapv2'],
  };
  return new Set(families[type]);
}

/**
 * Runs the cases of servers against one.
 *
 * @example
 * ```ts
 * import { conformServer } from 'eaphost/conformance';
 * import { encodeCredentials, mschapv2 } from 'eaphost/methods';
 *
 * const results = await conformServer({
 *   host: 'radius.example.org',
 *   port: 1812,
 *   secret: Buffer.from('shared secret'),
 *   identity: 'alice',
 *   method: mschapv2,
 *   credentials: encodeCredentials({ username: 'alice', password: 'correct horse' }),
 *   silenceMs: 1500,
 *   answerMs: 5000,
 * });
 * console.log(results.filter(({ verdict }) => verdict === 'failed'));
 * ```
 */
export async function conformServer(target: ServerTarget, options?: RunOptions): Promise<CaseResult[]> {
  const own = toServerTarget(target);
  return runCases(
    serverCatalogue,
    {
      families: familiesOf(own.method.type.type),
      open: (record, signal) => ServerProbe.open(own, record, signal),
      watcher: new ServerWatcher(own),
    },
    ownOptions(options, 'options', runNames),
  );
}

/** Runs the cases of peers against one. */
export async function conformPeer(target: PeerTarget, options?: RunOptions): Promise<CaseResult[]> {
  const own = toPeerTarget(target);
  const families = own.methods.flatMap(({ type }) => [...familiesOf(type.type)]);
  const cases = peerCatalogue.map(({ run, ...facts }): ConformanceCase<PeerProbe> => ({
    ...facts,
    run: (probe) => probe.run(run),
  }));
  return runCases(
    cases,
    { families: new Set(families), open: async (record, signal) => new PeerProbe(own, record, signal) },
    ownOptions(options, 'options', runNames),
  );
}

/**
 * Runs the cases of methods against one: a DLL, or a method in TypeScript.
 *
 * @example
 * ```ts
 * import { conformMethod } from 'eaphost/conformance';
 * import { encodeCredentials, md5Authenticator, memoryUsers } from 'eaphost/methods';
 *
 * const results = await conformMethod({
 *   methods: [md5Authenticator({ users: memoryUsers({ alice: 'correct horse' }) })],
 *   credentials: encodeCredentials({ username: 'alice', password: 'correct horse' }),
 * });
 * console.log(results.filter(({ verdict }) => verdict === 'failed'));
 * ```
 */
export async function conformMethod(target: MethodTarget, options?: RunOptions): Promise<CaseResult[]> {
  const { methods, ...rest } = toMethodTarget(target);
  const run = ownOptions(options, 'options', runNames);
  if (!methods) return runMethodCases(methodCatalogue, rest, run);
  if (rest.loadPeer ?? rest.loadAuthenticator) {
    throw new TypeError('target.methods takes the place of loadPeer and loadAuthenticator');
  }
  await using module = await openModule(methods);
  return await runMethodCases(scriptCatalogue, { ...rest, ...module.loaders }, run);
}

async function runMethodCases(
  catalogue: typeof methodCatalogue,
  target: LoadedTarget,
  options: RunOptions,
): Promise<CaseResult[]> {
  await using pool = new MethodPool();
  const cases = catalogue.map(({ run, ...facts }): ConformanceCase<MethodProbe> => ({
    ...facts,
    run: (probe) => probe.run(run, facts.id),
  }));
  const open = async (record: CaseRecord, signal: AbortSignal): Promise<MethodProbe> =>
    new MethodProbe(target, record, signal, pool);
  return await runCases(cases, { families: new Set(), open }, options);
}
