// A host of method DLLs in a thread of its own: loads eapshim and calls it as Windows' EAPHost calls a method, one
// blocking call after the other, while the thread that started it serves the method. 64-bit layouts.

import { parentPort, workerData } from 'node:worker_threads';

import koffi from 'koffi';

import type { HostCall, HostError, HostReply, HostType } from './shim-host.js';

type Arg = Buffer | bigint | number | null;

const input: { library: string } = workerData;
const library = koffi.load(input.library);
const useEndpoint = library.func('uint32 EapShimUseEndpoint(void *)');
const getInfo = library.func('uint32 EapPeerGetInfo(void *, void *, void *)');
const freeMemory = library.func('void EapPeerFreeMemory(void *)');
const freeError = library.func('void EapPeerFreeErrorMemory(void *)');

// Arguments of the routines: handles (h), numbers (u), pointers (p).
const prototypes = {
  initialize: 'p',
  getIdentity: 'uupuppppppp',
  beginSession: 'uppupupupp',
  setCredentials: 'hppp',
  processRequestPacket: 'huppp',
  getResponsePacket: 'hppp',
  getResult: 'hupp',
  getUiContext: 'hppp',
  setUiContext: 'huppp',
  getResponseAttributes: 'hpp',
  setResponseAttributes: 'hppp',
  endSession: 'hp',
  shutdown: 'p',
};
type Routine = keyof typeof prototypes;
const order = Object.keys(prototypes);

const argumentTypes: Readonly<Record<string, string>> = { h: 'uint64', u: 'uint32', p: 'void *' };
const functionTypes = new Map(
  Object.entries(prototypes).map(([name, letters]) => [
    name,
    koffi.proto(
      'uint32',
      Array.from(letters, (letter) => argumentTypes[letter] ?? letter),
    ),
  ]),
);

const routines = Buffer.alloc(120);

function call(name: Routine, ...args: Arg[]): number {
  const address = routines.readBigUInt64LE(16 + 8 * order.indexOf(name));
  const code: number = koffi.call(address, functionTypes.get(name) ?? 'void', ...args);
  return code;
}

function copy(address: bigint, length: number): Buffer {
  return address === 0n || length === 0
    ? Buffer.alloc(0)
    : Buffer.from(Buffer.from(koffi.view(address, length)));
}

function text(address: bigint): string | undefined {
  if (address === 0n) return undefined;
  let length = 0;
  while (copy(address + BigInt(length), 2).readUInt16LE(0) !== 0) length += 2;
  return copy(address, length).toString('utf16le');
}

function wide(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'utf16le');
}

