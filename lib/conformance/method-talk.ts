// A conversation between both halves of a method DLL, routine by routine, for cases that step out of it anywhere. Each
// response and request is noted in the case's record. JavaScript thread.

import { createHash } from 'node:crypto';

import { EapError } from '../base/errors.js';
import type { DecodedKeys } from '../eap/attributes.js';
import type { EapAttribute, Flag } from '../eap/names.js';
import { wipe } from '../methods/credentials.js';
import { eapPacket, eapTypes } from '../eap/packet.js';
import type { AuthenticatorAction } from '../hosts/method.js';
import type {
  AuthenticatorMethodResult,
  AuthenticatorMethodSession,
} from '../method-dlls/authenticator-session.js';
import type { AuthenticatorMethod } from '../method-dlls/authenticator-method.js';
import type { PeerMethod } from '../method-dlls/peer-method.js';
import type { PeerMethodResult, PeerMethodSession, PeerOutput } from '../method-dlls/peer-session.js';
import { CaseFailure, demand, NotApplicable } from './case.js';
import type { CaseRecord } from './record.js';

/** How a call ends that has taken the method with it. */
const lost: ReadonlySet<string> = new Set(['EAPHOST_METHOD_CRASHED', 'EAPHOST_METHOD_TIMEOUT']);
/** A method that has not come to its result by then never will. */
const mostRounds = 200;

/** What `work` gives. An error of the method is a failure of the case: the call had to succeed. */
export async function working<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof EapError)) throw error;
    // The case itself has called out of order, and says nothing about the method.
    if (error.code === 'EAPHOST_CALL_ORDER') throw new Error(error.message, { cause: error });
    throw new CaseFailure(error.message, { cause: error });
  }
}

/** What `work` gives, or undefined where the method refuses it, as it may; only a crash or a hang is a failure. */
export async function surviving<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof EapError)) throw error;
    if (lost.has(error.code)) throw new CaseFailure(error.message, { cause: error });
    return undefined;
  }
}

/** What a function gives that methods need not have; exported ones may say that there is nothing behind them. */
export async function offered<T>(work: Promise<T>): Promise<T> {
  try {
    return await working(work);
  } catch (error) {
    const { cause } = error instanceof CaseFailure ? error : {};
    throw cause instanceof EapError && unsupportedCodes.has(cause.code)
      ? new NotApplicable('it says that it does not support this')
      : error;
  }
}

/** How a DLL says that it does not do what it was asked. */
export const unsupportedCodes: ReadonlySet<string> = new Set([
  'ERROR_NOT_SUPPORTED',
  'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED',
]);

/** A Request or a Response with the same octets of its type and others behind it; Length is made right. */
export function withData(packet: Uint8Array, data: Uint8Array): Buffer {
  const code = packet[0] ?? 0;
  return eapPacket(code, packet[1] ?? 0, packet.subarray(4, typeEnd(packet)), data);
}

/** Where the data of a packet begins, behind its type. */
export function typeEnd(packet: Uint8Array): number {
  return packet[4] === eapTypes.expanded ? 12 : 5;
}

/** The octets of the longest packet of one direction so far. */
export function longestOf({ record }: TalkCase, direction: 'sent' | 'received'): number {
  const sizes = record.packets.map((each) => (each.direction === direction ? (each.eap?.length ?? 0) : 0));
  return Math.max(0, ...sizes);
}

/** Octets that look like none, and are the same each time. */
export function noise(length: number, seed: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(String(seed)).digest();
}

/** Blobs that let both sides of a method agree. */
export interface MethodBlobs {
  /** The connection blob of the peer. */
  readonly config?: Uint8Array;
  /** That of the authenticator. */
  readonly serverConfig?: Uint8Array;
  /** The user blob. */
  readonly credentials?: Uint8Array;
  /** The same user as XML, for EapPeerCredentialsXml2Blob. */
  readonly credentialsXml?: string;
  /** The same user's name and password, as a user types them: for EapPeerSetCredentials. */
  readonly login?: MethodLogin;
  /** Flags of the peer's sessions, where a case has none of its own. Default none. */
  readonly flags?: readonly Flag[];
  /** What the user answers each interactive dialog: the octets that EapPeerSetUIContext gets. */
  readonly uiAnswer?: Uint8Array;
}

/** What a user types. */
export interface MethodLogin {
  readonly identity: string;
  /** UTF-8. */
  readonly password: Uint8Array;
}

/** Both halves of a method. */
export interface MethodHalves {
  readonly peer: PeerMethod;
  readonly authenticator: AuthenticatorMethod;
}

