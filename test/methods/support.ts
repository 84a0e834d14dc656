// Runs a conversation between a peer and an authenticator in memory, at any MTU, as hosts do: with identifiers, without
// duplicates, with the final packet. The methods see what they would see on a link.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { type DecodedKeys, decodeKeys } from '../../lib/eap/attributes.js';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import type {
  AuthenticatorResult,
  AuthenticatorSession,
  MethodDefinition,
  PeerBegin,
  PeerResult,
  PeerResultReason,
  PeerSession,
  PeerStep,
} from '../../lib/hosts/method.js';
import { copyAuthenticatorResult, copyPeerResult } from '../../lib/hosts/peer-host.js';
import type { TlsVersion } from '../../lib/methods/tls/engine.js';
import type { Flag } from '../../lib/eap/names.js';

export const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];
export const aliceCredentials = encodeCredentials({ username: 'alice', password: 'pässword' });
export const wrongCredentials = encodeCredentials({ username: 'alice', password: 'password' });

export interface ConversationOptions {
  readonly credentials?: Uint8Array;
  readonly identity?: string;
  readonly flags?: readonly Flag[];
  /** Largest packet of either side, in octets. */
  readonly mtu?: number;
  /** May replace a packet on its way; undefined drops the conversation there. */
  readonly tamper?: (packet: Buffer, direction: 'request' | 'response', index: number) => Uint8Array;
  readonly onUi?: (context: Uint8Array) => Uint8Array;
  /** Runs before the peer gets a request. */
  readonly beforeRequest?: (peer: PeerSession, index: number) => Promise<void>;
}

export interface Conversation {
  /** `stopped`: the peer gave up; `stalled`: one side discarded what the other sent. */
  readonly end: 'accepted' | 'rejected' | 'stopped' | 'stalled';
  readonly peer: PeerResult;
  readonly authenticator: AuthenticatorResult;
  readonly requests: readonly Buffer[];
  readonly responses: readonly Buffer[];
}

export const never: AbortSignal = new AbortController().signal;

/** What a peer's session is begun with. */
export function peerBegin(options: ConversationOptions = {}): PeerBegin {
  return {
    credentials: options.credentials ?? new Uint8Array(),
    config: new Uint8Array(),
    flags: new Set(options.flags),
    attributes: [],
    maxSendPacketSize: options.mtu ?? 1400,
    signal: never,
  };
}

export async function beginPeer(
  definition: MethodDefinition,
  options: ConversationOptions = {},
): Promise<PeerSession> {
  if (!definition.peer) throw new Error('no peer side');
  return definition.peer.beginSession(peerBegin(options));
}

export async function beginAuthenticator(
  definition: MethodDefinition,
  identity: string,
  mtu = 1400,
): Promise<AuthenticatorSession> {
  if (!definition.authenticator) throw new Error('no authenticator side');
  return definition.authenticator.beginSession({
    flags: new Set(),
    identity,
    attributes: [],
    config: new Uint8Array(),
    maxSendPacketSize: mtu,
    signal: never,
  });
}

/** The packet of a `send` step. */
export function packetOf(step: PeerStep): Buffer {
  if (step.action !== 'send') throw new Error(`the peer's action is ${step.action}, not send`);
  return Buffer.from(step.packet);
}

export async function converse(
  peerMethod: MethodDefinition,
  authenticatorMethod: MethodDefinition,
  options: ConversationOptions = {},
): Promise<Conversation> {
  const { mtu = 1400, tamper = (packet) => packet } = options;
  const reply = await peerMethod.peer?.getIdentity(peerBegin(options));
  const identity = options.identity ?? (reply && 'identity' in reply ? reply.identity : '');
  const peer = await beginPeer(peerMethod, options);
  const authenticator = await beginAuthenticator(authenticatorMethod, identity, mtu);
  const requests: Buffer[] = [];
  const responses: Buffer[] = [];

  async function exchange(): Promise<Conversation['end']> {
    for (let id = 7; ; id++) {
      const request = Buffer.from((await authenticator.sendPacket(id & 0xff)).packet);
      ok(request.length <= mtu, `a request of ${request.length} octets`);
      requests.push(request);
      await options.beforeRequest?.(peer, requests.length - 1);
      let step = await peer.processRequest(tamper(request, 'request', requests.length - 1));
      if (step.action === 'invokeUi' && peer.setUiContext && options.onUi) {
        step = await peer.setUiContext(options.onUi(step.context));
      }
      if (step.action === 'result') return 'stopped';
      if (step.action !== 'send') return 'stalled';
      const response = Buffer.from(step.packet);
      ok(response.length <= mtu, `a response of ${response.length} octets`);
      responses.push(response);
      const action = await authenticator.receivePacket(tamper(response, 'response', responses.length - 1));
      if (action === 'result') return (await authenticator.getResult()).isSuccess ? 'accepted' : 'rejected';
      if (action !== 'send') return 'stalled';
      if (requests.length > 500) throw new Error('the conversation does not end');
    }
  }

  const end = await exchange();
  const reason = end === 'accepted' ? 'success' : end === 'rejected' ? 'failure' : 'unknown';
  const conversation = {
    end,
    peer: copyPeerResult(await peer.getResult(reason)),
    authenticator: copyAuthenticatorResult(await authenticator.getResult()),
    requests,
    responses,
  };
  await peer.end();
  await authenticator.end();
  return conversation;
}

