// Stand-ins for what a session talks to: a native session that follows a script, and a link that does.

import { setImmediate } from 'node:timers/promises';

import { toEapError, type NativeFailure } from '../../lib/base/errors.js';
import type {
  NativeAttribute,
  NativeBeginOptions,
  NativeIdentity,
  NativeMethodRegistration,
  NativeRuntime,
  NativeResult,
  NativeSession,
  NativeStep,
  NativeUnplumbData,
} from '../../lib/native/runtime-types.js';
import { SessionUi } from '../../lib/supplicant/session-ui.js';
import { Session, type SessionLink } from '../../lib/supplicant/session.js';
import type { LinkEvent, Transport } from '../../lib/eap/transport.js';
import type { FullMethodType } from '../../lib/base/method-type.js';

const isIll = (value: unknown): value is never => value !== isIll;

/** What the types do not allow. */
export function ill(value: unknown): never {
  if (isIll(value)) return value;
  throw new TypeError('that is a function of ours');
}

/** What a native session is to answer; a function is asked each time. */
export type Answer<T> = T | Promise<T> | (() => T | Promise<T>);

async function give<T extends object>(answer: Answer<T> | undefined, call: string): Promise<T> {
  await setImmediate();
  if (answer === undefined) throw nativeFailure(call, 5023);
  return typeof answer === 'function' ? answer() : answer;
}

/** What the native side rejects with. It is no Error. */
export function nativeFailure(call: string, winError: number): NativeFailure {
  return { call, winError };
}

export const success: NativeResult = {
  isSuccess: true,
  failureReasonCode: 0,
  attributes: [],
  isolationState: 0,
};

export const failure: NativeResult = { ...success, isSuccess: false, failureReasonCode: 0x80420112 };

/** What the native session answers: each list is used up in order. */
export interface Script {
  readonly process?: Answer<NativeStep>[];
  readonly setUiContext?: Answer<NativeStep>[];
  readonly setResponseAttributes?: Answer<NativeStep>[];
  readonly getResult?: Answer<NativeResult>[];
  readonly begin?: Answer<NativeSession>[];
}

/** A native session after a script. It keeps what it was called with. */
export class FakeNative implements NativeSession {
  static #count = 0;
  readonly id = ++FakeNative.#count;
  readonly packets: Buffer[] = [];
  readonly contexts: Buffer[] = [];
  readonly attributes: (readonly { type: number; value: Uint8Array }[])[] = [];
  readonly reasons: number[] = [];
  /** Connections that ended with it. */
  cleared: string[] = [];
  ends = 0;
  readonly #script: Script;

  constructor(script: Script = {}) {
    this.#script = script;
  }