/** What a conversation is held for. */
interface TalkCase {
  readonly target: MethodBlobs;
  readonly record: CaseRecord;
  /** Has the keys of a result wiped in the end. */
  result<Result extends KeyedResult>(work: Promise<Result>): Promise<Result>;
}

/** What may have keys. */
export interface KeyedResult {
  readonly keys: DecodedKeys;
  readonly attributes?: readonly EapAttribute[];
  readonly saveCredentials?: Uint8Array;
}

/** Wipes keys, attributes and user blob. */
export function wipeGiven({ keys, attributes = [], saveCredentials }: KeyedResult): void {
  wipe(...Object.values(keys), ...attributes.map(({ value }) => value), saveCredentials);
}

/** How a conversation is held. */
export interface TalkOptions {
  /** The Identifier of the first Request. Default 1. */
  readonly id?: number;
  /** Flags of the peer's session. */
  readonly flags?: readonly Flag[];
  /** The largest packet of a side, in octets. The other side has the usual ones: only one is under test. */
  readonly maxSendPacketSize?: Readonly<Partial<Record<'peer' | 'authenticator', number>>>;
  /** The host's attributes, for both sessions and for whatever a method asks. Default none. */
  readonly attributes?: readonly EapAttribute[];
  /** The side whose host hands it NULL where it has no attributes, for its session and for whatever it asks. */
  readonly nullAttributes?: 'peer' | 'authenticator';
  /** The user blob in place of the user's. */
  readonly credentials?: Uint8Array;
  /** The connection blob of the peer in place of the user's. */
  readonly config?: Uint8Array;
  /** In place of any user blob: what the user typed, by EapPeerSetCredentials. */
  readonly login?: MethodLogin;
  /**
   * `last`: the peer is asked for its identity when its session has begun; `updated`: the authenticator learns it by
   * EapMethodAuthenticatorUpdateInnerMethodParams.
   */
  readonly identity?: 'last' | 'updated';
}

/** What both sides say at the end. */
export interface TalkEnd {
  readonly peer: PeerMethodResult;
  readonly authenticator: AuthenticatorMethodResult;
}

/** One conversation; `request` waits for its response. */
export class MethodTalk {
  readonly #probe: TalkCase;
  readonly #method: PeerMethod;
  readonly #attributes: readonly EapAttribute[];
  readonly peer: PeerMethodSession;
  readonly authenticator: AuthenticatorMethodSession;
  /** The last Request. */
  request: Buffer = Buffer.alloc(0);
  #id: number;

  private constructor(
    probe: TalkCase,
    method: PeerMethod,
    peer: PeerMethodSession,
    authenticator: AuthenticatorMethodSession,
    { id = 1, attributes = [] }: TalkOptions,
  ) {
    this.#probe = probe;
    this.#method = method;
    this.peer = peer;
    this.authenticator = authenticator;
    this.#id = id;
    this.#attributes = attributes;
  }

  /** Begins both sessions, and has the first Request. */
  static async begin(
    probe: TalkCase,
    { peer, authenticator }: MethodHalves,
    options: TalkOptions = {},
  ): Promise<MethodTalk> {
    const { serverConfig } = probe.target;
    const { config = probe.target.config, login } = options;
    const { flags = probe.target.flags, maxSendPacketSize = {} } = options;
    const of = (side: 'peer' | 'authenticator') => ({
      maxSendPacketSize: maxSendPacketSize[side],
      attributes: options.nullAttributes === side ? null : options.attributes,
    });
    const credentials = login ? undefined : (options.credentials ?? probe.target.credentials);
    const ask = async () => (await working(peer.getIdentity({ flags, config, credentials }))).identity;
    let identity = login?.identity;
    if (!login && options.identity !== 'last') identity = await ask();
    const client = await working(peer.beginSession({ ...of('peer'), flags, config, credentials }));
    if (login) await offered(client.setCredentials(login.identity, login.password));
    else if (options.identity === 'last') identity = await ask();
    const named = options.identity === 'updated' ? '' : identity;
    const server = await working(
      authenticator.beginSession({ ...of('authenticator'), config: serverConfig, identity: named }),
    );
    if (options.identity === 'updated') await offered(server.updateInnerMethodParams(identity ?? '', []));
    const talk = new MethodTalk(probe, peer, client, server, options);
    await talk.#send();
    return talk;
  }

  /** The Identifier of the Request that waits. */
  get id(): number {
    return this.#id;
  }

