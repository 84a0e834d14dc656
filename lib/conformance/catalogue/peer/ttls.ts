// What EAP-TTLS (RFC 5281) demands of a peer inside its tunnel: AVPs, the version, and no success before the server has
// proved what it must.

import { microsoft } from '../../../eap/attributes.js';
import { eapCodes, eapPacket } from '../../../eap/packet.js';
import { opCodes } from '../../../methods/mschapv2-packets.js';
import * as codec from '../../../methods/tls/ttls-avp.js';
import { demand } from '../../case.js';
import { type CaseRow, peerCases } from '../../kinds.js';
import { acceptedAfter, bentRequests, type PeerProbe } from '../../peer-probe.js';
import { bentInside, type InsideBend, insideOf, isOfMethod } from '../../tls-servers.js';
import { avp } from '../server/tunnels.js';

const methods = ['ttls'] as const;
const ttls = 21;
const mschapv2 = 26;
const startFlag = 0x20;
const mandatory = 0x40;

type Row = Pick<CaseRow<PeerProbe>, 'id' | 'level' | 'remedy' | 'title' | 'keyword' | 'addressee'>;

/** One message is bent, EAP-Success comes behind the answer to it, and the peer must not believe it. */
const refusal = (row: Row, what: string, bend: InsideBend): CaseRow<PeerProbe> => ({
  ...row,
  sends: what,
  methods,
  async run(probe) {
    const { isSuccess } = await bentInside(probe, bend, { hooks: acceptedAfter });
    demand(!isSuccess, `the peer took ${what} for success`);
  },
});

/** MS-CHAP2-Success, or undefined where the message is another. */
function proofIn(data: Buffer): Buffer | undefined {
  const avps = codec.readAvps(data) ?? [];
  return codec.avpData(avps, codec.microsoftCodes.chap2Success, microsoft.vendorId);
}

const proofAvp = (proof: Uint8Array): Buffer =>
  codec.writeAvp(codec.microsoftCodes.chap2Success, proof, microsoft.vendorId);

/** The same proof with another last digit. */
function altered(proof: Buffer): Buffer {
  const copy = Buffer.from(proof);
  copy[42] = copy[42] === 0x30 ? 0x31 : 0x30;
  return copy;
}

/** Behind the peer's first AVPs: what the server would say then, with others in its place or behind it. */
const behindFirst =
  (more: Uint8Array): InsideBend =>
  ({ data, heard }) =>
    heard.length > 0 ? Buffer.concat([data, more]) : undefined;

const compareProof = 'compare MS-CHAP2-Success with one’s own; end where it differs or is missing';

