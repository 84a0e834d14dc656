// Secrets of the command line: out of files and variables, or typed without echo.

import { isUtf8 } from 'node:buffer';
import { printable } from '../base/printable.js';
import { secretBuffer, secretFrom } from '../base/secret.js';
import { isProtected, readProtectedFile } from '../wired/protected-file.js';
import { InterruptedError, readInput, UsageError } from './command.js';

/** What a prompt needs of a terminal. */
export interface Terminal {
  setRawMode(isRaw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'end', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const endOfText = 0x03;
const endOfTransmission = 0x04;
const backspace = 0x08;
const deleteKey = 0x7f;

/** What has been typed so far, outside of V8's heap. */
class Typed {
  #octets = secretBuffer(64);
  #length = 0;

  push(octet: number): void {
    if (this.#length === this.#octets.length) {
      const full = this.#octets;
      this.#octets = secretFrom(full, full);
      full.fill(0);
    }
    this.#octets[this.#length] = octet;
    this.#length += 1;
  }

  /** The last character of UTF-8: its continuation octets, then its first one. */
  eraseCharacter(): void {
    while (this.#length > 0) {
      this.#length -= 1;
      if (((this.#octets[this.#length] ?? 0) & 0xc0) !== 0x80) return;
    }
  }

  copy(): Buffer {
    return secretFrom(this.#octets.subarray(0, this.#length));
  }

  wipe(): void {
    this.#octets.fill(0);
  }
}

/**
 * The content of a file of secrets, which may be protected: by `eaphost wired protect` on Windows. Throws UsageError if it
 * cannot be read, and as `readProtectedFile` does.
 */
export async function readSecretInput(path: string, what: string): Promise<Buffer> {
  const content = await readInput(path, what);
  const secret = isProtected(content) ? await readProtectedFile(path) : undefined;
  return secret ?? content;
}

/** The first line of a file, which must be its only one. Throws as `readSecretInput` does. */
export async function readSecretFile(path: string, what: string): Promise<Buffer> {
  const content = await readSecretInput(path, `the ${what}`);
  let end = content.length;
  if (content[end - 1] === newline) end -= 1;
  if (content[end - 1] === carriageReturn) end -= 1;
  const secret = content.subarray(0, end);
  if (isUtf8(secret) && !secret.includes(newline)) return secret;
  content.fill(0);
  throw new UsageError(`the file of the ${what} must hold one line of UTF-8: ${path}`);
}

/** Asks on a terminal without echo, and wipes what the terminal gave. Rejects with InterruptedError after Ctrl-C, with UsageError after Ctrl-D. */
export async function promptSecret(
  question: string,
  terminal: Terminal,
  output: { write(text: string): unknown },
): Promise<Buffer> {
  // In this order: what is typed as soon as the question is there must not be shown either.
  terminal.setRawMode(true);
  output.write(printable(question));
  const typed = new Typed();
  const { promise, resolve, reject } = deferred();
  const giveUp = () => reject(new UsageError('no password was given'));
  const take = (chunk: Buffer) => {
    for (const octet of chunk) {
      if (octet === newline || octet === carriageReturn) return resolve(typed.copy());
      if (octet === endOfText) return reject(new InterruptedError('no password was given'));
      if (octet === endOfTransmission) return giveUp();
      if (octet === backspace || octet === deleteKey) typed.eraseCharacter();
      else if (octet >= 0x20) typed.push(octet);
    }
  };
  const takeAndWipe = (chunk: Buffer) => {
    take(chunk);
    chunk.fill(0);
  };
  terminal.on('data', takeAndWipe);
  terminal.on('end', giveUp);
  try {
    terminal.resume();
    return await promise;
  } finally {
    typed.wipe();
    terminal.off('data', takeAndWipe);
    terminal.off('end', giveUp);
    terminal.setRawMode(false);
    terminal.pause();
    output.write('\n');
  }
}

interface Deferred {
  readonly promise: Promise<Buffer>;
  readonly resolve: (answer: Buffer) => void;
  readonly reject: (reason: Error) => void;
}

function deferred(): Deferred {
  let settle: Pick<Deferred, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<Buffer>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    promise,
    resolve: (answer) => settle?.resolve(answer),
    reject: (reason) => settle?.reject(reason),
  };
}
