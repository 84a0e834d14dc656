// What a success asked to be kept for the next session: a connection blob, a user blob. They are used with the input that
// they came of, and with no other: an administrator who changes a password, or a profile, is believed. No failure removes
// them, since anybody on the wire can send one: after two refusals in a row the input is tried without them, and only a
// success takes their place. In memory, and in a protected file where one is named. JavaScript's thread.

import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { promisify } from 'node:util';

import { EapError } from '../base/errors.js';
import { secretFrom } from '../base/secret.js';
import type { NativeMethodContext } from '../native/runtime-types.js';
import { readProtectedFile, writeProtectedFile } from './protected-file.js';

/** What takes the place of a session's input. */
export interface Blobs {
  readonly config?: Buffer | undefined;
  readonly credentials?: Buffer | undefined;
}

/** Which input a session is begun with: a secret, of 32 octets. */
export type InputDigest = Buffer;

/** Length and octets; 0 for none, which is not the same as an empty blob. */
function withLength(blob: Uint8Array | undefined): Uint8Array[] {
  const head = Buffer.alloc(4);
  if (blob === undefined) return [head];
  head.writeUInt32BE(blob.length + 1);
  return [head, blob];
}

/** The digest of an input. */
export function digestOf(
  input: Pick<NativeMethodContext, 'method' | 'connectionData' | 'userData'>,
): InputDigest {
  const { type, vendorId, vendorType, authorId } = input.method;
  const hash = createHash('sha256').update([type, vendorId, vendorType, authorId].join());
  for (const part of [...withLength(input.connectionData), ...withLength(input.userData)]) hash.update(part);
  return secretFrom(hash.digest());
}

// A file: the octets EHKB and a version, a salt, the proof of the input by it, and both blobs behind their lengths.
const magic = Buffer.from('EHKB\u0001');
const saltLength = 16;
const proofLength = 32;

/** Slow to guess a password by: nobody is to learn one from the file of another's blobs. */
const prove = async (digest: InputDigest, salt: Uint8Array): Promise<Buffer> =>
  promisify<Uint8Array, Uint8Array, number, Buffer>(scrypt)(digest, salt, proofLength);

interface Stored {
  readonly salt: Buffer;
  readonly proof: Buffer;
  readonly blobs: Blobs;
}

function encode({ salt, proof, blobs }: Stored): Buffer {
  return secretFrom(magic, salt, proof, ...withLength(blobs.config), ...withLength(blobs.credentials));
}

/** Undefined for octets that `encode` did not make. */
function decode(content: Buffer): Stored | undefined {
  let at = 0;
  const take = (length: number): Buffer | undefined => {
    if (length > content.length - at) return undefined;
    at += length;
    return content.subarray(at - length, at);
  };
  const takeBlob = (): Buffer | undefined | 'none' => {
    const length = take(4)?.readUInt32BE();
    return length === 0 ? 'none' : length === undefined ? undefined : take(length - 1);
  };
  const head = take(magic.length);
  const salt = take(saltLength);
  const proof = take(proofLength);
  const config = takeBlob();
  const credentials = takeBlob();
  if (head === undefined || !magic.equals(head) || at !== content.length) return undefined;
  if (salt === undefined || proof === undefined || config === undefined || credentials === undefined)
    return undefined;
  const blobs = {
    ...(config !== 'none' && { config: secretFrom(config) }),
    ...(credentials !== 'none' && { credentials: secretFrom(credentials) }),
  };
  return { salt: Buffer.from(salt), proof: Buffer.from(proof), blobs };
}

/** Refusals in a row of which one may be forged. */
const mostRefusals = 2;

const areSame = (one: Buffer | undefined, other: Buffer | undefined): boolean =>
  one === undefined || other === undefined ? one === other : one.equals(other);

function wipeBlobs({ config, credentials }: Blobs): void {
  config?.fill(0);
  credentials?.fill(0);
}

