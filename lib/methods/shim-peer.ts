// The peer calls of one connection: a request's body in, the method called, a reply's body out. It owns the
// connection's session. JavaScript thread; one call at a time.

import { flagBits, type Flag, type MethodType } from '../types.js';
import { Call, FrameReader, FrameWriter, ProtocolError, type Frame } from './frames.js';
import type {
  MethodDefinition,
  PeerResult,
  PeerResultReason,
  PeerSession,
  PeerSide,
  PeerStep,
} from './method.js';
import {
  CallFailure,
  authenticationFailed,
  errorNotSupported,
  methodInvalidPacket,
  methodNotInstalled,
  operationNotSupported,
  plainText,
} from './shim-failure.js';

/** Told of an error that a method threw: which method, and which function of it. */
export type ErrorListener = (error: unknown, method: MethodDefinition, call: string) => void;

/** The methods of a server by EAP type. */
export type MethodTable = ReadonlyMap<string, MethodDefinition>;

const expandedType = 254;
const actions = ['discard', 'send', 'result', 'invokeUi', 'respond', 'none'] as const;
const reasons: readonly PeerResultReason[] = ['unknown', 'success', 'failure'];
const flagNames = Object.keys(flagBits).filter((name): name is Flag => name in flagBits);
const callNames = Object.fromEntries(Object.entries(Call).map(([name, call]) => [call, name]));

/** The vendor's numbers mean something for expanded types only. */
function typeKey({ type, vendorId = 0, vendorType = 0 }: MethodType): string {
  return type === expandedType ? `${type}/${vendorId}/${vendorType}` : `${type}`;
}

function isNumber(value: number | undefined, most: number): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 0 && value <= most);
}

/**
 * @throws TypeError when two definitions have the same EAP type
 * @throws RangeError when a number of a type is out of bounds
 */
export function methodTable(definitions: readonly MethodDefinition[]): MethodTable {
  const methods = new Map<string, MethodDefinition>();
  for (const { type } of definitions) {
    const numbers = [type.vendorId, type.vendorType, type.authorId];
    if (
      type.type < 1 ||
      !isNumber(type.type, 255) ||
      !numbers.every((value) => isNumber(value, 0xffffffff))
    ) {
      throw new RangeError('An EAP method has a type that is out of bounds');
    }
  }
  for (const definition of definitions) {
    const key = typeKey(definition.type);
    if (methods.has(key)) throw new TypeError(`Two EAP methods have the type ${key}`);
    methods.set(key, definition);
  }
  return methods;
}

function flagSet(flags: number): ReadonlySet<Flag> {
  const names = new Set<Flag>();
  for (const name of flagNames) if ((flags & flagBits[name]) !== 0) names.add(name);
  return names;
}

function octets(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new CallFailure(authenticationFailed, `The EAP method gave ${what} that is no Uint8Array`);
}

function checkPacket(packet: Uint8Array): Uint8Array {
  const length = packet.length < 4 ? -1 : ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);
  if (length === packet.length) return packet;
  throw new CallFailure(
    methodInvalidPacket,
    'The EAP method gave a packet whose length field is not its length',
  );
}

function writeStep(reply: FrameWriter, step: PeerStep): void {
  const action = actions.indexOf(step.action);
  if (action < 0)
    throw new CallFailure(authenticationFailed, 'The EAP method gave an action that does not exist');
  reply.u8(action).bool(step.allowNotifications ?? true);
  if (step.action === 'send') reply.bytes(checkPacket(octets(step.packet, 'a packet')));
  else if (step.action === 'invokeUi') reply.bytes(octets(step.context, 'a context'));
  else if (step.action === 'respond') reply.attributes(step.attributes);
}

function writeResult(reply: FrameWriter, result: PeerResult, type: MethodType): void {
  const reason = result.isSuccess ? 0 : (result.failureReasonCode ?? 0) >>> 0 || authenticationFailed;
  reply
    .bool(result.isSuccess)
    .u32(reason)
    .maybe(result.saveConfig, (blob) => reply.bytes(octets(blob, 'a blob')))
    .maybe(result.saveCredentials, (blob) => reply.bytes(octets(blob, 'a blob')))
    .attributes(result.attributes ?? [])
    .bool(!result.isSuccess);
  if (result.isSuccess) return;
  const rootCause = result.rootCause === undefined ? {} : { rootCause: plainText(result.rootCause) };
  reply.error({ winError: reason, type, reasonCode: reason, ...rootCause });
}

interface OpenSession {
  readonly definition: MethodDefinition;
  readonly session: PeerSession;
  readonly abort: AbortController;
  /** BeginSession's request: it holds what the method was given. */
  readonly request: Buffer;
}

/** The peer side of one connection. */
export class PeerCalls {
  readonly #methods: MethodTable;
  #open: OpenSession | undefined;
  /** Aborts what GetIdentity or BeginSession in progress was given. */
  #pending: AbortController | undefined;
  /** The method that the call in progress is about. */
  #definition: MethodDefinition | undefined;

