// What the server's suites share: a server with the small method, and the start of a conversation.

import assert from 'node:assert/strict';

import { attributeTypes } from '../../lib/eap/attributes.js';
import { type RadiusAttribute, joinEapMessage } from '../../lib/radius/attributes.js';
import { radiusCodes, type RadiusPacket } from '../../lib/radius/packet.js';
import { RadiusServer } from '../../lib/radius/server.js';
import type { RadiusServerEvent, RadiusServerOptions } from '../../lib/radius/server-types.js';
import { BareClient, echoMethod, identityResponse, secret, type EchoOptions } from './support.js';

const { accessChallenge } = radiusCodes;

/** A server with the small method, a client of it, and what the server told. */
export async function lab(options: Partial<RadiusServerOptions> = {}, echo: EchoOptions = {}) {
  const events: RadiusServerEvent[] = [];
  const server = await RadiusServer.listen({
    secret,
    methods: [echoMethod(echo)],
    port: 0,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const client = await BareClient.open(server.port);
  return {
    server,
    client,
    events,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

/** State, as it goes into the next request. */
export const stateOf = (reply: RadiusPacket): RadiusAttribute[] =>
  reply.attributes.filter(({ type }) => type === attributeTypes.State);

/** The EAP packet of a reply, which must have this code. */
export function eapOf(reply: RadiusPacket, code: number): Buffer {
  assert.equal(reply.code, code);
  const eap = joinEapMessage(reply.attributes);
  assert.ok(Buffer.isBuffer(eap));
  return eap;
}

/** Begins a conversation: State, and the id of the first request. */
export async function begin(
  client: BareClient,
  attributes: readonly RadiusAttribute[] = [],
  identity = 'anna',
) {
  const reply = await client.ask(client.request(identityResponse(7, identity), attributes));
  return { reply, state: stateOf(reply), id: eapOf(reply, accessChallenge)[1] ?? 0 };
}

/** What the server dropped, by reason. */
export const dropsOf = (server: RadiusServer) =>
  Object.fromEntries(Object.entries(server.counters.dropped).filter(([, count]) => count > 0));
