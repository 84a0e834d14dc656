// Method DLLs that are wrong in the sizes of their packets, each in the way that the case of its name is about.

import type { CallMutant, MethodMutant } from '../../subjects.js';
import { authenticatorMutant, overrunning, peerMutant, refusing } from './tools.js';

/** Knows no packet size but its own. */
const ownSize: CallMutant = (call, begin) => call({ ...(begin as object), maxSendPacketSize: 1400 });

/** Begins no session whose packets may be of another size. */
const usualSize: CallMutant = (call, begin) => {
  const { maxSendPacketSize = 1400 } = begin as { maxSendPacketSize?: number };
  return maxSendPacketSize === 1400 ? call(begin) : refusing(call);
};

/** Writes a NUL behind its packet where there is no room for it. */
function terminating(name: 'getResponsePacket' | 'sendPacket'): Readonly<Record<string, CallMutant>> {
  let most = 1400;
  return {
    beginSession(call, begin) {
      ({ maxSendPacketSize: most = 1400 } = begin as { maxSendPacketSize?: number });
      return call(begin);
    },
    async [name](call, ...args) {
      const given = (await call(...args)) as Buffer | { readonly packet: Buffer };
      const { length } = Buffer.isBuffer(given) ? given : given.packet;
      return length === most ? overrunning(call) : given;
    },
  };
}

/** Fails for good where its packet does not fit. */
function forgetting(into: string, name: string): Readonly<Record<string, CallMutant>> {
  let isLost = false;
  return {
    [into]: (call, ...args) => ((isLost = true), call(...args)),
    [name]: (call, ...args) => (isLost ? refusing(call) : call(...args)),
  };
}

export const sizeMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapPeerGetResponsePacket-exact-size': peerMutant(terminating('getResponsePacket')),
  'windows-EapMethodAuthenticatorSendPacket-exact-size': authenticatorMutant(terminating('sendPacket')),
  // Writes before it looks at the size.
  'windows-EapPeerGetResponsePacket-too-small': peerMutant({ getResponsePacketInto: overrunning }),
  'windows-EapMethodAuthenticatorSendPacket-too-small': authenticatorMutant({ sendPacketInto: overrunning }),
  'windows-EapPeerGetResponsePacket-with-room-behind-too-small': peerMutant(
    forgetting('getResponsePacketInto', 'getResponsePacket'),
  ),
  'windows-EapMethodAuthenticatorSendPacket-with-room-behind-too-small': authenticatorMutant(
    forgetting('sendPacketInto', 'sendPacket'),
  ),
  'windows-EapPeerBeginSession-packets-of-64-octets': peerMutant({ beginSession: ownSize }),
  'windows-EapMethodAuthenticatorBeginSession-packets-of-64-octets': authenticatorMutant({
    beginSession: ownSize,
  }),
  'windows-EapPeerBeginSession-packets-of-65535-octets': peerMutant({ beginSession: usualSize }),
  'windows-EapMethodAuthenticatorBeginSession-packets-of-65535-octets': authenticatorMutant({
    beginSession: usualSize,
  }),
};
