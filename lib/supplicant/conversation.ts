// A whole conversation: packets from a transport through a session and back, until there is a result.

import { isObject, type Fields } from '../base/guards.js';
import { untilAborted } from '../base/abort.js';
import {
  checkFunction,
  signalNames,
  toSignal,
  type OptionNames,
  toBytes,
  toInteger,
  toName,
  ownOptions,
  type SignalOptions,
} from '../base/arguments.js';
import { EapError, eaphostError } from '../base/errors.js';
import { systemErrorCodes } from '../base/error-codes.js';
import type { AuthenticationResult, Step } from './result.js';
import type { OnUi, SessionUi } from './session-ui.js';
import { toAttributes } from '../eap/attributes.js';
import { eapCodes, eapHeader, eapTypes, identityRequest, wholePacket } from '../eap/packet.js';
import type { Transport } from '../eap/transport.js';
import type { EapAttribute, FullMethodType, ResultReason } from '../eap/names.js';

/** How `Session.authenticate` holds a conversation. */
export interface AuthenticateOptions extends SignalOptions {
  /**
   * How long the conversation may take, in milliseconds. If it takes longer because of the network or one of the
   * functions below, its result is the one that the method gives for a timeout; asking the method may take as long
   * again. If the method itself takes too long, the call rejects with `ERROR_TIMEOUT` and the session ends. Default:
   * only the transport's `timeout` indication and the signal end it.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Asks the user for the method's input: shows the fields of `input` and returns them filled in, or, if the method
   * has none, calls `showDialog` and returns its answer. undefined: the user cancelled, and the call rejects with
   * `ERROR_CANCELLED`. Without it, and with the flags `nonInteractive`, `suppressUi` and `machineAuth`, a method that
   * asks makes the call reject with `EAPHOST_UI_REQUIRED`; with `preLogon` one that has no fields does.
   */
  readonly onUi?: OnUi | undefined;
  /** Acts on attributes of the method and returns the answer. Default: an empty answer. */
  readonly onAttributes?:
    | ((
        attributes: readonly EapAttribute[],
        signal: AbortSignal,
      ) => readonly EapAttribute[] | Promise<readonly EapAttribute[]>)
    | undefined;
  /** Called with each packet, for logs: as it came from the transport, or before it is sent. */
  readonly onPacket?: ((direction: 'received' | 'sent', packet: Uint8Array) => void) | undefined;
  /** Called with each step of the session, for logs. */
  readonly onStep?: ((step: Step) => void) | undefined;
}

export const authenticateNames: OptionNames<AuthenticateOptions> = {
  ...signalNames,
  timeoutMs: 'number',
  onUi: 'function',
  onAttributes: 'function',
  onPacket: 'function',
  onStep: 'function',
};

/** What a conversation calls of its session. */
interface Conversing {
  readonly method: FullMethodType;
  readonly isEnded: boolean;
  process(packet: Uint8Array, options: SignalOptions): Promise<Step>;
  setUiContext(context: Uint8Array, options: SignalOptions): Promise<Step>;
  setResponseAttributes(attributes: readonly EapAttribute[], options: SignalOptions): Promise<Step>;
  getResult(reason: ResultReason, options: SignalOptions): Promise<AuthenticationResult>;
  restart(options: SignalOptions): Promise<void>;
}

/** A step that the conversation handles itself. */
type SettledStep = Exclude<Step, { readonly action: 'invokeUi' | 'respond' }>;

const maxRestarts = 3;
const indications = { altSuccess: true, timeout: true };

function isIdentityRequest(packet: Uint8Array): boolean {
  const header = eapHeader(wholePacket(packet) ?? packet);
  return header?.code === eapCodes.request && header.type === eapTypes.identity;
}

function checkOptions({ timeoutMs, onUi, onAttributes, onPacket, onStep }: AuthenticateOptions): void {
  if (timeoutMs !== undefined) toInteger(timeoutMs, 'timeoutMs', 1, 0x7fffffff);
  for (const [name, value] of Object.entries({ onUi, onAttributes, onPacket, onStep })) {
    checkFunction(value, name);
  }
}

function checkTransport(transport: unknown): void {
  const { receive, send }: Fields = isObject(transport) ? transport : {};
  if (typeof receive !== 'function' || typeof send !== 'function') {
    throw new TypeError('transport must have the functions receive and send');
  }
}

