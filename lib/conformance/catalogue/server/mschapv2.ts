// What EAP-MSCHAPv2 ([MS-CHAP], over RFC 2759) demands of a server. Cases of a response that must not be accepted are named
// after the section of the field that is wrong in it; that whoever proves nothing is refused is RFC 3748, 4.2.

import { eapCodes, eapPacket } from '../../../eap/packet.js';
import { mskOf } from '../../../radius/mppe.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { serverCases } from '../../kinds.js';
import { expectRefusal } from '../../refusal.js';
import { answerName, type EapConversation, type ServerProbe } from '../../server-probe.js';
import { patched } from './eap.js';
import { mppeKeysOf } from './radius-keys.js';

/** Offsets in an EAP packet of EAP-MSCHAPv2. */
const at = { opCode: 5, msLength: 7, valueSize: 9, challenge: 10, ntResponse: 34, name: 59 } as const;
const opCodes = { challenge: 1, response: 2, success: 3, failure: 4, changePassword: 7 } as const;

const methods = ['mschapv2'] as const;

/** A copy in which one bit is another. */
function flipped(packet: Buffer, offset: number): Buffer {
  return patched(packet, { [offset]: (packet[offset] ?? 0) ^ 1 });
}

/** A response of another length: EAP's and MS-Length are those of what it holds. */
function resized(packet: Buffer): Buffer {
  const copy = Buffer.from(packet);
  copy.writeUInt16BE(copy.length, 2);
  copy.writeUInt16BE(copy.length - at.opCode, at.msLength);
  return copy;
}

/** A message that is an operation code alone. */
function bare(talk: EapConversation, opCode: number): Buffer {
  return eapPacket(eapCodes.response, talk.requestId, Buffer.of(26, opCode));
}

/** The text of the Failure Request that a wrong password gets. */
async function failureText(probe: ServerProbe): Promise<string> {
  const talk = await probe.begin();
  const wrong = flipped(await talk.response(), at.ntResponse);
  const answer = await talk.send(wrong, {}, 'a wrong response');
  if (answer.code !== radiusCodes.accessChallenge) {
    throw new NotApplicable(`a wrong response got ${answerName(answer)}, and no Failure Request`);
  }
  demand(
    talk.request[at.opCode] === opCodes.failure,
    `a wrong response got the operation code ${talk.request[at.opCode]}`,
  );
  return talk.request.toString('latin1', at.valueSize);
}

/** The conversation, one round on: the server's Success Request waits. */
async function proved(probe: ServerProbe): Promise<EapConversation> {
  const talk = await probe.begin();
  await talk.send(await talk.response());
  demand(talk.request[at.opCode] === opCodes.success, 'the right response got no Success Request');
  return talk;
}

