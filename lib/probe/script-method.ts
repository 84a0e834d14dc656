// A method in TypeScript, both sides, for the probe of the whole way: EAPHost, the method DLL shim, the pipe, this process.
// It proves nothing: both sides make the key of one nonce. Pure.

import { hkdfSync, randomBytes } from 'node:crypto';

import { encodeMppeKeys } from '../eap/attributes.js';
import { eapCodes, readPacket, writePacket } from '../eap/packet.js';
import { defineMethod } from '../methods/define.js';
import { scriptType } from './bench.js';

const nonceLength = 16;
const nameLength = 7;

/** What follows an expanded type's 254: vendor and vendor type. */
function expandedName(): Buffer {
  const name = Buffer.alloc(nameLength);
  name.writeUIntBE(scriptType.vendorId, 0, 3);
  name.writeUInt32BE(scriptType.vendorType, 3);
  return name;
}

const mskOf = (nonce: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', nonce, Buffer.alloc(0), 'eaphost probe', 64));

/** The method; its peer answers with the nonce that it was sent. */
export const probeMethod = defineMethod({
  type: scriptType,
  name: 'eaphost probe',
  properties: ['standalone', 'mppeEncryption'],
  peer: {
    getIdentity: ({ credentials }) => ({ identity: 'probe', credentials }),
    beginSession() {
      let nonce: Buffer | undefined;
      return {
        processRequest(packet) {
          const request = readPacket(packet, eapCodes.request, scriptType.type);
          if (request === undefined) return { action: 'discard' };
          nonce = request.data.subarray(nameLength);
          const parts = [expandedName(), nonce];
          return {
            action: 'send',
            packet: writePacket(eapCodes.response, request.id, scriptType.type, parts),
          };
        },
        getResult: (reason) =>
          reason === 'success' && nonce !== undefined
            ? { isSuccess: true, attributes: encodeMppeKeys(mskOf(nonce), 'peer') }
            : { isSuccess: false, failureReasonCode: 1 },
        end: () => undefined,
      };
    },
  },
  authenticator: {
    beginSession() {
      const nonce = randomBytes(nonceLength);
      return {
        sendPacket: (id) => ({
          packet: writePacket(eapCodes.request, id, scriptType.type, [expandedName(), nonce]),
        }),
        receivePacket: () => 'result',
        getResult: () => ({ isSuccess: true, attributes: encodeMppeKeys(mskOf(nonce), 'authenticator') }),
        end: () => undefined,
      };
    },
  },
});
