// The calls of an authenticator's sessions: a request's body in, the method called, a reply's body out. JavaScript
// thread.

import { bitsToFlags } from '../eap/names.js';
import { Call, FrameReader, FrameWriter, type Frame } from './frames.js';
import type { AuthenticatorAction, AuthenticatorSession, MethodDefinition } from '../methods/method.js';
import { attributesWithName } from '../methods/proved-identity.js';
import { CallFailure, authenticationFailed } from './failure.js';
import { eapPacket, unsupported } from './checks.js';

const actions = ['discard', 'send', 'result', 'respond', 'authenticate', 'handleIdentity'] as const;
const timeouts = ['none', 'basic', 'interactive'] as const;

/** An action, and the attributes that `respond` makes the host fetch. */
async function writeAction(
  reply: FrameWriter,
  session: AuthenticatorSession,
  action: AuthenticatorAction,
): Promise<void> {
  const number = actions.indexOf(action);
  if (number < 0)
    throw new CallFailure(authenticationFailed, 'The EAP method gave an action that does not exist');
  reply.u8(number);
  if (action !== 'respond') return;
  if (session.getAttributes === undefined) throw unsupported('getAttributes');
  reply.attributes(await session.getAttributes());
}

/** A beginSession behind its type. */
export async function beginAuthenticator(
  definition: MethodDefinition,
  request: FrameReader,
  signal: AbortSignal,
): Promise<AuthenticatorSession> {
  const flags = bitsToFlags(request.u32());
  const identity = request.text();
  const attributes = request.attributes();
  const config = request.bytes();
  const maxSendPacketSize = request.u32();
  request.end();
  if (definition.authenticator === undefined) throw unsupported('an authenticator side');
  const begin = { flags, identity, attributes, config, maxSendPacketSize, signal };
  return definition.authenticator.beginSession(begin);
}

/**
 * A call of a session, but for its end.
 * @throws ProtocolError when the request is malformed; anything else is the call's failure
 */
export async function callAuthenticator(
  session: AuthenticatorSession,
  frame: Frame,
  reply: FrameWriter,
): Promise<void> {
  const request = new FrameReader(frame.body);
  switch (frame.call) {
    case Call.authenticatorUpdateInnerMethodParams: {
      request.u32();
      const [identity, attributes] = [request.text(), request.attributes()];
      request.end();
      if (session.updateInnerMethodParams === undefined) throw unsupported('updateInnerMethodParams');
      return session.updateInnerMethodParams(identity, attributes);
    }
    case Call.authenticatorReceivePacket: {
      const packet = request.bytes();
      request.end();
      return writeAction(reply, session, await session.receivePacket(packet));
    }
    case Call.authenticatorSendPacket: {
      const id = request.u8();
      request.end();
      const { packet, timeout = 'basic' } = await session.sendPacket(id);
      const number = timeouts.indexOf(timeout);
      if (number < 0)
        throw new CallFailure(authenticationFailed, 'The EAP method gave a timeout that does not exist');
      reply.u8(number).bytes(eapPacket(packet));
      return;
    }
    case Call.authenticatorSetAttributes: {
      const attributes = request.attributes();
      request.end();
      if (session.setAttributes === undefined) throw unsupported('setAttributes');
      return writeAction(reply, session, await session.setAttributes(attributes));
    }
    default: {
      request.end();
      const result = await session.getResult();
      const { isSuccess, failureReasonCode = 0 } = result;
      const reason = isSuccess ? 0 : failureReasonCode >>> 0 || authenticationFailed;
      reply.bool(isSuccess).u32(reason).attributes(attributesWithName(result));
    }
  }
}