export const ttlsPeerCases = [
  ...peerCases('RFC 5281', [
    refusal(
      {
        id: 'rfc5281-10.1-unknown-mandatory-avp-of-server',
        title: 'fail the negotiation at a mandatory AVP of its server that it does not know',
        level: 'MUST',
        remedy: 'abandon the negotiation where the bit M of an AVP that is not known is set',
      },
      'a server with a mandatory AVP that nobody knows',
      behindFirst(avp(4444, mandatory, Buffer.from('data'))),
    ),
    refusal(
      {
        id: 'rfc5281-10.1-unknown-vendor-avp-of-server',
        title: 'fail the negotiation at a mandatory AVP of its server, of a vendor that it does not know',
        level: 'MUST',
        remedy: 'look at the Vendor-ID of an AVP as well as at its code',
      },
      'a server with a mandatory AVP of a vendor that nobody knows',
      behindFirst(avp(1, mandatory, Buffer.from('data'), 9999)),
    ),
    refusal(
      {
        id: 'rfc5281-10.1-avp-beyond-message-of-server',
        title: 'accept no AVP of its server that is longer than its message',
        level: 'SHOULD',
        keyword: 'indicative',
        remedy: 'compare the length of each AVP with what is left of the message',
      },
      'a server with an AVP of 200 octets that has twelve',
      behindFirst(Buffer.from([0, 0, 17, 92, 0, 0, 0, 200, 1, 2, 3, 4])),
    ),
    {
      id: 'rfc5281-10.1-unknown-optional-avp-in-ttls',
      title: 'ignore an AVP of its server that it does not know and need not',
      level: 'MAY',
      keyword: 'indicative',
      methods,
      remedy: 'skip an AVP that is not known where its bit M is not set',
      async run(probe) {
        const more = avp(4444, 0, Buffer.from('data'));
        // Where the server has nothing to say, as behind PAP, one more message is not expected.
        const { isSuccess, said } = await bentInside(probe, ({ data, heard }) =>
          heard.length > 0 && data.length > 0 ? Buffer.concat([data, more]) : undefined,
        );
        demand(isSuccess, `it did not succeed with an optional AVP that nobody knows: ${said}`);
      },
    },
    {
      id: 'rfc5281-9.2.1-version-of-the-peer',
      title: 'answer a server of version 7 with a version that there is',
      level: 'SHOULD',
      keyword: 'indicative',
      methods,
      remedy: 'choose the highest version that one has and that is not above the one of the server',
      async run(probe) {
        await probe.authenticate(
          bentRequests((eap) => {
            if (eap[4] !== ttls || ((eap[5] ?? 0) & startFlag) === 0) return undefined;
            const copy = Buffer.from(eap);
            copy[5] = (copy[5] ?? 0) | 7;
            return copy;
          }),
        );
        const answer = probe.responses.find((each) => each[4] === ttls);
        demand(answer !== undefined, 'it did not answer an EAP-TTLS Start of version 7');
        // RFC 5281 has the version 0, a draft of a successor 1.
        demand(((answer[5] ?? 0) & 7) <= 1, `it answered with the version ${(answer[5] ?? 0) & 7}`);
      },
    },
    refusal(
      {
        id: 'rfc5281-11.2.4-two-proofs',
        title: 'take no MS-CHAP2-Success for one beside another',
        // It has the server send one; what becomes of two is not said.
        level: 'MAY',
        keyword: 'indicative',
        addressee: 'sender',
        remedy: 'demand one MS-CHAP2-Success: which of two is the server’s is not said',
      },
      'a wrong MS-CHAP2-Success before a right one',
      ({ data }) => {
        const proof = proofIn(data);
        return proof && Buffer.concat([proofAvp(altered(proof)), data]);
      },
    ),
  ]),
  ...peerCases('RFC 2759', [
    refusal(
      {
        id: 'rfc2759-5-wrong-proof-in-ttls',
        title: 'refuse a server inside of EAP-TTLS whose MS-CHAP2-Success is wrong',
        level: 'MUST',
        remedy: compareProof,
      },
      'a server whose MS-CHAP2-Success is wrong',
      ({ data }) => {
        const proof = proofIn(data);
        return proof && proofAvp(altered(proof));
      },
    ),
    refusal(
      {
        id: 'rfc2759-5-no-proof-in-ttls',
        title: 'refuse a server inside of EAP-TTLS that says nothing in place of MS-CHAP2-Success',
        level: 'MUST',
        remedy: compareProof,
      },
      'a server that says nothing in place of MS-CHAP2-Success',
      ({ data }) =>
        proofIn(data) ? codec.writeAvp(codec.avpCodes.replyMessage, Buffer.from('fine')) : undefined,
    ),
    {
      id: 'rfc2759-5-wrong-proof-in-ttls-eap',
      title:
        'refuse a server inside of EAP-TTLS whose EAP-MSCHAPv2 does not prove that it knows the password',
      level: 'MUST',
      sameCauseAs: 'rfc2759-5-wrong-proof',
      methods,
      remedy: 'compare the authenticator response of the inner Success packet with one’s own; refuse another',
      async run(probe) {
        const { isSuccess } = await bentInside(
          probe,
          ({ eap }) => {
            if (eap?.[4] !== mschapv2 || eap[5] !== opCodes.success) return undefined;
            const copy = Buffer.from(eap);
            copy[50] = copy[50] === 0x30 ? 0x31 : 0x30;
            return insideOf(probe, copy);
          },
          { hooks: acceptedAfter },
        );
        demand(!isSuccess, 'the peer took a server for its own whose proof is wrong');
      },
    },
  ]),
  ...peerCases('RFC 3748', [
    refusal(
      {
        id: 'rfc3748-4.2-success-in-ttls-eap',
        title: 'not succeed by an EAP-Success inside of EAP-TTLS in the middle of its inner method',
        level: 'MUST',
        remedy: 'pass over EAP-Success inside the tunnel until the inner method is done and content',
      },
      'EAP-Success in the middle of its inner method',
      ({ eap, requests }) =>
        isOfMethod(eap) && requests === 2
          ? codec.writeAvp(codec.avpCodes.eapMessage, eapPacket(eapCodes.success, eap?.[1] ?? 0))
          : undefined,
    ),
  ]),
];