/** Runs `work` with a signal that aborts with `timeout()` after `ms`, and as `signal` does. */
async function within<T>(
  ms: number | undefined,
  timeout: () => EapError,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(signal?.reason);
  };
  signal?.addEventListener('abort', abort, { once: true });
  const timer =
    ms === undefined
      ? undefined
      : setTimeout(() => {
          controller.abort(timeout());
        }, ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** One conversation. JavaScript thread. */
class Conversation {
  /** The last identity request, which starts a new session. */
  #identityRequest: Uint8Array = identityRequest(0);
  #restarts = 0;

  constructor(
    private readonly session: Conversing,
    private readonly ui: SessionUi,
    private readonly transport: Transport,
    private readonly options: AuthenticateOptions,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<AuthenticationResult> {
    for (;;) {
      const event = await this.#wait(async () => this.transport.receive(this.signal));
      if (typeof event === 'string') {
        const reason = toName(event, 'what the transport received', indications);
        return this.session.getResult(reason, { signal: this.signal });
      }
      const packet = toBytes(event, "what the transport received, unless it is 'altSuccess' or 'timeout',");
      this.options.onPacket?.('received', packet);
      if (isIdentityRequest(packet)) this.#identityRequest = Buffer.from(packet);
      let step = await this.#process(packet);
      while (step.action === 'startAuthentication') {
        await this.#restart();
        step = await this.#process(this.#identityRequest);
      }
      if (step.action === 'result') return step.result;
      if (step.action === 'send') {
        const { packet } = step;
        this.options.onPacket?.('sent', packet);
        await this.#wait(async () => this.transport.send(packet, this.signal));
      }
    }
  }

  /** Waits for something other than the session, such as the transport, until the conversation is aborted. */
  async #wait<T>(start: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    return untilAborted(start(), this.signal);
  }

  async #restart(): Promise<void> {
    this.#restarts += 1;
    if (this.#restarts > maxRestarts) {
      throw eaphostError(
        'EAPHOST_TOO_MANY_RESTARTS',
        `the run-time asked for a new start ${this.#restarts} times; look at its event log for the cause`,
      );
    }
    await this.session.restart({ signal: this.signal });
  }

  /** Gives the session a packet and answers its steps until the network is next. */
  async #process(packet: Uint8Array): Promise<SettledStep> {
    const { onStep, onUi, onAttributes } = this.options;
    const session = this.session;
    const signal = this.signal;
    let step = await session.process(packet, { signal });
    for (;;) {
      onStep?.(step);
      if (step.action === 'invokeUi') {
        const answer = await this.ui.ask(step.context, onUi, signal);
        try {
          step = await session.setUiContext(answer.context, { signal });
        } finally {
          answer.wipe();
        }
      } else if (step.action === 'respond') {
        const { attributes } = step;
        const answer =
          onAttributes === undefined ? [] : await this.#wait(async () => onAttributes(attributes, signal));
        step = await session.setResponseAttributes(toAttributes(answer, 'what onAttributes gave'), {
          signal,
        });
      } else {
        return step;
      }
    }
  }
}

/** Holds a conversation of `session` over `transport` until there is a result. See `Session.authenticate`. */
export async function authenticate(
  session: Conversing,
  ui: SessionUi,
  transport: Transport,
  options: AuthenticateOptions = {},
): Promise<AuthenticationResult> {
  checkTransport(transport);
  const own = ownOptions(options, 'options', authenticateNames);
  checkOptions(own);
  const signal = toSignal(own.signal);
  signal?.throwIfAborted();
  const { timeoutMs } = own;
  let timedOut: EapError | undefined;
  const timeout = (): EapError =>
    (timedOut = new EapError(`the method did not answer within ${timeoutMs} ms; the session is ended`, {
      code: 'ERROR_TIMEOUT',
      winError: systemErrorCodes.ERROR_TIMEOUT,
      method: session.method,
    }));
  try {
    return await within(timeoutMs, timeout, signal, (signal) =>
      new Conversation(session, ui, transport, own, signal).run(),
    );
  } catch (error) {
    // If the method was running when the time was up, it cannot be asked for a result.
    if (timedOut === undefined || error !== timedOut || session.isEnded) throw error;
  }
  return within(timeoutMs, timeout, signal, (signal) => session.getResult('timeout', { signal }));
}
