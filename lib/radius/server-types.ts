// The options, events and counters of a RADIUS server.

import type { MessagePort } from 'node:worker_threads';

import type { MethodDefinition, ProvedIdentity } from '../hosts/method.js';
import type { OptionNames } from '../base/arguments.js';
import type { EapAttribute, MethodType } from '../eap/names.js';
import type { Secret } from './address.js';
import type { RadiusAttribute } from './attributes.js';
import type { RefusalReason, ResponseFault } from '../hosts/authenticator-host.js';
import type { FormFault, IntegrityFault } from './packet.js';

/** The options of a server: address, clients, methods, limits. */
export interface RadiusServerOptions {
  /** Shared with every client that `clients` does not name. Copied; wiped by close(). */
  readonly secret?: Secret;
  /** Secrets by client address, or by network as `address/prefix`; the longest prefix wins. */
  readonly clients?: Readonly<Record<string, Secret>>;
  /** Methods on offer in order of preference, each with an authenticator side. */
  readonly methods: readonly MethodDefinition[];
  /**
   * What to do with a peer that runs a method bare which a tunnel among `methods`, or among those of its policy, takes
   * inside without binding it: EAP-TTLS all of them, PEAP those without keys, and all unless crypto-binding is `required`.
   * An attacker who gets a peer to run it bare with him is accepted by that tunnel in its place. `refuse` rejects the
   * peer with the reason `bareInnerMethod`, so that no peer needs to be set up so. Default `accept`; `eaphost serve`
   * refuses. Methods of your own take part by `unboundMethods`.
   */
  readonly bareInnerMethods?: 'accept' | 'refuse';
  /**
   * Called once for each conversation, before anything is proved, to choose methods and their configuration. Default: all
   * methods. If it throws or returns anything but a {@link Policy}, the peer is refused: `methodError`.
   */
  readonly policy?: (request: PolicyRequest) => Policy | Promise<Policy>;
  /**
   * Called when a method has accepted a peer, also by a resumed connection, with the proved identity. Returns
   * attributes for the Access-Accept, `true` for none, or `false` to refuse. Grant rights here. Default: accepts every
   * peer. If it throws or returns anything else, the peer is refused: `methodError`, with the error in the verdict.
   * @example
   *     authorize: async ({ identity }) =>
   *       identity !== undefined && { attributes: [textAttribute(11, await groupOf(identity))] }
   */
  readonly authorize?: (
    request: AuthorizeRequest,
  ) => Authorization | boolean | Promise<Authorization | boolean>;
  /** Answers a method's action `respond`. Default: with no attributes. */
  readonly onAttributes?: (
    attributes: readonly EapAttribute[],
    method: MethodType,
  ) => readonly EapAttribute[] | Promise<readonly EapAttribute[]>;
  /** Address to listen on, IPv4 or IPv6. Default 127.0.0.1; `::` serves both families. */
  readonly address?: string;
  /** Default 1812; 0 takes a free port. */
  readonly port?: number;
  /**
   * In a worker thread of `RadiusWorkers`: the channel that `start` was given, in place of address and port. Limits and
   * counters are this thread's.
   */
  readonly channel?: MessagePort;
  /** Let the process end although the server listens. Default false. */
  readonly unref?: boolean;
  /** Milliseconds that a conversation may wait for its next request; five times as long when a method waits for a person. Default 60000. */
  readonly sessionTimeoutMs?: number;
  /**
   * Conversations at once. If there are as many, a new one takes the place of the one that has waited longest for its
   * peer: for the first response to its method, or ten seconds at least for another. If there is none, its request is
   * dropped. Default 10000.
   */
  readonly maxSessions?: number;
  /**
   * The same for one client, which is an address. Default half of `maxSessions`: a flood through one client leaves room
   * for the others. While more than half of either number waits for a method's first response, a conversation has ten
   * seconds for it.
   */
  readonly maxSessionsPerClient?: number;
  /**
   * Responses in a conversation before its peer is refused. Default 100, and proportionally more on links
   * (Framed-MTU) below 1000 octets. The peer is also refused after half as many in a row with fewer than 20 octets
   * each way.
   */
  readonly maxRounds?: number;
  /** Milliseconds that a reply is kept for doubled requests. Default 30000. */
  readonly duplicateWindowMs?: number;
  /** Called for each event, in order, after the fact. */
  readonly onEvent?: (event: RadiusServerEvent) => void;
}

export const serverOptionNames: OptionNames<RadiusServerOptions> = {
  secret: 'secret',
  clients: 'object',
  methods: 'array',
  bareInnerMethods: ['accept', 'refuse'],
  policy: 'function',
  authorize: 'function',
  onAttributes: 'function',
  address: 'string',
  port: 'number',
  channel: 'object',
  unref: 'boolean',
  sessionTimeoutMs: 'number',
  maxSessions: 'number',
  maxSessionsPerClient: 'number',
  maxRounds: 'number',
  duplicateWindowMs: 'number',
  onEvent: 'function',
};

export const bareInnerChoices = { accept: true, refuse: true } as const;

/** The input of a policy: the first request of a conversation, verified. */
export interface PolicyRequest {
  /** The name that the peer claims in EAP-Response/Identity: not proved. Use it for routing, never for rights. */
  readonly outerIdentity: string;
  readonly client: ClientAddress;
  readonly attributes: readonly RadiusAttribute[];
}

/** The decision of a policy. */
export interface Policy {
  /** Methods for this peer, in order of preference. Default: the server's. Empty: refused. */
  readonly methods?: readonly MethodDefinition[];
  /** Default: the server's. */
  readonly bareInnerMethods?: NonNullable<RadiusServerOptions['bareInnerMethods']>;
  /** Connection blob for the methods. */
  readonly config?: Uint8Array;
}