  processReceivedPacket(packet: Uint8Array): Promise<NativeStep> {
    this.packets.push(Buffer.from(packet));
    return give(this.#script.process?.shift(), 'EapHostPeerProcessReceivedPacket');
  }

  setUiContext(context: Uint8Array): Promise<NativeStep> {
    this.contexts.push(Buffer.from(context));
    return give(this.#script.setUiContext?.shift(), 'EapHostPeerSetUIContext');
  }

  setResponseAttributes(attributes: readonly { type: number; value: Uint8Array }[]): Promise<NativeStep> {
    this.attributes.push(attributes.map(({ type, value }) => ({ type, value: Buffer.from(value) })));
    return give(this.#script.setResponseAttributes?.shift(), 'EapHostPeerSetResponseAttributes');
  }

  getResult(reason: number): Promise<NativeResult> {
    this.reasons.push(reason);
    return give(this.#script.getResult?.shift(), 'EapHostPeerGetResult');
  }

  async getAuthStatus(): Promise<Buffer> {
    await setImmediate();
    return Buffer.alloc(0);
  }

  async getDataToUnplumbCredentials(): Promise<NativeUnplumbData> {
    await setImmediate();
    return { connectionId: guid, userToken: 7n, saveToCredMan: true };
  }

  async end(connectionId?: string): Promise<void> {
    await setImmediate();
    this.ends += 1;
    if (connectionId !== undefined) this.cleared.push(connectionId);
  }
}

/** The only connection that FakeRuntime can clear. */
export const guid = '9612fc67-6150-4209-a85e-a8d800000042';

/** A run-time that begins the sessions that it is given, and keeps what it was called with. */
export class FakeRuntime implements NativeRuntime {
  onNotification: ((connectionId: string) => void) | undefined;
  readonly begun: NativeBeginOptions[] = [];
  readonly cleared: string[] = [];
  readonly registered: NativeMethodRegistration[] = [];
  readonly unregistered: FullMethodType[] = [];
  closes = 0;
  readonly #begin: () => Promise<NativeSession>;

  get isListening(): boolean {
    return this.onNotification !== undefined;
  }

  constructor(begin?: () => Promise<NativeSession>) {
    this.#begin = begin ?? (async () => Object.assign(new FakeNative(), { cleared: this.cleared }));
  }

  beginSession(options: NativeBeginOptions): Promise<NativeSession> {
    this.begun.push(options);
    return this.#begin();
  }

  async clearConnection(connectionId: string): Promise<void> {
    this.cleared.push(connectionId);
    if (connectionId !== guid) throw nativeFailure('EapHostPeerClearConnection', 87);
  }

  async getIdentity(): Promise<NativeIdentity> {
    return { invokeUi: true };
  }

  async getEncryptedPassword(password: Uint8Array): Promise<{ encrypted: string }> {
    return { encrypted: `(${Buffer.from(password).toString('utf16le')})` };
  }

  configure(): Promise<never> {
    return Promise.reject(nativeFailure('EapHostPeerGetMethods', 50));
  }

  async registerMethod(registration: NativeMethodRegistration): Promise<void> {
    this.registered.push(registration);
  }

  async unregisterMethod(type: FullMethodType): Promise<void> {
    this.unregistered.push(type);
  }

  setOption(): void {}

  counters = () => ({ outstandingBlocks: 0, sessions: 0, loadedMethods: 0 });
  stats = () => ({ lanes: 1, pending: 0 });

  async close(): Promise<void> {
    this.closes += 1;
  }
}

const refuse = () =>
  Promise.reject(toEapError(nativeFailure('EapHostPeerQueryInteractiveUIInputFields', 0x80420020)));
const noFields = {
  queryInteractiveUiInputFields: refuse,
  uiBlobFromInteractiveUiInputFields: refuse,
  invokeInteractiveUi: refuse,
};

/** A session over native sessions after scripts: the first one, and those that it is begun again with. */
export function fakeSession(first: FakeNative, ...next: Answer<NativeSession>[]): Session {
  const link: SessionLink = {
    method: { type: 26, vendorId: 0, vendorType: 0, authorId: 0 },
    connectionId: undefined,
    ui: new SessionUi(noFields, []),
    begin: () => give(next.shift(), 'EapHostPeerBeginSession'),
    checkOpen: () => undefined,
    toError: (reason) => toEapError(reason),
    end: (native) => native.end(),
  };
  return new Session(first, link);
}

/** A link that receives what it is given, then nothing for ever. It keeps what is sent. */
export class FakeLink implements Transport {
  readonly sent: Buffer[] = [];
  readonly signals: AbortSignal[] = [];
  readonly #events: LinkEvent[];

  constructor(...events: LinkEvent[]) {
    this.#events = events;
  }

  async receive(signal: AbortSignal): Promise<LinkEvent> {
    this.signals.push(signal);
    await setImmediate();
    return this.#events.shift() ?? new Promise<never>(() => undefined);
  }

  async send(packet: Uint8Array, signal: AbortSignal): Promise<void> {
    this.signals.push(signal);
    this.sent.push(Buffer.from(packet));
    await setImmediate();
  }
}

export const send = (packet: Uint8Array): NativeStep => ({ action: 1, packet: Buffer.from(packet) });
export const result = (native: NativeResult = success): NativeStep => ({ action: 2, result: native });
export const invokeUi = (context: Uint8Array): NativeStep => ({ action: 3, uiContext: Buffer.from(context) });
export const respond = (...attributes: NativeAttribute[]): NativeStep => ({ action: 4, attributes });
export const startAuthentication: NativeStep = { action: 5 };
export const none: NativeStep = { action: 6 };
export const discard: NativeStep = { action: 0 };
