// What keeps a server up under strangers: CWE-770 (allocation without limits) and CWE-400 (consumption without limits) for
// an authenticator behind RADIUS. No RFC demands it in these words, so that the level is SHOULD. None runs beside others:
// they keep the server busy.

import { randomBytes } from 'node:crypto';
import { attributeTypes, encodeVendorSpecific } from '../../../eap/attributes.js';
import { eapCodes, eapPacket, eapTypes } from '../../../eap/packet.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { type CaseRow, serverCases } from '../../kinds.js';
import { answerName, type ServerProbe } from '../../server-probe.js';

/** A case after which the user is accepted as before. */
const survived = (
  facts: Omit<CaseRow<ServerProbe>, 'run' | 'level'>,
  harm: (probe: ServerProbe) => Promise<void>,
): CaseRow<ServerProbe> => ({
  ...facts,
  level: 'SHOULD',
  async run(probe) {
    await harm(probe);
    // Late replies to what was sent are not for this one.
    await using user = await probe.another();
    await (await user.begin()).expectAccept('the user behind it');
  },
});

/** Rounds that no honest conversation has. */
const tooManyRounds = 400;

/** Sends datagrams that nobody looks for the replies of. */
async function flood(probe: ServerProbe, count: number, make: (index: number) => Buffer): Promise<void> {
  for (let index = 0; index < count; index++) {
    probe.send(make(index));
    if (index % 20 === 19) await probe.pause(5);
  }
}

