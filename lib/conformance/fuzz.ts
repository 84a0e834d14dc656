// Rounds of the fuzz proxy between any peer and any server: in each the peer authenticates once, through a proxy that
// does what the round's plan says, and what came of it is held against the rules below. A finding has what is needed to
// do it again. JavaScript thread.

import { firstThrown, thrownMessage } from '../base/thrown.js';
import { lookup } from 'node:dns/promises';
import { type OptionNames, ownOptions, toInteger } from '../base/arguments.js';
import { isNameOf, isObject } from '../base/guards.js';
import { attributeTypes } from '../eap/attributes.js';
import { wipe } from '../methods/credentials.js';
import { RadiusClient } from '../radius/client.js';
import type { CaseResult, SubjectKind } from './case.js';
import { messageOf } from './datagram.js';
import { type FuzzAction, planRound, toFuzzAction } from './fuzz-plan.js';
import { indicatingTypes, mutualTypes } from './fuzz-proof.js';
import { type FuzzFacts, FuzzProxy } from './fuzz-proxy.js';
import type { PeerAttempt, PeerOutcome } from './peer-probe.js';
import { CaseRecord, type RecordedPacket } from './record.js';
import { toConcurrency, toLimit } from './runner.js';

/** The side that a finding is about. */
type FuzzSide = Exclude<SubjectKind, 'method'>;

/** What no peer and no server may do, whatever comes over the network. */
export const fuzzRules = {
  crash: {
    kind: 'peer',
    why: 'whatever a server sends, no process may end by it',
    title: 'end by itself, and by no signal or unhandled error',
    remedy: 'replay the case in a debugger: check lengths before reading, and every status',
  },
  hang: {
    kind: 'peer',
    why: 'the server answers others, and the round hung twice',
    title: 'come to a verdict in its time',
    remedy: 'give each wait of the peer a limit: packets are lost, and requests may never come',
  },
  silence: {
    kind: 'server',
    why: 'those that wait have sent whole requests, and a new client gets no answer either',
    title: 'go on answering others',
    remedy: 'look whether the server still runs; a conversation may end badly, and not the server',
  },
  success: {
    kind: 'peer',
    why: 'no server told it of a success that it could believe',
    title: 'succeed only where the server accepted it, and said so',
    remedy: 'take EAP-Success only once the method has succeeded (RFC 3748, 4.2; RFC 4137, 4.3)',
  },
  acceptance: {
    kind: 'peer',
    why: 'the server answers others, and the same came of the round twice',
    title: 'succeed where the server accepts it and nothing was changed, and ask again for what is lost',
    remedy: 'pass over what comes twice or late, keep the verdict of the method, and send a request again',
  },
  refusal: {
    kind: 'server',
    why: 'the peer sent whole packets, and the same came of the round twice',
    title: 'accept the user where nothing was changed but order, times and copies',
    remedy: 'answer a retransmission as its first copy, once (RFC 5080, 2.2.2), and discard what comes late',
  },
  discard: {
    kind: 'peer',
    why: 'the server answers others, and the same came of the round twice',
    title: 'go on as if nothing had come after a datagram with wrong sums',
    remedy:
      'forget such a datagram (RFC 2865, 3): send the request again, and answer the whole one of the same identifier',
  },
  tampering: {
    kind: 'server',
    why: 'the octet was changed between the two, and this side took it',
    title: 'accept nobody once an octet that the method proves was changed',
    remedy: 'compare the whole proof: the challenge, the response, each TLS record and the Finished message',
  },
  belief: {
    kind: 'server',
    why: 'the sums were made wrong between the two, and this side took them',
    title: 'believe no datagram with wrong sums',
    remedy:
      'check Message-Authenticator and Response Authenticator before all else (RFC 3579, 3.2; RFC 2865, 3)',
  },
  keys: {
    kind: 'peer',
    why: 'the keys of the Access-Accept were read as they were sent',
    title: 'have the keys of the Access-Accept, where both sides have keys undisturbed',
    remedy: 'compare how the MSK is derived and split: MS-MPPE-Recv-Key has its first half (RFC 2548, 2.4)',
  },
} as const satisfies Readonly<
  Record<string, Readonly<Record<'why' | 'title' | 'remedy', string>> & { readonly kind: FuzzSide }>
>;
/** The name of a rule that a round can break. */
export type FuzzRule = keyof typeof fuzzRules;

/** A round, by its number and what it does. */
export interface FuzzRound {
  readonly round: number;
  readonly actions: readonly FuzzAction[];
}

