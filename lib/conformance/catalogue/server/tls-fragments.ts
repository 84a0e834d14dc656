// What TLS methods (RFC 5216, RFC 5281, RFC 9190, [MS-PEAP]) demand of a server's flags, lengths and fragments.

import { eapCodes } from '../../../eap/packet.js';
import { tlsFlags } from '../../../methods/tls/framing.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { serverCases } from '../../kinds.js';
import { expectAlive } from '../../refusal.js';
import { answerName, type EapConversation, type ServerProbe } from '../../server-probe.js';
import {
  flightInFragments,
  onlyEapTls,
  ownMessage,
  readServerHello,
  readTls,
  sendInFragments,
  smallLink,
  tlsResponse,
} from '../../tls-probe.js';
import { patched } from './eap.js';

const methods = ['tls'] as const;
const ttls = ['ttls'] as const;
const peap = ['peap'] as const;

/** A flag of each Request of a conversation, the first left out. */
async function laterFlags(probe: ServerProbe, look: (flags: number) => void): Promise<void> {
  const talk = await probe.begin();
  let isFirst = true;
  const answer = await talk.finish((response) => {
    if (!isFirst) look(readTls(talk.request).flags);
    isFirst = false;
    return response;
  });
  demand(answer.code === radiusCodes.accessAccept, `the user got ${answerName(answer)}`);
}

/** The acknowledgement of a fragment of the peer. */
async function acknowledgement(probe: ServerProbe): Promise<Buffer> {
  const talk = await probe.begin();
  const seen: Buffer[] = [];
  await sendInFragments(talk, await ownMessage(talk), 100, (request) => seen.push(request));
  return seen[0] ?? Buffer.alloc(0);
}

/** Sends in place of the ClientHello what a server must not go on from. */
async function expectNoServerHello(
  probe: ServerProbe,
  talk: EapConversation,
  eap: Uint8Array,
  what: string,
): Promise<void> {
  const answer = await talk.trySending(eap);
  if (!answer) return expectAlive(probe, what);
  const isFlight = answer.code === radiusCodes.accessChallenge && readTls(talk.request).data[0] === 22;
  demand(!isFlight, `${what} got the server's first flight`);
}

function demandAcknowledgement(request: Buffer): void {
  demand(
    request[0] === eapCodes.request && request.length === 6,
    `a fragment got a Request of ${request.length} octets, not one without data`,
  );
}

/** Of TLS 1.3: two octets and their type, with the tag of an AEAD cipher, as one record. */
const isEncryptedAlert = (data: Buffer): boolean => data[0] === 23 && data.length === 5 + 2 + 1 + 16;