/** Both sides must have succeeded and have the same keys, which it gives. */
export function assertSuccess(conversation: Conversation): DecodedKeys {
  const { end, peer, authenticator } = conversation;
  equal(end, 'accepted', `${peer.rootCause} / ${authenticator.failureReasonCode?.toString(16)}`);
  equal(peer.isSuccess, true, peer.rootCause);
  equal(authenticator.isSuccess, true);
  const ours = decodeKeys(peer.attributes ?? [], 'peer');
  const theirs = decodeKeys(authenticator.attributes, 'authenticator');
  equal(ours.msk?.length, 64);
  deepEqual(ours.msk, theirs.msk);
  deepEqual(ours.emsk, theirs.emsk);
  deepEqual(ours.sessionId, theirs.sessionId);
  deepEqual(ours.mppeSendKey, theirs.mppeRecvKey);
  return ours;
}

/** Neither side may have succeeded, nor have keys. */
export function assertFailure(conversation: Conversation): void {
  const { peer, authenticator } = conversation;
  equal(peer.isSuccess, false);
  equal(authenticator.isSuccess, false);
  ok(peer.failureReasonCode);
  ok(authenticator.failureReasonCode);
  ok(peer.rootCause);
  deepEqual(peer.attributes ?? [], []);
  deepEqual(authenticator.attributes, []);
}

/**
 * A peer's verdicts, asked for as if EAP-Success had come (or EAP-Failure, by `reason`): each of a conversation that ended
 * one response later than the one before, the first of one that ended before the first request.
 */
export async function earlyVerdicts(
  peerMethod: MethodDefinition,
  authenticatorMethod: MethodDefinition,
  credentials: Uint8Array,
  reason: PeerResultReason = 'success',
  identity = 'anonymous',
): Promise<readonly PeerResult[]> {
  const verdicts: PeerResult[] = [];
  for (let responses = 0, isOver = false; !isOver; responses++) {
    const peer = await beginPeer(peerMethod, { credentials, flags: ['fullAuth'] });
    const authenticator = await beginAuthenticator(authenticatorMethod, identity);
    for (let round = 0; round < responses && !isOver; round++) {
      const step = await peer.processRequest((await authenticator.sendPacket(round)).packet);
      if (step.action !== 'send') throw new Error(`the peer's action is ${step.action}`);
      isOver = (await authenticator.receivePacket(step.packet)) === 'result';
    }
    verdicts.push(copyPeerResult(await peer.getResult(reason)));
    await peer.end();
    await authenticator.end();
  }
  return verdicts;
}

/** Whether the server's hello takes up an earlier connection: by a key of TLS 1.3, or by going on without a certificate. */
export function isResumed({ requests }: Pick<Conversation, 'requests'>): boolean {
  const flight = firstFlight(requests);
  let at = 43;
  at += 1 + flight.readUInt8(at);
  at += 2 + 1;
  const end = at + 2 + flight.readUInt16BE(at);
  const extensions = new Set<number>();
  for (at += 2; at + 4 <= end; at += 4 + flight.readUInt16BE(at + 2)) extensions.add(flight.readUInt16BE(at));
  if (extensions.has(supportedVersions)) return extensions.has(preSharedKey);
  const nextRecord = flight[5 + flight.readUInt16BE(3)];
  return nextRecord === changeCipherSpec;
}

const supportedVersions = 43;
const preSharedKey = 41;
const changeCipherSpec = 20;

/** The first TLS message of an authenticator, put together. */
function firstFlight(requests: readonly Buffer[]): Buffer {
  const pieces: Buffer[] = [];
  for (const request of requests.slice(1)) {
    const flags = request[5] ?? 0;
    const data = request.subarray((flags & 0x80) === 0 ? 6 : 10);
    pieces.push(data);
    if (data.length > 0 && (flags & 0x40) === 0) break;
  }
  return Buffer.concat(pieces);
}

/** A reproducible stream of numbers below `limit` (xorshift). */
export function seededRandom(seed: number): (limit: number) => number {
  let state = seed || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
