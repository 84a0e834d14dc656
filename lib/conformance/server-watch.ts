// Whether a server under test lives, and whether it was restarted during a case. A restart may be shorter than any
// silence, so that a conversation is begun before a case and goes on behind it: the server has forgotten it where its
// process is another one. JavaScript thread.

import { attributeTypes } from '../eap/attributes.js';
import { radiusCodes } from '../radius/packet.js';
import { preflightServer } from './preflight.js';
import { CaseRecord } from './record.js';
import type { SubjectWatch } from './runner.js';
import { ServerProbe, type ServerTarget } from './server-probe.js';

/** Milliseconds between two questions whether the server lives. */
const pulseMs = 100;
/** Datagrams may be lost: how often one is sent. */
const tries = 3;

/** Follows whether one server lives. */
export class ServerWatcher {
  readonly #target: ServerTarget;
  /** Whether a good conversation succeeds at all: of a server that refuses its user, answers alone are looked at. */
  #isGood: Promise<boolean> | undefined;

  constructor(target: ServerTarget) {
    this.#target = target;
  }

  /** Whether the server answers and, if it did so at the beginning, accepts its user. Rejects with the signal's reason. */
  async isThere(signal: AbortSignal): Promise<boolean> {
    if (!(await isAnswering(this.#target, signal))) return false;
    this.#isGood ??= accepts(this.#target, signal);
    return !(await this.#isGood) || (await accepts(this.#target, signal));
  }

  /**
   * Watches it during one case; with `isTimed` the watch measures silence, too. Rejects if the server is not there, or
   * with the signal's reason.
   */
  async watch(signal: AbortSignal, isTimed: boolean): Promise<SubjectWatch> {
    if (this.#isGood === undefined && !(await this.isThere(signal)))
      throw new Error('the server does not answer');
    const probe = await ServerProbe.open(this.#target, new CaseRecord(), signal);
    try {
      const next = (await this.#isGood) ? await begun(probe) : undefined;
      const pulse = isTimed ? await Pulse.begin(this.#target, signal) : undefined;
      return {
        isKept: async () => (next ? await isKept(probe, next) : await isAnswering(this.#target, signal)),
        get silenceMs() {
          return pulse?.silenceMs ?? 0;
        },
        async [Symbol.asyncDispose]() {
          await pulse?.[Symbol.asyncDispose]();
          await probe[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      await probe[Symbol.asyncDispose]();
      throw error;
    }
  }
}

const accepts = async (target: ServerTarget, signal: AbortSignal): Promise<boolean> =>
  (await preflightServer(target, signal)) === undefined;

/** Whether a server answers Status-Server (RFC 5997), or the first request of a conversation. */
async function isAnswering(target: ServerTarget, signal: AbortSignal): Promise<boolean> {
  await using probe = await ServerProbe.open(target, new CaseRecord(), signal);
  for (let index = 0; index < tries; index++) {
    askForLife(probe);
    if (await probe.hasArrived(target.answerMs / tries)) return true;
  }
  signal.throwIfAborted();
  return false;
}

function askForLife(probe: ServerProbe): void {
  const { UserName } = attributeTypes;
  probe.send(probe.request(undefined, { code: radiusCodes.statusServer, without: [UserName, 6, 12, 61] }));
  probe.send(probe.request(probe.identity()));
}

/** Begins a conversation, and gives the request that goes on with it. */
async function begun(probe: ServerProbe): Promise<Buffer> {
  const talk = await probe.begin();
  return talk.datagram(await talk.response());
}

/** Whether the server still knows a conversation: it goes on with it, or accepts its user. */
async function isKept(probe: ServerProbe, next: Buffer): Promise<boolean> {
  for (let index = 0; index < tries; index++) {
    probe.send(next);
    const answer = await probe.receive(probe.target.answerMs / tries, next[1]);
    if (answer) return answer.code !== radiusCodes.accessReject;
  }
  return false;
}

/** Asks a server again and again whether it lives, and measures how long it did not answer. */
class Pulse implements AsyncDisposable {
  readonly #probe: ServerProbe;
  readonly #beating: Promise<void>;
  #isOver = false;
  #lastMs = performance.now();
  #longestMs = 0;

  private constructor(probe: ServerProbe) {
    this.#probe = probe;
    this.#beating = this.#beat();
  }

  static async begin(target: ServerTarget, signal: AbortSignal): Promise<Pulse> {
    return new Pulse(await ServerProbe.open(target, new CaseRecord(), signal));
  }

  /** Milliseconds of its longest silence so far. */
  get silenceMs(): number {
    return Math.max(this.#longestMs, performance.now() - this.#lastMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#beating;
    await this.#probe[Symbol.asyncDispose]();
  }

  async #beat(): Promise<void> {
    while (!this.#isOver && !this.#probe.signal.aborted) {
      askForLife(this.#probe);
      if (!(await this.#probe.hasArrived(pulseMs))) continue;
      this.#longestMs = this.silenceMs;
      this.#lastMs = performance.now();
      await this.#probe.quiet();
    }
  }
}
