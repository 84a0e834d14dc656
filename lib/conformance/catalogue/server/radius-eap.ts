// What RFC 3579 demands of a server that has EAP in RADIUS. Levels as in radius.ts.

import { attributeTypes } from '../../../eap/attributes.js';
import { eapCodes } from '../../../eap/packet.js';
import {
  errorCauseType,
  integerAttribute,
  integerOf,
  invalidEapIgnored,
  valuesOf,
} from '../../../radius/attributes.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { serverCases } from '../../kinds.js';
import { answerName } from '../../server-probe.js';
import { all, ofReplies, silent, wrongPassword } from './radius-replies.js';

const { accessAccept, accessChallenge, accessReject } = radiusCodes;

const signed = 'compute the HMAC-MD5 of each request with EAP-Message, and discard the request if it differs';

export const radiusEapServerCases = serverCases('RFC 3579', [
  {
    id: 'rfc3579-2.1-eap-start',
    title: 'answer an EAP-Start with an Access-Challenge that has an EAP-Request',
    level: 'MAY',
    keyword: 'indicative',
    remedy: 'take an EAP-Message without octets for the start of a conversation: send EAP-Request/Identity',
    async run(probe) {
      const request = probe.request(Buffer.alloc(0));
      const answer = await probe.ask(request, 'an EAP-Start');
      demand(
        answer.code === accessChallenge && answer.eap?.[0] === eapCodes.request,
        `an EAP-Start got ${answerName(answer)}`,
      );
    },
  },
  {
    id: 'rfc3579-2.1-identity-gets-challenge',
    title: 'answer EAP-Response/Identity with an Access-Challenge that has an EAP-Message',
    level: 'MUST',
    remedy: 'begin an EAP method for an EAP-Response/Identity',
    async run(probe) {
      const answer = await probe.ask(probe.request(probe.identity()));
      demand(answer.code === accessChallenge && answer.eap !== undefined, `it got ${answerName(answer)}`);
    },
  },
  {
    id: 'rfc3579-2.2-error-cause-of-ignored-packet',
    title: 'say by Error-Cause 202 that it has ignored an EAP packet, where it repeats its Request',
    level: 'MAY',
    onlyBrokenNas: true,
    remedy: 'add Error-Cause with the value 202 to the Access-Challenge that answers an invalid EAP packet',
    async run(probe) {
      const talk = await probe.begin();
      const stale = Buffer.from(await talk.response());
      stale[1] = (talk.requestId + 1) & 0xff;
      const answer = await probe.tryAsking(talk.datagram(stale));
      if (answer?.code !== accessChallenge)
        throw new NotApplicable(`an invalid packet got ${answerName(answer)}`);
      demand(
        integerOf(answer.attributes, errorCauseType) === invalidEapIgnored,
        'it has no Error-Cause of 202',
      );
    },
  },
  {
    id: 'rfc3579-2.2-failure-with-reject',
    title: 'send EAP-Failure with the Access-Reject of an EAP packet that it takes for a fatal error',
    level: 'MUST',
    remedy: 'put EAP-Failure, with the Identifier of the packet, into the Access-Reject',
    sends: 'a Response whose Length is 3, and one without a Type',
    async run(probe) {
      for (const size of [3, 4]) {
        const talk = await probe.begin();
        const good = await talk.response();
        const bad = Buffer.from(size === 3 ? good : good.subarray(0, 4));
        bad.writeUInt16BE(size, 2);
        const answer = await probe.tryAsking(talk.datagram(bad));
        if (answer?.code !== accessReject) continue;
        demand(
          answer.eap?.[0] === eapCodes.failure,
          `a Response with a Length of ${size} got ${answerName(answer)}`,
        );
      }
    },
  },
  {
    id: 'rfc3579-2.4-framed-mtu',
    title: 'send no EAP packet that is longer than the Framed-MTU of the request',
    level: 'MUST',
    remedy: 'fragment so that an EAP packet has no more octets than Framed-MTU says',
    methods: ['tls'],
    async run(probe) {
      const mtu = 500;
      const attributes = [integerAttribute(attributeTypes.FramedMTU, mtu)];
      const talk = await probe.begin({ attributes, without: [attributeTypes.FramedMTU] });
      for (;;) {
        demand(
          talk.request.length <= mtu,
          `an EAP-Request has ${talk.request.length} octets, and the link ${mtu}`,
        );
        const answer = await talk.send(await talk.response());
        if (answer.code !== accessChallenge) return;
      }
    },
  },
  {
    id: 'rfc3579-2.6.1-proof-of-another',
    title: 'tell conversations apart: take no proof of one for that of another with the same Identifier',
    level: 'MUST',
    remedy: 'check a proof against the challenge of the conversation that State names',
    methods: ['md5', 'mschapv2'],
    async run(probe) {
      const mine = await probe.begin();
      const other = await probe.begin();
      const proof = await mine.response();
      proof[1] = other.requestId;
      const answer = await other.trySending(proof);
      if (answer?.code === accessAccept) demand(false, 'the proof of another conversation was accepted');
      // EAP-MSCHAPv2 says Success (3) inside before it is accepted.
      const opcode = answer?.code === accessChallenge ? answer.eap?.[5] : undefined;
      demand(opcode !== 3, 'the proof of another conversation was taken for right');
      await probe.open();
    },
  },
  ...(
    [
      ['accept', eapCodes.success, 'EAP-Success'],
      ['reject', eapCodes.failure, 'EAP-Failure'],
      ['challenge', eapCodes.request, 'an EAP-Request'],
    ] as const
  ).flatMap(([name, code, word]) => [
    ...ofReplies(
      [name],
      {
        id: 'rfc3579-2.6.3-no-conflict-in',
        title: (reply) => `have no EAP packet but ${word} in an ${reply}`,
        level: 'SHOULD',
        remedy: `put ${word} into it`,
      },
      {},
      ({ eap }) => demand(eap === undefined || eap[0] === code, `its EAP packet has the Code ${eap?.[0]}`),
    ),
    ...ofReplies(
      [name],
      {
        id: 'rfc3579-2.6.3-eap-message-in',
        title: (reply) => `have an EAP-Message in an ${reply} that ends or goes on with EAP`,
        level: 'SHOULD',
        remedy: `put ${word} into it`,
      },
      {},
      ({ eap }) => demand(eap !== undefined && eap.length > 0, 'it has no EAP-Message'),
    ),
  ]),
  ...ofReplies(
    all,
    {
      id: 'rfc3579-2.6.5-no-reply-message-in',
      title: (reply) => `have no Reply-Message beside EAP-Message in an ${reply}`,
      level: 'MUST',
      remedy: 'say what is for the user in EAP-Request/Notification, or not at all',
    },
    {},
    ({ eap, attributes }) =>
      demand(
        eap === undefined || valuesOf(attributes, attributeTypes.ReplyMessage).length === 0,
        'it has a Reply-Message beside EAP-Message',
      ),
  ),
  ...ofReplies(
    all,
    {
      id: 'rfc3579-3.1-one-eap-packet-in',
      title: (reply) => `have one EAP packet, and all of it, in an ${reply}`,
      level: 'MUST',
      remedy: 'put exactly the octets of one EAP packet into EAP-Message',
    },
    {},
    ({ eap }) => {
      const length = eap && eap.length >= 4 ? eap.readUInt16BE(2) : undefined;
      demand(eap === undefined || length === eap.length, `a packet of ${length} octets is in ${eap?.length}`);
    },
  ),
  {
    id: 'rfc3579-3.1-consecutive-in-reply',
    title: 'put the EAP-Message attributes of a reply in a row',
    level: 'MUST',
    remedy: 'put nothing between the attributes of one EAP packet',
    methods: ['tls'],
    async run(probe) {
      const talk = await probe.begin();
      // A reply whose EAP-Message is not in a row fails the case as it is read.
      const answer = await talk.finish();
      demand(answer.code === accessAccept, `the user got ${answerName(answer)}`);
    },
  },
  {
    id: 'rfc3579-3.1-pieces-of-any-size',
    title: 'join EAP-Message attributes of any size',
    level: 'SHOULD',
    keyword: 'indicative',
    remedy: 'append the values of all EAP-Message attributes, however short they are',
    async run(probe) {
      const identity = probe.identity();
      const pieces = [identity.subarray(0, 1), identity.subarray(1, 6), identity.subarray(6)];
      const attributes = pieces.map((value) => ({ type: attributeTypes.EAPMessage, value }));
      const answer = await probe.ask(probe.request(undefined, { attributes }), 'an identity in three pieces');
      demand(answer.code === accessChallenge, `an identity in three pieces got ${answerName(answer)}`);
    },
  },
  silent(
    {
      id: 'rfc3579-3.2-wrong-message-authenticator',
      title: 'be silent about a request whose Message-Authenticator is wrong',
      level: 'MUST',
      remedy: signed,
    },
    (probe) => probe.request(probe.identity(), { signature: 'wrong' }),
    'a request with a wrong Message-Authenticator',
  ),
  silent(
    {
      id: 'rfc3579-3.2-wrong-message-authenticator-without-eap',
      title: 'be silent about a request without EAP whose Message-Authenticator is wrong',
      level: 'MUST',
      remedy: 'check the Message-Authenticator of every request that has one',
    },
    (probe) => probe.request(undefined, { signature: 'wrong', attributes: [wrongPassword()] }),
    'a request without EAP with a wrong Message-Authenticator',
  ),
  silent(
    {
      id: 'rfc3579-3.2-short-message-authenticator',
      title: 'be silent about a request whose Message-Authenticator has 15 octets',
      level: 'MUST',
      remedy: 'compare all 16 octets; one of another length is wrong',
    },
    (probe) => probe.request(probe.identity(), { signature: 'short' }),
    'a request with a Message-Authenticator of 15 octets',
  ),
  silent(
    {
      id: 'rfc3579-3.1-missing-message-authenticator',
      title: 'be silent about a request with EAP-Message that has no Message-Authenticator',
      level: 'SHOULD',
      remedy: 'discard requests with EAP-Message and without Message-Authenticator',
    },
    (probe) => probe.request(probe.identity(), { signature: 'none' }),
    'a request with EAP-Message and without Message-Authenticator',
  ),
  {
    id: 'rfc3579-3.1-unsigned-response-in-conversation',
    title: 'go on with nothing for a response in a request that has no Message-Authenticator',
    level: 'SHOULD',
    remedy: 'check every request of a conversation, not the first alone',
    async run(probe) {
      const talk = await probe.begin();
      const unsigned = talk.datagram(await talk.response(), { signature: 'none' });
      await probe.expectSilence(unsigned, 'a response in a request without Message-Authenticator');
      await talk.expectAccept('the same response in a signed request');
    },
  },
  ...ofReplies(
    all,
    {
      id: 'rfc3579-3.2-signed',
      title: (reply) => `sign an ${reply} that has an EAP packet with a right Message-Authenticator`,
      level: 'MUST',
      remedy:
        'add a Message-Authenticator to each reply with EAP-Message, computed over the Request Authenticator',
    },
    {},
    ({ eap, fault }) => demand(eap === undefined || fault === undefined, `it has ${fault}`),
  ),
]);