export const tlsFragmentServerCases = [
  ...serverCases('RFC 5216', [
    {
      id: 'rfc5216-2.1.1-start-flag',
      title: 'begin with a Request whose flag S is set',
      level: 'MUST',
      remedy: 'set the flag Start (0x20) in the first Request of the method',
      methods,
      async run(probe) {
        const { request } = await probe.begin();
        const { flags } = readTls(request);
        demand((flags & tlsFlags.start) !== 0, `its first Request has the flags 0x${flags.toString(16)}`);
      },
    },
    {
      id: 'rfc5216-2.1.1-start-without-data',
      title: 'send no data in its EAP-TLS Start',
      level: 'MUST',
      remedy: 'send the flags octet alone in the first Request',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        const { request } = await probe.begin();
        demand(request.length === 6, `its first Request has ${request.length - 6} octets behind the flags`);
      },
    },
    {
      id: 'rfc5216-2.1.5-fragments-reassembled',
      title: 'put the fragments of a message together',
      level: 'MUST',
      remedy: 'collect fragments while the flag M is set, and give TLS what they are together',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        await sendInFragments(talk, await ownMessage(talk), 40);
        await talk.expectAccept('a user whose first message came in fragments of 40 octets');
      },
    },
    {
      id: 'rfc5216-2.1.5-acknowledgement',
      title: 'acknowledge a fragment by a Request of its type without data',
      level: 'MUST',
      remedy: 'answer a Response with the flag M by a Request with the flags octet alone',
      methods,
      run: async (probe) => demandAcknowledgement(await acknowledgement(probe)),
    },
    {
      id: 'rfc5216-2.1.5-acknowledgement-identifier',
      title: 'give each acknowledgement of a fragment another Identifier than the Request before',
      level: 'MUST',
      remedy: 'count the Identifier up for acknowledgements as for other Requests',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        let before = talk.requestId;
        await sendInFragments(talk, await ownMessage(talk), 40, (request) => {
          demand(request[1] !== before, `two Requests in a row have the Identifier ${before}`);
          before = request[1] ?? 0;
        });
      },
    },
    {
      id: 'rfc5216-2.1.5-fragment-identifier',
      title: 'give each fragment that it sends another Identifier than the one before',
      level: 'MUST',
      remedy: 'count the Identifier up for each fragment; only one that is sent again keeps its own',
      methods,
      async run(probe) {
        const talk = await probe.begin(smallLink);
        await sendInFragments(talk, await ownMessage(talk), 200);
        let before = -1;
        for (let more = true; more;) {
          demand(talk.requestId !== before, `two fragments in a row have the Identifier ${before}`);
          before = talk.requestId;
          more = (readTls(talk.request).flags & tlsFlags.more) !== 0;
          if (more) await talk.send(tlsResponse(talk, Buffer.alloc(0)), {}, 'an acknowledgement');
        }
      },
    },
    {
      id: 'rfc5216-3.1-length-of-first-fragment',
      title: 'set the flag L in the first fragment of a message',
      level: 'MUST',
      remedy: 'set the flag L and write the TLS Message Length in the first fragment of each message',
      methods,
      async run(probe) {
        const [first] = await flightInFragments(await probe.begin(smallLink));
        demand(first?.length !== undefined, 'the first fragment has no length');
      },
    },
    {
      id: 'rfc5216-3.1-reserved-bits-zero',
      title: 'leave the reserved bits of the flags zero',
      level: 'MUST',
      remedy: 'set no bit of the flags but L, M and S; EAP-TLS has no version there',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        await laterFlags(probe, (flags) =>
          demand((flags & 0x1f) === 0, `a Request has the flags 0x${flags.toString(16)}`),
        );
      },
    },
    {
      id: 'rfc5216-3.2-reserved-bits-ignored',
      title: 'ignore the reserved bits of the flags of a Response',
      level: 'MUST',
      remedy: 'look at L, M and S of the flags, and at nothing else',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        const talk = await probe.begin();
        const answer = await talk.finish((good) => patched(good, { 5: (good[5] ?? 0) | 0x1f }));
        demand(answer.code === radiusCodes.accessAccept, `reserved bits got ${answerName(answer)}`);
      },
    },
    {
      id: 'rfc5216-2.1.5-message-limit',
      title: 'give up on a message that is announced with two gigabytes',
      level: 'MAY',
      keyword: 'indicative',
      remedy: 'set a limit to the TLS Message Length, such as 64 KB, and end the conversation beyond it',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const piece = (await ownMessage(talk)).subarray(0, 100);
        const huge = tlsResponse(talk, piece, { flags: tlsFlags.more, length: 0x7fff_ffff });
        const answer = await talk.trySending(huge);
        const what = 'the first fragment of a message of two gigabytes';
        if (!answer) return expectAlive(probe, what);
        demand(answer.code !== radiusCodes.accessChallenge, `${what} got ${answerName(answer)}`);
      },
    },
    // RFC 9190, 2.1.9 demands both of EAP-TLS with TLS 1.3 by a MUST.
    {
      id: 'rfc5216-3.2-whole-message-with-length',
      title: 'accept a whole message that has the flag L',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'take the four octets of length where the flag L is set, in whole messages too',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const hello = await ownMessage(talk);
        const answer = await talk.send(tlsResponse(talk, hello, { length: hello.length }));
        demand(
          answer.code === radiusCodes.accessChallenge,
          `a message with a length got ${answerName(answer)}`,
        );
        await talk.expectAccept('a user whose first message has a length');
      },
    },
    {
      id: 'rfc5216-3.2-whole-message-without-length',
      title: 'accept a whole message that has not the flag L',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'do without the length where the flag L is not set',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const answer = await talk.send(tlsResponse(talk, await ownMessage(talk)));
        demand(answer.code === radiusCodes.accessChallenge, `one without a length got ${answerName(answer)}`);
        await talk.expectAccept('a user whose first message has no length');
      },
    },
    {
      id: 'rfc5216-3.2-more-than-announced',
      title: 'not go on with a message that has more octets than its TLS Message Length',
      level: 'MAY',
      keyword: 'indicative',
      addressee: 'sender',
      remedy:
        'compare the octets of a message with its TLS Message Length, and end the conversation if they differ',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const hello = await ownMessage(talk);
        const long = tlsResponse(talk, hello, { length: hello.length - 20 });
        await expectNoServerHello(probe, talk, long, 'a message of twenty octets more than announced');
      },
    },
    {
      id: 'rfc5216-3.2-fewer-than-announced',
      title: 'not go on with a message that has fewer octets than its TLS Message Length',
      level: 'MAY',
      keyword: 'indicative',
      addressee: 'sender',
      sameCauseAs: 'rfc5216-3.2-more-than-announced',
      remedy:
        'compare the octets of a message with its TLS Message Length, and end the conversation if they differ',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const hello = await ownMessage(talk);
        const short = tlsResponse(talk, hello, { length: hello.length + 20 });
        await expectNoServerHello(probe, talk, short, 'a message of twenty octets fewer than announced');
      },
    },
  ]),
  ...serverCases('CWE-400', [
    {
      id: 'cwe400-server-empty-fragments',
      isAlone: true,
      title: 'give up on fragments that bring nothing, one after another',
      level: 'MAY',
      remedy: 'limit the fragments of a message; RFC 5216, 2.1.5 has each of them acknowledged',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        for (let index = 0; index < 40; index++) {
          const length = index === 0 ? { length: 1000 } : {};
          const empty = tlsResponse(talk, Buffer.alloc(0), { flags: tlsFlags.more, ...length });
          const answer = await talk.trySending(empty);
          if (!answer) return expectAlive(probe, 'an empty fragment');
          if (answer.code !== radiusCodes.accessChallenge) return;
        }
        demand(false, 'forty empty fragments in a row are acknowledged');
      },
    },
  ]),
  ...serverCases('RFC 3579', [
    {
      id: 'rfc3579-2.4-tls-fragments-fit',
      title: 'send no fragment that is longer than the Framed-MTU of the request',
      level: 'MUST',
      sameCauseAs: 'rfc3579-2.4-framed-mtu',
      remedy: 'cut fragments to the Framed-MTU that the Access-Request has',
      methods,
      async run(probe) {
        const talk = await probe.begin(smallLink);
        await sendInFragments(talk, await ownMessage(talk), 200);
        demand(
          talk.request.length <= 320,
          `with a Framed-MTU of 320 it sends an EAP packet of ${talk.request.length} octets`,
        );
      },
    },
  ]),
  ...serverCases('RFC 9190', [
    {
      id: 'rfc9190-2.1.9-no-length-in-whole-messages',
      title: 'not set the flag L in messages of EAP-TLS 1.3 that are not fragmented',
      level: 'MUST',
      remedy: 'set the flag L only in the first of several fragments',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        const talk = await probe.begin();
        const hello = await ownMessage(talk);
        await sendInFragments(talk, hello, 1300);
        const { flags, length, data } = readTls(talk.request);
        if (readServerHello(data)?.version !== 0x304) throw new NotApplicable('it has no TLS 1.3');
        if ((flags & tlsFlags.more) !== 0) throw new NotApplicable('its first flight is fragmented');
        demand(length === undefined, `a whole message of ${data.length} octets has a length`);
      },
    },
  ]),
  ...serverCases('RFC 5281', [
    {
      id: 'rfc5281-9.2-start-once',
      title: 'set the flag S of EAP-TTLS in the first Request only',
      level: 'MUST',
      remedy: 'set the flag Start in the first Request, and in no other',
      methods: ttls,
      run: (probe) =>
        laterFlags(probe, (flags) =>
          demand((flags & tlsFlags.start) === 0, 'a later Request has the flag S'),
        ),
    },
    {
      id: 'rfc5281-9.2.1-version-kept',
      title: 'keep the version of EAP-TTLS that was agreed on in all its Requests',
      level: 'MUST',
      remedy: 'write the version (0) into the low three bits of the flags of each Request',
      methods: ttls,
      run: (probe) =>
        laterFlags(probe, (flags) => demand((flags & 7) === 0, `a Request has the version ${flags & 7}`)),
    },
    {
      id: 'rfc5281-9.2.1-version-not-offered',
      title: 'refuse a version of EAP-TTLS that it has not offered',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'send EAP-Failure where the version in the first Response is none that the server supports',
      methods: ttls,
      async run(probe) {
        const talk = await probe.begin();
        const later = tlsResponse(talk, await ownMessage(talk), { flags: 3 });
        await expectNoServerHello(probe, talk, later, 'version 3');
      },
    },
    {
      id: 'rfc5281-9.2.2-acknowledgement',
      title: 'acknowledge a fragment of EAP-TTLS by a packet without data',
      level: 'MUST',
      remedy: 'answer a Response with the flag M by a Request with the flags octet alone',
      methods: ttls,
      run: async (probe) => demandAcknowledgement(await acknowledgement(probe)),
    },
    {
      id: 'rfc5281-9.2.3-acknowledgement-flags',
      title: 'have the version, and neither L nor M nor S, in its acknowledgements',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'write the version (0), and neither L nor M nor S, into the flags of an acknowledgement',
      methods: ttls,
      async run(probe) {
        const [, , , , , flags] = await acknowledgement(probe);
        // Of the reserved bits this document demands nothing.
        demand(((flags ?? 0) & 0xe7) === 0, `an acknowledgement has the flags 0x${flags?.toString(16)}`);
      },
    },
    {
      id: 'rfc5281-9.2.2-length-of-whole',
      title: 'announce in its first fragment the length of the whole message',
      level: 'MUST',
      remedy: 'write the length of the message before it was cut into the first fragment',
      methods: ttls,
      async run(probe) {
        const fragments = await flightInFragments(await probe.begin(smallLink));
        const sum = fragments.reduce((octets, { data }) => octets + data.length, 0);
        const { length } = fragments[0] ?? {};
        demand(length === sum, `it announces ${length ?? 'nothing'}, and sends ${sum} octets`);
      },
    },
    {
      id: 'rfc5281-9.2.2-length-once',
      title: 'set the flag L in no other fragment than the first',
      level: 'MUST',
      remedy: 'leave the flag L and the length out of the fragments behind the first',
      methods: ttls,
      async run(probe) {
        const [, ...later] = await flightInFragments(await probe.begin(smallLink));
        demand(
          later.every(({ length }) => length === undefined),
          'a fragment behind the first has a length',
        );
      },
    },
  ]),
  ...serverCases('MS-PEAP', [
    {
      id: 'mspeap-2.2.2-start-once',
      title: 'set the flag S of PEAP in the first Request only',
      level: 'MUST',
      remedy: 'set the flag Start in the first Request, and in no other',
      methods: peap,
      run: (probe) =>
        laterFlags(probe, (flags) =>
          demand((flags & tlsFlags.start) === 0, 'a later Request has the flag S'),
        ),
    },
    {
      id: 'mspeap-2.2.2-length-of-first-fragment',
      title: 'set the flag L in the first fragment of a PEAP message',
      level: 'MUST',
      remedy: 'set the flag L and write the TLS_Message_Length in the first fragment',
      methods: peap,
      async run(probe) {
        const [first] = await flightInFragments(await probe.begin(smallLink));
        demand(first?.length !== undefined, 'the first fragment has no length');
      },
    },
    {
      id: 'mspeap-2.2.3-acknowledgement',
      title: 'acknowledge a fragment of PEAP without flags and data',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'leave L, M and S unset in an acknowledgement, and the data away',
      methods: peap,
      async run(probe) {
        const request = await acknowledgement(probe);
        demandAcknowledgement(request);
        demand(((request[5] ?? 0) & 0xe0) === 0, 'an acknowledgement has one of the flags L, M and S');
      },
    },
    {
      id: 'mspeap-3.2.5.2-version-zero',
      title: 'have version 0 of PEAP in its Requests',
      level: 'MUST',
      remedy: 'write 0 into the version bits of the flags',
      methods: peap,
      run: (probe) =>
        laterFlags(probe, (flags) => demand((flags & 3) === 0, `a Request has the version ${flags & 3}`)),
    },
    {
      id: 'mspeap-3.2.5.2-version-other',
      title: 'fail the authentication of a peer that answers with another version than 0',
      level: 'MUST',
      remedy: 'send EAP-Failure where the version bits of a Response are not 0',
      methods: peap,
      async run(probe) {
        const talk = await probe.begin();
        const other = tlsResponse(talk, await ownMessage(talk), { flags: 2 });
        await expectNoServerHello(probe, talk, other, 'version 2');
      },
    },
    {
      id: 'mspeap-3.2.5.2-start-in-the-middle',
      title: 'not go on with a TLS session after a packet with the flag S from the peer',
      level: 'MUST',
      addressee: 'both',
      remedy: 'drop the TLS session at a packet with the flag S that is not the first',
      methods: peap,
      async run(probe) {
        const talk = await probe.begin();
        await talk.send(await talk.response());
        const good = await talk.response();
        const answer = await talk.trySending(patched(good, { 5: (good[5] ?? 0) | tlsFlags.start }));
        if (!answer) return expectAlive(probe, 'a second flight with the flag S');
        if (answer.code !== radiusCodes.accessChallenge) return;
        const { data } = readTls(talk.request);
        const hasGoneOn = [20, 22, 23].includes(data[0] ?? 0) && !isEncryptedAlert(data);
        demand(!hasGoneOn, `a second flight with the flag S got ${answerName(answer)}, and TLS goes on`);
      },
    },
  ]),
];
