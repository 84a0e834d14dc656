// What [MS-PEAP] and RFC 3748 demand of a peer inside the tunnel of PEAP: no success but by the inner method and the
// server's result, and a crypto-binding that is right.

import { eapCodes, eapPacket, eapTypes } from '../../../eap/packet.js';
import { opCodes } from '../../../methods/mschapv2-packets.js';
import { compoundKeys, innerSessionKey } from '../../../methods/tls/peap-keys.js';
import * as tlv from '../../../methods/tls/peap-tlv.js';
import { CaseFailure, demand, NotApplicable } from '../../case.js';
import { type CaseRow, peerCases } from '../../kinds.js';
import { acceptedAfter, bentRequests, type PeerProbe } from '../../peer-probe.js';
import {
  bentInside,
  type Inside,
  type InsideBend,
  isOfMethod,
  isResult,
  serverOf,
} from '../../tls-servers.js';

const methods = ['peap'] as const;
const peap = 25;
const mschapv2 = 26;
const gtc = 6;
const startFlag = 0x20;
const success = tlv.resultTlv(tlv.tlvResults.success);
const failure = tlv.resultTlv(tlv.tlvResults.failure);

/** An extensions packet of the server. */
const extensions = ({ connection }: Inside, ...tlvs: readonly Uint8Array[]): Buffer =>
  tlv.writeExtensions(eapCodes.request, (connection.id + 1) & 0xff, tlvs);

/** The extensions packet that the server would send, or undefined. */
const extensionsOf = ({ eap }: Inside): Buffer | undefined => (isResult(eap) ? eap : undefined);

/** The keys of the server's crypto-binding; those of the tunnel alone where no inner method has any. */
function keysOf({ connection, attributes }: Inside): ReturnType<typeof compoundKeys> {
  return compoundKeys(connection.keys.msk, attributes && innerSessionKey(attributes, 'authenticator'));
}

/** The server's crypto-binding, as it must be but for its kind. */
const bindingOf = (inside: Inside, subType: number = tlv.bindingSubTypes.request): Buffer =>
  tlv.bindingTlv(keysOf(inside), subType);

type Row = Pick<CaseRow<PeerProbe>, 'id' | 'level' | 'remedy' | 'title' | 'keyword'>;

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

/** As `refusal`, of a crypto-binding: a peer that does not support it neither looks at one nor sends one. */
const bindingRefusal = (row: Row, what: string, bend: InsideBend): CaseRow<PeerProbe> => ({
  ...row,
  sends: what,
  methods,
  async run(probe) {
    const { isSuccess } = await bentInside(probe, bend, { hooks: acceptedAfter });
    if (!isSuccess) return;
    const answer = await answerTo(
      probe,
      (inside) => extensionsOf(inside) && extensions(inside, success, bindingOf(inside)),
    );
    const { binding } = tlv.readExtensions(eapPacket(eapCodes.response, 0, answer)) ?? {};
    if (!binding) throw new NotApplicable('it does not support crypto-binding');
    throw new CaseFailure(`the peer took ${what} for success`);
  },
});

/** One message is bent, and the peer must succeed all the same. */
const acceptance = (row: Row, what: string, bend: InsideBend): CaseRow<PeerProbe> => ({
  ...row,
  sends: what,
  methods,
  async run(probe) {
    const { isSuccess, said } = await bentInside(probe, bend);
    demand(isSuccess, `it did not succeed with ${what}: ${said}`);
  },
});

/** The server's extensions packet with one more TLV. */
function withTlv(inside: Inside, ...more: readonly Uint8Array[]): Buffer | undefined {
  const packet = extensionsOf(inside);
  return packet && extensions(inside, packet.subarray(5), ...more);
}

/** Whether the inner method is not over: this is its second request. */
const isInMethod = ({ eap, requests }: Inside): boolean => isOfMethod(eap) && requests === 2;

const takeNoResult = 'send a Result TLV of 2 where the inner method has not said that it is content';
const bindAgain =
  'compute the compound MAC with the keys of this tunnel and this inner method, and compare it';

