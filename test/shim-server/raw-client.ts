// A client that sends a method server any octets that a test chooses.

import { connect, type Socket } from 'node:net';

import {
  Call,
  FrameAssembler,
  FrameKind,
  FrameReader,
  FrameWriter,
  maxFrameSize,
  protocolVersion,
  readFrame,
  writeHello,
  type Frame,
} from '../../lib/shim-server/frames.js';

/** A server's address and token out of its endpoint. */
export function splitEndpoint(endpoint: string): { address: string; token: Buffer } {
  const mark = endpoint.lastIndexOf('#');
  return { address: endpoint.slice(0, mark), token: Buffer.from(endpoint.slice(mark + 1), 'hex') };
}

/** A connection to a server. */
export class RawClient implements AsyncDisposable {
  /** Resolves when the server has hung up. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #frames: Frame[] = [];
  #waiting: ((frame: Frame | undefined) => void) | undefined;
  #over = false;
  #id = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const assembler = new FrameAssembler();
    socket.on('data', (chunk: Buffer) => {
      const data = assembler.push(chunk, maxFrameSize);
      // The server wipes nothing of ours, but the assembler shares the chunk.
      if (data !== undefined) this.#deliver(readFrame(Buffer.from(data)));
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#over = true;
        this.#waiting?.(undefined);
        resolve();
      });
    });
  }

  /** Connects and says nothing. */
  static async connect(endpoint: string): Promise<RawClient> {
    const socket = connect(splitEndpoint(endpoint).address);
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Connects and exchanges hellos. */
  static async open(endpoint: string): Promise<RawClient> {
    const client = await RawClient.connect(endpoint);
    client.send(writeHello(protocolVersion, splitEndpoint(endpoint).token));
    const hello = await client.next();
    if (hello?.kind !== FrameKind.hello) throw new Error('no hello');
    return client;
  }

  #deliver(frame: Frame): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#frames.push(frame);
    else waiting(frame);
  }

  /** The server's next frame; undefined when it has hung up. */
  next(): Promise<Frame | undefined> {
    const frame = this.#frames.shift();
    if (frame !== undefined || this.#over) return Promise.resolve(frame);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  send(data: Uint8Array): void {
    this.#socket.write(data);
  }

  /** Sends a request and gives the server's answer; undefined when it hung up. */
  request(call: number, write: (writer: FrameWriter) => unknown = () => {}): Promise<Frame | undefined> {
    const writer = new FrameWriter();
    write(writer);
    this.#id += 1;
    this.send(writer.finish(this.#id, FrameKind.request, call));
    return this.next();
  }

  /** GetIdentity or BeginSession with the fields that tests seldom care about. */
  getIdentity(type = 4, credentials: Uint8Array = Buffer.alloc(0)): Promise<Frame | undefined> {
    return this.request(Call.getIdentity, (writer) =>
      writer.type({ type }).u32(0).bool(false).bytes(Buffer.from('config')).bytes(credentials),
    );
  }

  begin(type = 4): Promise<Frame | undefined> {
    return this.request(Call.beginSession, (writer) =>
      writer
        .type({ type })
        .u32(0x40022)
        .bool(false)
        .bytes(Buffer.from('config'))
        .bytes(Buffer.from('secret'))
        .attributes([{ type: 1, value: Buffer.from('bob') }])
        .u32(1400),
    );
  }

  process(packet: Uint8Array = Buffer.from([1, 7, 0, 5, 4])): Promise<Frame | undefined> {
    return this.request(Call.processRequestPacket, (writer) => writer.bytes(packet));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.closed;
  }
}

/** A failure's fields. */
export function readFailure(frame: Frame | undefined): {
  winError: number;
  type: number;
  authorId: number;
  reasonCode: number;
  guids: string[];
  rootCause: string | undefined;
  repair: string | undefined;
} {
  if (frame?.kind !== FrameKind.failure) throw new Error(`no failure but kind ${frame?.kind ?? 'hung up'}`);
  const reader = new FrameReader(frame.body);
  const winError = reader.u32();
  const { type } = reader.type();
  const authorId = reader.u32();
  const reasonCode = reader.u32();
  const guids = [0, 1, 2].map(() => reader.raw(16).toString('hex'));
  const rootCause = reader.bool() ? reader.text() : undefined;
  const repair = reader.bool() ? reader.text() : undefined;
  reader.end();
  return { winError, type, authorId, reasonCode, guids, rootCause, repair };
}

/** Reads a reply's body; anything but a reply fails the test. */
export function replyOf(frame: Frame | undefined): FrameReader {
  if (frame?.kind !== FrameKind.reply) throw new Error(`no reply but kind ${frame?.kind ?? 'hung up'}`);
  return new FrameReader(frame.body);
}
