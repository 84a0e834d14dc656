// The calls of a peer's sessions: a request's body in, the method called, a reply's body out. JavaScript thread.

import { bitsToFlags, nameOf, type MethodType } from '../eap/names.js';
import { Call, FrameReader, FrameWriter, ProtocolError, type Frame } from './frames.js';
import {
  peerActions,
  resultReasons,
  type MethodDefinition,
  type PeerResult,
  type PeerSession,
  type PeerStep,
} from '../hosts/method.js';
import { askIdentity, beginHostedPeer } from '../hosts/hosted.js';
import type { Stop } from '../base/stop.js';
import { plainText } from '../hosts/failure.js';
import { checkPacket, lacking, numberOf, octets, plainString, reasonOf } from './checks.js';

function writeStep(reply: FrameWriter, step: PeerStep): void {
  reply.u8(numberOf(peerActions, step.action, 'an action')).bool(step.allowNotifications ?? true);
  if (step.action === 'send') reply.bytes(checkPacket(step.packet));
  else if (step.action === 'invokeUi') reply.bytes(octets(step.context, 'a context'));
  else if (step.action === 'respond') reply.attributes(step.attributes);
}

function writeResult(reply: FrameWriter, result: PeerResult, type: MethodType): void {
  const reason = reasonOf(result);
  reply
    .bool(result.isSuccess)
    .u32(reason)
    .maybe(result.saveConfig, (blob) => reply.bytes(octets(blob, 'a blob')))
    .maybe(result.saveCredentials, (blob) => reply.bytes(octets(blob, 'a blob')))
    .attributes(result.attributes ?? [])
    .bool(!result.isSuccess);
  if (result.isSuccess) return;
  const rootCause = result.rootCause === undefined ? undefined : plainText(result.rootCause);
  reply.error({ winError: reason, type, reasonCode: reason, rootCause });
}

/** A getIdentity behind its type. */
export async function getIdentity(
  definition: MethodDefinition,
  request: FrameReader,
  reply: FrameWriter,
  stop: Stop,
): Promise<void> {
  const flags = bitsToFlags(request.u32());
  request.bool();
  const config = request.bytes();
  const credentials = request.bytes();
  request.end();
  if (definition.peer === undefined) throw lacking('a peer side');
  const answer = await askIdentity(definition.peer, { flags, config, credentials }, stop);
  if ('invokeUi' in answer) {
    reply.bool(true).u32(0).u32(0);
    return;
  }
  const identity = plainString(answer.identity, 'an identity');
  reply.bool(false).bytes(octets(answer.credentials, 'credentials')).text(identity);
}

/** A beginSession behind its type. */
export async function beginPeer(
  definition: MethodDefinition,
  request: FrameReader,
  stop: Stop,
): Promise<PeerSession> {
  const flags = bitsToFlags(request.u32());
  request.bool();
  const config = request.bytes();
  const credentials = request.bytes();
  const attributes = request.attributes();
  const maxSendPacketSize = request.u32();
  request.end();
  if (definition.peer === undefined) throw lacking('a peer side');
  const begin = { flags, config, credentials, attributes, maxSendPacketSize };
  return beginHostedPeer(definition.peer, begin, stop);
}

/**
 * A call of a session, but for its end.
 * @throws ProtocolError when the request is malformed; anything else is the call's failure
 */
export async function callPeer(
  session: PeerSession,
  type: MethodType,
  frame: Frame,
  reply: FrameWriter,
): Promise<void> {
  const { call, body } = frame;
  const request = new FrameReader(body);
  switch (call) {
    case Call.setCredentials: {
      const [identity, password] = [request.text(), request.text()];
      request.end();
      body.fill(0);
      if (session.setCredentials === undefined) throw lacking('setCredentials');
      return session.setCredentials(identity, password);
    }
    case Call.processRequestPacket: {
      const packet = request.bytes();
      request.end();
      return writeStep(reply, await session.processRequest(packet));
    }
    case Call.setUiContext: {
      const context = request.bytes();
      request.end();
      if (session.setUiContext === undefined) throw lacking('setUiContext');
      try {
        return writeStep(reply, await session.setUiContext(context));
      } finally {
        body.fill(0);
      }
    }
    case Call.setResponseAttributes: {
      const attributes = request.attributes();
      request.end();
      if (session.setResponseAttributes === undefined) throw lacking('setResponseAttributes');
      return writeStep(reply, await session.setResponseAttributes(attributes));
    }
    default: {
      const reason = nameOf(resultReasons, request.u32());
      request.end();
      if (reason === undefined) throw new ProtocolError('no such reason');
      return writeResult(reply, await session.getResult(reason), type);
    }
  }
}
