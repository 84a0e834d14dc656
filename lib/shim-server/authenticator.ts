// The calls of an authenticator's sessions: a request's body in, the method called, a reply's body out. JavaScript
// thread.

import { bitsToFlags } from '../eap/names.js';
import { Call, FrameReader, FrameWriter, type Frame } from './frames.js';
import {
  authenticatorActions,
  sendTimeouts,
  type AuthenticatorAction,
  type AuthenticatorSession,
  type MethodDefinition,
} from '../hosts/method.js';
import { beginHostedAuthenticator } from '../hosts/hosted.js';
import type { Stop } from '../base/stop.js';
import { attributesWithName } from '../hosts/proved-identity.js';
import { checkPacket, lacking, numberOf, reasonOf } from './checks.js';

/** An action, and the attributes that `respond` makes the host fetch. */
async function writeAction(
  reply: FrameWriter,
  session: AuthenticatorSession,
  action: AuthenticatorAction,
): Promise<void> {
  reply.u8(numberOf(authenticatorActions, action, 'an action'));
  if (action !== 'respond') return;
  if (session.getAttributes === undefined) throw lacking('getAttributes');
  reply.attributes(await session.getAttributes());
}

/** A beginSession behind its type. */
export async function beginAuthenticator(
  definition: MethodDefinition,
  request: FrameReader,
  stop: Stop,
): Promise<AuthenticatorSession> {
  const flags = bitsToFlags(request.u32());
  const identity = request.text();
  const attributes = request.attributes();
  const config = request.bytes();
  const maxSendPacketSize = request.u32();
  request.end();
  if (definition.authenticator === undefined) throw lacking('an authenticator side');
  const begin = { flags, identity, attributes, config, maxSendPacketSize };
  return beginHostedAuthenticator(definition.authenticator, begin, stop);
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
      if (session.updateInnerMethodParams === undefined) throw lacking('updateInnerMethodParams');
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
      reply.u8(numberOf(sendTimeouts, timeout, 'a timeout')).bytes(checkPacket(packet));
      return;
    }
    case Call.authenticatorSetAttributes: {
      const attributes = request.attributes();
      request.end();
      if (session.setAttributes === undefined) throw lacking('setAttributes');
      return writeAction(reply, session, await session.setAttributes(attributes));
    }
    default: {
      request.end();
      const result = await session.getResult();
      reply.bool(result.isSuccess).u32(reasonOf(result)).attributes(attributesWithName(result));
    }
  }
}