const rows = [
  ...serverCases('CWE-770', [
    survived(
      {
        id: 'cwe770-server-half-open-conversations',
        isCrowding: true,
        title: 'serve a user while 300 other conversations wait for a Response that does not come',
        remedy: 'keep little of a conversation that waits, and end it after a while',
      },
      (probe) => flood(probe, 300, (index) => probe.request(probe.identity(index & 0xff))),
    ),
    survived(
      {
        id: 'cwe770-server-many-attributes',
        title: 'survive a request of 600 attributes',
        remedy: 'read attributes in time that is proportional to their number',
      },
      async (probe) => {
        const attributes = Array.from({ length: 600 }, () => ({ type: 25, value: Buffer.from('abc') }));
        await probe.tryAsking(probe.request(probe.identity(), { attributes }));
      },
    ),
    survived(
      {
        id: 'cwe770-server-reply-beyond-packet',
        title: 'survive Proxy-States that leave no room for its reply',
        remedy: 'refuse, or discard, where a reply does not fit into 4096 octets',
      },
      async (probe) => {
        const value = randomBytes(253);
        const attributes = Array.from({ length: 15 }, () => ({ type: attributeTypes.ProxyState, value }));
        const answer = await probe.tryAsking(probe.request(probe.identity(), { attributes }));
        demand((answer?.datagram.length ?? 0) <= 4096, 'the reply has more than 4096 octets');
      },
    ),
    survived(
      {
        id: 'cwe770-server-long-identity',
        title: 'survive an identity of 3000 octets',
        remedy: 'limit the length of an identity before it is looked up',
      },
      async (probe) => {
        const request = probe.request(probe.identity(0, 'a'.repeat(3000)), {
          without: [attributeTypes.UserName],
        });
        const answer = await probe.tryAsking(request);
        demand(answer?.code !== radiusCodes.accessAccept, 'an identity of 3000 octets was accepted at once');
      },
    ),
    survived(
      {
        id: 'cwe770-server-nested-vendor-attributes',
        title: 'survive vendor-specific attributes whose inner lengths are wrong',
        remedy: 'check the lengths inside of vendor-specific attributes',
      },
      async (probe) => {
        const values = [
          Buffer.of(0, 0, 1, 55, 16, 0),
          Buffer.of(0, 0, 1, 55, 16, 255, 1),
          Buffer.of(0, 0, 1),
          Buffer.concat([Buffer.of(0, 0, 1, 55), randomBytes(240)]),
        ];
        const attributes = [
          ...values.map((value) => ({ type: 26, value })),
          encodeVendorSpecific({ vendorId: 311, vendorType: 17, data: randomBytes(50) }),
        ];
        await probe.tryAsking(probe.request(probe.identity(), { attributes }));
      },
    ),
  ]),
  ...serverCases('CWE-400', [
    survived(
      {
        id: 'cwe400-server-random-datagrams',
        title: 'survive 200 datagrams of random octets',
        remedy: 'check form and signature of a datagram before anything else is done with it',
      },
      (probe) => flood(probe, 200, (index) => randomBytes(index * 3)),
    ),
    survived(
      {
        id: 'cwe400-server-random-eap',
        title: 'survive 100 signed requests with random EAP packets',
        remedy: 'check the header of an EAP packet before anything else looks at it',
      },
      (probe) => flood(probe, 100, (index) => probe.request(randomBytes(index + 1))),
    ),
    survived(
      {
        id: 'cwe400-server-disruptive',
        disruptive: true,
        title: 'go on serving others whatever a peer sends that nobody has authenticated',
        remedy: 'run this case alone, and look in the log or a debugger where the process has ended',
      },
      async (probe) => {
        // What is behind may be a name that nobody needs.
        const half = (await (await probe.begin()).response()).length / 2;
        const step = Math.max(1, Math.floor(half / 8));
        for (let size = 5; size < half; size += step) {
          const talk = await probe.begin();
          const cut = (await talk.response()).subarray(0, size);
          const response = eapPacket(eapCodes.response, talk.requestId, cut.subarray(4));
          const answer = await probe.tryAsking(talk.datagram(response));
          demand(
            answer?.code !== radiusCodes.accessAccept,
            `a Response cut off at ${size} octets was accepted`,
          );
        }
      },
    ),
    {
      id: 'cwe400-server-endless-wrong-responses',
      title: 'accept the good Response after 50 that were not, or have ended the conversation',
      level: 'SHOULD',
      onlyBrokenNas: true,
      remedy: 'let packets that are passed over cost nothing, or end the conversation after some',
      async run(probe) {
        const talk = await probe.begin();
        const stale = await talk.response();
        stale[1] = (talk.requestId + 7) & 0xff;
        await flood(probe, 50, () => talk.datagram(stale));
        await probe.quiet();
        const answer = await talk.trySending(await talk.response());
        demand(answer !== undefined, 'the good Response got no reply');
        if (answer.code === radiusCodes.accessChallenge) await talk.expectAccept('the user behind it');
      },
    },
    {
      id: 'cwe400-server-endless-fragments',
      title: 'end a conversation whose peer sends fragments of a message for ever',
      level: 'SHOULD',
      remedy: 'limit the octets of a TLS message and the rounds of a conversation',
      methods: ['tls'],
      async run(probe) {
        const talk = await probe.begin();
        const type = talk.request[4] ?? 0;
        for (let round = 0; round < tooManyRounds; round++) {
          // More fragments follow (0x40); the first says how long it all is to be.
          const flags = round === 0 ? Buffer.of(type, 0xc0, 0x00, 0xff, 0xff, 0xff) : Buffer.of(type, 0x40);
          const fragment = eapPacket(eapCodes.response, talk.requestId, flags, Buffer.alloc(900, 22));
          const answer = await talk.trySending(fragment);
          if (answer?.code !== radiusCodes.accessChallenge) {
            await probe.open();
            return;
          }
        }
        demand(false, `${tooManyRounds} fragments were taken`);
      },
    },
    {
      id: 'cwe400-server-endless-naks',
      title: 'end a conversation whose peer naks every method, its own wish too',
      level: 'SHOULD',
      remedy: 'offer no method a second time in a conversation',
      async run(probe) {
        const talk = await probe.open();
        for (let round = 0; round < 20; round++) {
          const wishes = [4, 6, 13, 21, 25, 26, 43].map((type) => ({ type }));
          const answer = await talk.trySending(talk.nak(...wishes));
          if (answer?.code !== radiusCodes.accessChallenge) {
            await probe.open();
            return;
          }
        }
        demand(false, '20 Naks got a method each');
      },
    },
    {
      id: 'cwe400-server-nak-of-the-wish',
      title: 'end a conversation whose peer asks for the very method that it refuses',
      level: 'SHOULD',
      remedy: 'leave a refused method out of what a Nak may ask for',
      async run(probe) {
        const talk = await probe.open();
        const type = talk.request[4] ?? 0;
        if (type === eapTypes.expanded) throw new NotApplicable('the first method has an expanded type');
        const answer = await talk.trySending(talk.nak({ type }));
        demand(
          answer?.code !== radiusCodes.accessChallenge,
          `a Nak of Type ${type} for Type ${type} got ${answerName(answer)}`,
        );
      },
    },
  ]),
];

export const limitServerCases = rows.map((row) => ({ ...row, isAlone: true as const }));
