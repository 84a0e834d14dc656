// EAP for the state machines, out of EAPHost: a session for each authentication, all of one connection, so that EAPHost
// and the method know each other again. One call at a time; an answer that nobody waits for any more is dropped.

import {
  EapError,
  type AuthenticationResult,
  type EapHost,
  type Flag,
  type FullMethodType,
  type Session,
} from '../../../lib/index.js';

/** What a session is begun with. The peer wipes the credentials. */
export interface SessionInput {
  readonly method: FullMethodType;
  readonly config: Buffer;
  readonly credentials: Buffer;
}

/** What comes of a packet. */
export type Answer =
  | { readonly action: 'response'; readonly packet: Buffer }
  | { readonly action: 'nothing' }
  | { readonly action: 'success'; readonly result: AuthenticationResult }
  /** Refused, or a call failed: `code` is the name or the number of the cause. */
  | { readonly action: 'failure'; readonly code: string };

export interface EapPeerOptions {
  /** A GUID of its own for each port, the same for as long as it lives. */
  readonly connectionId: string;
  /** Gives what to authenticate with, as it is now. */
  readonly load: () => Promise<SessionInput>;
  /** How long a method may work on one packet. */
  readonly timeoutMs: number;
}

/** The name of what went wrong, without any text: that may hold what a method was given. */
export function codeOf(error: unknown): string {
  if (error instanceof EapError) return error.code;
  if (error instanceof Error) {
    return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  }
  return 'unknown';
}

/** Wipes the secrets of a result. */
export function wipe(result: AuthenticationResult): void {
  for (const { value } of result.attributes) value.fill(0);
  for (const key of Object.values(result.keys)) if (Buffer.isBuffer(key)) key.fill(0);
}

/** The EAP peer of one port. */
export class EapPeer {
  readonly #host: EapHost;
  readonly #options: EapPeerOptions;
  #session: Session | undefined;
  #failure = 'EAPHOST_SESSION_ENDED';
  /** What the last result asked to be given again. */
  #saved: Partial<Pick<SessionInput, 'config' | 'credentials'>> = {};
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
        this.#failure = codeOf(error);
      }
    });
  }

  /** Gives the session a packet. Never rejects: a call that fails is a failed authentication. */
  request(packet: Buffer): Promise<Answer> {
    return this.#inOrder(async () => {
      try {
        return await this.#process(packet);
      } catch (error) {
        await this.#end();
        return { action: 'failure', code: codeOf(error) };
      }
    });
  }

  /** The authenticator fell silent: gives the method's word on that, and ends the session. */
  timeout(): Promise<string> {
    return this.#inOrder(async () => {
      try {
        const result = await this.#session?.getResult('timeout', this.#deadline());
        return result?.reason ?? 'ERROR_TIMEOUT';
      } catch (error) {
        return codeOf(error);
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
      this.#forget();
      if (this.#hasConnection) await this.#host.clearConnection(this.#options.connectionId);
      this.#hasConnection = false;
    });
  }

  async #begin(flags: readonly Flag[]): Promise<void> {
    const { connectionId, load } = this.#options;
    const { method, config, credentials } = await load();
    try {
      this.#session = await this.#host.beginSession({
        method,
        config: this.#saved.config ?? config,
        credentials: this.#saved.credentials ?? credentials,
        // A service has nobody to show a dialog to.
        flags: ['nonInteractive', ...flags],
        connectionId,
      });
      this.#hasConnection = true;
    } finally {
      credentials.fill(0);
    }
  }

  async #process(packet: Buffer): Promise<Answer> {
    const session = this.#session;
    if (session === undefined) return { action: 'failure', code: this.#failure };
    let step = await session.process(packet, this.#deadline());
    while (step.action === 'respond') step = await session.setResponseAttributes([], this.#deadline());
    switch (step.action) {
      case 'send':
        return { action: 'response', packet: step.packet };
      case 'result':
        return this.#conclude(step.result);
      case 'invokeUi':
        return { action: 'failure', code: 'EAPHOST_UI_REQUIRED' };
      case 'startAuthentication':
        // The session is beyond repair; the authenticator's next Identity begins another.
        await this.#end();
        return { action: 'failure', code: 'startAuthentication' };
      default:
        return { action: 'nothing' };
    }
  }

  /** As Microsoft's sample does: what a success asks to be kept is kept, and a failure forgets it. */
  async #conclude(result: AuthenticationResult): Promise<Answer> {
    this.#forget();
    await this.#end();
    if (!result.isSuccess) {
      return { action: 'failure', code: result.reason ?? String(result.failureReasonCode) };
    }
    const { saveConfig, saveCredentials } = result;
    this.#saved = {
      ...(saveConfig && { config: saveConfig }),
      ...(saveCredentials && { credentials: saveCredentials }),
    };
    return { action: 'success', result };
  }

  #forget(): void {
    this.#saved.credentials?.fill(0);
    this.#saved = {};
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
