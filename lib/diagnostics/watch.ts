// The events of a run-time: one for each call and one for each packet. Secrets appear only as their size.

import { EapError, toEapError } from '../base/errors.js';
import { maskPacket } from '../eap/describe.js';
import { actionNumbers, bitsToFlags, formatMethodType } from '../eap/names.js';
import type { Watch } from '../native/calls.js';
import type {
  NativeAttributeInput,
  NativeMethodContext,
  NativeResult,
  NativeRuntime,
  NativeSession,
  NativeStep,
} from '../native/runtime-types.js';
import { now, type Observer } from './events.js';

type Values = Readonly<Record<string, unknown>>;

/** What a call gave, for its event. */
interface Given {
  readonly values?: Values;
  /** What was called next, in the same hop. */
  readonly next?: string | undefined;
  readonly session?: number;
  /** The packet that it was. */
  readonly sent?: Uint8Array | undefined;
}

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
function attributeValues(attributes: readonly NativeAttributeInput[]): readonly Values[] {
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

function stepGiven(step: NativeStep): Given {
  const values = {
    action: actionNames.get(step.action) ?? step.action,
    ...(step.packet && { sent: octets(step.packet) }),
    ...(step.result && resultValues(step.result)),
    ...(step.uiContext && { uiContext: octets(step.uiContext) }),
    ...(step.attributes && { attributes: attributeValues(step.attributes) }),
  };
  return { values, next: fetches[step.action], sent: step.packet };
}

type Told<Calls> = {
  readonly [Name in keyof Calls]?: Calls[Name] extends (...args: infer Args) => Promise<infer Value>
    ? {
        /** Windows' name, without EapHostPeer. */
        readonly call: string | ((...args: Args) => string);
        readonly asked?: (...args: Args) => Values;
        readonly given?: (value: Value, ...args: Args) => Given;
      }
    : never;
};

function contextValues({ method, flags, connectionData, userData }: Omit<NativeMethodContext, 'userToken'>) {
  return {
    method: formatMethodType(method),
    flags: [...bitsToFlags(flags)],
    config: octets(connectionData),
    credentials: octets(userData),
  };
}

/** The calls that are told of. XML, fields and blobs hold passwords: of what configures, only the method is told. */
const told: Told<Omit<NativeSession & NativeRuntime, 'id' | 'onNotification'>> = {
  processReceivedPacket: {
    call: 'ProcessReceivedPacket',
    asked: (packet) => ({ received: octets(packet) }),
    given: stepGiven,
  },
  setUiContext: {
    call: 'SetUIContext',
    asked: (context) => ({ uiContext: octets(context) }),
    given: stepGiven,
  },
  setResponseAttributes: {
    call: 'SetResponseAttributes',
    asked: (attributes) => ({ given: attributeValues(attributes) }),
    given: stepGiven,
  },
  getResult: {
    call: 'GetResult',
    asked: (reason) => ({ reason }),
    given: (result) => ({ values: resultValues(result) }),
  },
  getAuthStatus: {
    call: 'GetAuthStatus',
    asked: (parameter) => ({ parameter }),
    given: (value) => ({ values: { value: octets(value) } }),
  },
  getDataToUnplumbCredentials: { call: 'GetDataToUnplumbCredentials' },
  end: {
    call: 'EndSession',
    asked: (connectionId) => ({ connectionId }),
    given: (_value, connectionId) => ({ next: connectionId === undefined ? undefined : 'ClearConnection' }),
  },
  beginSession: {
    call: 'BeginSession',
    asked: ({ attributes, maxSendPacketSize, connectionId, ...context }) => {
      const { method, flags, ...blobs } = contextValues(context);
      return {
        method,
        flags,
        attributes: attributeValues(attributes),
        ...blobs,
        maxSendPacketSize,
        connectionId,
      };
    },
    given: ({ id }) => ({ session: id }),
  },
  clearConnection: { call: 'ClearConnection', asked: (connectionId) => ({ connectionId }) },
  getIdentity: {
    call: 'GetIdentity',
    asked: contextValues,
    given: ({ identity, invokeUi, userData }) => ({
      values: { identity, invokeUi, saveCredentials: octets(userData) },
    }),
  },
  getEncryptedPassword: { call: 'GetEncryptedPassword' },
  configure: {
    call: (call: string) => `${call.charAt(0).toUpperCase()}${call.slice(1)}`,
    asked: (_call: string, options) =>
      'method' in options ? { method: formatMethodType(options.method) } : {},
  },
  close: { call: 'Uninitialize' },
};

interface Entry {
  readonly call: string | ((...args: readonly unknown[]) => string);
  readonly asked?: (...args: readonly unknown[]) => Values;
  readonly given?: (value: unknown, ...args: readonly unknown[]) => Given;
}

/** Tells `observer` of the calls and packets of a run-time, whose outcomes pass through it as they are. */
export function watchFor(observer: Observer): Watch {
  const packet = (session: number | undefined, direction: 'received' | 'sent', data: unknown): void => {
    if (session === undefined || !(data instanceof Uint8Array)) return;
    observer.tell({ kind: 'packet', at: now(), session, direction, packet: maskPacket(data) });
  };
  return {
    get isActive() {
      return observer.isActive;
    },
    async tell(name, args, session, start) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an entry takes what its call takes and gives
      const entry = (told as Readonly<Record<string, Entry | undefined>>)[name];
      if (entry === undefined) return start();
      if (name === 'processReceivedPacket') packet(session, 'received', args[0]);
      const at = now();
      const call = typeof entry.call === 'string' ? entry.call : entry.call(...args);
      const first = `EapHostPeer${call}`;
      const values = entry.asked?.(...args) ?? {};
      try {
        const value = await start();
        const given = entry.given?.(value, ...args) ?? {};
        observer.tell({
          kind: 'call',
          at,
          duration: now() - at,
          calls: given.next === undefined ? [first] : [first, `EapHostPeer${given.next}`],
          session: given.session ?? session,
          values: { ...values, ...given.values },
        });
        packet(session, 'sent', given.sent);
        return value;
      } catch (reason) {
        const failure = toEapError(reason);
        const code = failure instanceof EapError ? failure.code : 'ERROR';
        const message = failure instanceof Error ? failure.message : String(failure);
        const error = { code, message };
        observer.tell({ kind: 'call', at, duration: now() - at, calls: [first], session, values, error });
        throw reason;
      }
    },
  };
}