  constructor(methods: MethodTable) {
    this.#methods = methods;
  }

  /** The method that the last call was about. */
  get definition(): MethodDefinition | undefined {
    return this.#definition;
  }

  /** For people and logs. */
  static callName(call: number): string {
    return callNames[call] ?? `call ${call}`;
  }

  /**
   * Carries out a request and writes its reply's body.
   * @throws ProtocolError when the request is malformed or out of turn; anything else is the call's failure
   */
  async answer(frame: Frame, reply: FrameWriter): Promise<void> {
    const { call, body } = frame;
    const request = new FrameReader(body);
    this.#definition = this.#open?.definition;
    if (call === Call.getIdentity) return this.#getIdentity(request, body, reply);
    if (call === Call.beginSession) return this.#beginSession(request, body);
    if (call > Call.endSession)
      throw new CallFailure(errorNotSupported, 'This server does not know the call');
    const open = this.#open;
    if (open === undefined) throw new ProtocolError('no session');
    const { session } = open;
    switch (call) {
      case Call.setCredentials: {
        const [identity, password] = [request.text(), request.text()];
        request.end();
        body.fill(0);
        if (session.setCredentials === undefined) throw unsupported('setCredentials');
        return session.setCredentials(identity, password);
      }
      case Call.processRequestPacket: {
        const packet = request.bytes();
        request.end();
        return writeStep(reply, await session.processRequest(packet));
      }
      case Call.setUiContext: {
        const context = request.bytes();
        request.end();
        if (session.setUiContext === undefined) throw unsupported('setUiContext');
        try {
          return writeStep(reply, await session.setUiContext(context));
        } finally {
          body.fill(0);
        }
      }
      case Call.setResponseAttributes: {
        const attributes = request.attributes();
        request.end();
        if (session.setResponseAttributes === undefined) throw unsupported('setResponseAttributes');
        return writeStep(reply, await session.setResponseAttributes(attributes));
      }
      case Call.getResult: {
        const reason = reasons[request.u32() - 1];
        request.end();
        if (reason === undefined) throw new ProtocolError('no such reason');
        return writeResult(reply, await session.getResult(reason), open.definition.type);
      }
      default:
        request.end();
        return this.end();
    }
  }

  /** The connection is gone: whatever the method does for it should stop. Its session is still to be ended. */
  abort(): void {
    this.#pending?.abort();
    this.#open?.abort.abort();
  }

  /** Ends the session, if there is one; no call may be in progress. Throws what the method's `end` throws. */
  async end(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    try {
      await open.session.end();
    } finally {
      open.abort.abort();
      open.request.fill(0);
    }
  }

  #find(type: MethodType): PeerSide {
    const definition = this.#methods.get(typeKey(type));
    this.#definition = definition;
    if (definition === undefined) {
      throw new CallFailure(methodNotInstalled, `No EAP method of the type ${typeKey(type)} is served`);
    }
    if (definition.peer === undefined) throw unsupported('a peer side');
    return definition.peer;
  }

  async #getIdentity(request: FrameReader, body: Buffer, reply: FrameWriter): Promise<void> {
    const type = request.type();
    const flags = flagSet(request.u32());
    request.bool();
    const config = request.bytes();
    const credentials = request.bytes();
    request.end();
    const abort = (this.#pending = new AbortController());
    try {
      const peer = this.#find(type);
      const answer = await peer.getIdentity({ flags, config, credentials, signal: abort.signal });
      if ('invokeUi' in answer) {
        reply.bool(true).u32(0).u32(0);
        return;
      }
      const { identity } = answer;
      if (typeof identity !== 'string' || identity.includes('\0')) {
        throw new CallFailure(authenticationFailed, 'The EAP method gave an identity that is no plain text');
      }
      reply.bool(false).bytes(octets(answer.credentials, 'credentials')).text(identity);
    } finally {
      this.#pending = undefined;
      body.fill(0);
    }
  }

  async #beginSession(request: FrameReader, body: Buffer): Promise<void> {
    if (this.#open !== undefined) throw new ProtocolError('a session is open');
    const type = request.type();
    const flags = flagSet(request.u32());
    request.bool();
    const config = request.bytes();
    const credentials = request.bytes();
    const attributes = request.attributes();
    const maxSendPacketSize = request.u32();
    request.end();
    const abort = (this.#pending = new AbortController());
    try {
      const peer = this.#find(type);
      const definition = this.#definition!;
      const { signal } = abort;
      const begin = { flags, config, credentials, attributes, maxSendPacketSize, signal };
      const session = await peer.beginSession(begin);
      this.#open = { definition, session, abort, request: body };
    } finally {
      this.#pending = undefined;
      if (this.#open === undefined) body.fill(0);
    }
  }
}

function unsupported(what: string): CallFailure {
  return new CallFailure(operationNotSupported, `The EAP method has no ${what}`);
}
