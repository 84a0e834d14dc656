// What RADIUS demands of a server: RFC 2865, RFC 5997 (Status-Server), and what was learned from CVE-2024-3596
// (Blast-RADIUS). MUST and SHOULD are the texts' own words; where they demand in the indicative, as in "is silently
// discarded", the level is SHOULD.

import { randomBytes } from 'node:crypto';
import { attributeTypes, encodeVendorSpecific } from '../../../eap/attributes.js';
import { messageAuthenticatorType, type RadiusAttribute, valuesOf } from '../../../radius/attributes.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { serverCases } from '../../kinds.js';
import {
  answerName,
  type EapConversation,
  type RequestChanges,
  type ServerAnswer,
  type ServerProbe,
} from '../../server-probe.js';
import {
  all,
  ofReplies,
  proxied,
  proxyStates,
  type replies,
  type Row,
  silent,
  withoutAccess,
  wrongPassword,
} from './radius-replies.js';

const { accessAccept, accessChallenge, accessReject } = radiusCodes;

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
  facts: Omit<Row, 'run' | 'level'>,
  states: (own: Buffer) => readonly Buffer[],
  what: string,
): Row => ({
  ...facts,
  level: 'SHOULD',
  keyword: 'indicative',
  addressee: 'sender',
  sends: what,
  async run(probe) {
    const talk = await probe.begin();
    if (talk.state === undefined) throw new NotApplicable('the server gives no State');
    const attributes = states(Buffer.from(talk.state)).map((value) => ({
      type: attributeTypes.State,
      value,
    }));
    const stray = talk.datagram(await talk.response(), { without: [attributeTypes.State], attributes });
    const answer = await probe.tryAsking(stray);
    demand(!goesOn(answer, talk), `${what} got ${answerName(answer)}, and the method goes on`);
    await probe.open();
  },
});

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
function isForbidden(type: number, reply: keyof typeof replies): boolean {
  const isIn = type <= 39 || (type >= 60 && type <= 63);
  return isIn && (reply === 'accept' ? onlyAsked.has(type) : !permitted[reply].has(type));
}