/** The input of `authorize`: a peer that a method has accepted. */
export interface AuthorizeRequest extends ProvedIdentity, PolicyRequest {
  readonly method: MethodType;
  /** The attributes of the method's result, copied; without keys. */
  readonly methodAttributes: readonly EapAttribute[];
}

/** The decision of `authorize`. */
export interface Authorization {
  /**
   * For the Access-Accept, of 1 to 253 octets each. User-Name takes the place of the proved identity. Attributes that
   * RADIUS or EAP itself sets are left out: State, EAP-Message, Reply-Message, keys.
   */
  readonly attributes: readonly RadiusAttribute[];
}

/** Where a request came from. */
export interface ClientAddress {
  readonly address: string;
  readonly port: number;
}

/** Why a datagram got no reply. */
export type RequestDropReason =
  | FormFault
  | IntegrityFault
  /** No secret for its source address. */
  | 'unknownClient'
  /** Neither an Access-Request nor Status-Server. */
  | 'unexpectedCode'
  /** Its EAP-Message attributes are not consecutive. */
  | 'scatteredEapMessage'
  /** More than one State. */
  | 'repeatedState'
  /** A doubled request whose first copy is being served. */
  | 'inProgress'
  /** Another request of the same conversation is being served. */
  | 'sessionBusy'
  /** As many conversations as allowed, none of which makes place. */
  | 'tooManySessions'
  /** The same for this client. */
  | 'tooManySessionsOfClient'
  /** The conversation ended, or the server closed, while the request was served. */
  | 'sessionExpired';

/** Why an Access-Reject was sent. */
export type RejectReason =
  | RefusalReason
  /** A request without EAP-Message. */
  | 'noEap'
  /** The first EAP packet of a conversation is no EAP-Response/Identity. */
  | 'noIdentity'
  /** State unknown, expired, or another client's. */
  | 'unknownState'
  /** The reply would not have fitted a RADIUS packet. */
  | 'replyTooLong';

/** How a conversation, or an attempt at one, ended. */
export interface VerdictEvent {
  readonly kind: 'verdict';
  readonly client: ClientAddress;
  readonly accepted: boolean;
  /** The identity that the method proved; undefined if it proved none, as in every refusal by a method. */
  readonly identity?: string;
  /** The name that the peer claimed; undefined if the conversation had no identity yet. */
  readonly outerIdentity?: string;
  /** The method in use, or the last one offered. */
  readonly method?: MethodType;
  /** Why it was refused. */
  readonly reason?: RejectReason;
  readonly failureReasonCode?: number;
  /** The reason in words, where the method gave one. */
  readonly rootCause?: string;
  /** The error that the method, `policy` or `authorize` threw, or the number of rounds beyond the limit. */
  readonly error?: unknown;
  /** Milliseconds since the conversation began. */
  readonly elapsedMs: number;
}

/** An event of a server. */
export type RadiusServerEvent =
  | {
      readonly kind: 'packet';
      readonly direction: 'received' | 'sent';
      readonly client: ClientAddress;
      readonly radius: { readonly code: number; readonly id: number };
      readonly eap?: Uint8Array;
      /** A doubled request, or the reply that answers it. */
      readonly duplicate: boolean;
    }
  | { readonly kind: 'dropped'; readonly client: ClientAddress; readonly reason: RequestDropReason }
  | VerdictEvent
  | {
      readonly kind: 'expired';
      readonly client: ClientAddress;
      readonly outerIdentity: string;
      readonly method?: MethodType;
      /** It waited for its peer, and ended early to make place. */
      readonly displaced?: true;
    };

/** The counters of a server. */
export interface RadiusServerCounters {
  /** Verified requests, doubled ones not counted. */
  requests: number;
  /** Answered Status-Server requests (RFC 5997), which are not among `requests`. */
  statusRequests: number;
  /** Doubled requests that got their reply again. */
  duplicates: number;
  challenges: number;
  accepts: number;
  rejects: number;
  /** The rejects, by reason. */
  refused: Record<RejectReason, number>;
  /** Conversations that ended without a verdict. */
  expired: number;
  /** Those of them that ended early to make place for others. */
  displaced: number;
  /** Responses answered with the waiting request and Error-Cause 202 (RFC 3579, 2.2). */
  ignored: Record<ResponseFault, number>;
  dropped: Record<RequestDropReason, number>;
}

/** All counters at zero. */
export function newServerCounters(): RadiusServerCounters {
  return {
    requests: 0,
    statusRequests: 0,
    duplicates: 0,
    challenges: 0,
    accepts: 0,
    rejects: 0,
    refused: {
      methodFailure: 0,
      noMethod: 0,
      tooManyRounds: 0,
      methodError: 0,
      notAuthorized: 0,
      bareInnerMethod: 0,
      noEap: 0,
      noIdentity: 0,
      unknownState: 0,
      replyTooLong: 0,
    },
    expired: 0,
    displaced: 0,
    ignored: { badEap: 0, wrongEapId: 0, wrongEapType: 0, methodDiscard: 0 },
    dropped: {
      tooShort: 0,
      badLength: 0,
      badAttribute: 0,
      noMessageAuthenticator: 0,
      badMessageAuthenticator: 0,
      unknownClient: 0,
      unexpectedCode: 0,
      scatteredEapMessage: 0,
      repeatedState: 0,
      inProgress: 0,
      sessionBusy: 0,
      tooManySessions: 0,
      tooManySessionsOfClient: 0,
      sessionExpired: 0,
    },
  };
}