/** What a rule was broken by. */
export interface FuzzFinding {
  readonly rule: FuzzRule;
  /** Whose fault it is. */
  readonly side: 'peer' | 'server';
  /** One sentence. */
  readonly text: string;
  /** Why the other side is not meant. */
  readonly why: string;
  /** Of a silent server all that were under way. */
  readonly rounds: readonly FuzzRound[];
  readonly packets: readonly RecordedPacket[];
}

/** What came of all rounds. */
export interface FuzzReport {
  readonly seed: number;
  /** Rounds that were done. */
  readonly rounds: number;
  readonly findings: readonly FuzzFinding[];
  readonly elapsedMs: number;
}

/** Between whom, and what is done to their packets. */
export interface FuzzOptions {
  /** Name or address of the server. */
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** The peer authenticates once. It may reject where it came to no verdict. */
  readonly authenticate: (attempt: PeerAttempt) => Promise<PeerOutcome>;
  /** The same seed does the same again. */
  readonly seed: number;
  /** How many, or those of a kept case. */
  readonly rounds: number | readonly FuzzRound[];
  /** Rounds at the same time. Default 8. */
  readonly concurrency?: number;
  /** Milliseconds in which a peer must come to a verdict. Default 60000. */
  readonly hangMs?: number;
  /** Milliseconds within which a server that has ended must answer again; else the run ends. Default 10000. */
  readonly restartMs?: number;
  /** Told of each round. */
  readonly onRound?: (done: number, total: number) => void;
  /** Told of each finding when it is made. */
  readonly onFinding?: (finding: FuzzFinding) => void;
  /** Ends it: rejects with the reason. */
  readonly signal?: AbortSignal;
}

/** What a kept case says: options of {@link fuzz}. */
export type FuzzCase = Pick<FuzzOptions, 'seed'> & { readonly rounds: readonly FuzzRound[] };

const fuzzNames: OptionNames<FuzzOptions> = {
  host: 'string',
  port: 'number',
  secret: 'string',
  authenticate: 'function',
  seed: 'number',
  rounds: true,
  concurrency: 'number',
  hangMs: 'number',
  restartMs: 'number',
  onRound: 'function',
  onFinding: 'function',
  signal: 'signal',
};

/** The peer does not even succeed while nothing is done to its packets. */
export class NotUndisturbed extends Error {
  override readonly name = 'NotUndisturbed';
}

/** What a round broke that may come of a server that was away. */
interface Doubts {
  readonly round: FuzzRound;
  readonly broke: readonly Broken[];
  readonly packets: FuzzFinding['packets'];
  /** The server was away behind it. */
  readonly isGone: boolean;
}

/** A round that is over. */
interface Played {
  readonly outcome: PeerOutcome & { readonly isLate?: boolean };
  readonly proxy: FuzzProxy;
  readonly record: CaseRecord;
}