function guid(octets: Buffer): string {
  const tail = octets.subarray(8).toString('hex');
  const head = [octets.readUInt32LE(0), octets.readUInt16LE(4), octets.readUInt16LE(6)];
  const [one, two, three] = head.map((value, index) => value.toString(16).padStart(index === 0 ? 8 : 4, '0'));
  return `${one}-${two}-${three}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** Copies an EAP_ERROR and frees it. */
function takeError(address: bigint): HostError | undefined {
  if (address === 0n) return undefined;
  const error = copy(address, 88);
  const taken = {
    winError: error.readUInt32LE(0),
    type: error.readUInt8(4),
    authorId: error.readUInt32LE(16),
    reasonCode: error.readUInt32LE(20),
    rootCauseGuid: guid(error.subarray(24, 40)),
    repairGuid: guid(error.subarray(40, 56)),
    rootCause: text(error.readBigUInt64LE(72)),
    repair: text(error.readBigUInt64LE(80)),
  };
  freeError(address);
  return taken;
}

function typeBuffer(type: HostType): Buffer {
  const buffer = Buffer.alloc(12);
  buffer.writeUInt8(type.type, 0);
  buffer.writeUInt32LE(type.vendorId ?? 0, 4);
  buffer.writeUInt32LE(type.vendorType ?? 0, 8);
  return buffer;
}

/** EapAttributes for a call; what it points at lives as long as the result. */
function attributeList(values: readonly { type: number; value: Uint8Array }[]): {
  list: Buffer;
  keep: Buffer[];
} {
  const array = Buffer.alloc(16 * values.length);
  const keep = [array];
  values.forEach(({ type, value }, index) => {
    const octets = Buffer.from(value);
    keep.push(octets);
    array.writeInt32LE(type, 16 * index);
    array.writeUInt32LE(octets.length, 16 * index + 4);
    array.writeBigUInt64LE(octets.length === 0 ? 0n : koffi.address(octets), 16 * index + 8);
  });
  const list = Buffer.alloc(16);
  list.writeUInt32LE(values.length, 0);
  if (values.length > 0) list.writeBigUInt64LE(koffi.address(array), 8);
  return { list, keep };
}

function readAttributes(list: Buffer): { type: number; value: Buffer }[] {
  const count = list.readUInt32LE(0);
  const array = copy(list.readBigUInt64LE(8), 16 * count);
  return Array.from({ length: count }, (_, index) => ({
    type: array.readInt32LE(16 * index),
    value: copy(array.readBigUInt64LE(16 * index + 8), array.readUInt32LE(16 * index + 4)),
  }));
}

function step(code: number, output: Buffer): HostReply {
  return { code, action: output.readInt32LE(0), allowNotifications: output.readInt32LE(4) !== 0 };
}

function run(request: HostCall, error: Buffer): HostReply {
  const size = Buffer.alloc(4);
  const data = Buffer.alloc(8);
  const output = Buffer.alloc(8);
  switch (request.call) {
    case 'useEndpoint': {
      const code: number = useEndpoint(request.endpoint === null ? null : wide(request.endpoint));
      return { code };
    }
    case 'getInfo': {
      const code: number = getInfo(typeBuffer(request.type), routines, error);
      return { code };
    }
    case 'initialize':
    case 'shutdown':
      return { code: call(request.call, error) };
    case 'getIdentity': {
      const invokeUi = Buffer.alloc(4);
      const identity = Buffer.alloc(8);
      const { flags, config, credentials } = request;
      const blobs = [
        config.length,
        Buffer.from(config),
        credentials.length,
        Buffer.from(credentials),
      ] as const;
      const code = call('getIdentity', flags, ...blobs, null, invokeUi, size, data, identity, error);
      const reply = {
        code,
        invokeUi: invokeUi.readInt32LE(0) !== 0,
        data: copy(data.readBigUInt64LE(0), size.readUInt32LE(0)),
        identity: text(identity.readBigUInt64LE(0)),
      };
      freeMemory(data.readBigUInt64LE(0));
      freeMemory(identity.readBigUInt64LE(0));
      return reply;
    }
    case 'beginSession': {
      const { flags, config, credentials, attributes, maxSendPacketSize } = request;
      const blobs = [
        config.length,
        Buffer.from(config),
        credentials.length,
        Buffer.from(credentials),
      ] as const;
      const { list } = attributeList(attributes);
      const code = call('beginSession', flags, list, null, ...blobs, maxSendPacketSize, data, error);
      return { code, handle: data.readBigUInt64LE(0) };
    }
    case 'setCredentials':
      return {
        code: call('setCredentials', request.handle, wide(request.identity), wide(request.password), error),
      };
    case 'processRequestPacket': {
      const packet = Buffer.from(request.packet);
      return step(call('processRequestPacket', request.handle, packet.length, packet, output, error), output);
    }
    case 'getResponsePacket': {
      const packet = Buffer.alloc(request.capacity);
      size.writeUInt32LE(request.capacity);
      const code = call('getResponsePacket', request.handle, size, packet, error);
      const used = size.readUInt32LE(0);
      return { code, size: used, data: code === 0 ? packet.subarray(0, used) : Buffer.alloc(0) };
    }
    case 'getResult': {
      const result = Buffer.alloc(72, 0xee);
      const code = call('getResult', request.handle, request.reason, result, error);
      const list = result.readBigUInt64LE(40);
      return {
        code,
        isSuccess: result.readInt32LE(0) !== 0,
        reasonCode: result.readUInt32LE(4),
        saveConfig: result.readInt32LE(8) !== 0,
        config: copy(result.readBigUInt64LE(16), result.readUInt32LE(12)),
        saveCredentials: result.readInt32LE(24) !== 0,
        data: copy(result.readBigUInt64LE(32), result.readUInt32LE(28)),
        attributes: list === 0n ? [] : readAttributes(copy(list, 16)),
        resultError: takeError(result.readBigUInt64LE(48)),
        tailUntouched: result.subarray(56).every((octet) => octet === 0xee),
      };
    }
    case 'getUiContext': {
      const code = call('getUiContext', request.handle, size, data, error);
      return { code, data: copy(data.readBigUInt64LE(0), size.readUInt32LE(0)) };
    }
    case 'setUiContext': {
      const context = Buffer.from(request.context);
      return step(call('setUiContext', request.handle, context.length, context, output, error), output);
    }
    case 'getResponseAttributes': {
      const list = Buffer.alloc(16);
      const code = call('getResponseAttributes', request.handle, list, error);
      return { code, attributes: readAttributes(list) };
    }
    case 'setResponseAttributes': {
      const { list } = attributeList(request.attributes);
      return step(call('setResponseAttributes', request.handle, list, output, error), output);
    }
    case 'endSession':
      return { code: call('endSession', request.handle, error) };
    case 'measure': {
      // One call after the other, from the thread that is blocked in them: nanoseconds for each.
      const packet = Buffer.from(request.packet);
      const times: number[] = [];
      for (let round = 0; round < request.rounds; ++round) {
        const start = process.hrtime.bigint();
        call('processRequestPacket', request.handle, packet.length, packet, output, error);
        times.push(Number(process.hrtime.bigint() - start));
      }
      return { code: 0, times };
    }
    default:
      throw new Error(`no such call: ${JSON.stringify(request)}`);
  }
}

parentPort?.on('message', (request: HostCall) => {
  const error = Buffer.alloc(8);
  const reply = run(request, error);
  const taken = takeError(error.readBigUInt64LE(0));
  parentPort?.postMessage(taken === undefined ? reply : { ...reply, error: taken }, []);
});