/** The blobs of one port. */
export class KeptBlobs {
  readonly #path: string | undefined;
  /** Of an earlier process: nobody has shown yet that the input is the same. */
  #stored: Stored | undefined;
  #blobs: Blobs = {};
  /** What the blobs came of. */
  #origin: InputDigest | undefined;
  /** What the session under way was begun with. */
  #input: InputDigest | undefined;
  /** Refusals in a row of what sessions are begun with now. */
  #refusals = 0;
  /** Sessions are begun with the input alone: the blobs were refused, and are tried again when the input is, too. */
  #isSecond = false;
  #complaint: string | undefined;
  #isQueued = false;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string | undefined) {
    this.#path = path;
  }

  /** Reads the file, if one is named. Rejects as `readProtectedFile` does; one that is damaged is as good as none. */
  static async open(path: string | undefined): Promise<KeptBlobs> {
    const kept = new KeptBlobs(path);
    if (path !== undefined) await kept.#read(path);
    return kept;
  }

  /** Told what goes wrong with the file: in a sentence, without a secret. */
  trouble: (text: string) => void = () => undefined;

  /** What takes the place of this input, in a session that is begun with it. */
  async replace(input: InputDigest): Promise<Blobs> {
    if (this.#complaint !== undefined) this.trouble(this.#complaint);
    this.#complaint = undefined;
    this.#input?.fill(0);
    this.#input = input;
    const stored = this.#stored;
    this.#stored = undefined;
    if (stored !== undefined) {
      if (timingSafeEqual(await prove(input, stored.salt), stored.proof)) {
        this.#blobs = stored.blobs;
        this.#origin = secretFrom(input);
      } else wipeBlobs(stored.blobs);
    }
    if (this.#origin !== undefined && !timingSafeEqual(this.#origin, input)) this.#clear();
    // Copies: what is given here is wiped by whom it was given to.
    const { config, credentials } = this.#begunWith;
    return { ...(config && { config }), ...(credentials && { credentials: secretFrom(credentials) }) };
  }

  /** The session had success, and asks for what is given to be kept; what it was begun with and leaves out stays. */
  keep(asked: Blobs): void {
    const before = this.#blobs;
    const { config, credentials } = { ...this.#begunWith, ...asked };
    this.#refusals = 0;
    this.#isSecond = false;
    if (areSame(before.config, config) && areSame(before.credentials, credentials)) return;
    this.#blobs = {
      config: config && secretFrom(config),
      credentials: credentials && secretFrom(credentials),
    };
    wipeBlobs(before);
    this.#origin?.fill(0);
    this.#origin = this.#input && secretFrom(this.#input);
    this.#write();
  }

  /** The session's method reports that the user was refused, which a forged failure can make it report. */
  refused(): void {
    this.#refusals += 1;
    if (this.#refusals < mostRefusals) return;
    this.#refusals = 0;
    this.#isSecond = !this.#isSecond;
  }

  /** The file has what there is to keep. Nothing is in memory any more. */
  async close(): Promise<void> {
    await this.#writing;
    this.#clear();
    this.#input?.fill(0);
    if (this.#stored !== undefined) wipeBlobs(this.#stored.blobs);
    this.#stored = undefined;
  }

  get #begunWith(): Blobs {
    return this.#isSecond ? {} : this.#blobs;
  }

  #clear(): void {
    wipeBlobs(this.#blobs);
    this.#blobs = {};
    this.#refusals = 0;
    this.#isSecond = false;
    this.#origin?.fill(0);
    this.#origin = undefined;
  }

  async #read(path: string): Promise<void> {
    let content: Buffer | undefined;
    try {
      content = await readProtectedFile(path);
    } catch (error) {
      if (!(error instanceof EapError) || error.code !== 'EAPHOST_PROTECTION') throw error;
      this.#complaint = error.message;
    }
    if (content === undefined) return;
    this.#stored = decode(content);
    if (this.#stored === undefined) this.#complaint = `${path} is damaged: nothing of it is used`;
    content.fill(0);
  }

  /** Writes what there is by then, after what is being written; nobody waits for it. */
  #write(): void {
    const path = this.#path;
    if (path === undefined || this.#isQueued) return;
    this.#isQueued = true;
    this.#writing = this.#writeAfter(this.#writing, path);
  }

  /** Never rejects. */
  async #writeAfter(before: Promise<void>, path: string): Promise<void> {
    await before;
    this.#isQueued = false;
    try {
      await this.#replaceFile(path);
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      this.trouble(`what is to be kept for the next session cannot be written: ${path} (${why})`);
    }
  }

  async #replaceFile(path: string): Promise<void> {
    const origin = this.#origin;
    const { config, credentials } = this.#blobs;
    if (origin === undefined || (config ?? credentials) === undefined) {
      // A file that is not there is what was wanted.
      return unlink(path).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      });
    }
    const salt = randomBytes(saltLength);
    const content = encode({ salt, proof: Buffer.alloc(proofLength), blobs: this.#blobs });
    try {
      const proof = await prove(origin, salt);
      proof.copy(content, magic.length + saltLength);
      await writeProtectedFile(path, content);
    } finally {
      content.fill(0);
    }
  }
}