  /** Has the peer announce its response to the waiting Request; false where it has its result instead. */
  async announce(): Promise<boolean> {
    let output = await working(this.peer.processRequestPacket(this.request));
    while (output.action === 'invokeUi' || output.action === 'respond') output = await this.#answer(output);
    if (output.action === 'result') return false;
    demand(output.action === 'send', `the peer has a good Request, and its action is ${output.action}`);
    return true;
  }

  /** The peer's response to the waiting Request; undefined where it has its result instead. */
  async respond(): Promise<Buffer | undefined> {
    if (!(await this.announce())) return undefined;
    const packet = await working(this.peer.getResponsePacket());
    this.#probe.record.eap('received', packet);
    return packet;
  }

  /** Gives the authenticator a response. After `send` the next Request waits. */
  async take(response: Uint8Array): Promise<AuthenticatorAction> {
    let action = await working(this.authenticator.receivePacket(response));
    while (action === 'respond') {
      await working(this.authenticator.getAttributes());
      action = await working(this.authenticator.setAttributes(this.#attributes));
    }
    if (action === 'send') await this.next();
    return action;
  }

  /** The next Request, after the action `send`. */
  async next(): Promise<void> {
    this.#id = (this.#id + 1) & 0xff;
    await this.#send();
  }

  /** A Request, its response and what the authenticator makes of it; `result` also where the peer has its own. */
  async round(): Promise<AuthenticatorAction> {
    const response = await this.respond();
    return response ? this.take(response) : 'result';
  }

  /** Goes on to both results, from `first`, if there is a response by now. */
  async finish(first?: Uint8Array): Promise<TalkEnd> {
    for (let rounds = 0; rounds < mostRounds; rounds++) {
      const response = (rounds === 0 ? first : undefined) ?? (await this.respond());
      demand(response !== undefined, 'the peer has its result, and its authenticator waits');
      const action = await this.take(response);
      if (action === 'result') return this.end();
      demand(action === 'send', `the authenticator has a good Response, and its action is ${action}`);
    }
    throw new CaseFailure(`there is no result after ${mostRounds} rounds`);
  }

  /** Both results, once the authenticator has its own; the sessions stay. */
  async results(): Promise<TalkEnd> {
    const authenticator = await this.#probe.result(working(this.authenticator.getResult()));
    const reason = authenticator.isSuccess ? 'success' : 'failure';
    const peer = await this.#probe.result(working(this.peer.getResult(reason)));
    return { peer, authenticator };
  }

  /** Both results, and the end of both sessions. */
  async end(): Promise<TalkEnd> {
    const { authenticator, peer } = await this.results();
    await this.close();
    return { peer, authenticator };
  }

  /** Goes on to success on both sides, from `first`, if there is a response by now. */
  async expectSuccess(what: string, first?: Uint8Array): Promise<TalkEnd> {
    const end = await this.finish(first);
    const { peer, authenticator } = end;
    demand(
      authenticator.isSuccess,
      `the authenticator fails ${what} with ${authenticator.reason ?? authenticator.failureReasonCode}`,
    );
    demand(peer.isSuccess, `the peer fails ${what} with ${peer.reason ?? peer.failureReasonCode}`);
    return end;
  }

  /** Ends both sessions, wherever they are. */
  async close(): Promise<void> {
    await working(this.peer.end());
    await working(this.authenticator.end());
  }

  async #send(): Promise<void> {
    const { packet } = await working(this.authenticator.sendPacket(this.#id));
    this.#probe.record.eap('sent', packet);
    this.request = packet;
  }

  /** Answers what the peer asks of its host. Dialogs are not raised: nobody may be there. */
  async #answer({ action }: PeerOutput): Promise<PeerOutput> {
    if (action === 'respond') {
      await working(this.peer.getResponseAttributes());
      return working(this.peer.setResponseAttributes(this.#attributes));
    }
    const context = await working(this.peer.getUiContext());
    return working(this.peer.setUiContext(await uiAnswer(this.#probe.target, this.#method, context)));
  }
}

/** The user's answer that is given, or what the method's interactive dialog would give, by its input fields as they are. */
export async function uiAnswer(
  { uiAnswer: given }: MethodBlobs,
  method: PeerMethod,
  context: Uint8Array,
): Promise<Uint8Array> {
  if (given) return given;
  if (!method.exports.includes('EapPeerQueryUIBlobFromInteractiveUIInputFields')) {
    throw new NotApplicable(
      'the method asks its user, by a dialog alone, and no answer is given: --ui-answer',
    );
  }
  const fields = await offered(method.queryInteractiveUiInputFields(context));
  return working(method.uiBlobFromInteractiveUiInputFields(context, fields));
}
