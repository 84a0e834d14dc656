// What EAP (RFC 3748) demands of an authenticator, tried on a server. MUST and SHOULD are the text's own words; where it
// demands in the indicative, as in "is discarded", the level is SHOULD, and an end of the conversation no fault.

import { attributeTypes } from '../../../eap/attributes.js';
import { eapCodes, eapPacket, eapTypes } from '../../../eap/packet.js';
import { sameType, typeOf } from '../../../eap/packet-type.js';
import { mskOf } from '../../../radius/mppe.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable, type RequirementLevel } from '../../case.js';
import { type CaseRow, serverCases } from '../../kinds.js';
import { expectRefusal, isTls } from '../../refusal.js';
import { answerName, type EapConversation, expandedOctets, type ServerProbe } from '../../server-probe.js';
import { mppeKeysOf } from './radius-keys.js';

/** A copy of a packet with other octets at some places. */
export function patched(packet: Uint8Array, octets: Readonly<Record<number, number>>): Buffer {
  const copy = Buffer.from(packet);
  for (const [at, octet] of Object.entries(octets)) copy[Number(at)] = octet & 0xff;
  return copy;
}

/** A Type that no method has (RFC 3748, 6.2 leaves it to IANA, which has not given it away). */
const strangeType = 200;

const respond = (talk: EapConversation, ...octets: readonly number[]): Buffer =>
  eapPacket(eapCodes.response, talk.requestId, Buffer.from(octets));

/** What a case of a packet to be discarded consists of. */
interface Discarded extends Pick<
  CaseRow<ServerProbe>,
  'keyword' | 'addressee' | 'onlyBrokenNas' | 'sameCauseAs'
> {
  readonly id: string;
  readonly title: string;
  readonly level: RequirementLevel;
  readonly remedy: string;
  /** The packet, of the good response to the request that waits. */
  readonly make: (good: Buffer, talk: EapConversation) => Buffer;
  readonly what: string;
  /** The text has no MUST: a server may take it for fatal as well (RFC 3579, 2.2), and end the conversation. */
  readonly mayEnd?: true;
}

/** A case in which a packet must change nothing: the good response behind it is taken. */
const discarding = ({ make, what, mayEnd, ...facts }: Discarded): CaseRow<ServerProbe> => ({
  ...facts,
  sends: `in place of a good Response, ${what}; then the good Response`,
  async run(probe) {
    const talk = await probe.begin();
    const packet = make(await talk.response(), talk);
    const answer = await talk.expectDiscard(packet, what, mayEnd);
    if (answer?.code === radiusCodes.accessReject) return;
    await talk.expectAccept(`the good response behind ${what}`);
  },
});

const lookAtHeader =
  'check Code, Identifier, Length and Type of each EAP packet before anything else looks at it';
const lookAtType =
  'compare the Type of each Response with that of the Request, and discard what is neither it nor a Nak';

/** The first request of a conversation, where it is of another method than the user's: a Nak has something to choose. */
async function offered(probe: ServerProbe): Promise<EapConversation> {
  const talk = await probe.open();
  if (!sameType(typeOf(talk.request), probe.target.method.type)) return talk;
  throw new NotApplicable('the server offers the user’s method first');
}

/** The last answer to a peer whose proofs of a password are all wrong: a server may let it try again (4.2). */
async function refused(probe: ServerProbe) {
  const talk = await probe.begin();
  const good = await talk.response();
  const spoiled = (response: Buffer): Buffer => {
    const at = Math.trunc(response.length * 0.7);
    return response.length < good.length ? response : patched(response, { [at]: (response[at] ?? 0) ^ 0x55 });
  };
  let answer = await talk.send(spoiled(good));
  for (let round = 0; round < 50 && answer.code === radiusCodes.accessChallenge; round++) {
    const next = await talk.response().catch(() => respond(talk, talk.request[4] ?? 0, 4));
    answer = await talk.send(spoiled(next));
  }
  return answer;
}

const passwordMethods = ['md5', 'mschapv2', 'gtc'] as const;

