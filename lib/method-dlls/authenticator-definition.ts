// An authenticator method DLL behind the interface of methods in TypeScript.

import type { AuthenticatorSession, AuthenticatorSide } from '../methods/method.js';
import type { AuthenticatorMethod } from './authenticator-method.js';
import type { AuthenticatorMethodSession } from './authenticator-session.js';

/** The authenticator side of a DLL. `onSession` is told of each session of it. */
export function authenticatorSide(
  method: AuthenticatorMethod,
  onSession?: (session: AuthenticatorMethodSession) => void,
): AuthenticatorSide {
  return {
    async beginSession({ flags, identity, attributes, config, maxSendPacketSize, signal }) {
      const session = await method.beginSession({
        flags: [...flags],
        identity,
        attributes,
        config: config.length === 0 ? undefined : config,
        maxSendPacketSize,
        signal,
      });
      onSession?.(session);
      return adapt(session, signal);
    },
  };
}

function adapt(session: AuthenticatorMethodSession, signal: AbortSignal): AuthenticatorSession {
  return {
    sendPacket: (id) => session.sendPacket(id, { signal }),
    receivePacket: (packet) => session.receivePacket(packet, { signal }),
    getAttributes: () => session.getAttributes({ signal }),
    setAttributes: (attributes) => session.setAttributes(attributes, { signal }),
    updateInnerMethodParams: (identity, attributes) =>
      session.updateInnerMethodParams(identity, attributes, { signal }),
    getResult: () => session.getResult({ signal }),
    end: () => session.end(),
  };
}
