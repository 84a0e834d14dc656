// Holds a conversation between a peer and an authenticator in memory, as a host would: ids, doubled nothing, the
// final packet. The methods see what they would see on a link.

import type {
  AuthenticatorResult,
  AuthenticatorSession,
  MethodDefinition,
  PeerBegin,
  PeerResult,
  PeerSession,
  PeerStep,
} from '../../lib/methods/method.js';
import { copyPeerResult } from '../../lib/conversation/peer-host.js';
import type { Flag } from '../../lib/eap/names.js';

export interface ConversationOptions {
  readonly credentials: Uint8Array;
  /** What the authenticator is told; default: what the peer's getIdentity says. */
  readonly identity?: string;
  readonly flags?: readonly Flag[];
  readonly maxSendPacketSize?: number;
  /** Answers the peer's `invokeUi`. */
  readonly onUi?: (context: Uint8Array) => Uint8Array;
  /** May replace a packet on its way. */
  readonly tamper?: (packet: Buffer, direction: 'request' | 'response', index: number) => Uint8Array;
}

export interface Conversation {
  /** `stalled`: one side discarded what the other sent. */
  readonly end: 'accepted' | 'rejected' | 'stopped' | 'stalled';
  readonly peer: PeerResult;
  readonly authenticator: AuthenticatorResult;
  readonly requests: readonly Buffer[];
  readonly responses: readonly Buffer[];
}

export const never: AbortSignal = new AbortController().signal;

/** What a peer's session is begun with. */
export function peerBegin(
  credentials: Uint8Array,
  options: Partial<Pick<ConversationOptions, 'flags' | 'maxSendPacketSize'>> = {},
): PeerBegin {
  return {
    credentials,
    config: new Uint8Array(),
    flags: new Set(options.flags),
    attributes: [],
    maxSendPacketSize: options.maxSendPacketSize ?? 1400,
    signal: never,
  };
}

export async function beginPeer(definition: MethodDefinition, begin: PeerBegin): Promise<PeerSession> {
  if (!definition.peer) throw new Error('no peer side');
  return definition.peer.beginSession(begin);
}

export async function beginAuthenticator(
  definition: MethodDefinition,
  identity: string,
): Promise<AuthenticatorSession> {
  if (!definition.authenticator) throw new Error('no authenticator side');
  return definition.authenticator.beginSession({
    flags: new Set(),
    identity,
    attributes: [],
    config: new Uint8Array(),
    maxSendPacketSize: 1400,
    signal: never,
  });
}

/** The packet of a `send` step. */
export function packetOf(step: PeerStep): Buffer {
  if (step.action !== 'send') throw new Error(`the peer's action is ${step.action}, not send`);
  return Buffer.from(step.packet);
}

async function identityOf(definition: MethodDefinition, begin: PeerBegin): Promise<string> {
  const reply = await definition.peer?.getIdentity(begin);
  return reply && 'identity' in reply ? reply.identity : '';
}

export async function converse(
  peerMethod: MethodDefinition,
  authenticatorMethod: MethodDefinition,
  options: ConversationOptions,
): Promise<Conversation> {
  const begin = peerBegin(options.credentials, options);
  const identity = options.identity ?? (await identityOf(peerMethod, begin));
  const peer = await beginPeer(peerMethod, begin);
  const authenticator = await beginAuthenticator(authenticatorMethod, identity);
  const requests: Buffer[] = [];
  const responses: Buffer[] = [];
  const tamper = options.tamper ?? ((packet) => packet);

  async function exchange(): Promise<Conversation['end']> {
    for (let id = 7; ; id++) {
      const request = Buffer.from((await authenticator.sendPacket(id & 0xff)).packet);
      requests.push(request);
      let step = await peer.processRequest(tamper(request, 'request', requests.length - 1));
      if (step.action === 'invokeUi' && peer.setUiContext && options.onUi) {
        step = await peer.setUiContext(options.onUi(step.context));
      }
      if (step.action === 'result') return 'stopped';
      if (step.action !== 'send') return 'stalled';
      const response = Buffer.from(step.packet);
      responses.push(response);
      const action = await authenticator.receivePacket(tamper(response, 'response', responses.length - 1));
      if (action === 'result') return (await authenticator.getResult()).isSuccess ? 'accepted' : 'rejected';
      if (action !== 'send') return 'stalled';
      if (requests.length > 20) throw new Error('the conversation does not end');
    }
  }

  const end = await exchange();
  const reason = end === 'accepted' ? 'success' : end === 'rejected' ? 'failure' : 'unknown';
  const [peerResult, authenticatorResult] = [await peer.getResult(reason), await authenticator.getResult()];
  const conversation = {
    end,
    peer: copyPeerResult(peerResult),
    authenticator: copyOf(authenticatorResult),
    requests,
    responses,
  };
  await peer.end();
  await authenticator.end();
  return conversation;
}

/** As a host does: copies before the session ends. */
function copyOf<Result extends PeerResult | AuthenticatorResult>(result: Result): Result {
  const attributes = (result.attributes ?? []).map(({ type, value }) => ({
    type,
    value: Buffer.from(value),
  }));
  return { ...result, attributes };
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
