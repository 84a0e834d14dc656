// A method in TypeScript that does what a test says, and the packets that it understands.

import type { MethodType, EapAttribute } from '../../lib/index.js';
import type {
  IdentityReply,
  IdentityRequest,
  MethodDefinition,
  PeerBegin,
  PeerResult,
  PeerResultReason,
  PeerStep,
} from '../../lib/methods/index.js';

type Awaitable<T> = T | Promise<T>;

/** What the method does; what is left out has a plain default. */
export interface MethodScript {
  readonly type?: MethodType;
  readonly getIdentity?: (request: IdentityRequest) => Awaitable<IdentityReply>;
  readonly begin?: (begin: PeerBegin) => Awaitable<void>;
  readonly process?: (packet: Buffer, begin: PeerBegin) => Awaitable<PeerStep>;
  readonly setUiContext?: (context: Buffer) => Awaitable<PeerStep>;
  readonly setResponseAttributes?: (attributes: readonly EapAttribute[]) => Awaitable<PeerStep>;
  readonly getResult?: (reason: PeerResultReason) => Awaitable<PeerResult>;
  readonly end?: () => Awaitable<void>;
}

export const scriptType = { type: 254, vendorId: 99_999, vendorType: 77, authorId: 99_999 };

const unexpected = (call: string) => (): never => {
  throw new Error(`${call} was not to be called`);
};

export function scriptMethod(script: MethodScript): MethodDefinition {
  const { type = scriptType } = script;
  return {
    type,
    name: 'Script',
    properties: 0,
    peer: {
      getIdentity: script.getIdentity ?? (() => ({ identity: 'somebody', credentials: Buffer.alloc(0) })),
      async beginSession(begin) {
        await script.begin?.(begin);
        const { setUiContext = unexpected('setUiContext') } = script;
        const { setResponseAttributes = unexpected('setResponseAttributes') } = script;
        return {
          processRequest: async (packet) =>
            (await script.process?.(Buffer.from(packet), begin)) ?? {
              action: 'send',
              packet: answerTo(packet),
            },
          getResult: async (reason) =>
            (await script.getResult?.(reason)) ??
            (reason === 'failure'
              ? { isSuccess: false, failureReasonCode: 0x80420015 }
              : { isSuccess: true }),
          setUiContext: async (context) => setUiContext(Buffer.from(context)),
          setResponseAttributes: async (attributes) => setResponseAttributes(attributes),
          end: async () => script.end?.(),
        };
      },
    },
  };
}

export const identityRequest = Buffer.from([1, 1, 0, 5, 1]);
export const eapSuccess = (id: number): Buffer => Buffer.from([3, id, 0, 4]);
export const eapFailure = (id: number): Buffer => Buffer.from([4, id, 0, 4]);

/** A packet of a method: code 1 is a request, 2 a response. */
export function methodPacket(code: number, id: number, type: MethodType, data: Uint8Array): Buffer {
  const isExpanded = type.type === 254;
  const head = Buffer.alloc(isExpanded ? 12 : 5);
  head.writeUInt8(code, 0);
  head.writeUInt8(id, 1);
  head.writeUInt16BE(head.length + data.length, 2);
  head.writeUInt8(type.type, 4);
  if (isExpanded) {
    head.writeUIntBE(type.vendorId ?? 0, 5, 3);
    head.writeUInt32BE(type.vendorType ?? 0, 8);
  }
  return Buffer.concat([head, data]);
}

/** A request of a method. */
export function request(id: number, data: Uint8Array = Buffer.of(0), type: MethodType = scriptType): Buffer {
  return methodPacket(1, id, type, data);
}

/** The response that repeats a request. */
export function answerTo(packet: Uint8Array): Buffer {
  const response = Buffer.from(packet);
  response[0] = 2;
  return response;
}
