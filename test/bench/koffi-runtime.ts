// The embedded run-time called through koffi: what a program does that has no addon of its own.

import koffi from 'koffi';

import {
  blockingConfig,
  identityRequest,
  libraryPath,
  noLimit,
  optionMaxRounds,
  requests,
  trivialMethod,
} from './support.js';

type Failure = Error | null;
type Done = (error: Failure, code: number) => void;
/** A function of the run-time, called on this thread or on a thread of koffi's pool. */
type Call<Arguments extends unknown[]> = ((...args: Arguments) => number) & {
  async: (...args: [...Arguments, Done]) => void;
};
type Out<Value> = (Value | null)[];

type Begin = Call<
  [
    flags: number,
    type: unknown,
    attributes: null,
    token: null,
    size: number,
    config: Buffer,
    userSize: number,
    user: null,
    maxPacket: number,
    connection: null,
    handler: null,
    context: null,
    id: Out<number>,
    error: Out<unknown>,
  ]
>;
type Process = Call<[id: number, size: number, packet: Buffer, action: Out<number>, error: Out<unknown>]>;
type GetSendPacket = Call<[id: number, size: Out<number>, packet: Out<unknown>, error: Out<unknown>]>;
type End = Call<[id: number, error: Out<unknown>]>;

/** Sessions of the trivial method, driven through koffi. */
export class KoffiRuntime {
  readonly #begin: Begin;
  readonly #process: Process;
  readonly #getSendPacket: GetSendPacket;
  readonly #end: End;

  constructor() {
    // One call for each of a thousand sessions.
    koffi.config({ ...koffi.config(), max_async_calls: 4096 });
    const library = koffi.load(libraryPath('eapembedded'));
    koffi.struct('BenchType', { type: 'uint8', vendorId: 'uint32', vendorType: 'uint32' });
    koffi.struct('BenchMethodType', { eapType: 'BenchType', authorId: 'uint32' });
    koffi.struct('BenchMethod', {
      type: 'BenchMethodType',
      dllPath: 'str16',
      friendlyName: 'str16',
      authorName: 'str16',
      endpoint: 'str16',
      properties: 'uint32',
    });
    const register: (scope: number, method: unknown) => number = library.func(
      'uint32 EapEmbeddedRegisterMethod(uint64 scope, const BenchMethod *method)',
    );
    const setOption: (scope: number, option: number, value: number) => number = library.func(
      'uint32 EapEmbeddedSetOption(uint64 scope, uint32 option, uint32 value)',
    );
    const initialize: () => number = library.func('uint32 EapHostPeerInitialize()');
    this.#begin = library.func(
      'uint32 EapHostPeerBeginSession(uint32 flags, BenchMethodType type, void *attributes, void *token, ' +
        'uint32 size, const uint8 *config, uint32 userSize, const uint8 *user, uint32 maxPacket, void *connection, ' +
        'void *handler, void *context, _Out_ uint32 *id, _Out_ void **error)',
    );
    this.#process = library.func(
      'uint32 EapHostPeerProcessReceivedPacket(uint32 id, uint32 size, const uint8 *packet, _Out_ int32 *action, ' +
        '_Out_ void **error)',
    );
    this.#getSendPacket = library.func(
      'uint32 EapHostPeerGetSendPacket(uint32 id, _Out_ uint32 *size, _Out_ void **packet, _Out_ void **error)',
    );
    this.#end = library.func('uint32 EapHostPeerEndSession(uint32 id, _Out_ void **error)');
    check(initialize(), 'EapHostPeerInitialize');
    const method = { type: methodType, dllPath: libraryPath('trivialmethod'), properties: 0 };
    check(setOption(0, optionMaxRounds, noLimit), 'EapEmbeddedSetOption');
    check(register(0, method), 'EapEmbeddedRegisterMethod');
  }

  /** Begins a session and answers its identity request, both on this thread. */
  begin(): number {
    const id: Out<number> = [0];
    const config = blockingConfig(0);
    check(
      this.#begin(0, methodType, null, null, 4, config, 0, null, 1500, null, null, null, id, [null]),
      'EapHostPeerBeginSession',
    );
    const session = Number(id[0]);
    check(this.#process(session, identityRequest.length, identityRequest, [0], [null]), 'the identity round');
    check(this.#getSendPacket(session, [0], [null], [null]), 'the identity round');
    return session;
  }

  /** The two calls of an exchange, each awaited. The response is left where it is: copying it is not koffi's cost. */
  async exchange(session: number, id: number): Promise<void> {
    const request = requests[id & 0xff] ?? identityRequest;
    const action: Out<number> = [0];
    await new Promise<void>((resolve, reject) => {
      this.#process.async(session, request.length, request, action, [null], settle(resolve, reject));
    });
    if (action[0] !== 1) throw new Error(`the run-time answered with action ${action[0]}`);
    await new Promise<void>((resolve, reject) => {
      this.#getSendPacket.async(session, [0], [null], [null], settle(resolve, reject));
    });
  }

  end(session: number): void {
    check(this.#end(session, [null]), 'EapHostPeerEndSession');
  }
}

const methodType = {
  eapType: {
    type: trivialMethod.type,
    vendorId: trivialMethod.vendorId,
    vendorType: trivialMethod.vendorType,
  },
  authorId: trivialMethod.authorId,
};

function check(code: number, call: string): void {
  if (code !== 0) throw new Error(`${call} failed with ${code}`);
}

function settle(resolve: () => void, reject: (reason: Error) => void): Done {
  return (error, code) => {
    if (error !== null) reject(error);
    else if (code !== 0) reject(new Error(`the run-time failed with ${code}`));
    else resolve();
  };
}

/** The exported function of test/bench/native/bench_loop.cc: nanoseconds for an exchange in a plain loop. */
export function loopNanoseconds(sessions: number, exchanges: number): number {
  const library = koffi.load(libraryPath('bench_loop'));
  const loop: (runtime: string, method: string, sessions: number, exchanges: number) => number = library.func(
    'double EapBenchLoop(const char *runtime, const char *method, uint32 sessions, uint32 exchanges)',
  );
  const nanoseconds = loop(libraryPath('eapembedded'), libraryPath('trivialmethod'), sessions, exchanges);
  if (nanoseconds < 0) throw new Error('the plain loop failed');
  return nanoseconds;
}
