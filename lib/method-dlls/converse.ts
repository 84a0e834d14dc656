// Runs a peer and an authenticator method against each other, in the place of both their hosts and of the network.

import { timingSafeEqual } from 'node:crypto';
import { checkFunction, ownOptions, toSignal, toInteger } from '../base/arguments.js';
import { type DecodedKeys, decodeKeys, toAttributes } from '../eap/attributes.js';
import type { AuthenticatorResult, MethodDefinition, PeerResult } from '../hosts/method.js';
import { maskPacket } from '../eap/describe.js';
import { AuthenticatorHost, type ConversationStep } from '../hosts/authenticator-host.js';
import { Stop } from '../base/stop.js';
import { identityRequest } from '../eap/packet.js';
import { roundsFor, toRounds } from '../eap/rounds.js';
import { sameType } from '../eap/packet-type.js';
import { formatMethodType } from '../eap/names.js';
import { checkDefinition } from '../methods/define.js';
import { AuthenticatorMethod, authenticatorSide } from './authenticator-method.js';
import type { AuthenticatorMethodResult } from './authenticator-session.js';
import { defaultPacketSize } from './begin-options.js';
import {
  converseNames,
  loginNames,
  peerNames,
  sideNames,
  type ConversationEvent,
  type Conversed,
  type ConverseOptions,
  type SentPacket,
  type TranscriptPacket,
} from './converse-options.js';
import { eaphostError } from '../base/errors.js';
import type { LoadedMethod } from './method-dll.js';
import { PeerMethod, peerSide } from './peer-method.js';
import type { PeerMethodResult } from './peer-session.js';
import type { PeerSideOptions, SideOptions } from '../hosts/options.js';
import { copyAuthenticatorResult, flagsOf, PeerHost } from '../hosts/peer-host.js';

const defaultRetries = 3;
const identityId = 0;

/** The numbers of the DLLs' sessions. */
type SessionNumbers = { [Side in 'peer' | 'authenticator']?: number };

/** What happens, in order. */
class Recorder {
  readonly #events: ConversationEvent[] = [];
  readonly #started = performance.now();
  readonly #lose: ConverseOptions['lose'];

  constructor(lose: ConverseOptions['lose']) {
    this.#lose = lose;
  }

  /** Carries a packet; whether it arrives. */
  carry(
    direction: TranscriptPacket['direction'],
    octets: Uint8Array,
    madeBy: TranscriptPacket['madeBy'],
    isRetransmission = false,
  ): boolean {
    const atMs = performance.now() - this.#started;
    const packet = maskPacket(octets);
    const isLost = this.#lose?.({ atMs, direction, packet, madeBy, isRetransmission }) ?? false;
    this.#events.push({
      kind: 'packet',
      packet: { atMs, direction, packet, madeBy, isRetransmission, isLost },
    });
    return !isLost;
  }

  /** Records the calls of a DLL, until the function that it gives is called. */
  trace(method: LoadedMethod<'peer'> | LoadedMethod<'authenticator'>, side: 'peer' | 'authenticator') {
    return method.listen((call) => void this.#events.push({ kind: 'call', side, call }));
  }

  /** What happened, without the calls of other sessions than those begun, which have these numbers. */
  events(numbers: SessionNumbers): Pick<Conversed, 'events' | 'transcript' | 'calls'> {
    const events: ConversationEvent[] = [];
    const transcript: SentPacket[] = [];
    const calls: Conversed['calls'][number][] = [];
    for (const event of this.#events) {
      if (event.kind === 'packet') {
        transcript.push(event.packet);
        events.push(event);
        continue;
      }
      const own = numbers[event.side];
      if (event.call.session !== 0 && own !== undefined && event.call.session !== own) continue;
      calls.push({ ...event.call, side: event.side });
      events.push(event);
    }
    return { events, transcript, calls };
  }
}

interface Settings {
  readonly peer: PeerHost;
  /** The authenticator's host, when the peer's identity is known. */
  readonly open: () => AuthenticatorHost;
  /** Whether the authenticator's result outlives its session, as that of a DLL does. */
  readonly mayEnd: boolean;
  readonly record: Recorder;
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
}

/** How the exchange of packets ended. */
type Ending =
  | { readonly kind: 'final'; readonly isSuccess: boolean; readonly error: unknown }
  /** The peer's method was done before the authenticator was. */
  | { readonly kind: 'peerDone' }
  | { readonly kind: 'silence' };

/** The identity round; the id of the response, or silence. */
async function identityRound({ peer, record, retries, signal }: Settings): Promise<boolean> {
  const request = identityRequest(identityId);
  let response: Uint8Array | undefined;
  for (let attempt = 0; attempt <= retries; attempt += 1) {
    signal?.throwIfAborted();
    if (!record.carry('request', request, 'host', attempt > 0)) continue;
    const isRetransmission = response !== undefined;
    response ??= await peer.identify(identityId);
    if (record.carry('response', response, 'host', isRetransmission)) return true;
  }
  return false;
}

