// A session with a method in TypeScript: the calls of a run-time's session over the peer host, without native code. Its
// calls run in order, one at a time. JavaScript thread.

import { systemErrorCodes } from '../base/error-codes.js';
import { isNativeFailure, type NativeFailure } from '../base/errors.js';
import { secretFrom } from '../base/secret.js';
import {
  actionNumbers,
  authParameterNumbers,
  authStatusNumbers,
  bitsToFlags,
  isolationStateNumbers,
  nameOf,
  resultReasonNumbers,
  type FullMethodType,
  type ResultReason,
} from '../eap/names.js';
import type { Watch } from '../native/calls.js';
import type {
  NativeAttributeInput,
  NativeBeginOptions,
  NativeResult,
  NativeSession,
  NativeStep,
  NativeUnplumbData,
} from '../native/runtime-types.js';
import { HostFailure, toNativeFailure } from './failure.js';
import type { MethodDefinition, PeerSide } from './method.js';
import { methodLimits } from './limits.js';
import { PeerHost, type PeerHostStep, type PeerVerdict } from './peer-host.js';
import { encodeUiContext } from './ui-context.js';

/** What a session needs of its host. */
export interface MethodSessionSettings {
  readonly definition: MethodDefinition & { readonly peer: PeerSide };
  readonly options: NativeBeginOptions;
  readonly identityNeedsUserData: boolean;
  readonly maxRounds: number | undefined;
  /** Called once, when it has ended; with the connection that goes with it. */
  readonly onEnded: (connectionId: string | undefined) => void;
}

/** EapHostPeerNapInfo, all of it unknown: network access protection is gone from Windows, too. */
const napInfoLength = 16;
const nothing = Buffer.alloc(0);
/** The numbers that libraries give begin at 1. */
const firstId = 0x8000_0000;
let lastId = 0;

function nextId(): number {
  lastId = (lastId + 1) % firstId;
  return firstId + lastId;
}

function copyOf(attributes: readonly NativeAttributeInput[]): { type: number; value: Buffer }[] {
  return attributes.map(({ type, value }) => ({ type, value: secretFrom(value) }));
}

/** The octets of a number of 32 bits each. */
function words(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) octets.writeUInt32LE(value >>> 0, index * 4);
  return octets;
}

function toNativeResult(
  { isSuccess, failureReasonCode, attributes, saveConfig, saveCredentials, error }: PeerVerdict,
  { name, properties }: MethodDefinition,
  type: FullMethodType,
): NativeResult {
  return {
    isSuccess,
    failureReasonCode,
    // The method wipes its own when the session ends.
    ...(saveConfig && { connectionData: secretFrom(saveConfig) }),
    ...(saveCredentials && { userData: secretFrom(saveCredentials) }),
    attributes: copyOf(attributes),
    isolationState: isolationStateNumbers.unknown,
    methodInfo: { type: { ...type }, authorName: '', friendlyName: name, properties },
    ...(error && { error }),
  };
}

/** The conversation of a session. It does not refer to the session, which is ended when nobody refers to it. */
export class Strand {
  readonly host: PeerHost;
  readonly #settings: MethodSessionSettings;
  #last: Promise<unknown> = Promise.resolve();
  #isEnded = false;

  constructor(settings: MethodSessionSettings) {
    const { definition, options, identityNeedsUserData, maxRounds } = settings;
    this.#settings = settings;
    this.host = new PeerHost({
      type: options.method,
      peer: definition.peer,
      flags: bitsToFlags(options.flags),
      config: options.connectionData ?? nothing,
      credentials: options.userData ?? nothing,
      attributes: options.attributes,
      maxSendPacketSize: options.maxSendPacketSize,
      maxRounds,
      identityNeedsUserData,
      limits: methodLimits,
    });
  }

