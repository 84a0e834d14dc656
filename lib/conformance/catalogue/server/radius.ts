// What RADIUS demands of a server: RFC 2865, RFC 2548 (keys), RFC 3579 (EAP), RFC 5080 (duplicates), RFC 5997
// (Status-Server), and what was learned from CVE-2024-3596 (Blast-RADIUS). MUST and SHOULD are the texts' own words; where
// they demand in the indicative, as in "is silently discarded", the level is SHOULD.

import { randomBytes } from 'node:crypto';
import { attributeTypes, encodeVendorSpecific, microsoft } from '../../../eap/attributes.js';
import { eapCodes, eapPacket, eapTypes } from '../../../eap/packet.js';
import {
  errorCauseType,
  integerAttribute,
  integerOf,
  invalidEapIgnored,
  messageAuthenticatorType,
  microsoftValuesOf,
  type RadiusAttribute,
  valuesOf,
} from '../../../radius/attributes.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { type CaseRow, serverCases } from '../../kinds.js';
import {
  answerName,
  type EapConversation,
  type RequestChanges,
  type ServerAnswer,
  type ServerProbe,
} from '../../server-probe.js';

type Row = CaseRow<ServerProbe>;

const { accessAccept, accessChallenge, accessReject } = radiusCodes;

/** The three replies: how each is had, and its name in an id. */
const replies = {
  challenge: {
    name: 'Access-Challenge',
    code: accessChallenge,
    get: async (probe: ServerProbe, changes: RequestChanges = {}): Promise<ServerAnswer> =>
      probe.ask(probe.request(probe.identity(), changes), 'EAP-Response/Identity'),
  },
  accept: {
    name: 'Access-Accept',
    code: accessAccept,
    get: async (probe: ServerProbe, changes: RequestChanges = {}): Promise<ServerAnswer> =>
      (await probe.begin(changes)).expectAccept(),
  },
  reject: {
    name: 'Access-Reject',
    code: accessReject,
    async get(probe: ServerProbe, changes: RequestChanges = {}): Promise<ServerAnswer> {
      const talk = await probe.open(changes);
      const nak = eapPacket(eapCodes.response, talk.requestId, Buffer.of(eapTypes.nak, 0));
      const answer = await talk.send(nak);
      if (answer.code === accessReject) return answer;
      throw new NotApplicable(`a Nak that wants nothing got ${answerName(answer)}`);
    },
  },
} as const;

type ReplyName = keyof typeof replies;

/** One case for each of the replies, with the reply's name behind `id`. */
function ofReplies(
  names: readonly ReplyName[],
  facts: Pick<Row, 'id' | 'level' | 'remedy'> & { readonly title: (reply: string) => string },
  changes: RequestChanges,
  check: (answer: ServerAnswer) => void,
): Row[] {
  return names.map((name) => ({
    ...facts,
    id: `${facts.id}-${name}`,
    title: facts.title(replies[name].name),
    async run(probe) {
      const answer = await replies[name].get(probe, changes);
      demand(answer.code === replies[name].code, `${answerName(answer)} came for an ${replies[name].name}`);
      check(answer);
    },
  }));
}
const all = ['challenge', 'accept', 'reject'] as const;

/** A case of a datagram that must get no reply; the server is there afterwards. */
const silent = (
  facts: Pick<Row, 'id' | 'title' | 'level' | 'remedy'>,
  make: (probe: ServerProbe) => Buffer,
  what: string,
): Row => ({
  ...facts,
  async run(probe) {
    await probe.expectSilence(make(probe), what);
    await probe.open();
  },
});

/** A case of a datagram that must get neither access nor a Challenge. */
const refused = (
  facts: Pick<Row, 'id' | 'title' | 'level' | 'remedy'>,
  make: (probe: ServerProbe) => Buffer,
  what: string,
): Row => ({
  ...facts,
  async run(probe) {
    await probe.expectNoAccess(make(probe), what);
    await probe.open();
  },
});

const withLength = (datagram: Buffer, length: number): Buffer => {
  datagram.writeUInt16BE(length, 2);
  return datagram;
};

