// A method in TypeScript with the pair method's type and another protocol: each half of the pair must refuse it.

import type { MethodDefinition } from '../../lib/methods/index.js';
import { methodPacket } from '../supplicant/script-method.js';
import { pairType } from './support.js';

export const stranger: MethodDefinition = {
  type: pairType,
  name: 'stranger',
  properties: 0,
  peer: {
    getIdentity: () => ({ identity: 'alice', credentials: Buffer.alloc(0) }),
    beginSession: () => ({
      processRequest: (packet) => ({
        action: 'send',
        packet: methodPacket(2, packet[1] ?? 0, pairType, Buffer.from([0, 9, 9])),
      }),
      getResult: () => ({ isSuccess: false, failureReasonCode: 5 }),
      end: () => undefined,
    }),
  },
  authenticator: {
    beginSession: () => ({
      sendPacket: (id) => ({ packet: methodPacket(1, id, pairType, Buffer.from([0, 9])) }),
      receivePacket: () => 'result',
      getResult: () => ({ isSuccess: false, failureReasonCode: 5, attributes: [] }),
      end: () => undefined,
    }),
  },
};