/** What the peer answers to a message that is bent, without the header of EAP. */
async function answerTo(probe: PeerProbe, bend: InsideBend): Promise<Buffer> {
  let answer: Buffer = Buffer.alloc(0);
  await bentInside(probe, bend, { onAnswer: (heard) => (answer = heard) });
  return answer.length === 0 ? answer : tlv.restore(answer, eapCodes.response, 0).subarray(4);
}

export const peapPeerCases = [
  ...peerCases('MS-PEAP', [
    refusal(
      {
        id: 'mspeap-3.2.5.4.7-result-before-inner-method',
        title: 'not succeed by a Result TLV of success where there was no inner method',
        level: 'MUST',
        keyword: 'indicative',
        remedy: takeNoResult,
      },
      'a Result TLV without an inner method',
      (inside) => extensions(inside, success),
    ),
    refusal(
      {
        id: 'mspeap-3.2.5.4.7-bound-result-before-inner-method',
        title:
          'not succeed by a Result TLV of success with a right crypto-binding where there was no inner method',
        level: 'MUST',
        keyword: 'indicative',
        remedy: takeNoResult,
      },
      'a bound Result TLV without an inner method',
      (inside) => extensions(inside, success, bindingOf(inside)),
    ),
    refusal(
      {
        id: 'mspeap-3.2.5.4.7-result-behind-identity',
        title: 'not succeed by a Result TLV of success behind its inner identity',
        level: 'MUST',
        keyword: 'indicative',
        remedy: takeNoResult,
      },
      'a Result TLV behind its inner identity',
      (inside) => (inside.requests === 1 ? extensions(inside, success) : undefined),
    ),
    refusal(
      {
        id: 'mspeap-3.2.5.4.7-result-in-inner-method',
        title: 'not succeed by a Result TLV of success in the middle of its inner method',
        level: 'MUST',
        keyword: 'indicative',
        remedy: takeNoResult,
      },
      'a Result TLV in the middle of the inner method',
      (inside) => (isInMethod(inside) ? extensions(inside, success) : undefined),
    ),
    refusal(
      {
        id: 'mspeap-3.1.5.1-result-of-failure',
        title: 'not succeed behind a Result TLV of failure, whatever EAP packet follows',
        level: 'MUST',
        remedy: 'answer a Result TLV of 2 by one of 2, and take EAP-Success behind it for a failure',
      },
      'EAP-Success behind a Result TLV of failure',
      (inside) => extensionsOf(inside) && extensions(inside, failure),
    ),
    refusal(
      {
        id: 'mspeap-3.2.5.4.7-results-that-differ',
        title: 'not succeed by a Result TLV of success beside a Result TLV of failure',
        level: 'SHOULD',
        keyword: 'indicative',
        remedy: 'look through all TLVs of a packet, and refuse where one is a Result TLV of 2',
      },
      'Result TLVs of failure and of success',
      (inside) => extensionsOf(inside) && extensions(inside, failure, success, bindingOf(inside)),
    ),
    refusal(
      {
        id: 'mspeap-3.1.5.1-result-of-zero',
        title: 'not succeed by a Result TLV of zero',
        level: 'MUST',
        remedy: 'take a Result TLV of 1 for success, and no other',
      },
      'a Result TLV of zero',
      (inside) => extensionsOf(inside) && extensions(inside, tlv.resultTlv(0)),
    ),
    refusal(
      {
        id: 'mspeap-3.1.5.1-success-in-place-of-identity-request',
        title: 'not succeed by an EAP-Success inside the tunnel where the inner method has not begun',
        level: 'MUST',
        remedy: 'ignore inside the tunnel what is neither an identity request nor an extensions packet',
      },
      'EAP-Success inside the tunnel',
      ({ connection }) => eapPacket(eapCodes.success, (connection.id + 1) & 0xff),
    ),
    refusal(
      {
        id: 'mspeap-3.1.5.1-success-in-place-of-result',
        title: 'not succeed by an EAP-Success inside the tunnel in place of the Result TLV',
        level: 'MUST',
        remedy: 'take EAP-Success only behind a Result TLV of 1 that one has answered',
      },
      'EAP-Success inside the tunnel in place of the Result TLV',
      (inside) => extensionsOf(inside) && eapPacket(eapCodes.success, (inside.connection.id + 1) & 0xff),
    ),
    bindingRefusal(
      {
        id: 'mspeap-3.2.5.3-binding-altered',
        title: 'refuse a server whose compound MAC is wrong',
        level: 'MUST',
        remedy: bindAgain,
      },
      'a compound MAC with one bit wrong',
      (inside) => {
        if (!extensionsOf(inside)) return undefined;
        const binding = bindingOf(inside);
        binding[binding.length - 1] = (binding.at(-1) ?? 0) ^ 1;
        return extensions(inside, success, binding);
      },
    ),
    bindingRefusal(
      {
        id: 'mspeap-3.2.5.3-binding-without-inner-keys',
        title: 'refuse a crypto-binding that is made without the keys of its inner method',
        level: 'MUST',
        remedy: bindAgain,
      },
      'a crypto-binding of the tunnel alone',
      (inside) => {
        if (!extensionsOf(inside)) return undefined;
        const isk = inside.attributes && innerSessionKey(inside.attributes, 'authenticator');
        if (!isk || isk.every((octet) => octet === 0))
          throw new NotApplicable('its inner method has no keys');
        return extensions(inside, success, bindingOf({ ...inside, attributes: [] }));
      },
    ),
    bindingRefusal(
      {
        id: 'mspeap-3.2.5.3-binding-without-tunnel-keys',
        title: 'refuse a crypto-binding that is made without the keys of the tunnel',
        level: 'MUST',
        remedy: bindAgain,
      },
      'a crypto-binding with the keys of nobody',
      (inside) => {
        if (!extensionsOf(inside)) return undefined;
        const keys = { ipmk: Buffer.alloc(40), cmk: Buffer.alloc(20) };
        return extensions(inside, success, tlv.bindingTlv(keys, tlv.bindingSubTypes.request));
      },
    ),
    bindingRefusal(
      {
        id: 'mspeap-3.2.5.3-binding-of-a-response',
        title: 'refuse a right crypto-binding that has the subtype of a response',
        level: 'MUST',
        remedy: 'demand the subtype 0 of a crypto-binding of the server',
      },
      'a crypto-binding of a response',
      (inside) =>
        extensionsOf(inside) && extensions(inside, success, bindingOf(inside, tlv.bindingSubTypes.response)),
    ),
    {
      id: 'mspeap-3.1.1-binding-missing',
      title: 'refuse a server without crypto-binding where it is told to',
      level: 'MUST',
      keyword: 'indicative',
      methods,
      remedy: 'refuse a Result TLV that comes alone where crypto-binding is required',
      async run(probe) {
        if (serverOf(probe).requiresCryptoBinding !== true)
          throw new NotApplicable('it does not require crypto-binding');
        const bend: InsideBend = (inside) => extensionsOf(inside) && extensions(inside, success);
        const { isSuccess } = await bentInside(probe, bend, { hooks: acceptedAfter });
        demand(!isSuccess, 'the peer took a Result TLV without crypto-binding for success');
      },
    },
    refusal(
      {
        id: 'mspeap-2.2.4-unknown-mandatory-of-server',
        title: 'discard a packet of its server with a mandatory TLV that it does not know',
        level: 'MUST',
        remedy: 'discard the whole packet where the bit M of a TLV that is not known is set',
      },
      'a Result TLV beside a mandatory TLV that nobody knows',
      (inside) => withTlv(inside, Buffer.of(0x92, 0x34, 0, 2, 1, 2)),
    ),
    refusal(
      {
        id: 'mspeap-2.2.4-tlv-beyond-packet-of-server',
        title: 'accept no TLV of its server that is longer than its packet',
        level: 'SHOULD',
        keyword: 'indicative',
        remedy: 'compare the length of each TLV with what is left of the packet',
      },
      'a Result TLV beside one of 200 octets that has two',
      (inside) => withTlv(inside, Buffer.of(0x12, 0x34, 0, 200, 1, 2)),
    ),
    acceptance(
      {
        id: 'mspeap-2.2.4-unknown-optional-of-server',
        title: 'ignore an optional TLV of its server that it does not know',
        // 2.2.8.1 has no other TLVs sent than three, and 3.1.5.1 lets a packet that breaks this be discarded.
        level: 'SHOULD',
        remedy: 'skip a TLV that is not known where its bit M is not set',
      },
      'an optional TLV that nobody knows',
      (inside) => withTlv(inside, Buffer.of(0x12, 0x34, 0, 2, 1, 2)),
    ),
    acceptance(
      {
        id: 'mspeap-2.2.4-reserved-bit-of-server',
        title: 'ignore the reserved bit of a TLV of its server',
        level: 'MUST',
        remedy: 'mask the bit R away before the type of a TLV is read',
      },
      'a Result TLV with the reserved bit',
      (inside) => {
        if (!extensionsOf(inside)) return undefined;
        const bent = Buffer.from(success);
        bent[0] = (bent[0] ?? 0) | 0x40;
        return extensions(inside, bent, bindingOf(inside));
      },
    ),
    acceptance(
      {
        id: 'mspeap-2.2.8.1-binding-before-result',
        title: 'accept a crypto-binding that comes before the Result TLV',
        level: 'MUST',
        remedy: 'look for the TLVs of a packet in any order',
      },
      'a crypto-binding before the Result TLV',
      (inside) => extensionsOf(inside) && extensions(inside, bindingOf(inside), success),
    ),
    {
      id: 'mspeap-3.2.5.2-version-of-the-peer',
      title: 'send the version 0, whatever version its server has in the first packet',
      level: 'MUST',
      methods,
      remedy: 'set the version of the flags to 0 in each Response',
      async run(probe) {
        await probe.authenticate(
          bentRequests((eap) => {
            if (eap[4] !== peap || ((eap[5] ?? 0) & startFlag) === 0) return undefined;
            const copy = Buffer.from(eap);
            copy[5] = (copy[5] ?? 0) | 1;
            return copy;
          }),
        );
        const answers = probe.responses.filter((each) => each[4] === peap);
        demand(answers.length > 0, 'it did not answer a PEAP Start of version 1');
        const other = answers.find((each) => ((each[5] ?? 0) & 3) !== 0);
        demand(!other, `it sent the version ${(other?.[5] ?? 0) & 3}`);
      },
    },
    {
      id: 'mspeap-3.2.5.4.2-nak-of-inner-method',
      title: 'answer an inner method that it is not configured for with a Nak',
      level: 'SHOULD',
      keyword: 'indicative',
      methods,
      remedy: 'answer a first inner request of another Type by a Nak with one’s own',
      async run(probe) {
        const stranger = Buffer.of(200, 1, 2, 3);
        const body = await answerTo(probe, ({ requests }) => (requests === 1 ? stranger : undefined));
        demand(body[0] === eapTypes.nak, `it answered with ${body.toString('hex') || 'nothing'}`);
      },
    },
    {
      id: 'mspeap-3.1.5.6-password-asked-behind-method',
      title: 'begin no second inner method, least of all one that sends the password',
      level: 'MUST',
      methods,
      remedy: 'ignore inner requests of another Type once the inner method has begun',
      async run(probe) {
        const question = Buffer.concat([Buffer.of(gtc), Buffer.from('Password: ')]);
        const body = await answerTo(probe, (inside) => {
          if (!extensionsOf(inside)) return undefined;
          if (inside.method === gtc) throw new NotApplicable('its inner method is GTC');
          return question;
        });
        demand(body[0] !== gtc, 'it answered a request of GTC behind its inner method');
      },
    },
  ]),
  ...peerCases('RFC 2759', [
    {
      id: 'rfc2759-5-wrong-proof-in-peap',
      title: 'refuse a server inside of PEAP that does not prove that it knows the password',
      level: 'MUST',
      sameCauseAs: 'rfc2759-5-wrong-proof',
      methods,
      remedy: 'compare the authenticator response of the inner Success packet with one’s own; refuse another',
      async run(probe) {
        const { isSuccess } = await bentInside(probe, ({ eap }) => {
          if (eap?.[4] !== mschapv2 || eap[5] !== opCodes.success) return undefined;
          const copy = Buffer.from(eap);
          // The last digit of `S=` and 40 digits.
          copy[50] = copy[50] === 0x30 ? 0x31 : 0x30;
          return tlv.strip(copy);
        });
        demand(!isSuccess, 'the peer took a server for its own whose proof is wrong');
      },
    },
  ]),
];