/** Whether a reply goes on from a good response: with success, or with what follows a method's first round. */
function goesOn(answer: ServerAnswer | undefined, { request }: EapConversation): boolean {
  if (answer?.code !== accessChallenge) return answer?.code === accessAccept;
  const [, , , , type, next = 0] = answer.eap ?? [];
  if (type !== request[4]) return false;
  // EAP-MSCHAPv2 says Success (3). Methods on TLS send no other Start (0x20).
  return type === 26 ? next === 3 : type !== 4 && (next & 0x20) === 0;
}

/** A case of a good response with a State that is not its conversation's. */
const strayed = (
  facts: Pick<Row, 'id' | 'title' | 'remedy'>,
  states: (own: Buffer) => readonly Buffer[],
  what: string,
): Row => ({
  ...facts,
  level: 'SHOULD',
  async run(probe) {
    const talk = await probe.begin();
    const attributes = states(Buffer.from(talk.state ?? Buffer.alloc(1))).map((value) => ({
      type: attributeTypes.State,
      value,
    }));
    const stray = talk.datagram(await talk.response(), { without: [attributeTypes.State], attributes });
    const answer = await probe.tryAsking(stray);
    demand(!goesOn(answer, talk), `${what} got ${answerName(answer)}, and the method goes on`);
    await probe.open();
  },
});

const proxyStates = [Buffer.from('first'), randomBytes(253), Buffer.of(0, 255, 0)];
const proxied: RequestChanges = {
  attributes: proxyStates.map((value) => ({ type: attributeTypes.ProxyState, value })),
};

/** A password as PAP has it, which is nobody's. */
const wrongPassword = (): RadiusAttribute => ({ type: attributeTypes.UserPassword, value: randomBytes(16) });

/** Attributes that an attribute's octets are to be wrong in: a Filter-Id of three letters at the end. */
const wrongFilter = (length: number): RequestChanges => ({
  attributes: [{ type: 11, value: Buffer.from('abc') }],
  patch: (bytes) => {
    const at = bytes.lastIndexOf(Buffer.from([11, 5, 97, 98, 99]));
    bytes[at + 1] = length;
  },
});

/** The numbers of RFC 2865's own attributes that its table (5.44) lets into a Challenge, and into a Reject. */
const permitted = { challenge: new Set([18, 24, 26, 27, 28, 33]), reject: new Set([18, 33]) } as const;
/** Those that it keeps out of an Accept. */
const onlyAsked = new Set([2, 3, 4, 5, 30, 31, 32, 60, 61]);

/** Whether that table has a 0 for an attribute. Those of other documents, and of accounting, are not in it. */
function isForbidden(type: number, reply: ReplyName): boolean {
  const isIn = type <= 39 || (type >= 60 && type <= 63);
  return isIn && (reply === 'accept' ? onlyAsked.has(type) : !permitted[reply].has(type));
}