/** Carries one request, again and again while nothing comes back. */
async function exchange(
  { peer, record, retries, signal }: Settings,
  request: Uint8Array,
  firstAttempt: number,
): Promise<{ response: Uint8Array; attempt: number } | 'peerDone' | 'silence'> {
  for (let attempt = firstAttempt; attempt <= retries; attempt += 1) {
    signal?.throwIfAborted();
    if (!record.carry('request', request, 'method', attempt > 0)) continue;
    const answer = await peer.receive(request);
    if (answer.kind === 'result') return 'peerDone';
    if (answer.kind === 'silence') continue;
    if (record.carry('response', answer.packet, 'method', answer.isRetransmission)) {
      return { response: answer.packet, attempt };
    }
  }
  return 'silence';
}

/** Everything up to EAP-Success, EAP-Failure, or silence. */
async function run(settings: Settings): Promise<Ending> {
  const { record, signal } = settings;
  if (!(await identityRound(settings))) return { kind: 'silence' };
  signal?.throwIfAborted();
  const conversation = settings.open();
  let step: ConversationStep = await conversation.start(identityId);
  let attempt = 0;
  for (;;) {
    if (step.kind === 'accept' || step.kind === 'refuse') {
      signal?.throwIfAborted();
      const error = step.kind === 'refuse' ? step.error : undefined;
      const arrives = record.carry('request', step.packet, 'host');
      const isSuccess = step.kind === 'accept';
      const finished = settings.peer.finish(arrives ? (isSuccess ? 'success' : 'failure') : 'unknown');
      if (settings.mayEnd) void conversation.end();
      await finished;
      return { kind: 'final', isSuccess, error };
    }
    const answer = await exchange(settings, step.packet, step.kind === 'ignored' ? attempt + 1 : 0);
    if (typeof answer === 'string') {
      // The method's result for a silent authenticator.
      if (answer === 'silence') await settings.peer.conclude('unknown');
      return { kind: answer };
    }
    ({ attempt } = answer);
    signal?.throwIfAborted();
    step = await conversation.receive(answer.response);
  }
}

/** The options of the sides, checked. */
interface Sides {
  readonly peer: PeerSideOptions;
  readonly authenticator: SideOptions;
}

function checkOptions(options: ConverseOptions, sides: Sides) {
  const { retries = defaultRetries } = options;
  const size = options.maxSendPacketSize ?? defaultPacketSize;
  const maxSendPacketSize = toInteger(size, 'maxSendPacketSize', 64, 65_535);
  for (const side of ['peer', 'authenticator'] as const) {
    flagsOf(sides[side].flags);
    toAttributes(sides[side].attributes ?? [], `${side}.attributes`);
    checkFunction(sides[side].onAttributes, `${side}.onAttributes`);
  }
  checkFunction(options.lose, 'lose');
  return {
    maxSendPacketSize,
    maxRounds: toRounds(options.maxRounds) ?? roundsFor(maxSendPacketSize),
    retries: toInteger(retries, 'retries', 0, 100),
    signal: toSignal(options.signal),
  };
}

function outcomeOf(ending: Ending | undefined, peer: PeerHost): Conversed['outcome'] {
  if (ending === undefined) return 'error';
  if (ending.kind === 'silence') return 'timeout';
  if (ending.kind === 'peerDone') return peer.result?.isSuccess === false ? 'failure' : 'timeout';
  if (ending.error !== undefined) return 'error';
  return ending.isSuccess && peer.result?.isSuccess === true ? 'success' : 'failure';
}

/** The keys of a result; a DLL's has them decoded. */
function keysOf(
  result: PeerResult | AuthenticatorResult | undefined,
  side: 'peer' | 'authenticator',
  isOfDll: boolean,
): DecodedKeys {
  if (isOfDll && result !== undefined && 'keys' in result) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- PeerMethodResult, AuthenticatorMethodResult
    return (result as PeerMethodResult | AuthenticatorMethodResult).keys;
  }
  return decodeKeys(result?.attributes ?? [], side);
}

function agree(one: DecodedKeys, other: DecodedKeys): boolean | undefined {
  if (one.msk === undefined && other.msk === undefined) return undefined;
  return one.msk !== undefined && one.msk.length === other.msk?.length && timingSafeEqual(one.msk, other.msk);
}

/**
 * Holds a conversation between a peer and an authenticator method, each a DLL (`PeerMethod`, `AuthenticatorMethod`)
 * or a method in TypeScript of the same type, without a network: the identity exchange, identifiers, retransmission,
 * EAP-Success and EAP-Failure are supplied here. Time does not pass: if a packet is lost or ignored, the request is
 * sent again at once.
 *
 * Failures of the methods are reported, not thrown: a method that fails makes the outcome `error`. Rejects with
 * TypeError or RangeError for bad arguments, and with the signal's reason if it aborts; both sessions are ended
 * first.
 *
 * @example
 * ```ts
 * import { converse } from 'eaphost/method-dlls';
 * import { memoryUsers, mschapv2Authenticator, mschapv2Peer } from 'eaphost/methods';
 *
 * const server = mschapv2Authenticator({ users: memoryUsers({ alice: 'correct horse' }) });
 * const login = { identity: 'alice', password: 'correct horse' };
 * const { outcome, keysAgree } = await converse(mschapv2Peer(), server, { peer: { login } });
 * console.log(outcome, keysAgree);
 * ```
 */
