// What Windows' documents and EAP demand of both halves of a method DLL in their call sequences.

import { eapCodes } from '../../../eap/packet.js';
import { sameType, typeOf } from '../../../eap/packet-type.js';
import { demand } from '../../case.js';
import { methodCases } from '../../kinds.js';
import type { MethodProbe } from '../../method-probe.js';
import { type MethodHalves, MethodTalk, working } from '../../method-talk.js';

/** Ends a conversation after `rounds`, for every number of rounds that there is, and then holds a whole one. */
async function endedAnywhere(probe: MethodProbe): Promise<MethodHalves> {
  const halves = await probe.halves();
  for (let rounds = 0, isOver = false; !isOver; rounds++) {
    const talk = await MethodTalk.begin(probe, halves);
    for (let done = 0; done < rounds && !isOver; done++) isOver = (await talk.round()) !== 'send';
    await talk.close();
  }
  const talk = await MethodTalk.begin(probe, halves);
  await talk.expectSuccess('a conversation behind some that were ended on their way');
  return halves;
}

/** A whole conversation, and each Request with its Response. */
async function exchanged(probe: MethodProbe, id: number) {
  const talk = await probe.begin({ id });
  const packets: { readonly id: number; readonly request: Buffer; readonly response: Buffer }[] = [];
  for (let action = 'send'; action === 'send';) {
    const { id: waiting, request } = talk;
    const response = await talk.respond();
    if (!response) break;
    packets.push({ id: waiting, request, response });
    action = await talk.take(response);
  }
  await talk.close();
  return packets;
}