const rfc2865 = serverCases('RFC 2865', [
  // Datagrams.
  silent(
    {
      id: 'rfc2865-3-shorter-than-header',
      title: 'is silent about a datagram of 19 octets',
      level: 'SHOULD',
      remedy: 'discard what is shorter than 20 octets',
    },
    (probe) => probe.request(probe.identity()).subarray(0, 19),
    'a datagram of 19 octets',
  ),
  silent(
    {
      id: 'rfc2865-3-length-beyond-datagram',
      title: 'is silent about a packet that is shorter than its Length says',
      level: 'MUST',
      remedy: 'discard a packet whose Length is more than the datagram has',
    },
    (probe) => probe.request(probe.identity(), { patch: (bytes) => withLength(bytes, bytes.length + 1) }),
    'a packet with a Length one more than it has',
  ),
  silent(
    {
      id: 'rfc2865-3-length-below-header',
      title: 'is silent about a packet whose Length is less than a header has',
      level: 'SHOULD',
      remedy: 'discard a packet whose Length is below 20',
    },
    (probe) => probe.request(probe.identity(), { patch: (bytes) => withLength(bytes, 19) }),
    'a packet with a Length of 19',
  ),
  {
    id: 'rfc2865-3-padding-ignored',
    title: 'ignores octets behind those that Length counts',
    level: 'MUST',
    remedy: 'cut a datagram to its Length before anything is computed of it',
    async run(probe) {
      const padded = Buffer.concat([probe.request(probe.identity()), randomBytes(7)]);
      const answer = await probe.ask(padded, 'a request with seven octets behind its Length');
      demand(answer.code === accessChallenge, `a request with padding got ${answerName(answer)}`);
    },
  },
  {
    id: 'rfc2865-3-longest-packet',
    title: 'answers a request of 4096 octets',
    level: 'SHOULD',
    remedy: 'take packets of up to 4096 octets',
    async run(probe) {
      const room = 4096 - probe.request(probe.identity()).length;
      const filling = (size: number): RadiusAttribute =>
        encodeVendorSpecific({ vendorId: 9999, vendorType: 1, data: Buffer.alloc(size - 8) });
      const whole = Math.floor(room / 255) - 1;
      const rest = room - whole * 255;
      const attributes = [
        ...Array.from({ length: whole }, () => filling(255)),
        filling(Math.ceil(rest / 2)),
        filling(Math.floor(rest / 2)),
      ];
      const request = probe.request(probe.identity(), { attributes });
      demand(request.length === 4096, `the request has ${request.length} octets`);
      await probe.ask(request, 'a request of 4096 octets');
    },
  },
  ...[0, 2, 4, 11, 40, 255].map((code) =>
    silent(
      {
        id: `rfc2865-3-invalid-code-${code}`,
        title: `is silent about a packet with the Code ${code}, which is none of a request for access`,
        level: 'SHOULD',
        remedy: 'discard packets whose Code is no request’s that the port is for',
      },
      (probe) => probe.request(probe.identity(), { code }),
      `a packet with the Code ${code}`,
    ),
  ),

  // Replies.
  {
    id: 'rfc2865-4-reply-identifier',
    title: 'copies the Identifier of a request into its reply',
    level: 'SHOULD',
    remedy: 'copy the second octet of the request',
    async run(probe) {
      const request = probe.request(probe.identity());
      const { id } = await probe.ask(request);
      demand(id === request[1], `the reply has the Identifier ${id}, and the request ${request[1]}`);
    },
  },
  {
    id: 'rfc2865-3-reply-port',
    title: 'replies from the port that it was asked at',
    level: 'SHOULD',
    remedy: 'send replies from the socket that requests come in at',
    async run(probe) {
      const { port } = await probe.ask(probe.request(probe.identity()));
      demand(port === probe.target.port, `the reply came from port ${port}, not ${probe.target.port}`);
    },
  },
  ...ofReplies(
    all,
    {
      id: 'rfc2865-3-response-authenticator',
      title: (reply) => `has the right Response Authenticator in an ${reply}`,
      level: 'MUST',
      remedy: 'MD5 over code, id, length, the Request Authenticator, the attributes and the secret',
    },
    {},
    ({ fault }) => demand(fault !== 'badResponseAuthenticator', 'the Response Authenticator is another one'),
  ),
  {
    id: 'rfc2865-4.1-reply-to-stranger',
    title: 'replies to the request of a user whom it does not know',
    level: 'MUST',
    remedy: 'answer every valid request: refuse strangers in the end rather than by silence',
    async run(probe) {
      const name = `nobody-${randomBytes(6).toString('hex')}`;
      const attributes = [{ type: attributeTypes.UserName, value: Buffer.from(name) }];
      const request = probe.request(probe.identity(0, name), {
        attributes,
        without: [attributeTypes.UserName],
      });
      const answer = await probe.ask(request, 'the request of a stranger');
      demand(answer.code !== accessAccept, 'a stranger was accepted');
    },
  },
  {
    id: 'rfc2865-4.3-wrong-password-rejected',
    title: 'answers a wrong password without EAP with an Access-Reject',
    level: 'MUST',
    remedy:
      'reply with Access-Reject where an attribute is not acceptable, or its kind of proof is not offered',
    async run(probe) {
      const request = probe.request(undefined, { attributes: [wrongPassword()] });
      const answer = await probe.ask(request, 'a request with a User-Password and no EAP');
      demand(answer.code === accessReject, `a wrong User-Password got ${answerName(answer)}`);
    },
  },
  ...all.flatMap((name) =>
    ofReplies(
      [name],
      {
        id: 'rfc2865-5.44-attributes-of',
        title: (reply) => `has no attribute in an ${reply} that may not be there`,
        level: 'MUST',
        remedy: 'send no attributes beyond those of the table of RFC 2865, 5.44',
      },
      {},
      ({ attributes }) => {
        const wrong = attributes.find(({ type }) => isForbidden(type, name));
        demand(wrong === undefined, `it has an attribute ${wrong?.type}`);
      },
    ),
  ),
  ...ofReplies(
    all,
    {
      id: 'rfc2865-5-no-empty-attribute-in',
      title: (reply) => `has no attribute without octets in an ${reply}`,
      level: 'MUST',
      remedy: 'leave an attribute out rather than send it empty',
    },
    {},
    ({ attributes }) => {
      const empty = attributes.find(({ value }) => value.length === 0);
      demand(empty === undefined, `the attribute ${empty?.type} has no octets`);
    },
  ),
  ...ofReplies(
    ['challenge', 'accept'],
    {
      id: 'rfc2865-5.44-one-state-in',
      title: (reply) => `has one State at most in an ${reply}`,
      level: 'MUST',
      remedy: 'send no State twice',
    },
    {},
    ({ attributes }) => {
      const { length } = valuesOf(attributes, attributeTypes.State);
      demand(length <= 1, `it has ${length} State attributes`);
    },
  ),
  ...ofReplies(
    all,
    {
      id: 'rfc2865-5.33-proxy-state-in',
      title: (reply) => `copies every Proxy-State of a request into an ${reply}, unchanged and in order`,
      level: 'MUST',
      remedy:
        'copy the Proxy-State attributes of the request, all of them, behind the reply’s own attributes',
    },
    proxied,
    ({ attributes }) => {
      const copied = valuesOf(attributes, attributeTypes.ProxyState);
      const isSame =
        copied.length === proxyStates.length && copied.every((value, at) => proxyStates[at]?.equals(value));
      demand(isSame, `of 3 Proxy-State attributes it has ${copied.length}, or other ones`);
    },
  ),

  // Attributes of requests.
  {
    id: 'rfc2865-5-unknown-attributes-ignored',
    title: 'lets nobody suffer for attributes that it does not know',
    level: 'MAY',
    remedy: 'ignore attributes of unknown types and vendors',
    async run(probe) {
      const attributes = [
        { type: 223, value: Buffer.from('unknown') },
        encodeVendorSpecific({ vendorId: 99_999, vendorType: 9, data: Buffer.from('unknown') }),
        { type: 26, value: Buffer.of(0, 0, 0, 9, 1) },
      ];
      await (await probe.begin({ attributes })).expectAccept('a user whose request has unknown attributes');
    },
  },
  ...([0, 1, 200] as const).map((length) =>
    refused(
      {
        id: `rfc2865-5-attribute-length-${length}`,
        title: `gives no access for a request with an attribute whose length is ${length}, which cannot be`,
        level: 'SHOULD',
        remedy: 'refuse or discard a request whose attributes do not fill it exactly',
      },
      (probe) => probe.request(probe.identity(), wrongFilter(length)),
      `a request with an attribute of length ${length}`,
    ),
  ),

  // State.
  strayed(
    {
      id: 'rfc2865-5.24-unknown-state',
      title: 'goes on with nothing for a State that it has not given',
      remedy: 'refuse a response whose State belongs to no conversation',
    },
    () => [randomBytes(16)],
    'a good response with a State of random octets',
  ),
  strayed(
    {
      id: 'rfc2865-5.24-changed-state',
      title: 'goes on with nothing for a State in which one bit is another',
      remedy: 'compare all octets of State',
    },
    (own) => {
      own[0] = (own[0] ?? 0) ^ 0x40;
      return [own];
    },
    'a good response with a State in which one bit is another',
  ),
  strayed(
    {
      id: 'rfc2865-5.24-missing-state',
      title: 'goes on with nothing for a response without the State of its conversation',
      remedy: 'look a conversation up by its State alone',
    },
    () => [],
    'a good response without State',
  ),
  {
    id: 'rfc2865-5.24-state-of-another',
    title: 'takes no proof of one conversation for that of another',
    level: 'SHOULD',
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
]);

const rfc2548 = serverCases('RFC 2548', [
  {
    id: 'rfc2548-2.4.2-salt-has-top-bit',
    title: 'sets the top bit of the Salt of each MS-MPPE key',
    level: 'MUST',
    remedy: 'or the first octet of each Salt with 0x80',
    methods: ['mschapv2', 'tls'],
    async run(probe) {
      const salts = saltsOf(await (await probe.begin()).expectAccept());
      demand(
        salts.every((salt) => salt >= 0x8000),
        `the Salts are ${salts.join(' and ')}`,
      );
    },
  },
  {
    id: 'rfc2548-2.4.2-salts-differ',
    title: 'gives each MS-MPPE key of an Access-Accept a Salt of its own',
    level: 'MUST',
    remedy: 'make a Salt for each key of a packet that no other has',
    methods: ['mschapv2', 'tls'],
    async run(probe) {
      const salts = saltsOf(await (await probe.begin()).expectAccept());
      demand(new Set(salts).size === salts.length, `the Salts are ${salts.join(' and ')}`);
    },
  },
]);

/** The Salts of both keys. Throws NotApplicable where there are no keys. */
function saltsOf({ attributes }: ServerAnswer): number[] {
  const keys = [microsoft.mppeSendKey, microsoft.mppeRecvKey].flatMap((type) =>
    microsoftValuesOf(attributes, type),
  );
  if (keys.length === 0) throw new NotApplicable('the Access-Accept has no MS-MPPE keys');
  return keys.map((key) => key.readUInt16BE(0));
}

const signed = 'compute the HMAC-MD5 of each request with EAP-Message, and discard the request if it differs';

const rfc3579 = serverCases('RFC 3579', [
  {
    id: 'rfc3579-2.1-eap-start',
    title: 'answers an EAP-Start with an Access-Challenge that has an EAP-Request',
    level: 'SHOULD',
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
    title: 'answers EAP-Response/Identity with an Access-Challenge that has an EAP-Message',
    level: 'MUST',
    remedy: 'begin an EAP method for an EAP-Response/Identity',
    async run(probe) {
      const answer = await probe.ask(probe.request(probe.identity()));
      demand(answer.code === accessChallenge && answer.eap !== undefined, `it got ${answerName(answer)}`);
    },
  },
  {
    id: 'rfc3579-2.2-error-cause-of-ignored-packet',
    title: 'says by Error-Cause 202 that it has ignored an EAP packet, where it repeats its Request',
    level: 'MAY',
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
    id: 'rfc3579-2.4-framed-mtu',
    title: 'sends no EAP packet that is longer than the Framed-MTU of the request',
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
        title: (reply) => `has ${word} in an ${reply}, and no EAP packet that says otherwise`,
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
        title: (reply) => `has an EAP-Message in an ${reply} that ends or goes on with EAP`,
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
      title: (reply) => `has no Reply-Message beside EAP-Message in an ${reply}`,
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
      title: (reply) => `has one EAP packet, and all of it, in an ${reply}`,
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
    title: 'puts the EAP-Message attributes of a reply in a row',
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
    title: 'joins EAP-Message attributes of any size',
    level: 'SHOULD',
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
      title: 'is silent about a request whose Message-Authenticator is wrong',
      level: 'MUST',
      remedy: signed,
    },
    (probe) => probe.request(probe.identity(), { signature: 'wrong' }),
    'a request with a wrong Message-Authenticator',
  ),
  silent(
    {
      id: 'rfc3579-3.2-wrong-message-authenticator-without-eap',
      title: 'is silent about a request without EAP whose Message-Authenticator is wrong',
      level: 'MUST',
      remedy: 'check the Message-Authenticator of every request that has one',
    },
    (probe) => probe.request(undefined, { signature: 'wrong', attributes: [wrongPassword()] }),
    'a request without EAP with a wrong Message-Authenticator',
  ),
  silent(
    {
      id: 'rfc3579-3.2-short-message-authenticator',
      title: 'is silent about a request whose Message-Authenticator has 15 octets',
      level: 'MUST',
      remedy: 'compare all 16 octets; one of another length is wrong',
    },
    (probe) => probe.request(probe.identity(), { signature: 'short' }),
    'a request with a Message-Authenticator of 15 octets',
  ),
  silent(
    {
      id: 'rfc3579-3.1-missing-message-authenticator',
      title: 'is silent about a request with EAP-Message that has no Message-Authenticator',
      level: 'SHOULD',
      remedy: 'discard requests with EAP-Message and without Message-Authenticator',
    },
    (probe) => probe.request(probe.identity(), { signature: 'none' }),
    'a request with EAP-Message and without Message-Authenticator',
  ),
  {
    id: 'rfc3579-3.1-unsigned-response-in-conversation',
    title: 'goes on with nothing for a response in a request that has no Message-Authenticator',
    level: 'SHOULD',
    remedy: 'check every request of a conversation, not the first alone',
    async run(probe) {
      const talk = await probe.begin();
      const unsigned = talk.datagram(await talk.response(), { signature: 'none' });
      await probe.expectSilence(unsigned, 'a response in a request without Message-Authenticator');
      await talk.expectAccept('the same response in a signed request');
    },
  },
  {
    id: 'rfc3579-3.2-signature-anywhere',
    title: 'takes a Message-Authenticator behind the other attributes, too',
    level: 'SHOULD',
    remedy: 'look for Message-Authenticator among all attributes',
    async run(probe) {
      const answer = await probe.ask(
        probe.request(probe.identity(), { signature: 'last' }),
        'a signed request',
      );
      demand(answer.code === accessChallenge, `it got ${answerName(answer)}`);
    },
  },
  ...ofReplies(
    all,
    {
      id: 'rfc3579-3.2-signed',
      title: (reply) => `signs an ${reply} that has an EAP packet with a right Message-Authenticator`,
      level: 'MUST',
      remedy:
        'add a Message-Authenticator to each reply with EAP-Message, computed over the Request Authenticator',
    },
    {},
    ({ eap, fault }) => demand(eap === undefined || fault === undefined, `it has ${fault}`),
  ),
]);