export const eapServerCases = serverCases('RFC 3748', [
  // The header.
  discarding({
    id: 'rfc3748-4-length-beyond-packet',
    title: 'discard a packet whose Length is more than what came',
    level: 'MUST',
    addressee: 'both',
    onlyBrokenNas: true,
    remedy: 'compare the Length field with the octets that EAP-Message attributes hold together',
    make(good) {
      const long = Buffer.from(good);
      long.writeUInt16BE(good.length + 10, 2);
      return long;
    },
    what: 'a Response with a Length ten more than it has',
  }),
  {
    id: 'rfc3748-4-octets-beyond-length',
    title: 'ignore octets behind those that Length counts',
    level: 'MUST',
    addressee: 'both',
    onlyBrokenNas: true,
    remedy: 'cut a packet to its Length before it is looked at: what is behind is padding of the link',
    async run(probe) {
      const talk = await probe.begin();
      const answer = await talk.finish((good) => Buffer.concat([good, Buffer.alloc(3)]));
      demand(
        answer.code === radiusCodes.accessAccept,
        `Responses with three octets of padding got ${answerName(answer)}`,
      );
    },
  },
  {
    id: 'rfc3748-4-padded-identity',
    title: 'ignore octets behind the Length of EAP-Response/Identity',
    level: 'MUST',
    addressee: 'both',
    onlyBrokenNas: true,
    sameCauseAs: 'rfc3748-4-octets-beyond-length',
    remedy: 'cut a packet to its Length before the identity is read out of it',
    async run(probe) {
      const padded = Buffer.concat([probe.identity(), Buffer.from('@elsewhere')]);
      const talk = await probe.begin({}, padded);
      await talk.expectAccept('a user whose identity came with padding');
    },
  },
  discarding({
    id: 'rfc3748-4-length-shorter-than-header',
    title: 'discard a packet whose Length is less than a header has, or end the conversation',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'sender',
    onlyBrokenNas: true,
    mayEnd: true,
    remedy: lookAtHeader,
    make: (good) => patched(good, { 2: 0, 3: 3 }),
    what: 'a Response with a Length of 3',
  }),
  discarding({
    id: 'rfc3748-4.1-response-without-type',
    title: 'discard a Response that ends before its Type, or end the conversation',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'sender',
    mayEnd: true,
    remedy: lookAtHeader,
    make: (good) => patched(good, { 2: 0, 3: 4 }).subarray(0, 4),
    what: 'a Response of four octets',
  }),
  discarding({
    id: 'rfc3748-4-truncated-header',
    title: 'discard a packet that is shorter than a header, or end the conversation',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'sender',
    onlyBrokenNas: true,
    sameCauseAs: 'rfc3748-4-length-shorter-than-header',
    mayEnd: true,
    remedy: lookAtHeader,
    make: (good) => good.subarray(0, 3),
    what: 'an EAP packet of three octets',
  }),
  // 5 and 6 are those of re-authentication (RFC 6696).
  ...[0, 7, 255].map((code) =>
    discarding({
      id: `rfc3748-4-unknown-code-${code}`,
      title: `discard a packet with the Code ${code}, which EAP does not have`,
      level: 'MUST',
      addressee: 'both',
      onlyBrokenNas: true,
      sameCauseAs: 'rfc3748-4-unknown-code-0',
      remedy: lookAtHeader,
      make: (good) => patched(good, { 0: code }),
      what: `a packet with the Code ${code}`,
    }),
  ),
  discarding({
    id: 'rfc3748-2.3-request-from-peer',
    title: 'discard an EAP-Request from the peer, or end the conversation',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'authenticator',
    onlyBrokenNas: true,
    mayEnd: true,
    remedy: 'take Responses alone in the authenticator: Requests are the peer layer’s',
    make: (good) => patched(good, { 0: eapCodes.request }),
    what: 'an EAP-Request with the data of the good response',
  }),
  discarding({
    id: 'rfc3748-2.3-success-from-peer',
    title: 'discard an EAP-Success from the peer, or end the conversation',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'authenticator',
    onlyBrokenNas: true,
    sameCauseAs: 'rfc3748-2.3-request-from-peer',
    mayEnd: true,
    remedy: 'take Responses alone in the authenticator: Success is the peer layer’s',
    make: (_good, talk) => eapPacket(eapCodes.success, talk.requestId),
    what: 'an EAP-Success',
  }),
  discarding({
    id: 'rfc3748-2.3-failure-from-peer',
    title: 'discard an EAP-Failure from the peer, or end the conversation',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'authenticator',
    onlyBrokenNas: true,
    sameCauseAs: 'rfc3748-2.3-request-from-peer',
    mayEnd: true,
    remedy: 'take Responses alone in the authenticator: Failure is the peer layer’s',
    make: (_good, talk) => eapPacket(eapCodes.failure, talk.requestId),
    what: 'an EAP-Failure',
  }),

  // Identifiers.
  discarding({
    id: 'rfc3748-4.1-identifier-mismatch',
    title: 'discard a Response whose Identifier is the next one',
    level: 'MUST',
    addressee: 'authenticator',
    onlyBrokenNas: true,
    remedy: 'compare the Identifier of each Response with that of the Request that waits, before all else',
    make: (good, talk) => patched(good, { 1: talk.requestId + 1 }),
    what: 'a Response with the next Identifier',
  }),
  discarding({
    id: 'rfc3748-4.1-identifier-before',
    title: 'discard a Response whose Identifier is that of the Request before',
    level: 'MUST',
    addressee: 'authenticator',
    onlyBrokenNas: true,
    sameCauseAs: 'rfc3748-4.1-identifier-mismatch',
    remedy: 'compare the Identifier of each Response with that of the Request that waits, and no other',
    make: (good, talk) => patched(good, { 1: talk.requestId - 1 }),
    what: 'a Response with the Identifier before',
  }),
  {
    id: 'rfc3748-4.1-old-response-again',
    title: 'discard a Response that it has answered already, in a request of its own',
    level: 'MUST',
    addressee: 'authenticator',
    onlyBrokenNas: true,
    sameCauseAs: 'rfc3748-4.1-identifier-mismatch',
    remedy: 'forget an Identifier once its Response was taken',
    async run(probe) {
      const talk = await probe.begin();
      const first = await talk.response();
      const answer = await talk.send(first);
      if (answer.code !== radiusCodes.accessChallenge) throw new NotApplicable('the method has one round');
      await talk.expectDiscard(first, 'the Response to the Request before');
      await talk.expectAccept('the user behind it');
    },
  },
  {
    id: 'rfc3748-4.1-new-identifier',
    title: 'give each new Request another Identifier than the one before',
    level: 'MUST',
    remedy: 'count the Identifier up with each new Request; only a Request that is sent again keeps its own',
    async run(probe) {
      const talk = await probe.begin();
      let before = -1;
      const answer = await talk.finish((response) => {
        demand(talk.requestId !== before, `two different Requests in a row have the Identifier ${before}`);
        before = talk.requestId;
        return response;
      });
      demand(answer.code === radiusCodes.accessAccept, `the user got ${answerName(answer)}`);
    },
  },
  {
    id: 'rfc3748-4.1-identifier-after-255',
    title: 'go on from Identifier 255 to another one, and count no further than an octet',
    level: 'MUST',
    remedy: 'count Identifiers modulo 256',
    async run(probe) {
      const talk = await probe.begin({}, probe.identity(255));
      demand(talk.requestId !== 255, 'the Request behind an identity with Identifier 255 has it, too');
      await talk.expectAccept('a user whose identity has the Identifier 255');
    },
  },

  // Types.
  discarding({
    id: 'rfc3748-4.1-type-mismatch',
    title: 'discard a Response of another Type than the Request, which is no Nak either',
    level: 'MUST',
    remedy: lookAtType,
    make: (_good, talk) => respond(talk, strangeType, 1, 2, 3, 4),
    what: `a Response of Type ${strangeType}`,
  }),
  discarding({
    id: 'rfc3748-4.1-identity-in-method',
    title: 'discard an EAP-Response/Identity in the middle of a method',
    level: 'MUST',
    sameCauseAs: 'rfc3748-4.1-type-mismatch',
    remedy: lookAtType,
    make: (_good, talk) => respond(talk, eapTypes.identity, ...Buffer.from('mallory')),
    what: 'an EAP-Response/Identity that was not asked for',
  }),
  discarding({
    id: 'rfc3748-4.1-notification-in-method',
    title: 'discard an EAP-Response/Notification that it has not asked for',
    level: 'MUST',
    sameCauseAs: 'rfc3748-4.1-type-mismatch',
    remedy: lookAtType,
    make: (_good, talk) => respond(talk, eapTypes.notification),
    what: 'an EAP-Response/Notification that was not asked for',
  }),
  discarding({
    id: 'rfc3748-4.1-foreign-expanded-type',
    title: 'discard a Response of an expanded type of another vendor',
    level: 'MUST',
    sameCauseAs: 'rfc3748-4.1-type-mismatch',
    remedy: 'compare all eight octets of an expanded type',
    make: (good, talk) =>
      eapPacket(eapCodes.response, talk.requestId, expandedOctets(9, talk.request[4] ?? 0), good.subarray(5)),
    what: 'a Response of an expanded type of vendor 9',
  }),
  discarding({
    id: 'rfc3748-5.7-truncated-expanded-type',
    title: 'discard a Response whose expanded type ends too early, or end the conversation',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'sender',
    mayEnd: true,
    remedy: 'look at an expanded type only where all its eight octets are there',
    make: (_good, talk) => respond(talk, eapTypes.expanded, 0, 0, 0, 0),
    what: 'a Response with five of the eight octets of an expanded type',
  }),
  discarding({
    id: 'rfc3748-5.3.2-expanded-nak-of-legacy-type',
    title: 'discard an Expanded Nak of a Request that has no expanded type, or end the conversation',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'sender',
    mayEnd: true,
    remedy: 'take an Expanded Nak only in answer to a Request of Type 254',
    make: (_good, talk) =>
      eapPacket(eapCodes.response, talk.requestId, expandedOctets(0, eapTypes.nak), expandedOctets(0, 0)),
    what: 'an Expanded Nak that was not due',
  }),

  // What is asked, and how a method is agreed on.
  {
    id: 'rfc3748-2.1-method-after-identity',
    title: 'go on from EAP-Response/Identity to a Request of an authentication method, or a Notification',
    level: 'SHOULD',
    keyword: 'indicative',
    remedy: 'answer EAP-Response/Identity with the first Request of a method (a Type of 4 or more)',
    async run(probe) {
      const { request } = await probe.open();
      const type = request[4] ?? 0;
      demand(type === eapTypes.notification || type > eapTypes.nak, `the first Request has the Type ${type}`);
    },
  },
  {
    id: 'rfc3748-5-no-nak-in-request',
    title: 'send no Request of the Type Nak',
    level: 'MUST',
    addressee: 'authenticator',
    remedy: 'keep Nak (3) to Responses',
    async run(probe) {
      const talk = await probe.open();
      for (let round = 0; round < 2; round++) {
        demand(talk.request[4] !== eapTypes.nak, 'a Request has the Type 3');
        if ((await talk.send(talk.nak({ type: strangeType }))).code !== radiusCodes.accessChallenge) return;
      }
    },
  },
  {
    id: 'rfc3748-4-request-length',
    title: 'send Requests whose Length is that of the packet',
    level: 'SHOULD',
    keyword: 'indicative',
    remedy: 'set Length to the octets of the whole packet, header included',
    async run(probe) {
      const talk = await probe.begin();
      for (;;) {
        const { request } = talk;
        const length = request.readUInt16BE(2);
        demand(length === request.length, `a Request of ${request.length} octets says that it has ${length}`);
        const answer = await talk.send(await talk.response());
        if (answer.code !== radiusCodes.accessChallenge) return;
      }
    },
  },
  {
    id: 'rfc3748-5.3.1-nak-is-honoured',
    title: 'answer a Nak with a Request of a Type that the Nak asks for',
    level: 'SHOULD',
    keyword: 'indicative',
    remedy: 'choose, of the Types in a Nak, one that the user may have',
    async run(probe) {
      const talk = await offered(probe);
      const { type } = probe.target.method;
      const answer = await talk.send(talk.nak({ type: strangeType }, type));
      demand(
        answer.code === radiusCodes.accessChallenge && sameType(typeOf(talk.request), type),
        `a Nak for Type ${type.type} got ${answerName(answer)}`,
      );
      await talk.expectAccept();
    },
  },
  {
    id: 'rfc3748-5.3.1-nak-without-alternative',
    title: 'send no Request any more to a peer whose Nak wants no other method',
    level: 'SHOULD',
    remedy: 'end with EAP-Failure when a Nak has the value 0 alone',
    async run(probe) {
      const talk = await probe.open();
      const answer = await talk.send(respond(talk, eapTypes.nak, 0));
      demand(answer.code === radiusCodes.accessReject, `a Nak with the value 0 got ${answerName(answer)}`);
    },
  },
  {
    id: 'rfc3748-5.3.1-nak-of-unknown-types',
    title: 'offer no method that a Nak did not ask for',
    level: 'SHOULD',
    keyword: 'indicative',
    remedy: 'end with EAP-Failure when none of the Types in a Nak is there',
    async run(probe) {
      const talk = await probe.open();
      const answer = await talk.send(talk.nak({ type: strangeType }));
      // A server may ask for another identity (5.1).
      demand(
        answer.code === radiusCodes.accessReject || (talk.request[4] ?? 0) < eapTypes.nak,
        `a Nak for Type ${strangeType} got ${answerName(answer)}`,
      );
    },
  },
  {
    id: 'rfc3748-4.1-refused-method-is-gone',
    title: 'take no Response of a method that the peer has refused',
    level: 'MUST',
    remedy: 'compare Responses with the Request that waits, not with one before a Nak',
    async run(probe) {
      const talk = await offered(probe);
      const refusedType = talk.request[4] ?? 0;
      await talk.send(talk.nak(probe.target.method.type));
      await talk.expectDiscard(
        respond(talk, refusedType, 16, ...Buffer.alloc(16)),
        'a Response of the refused method',
      );
      await talk.expectAccept('the user behind it');
    },
  },
  {
    id: 'rfc3748-4.1-nak-after-start',
    title: 'keep to a method that the peer has answered: a later Nak changes nothing',
    level: 'MUST',
    remedy: 'take a Nak only as the answer to the first Request of a method',
    async run(probe) {
      const talk = await probe.begin();
      const answer = await talk.send(await talk.response());
      if (answer.code !== radiusCodes.accessChallenge) throw new NotApplicable('the method has one round');
      await talk.expectDiscard(talk.nak({ type: 4 }), 'a Nak after the first round of the method');
      await talk.expectAccept('the user behind it');
    },
  },
  {
    id: 'rfc3748-2.1-one-method',
    title: 'send no Request of another method once the peer has answered one',
    level: 'MUST',
    remedy: 'keep to one method from its first Response to EAP-Success or EAP-Failure',
    async run(probe) {
      const talk = await probe.begin();
      for (;;) {
        const { type } = probe.target.method;
        demand(
          talk.request[4] === eapTypes.notification || sameType(typeOf(talk.request), type),
          `a Request of Type ${talk.request[4]} follows one of ${type.type}`,
        );
        const answer = await talk.send(await talk.response());
        if (answer.code !== radiusCodes.accessChallenge) return;
      }
    },
  },

  // Identities.
  {
    id: 'rfc3748-5.1-empty-identity',
    title: 'answer an EAP-Response/Identity of no octets',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'sender',
    remedy: 'take an empty identity: peers that do not know theirs send it',
    async run(probe) {
      const request = probe.request(probe.identity(0, ''), { without: [1] });
      await probe.ask(request, 'an empty EAP-Response/Identity');
    },
  },
  {
    id: 'rfc3748-5.1-identity-with-nul',
    title: 'give no access to a name that is the user’s only up to a NUL',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'sender',
    remedy: 'take identities by their length, not up to a NUL',
    methods: ['md5'],
    async run(probe) {
      const name = `${probe.target.identity}\0x`;
      const attributes = [{ type: attributeTypes.UserName, value: Buffer.from(name) }];
      const changes = { attributes, without: [attributeTypes.UserName] };
      const talk = await probe.open(changes, probe.identity(0, name));
      const { type } = probe.target.method;
      const goesOn = (): boolean => talk.lastAnswer?.code === radiusCodes.accessChallenge;
      if (goesOn() && !sameType(typeOf(talk.request), type)) await talk.trySending(talk.nak(type));
      if (!goesOn() || !sameType(typeOf(talk.request), type)) return;
      // The method says the same name: a server may look the user up by either (RFC 3748, 2 and 5.1).
      const proof = (await talk.response()).subarray(4, 4 + 2 + 16);
      const response = eapPacket(eapCodes.response, talk.requestId, proof, Buffer.from(name));
      await expectRefusal(probe, talk, response, 'the user’s name, a NUL and a letter');
    },
  },

  // Success and Failure.
  {
    id: 'rfc3748-4.2-success-identifier',
    title: 'send EAP-Success with the Identifier of the Response that it answers',
    level: 'MUST',
    remedy: 'take the Identifier of EAP-Success from the last Response',
    async run(probe) {
      const talk = await probe.begin();
      const { eap } = await talk.expectAccept();
      demand(
        eap?.[1] === talk.lastResponseId,
        `EAP-Success has the Identifier ${eap?.[1]}, and the last Response had ${talk.lastResponseId}`,
      );
    },
  },
  {
    id: 'rfc3748-4.2-success-without-data',
    title: 'send EAP-Success of four octets',
    level: 'MUST',
    remedy: 'put nothing behind the header of EAP-Success',
    async run(probe) {
      const { eap } = await (await probe.begin()).expectAccept();
      demand(eap?.length === 4 && eap.readUInt16BE(2) === 4, `EAP-Success has ${eap?.length} octets`);
    },
  },
  {
    id: 'rfc3748-4.2-failure-identifier',
    title: 'send EAP-Failure with the Identifier of the Response that it answers',
    level: 'MUST',
    remedy: 'take the Identifier of EAP-Failure from the last Response',
    async run(probe) {
      const talk = await probe.open();
      const { eap } = await talk.send(respond(talk, eapTypes.nak, 0));
      if (eap?.[0] !== eapCodes.failure)
        throw new NotApplicable('a Nak that wants nothing got no EAP-Failure');
      const id = talk.lastResponseId;
      demand(eap[1] === id, `EAP-Failure has the Identifier ${eap[1]}, and the last Response had ${id}`);
    },
  },
  {
    id: 'rfc3748-4.2-failure-without-data',
    title: 'send EAP-Failure of four octets',
    level: 'MUST',
    remedy: 'put nothing behind the header of EAP-Failure',
    async run(probe) {
      const talk = await probe.open();
      const { eap } = await talk.send(respond(talk, eapTypes.nak, 0));
      if (eap?.[0] !== eapCodes.failure)
        throw new NotApplicable('a Nak that wants nothing got no EAP-Failure');
      demand(eap.length === 4 && eap.readUInt16BE(2) === 4, `EAP-Failure has ${eap.length} octets`);
    },
  },
  {
    id: 'rfc3748-4.2-wrong-proof-gets-failure',
    title: 'answer a wrong proof with EAP-Failure in the end, and never with access',
    level: 'MUST',
    remedy: 'send EAP-Failure in an Access-Reject to a peer that has failed',
    methods: passwordMethods,
    async run(probe) {
      const answer = await refused(probe);
      demand(
        answer.code === radiusCodes.accessReject && answer.eap?.[0] === eapCodes.failure,
        `a wrong proof got ${answerName(answer)}`,
      );
    },
  },
  {
    id: 'rfc3748-4.2-no-success-before-proof',
    title: 'give no access to a peer that proves nothing',
    level: 'MUST',
    remedy: 'send EAP-Success only where the method has ended with success',
    async run(probe) {
      const talk = await probe.begin();
      const type = talk.request.subarray(4, talk.request[4] === eapTypes.expanded ? 12 : 5);
      // Methods in TLS have their flags in each packet.
      const flags = isTls(type[0] ?? 0) ? [Buffer.of(0)] : [];
      const answer = await talk.trySending(eapPacket(eapCodes.response, talk.requestId, type, ...flags));
      demand(answer?.code !== radiusCodes.accessAccept, 'a Response without data was accepted');
      await probe.open();
    },
  },
  {
    id: 'rfc3748-2-conversation-ends-with-success',
    title: 'accept nobody by a Response to a conversation that has ended',
    level: 'SHOULD',
    keyword: 'indicative',
    remedy: 'forget a conversation and its State when it ends',
    async run(probe) {
      const talk = await probe.begin();
      let last: Buffer = Buffer.alloc(0);
      await talk.finish((response) => (last = response));
      const again = await probe.tryAsking(talk.datagram(last));
      demand(again?.code !== radiusCodes.accessAccept, 'the last Response was accepted a second time');
      await probe.open();
    },
  },
  {
    id: 'rfc3748-4.2-conversation-ends-with-failure',
    title: 'accept nobody after EAP-Failure, whatever follows in the conversation',
    level: 'MUST',
    remedy: 'forget a conversation and its State when it ends',
    async run(probe) {
      const talk = await probe.begin();
      const good = await talk.response();
      await talk.trySending(respond(talk, eapTypes.nak, 0));
      if (talk.lastAnswer?.code !== radiusCodes.accessReject) throw new NotApplicable('a Nak did not end it');
      await expectRefusal(probe, talk, good, 'the good Response behind EAP-Failure');
    },
  },
  {
    id: 'rfc3748-7.10-same-keys',
    title: 'have no other keys in an Access-Accept than those of the peer’s method',
    level: 'MUST',
    keyword: 'indicative',
    remedy: 'MS-MPPE-Recv-Key is MSK[0..31], MS-MPPE-Send-Key MSK[32..63] (EAP-MSCHAPv2: 16 octets each)',
    methods: ['mschapv2', 'tls'],
    async run(probe) {
      const talk = await probe.begin();
      const accept = await talk.expectAccept();
      if (!talk.msk) throw new NotApplicable('the method has no keys');
      mppeKeysOf(accept);
      const { keys } = accept;
      demand(keys !== undefined, 'the Access-Accept has not exactly one MS-MPPE key of each kind');
      const isSame = mskOf(keys).equals(talk.msk);
      demand(isSame, 'the keys of the Access-Accept are other ones');
    },
  },
]);