export async function converse(
  peer: PeerMethod | MethodDefinition,
  authenticator: AuthenticatorMethod | MethodDefinition,
  given: ConverseOptions = {},
): Promise<Conversed> {
  const all = ownOptions(given, 'options', converseNames);
  const sides = {
    peer: ownOptions(all.peer, 'peer', peerNames),
    authenticator: ownOptions(all.authenticator, 'authenticator', sideNames),
  };
  if (sides.peer.login !== undefined)
    ownOptions(sides.peer.login, 'peer.login', loginNames, ['identity', 'password']);
  const { maxSendPacketSize, maxRounds, retries, signal } = checkOptions(all, sides);
  if (!(peer instanceof PeerMethod)) checkDefinition(peer, 'peer');
  if (!(authenticator instanceof AuthenticatorMethod)) checkDefinition(authenticator, 'authenticator');
  if (!sameType(peer.type, authenticator.type)) {
    throw new RangeError(
      `peer and authenticator must be of one type, not ${formatMethodType(peer.type)} and ${formatMethodType(authenticator.type)}`,
    );
  }
  signal?.throwIfAborted();
  const record = new Recorder(all.lose);
  const numbers: SessionNumbers = {};
  const peers =
    peer instanceof PeerMethod ? peerSide(peer, ({ number }) => (numbers.peer = number)) : peer.peer;
  const servers =
    authenticator instanceof AuthenticatorMethod
      ? authenticatorSide(authenticator, ({ number }) => (numbers.authenticator = number))
      : authenticator.authenticator;
  if (peers === undefined) throw new TypeError('peer must have a peer side');
  if (servers === undefined) throw new TypeError('authenticator must have an authenticator side');
  if (sides.peer.login && peer instanceof PeerMethod && !peer.routines.includes('EapPeerSetCredentials')) {
    throw eaphostError(
      'EAPHOST_NOT_SUPPORTED',
      'the peer method takes no name and password (it has no EapPeerSetCredentials)',
    );
  }

  const stop = new Stop();
  const host = new PeerHost({
    side: peers,
    isDll: peer instanceof PeerMethod,
    options: sides.peer,
    maxSendPacketSize,
    maxRounds,
    stop,
  });
  let conversation: AuthenticatorHost | undefined;
  let over: Promise<void> | undefined;
  const abort = (): void => {
    stop.abort(signal?.reason);
    over ??= conversation?.end();
  };
  signal?.addEventListener('abort', abort, { once: true });
  const unlisten: (() => void)[] = [];
  if (peer instanceof PeerMethod && peer.isTraced) unlisten.push(record.trace(peer, 'peer'));
  if (authenticator instanceof AuthenticatorMethod && authenticator.isTraced) {
    unlisten.push(record.trace(authenticator, 'authenticator'));
  }

  let ending: Ending | undefined;
  let peerError: unknown;
  try {
    const { flags, attributes = [], config = new Uint8Array(), onAttributes } = sides.authenticator;
    const open = (): AuthenticatorHost =>
      (conversation = new AuthenticatorHost({
        identity: host.identity ?? '',
        methods: [
          { type: authenticator.type, name: 'the authenticator', properties: 0, authenticator: servers },
        ],
        flags: flagsOf(flags),
        attributes,
        config,
        maxSendPacketSize,
        maxRounds,
        onAttributes,
      }));
    const mayEnd = authenticator instanceof AuthenticatorMethod;
    ending = await run({ peer: host, open, mayEnd, record, retries, signal });
  } catch (error) {
    peerError = error;
  }
  try {
    await host.end();
  } catch (error) {
    peerError ??= error;
  }
  // Those of a method in TypeScript are wiped when it ends.
  const own = conversation?.result;
  const result = authenticator instanceof AuthenticatorMethod ? own : own && copyAuthenticatorResult(own);
  over ??= conversation?.end();
  await over;
  signal?.removeEventListener('abort', abort);
  for (const stopListening of unlisten) stopListening();
  signal?.throwIfAborted();
  const endError = conversation?.endError;
  const outcomes = {
    peer: {
      result: host.result,
      keys: keysOf(host.result, 'peer', peer instanceof PeerMethod),
      error: peerError,
    },
    authenticator: {
      result,
      keys: keysOf(result, 'authenticator', authenticator instanceof AuthenticatorMethod),
      error: (ending?.kind === 'final' ? ending.error : undefined) ?? endError,
    },
  };
  const { events, transcript, calls } = record.events(numbers);
  return {
    outcome: outcomeOf(peerError === undefined && endError === undefined ? ending : undefined, host),
    identity: host.identity,
    peer: outcomes.peer,
    authenticator: outcomes.authenticator,
    keysAgree: agree(outcomes.peer.keys, outcomes.authenticator.keys),
    transcript,
    calls,
    events,
  };
}
