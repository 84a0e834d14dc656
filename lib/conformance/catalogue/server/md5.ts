// What MD5-Challenge (RFC 3748, 5.4, over RFC 1994) and EAP-GTC (RFC 3748, 5.6) demand of a server.

import { eapCodes, eapPacket } from '../../../eap/packet.js';
import { demand } from '../../case.js';
import { serverCases } from '../../kinds.js';
import { expectRefusal } from '../../refusal.js';
import type { EapConversation } from '../../server-probe.js';
import { patched } from './eap.js';

/** Offsets in an EAP packet of MD5-Challenge. */
const sizeAt = 5;
const valueAt = 6;
const digestLength = 16;

/** The value of the challenge that waits. */
function challengeOf({ request }: EapConversation): Buffer {
  return request.subarray(valueAt, valueAt + (request[sizeAt] ?? 0));
}

/** A response of another value, with the user's name behind it. */
async function withValue(talk: EapConversation, value: Uint8Array, size = value.length): Promise<Buffer> {
  const name = (await talk.response()).subarray(valueAt + digestLength);
  return eapPacket(eapCodes.response, talk.requestId, Buffer.of(4, size), value, name);
}

const methods = ['md5'] as const;

export const md5ServerCases = [
  ...serverCases('RFC 1994', [
    {
      id: 'rfc1994-4.1-challenge-value',
      title: 'send a challenge of one or more octets, as many as Value-Size says',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'write Value-Size and behind it as many octets of a random challenge',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const size = talk.request[sizeAt] ?? 0;
        demand(size > 0, 'the challenge has no octets');
        demand(talk.request.length >= valueAt + size, `the Value-Size ${size} is more than what follows it`);
      },
    },
    {
      id: 'rfc1994-4.1-challenge-changes',
      title: 'change the value of its challenge each time one is sent',
      level: 'MUST',
      remedy: 'draw a new challenge for each Request from a source of random numbers',
      methods,
      async run(probe) {
        const first = challengeOf(await probe.begin());
        const second = challengeOf(await probe.begin());
        demand(!first.equals(second), `two conversations have the challenge ${first.toString('hex')}`);
      },
    },
    {
      id: 'rfc1994-4.2-wrong-value',
      title: 'not accept a response whose value is not the hash of identifier, secret and challenge',
      level: 'MUST',
      remedy: 'compare all sixteen octets of the value with the MD5 hash of identifier, secret and challenge',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const good = await talk.response();
        const last = valueAt + digestLength - 1;
        const wrong = patched(good, { [last]: (good[last] ?? 0) ^ 1 });
        await expectRefusal(probe, talk, wrong, 'a response with a wrong value');
      },
    },
    {
      id: 'rfc1994-4.2-short-value',
      title: 'not accept a response whose value is cut short, even where its octets are right',
      level: 'MUST',
      remedy: 'demand that the value of a response has sixteen octets, the length of an MD5 hash',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const value = (await talk.response()).subarray(valueAt, valueAt + 8);
        await expectRefusal(probe, talk, await withValue(talk, value), 'a response of eight octets');
      },
    },
    {
      id: 'rfc1994-4.2-empty-value',
      title: 'not accept a response without a value',
      level: 'MUST',
      remedy: 'discard a response whose Value-Size is not 16',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        await expectRefusal(probe, talk, await withValue(talk, Buffer.alloc(0)), 'an empty value');
      },
    },
    {
      id: 'rfc1994-4.2-value-size-beyond-packet',
      title: 'not accept a response whose Value-Size is more than what the packet holds',
      level: 'MUST',
      remedy: 'compare Value-Size with the octets behind it before it is used',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const value = (await talk.response()).subarray(valueAt, valueAt + digestLength);
        await expectRefusal(probe, talk, await withValue(talk, value, 255), 'a Value-Size of 255');
      },
    },
    {
      id: 'rfc1994-4.2-reflected-challenge',
      title: 'not accept its own challenge as a response',
      level: 'MUST',
      remedy: 'compare the value with the hash, and with nothing else',
      methods,
      async run(probe) {
        const talk = await probe.begin();
        const value = Buffer.alloc(digestLength);
        challengeOf(talk).copy(value);
        await expectRefusal(probe, talk, await withValue(talk, value), 'its own challenge');
      },
    },
    {
      id: 'rfc1994-4.2-replayed-value',
      title: 'not accept the value that was right for another challenge',
      level: 'MUST',
      remedy: 'forget a challenge with its conversation, and check a response with the challenge it answers',
      methods,
      async run(probe) {
        const old = await (await probe.begin()).response();
        const talk = await probe.begin();
        const value = old.subarray(valueAt, valueAt + digestLength);
        await expectRefusal(probe, talk, await withValue(talk, value), 'the value of a conversation before');
      },
    },
  ]),
  ...serverCases('RFC 3748', [
    {
      id: 'rfc3748-5.4-no-keys',
      title: 'export no keys from MD5-Challenge, which derives none',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'send no MS-MPPE-Send-Key and MS-MPPE-Recv-Key for a method that makes no keys',
      methods,
      async run(probe) {
        const answer = await (await probe.begin()).expectAccept();
        demand(answer.keys === undefined, 'the Access-Accept has keys');
      },
    },
    {
      id: 'rfc3748-5.6-displayable-prompt',
      title: 'send a displayable message in its EAP-GTC Request',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'put a prompt of one or more printable characters into the Request',
      methods: ['gtc'],
      async run(probe) {
        const { request } = await probe.begin();
        const prompt = request.subarray(sizeAt).toString('utf8');
        demand(prompt.length > 0, 'its Request has no message');
        demand(!/[^\P{Cc}\n\r\t]/u.test(prompt), 'its message has control characters');
      },
    },
    {
      id: 'rfc3748-4.2-wrong-token',
      title: 'not accept a wrong password in EAP-GTC',
      level: 'MUST',
      remedy: 'compare the whole response with the password, its length too',
      methods: ['gtc'],
      async run(probe) {
        const talk = await probe.begin();
        const wrong = Buffer.from(await talk.response());
        wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1;
        await expectRefusal(probe, talk, wrong, 'a password that differs in its last octet');
      },
    },
    {
      id: 'rfc3748-4.2-empty-token',
      title: 'not accept an empty response in EAP-GTC',
      level: 'MUST',
      remedy: 'refuse a response without a password before it is compared',
      methods: ['gtc'],
      async run(probe) {
        const talk = await probe.begin();
        const empty = eapPacket(eapCodes.response, talk.requestId, Buffer.of(6));
        await expectRefusal(probe, talk, empty, 'an empty response');
      },
    },
    {
      id: 'rfc3748-4.2-beginning-of-token',
      title: 'not accept the beginning of the password in EAP-GTC',
      level: 'MUST',
      remedy:
        'compare the lengths as well: a comparison that ends with the response accepts its every prefix',
      methods: ['gtc'],
      async run(probe) {
        const talk = await probe.begin();
        const password = (await talk.response()).subarray(sizeAt, -1);
        const short = eapPacket(eapCodes.response, talk.requestId, Buffer.of(6), password);
        await expectRefusal(probe, talk, short, 'a password without its last octet');
      },
    },
  ]),
];