/**
 * Puts a proxy between a peer and a server: the peer authenticates once without any change, which must succeed, and then
 * once in each round, in which packets are changed, lost, doubled, reordered and delayed as the seed says.
 *
 * @example
 * ```ts
 * import { fuzz, fuzzCaseFile, fuzzResults, toJUnit, type PeerAttempt, type PeerOutcome } from 'eaphost/conformance';
 * import { writeFile } from 'node:fs/promises';
 *
 * declare function authenticate(attempt: PeerAttempt): Promise<PeerOutcome>;
 * const startedAt = Date.now();
 * const report = await fuzz({
 *   host: 'radius.example.org',
 *   port: 1812,
 *   secret: 'shared secret',
 *   authenticate,
 *   seed: 1,
 *   rounds: 200,
 * });
 * for (const [index, finding] of report.findings.entries()) {
 *   await writeFile(`found-${index}.json`, fuzzCaseFile(report.seed, finding));
 * }
 * await writeFile('fuzz.xml', toJUnit(fuzzResults(report), { title: 'fuzz', startedAt }));
 * ```
 * @throws {@link NotUndisturbed} if the peer does not succeed undisturbed
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const given = ownOptions(options, 'options', fuzzNames, [
    ...(['host', 'port', 'secret', 'authenticate', 'seed', 'rounds'] as const),
  ]);
  const { seed, onRound, onFinding, signal } = given;
  const concurrency = toConcurrency(given.concurrency ?? 8);
  const rounds = Array.isArray(given.rounds)
    ? toFuzzRounds(given.rounds)
    : toInteger(given.rounds, 'rounds', 1, 1e6);
  if (given.hangMs !== undefined) toLimit(given.hangMs, 'hangMs');
  const restartMs = toLimit(given.restartMs ?? 10_000, 'restartMs');
  const started = performance.now();
  const { address } = await lookup(given.host, { order: 'ipv4first' });
  const own = { ...given, host: address };
  const clean = await playRound(own, []);
  const { isSuccess, said, msk } = clean.outcome;
  if (!isSuccess) throw new NotUndisturbed(`the peer does not succeed undisturbed: ${said}`);
  const hasKeys = msk !== undefined && clean.proxy.facts.msk !== undefined;
  wipe(msk, clean.proxy.facts.msk);
  const planned =
    typeof rounds === 'number'
      ? Array.from({ length: rounds }, (_, index) => ({
          round: index + 1,
          actions: planRound(seed, index + 1, clean.proxy.requests),
        }))
      : rounds;
  const findings: FuzzFinding[] = [];
  const find = (
    [rule, text, side = fuzzRules[rule].kind]: Broken,
    of: Pick<FuzzFinding, 'rounds' | 'packets'>,
  ): void => {
    const { why } = fuzzRules[rule === 'discard' && side === 'server' ? 'refusal' : rule];
    const finding = { rule, side, text, why, ...of };
    findings.push(finding);
    onFinding?.(finding);
  };
  const underWay = new Set<FuzzRound>();
  const width = Math.min(concurrency, planned.length);
  let [next, done, isSilent] = [0, 0, false];
  const isThere = (): Promise<boolean> => isAnswering(own, clean.proxy);
  const isOver = (): boolean => isSilent;
  /** Waits for a server that has gone, once for all rounds under way; the first of them says so. */
  let away: Promise<void> | undefined;
  const awaitServer = async (packets: FuzzFinding['packets']): Promise<void> => {
    const [since, caught] = [performance.now(), [...underWay]];
    while (!isOver() && !(await isThere())) {
      signal?.throwIfAborted();
      isSilent = performance.now() - since > restartMs;
    }
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    const text = isSilent
      ? 'the server answers no more, not even a new client'
      : `the server stopped answering, new clients too, and was back after ${seconds} s`;
    find(['silence', text], { rounds: caught, packets });
  };
  /** Plays a round, and finds what it broke but what may come of a server that was away: that is given. */
  const play = async (round: FuzzRound): Promise<Doubts> => {
    const played = await playRound(own, round.actions);
    const { outcome, proxy, record } = played;
    const found = broken(played, hasKeys);
    wipe(outcome.msk, proxy.facts.msk);
    const { packets } = record;
    for (const one of found) if (!isOfTime(one[0])) find(one, { rounds: [round], packets });
    const broke = found.filter(([rule]) => isOfTime(rule));
    const isUnanswered = proxy.isUnanswered && !outcome.isSuccess;
    const isGone = (isUnanswered || broke.length > 0) && (isOver() || !(await isThere()));
    if (isGone && !isOver()) {
      away ??= awaitServer(packets).finally(() => (away = undefined));
      await away;
    }
    return { round, broke, packets, isGone };
  };
  const settle = ({ round, broke, packets, isGone }: Doubts): void => {
    if (!isGone) for (const one of broke) find(one, { rounds: [round], packets });
  };
  /** Rounds that may have met a server which those beside them had ended, each time. */
  const doubts: FuzzRound[] = [];
  const work = async (): Promise<void> => {
    for (let each = planned[next++]; each && !isOver(); each = planned[next++]) {
      signal?.throwIfAborted();
      underWay.add(each);
      let played = await play(each);
      // A server that was restarting, or a busy machine, may have done it: it counts where it comes to pass again.
      if (played.broke.length > 0 && !isOver()) played = await play(each);
      if (width > 1 && played.broke.some(isOfServer)) doubts.push(each);
      else settle(played);
      underWay.delete(each);
      done++;
      onRound?.(done, planned.length);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  for (const each of doubts) {
    signal?.throwIfAborted();
    if (isOver()) break;
    underWay.add(each);
    settle(await play(each));
    underWay.delete(each);
  }
  signal?.throwIfAborted();
  return { seed, rounds: done, findings, elapsedMs: performance.now() - started };
}

async function playRound(options: FuzzOptions, actions: readonly FuzzAction[]): Promise<Played> {
  const { host, port, secret, authenticate, hangMs = 60_000, signal: stop } = options;
  const record = new CaseRecord();
  const late = new AbortController();
  const signal = stop ? AbortSignal.any([late.signal, stop]) : late.signal;
  let timer: NodeJS.Timeout | undefined;
  await using proxy = await FuzzProxy.listen({ host, port, secret: Buffer.from(secret), actions, record });
  const hang = new Promise<Played['outcome']>((resolve) => {
    timer = setTimeout(() => {
      late.abort(new Error(`no verdict within ${hangMs} ms`));
      resolve({ isSuccess: false, isLate: true, said: `no verdict within ${hangMs} ms` });
    }, hangMs);
  });
  try {
    const outcome = await Promise.race([
      authenticate({ port: proxy.port, secret, signal }).catch(failedOutcome),
      hang,
    ]);
    // What a peer says that was given up is no verdict.
    if (stop?.aborted === true) wipe(outcome.msk);
    stop?.throwIfAborted();
    return { outcome, proxy, record };
  } finally {
    clearTimeout(timer);
  }
}

/** A peer of this process that came to no verdict, or that has a fault. */
export function failedOutcome(thrown: unknown): PeerOutcome {
  const said = thrownMessage(thrown);
  const { error } = firstThrown(thrown);
  const isFault =
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return { isSuccess: false, said, ...(isFault && { crash: `${error.name}: ${said}` }) };
}

/** Whether a new client gets an answer to the first request of the undisturbed conversation. */
async function isAnswering(
  { host, port, secret }: FuzzOptions,
  { firstRequest }: FuzzProxy,
): Promise<boolean> {
  const attributes = (firstRequest && messageOf(firstRequest)?.attributes) ?? [];
  await using client = new RadiusClient({ host, port, secret, timeoutMs: 500, retries: 2 });
  const own = attributes.filter(({ type }) => type !== attributeTypes.NASIdentifier);
  return await client.request({ attributes: own }).then(
    () => true,
    () => false,
  );
}

/** Rules that are broken by a verdict which came of waiting in vain. */
const isOfTime = (rule: FuzzRule): boolean => ['refusal', 'discard', 'acceptance', 'hang'].includes(rule);

/** Whether the server is accused, which may have been away: a peer is accused only where all its requests were answered. */
const isOfServer = ([rule, , side = fuzzRules[rule].kind]: Broken): boolean => side === 'server';

/** What is wrong with a success; undefined where it may be. */
export function unearned({
  isAccepted,
  accepts,
  method,
}: Pick<FuzzFacts, 'isAccepted' | 'accepts' | 'method'>): string | undefined {
  if (accepts.has('own')) return undefined;
  if (!isAccepted) {
    // Where the server proves nothing, whoever knows the secret makes success up.
    const isMadeUp = accepts.has('forged') && !mutualTypes.has(method);
    return isMadeUp ? undefined : ', and the server had not accepted it';
  }
  if (accepts.has('damaged')) return ' with an Access-Accept whose sums were wrong';
  // Its EAP-Success is in a message with another code, or the method has told both sides of success, and the peer may
  // conclude that the last packet was lost (RFC 3748, 4.2).
  if (accepts.has('altered') || indicatingTypes.has(method)) return undefined;
  return ' with an Access-Accept that never reached it';
}

/** A rule that was broken, a sentence, and whose fault it is where that is not the rule's own side. */
type Broken = readonly [rule: FuzzRule, text: string, side?: FuzzSide];

/** The rules that a round broke. */
function broken({ outcome, proxy }: Played, hasKeys: boolean): Broken[] {
  const { isSuccess, said, msk, crash, isLate = false } = outcome;
  const { facts, believed } = proxy;
  const { isAccepted, accepts, isChanged, isDamaged, method, tamperedMethod } = facts;
  const isTampered = tamperedMethod !== undefined && tamperedMethod === method;
  const found: Broken[] = believed.map((text) => [
    'belief',
    text,
    text.startsWith('the peer') ? 'peer' : 'server',
  ]);
  if (crash !== undefined) found.push(['crash', `the peer crashed: ${crash}`]);
  if (isLate) found.push(['hang', `the peer hung: ${said}`]);
  const wrong = isSuccess ? unearned(facts) : undefined;
  if (wrong !== undefined) found.push(['success', `the peer succeeded${wrong}`]);
  if (isTampered && isAccepted) found.push(['tampering', 'the server accepted the peer all the same']);
  else if (isTampered && isSuccess) found.push(['tampering', 'the peer succeeded all the same', 'peer']);
  const isAlike = msk !== undefined && facts.msk !== undefined && sameStart(msk, facts.msk);
  // A peer that compares them itself does not succeed then.
  const hasEnded = isSuccess || msk !== undefined;
  if (hasKeys && hasEnded && accepts.has('own') && !isAlike) {
    if (!facts.msk) found.push(['keys', 'the Access-Accept has no keys', 'server']);
    else
      found.push(['keys', msk ? "the peer's MSK is not that of the Access-Accept" : 'the peer has no MSK']);
  }
  if (isSuccess || isChanged || found.length > 0) return found;
  const [isGood, byServer] = [accepts.has('own'), serverFault(proxy)];
  const says = `the peer says: ${said}`;
  if (isDamaged) {
    const text = `behind a datagram with wrong sums ${byServer ? `${byServer}, and ${says}` : says}`;
    found.push(['discard', text, byServer ? 'server' : 'peer']);
  } else if (byServer) found.push(['refusal', `nothing was changed, ${byServer}, and ${says}`]);
  else if (proxy.isGivenUp && !isGood)
    found.push(['acceptance', `the peer did not ask again for what was lost, and says: ${said}`]);
  else
    found.push(['acceptance', `the server ${isGood ? 'accepted the peer' : 'refused nothing'}, and ${says}`]);
  return found;
}

/** What the server did by which a peer may come to no success. */
function serverFault({ facts, isIgnored }: FuzzProxy): string | undefined {
  if (facts.accepts.has('own')) return undefined;
  if (facts.isRejected) return 'the server refused the peer';
  return isIgnored ? 'the server did not answer a whole request' : undefined;
}

/** One of them is the other's beginning. Peers that say but the PMK have 32 octets. */
function sameStart(one: Uint8Array, other: Uint8Array): boolean {
  const length = Math.min(one.length, other.length);
  return length >= 16 && Buffer.compare(one.subarray(0, length), other.subarray(0, length)) === 0;
}

/** The rules as cases of a report, failed with what was found first. */
export function fuzzResults({ seed, rounds, findings, elapsedMs }: FuzzReport): CaseResult[] {
  return Object.entries(fuzzRules).map(([rule, { kind, title, remedy }]) => {
    const own = findings.filter((finding) => finding.rule === rule);
    const [first] = own;
    const numbers = own.flatMap((finding) => finding.rounds.map(({ round }) => round));
    const side = first?.side ?? kind;
    return {
      id: `fuzz-${rule}`,
      kind: side,
      title,
      source: { document: 'Fuzz proxy', section: `seed ${seed}, ${rounds} rounds` },
      level: 'MUST',
      remedy,
      elapsedMs,
      packets: (first?.packets ?? []).map((packet) => (side === 'server' ? seenFromServer(packet) : packet)),
      verdict: first ? 'failed' : 'passed',
      ...(first && {
        reason: `${first.text} (round ${numbers.join(', ')}). It is the ${side}: ${first.why}`,
      }),
    };
  });
}

/** Of a round what the peer sent and got was noted. */
function seenFromServer(packet: RecordedPacket): RecordedPacket {
  return { ...packet, direction: packet.direction === 'sent' ? 'received' : 'sent' };
}

const format = 'eaphost fuzz case, version 1';

/** A finding as the text of a file that replays it. It holds no packet, and so no secret. */
export function fuzzCaseFile(seed: number, { rule, side, text, why, rounds }: FuzzFinding): string {
  return `${JSON.stringify({ format, seed, rule, side, text, why, rounds }, undefined, 2)}\n`;
}

/**
 * Reads what {@link fuzzCaseFile} has written. Throws TypeError, or SyntaxError where it is no JSON.
 *
 * @example
 * ```ts
 * import { fuzz, readFuzzCase, type FuzzOptions } from 'eaphost/conformance';
 * import { readFile } from 'node:fs/promises';
 *
 * declare const between: Omit<FuzzOptions, 'seed' | 'rounds'>;
 * await fuzz({ ...between, ...readFuzzCase(await readFile('found-0.json', 'utf8')) });
 * ```
 */
export function readFuzzCase(text: string): FuzzCase {
  const given: unknown = JSON.parse(text);
  const { format: own, seed, rule, rounds } = isObject(given) ? given : {};
  if (own !== format || typeof seed !== 'number' || !isNameOf(fuzzRules, rule) || !Array.isArray(rounds)) {
    throw new TypeError(`it is no kept case: its format must be "${format}"`);
  }
  return {
    seed,
    rounds: toFuzzRounds(rounds),
  };
}

function toFuzzRounds(given: readonly unknown[]): FuzzRound[] {
  return given.map((each) => {
    const { round, actions } = isObject(each) ? each : {};
    if (typeof round !== 'number' || !Array.isArray(actions)) {
      throw new TypeError('each of rounds must have a number and actions');
    }
    return { round, actions: actions.map(toFuzzAction) };
  });
}
