// One connection from a method DLL shim: hello, then one request after the other. It owns the stream and decides
// what ends it. JavaScript thread.

import { timingSafeEqual } from 'node:crypto';

import * as frames from './frames.js';
import { ShimCalls } from './calls.js';
import { CallFailure } from '../hosts/failure.js';
import { toMethodFailure } from '../hosts/failure.js';
import type { ErrorListener, MethodTable } from './checks.js';
import type { ShimStream } from './stream.js';

/** What a connection needs of its server. */
export interface ConnectionSettings {
  readonly token: Uint8Array;
  readonly methods: MethodTable;
  /** Milliseconds for the hello. */
  readonly helloTimeout: number;
  readonly onError: ErrorListener | undefined;
  /** A GUID for an error of a method, by which a host in this thread gets it back. */
  readonly guidOf?: ((error: unknown) => string) | undefined;
  onHello(): void;
  onClosed(): void;
}

/** Milliseconds that a frame may take from its first octet to its last. */
const frameTimeout = 30_000;

/** One connection. */
export class ShimConnection {
  /** Resolves when the connection is closed and its session, if any, has ended. Never rejects. */
  readonly ended: Promise<void>;
  readonly #stream: ShimStream;
  readonly #settings: ConnectionSettings;
  readonly #assembler = new frames.FrameAssembler();
  readonly #calls: ShimCalls;
  #greeted = false;
  #lastId = 0;
  /** The request in progress; undefined while the connection waits for one. Never rejects. */
  #busy: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: ShimStream, settings: ConnectionSettings) {
    this.#stream = stream;
    this.#settings = settings;
    this.#calls = new ShimCalls(settings.methods);
    this.#expect(settings.helloTimeout);
    this.ended = new Promise((resolve) => {
      stream.tell({
        received: (chunk) => this.#receive(chunk),
        closed: () => resolve(this.#closed()),
      });
    });
  }

  /** Hangs up. */
  destroy(): void {
    this.#stream.destroy();
  }

  #expect(milliseconds: number): void {
    const timer = setTimeout(() => {
      // What came while JavaScript was busy has not been read yet.
      setImmediate(() => {
        if (this.#timer === timer) this.#stream.destroy();
      });
    }, milliseconds).unref();
    this.#timer = timer;
  }

  #received(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #receive(chunk: Buffer): void {
    try {
      if (this.#busy !== undefined)
        throw new frames.ProtocolError('a request while another is being answered');
      const data = this.#assembler.push(chunk, this.#greeted ? frames.maxFrameSize : frames.helloSize);
      if (data === undefined) {
        if (this.#timer === undefined) this.#expect(frameTimeout);
        return;
      }
      this.#received();
      const frame = frames.readFrame(data);
      if (this.#greeted) this.#request(frame);
      else this.#greet(frame);
    } catch (error) {
      if (!(error instanceof frames.ProtocolError)) throw error;
      chunk.fill(0);
      this.#stream.destroy();
    }
  }

  #greet(frame: frames.Frame): void {
    const { version, token } = frames.readHello(frame);
    const known = timingSafeEqual(token, this.#settings.token);
    frame.body.fill(0);
    if (!known) throw new frames.ProtocolError('wrong token');
    this.#greeted = true;
    this.#settings.onHello();
    this.#stream.send(frames.writeHello(Math.min(version, frames.protocolVersion), this.#settings.token));
  }

  #request(frame: frames.Frame): void {
    if (frame.kind !== frames.FrameKind.request || frame.call === 0)
      throw new frames.ProtocolError('no request');
    this.#lastId = this.#lastId === 0xffff_ffff ? 1 : this.#lastId + 1;
    if (frame.id !== this.#lastId) throw new frames.ProtocolError('a request out of turn');
    // An error whose own fields throw when they are read gets no answer at all.
    this.#busy = this.#answer(frame).catch(() => this.destroy());
  }

  async #answer(frame: frames.Frame): Promise<void> {
    const writer = new frames.FrameWriter();
    let reply: Buffer;
    try {
      await this.#calls.answer(frame, writer);
      reply = writer.finish(frame.id, frames.FrameKind.reply, frame.call);
    } catch (error) {
      writer.wipe();
      if (error instanceof frames.ProtocolError) {
        this.#stream.destroy();
        return;
      }
      const isMethods = this.#report(error, frame.call);
      const failure = toMethodFailure(error, this.#calls.definition);
      const rootCauseGuid = failure.rootCauseGuid ?? (isMethods ? this.#settings.guidOf?.(error) : undefined);
      reply = new frames.FrameWriter()
        .error({ ...failure, rootCauseGuid })
        .finish(frame.id, frames.FrameKind.failure, frame.call);
    }
    this.#busy = undefined;
    this.#stream.send(reply);
  }

  /** Whether it is the method's own error. */
  #report(error: unknown, call: number): boolean {
    const { definition } = this.#calls;
    if (definition === undefined || error instanceof CallFailure) return false;
    try {
      this.#settings.onError?.(error, definition, ShimCalls.callName(call));
    } catch {
      // The listener's own trouble.
    }
    return true;
  }

  async #closed(): Promise<void> {
    this.#received();
    this.#assembler.clear();
    this.#settings.onClosed();
    this.#calls.abort();
    await this.#busy;
    try {
      await this.#calls.end();
    } catch (error) {
      this.#report(error, 8);
    }
  }
}
