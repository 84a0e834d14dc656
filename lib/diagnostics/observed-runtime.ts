// A native run-time whose calls and packets can be seen. Every function passes the call on as it is.

import { toEapError, EapError } from '../base/errors.js';
import type { ConfigurationCall, ConfigurationCalls } from '../native/configuration-types.js';
import type {
  NativeAttribute,
  NativeBeginOptions,
  NativeIdentity,
  NativeIdentityOptions,
  NativeMethodRegistration,
  NativeResult,
  NativeRuntime,
  NativeSession,
  NativeStep,
  NativeUnplumbData,
} from '../native/runtime-types.js';
import { actionNumbers, bitsToFlags, formatMethodType } from '../eap/names.js';
import { now, type Observer } from './events.js';
import { maskPacket } from '../eap/describe.js';
import type { FullMethodType } from '../base/method-type.js';

type Values = Readonly<Record<string, unknown>>;

const prefix = 'EapHostPeer';

/** The call that fetches what an action comes with, in the same hop. */
const fetches: Readonly<Record<number, string>> = {
  [actionNumbers.send]: 'GetSendPacket',
  [actionNumbers.result]: 'GetResult',
  [actionNumbers.invokeUi]: 'GetUIContext',
  [actionNumbers.respond]: 'GetResponseAttributes',
};
const actionNames = new Map<number, string>(
  Object.entries(actionNumbers).map(([name, number]) => [number, name]),
);

/** Octets that may be a secret: how many there are. */
const octets = (data: Uint8Array | undefined): Values | undefined => data && { octets: data.length };

/** Attributes carry keys: their numbers and sizes. */
function attributeValues(attributes: readonly Pick<NativeAttribute, 'type' | 'value'>[]): readonly Values[] {
  return attributes.map(({ type, value }) => ({ type, octets: value.length }));
}

function resultValues(result: NativeResult): Values {
  return {
    isSuccess: result.isSuccess,
    failureReasonCode: result.failureReasonCode,
    attributes: attributeValues(result.attributes),
    saveConfig: octets(result.connectionData),
    saveCredentials: octets(result.userData),
    rootCause: result.error?.rootCause,
  };
}

function stepValues(step: NativeStep): Values {
  return {
    action: actionNames.get(step.action) ?? step.action,
    ...(step.packet && { sent: octets(step.packet) }),
    ...(step.result && resultValues(step.result)),
    ...(step.uiContext && { uiContext: octets(step.uiContext) }),
    ...(step.attributes && { attributes: attributeValues(step.attributes) }),
  };
}

/** Whose call it is and what went in, for the event. */
interface Asked {
  readonly call: string;
  readonly session?: number;
  readonly values?: Values;
}

class Watch {
  readonly #observer: Observer;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  get isActive(): boolean {
    return this.#observer.isActive;
  }

  packet(session: number, direction: 'received' | 'sent', packet: Uint8Array): void {
    this.#observer.tell({ kind: 'packet', at: now(), session, direction, packet: maskPacket(packet) });
  }

  /** Awaits a call and tells of it. `describe` decodes what it gave. */
  async call<T>(
    asked: Asked,
    start: () => Promise<T>,
    describe: (value: T) => { values?: Values; fetched?: string | undefined; session?: number } = () => ({}),
  ): Promise<T> {
    const at = now();
    const base = { kind: 'call', at } as const;
    const first = `${prefix}${asked.call}`;
    try {
      const value = await start();
      const told = describe(value);
      this.#observer.tell({
        ...base,
        duration: now() - at,
        calls: told.fetched === undefined ? [first] : [first, `${prefix}${told.fetched}`],
        session: told.session ?? asked.session,
        values: { ...asked.values, ...told.values },
      });
      return value;
    } catch (reason) {
      const failure = toEapError(reason);
      const code = failure instanceof EapError ? failure.code : 'ERROR';
      const message = failure instanceof Error ? failure.message : String(failure);
      this.#observer.tell({
        ...base,
        duration: now() - at,
        calls: [first],
        session: asked.session,
        values: asked.values ?? {},
        error: { code, message },
      });
      throw reason;
    }
  }
}

class ObservedSession implements NativeSession {
  readonly id: number;
  readonly #native: NativeSession;
  readonly #watch: Watch;

  constructor(native: NativeSession, watch: Watch) {
    this.id = native.id;
    this.#native = native;
    this.#watch = watch;
  }

  processReceivedPacket(packet: Uint8Array): Promise<NativeStep> {
    if (!this.#watch.isActive) return this.#native.processReceivedPacket(packet);
    this.#watch.packet(this.id, 'received', packet);
    return this.#step('ProcessReceivedPacket', { received: octets(packet) }, () =>
      this.#native.processReceivedPacket(packet),
    );
  }

  setUiContext(context: Uint8Array): Promise<NativeStep> {
    if (!this.#watch.isActive) return this.#native.setUiContext(context);
    return this.#step('SetUIContext', { uiContext: octets(context) }, () =>
      this.#native.setUiContext(context),
    );
  }

  setResponseAttributes(attributes: readonly { type: number; value: Uint8Array }[]): Promise<NativeStep> {
    if (!this.#watch.isActive) return this.#native.setResponseAttributes(attributes);
    const given = attributes.map(({ type, value }) => ({ type, octets: value.length }));
    return this.#step('SetResponseAttributes', { given }, () =>
      this.#native.setResponseAttributes(attributes),
    );
  }

