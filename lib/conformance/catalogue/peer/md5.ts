// What MD5-Challenge (RFC 1994; RFC 3748, 5.4) demands of a peer.

import { demand, type RequirementLevel } from '../../case.js';
import { type CaseRow, peerCases } from '../../kinds.js';
import { bentRequests, type PeerProbe } from '../../peer-probe.js';
import { eapCodes, eapPacket } from '../../../eap/packet.js';

const methods = ['md5'] as const;
const md5 = 4;
const digestLength = 16;

/** Lets the peer authenticate with this Value-Size, value and name in the challenge, and gives its answer. */
async function answerTo(probe: PeerProbe, octets: Uint8Array): Promise<Buffer | undefined> {
  await probe.authenticate(
    bentRequests((eap) =>
      eap[4] === md5 ? eapPacket(eapCodes.request, eap[1] ?? 0, Buffer.of(md5), octets) : undefined,
    ),
  );
  return probe.responses.find((response) => response[4] === md5);
}

const answered = (
  id: string,
  title: string,
  octets: Buffer,
  level: RequirementLevel = 'MUST',
): CaseRow<PeerProbe> => ({
  id: `rfc1994-4.1-${id}`,
  title: `answer ${title}`,
  level,
  methods,
  remedy: 'take challenges of 1 to 255 octets, with a name of any length behind them',
  async run(probe) {
    const answer = await answerTo(probe, octets);
    demand(answer?.[5] === digestLength, `it answered with ${answer?.toString('hex') ?? 'nothing'}`);
  },
});

const passedOver = (id: string, title: string, octets: Buffer): CaseRow<PeerProbe> => ({
  id: `rfc1994-4.1-${id}`,
  title: `send no digest in answer to ${title}`,
  level: 'SHOULD',
  keyword: 'indicative',
  methods,
  remedy: 'compare the Value-Size with the octets that follow; it is one at least',
  async run(probe) {
    const answer = await answerTo(probe, octets);
    demand(!answer, `it answered with ${answer?.toString('hex')}`);
  },
});

export const md5PeerCases = peerCases('RFC 1994', [
  answered('challenge-of-one-octet', 'a challenge of one octet', Buffer.from('\x01ceaphost')),
  answered(
    'challenge-of-255-octets',
    'a challenge of 255 octets',
    Buffer.concat([Buffer.of(255), Buffer.alloc(255, 7), Buffer.from('eaphost')]),
  ),
  answered(
    'challenge-without-name',
    'a challenge that has no name behind it',
    Buffer.concat([Buffer.of(digestLength), Buffer.alloc(digestLength, 7)]),
    // The text gives a name one octet at least.
    'MAY',
  ),
  passedOver('challenge-of-no-octets', 'a challenge of no octets', Buffer.from('\0eaphost')),
  passedOver('challenge-beyond-packet', 'a challenge that is longer than its packet', Buffer.of(16, 1, 2, 3)),
  {
    id: 'rfc1994-4.1-digest-of-sixteen-octets',
    title: 'send a digest of sixteen octets',
    level: 'SHOULD',
    keyword: 'indicative',
    methods,
    remedy: 'set Value-Size to 16, the length of an MD5 digest',
    async run(probe) {
      await probe.authenticate();
      const answer = probe.responses.find((response) => response[4] === md5);
      const isRight = answer?.[5] === digestLength && answer.length >= 6 + digestLength;
      demand(isRight, `it answered with ${answer?.toString('hex') ?? 'nothing'}`);
    },
  },
]);
