// A server that sends Notifications before and in its method: the peer of its cases answers each and goes on (RFC 3748,
// 5.2).

import assert from 'node:assert/strict';

import type { RadiusMessage } from '../../lib/conformance/datagram.js';
import { CaseRecord } from '../../lib/conformance/record.js';
import { RadiusRelay } from '../../lib/conformance/relay.js';
import { ServerProbe } from '../../lib/conformance/server-probe.js';
import { eapCodes, eapPacket, eapTypes } from '../../lib/eap/packet.js';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import { RadiusServer } from '../../lib/radius/index.js';
import { eapOf } from './mutants/tools.js';
import { identity, offers, password, secret } from './subjects.js';

/** In the place of the Type of a response to a Notification that is not one with its Identifier and without a text. */
const wrong = -1;

/** The Types of the responses to a server that sends a Notification before each of these of its Requests, from 0. */
async function typesFor(offer: 'md5' | 'mschapv2', noticed: readonly number[]): Promise<number[]> {
  const types: number[] = [];
  const { methods, peer: method } = offers[offer];
  const key = Buffer.from(secret);
  await using server = await RadiusServer.listen({ secret, methods, port: 0, unref: true });
  let requests = 0;
  let held: RadiusMessage | undefined;
  let notification: Buffer | undefined;
  await using relay = await RadiusRelay.listen({
    port: server.port,
    secret: key,
    onRequest(datagram, flow) {
      const response = eapOf(datagram);
      const type = response?.[4] ?? 0;
      if (held === undefined) {
        types.push(type);
        return datagram;
      }
      const right = eapPacket(eapCodes.response, notification?.[1] ?? 0, Buffer.of(eapTypes.notification));
      types.push(response?.equals(right) ? type : wrong);
      const { code, attributes } = held;
      held = undefined;
      flow.answer(datagram, { code, attributes });
      return undefined;
    },
    onReply(datagram, flow) {
      const request = eapOf(datagram);
      if (request?.[0] !== eapCodes.request || !noticed.includes(requests++)) return datagram;
      const type = Buffer.of(eapTypes.notification);
      const text = Buffer.from('the password expires');
      notification = eapPacket(eapCodes.request, (request[1] ?? 0) ^ 0x80, type, text);
      // What waits behind it, whole.
      flow.reply(datagram, (message) => void (held = message));
      return flow.eap(datagram, () => notification, true);
    },
  });
  const target = {
    host: '127.0.0.1',
    port: relay.port,
    secret: key,
    identity,
    method,
    credentials: encodeCredentials({ username: identity, password }),
    silenceMs: 300,
    answerMs: 10_000,
  };
  await using probe = await ServerProbe.open(target, new CaseRecord(), AbortSignal.timeout(30_000));
  await (await probe.begin()).expectAccept();
  return types;
}

describe('A server that sends Notifications', () => {
  const { identity: name, notification, nak } = eapTypes;
  const md5 = 4;
  const mschapv2 = 26;

  // It offers the user another method first.
  for (const [where, offer, noticed, expected] of [
    ['nowhere', 'md5', [], [name, nak, md5]],
    ['before its method', 'md5', [0], [name, notification, nak, md5]],
    ['behind a Nak', 'md5', [1], [name, nak, notification, md5]],
    ['twice', 'md5', [0, 1], [name, notification, nak, notification, md5]],
    ['in its method', 'mschapv2', [2], [name, nak, mschapv2, notification, mschapv2]],
  ] as const) {
    it(`gets a Notification for each: ${where}`, async () => {
      assert.deepEqual(await typesFor(offer, noticed), expected);
    });
  }
});