const cached = 'keep the replies of the last seconds by source, port, id and Request Authenticator';

const rfc5080 = serverCases('RFC 5080', [
  ...all.map((name): Row => ({
    id: `rfc5080-2.2.2-duplicate-gets-same-${name}`,
    title: `answers a doubled request with the same ${replies[name].name} again, octet by octet`,
    level: 'MUST',
    remedy: cached,
    async run(probe) {
      const first = await replies[name].get(probe);
      const second = await probe.ask(probe.lastSent, 'the second copy of a request');
      demand(
        second.datagram.equals(first.datagram),
        `the first copy got ${answerName(first)}, the second ${answerName(second)} with other octets`,
      );
    },
  })),
  {
    id: 'rfc5080-2.2.2-duplicate-is-not-processed',
    title: 'goes on with a conversation after a doubled request as if it had come once',
    level: 'MUST',
    remedy: cached,
    async run(probe) {
      const talk = await probe.begin();
      const first = await talk.send(await talk.response());
      await probe.tryAsking(talk.lastDatagram);
      if (first.code === accessChallenge) await talk.expectAccept('the user behind a doubled request');
    },
  },
  {
    id: 'rfc5080-2.2.2-same-identifier-new-request',
    title:
      'takes a request with an Identifier that was used before, and another Request Authenticator, for a new one',
    level: 'MUST',
    remedy: 'compare the Request Authenticator, too, before a request is taken for a doubled one',
    async run(probe) {
      const first = await probe.ask(probe.request(probe.identity()));
      const next = probe.request(probe.identity(77), { id: first.id });
      const answer = await probe.ask(next, 'another request with the same Identifier');
      const isSame = answer.state !== undefined && first.state?.equals(answer.state) === true;
      demand(!isSame, 'the other request got the State of the first one');
      demand(answer.fault !== 'badResponseAuthenticator', 'the other request got the reply to the first one');
    },
  },
  {
    id: 'rfc5080-2.2.2-forged-request-leaves-cache',
    title:
      'keeps a reply for its doubled request although a forged one with the same Identifier came between',
    level: 'MUST',
    remedy: 'check Message-Authenticator before the cache of replies is touched',
    async run(probe) {
      const request = probe.request(probe.identity());
      const first = await probe.ask(request);
      const forged = probe.request(probe.identity(), { id: request[1] ?? 0, signature: 'wrong' });
      await probe.expectSilence(forged, 'a forged request');
      const again = await probe.ask(request, 'the second copy of a request');
      demand(again.datagram.equals(first.datagram), 'the second copy got other octets than the first');
    },
  },
]);

