// A method that stops in a call of the test's choice, a conversation with it through the embedded run-time, and the
// processes that play either part.

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { begun } from '../../lib/base/child-process.js';
import { defineMethod } from '../../lib/methods/index.js';
import { loadNative } from '../../lib/native/binary.js';
import type { NativeRuntime } from '../../lib/native/runtime-types.js';
import { libraryPath } from '../supplicant/support.js';
import { signalChild } from '../support/process-group.js';

export const stallingType = { type: 254, vendorId: 99_999, vendorType: 79, authorId: 99_999 };
const header = [254, 1, 134, 159, 0, 0, 0, 79];

/** The calls that a conversation makes, in order. */
export const stages = ['getIdentity', 'beginSession', 'processRequest', 'getResult', 'end'] as const;
export type Stage = (typeof stages)[number];

/** Where a method is to stop, and what it tells. */
export interface Stall {
  at: Stage | undefined;
  /** Told of each call before it is answered, or not. */
  readonly onCall: (stage: Stage) => void;
  /** Told when the signal of the session aborts. */
  readonly onAbort?: () => void;
}

/** Answers each request with one octet, except in the call where it stops for good. */
export function stallingMethod(stall: Stall) {
  const pass = async <Value>(stage: Stage, value: Value): Promise<Value> => {
    stall.onCall(stage);
    return stall.at === stage ? new Promise(() => {}) : value;
  };
  return defineMethod({
    type: stallingType,
    name: 'Stalling',
    peer: {
      getIdentity: () => pass('getIdentity', { identity: 'bob', credentials: Buffer.from('user') }),
      beginSession: ({ signal }) => {
        signal.addEventListener('abort', () => stall.onAbort?.());
        return pass('beginSession', {
          processRequest: (packet: Uint8Array) => {
            const response = Buffer.from([2, packet[1] ?? 0, 0, 13, ...header, 7]);
            return pass('processRequest', { action: 'send' as const, packet: response });
          },
          getResult: () => pass('getResult', { isSuccess: true }),
          end: () => pass('end', undefined),
        });
      },
    },
  });
}

/** The embedded run-time with the shim, whose methods are served at `endpoint`. */
export async function openHost(endpoint: string): Promise<NativeRuntime> {
  const library = libraryPath('eapembedded');
  const runtime = await loadNative().openRuntime({
    runtimeLibrary: library,
    configurationLibrary: library,
    system: false,
    maxLanes: 64,
  });
  const dllPath = libraryPath('eapshim');
  await runtime.registerMethod({ type: stallingType, dllPath, endpoint, properties: 0 });
  return runtime;
}

/** A whole conversation. Rejects with the NativeFailure of the call that failed; the session is ended all the same. */
export async function converse(runtime: NativeRuntime): Promise<boolean> {
  const session = await runtime.beginSession({
    flags: 0,
    method: stallingType,
    attributes: [],
    userToken: 0n,
    connectionData: undefined,
    userData: Buffer.from('user'),
    maxSendPacketSize: 1500,
    connectionId: undefined,
  });
  try {
    const packets = [
      Buffer.from([1, 0, 0, 5, 1]),
      Buffer.from([1, 1, 0, 12, ...header]),
      Buffer.from([3, 1, 0, 4]),
    ];
    for (const packet of packets) await session.processReceivedPacket(packet);
    const { isSuccess } = await session.getResult(3);
    return isSuccess;
  } finally {
    await session.end();
  }
}

/** A script of the folder children in a process of its own. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #messages: string[] = [];
  #waiting: (() => void) | undefined;

  constructor(script: string, ...args: string[]) {
    const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
    this.#process = begun(() => fork(path, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
    this.#process.on('message', (message) => {
      if (typeof message === 'string') this.#messages.push(message);
      this.#waiting?.();
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('exit', () => {
        this.#messages.push('exit');
        this.#waiting?.();
        resolve();
      });
    });
  }

  /** The next thing that it said; `exit` when it ended. */
  async next(): Promise<string> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    return this.#messages.shift() ?? '';
  }

  /** Waits until it says this. */
  async says(wanted: string): Promise<void> {
    for (let said = await this.next(); said !== wanted; said = await this.next()) {
      if (said === 'exit') throw new Error(`the process ended before it said ${wanted}`);
    }
  }

  /** Kills it, as a crash would. */
  async kill(): Promise<void> {
    signalChild(this.#process, 'SIGKILL');
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