const rfc2865 = serverCases('RFC 2865', [
  // Datagrams.
  silent(
    {
      id: 'rfc2865-3-shorter-than-header',
      title: 'be silent about a datagram of 19 octets, which is shorter than its Length says',
      level: 'MUST',
      remedy: 'discard what is shorter than 20 octets',
    },
    (probe) => probe.request(probe.identity()).subarray(0, 19),
    'a datagram of 19 octets',
  ),
  silent(
    {
      id: 'rfc2865-3-length-beyond-datagram',
      title: 'be silent about a packet that is shorter than its Length says',
      level: 'MUST',
      remedy: 'discard a packet whose Length is more than the datagram has',
    },
    (probe) => probe.request(probe.identity(), { patch: (bytes) => withLength(bytes, bytes.length + 1) }),
    'a packet with a Length one more than it has',
  ),
  silent(
    {
      id: 'rfc2865-3-length-below-header',
      title: 'be silent about a packet whose Length is less than a header has',
      level: 'SHOULD',
      keyword: 'indicative',
      addressee: 'sender',
      remedy: 'discard a packet whose Length is below 20',
    },
    (probe) => probe.request(probe.identity(), { patch: (bytes) => withLength(bytes, 19) }),
    'a packet with a Length of 19',
  ),
  {
    id: 'rfc2865-3-padding-ignored',
    title: 'ignore octets behind those that Length counts',
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
    title: 'answer a request of 4096 octets',
    level: 'SHOULD',
    keyword: 'indicative',
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
        title: `be silent about a packet with the Code ${code}, which is none of a request for access`,
        level: 'SHOULD',
        keyword: 'indicative',
        sameCauseAs: 'rfc2865-3-invalid-code-0',
        remedy: 'discard packets whose Code is no request’s that the port is for',
      },
      (probe) => probe.request(probe.identity(), { code }),
      `a packet with the Code ${code}`,
    ),
  ),

  // Replies.
  {
    id: 'rfc2865-4.4-reply-identifier',
    title: 'copy the Identifier of a request into its reply',
    level: 'SHOULD',
    keyword: 'indicative',
    remedy: 'copy the second octet of the request',
    async run(probe) {
      const request = probe.request(probe.identity());
      const { id } = await probe.ask(request);
      demand(id === request[1], `the reply has the Identifier ${id}, and the request ${request[1]}`);
    },
  },
  {
    id: 'rfc2865-3-reply-port',
    title: 'reply from the port that it was asked at',
    level: 'SHOULD',
    keyword: 'indicative',
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
      title: (reply) => `have the right Response Authenticator in an ${reply}`,
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'MD5 over code, id, length, the Request Authenticator, the attributes and the secret',
    },
    {},
    ({ fault }) => demand(fault !== 'badResponseAuthenticator', 'the Response Authenticator is another one'),
  ),
  {
    id: 'rfc2865-4.1-reply-to-stranger',
    title: 'reply to the request of a user whom it does not know',
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
    title: 'answer a wrong password without EAP with an Access-Reject',
    level: 'MUST',
    remedy:
      'reply with Access-Reject where an attribute is not acceptable, or its kind of proof is not offered',
    async run(probe) {
      const request = probe.request(undefined, { attributes: [wrongPassword()] });
      const answer = await probe.ask(request, 'a request with a User-Password and no EAP');
      // A server may ask a user for more before it judges (2.1).
      if (answer.code === accessChallenge) throw new NotApplicable('a User-Password got an Access-Challenge');
      demand(answer.code === accessReject, `a wrong User-Password got ${answerName(answer)}`);
    },
  },
  ...all.flatMap((name) =>
    ofReplies(
      [name],
      {
        id: 'rfc2865-5.44-attributes-of',
        title: (reply) => `have no attribute in an ${reply} that may not be there`,
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
      title: (reply) => `have no attribute without octets in an ${reply}`,
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
      id: 'rfc2865-5.24-one-state-in',
      title: (reply) => `have one State at most in an ${reply}`,
      // "must" is in small letters there.
      level: 'SHOULD',
      keyword: 'indicative',
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
      id: 'rfc2865-2-proxy-state-in',
      title: (reply) => `copy every Proxy-State of a request into an ${reply}, unchanged and in order`,
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
    title: 'ignore attributes that it does not know',
    level: 'MAY',
    remedy: 'ignore attributes of unknown types and vendors',
    async run(probe) {
      const attributes = [{ type: 223, value: Buffer.from('unknown') }];
      await (await probe.begin({ attributes })).expectAccept('a user whose request has an unknown attribute');
    },
  },
  {
    id: 'rfc2865-5.26-unknown-vendor-ignored',
    title: 'ignore a vendor-specific attribute that it is not equipped to interpret',
    level: 'MUST',
    remedy: 'pass over the attributes of unknown vendors, whatever their octets are',
    async run(probe) {
      const vendorId = 99_999;
      const attributes = [
        encodeVendorSpecific({ vendorId, vendorType: 9, data: Buffer.from('unknown') }),
        { type: 26, value: Buffer.of(0, 1, 0x86, 0x9f, 1) },
      ];
      await (
        await probe.begin({ attributes })
      ).expectAccept('a user whose request has attributes of an unknown vendor');
    },
  },
  {
    id: 'rfc2865-5-signature-anywhere',
    title: 'depend on no order of attributes: take a Message-Authenticator behind the others, too',
    level: 'MUST',
    remedy: 'look for Message-Authenticator among all attributes',
    async run(probe) {
      const answer = await probe.ask(
        probe.request(probe.identity(), { signature: 'last' }),
        'a signed request',
      );
      demand(answer.code === accessChallenge, `it got ${answerName(answer)}`);
    },
  },
  ...([0, 1, 200] as const).map((length) =>
    withoutAccess(
      {
        id: `rfc2865-5-attribute-length-${length}`,
        title: `give no access for a request with an attribute whose length is ${length}, which cannot be`,
        level: 'SHOULD',
        sameCauseAs: 'rfc2865-5-attribute-length-0',
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
      title: 'go on with nothing for a State that it has not given',
      remedy: 'refuse a response whose State belongs to no conversation',
    },
    () => [randomBytes(16)],
    'a good response with a State of random octets',
  ),
  strayed(
    {
      id: 'rfc2865-5.24-changed-state',
      sameCauseAs: 'rfc2865-5.24-unknown-state',
      title: 'go on with nothing for a State in which one bit is another',
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
      title: 'go on with nothing for a response without the State of its conversation',
      remedy: 'look a conversation up by its State alone',
    },
    () => [],
    'a good response without State',
  ),
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
    id: 'rfc5997-2-status-gets-accept',
    title: 'answer a Status-Server at its port for authentication with an Access-Accept, or an Access-Reject',
    level: 'SHOULD',
    remedy: 'answer Status-Server with an empty Access-Accept',
    async run(probe) {
      const answer = await askStatus(probe);
      const isStatus = answer.code === accessAccept || answer.code === accessReject;
      demand(isStatus, `it got ${answerName(answer)}`);
      demand(answer.fault !== 'badResponseAuthenticator', 'its Response Authenticator is wrong');
    },
  },
  {
    id: 'rfc5997-3-status-without-signature',
    title: 'be silent about a Status-Server without Message-Authenticator',
    level: 'SHOULD',
    keyword: 'indicative',
    addressee: 'sender',
    remedy: 'discard a Status-Server that has no Message-Authenticator',
    async run(probe) {
      await askStatus(probe);
      const unsigned = probe.request(undefined, { code: statusServer, signature: 'none' });
      await probe.expectSilence(unsigned, 'a Status-Server without Message-Authenticator');
    },
  },
  {
    id: 'rfc5997-4.2-status-with-wrong-signature',
    title: 'be silent about a Status-Server whose Message-Authenticator is wrong',
    level: 'MUST',
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
      title: (reply) => `have Message-Authenticator as the first attribute of an ${reply}`,
      level: 'SHOULD',
      sourceNotRead: true,
      remedy:
        'put Message-Authenticator in front of all attributes: an attacker cannot choose what is before it',
    },
    {},
    ({ attributes: [first] }) =>
      demand(first?.type === messageAuthenticatorType, `the first attribute is ${first?.type}`),
  ),
  {
    id: 'cve20243596-mitigation-reject-is-signed',
    title: 'sign an Access-Reject without EAP with a Message-Authenticator',
    level: 'SHOULD',
    sourceNotRead: true,
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
      title: 'be silent about a request with Proxy-State and a password that has no Message-Authenticator',
      level: 'SHOULD',
      sourceNotRead: true,
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

export const radiusServerCases = [...rfc2865, ...rfc5997, ...blastRadius];
