// EAP for the state machines, out of EAPHost: a session for each authentication, all of one connection, so that EAPHost
// and the method know each other again. One call at a time; an answer that nobody waits for any more is dropped.

import { untilAborted } from '../base/abort.js';
import { errorAdvice } from '../base/error-advice.js';
import { eapErrorCodes, errorCodeNumber, systemErrorCodes } from '../base/error-codes.js';
import { EapError, type EaphostCode } from '../base/errors.js';
import type { Flag, FullMethodType } from '../eap/names.js';
import type { EapHost } from '../supplicant/eaphost.js';
import {
  checkBeginOptions,
  toMethod,
  type BeginSessionOptions,
  type MethodName,
} from '../supplicant/options.js';
import type { AuthenticationResult } from '../supplicant/result.js';
import type { Session } from '../supplicant/session.js';
import { digestOf, type KeptBlobs } from './kept.js';

/** What sessions are begun with: of the options of `EapHost.beginSession` those that a port's sessions have. */
export type SessionInput<Name extends MethodName = MethodName> = Pick<
  BeginSessionOptions<Name>,
  'method' | 'config' | 'credentials' | 'userToken' | 'flags' | 'maxSendPacketSize'
>;

/** Why an authentication failed. It holds names and fixed sentences, no text of a method and no secret. */
export interface WiredFailure {
  /**
   * The name of the cause: the SDK's where it has one, such as `EAP_E_USER_NAME_PASSWORD_REJECTED`, else `EAPHOST_…` of
   * the package, or the name or the code of an error that `load` rejected with.
   */
  readonly reason: string;
  /** What to do about it, in a sentence; undefined if nothing is known. */
  readonly remedy: string | undefined;
}

/** What comes of a packet. */
export type EapAnswer =
  | { readonly action: 'response'; readonly packet: Buffer }
  | { readonly action: 'nothing' }
  | { readonly action: 'success'; readonly result: AuthenticationResult }
  /** Refused, or a call failed. */
  | { readonly action: 'failure'; readonly failure: WiredFailure };

export interface EapPeerOptions {
  /** A GUID of its own for each port, the same for as long as it lives. */
  readonly connectionId: string;
  /** Gives what to authenticate with, as it is now. The peer wipes a blob of credentials. */
  readonly load: () => SessionInput | Promise<SessionInput>;
  /** What successes ask to be kept. The peer closes it. */
  readonly kept: KeptBlobs;
  /** How long a method may work on one packet or on its beginning, and `load` on what a session is begun with. */
  readonly timeoutMs: number;
}

/** The reasons by which a method reports that the user was refused, and not the server or the conversation. */
const userRefusals: ReadonlySet<number> = new Set([
  eapErrorCodes.EAP_E_USER_CREDENTIALS_REJECTED,
  eapErrorCodes.EAP_E_USER_NAME_PASSWORD_REJECTED,
  eapErrorCodes.EAP_E_USER_CERT_REJECTED,
  systemErrorCodes.ERROR_AUTHENTICATION_FAILURE,
]);

/** What to do about failures that no function of Windows reports. */
const remedies: Readonly<Record<string, string>> = {
  ['EAPHOST_UI_REQUIRED' satisfies EaphostCode]:
    'the method asks the user, and a supplicant has nobody to show a dialog to: give it all credentials that it needs',
  ['EAPHOST_CLOSED' satisfies EaphostCode]:
    'the host was closed before its supplicant; close the supplicant first',
  TimeoutError:
    'the method, or what gives its credentials, worked for longer than `authPeriod`; find out where it waits, or allow it ' +
    'more',
  startAuthentication: 'EAPHost wants a new start; the next request of the authenticator begins one',
};

/** The failure with a name, and what to do about it. */
function failureNamed(reason: string, method?: FullMethodType): WiredFailure {
  const code = errorCodeNumber(reason);
  const noMethod = { type: 0, vendorId: 0, vendorType: 0, authorId: 0 };
  const remedy = code === undefined ? remedies[reason] : errorAdvice(code, method ?? noMethod);
  return { reason, remedy };
}

/** A failure by its name, without any text: that may hold what a method was given. */
export function wiredFailureOf(error: unknown): WiredFailure {
  if (error instanceof EapError) return failureNamed(error.code, error.method);
  if (!(error instanceof Error)) return failureNamed('unknown');
  return failureNamed('code' in error && typeof error.code === 'string' ? error.code : error.name);
}

function wipeBlobs(given: readonly unknown[]): void {
  for (const each of given) if (each instanceof Uint8Array) each.fill(0);
}

/** Wipes the secrets of a result. */
export function wipeResult(result: AuthenticationResult): void {
  for (const { value } of result.attributes) value.fill(0);
  for (const key of Object.values(result.keys)) if (Buffer.isBuffer(key)) key.fill(0);
}

