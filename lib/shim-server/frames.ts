// Frames of the protocol between the method DLL shim and this process: how they are cut from a stream, read and
// written. native/shim/PROTOCOL.md specifies them. JavaScript thread; pure functions and objects, no input or output.

import type { MethodFailure } from '../hosts/failure.js';
import type { EapAttribute, MethodType } from '../eap/names.js';

/** Protocol version that this side speaks. */
export const protocolVersion = 1;
/** Largest frame, in octets, header included. */
export const maxFrameSize = 1 << 20;
/** Octets of a frame's header. */
export const headerSize = 12;
/** Octets of the token. */
export const tokenSize = 32;
/** Octets of a hello frame. */
export const helloSize = headerSize + 8 + tokenSize;

const magic = 0x53504145; // "EAPS"

/** Frame kinds. */
export const FrameKind = { hello: 1, request: 2, reply: 3, failure: 4 } as const;

/** Calls that a request can name. */
export const Call = {
  getIdentity: 1,
  beginSession: 2,
  setCredentials: 3,
  processRequestPacket: 4,
  setUiContext: 5,
  setResponseAttributes: 6,
  getResult: 7,
  endSession: 8,

  configXmlToBlob: 9,
  configBlobToXml: 10,
  credentialsXmlToBlob: 11,
  queryCredentialInputFields: 12,
  queryUserBlobFromCredentialInputFields: 13,
  queryInteractiveUIInputFields: 14,
  queryUIBlobFromInteractiveUIInputFields: 15,
  getMethodProperties: 16,
  invokeConfigUI: 17,
  invokeIdentityUI: 18,
  invokeInteractiveUI: 19,
  getConfigBlobAndUserBlob: 20,

  authenticatorBeginSession: 32,
  authenticatorUpdateInnerMethodParams: 33,
  authenticatorReceivePacket: 34,
  authenticatorSendPacket: 35,
  authenticatorSetAttributes: 36,
  authenticatorGetResult: 37,
  authenticatorEndSession: 38,
  authenticatorInvokeConfigUI: 39,
} as const;

/** The other side broke the protocol: its connection ends, and nothing more. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}

/** A frame as it came: `body` shares memory with the stream's chunk. */
export interface Frame {
  readonly id: number;
  readonly kind: number;
  readonly call: number;
  readonly body: Buffer;
}

const nothing = Buffer.alloc(0);

/**
 * Cuts frames from a stream whose other end never sends a frame before the last one is answered: more octets
 * than one frame are a violation. A frame that arrives in one chunk is not copied.
 */
export class FrameAssembler {
  #head = nothing;
  #frame: Buffer | undefined;
  #filled = 0;

  /** A frame was begun and is not complete. */
  get partial(): boolean {
    return this.#frame !== undefined || this.#head.length > 0;
  }

  /**
   * Takes the next octets. Gives the whole frame that they complete, or undefined.
   * @param limit longest frame to take, in octets
   * @throws ProtocolError on a length out of bounds and on octets behind the frame
   */
  push(chunk: Buffer, limit: number): Buffer | undefined {
    if (this.#frame === undefined) {
      const data = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      if (data.length < 4) {
        this.#head = Buffer.from(data);
        return undefined;
      }
      this.#head = nothing;
      const length = data.readUInt32LE(0);
      if (length < headerSize || length > limit) throw new ProtocolError('frame length out of bounds');
      if (data.length > length) throw new ProtocolError('octets behind the frame');
      if (data.length === length) return data;
      this.#frame = Buffer.allocUnsafeSlow(length);
      this.#filled = data.copy(this.#frame);
      data.fill(0);
      return undefined;
    }
    if (chunk.length > this.#frame.length - this.#filled) throw new ProtocolError('octets behind the frame');
    this.#filled += chunk.copy(this.#frame, this.#filled);
    chunk.fill(0);
    if (this.#filled < this.#frame.length) return undefined;
    const frame = this.#frame;
    this.#frame = undefined;
    return frame;
  }

  /** Forgets a frame that was begun, and wipes it. */
  clear(): void {
    this.#head = nothing;
    this.#frame?.fill(0);
    this.#frame = undefined;
  }
}

/**
 * Reads the header of a whole frame, as FrameAssembler gives it.
 * @throws ProtocolError when the header is malformed
 */
export function readFrame(data: Buffer): Frame {
  if (data.length < headerSize || data.readUInt32LE(0) !== data.length) {
    throw new ProtocolError('frame length out of bounds');
  }
  if (data.readUInt16LE(10) !== 0) throw new ProtocolError('zero field is not zero');
  return {
    id: data.readUInt32LE(4),
    kind: data.readUInt8(8),
    call: data.readUInt8(9),
    body: data.subarray(headerSize),
  };
}

/** Reads a frame's body from front to back, never past its end. What it gives as octets shares the frame's memory. */
export class FrameReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#data = body;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#data.length - at) throw new ProtocolError('body too short');
    this.#at = at + count;
    return at;
  }

  u8(): number {
    return this.#data.readUInt8(this.#take(1));
  }

  u16(): number {
    return this.#data.readUInt16LE(this.#take(2));
  }

  u32(): number {
    return this.#data.readUInt32LE(this.#take(4));
  }

  bool(): boolean {
    const value = this.u8();
    if (value > 1) throw new ProtocolError('not a boolean');
    return value === 1;
  }

  /** `count` octets with no count before them. */
  raw(count: number): Buffer {
    const at = this.#take(count);
    return this.#data.subarray(at, at + count);
  }

  bytes(): Buffer {
    return this.raw(this.u32());
  }