export const methodSequenceCases = [
  ...methodCases('Windows', [
    {
      id: 'windows-EapPeerEndSession-after-each-round',
      title: 'take the end of a session after each of its rounds, and keep no session',
      level: 'MUST',
      remedy: 'let EapPeerEndSession free the session in whatever state it is',
      async run(probe) {
        const { peer } = await endedAnywhere(probe);
        demand(peer.stats().sessions === 0, `${peer.stats().sessions} sessions are left`);
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorEndSession-after-each-round',
      title: 'take the end of an authenticator’s session after each of its rounds, and keep no session',
      level: 'MUST',
      remedy: 'let EapMethodAuthenticatorEndSession free the session in whatever state it is',
      async run(probe) {
        const { authenticator } = await endedAnywhere(probe);
        const { sessions } = authenticator.stats();
        demand(sessions === 0, `${sessions} sessions are left`);
      },
    },
    {
      id: 'windows-EapPeerEndSession-response-not-fetched',
      title: 'take the end of a session whose response was announced and not fetched',
      level: 'MUST',
      remedy: 'free the response that EapPeerGetResponsePacket would have given in EapPeerEndSession',
      async run(probe) {
        const halves = await probe.halves();
        const talk = await MethodTalk.begin(probe, halves);
        await working(talk.peer.processRequestPacket(talk.request));
        await talk.close();
        demand(halves.peer.stats().sessions === 0, `${halves.peer.stats().sessions} sessions are left`);
        await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind it');
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorEndSession-before-first-packet',
      title: 'take the end of an authenticator’s session that has sent nothing, and begin another',
      level: 'MUST',
      remedy: 'let EapMethodAuthenticatorEndSession free what BeginSession has made, and nothing else',
      async run(probe) {
        const halves = await probe.halves();
        const { serverConfig: config } = probe.target;
        for (let round = 0; round < 3; round++) {
          await working((await working(halves.authenticator.beginSession({ config }))).end());
        }
        const { sessions } = halves.authenticator.stats();
        demand(sessions === 0, `${sessions} sessions are left`);
        await (await MethodTalk.begin(probe, halves)).expectSuccess('the conversation behind them');
      },
    },
    {
      id: 'windows-EapPeerBeginSession-side-by-side',
      title: 'hold two conversations side by side, packet by packet',
      level: 'SHOULD',
      remedy: 'keep all state of a conversation in the session that its handle points to, none in globals',
      async run(probe) {
        const halves = await probe.halves();
        const [one, other] = [await MethodTalk.begin(probe, halves), await MethodTalk.begin(probe, halves)];
        const waiting = [await one.respond(), await other.respond()];
        demand(waiting[0] !== undefined && waiting[1] !== undefined, 'it has a result before any response');
        await other.expectSuccess('the second of two conversations', waiting[1]);
        await one.expectSuccess('the first of two conversations', waiting[0]);
      },
    },
    {
      id: 'windows-EapPeerBeginSession-again',
      title: 'hold three conversations one behind the other',
      level: 'SHOULD',
      remedy: 'begin each session anew: nothing of the one before may be left',
      async run(probe) {
        const halves = await probe.halves();
        for (const which of ['first', 'second', 'third']) {
          await (await MethodTalk.begin(probe, halves)).expectSuccess(`the ${which} conversation`);
        }
      },
    },
    {
      id: 'windows-EapPeerShutdown-and-loaded-again',
      title: 'hold a conversation each time that it is shut down and loaded again',
      level: 'SHOULD',
      remedy: 'undo in EapPeerShutdown what EapPeerInitialize does, so that it may be called again',
      async run(probe) {
        for (const time of ['first', 'second', 'third']) {
          const halves = await probe.halves();
          await (await MethodTalk.begin(probe, halves)).expectSuccess(`when loaded for the ${time} time`);
          await working(halves.peer.close());
          await working(halves.authenticator.close());
        }
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorSendPacket-identifier-zero',
      title: 'make its first Request with the Identifier 0 where the host wants it',
      level: 'MUST',
      remedy: 'copy bPacketId as it is: 0 is an Identifier like others',
      async run(probe) {
        const talk = await probe.begin({ id: 0 });
        demand(talk.request[1] === 0, `the Identifier is ${talk.request[1]}`);
        await talk.expectSuccess('a conversation from the Identifier 0');
      },
    },
    {
      id: 'windows-EapMethodAuthenticatorSendPacket-identifier-wraps',
      title: 'go on from the Identifier 255 to 0',
      level: 'MUST',
      remedy: 'take each Identifier from bPacketId, and do not demand that it grows',
      async run(probe) {
        const talk = await probe.begin({ id: 255 });
        await talk.expectSuccess('a conversation from the Identifier 255 on');
      },
    },
  ]),
  ...methodCases('RFC 3748', [
    {
      id: 'rfc3748-4.1-method-header-of-each-response',
      title: 'have code, Identifier, length and type right in each Response of a conversation',
      level: 'MUST',
      remedy: 'make the header of each packet anew, from the Request that it answers',
      async run(probe) {
        for (const { id, request, response } of await exchanged(probe, 7)) {
          demand(response[0] === eapCodes.response, `a Response has the code ${response[0]}`);
          demand(response[1] === id, `a Response has the Identifier ${response[1]}, its Request ${id}`);
          demand(
            response.readUInt16BE(2) === response.length,
            `a Response of ${response.length} octets says ${response.readUInt16BE(2)}`,
          );
          demand(sameType(typeOf(response), typeOf(request)), 'a Response has another type than its Request');
        }
      },
    },
    {
      id: 'rfc3748-4.1-method-header-of-each-request',
      title: 'have code, Identifier, length and type right in each Request of a conversation',
      level: 'MUST',
      remedy: 'make the header of each packet anew, with the Identifier that SendPacket is given',
      async run(probe) {
        const { type } = await probe.authenticator();
        for (const { id, request } of await exchanged(probe, 7)) {
          demand(request[0] === eapCodes.request, `a Request has the code ${request[0]}`);
          demand(request[1] === id, `a Request has the Identifier ${request[1]}, and the host gave ${id}`);
          demand(
            request.readUInt16BE(2) === request.length,
            `a Request of ${request.length} octets says ${request.readUInt16BE(2)}`,
          );
          demand(sameType(typeOf(request), type), 'a Request is not of the method’s type');
        }
      },
    },
  ]),
];