/** The EAP peer of one port. */
export class EapPeer {
  readonly #host: EapHost;
  readonly #options: EapPeerOptions;
  #session: Session | undefined;
  #failure = failureNamed('EAPHOST_SESSION_ENDED');
  #method: FullMethodType | undefined;
  #hasConnection = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(host: EapHost, options: EapPeerOptions) {
    this.#host = host;
    this.#options = options;
  }

  /**
   * Ends the session that there is, and begins another of the same connection. Never rejects: where it fails, the next
   * packet is answered with the cause.
   */
  restart(flags: readonly Flag[] = []): Promise<void> {
    return this.#inOrder(async () => {
      await this.#end();
      try {
        await this.#begin(flags);
      } catch (error) {
        this.#failure = wiredFailureOf(error);
      }
    });
  }

  /** Gives the session a packet. Never rejects: a call that fails is a failed authentication. */
  request(packet: Buffer): Promise<EapAnswer> {
    return this.#inOrder(async () => {
      try {
        return await this.#process(packet);
      } catch (error) {
        await this.#end();
        return { action: 'failure', failure: wiredFailureOf(error) };
      }
    });
  }

  /** The authenticator fell silent: gives the method's word on that, and ends the session. */
  timeout(): Promise<WiredFailure> {
    return this.#inOrder(async () => {
      try {
        const result = await this.#session?.getResult('timeout', this.#deadline());
        return failureNamed(result?.reason ?? 'ERROR_TIMEOUT', this.#method);
      } catch (error) {
        return wiredFailureOf(error);
      } finally {
        await this.#end();
      }
    });
  }

  /** Ends the session; the connection stays. */
  abort(): Promise<void> {
    return this.#inOrder(() => this.#end());
  }

  /** The connection is gone for good. */
  close(): Promise<void> {
    return this.#inOrder(async () => {
      await this.#end();
      await this.#options.kept.close();
      if (this.#hasConnection) await this.#host.clearConnection(this.#options.connectionId);
      this.#hasConnection = false;
    });
  }

  async #begin(flags: readonly Flag[]): Promise<void> {
    const { connectionId, kept } = this.#options;
    const input = await this.#load(this.#deadline());
    const secrets = [input.credentials];
    try {
      this.#method = toMethod(input.method);
      const { native } = checkBeginOptions(input, this.#host);
      secrets.push(native.userData);
      const blobs = await kept.replace(digestOf(native));
      secrets.push(blobs.credentials);
      this.#session = await this.#host.beginSession({
        ...input,
        ...blobs,
        // A port has nobody to show a dialog to.
        flags: ['nonInteractive', ...(input.flags ?? []), ...flags],
        connectionId,
        ...this.#deadline(),
      });
      this.#hasConnection = true;
    } finally {
      wipeBlobs(secrets);
    }
  }

  /** What a session is begun with. What comes too late is wiped. */
  async #load({ signal }: { readonly signal: AbortSignal }): Promise<SessionInput> {
    const loading = (async () => this.#options.load())();
    try {
      return await untilAborted(loading, signal);
    } catch (error) {
      loading.then(({ credentials }) => wipeBlobs([credentials])).catch(() => undefined);
      throw error;
    }
  }

  async #process(packet: Buffer): Promise<EapAnswer> {
    const session = this.#session;
    if (session === undefined) return { action: 'failure', failure: this.#failure };
    let step = await session.process(packet, this.#deadline());
    while (step.action === 'respond') step = await session.setResponseAttributes([], this.#deadline());
    switch (step.action) {
      case 'send':
        return { action: 'response', packet: step.packet };
      case 'result':
        return this.#conclude(step.result);
      case 'invokeUi':
        return { action: 'failure', failure: failureNamed('EAPHOST_UI_REQUIRED') };
      case 'startAuthentication':
        // The session is beyond repair; the authenticator's next Identity begins another.
        await this.#end();
        return { action: 'failure', failure: failureNamed('startAuthentication') };
      default:
        return { action: 'nothing' };
    }
  }

  /** What a success asks to be kept is kept. A failure forgets nothing: an EAP-Failure can be forged. */
  async #conclude(result: AuthenticationResult): Promise<EapAnswer> {
    const { kept } = this.#options;
    await this.#end();
    if (!result.isSuccess) {
      if (userRefusals.has(result.failureReasonCode)) kept.refused();
      const reason = result.reason ?? String(result.failureReasonCode);
      return { action: 'failure', failure: failureNamed(reason, this.#method) };
    }
    const { saveConfig, saveCredentials } = result;
    kept.keep({
      ...(saveConfig && { config: saveConfig }),
      ...(saveCredentials && { credentials: saveCredentials }),
    });
    saveCredentials?.fill(0);
    return { action: 'success', result };
  }

  async #end(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    try {
      // A session that was aborted ends when its method returns, and there is no waiting for that: until then EAPHost
      // refuses another for the connection, which is one more failure, and is tried again.
      await session?.[Symbol.asyncDispose]();
    } catch {
      // It is gone all the same. Where EAPHost itself is, the next session says so.
    }
  }

  #deadline(): { readonly signal: AbortSignal } {
    return { signal: AbortSignal.timeout(this.#options.timeoutMs) };
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}
