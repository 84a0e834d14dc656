// Drives eapshim from a thread of its own (shim-worker.ts), so that the calling thread is free to serve the method.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';

/** EAP_TYPE. */
export interface HostType {
  type: number;
  vendorId?: number;
  vendorType?: number;
}

type Octets = Uint8Array;
type Attributes = readonly { type: number; value: Octets }[];

/** A call of a method DLL's functions with its arguments. */
export type HostCall =
  | { call: 'useEndpoint'; endpoint: string | null }
  | { call: 'getInfo'; type: HostType }
  | { call: 'initialize' | 'shutdown' }
  | { call: 'getIdentity'; flags: number; config: Octets; credentials: Octets }
  | {
      call: 'beginSession';
      flags: number;
      config: Octets;
      credentials: Octets;
      attributes: Attributes;
      maxSendPacketSize: number;
    }
  | { call: 'setCredentials'; handle: bigint; identity: string; password: string }
  | { call: 'processRequestPacket'; handle: bigint; packet: Octets }
  | { call: 'getResponsePacket'; handle: bigint; capacity: number }
  | { call: 'getResult'; handle: bigint; reason: number }
  | { call: 'getUiContext' | 'getResponseAttributes' | 'endSession'; handle: bigint }
  | { call: 'setUiContext'; handle: bigint; context: Octets }
  | { call: 'setResponseAttributes'; handle: bigint; attributes: Attributes }
  | { call: 'measure'; handle: bigint; packet: Octets; rounds: number };

/** EAP_ERROR, copied and freed. */
export interface HostError {
  winError: number;
  type: number;
  authorId: number;
  reasonCode: number;
  rootCauseGuid: string;
  repairGuid: string;
  rootCause: string | undefined;
  repair: string | undefined;
}

/** The return code and whatever outputs the call has. */
export interface HostReply {
  code: number;
  error?: HostError;
  handle?: bigint;
  invokeUi?: boolean;
  identity?: string | undefined;
  data?: Octets;
  size?: number;
  action?: number;
  allowNotifications?: boolean;
  attributes?: { type: number; value: Octets }[];
  isSuccess?: boolean;
  reasonCode?: number;
  saveConfig?: boolean;
  config?: Octets;
  saveCredentials?: boolean;
  resultError?: HostError | undefined;
  tailUntouched?: boolean;
  times?: number[];
}

const extension = { win32: 'dll', darwin: 'dylib' }[process.platform as string] ?? 'so';

/** The shim that the build made. */
export function shimPath(): string {
  const built = process.platform === 'win32' ? 'build/win32-x64/Release' : 'build/native/Release';
  const path = resolve(process.env['EAPHOST_BINARY'] ?? built, `eapshim.${extension}`);
  if (!existsSync(path)) throw new Error(`${path} is missing: npm run build makes it`);
  return path;
}

/** A thread that holds the shim. */
export class ShimHost implements AsyncDisposable {
  readonly #worker: Worker;
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#worker = new Worker(new URL('shim-worker.js', import.meta.url), {
      workerData: { library: shimPath() },
    });
    // Calls wait for it one at a time.
    this.#worker.setMaxListeners(100);
  }

  /** Makes a call when those before it have returned. */
  call(request: HostCall): Promise<HostReply> {
    const answer = this.#last.then(
      () =>
        new Promise<HostReply>((resolve, reject) => {
          this.#worker.once('message', resolve);
          this.#worker.once('error', reject);
          this.#worker.postMessage(request, []);
        }),
    );
    this.#last = answer.catch(() => {});
    return answer;
  }

  /** Points the thread at a server and takes the routine table of a type. */
  async open(endpoint: string, type: HostType): Promise<void> {
    for (const request of [
      { call: 'useEndpoint', endpoint },
      { call: 'getInfo', type },
      { call: 'initialize' },
    ] as const) {
      const { code } = await this.call(request);
      if (code !== 0) throw new Error(`${request.call} returned ${code}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#worker.terminate();
  }
}