  getResult(reason: number): Promise<NativeResult> {
    if (!this.#watch.isActive) return this.#native.getResult(reason);
    const asked = { call: 'GetResult', session: this.id, values: { reason } };
    return this.#watch.call(
      asked,
      () => this.#native.getResult(reason),
      (value) => ({
        values: resultValues(value),
      }),
    );
  }

  getAuthStatus(parameter: number): Promise<Buffer> {
    if (!this.#watch.isActive) return this.#native.getAuthStatus(parameter);
    const asked = { call: 'GetAuthStatus', session: this.id, values: { parameter } };
    return this.#watch.call(
      asked,
      () => this.#native.getAuthStatus(parameter),
      (value) => ({
        values: { value: octets(value) },
      }),
    );
  }

  getDataToUnplumbCredentials(): Promise<NativeUnplumbData> {
    if (!this.#watch.isActive) return this.#native.getDataToUnplumbCredentials();
    const asked = { call: 'GetDataToUnplumbCredentials', session: this.id };
    return this.#watch.call(asked, () => this.#native.getDataToUnplumbCredentials());
  }

  end(): Promise<void> {
    if (!this.#watch.isActive) return this.#native.end();
    return this.#watch.call({ call: 'EndSession', session: this.id }, () => this.#native.end());
  }

  async #step(call: string, values: Values, start: () => Promise<NativeStep>): Promise<NativeStep> {
    const step = await this.#watch.call({ call, session: this.id, values }, start, (value) => ({
      values: stepValues(value),
      fetched: fetches[value.action],
    }));
    if (step.packet !== undefined) this.#watch.packet(this.id, 'sent', step.packet);
    return step;
  }
}

/** `native`, seen by `observer`. */
export class ObservedRuntime implements NativeRuntime {
  readonly #native: NativeRuntime;
  readonly #watch: Watch;

  constructor(native: NativeRuntime, observer: Observer) {
    this.#native = native;
    this.#watch = new Watch(observer);
  }

  get onNotification(): ((connectionId: string) => void) | undefined {
    return this.#native.onNotification;
  }

  set onNotification(listener: ((connectionId: string) => void) | undefined) {
    this.#native.onNotification = listener;
  }

  async beginSession(options: NativeBeginOptions): Promise<NativeSession> {
    const begin = (): Promise<NativeSession> => this.#native.beginSession(options);
    if (!this.#watch.isActive) return new ObservedSession(await begin(), this.#watch);
    const values = {
      method: formatMethodType(options.method),
      flags: [...bitsToFlags(options.flags)],
      attributes: options.attributes.map(({ type, value }) => ({ type, octets: value.length })),
      config: octets(options.connectionData),
      credentials: octets(options.userData),
      maxSendPacketSize: options.maxSendPacketSize,
      connectionId: options.connectionId,
    };
    const session = await this.#watch.call({ call: 'BeginSession', values }, begin, ({ id }) => ({
      session: id,
    }));
    return new ObservedSession(session, this.#watch);
  }

  clearConnection(connectionId: string): Promise<void> {
    const start = (): Promise<void> => this.#native.clearConnection(connectionId);
    if (!this.#watch.isActive) return start();
    return this.#watch.call({ call: 'ClearConnection', values: { connectionId } }, start);
  }

  getIdentity(options: NativeIdentityOptions): Promise<NativeIdentity> {
    const start = (): Promise<NativeIdentity> => this.#native.getIdentity(options);
    if (!this.#watch.isActive) return start();
    const values = {
      method: formatMethodType(options.method),
      flags: [...bitsToFlags(options.flags)],
      config: octets(options.connectionData),
      credentials: octets(options.userData),
    };
    return this.#watch.call({ call: 'GetIdentity', values }, start, (value) => ({
      values: { identity: value.identity, invokeUi: value.invokeUi, saveCredentials: octets(value.userData) },
    }));
  }

  getEncryptedPassword(password: Uint8Array): Promise<{ encrypted: string }> {
    const start = (): Promise<{ encrypted: string }> => this.#native.getEncryptedPassword(password);
    if (!this.#watch.isActive) return start();
    return this.#watch.call({ call: 'GetEncryptedPassword' }, start);
  }

  configure<Call extends ConfigurationCall>(
    call: Call,
    options: ConfigurationCalls[Call]['options'],
  ): Promise<ConfigurationCalls[Call]['result']> {
    const start = (): Promise<ConfigurationCalls[Call]['result']> => this.#native.configure(call, options);
    if (!this.#watch.isActive) return start();
    // XML, fields and blobs hold passwords: of the arguments only the method is told.
    const values = 'method' in options ? { method: formatMethodType(options.method) } : {};
    return this.#watch.call({ call: `${call.charAt(0).toUpperCase()}${call.slice(1)}`, values }, start);
  }

  registerMethod(method: NativeMethodRegistration): Promise<void> {
    return this.#native.registerMethod(method);
  }

  unregisterMethod(type: FullMethodType): Promise<void> {
    return this.#native.unregisterMethod(type);
  }

  setOption(option: number, value: number): void {
    this.#native.setOption(option, value);
  }

  counters(): { outstandingBlocks: number; sessions: number; loadedMethods: number } {
    return this.#native.counters();
  }

  stats(): { lanes: number; pending: number } {
    return this.#native.stats();
  }

  close(): Promise<void> {
    if (!this.#watch.isActive) return this.#native.close();
    return this.#watch.call({ call: 'Uninitialize' }, () => this.#native.close());
  }
}