export const mschapv2ServerCases = [
  ...serverCases('RFC 2759', [
    {
      id: 'rfc2759-3-challenge-size',
      title: 'send a challenge of sixteen octets',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'set Value-Size to 16 and draw sixteen random octets',
      methods,
      async run(probe) {
        const { request } = await probe.begin();
        demand(
          request[at.opCode] === opCodes.challenge,
          `it begins with operation code ${request[at.opCode]}`,
        );
        demand(request[at.valueSize] === 16, `its challenge has a Value-Size of ${request[at.valueSize]}`);
        demand(request.length >= at.challenge + 16, 'its challenge is cut short');
      },
    },
    {
      id: 'rfc2759-3-challenge-changes',
      title: 'draw a new challenge for each conversation',
      level: 'SHOULD',
      remedy:
        'draw each challenge from a source of random numbers: who knows it beforehand can replay a response',
      methods,
      async run(probe) {
        const [first, second] = [await probe.begin(), await probe.begin()].map(({ request }) =>
          request.toString('hex', at.challenge, at.challenge + 16),
        );
        demand(first !== second, `two conversations have the challenge ${first}`);
      },
    },
    {
      id: 'rfc2759-4-wrong-response',
      title: 'not accept an NT-Response in which one bit is wrong',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'compare all 24 octets of the NT-Response',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const wrong = flipped(await talk.response(), at.ntResponse + 23);
        await expectRefusal(probe, talk, wrong, 'a wrong NT-Response');
      },
    },
    {
      id: 'rfc2759-4-wrong-peer-challenge',
      title: 'not accept an NT-Response that goes with another Peer-Challenge',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'hash the Peer-Challenge of the response, the challenge and the name together (RFC 2759, 8.2)',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const wrong = flipped(await talk.response(), at.challenge);
        await expectRefusal(probe, talk, wrong, 'a response with another Peer-Challenge');
      },
    },
    {
      id: 'rfc2759-4-replayed-response',
      title: 'not accept the response to the challenge of another conversation',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'check a response with the challenge that was sent in its own conversation',
      methods,
      async run(probe) {
        const old = await (await probe.begin()).response();
        const talk = await probe.begin();
        const replayed = patched(old, { 1: talk.requestId, 6: talk.request[6] ?? 0 });
        await expectRefusal(probe, talk, replayed, 'the response of a conversation before');
      },
    },
    {
      id: 'rfc2759-4-value-size',
      title: 'not accept a response whose Value-Size is not 49',
      level: 'SHOULD',
      keyword: 'indicative',
      addressee: 'sender',
      remedy: 'demand a Value-Size of 49: Peer-Challenge, eight octets, NT-Response, flags',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const wrong = patched(await talk.response(), { [at.valueSize]: 48 });
        await expectRefusal(probe, talk, wrong, 'a response with a Value-Size of 48');
      },
    },
    {
      id: 'rfc2759-4-truncated-response',
      title: 'not accept a response that ends inside its NT-Response',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'compare the length of a response with its 49 octets before it is read',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const short = resized((await talk.response()).subarray(0, at.ntResponse + 8));
        await expectRefusal(probe, talk, short, 'a response that is cut short');
      },
    },
    {
      id: 'rfc2759-4-other-name',
      title: 'not accept a response under the name of somebody else',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'look up the password of the name that the response has, and hash that name',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const wrong = flipped(await talk.response(), at.name);
        await expectRefusal(probe, talk, wrong, 'a response under another name');
      },
    },
    {
      id: 'rfc2759-5-authenticator-response-form',
      title: 'write its own proof as S= and forty hexadecimal digits, capital letters among them',
      level: 'MUST',
      remedy: 'write the twenty octets in hexadecimal digits, of which A to F are upper case',
      methods,
      async run(probe) {
        const talk = await proved(probe);
        const text = talk.request.toString('latin1', at.valueSize);
        demand(/^S=[\dA-F]{40}(?: |$)/u.test(text), `its Success Request says ${JSON.stringify(text)}`);
      },
    },
    {
      id: 'rfc2759-5-authenticator-response',
      title: 'prove in its Success Request that it knows the password',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'compute the Authenticator Response over this response and both challenges (RFC 2759, 8.7)',
      methods,
      async run(probe) {
        const talk = await proved(probe);
        const answer = await talk.response().catch(() => undefined);
        demand(answer?.[at.opCode] === opCodes.success, 'the peer finds its Authenticator Response wrong');
        await talk.expectAccept();
      },
    },
    {
      id: 'rfc2759-6-failure-challenge',
      title: 'have a challenge of 32 hexadecimal digits in its Failure Request',
      level: 'MUST',
      remedy: 'write C= and 32 hexadecimal digits into each Failure Request',
      methods,
      async run(probe) {
        const text = await failureText(probe);
        demand(/ C=[\dA-F]{32}(?: |$)/iu.test(text), `its Failure Request says ${JSON.stringify(text)}`);
      },
    },
    {
      id: 'rfc2759-6-failure-retry',
      title: 'say in its Failure Request whether there is another try',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'write R=1 where another try is allowed, else R=0',
      methods,
      async run(probe) {
        const text = await failureText(probe);
        demand(/^E=\d{1,10} R=[01](?: |$)/u.test(text), `its Failure Request says ${JSON.stringify(text)}`);
      },
    },
  ]),
  ...serverCases('MS-CHAP', [
    {
      id: 'mschap-2.2-error-code',
      title: 'give 691 as the error of a wrong password',
      level: 'SHOULD',
      remedy: 'write E=691 (ERROR_AUTHENTICATION_FAILURE), or E=648 where the password has expired',
      methods,
      async run(probe) {
        const text = await failureText(probe);
        demand(/^E=(?:691|648) /u.test(text), `its Failure Request says ${JSON.stringify(text)}`);
      },
    },
    {
      id: 'mschap-2.2-failure-version',
      title: 'give 3 as the version of changing passwords in its Failure Request',
      level: 'SHOULD',
      remedy: 'write V=3, the version of the password-changing protocol of MS-CHAPv2',
      methods,
      async run(probe) {
        const text = await failureText(probe);
        demand(/ V=3(?: |$)/u.test(text), `its Failure Request says ${JSON.stringify(text)}`);
      },
    },
    {
      id: 'mschap-2.2-ms-length',
      title: 'have the length of its message in MS-Length',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'set MS-Length to the length of the EAP packet less five',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const check = (): void =>
          demand(
            talk.request.readUInt16BE(at.msLength) === talk.request.length - at.opCode,
            `a Request of ${talk.request.length} octets has an MS-Length of ${talk.request.readUInt16BE(at.msLength)}`,
          );
        check();
        await talk.send(await talk.response());
        check();
      },
    },
    {
      id: 'mschap-3.1.5-ms-length-too-long',
      title: 'not accept a message whose MS-Length is more than it holds',
      level: 'SHOULD',
      keyword: 'indicative',
      addressee: 'sender',
      remedy: 'compare MS-Length with the length of the EAP packet less five',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const long = Buffer.from(await talk.response());
        long.writeUInt16BE(long.length - at.opCode + 8, at.msLength);
        await expectRefusal(probe, talk, long, 'a response with an MS-Length of eight more than it has');
      },
    },
    {
      id: 'mschap-3.1.5-success-instead-of-response',
      title: 'not accept a Success Response in place of the response to its challenge',
      level: 'MUST',
      remedy: 'take operation code 3 only as the answer to a Success Request',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        await expectRefusal(probe, talk, bare(talk, opCodes.success), 'a Success Response to the challenge');
      },
    },
    {
      id: 'mschap-3.1.5-failure-instead-of-response',
      title: 'not accept a Failure Response in place of the response to its challenge',
      level: 'MUST',
      remedy: 'take operation code 4 only as the answer to a Failure Request or a Success Request',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        await expectRefusal(probe, talk, bare(talk, opCodes.failure), 'a Failure Response to the challenge');
      },
    },
    {
      id: 'mschap-3.1.5-challenge-from-peer',
      title: 'not accept a challenge from the peer in place of a response',
      level: 'MUST',
      remedy: 'take no operation code but 2 as the answer to a challenge',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const reflected = patched(talk.request, { 0: eapCodes.response });
        await expectRefusal(probe, talk, reflected, 'its own challenge, sent back');
      },
    },
    {
      id: 'mschap-3.1.5-change-of-password-unasked',
      title: 'not accept a change of password that it has not asked for',
      level: 'MUST',
      remedy: 'take operation code 7 only as the answer to a Failure Request with E=648',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const body = Buffer.alloc(582);
        const head = Buffer.of(26, opCodes.changePassword, talk.request[6] ?? 0, 586 >> 8, 586 & 0xff);
        const change = eapPacket(eapCodes.response, talk.requestId, head, body);
        await expectRefusal(probe, talk, change, 'a change of password that nobody asked for');
      },
    },
    {
      id: 'mschap-3.1.5-peer-disbelieves',
      title: 'give no access to a peer that does not believe its proof',
      level: 'MUST',
      remedy: 'take a Failure Response to a Success Request for the end of the authentication',
      methods,
      async run(probe) {
        const talk = await proved(probe);
        const what = 'a Failure Response to the Success Request';
        const answer = await probe.tryAsking(talk.datagram(bare(talk, opCodes.failure)));
        demand(answer?.code !== radiusCodes.accessAccept, `${what} got ${answerName(answer)}`);
      },
    },
    {
      id: 'mschap-3.1.5-operation-unknown',
      title: 'not accept a message with an operation code that there is not',
      level: 'MUST',
      remedy: 'discard messages with other operation codes than 2, 3, 4 and 7',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const unknown = patched(await talk.response(), { [at.opCode]: 9 });
        await expectRefusal(probe, talk, unknown, 'a message with operation code 9');
      },
    },
    {
      id: 'mschap-3.1.5.1-keys',
      title: 'have no other keys in an Access-Accept than those that both sides derive from the NT-Response',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'derive the two keys of sixteen octets as RFC 3079, 3.3 says, for the server’s side',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const accept = await talk.expectAccept();
        mppeKeysOf(accept);
        const { keys } = accept;
        const { msk } = talk;
        demand(keys !== undefined && msk !== undefined, 'one of both sides has no keys');
        demand(mskOf(keys).equals(msk), 'the keys of the Access-Accept are not those of the peer');
      },
    },
  ]),
];
