// A peer method over RADIUS, hosted by hand.

import type { MethodDefinition, PeerResult, PeerSession } from '../../../lib/hosts/method.js';
import { eapCodes, eapHeader, eapPacket, eapTypes } from '../../../lib/eap/packet.js';
import {
  type RadiusAccept,
  type RadiusClient,
  type RadiusReject,
  radiusTransport,
} from '../../../lib/radius/index.js';
import { type ConversationOptions, peerBegin } from '../support.js';

export interface RadiusConversation {
  readonly peer: PeerResult;
  readonly accept: RadiusAccept | undefined;
  readonly reject: RadiusReject | undefined;
  /** Octets of the packets that the server sent. */
  readonly received: readonly number[];
}

/** Authenticates with one method; others are refused by a Nak. */
export async function authenticate(
  method: MethodDefinition,
  client: RadiusClient,
  options: ConversationOptions = {},
): Promise<RadiusConversation> {
  const { mtu = 1400 } = options;
  const transport = radiusTransport(client, { framedMtu: mtu });
  const { signal } = new AbortController();
  const received: number[] = [];
  let session: PeerSession | undefined;

  async function respond(request: Uint8Array): Promise<Uint8Array | undefined> {
    const { id = 0, type } = eapHeader(request) ?? {};
    if (type === eapTypes.identity) {
      const reply = await method.peer?.getIdentity(peerBegin(options));
      if (!reply || !('identity' in reply)) throw new Error('no identity');
      const data = Buffer.concat([Buffer.of(eapTypes.identity), Buffer.from(reply.identity)]);
      return eapPacket(eapCodes.response, id, data);
    }
    if (type !== method.type.type) {
      return eapPacket(eapCodes.response, id, Buffer.of(eapTypes.nak, method.type.type));
    }
    session ??= await method.peer?.beginSession(peerBegin(options));
    const step = await session?.processRequest(request);
    return step?.action === 'send' ? Uint8Array.from(step.packet) : undefined;
  }

  async function conclude(reason: 'success' | 'failure' | 'unknown'): Promise<RadiusConversation> {
    const result = await session?.getResult(reason);
    const attributes = (result?.attributes ?? []).map(({ type, value }) => ({
      type,
      value: Buffer.from(value),
    }));
    await session?.end();
    const peer = { ...(result ?? { isSuccess: false }), attributes };
    return { peer, accept: transport.accept, reject: transport.reject, received };
  }

  for (;;) {
    const event = await transport.receive(signal);
    if (event === 'timeout') return conclude('unknown');
    if (event === 'altSuccess') return conclude('success');
    received.push(event.length);
    const { code } = eapHeader(event) ?? {};
    if (code === eapCodes.success) return conclude('success');
    if (code === eapCodes.failure) return conclude('failure');
    const response = await respond(event);
    if (!response) return conclude('unknown');
    await transport.send(response, signal);
  }
}