const { statusServer } = radiusCodes;

/** A Status-Server; throws NotApplicable where the server does not answer it. */
async function askStatus(probe: ServerProbe): Promise<ServerAnswer> {
  const answer = await probe.tryAsking(probe.request(undefined, { code: statusServer }));
  if (!answer) throw new NotApplicable('the server does not answer Status-Server');
  return answer;
}

const rfc5997 = serverCases('RFC 5997', [
  {
    id: 'rfc5997-3-status-gets-accept',
    title: 'answers a Status-Server at its port for authentication with an Access-Accept',
    level: 'SHOULD',
    remedy: 'answer Status-Server with an empty Access-Accept',
    async run(probe) {
      const answer = await askStatus(probe);
      demand(answer.code === accessAccept, `it got ${answerName(answer)}`);
      demand(answer.fault !== 'badResponseAuthenticator', 'its Response Authenticator is wrong');
    },
  },
  {
    id: 'rfc5997-3-status-without-signature',
    title: 'is silent about a Status-Server without Message-Authenticator',
    level: 'SHOULD',
    remedy: 'discard a Status-Server that has no Message-Authenticator',
    async run(probe) {
      await askStatus(probe);
      const unsigned = probe.request(undefined, { code: statusServer, signature: 'none' });
      await probe.expectSilence(unsigned, 'a Status-Server without Message-Authenticator');
    },
  },
  {
    id: 'rfc5997-3-status-with-wrong-signature',
    title: 'is silent about a Status-Server whose Message-Authenticator is wrong',
    level: 'SHOULD',
    remedy: 'discard a Status-Server whose Message-Authenticator is wrong',
    async run(probe) {
      await askStatus(probe);
      const wrong = probe.request(undefined, { code: statusServer, signature: 'wrong' });
      await probe.expectSilence(wrong, 'a Status-Server with a wrong Message-Authenticator');
    },
  },
]);

