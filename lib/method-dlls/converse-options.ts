// The options of a conversation between two methods, and its result.

import type { OptionNames, SignalOptions } from '../base/arguments.js';
import type { DecodedKeys } from '../eap/attributes.js';
import type { AuthenticatorResult, PeerResult } from '../hosts/method.js';
import type { PeerSideOptions, SideOptions } from '../hosts/options.js';
import type { MethodCall } from './call-trace.js';

/** How `converse` holds a conversation. */
export interface ConverseOptions extends SignalOptions {
  readonly peer?: PeerSideOptions | undefined;
  readonly authenticator?: SideOptions | undefined;
  /** The largest EAP packet of either side, in octets, 64 to 65,535. Default 1,400. */
  readonly maxSendPacketSize?: number | undefined;
  /**
   * Rounds after which the conversation is given up: `error` of the side that has had enough is
   * `EAPHOST_TOO_MANY_ROUNDS`. Default 100, and below packets of 1000 octets as many more as they are smaller. So it is
   * after half as many in a row with fewer than 20 octets either way.
   */
  readonly maxRounds?: number | undefined;
  /** How often a request without a response is sent again, 0 to 100. Default 3. No time passes between. */
  readonly retries?: number | undefined;
  /** Whether the link loses a packet. Default: never. */
  readonly lose?: ((packet: TranscriptPacket) => boolean) | undefined;
}

/** @internal The options' names. */
export const sideNames: OptionNames<SideOptions> = {
  flags: 'strings',
  config: 'bytes',
  attributes: 'array',
  onAttributes: 'function',
};
/** @internal The options' names. */
export const peerNames: OptionNames<PeerSideOptions> = {
  ...sideNames,
  credentials: 'bytes',
  login: 'object',
  onIdentityUi: 'function',
  onUi: 'function',
};
/** @internal The options' names. */
export const loginNames: OptionNames<NonNullable<PeerSideOptions['login']>> = {
  identity: 'string',
  password: 'string',
};
/** @internal The options' names. */
export const converseNames: OptionNames<ConverseOptions> = {
  signal: 'signal',
  peer: 'object',
  authenticator: 'object',
  maxSendPacketSize: 'number',
  maxRounds: 'number',
  retries: 'number',
  lose: 'function',
};

/** A packet of the conversation. */
export interface TranscriptPacket {
  /** Milliseconds since the conversation began. */
  readonly atMs: number;
  /** `request`: from the authenticator to the peer. */
  readonly direction: 'request' | 'response';
  /** The whole EAP packet. A password that a method sends as it is (GTC) is masked. */
  readonly packet: Buffer;
  /** Its origin: a method, or `converse` in place of its host (identity, EAP-Success, EAP-Failure). */
  readonly madeBy: 'method' | 'host';
  /** It was sent before; the method was not asked again. */
  readonly isRetransmission: boolean;
}

/** A packet, and whether the link lost it. */
export interface SentPacket extends TranscriptPacket {
  readonly isLost: boolean;
}

/** One step of the conversation, in order. */
export type ConversationEvent =
  | { readonly kind: 'packet'; readonly packet: SentPacket }
  | { readonly kind: 'call'; readonly side: 'peer' | 'authenticator'; readonly call: MethodCall };

/** The outcome of one side. */
export interface SideOutcome<Result> {
  /** The method's result; undefined if it was not asked, or failed. */
  readonly result: Result | undefined;
  /** The decoded attributes of the result. They are secrets: wipe them when you are done. */
  readonly keys: DecodedKeys;
  /** Why the method failed, as it rejected: an `EapError` for a DLL. */
  readonly error: unknown;
}

/** A conversation that was held. */
export interface Conversed {
  /**
   * `success`: both sides say so. `failure`: one of them refused. `timeout`: a side fell silent. `error`: a method
   * failed, see `error` of its side.
   */
  readonly outcome: 'success' | 'failure' | 'timeout' | 'error';
  /** The name that the peer claimed. */
  readonly identity: string | undefined;
  readonly peer: SideOutcome<PeerResult>;
  readonly authenticator: SideOutcome<AuthenticatorResult>;
  /** Whether both sides have the same MSK; undefined if neither has one. */
  readonly keysAgree: boolean | undefined;
  /** The packets, lost ones and retransmissions included. */
  readonly transcript: readonly SentPacket[];
  /** The calls of the DLLs that were loaded with `trace` or `onCall`, in order. */
  readonly calls: readonly (MethodCall & { readonly side: 'peer' | 'authenticator' })[];
  /** Both of them, in order. */
  readonly events: readonly ConversationEvent[];
}