  /** Runs `work` after what was asked for before it. A rejection is a NativeFailure of the function `call`. */
  async run<T>(call: string, work: () => T | Promise<T>): Promise<T> {
    const previous = this.#last;
    let isOver: () => void = () => undefined;
    this.#last = new Promise<void>((resolve) => {
      isOver = resolve;
    });
    try {
      await previous;
      if (this.#isEnded && call !== 'EndSession') throw new HostFailure(systemErrorCodes.ERROR_INVALID_STATE);
      return await work();
    } catch (error) {
      throw this.#failure(call, error);
    } finally {
      isOver();
    }
  }

  /** Ends the method's session, once. */
  async end(connectionId: string | undefined): Promise<void> {
    return this.run('EndSession', async () => {
      if (this.#isEnded) return;
      this.#isEnded = true;
      try {
        await this.host.end();
      } finally {
        this.#settings.onEnded(connectionId);
      }
    });
  }

  async result(reason: ResultReason): Promise<NativeResult> {
    const { definition, options } = this.#settings;
    try {
      return toNativeResult(await this.host.conclude(reason), definition, options.method);
    } catch (error) {
      throw this.#failure('GetResult', error);
    }
  }

  /** A step with what it brings. */
  async fetch(step: PeerHostStep): Promise<NativeStep> {
    const action = actionNumbers[step.action];
    switch (step.action) {
      case 'send':
        return { action, packet: step.packet };
      case 'result':
        return { action, result: await this.result('fromMethod') };
      case 'invokeUi': {
        const { of, context: data } = step;
        const { method: type, flags } = this.#settings.options;
        const config = of === 'identity' ? this.host.config : nothing;
        return { action, uiContext: encodeUiContext({ of, type, flags, config, data }) };
      }
      case 'respond':
        return { action, attributes: copyOf(step.attributes) };
      default:
        return { action };
    }
  }

  #failure(call: string, error: unknown): NativeFailure {
    if (isNativeFailure(error)) return error;
    const { definition, options } = this.#settings;
    return toNativeFailure(`EapHostPeer${call}`, error, definition, options.method);
  }
}

const forgotten = new FinalizationRegistry<Strand>((strand) => {
  // Nobody is left whom a failure could reach.
  strand.end(undefined).catch(() => undefined);
});

/** A session. */
export class MethodSession implements NativeSession {
  readonly id = nextId();
  readonly #strand: Strand;
  readonly #watch: Watch | undefined;

  constructor(strand: Strand, watch: Watch | undefined) {
    this.#strand = strand;
    this.#watch = watch;
    forgotten.register(this, strand);
  }

  async processReceivedPacket(packet: Uint8Array): Promise<NativeStep> {
    const strand = this.#strand;
    const own = secretFrom(packet);
    return this.#call('processReceivedPacket', 'ProcessReceivedPacket', [own], async () =>
      strand.fetch(await strand.host.receive(own)),
    );
  }

  async setUiContext(context: Uint8Array): Promise<NativeStep> {
    const strand = this.#strand;
    const own = secretFrom(context);
    return this.#call('setUiContext', 'SetUIContext', [own], async () => {
      try {
        return await strand.fetch(await strand.host.setUiContext(own));
      } finally {
        own.fill(0);
      }
    });
  }

  async setResponseAttributes(attributes: readonly NativeAttributeInput[]): Promise<NativeStep> {
    const strand = this.#strand;
    const own = copyOf(attributes);
    return this.#call('setResponseAttributes', 'SetResponseAttributes', [own], async () =>
      strand.fetch(await strand.host.setResponseAttributes(own)),
    );
  }

  async getResult(reason: number): Promise<NativeResult> {
    return this.#call('getResult', 'GetResult', [reason], () => {
      const name = nameOf(resultReasonNumbers, reason);
      if (name === undefined) throw new HostFailure(systemErrorCodes.ERROR_INVALID_PARAMETER);
      return this.#strand.result(name);
    });
  }

  /** The octets of Windows' structures. */
  async getAuthStatus(parameter: number): Promise<Buffer> {
    return this.#call('getAuthStatus', 'GetAuthStatus', [parameter], () => {
      const { status, identity = '' } = this.#strand.host;
      switch (nameOf(authParameterNumbers, parameter)) {
        case 'authStatus':
          return words(authStatusNumbers[status.status], status.errorCode, status.reasonCode);
        case 'identity':
          return Buffer.from(`${identity}\0`, 'utf16le');
        case 'identityExtendedInfo':
          return Buffer.from(`${identity}\0`);
        case 'napInfo':
          return Buffer.alloc(napInfoLength);
        default:
          throw new HostFailure(systemErrorCodes.ERROR_INVALID_PARAMETER);
      }
    });
  }

  /** Single sign-on plumbs credentials into Windows' logon session; here there is none. */
  async getDataToUnplumbCredentials(): Promise<NativeUnplumbData> {
    return this.#call('getDataToUnplumbCredentials', 'GetDataToUnplumbCredentials', [], () => {
      throw new HostFailure(systemErrorCodes.ERROR_NOT_SUPPORTED);
    });
  }

  async end(connectionId?: string): Promise<void> {
    return this.#seen('end', [connectionId], () => this.#strand.end(connectionId));
  }

  #call<T>(name: string, call: string, args: readonly unknown[], work: () => T | Promise<T>): Promise<T> {
    return this.#seen(name, args, () => this.#strand.run(call, work));
  }

  #seen<T>(name: string, args: readonly unknown[], start: () => Promise<T>): Promise<T> {
    const watch = this.#watch;
    return watch?.isActive === true ? watch.tell(name, args, this.id, start) : start();
  }
}