const blastRadius = serverCases('CVE-2024-3596', [
  ...ofReplies(
    all,
    {
      id: 'cve20243596-mitigation-signed-first',
      title: (reply) => `has Message-Authenticator as the first attribute of an ${reply}`,
      level: 'SHOULD',
      remedy:
        'put Message-Authenticator in front of all attributes: an attacker cannot choose what is before it',
    },
    {},
    ({ attributes: [first] }) =>
      demand(first?.type === messageAuthenticatorType, `the first attribute is ${first?.type}`),
  ),
  {
    id: 'cve20243596-mitigation-reject-is-signed',
    title: 'signs an Access-Reject without EAP with a Message-Authenticator',
    level: 'SHOULD',
    remedy: 'add a Message-Authenticator to every reply to an Access-Request',
    async run(probe) {
      const answer = await probe.tryAsking(probe.request(undefined, { attributes: [wrongPassword()] }));
      if (answer?.code !== accessReject)
        throw new NotApplicable(`a wrong password got ${answerName(answer)}`);
      demand(answer.fault === undefined, `the Access-Reject has ${answer.fault}`);
    },
  },
  silent(
    {
      id: 'cve20243596-mitigation-unsigned-proxy-state',
      title: 'is silent about a request with Proxy-State and a password that has no Message-Authenticator',
      level: 'SHOULD',
      remedy: 'demand Message-Authenticator of requests, of those with Proxy-State at least',
    },
    (probe) =>
      probe.request(undefined, {
        ...proxied,
        attributes: [wrongPassword(), ...(proxied.attributes ?? [])],
        signature: 'none',
      }),
    'an unsigned request with Proxy-State',
  ),
]);

export const radiusServerCases = [...rfc2865, ...rfc2548, ...rfc3579, ...rfc5080, ...rfc5997, ...blastRadius];
