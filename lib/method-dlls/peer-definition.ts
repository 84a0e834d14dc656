// A peer method DLL behind the interface of methods in TypeScript.

import { eaphostError } from '../base/errors.js';
import type { PeerSession, PeerSide } from '../methods/method.js';
import type { BeginPeerOptions } from './begin-options.js';
import type { PeerMethod } from './peer-method.js';
import type { PeerMethodSession } from './peer-session.js';

/** The peer side of a DLL. `onSession` is told of each session of it. */
export function peerSide(method: PeerMethod, onSession?: (session: PeerMethodSession) => void): PeerSide {
  return {
    async getIdentity({ flags, config, credentials, signal }) {
      const asked = { flags: [...flags], config: orNone(config), credentials: orNone(credentials), signal };
      const answer = await method.getIdentity(asked);
      if (answer.invokeUi) return { invokeUi: true };
      if (answer.identity === undefined) {
        throw eaphostError(
          'EAPHOST_NOT_SUPPORTED',
          'the method gave neither an identity nor asked for its dialog',
        );
      }
      return { identity: answer.identity, credentials: answer.credentials ?? new Uint8Array() };
    },
    async beginSession({ flags, config, credentials, attributes, maxSendPacketSize, signal }) {
      const options: BeginPeerOptions = {
        flags: [...flags],
        config: orNone(config),
        credentials: orNone(credentials),
        attributes,
        maxSendPacketSize,
      };
      const session = await method.beginSession({ ...options, signal });
      onSession?.(session);
      return adapt(session, signal);
    },
  };
}

/** An empty blob is none. */
function orNone(blob: Uint8Array): Uint8Array | undefined {
  return blob.length === 0 ? undefined : blob;
}

function adapt(session: PeerMethodSession, signal: AbortSignal): PeerSession {
  return {
    processRequest: (packet) => session.process(packet, { signal }),
    getResult: (reason) => session.getResult(reason, { signal }),
    setCredentials: (identity, password) => session.setCredentials(identity, password, { signal }),
    setUiContext: (context) => session.processUiContext(context, { signal }),
    setResponseAttributes: (attributes) => session.processResponseAttributes(attributes, { signal }),
    end: () => session.end(),
  };
}