  text(): string {
    const data = this.bytes();
    if (data.length % 2 !== 0) throw new ProtocolError('half a character');
    const text = data.toString('utf16le');
    if (text.includes('\0')) throw new ProtocolError('a text with a zero in it');
    return text;
  }

  type(): MethodType {
    return { type: this.u8(), vendorId: this.u32(), vendorType: this.u32() };
  }

  fullType(): MethodType {
    return { ...this.type(), authorId: this.u32() };
  }

  /** A count of things that take at least `least` octets each. */
  count(least: number): number {
    const count = this.u32();
    if (count > (this.#data.length - this.#at) / least) throw new ProtocolError('more things than octets');
    return count;
  }

  attributes(): EapAttribute[] {
    const count = this.count(8);
    const attributes: EapAttribute[] = [];
    for (let index = 0; index < count; ++index) {
      attributes.push({ type: this.u32() | 0, value: this.bytes() });
    }
    return attributes;
  }

  /** Every octet must have been read. */
  end(): void {
    if (this.#at !== this.#data.length) throw new ProtocolError('body too long');
  }
}

/** Builds one frame. It grows without leaving copies behind: what it outgrows it wipes. */
export class FrameWriter {
  #data = Buffer.allocUnsafeSlow(256);
  #size = headerSize;

  #room(count: number): number {
    const at = this.#size;
    const needed = at + count;
    if (needed > maxFrameSize) throw new RangeError('The reply is larger than a frame may be (1 MiB)');
    if (needed > this.#data.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(maxFrameSize, Math.max(needed, 2 * this.#data.length)));
      this.#data.copy(grown, 0, 0, at);
      this.#data.fill(0);
      this.#data = grown;
    }
    this.#size = needed;
    return at;
  }

  u8(value: number): this {
    const at = this.#room(1);
    this.#data.writeUInt8(value, at);
    return this;
  }

  u16(value: number): this {
    const at = this.#room(2);
    this.#data.writeUInt16LE(value, at);
    return this;
  }

  u32(value: number): this {
    const at = this.#room(4);
    this.#data.writeUInt32LE(value, at);
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  raw(value: Uint8Array): this {
    const at = this.#room(value.length);
    this.#data.set(value, at);
    return this;
  }

  bytes(value: Uint8Array): this {
    return this.u32(value.length).raw(value);
  }

  text(value: string): this {
    const size = value.length * 2;
    this.u32(size);
    const at = this.#room(size);
    this.#data.write(value, at, 'utf16le');
    return this;
  }

  type(value: MethodType): this {
    return this.u8(value.type)
      .u32(value.vendorId ?? 0)
      .u32(value.vendorType ?? 0);
  }

  attributes(values: readonly EapAttribute[]): this {
    this.u32(values.length);
    for (const { type, value } of values) this.u32(type >>> 0).bytes(value);
    return this;
  }

  maybe<T>(value: T | undefined, write: (value: T) => unknown): this {
    this.bool(value !== undefined);
    if (value !== undefined) write(value);
    return this;
  }

  error(value: MethodFailure): this {
    return this.u32(value.winError)
      .type(value.type)
      .u32(value.type.authorId ?? 0)
      .u32(value.reasonCode)
      .raw(guidOctets(value.rootCauseGuid))
      .raw(guidOctets(value.repairGuid))
      .raw(guidOctets(value.helpLinkGuid))
      .maybe(value.rootCause, (text) => this.text(text))
      .maybe(value.repair, (text) => this.text(text));
  }

  /** The frame, complete. The writer must not be used after it. */
  finish(id: number, kind: number, call: number): Buffer {
    const frame = this.#data.subarray(0, this.#size);
    frame.writeUInt32LE(this.#size, 0);
    frame.writeUInt32LE(id, 4);
    frame.writeUInt8(kind, 8);
    frame.writeUInt8(call, 9);
    frame.writeUInt16LE(0, 10);
    return frame;
  }

  /** Wipes what was written, when it is not to be sent. */
  wipe(): void {
    this.#data.fill(0);
    this.#size = headerSize;
  }
}

const guidPattern = /^([\da-f]{8})-([\da-f]{4})-([\da-f]{4})-([\da-f]{4})-([\da-f]{12})$/i;

/** A GUID's 16 octets as they lie in Windows' memory; zeros for undefined and for an invalid GUID. */
export function guidOctets(guid: string | undefined): Buffer {
  const octets = Buffer.alloc(16);
  const parts = guid === undefined ? null : guidPattern.exec(guid);
  if (parts === null) return octets;
  octets.writeUInt32LE(Number.parseInt(parts[1] ?? '', 16), 0);
  octets.writeUInt16LE(Number.parseInt(parts[2] ?? '', 16), 4);
  octets.writeUInt16LE(Number.parseInt(parts[3] ?? '', 16), 6);
  octets.write(`${parts[4] ?? ''}${parts[5] ?? ''}`, 8, 'hex');
  return octets;
}

/**
 * Reads a hello's body.
 * @throws ProtocolError when it is malformed
 */
export function readHello(frame: Frame): { version: number; token: Buffer } {
  if (frame.kind !== FrameKind.hello || frame.id !== 0 || frame.call !== 0)
    throw new ProtocolError('no hello');
  const reader = new FrameReader(frame.body);
  if (reader.u32() !== magic) throw new ProtocolError('wrong magic');
  const version = reader.u16();
  if (version === 0 || reader.u16() !== 0) throw new ProtocolError('malformed hello');
  const token = reader.raw(tokenSize);
  reader.end();
  return { version, token };
}

/** A hello frame. */
export function writeHello(version: number, token: Uint8Array): Buffer {
  return new FrameWriter().u32(magic).u16(version).u16(0).raw(token).finish(0, FrameKind.hello, 0);
}
