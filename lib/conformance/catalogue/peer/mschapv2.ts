// What MS-CHAP-V2 (RFC 2759) demands of a peer, as EAP-MSCHAPv2 ([MS-CHAP]) carries it: the server must prove itself, and an error is
// the end. RFC 3748 says what becomes of EAP-Success behind them.

import { eapCodes, eapPacket } from '../../../eap/packet.js';
import { opCodes } from '../../../methods/mschapv2-packets.js';
import { demand } from '../../case.js';
import { type CaseRow, peerCases } from '../../kinds.js';
import { acceptedAfter, bentRequests, type PeerProbe } from '../../peer-probe.js';
import { patched } from '../server/eap.js';

const methods = ['mschapv2'] as const;
const mschapv2 = 26;
/** Type, operation code, MS-CHAPv2-ID, MS-Length. */
const textAt = 9;

const isOf = (eap: Buffer, opCode: number): boolean => eap[4] === mschapv2 && eap[5] === opCode;

/** A packet of the same identifiers with another operation code and content. */
function message(eap: Buffer, opCode: number, content: Uint8Array): Buffer {
  const length = 4 + content.length;
  const head = Buffer.of(mschapv2, opCode, eap[6] ?? 0, length >> 8, length & 0xff);
  return eapPacket(eapCodes.request, eap[1] ?? 0, head, content);
}

/** The server's proof, changed. */
const proofCase = (id: string, what: string, bend: (text: string) => string): CaseRow<PeerProbe> => ({
  id: `rfc2759-5-${id}`,
  title: `end the session where ${what}`,
  level: 'MUST',
  sameCauseAs: 'rfc2759-5-wrong-proof',
  methods,
  remedy: 'compare the authenticator response of the Success packet with one’s own; end if it is another',
  run: (probe) =>
    probe.expectFailure(
      bentRequests((eap) => {
        if (!isOf(eap, opCodes.success)) return undefined;
        return message(eap, opCodes.success, Buffer.from(bend(eap.toString('latin1', textAt))));
      }),
      `a server where ${what}`,
    ),
});

/** An error in place of the server's proof, and Access-Accept behind it. */
const errorCase = (id: string, text: string): CaseRow<PeerProbe> => ({
  id: `rfc3748-4.2-success-behind-${id}`,
  title: `discard EAP-Success behind ${text.slice(0, 9)} of the server`,
  level: 'MUST',
  sameCauseAs: 'rfc3748-4.2-success-behind-authentication-failure',
  methods,
  remedy: 'take a Failure packet of the method for the end, whatever EAP says behind it',
  run(probe) {
    let isRefused = false;
    return probe.expectFailure(
      {
        ...bentRequests((eap) => {
          if (!isOf(eap, opCodes.success)) return undefined;
          isRefused = true;
          return message(eap, opCodes.failure, Buffer.from(text));
        }),
        ...acceptedAfter(() => isRefused),
      },
      `EAP-Success behind ${text.slice(0, 9)}`,
    );
  },
});

const challengeOf = (length: number): CaseRow<PeerProbe> => ({
  id: `mschap-3.2.5.1-challenge-of-${length}-octets`,
  title: `send no proof in answer to a challenge of ${length} octets`,
  // It must discard what is not of the syntax, but that a challenge has sixteen octets is said without a keyword (RFC 2759, 3).
  level: 'SHOULD',
  keyword: 'indicative',
  methods,
  remedy: 'demand a challenge of sixteen octets',
  async run(probe) {
    await probe.authenticate(
      bentRequests((eap) => {
        if (!isOf(eap, opCodes.challenge)) return undefined;
        const value = Buffer.alloc(length, 7);
        return message(
          eap,
          opCodes.challenge,
          Buffer.concat([Buffer.of(length), value, Buffer.from('eaphost')]),
        );
      }),
    );
    const answer = probe.responses.find((response) => isOf(response, opCodes.response));
    demand(!answer, `it answered with ${answer?.toString('hex')}`);
  },
});

/** Looks at the peer's response to a good challenge. */
async function responseOf(probe: PeerProbe): Promise<Buffer> {
  await probe.authenticate();
  const response = probe.responses.find((each) => isOf(each, opCodes.response));
  demand(response !== undefined, 'it did not answer the challenge');
  return response;
}

export const mschapv2PeerCases = [
  ...peerCases('RFC 2759', [
    proofCase('wrong-proof', 'the authenticator response is wrong in its last digit', (text) => {
      const digit = text[41] === '0' ? '1' : '0';
      return `${text.slice(0, 41)}${digit}${text.slice(42)}`;
    }),
    proofCase('missing-proof', 'the Success packet has no authenticator response', () => 'M=OK'),
    proofCase('empty-success', 'the Success packet is empty', () => ''),
    proofCase('proof-cut-short', 'the authenticator response is two digits short', (text) =>
      text.slice(0, 40),
    ),
    proofCase('proof-of-zeros', 'the authenticator response is all zeros', () => `S=${'0'.repeat(40)} M=OK`),
    {
      id: 'rfc2759-5-success-before-response',
      title: 'end the session where a Success packet comes in place of the challenge',
      level: 'MUST',
      methods,
      remedy: 'take a Success packet only behind one’s own response, and compare its proof',
      run: (probe) =>
        probe.expectFailure(
          {
            ...bentRequests((eap) =>
              isOf(eap, opCodes.challenge)
                ? message(eap, opCodes.success, Buffer.from(`S=${'0'.repeat(40)} M=OK`))
                : undefined,
            ),
            ...acceptedAfter(() => probe.isInMethod),
          },
          'a Success packet in place of the challenge',
        ),
    },
    {
      id: 'rfc2759-4-reserved-octets-zero',
      title: 'leave the reserved octets of its response zero',
      level: 'SHOULD',
      keyword: 'indicative',
      methods,
      remedy: 'send zeros between Peer-Challenge and NT-Response',
      async run(probe) {
        const response = await responseOf(probe);
        const reserved = response.subarray(26, 34);
        demand(reserved.equals(Buffer.alloc(8)), `they are ${reserved.toString('hex')}`);
      },
    },
    {
      id: 'rfc2759-4-flags-zero',
      title: 'leave the flags of its response zero',
      level: 'MUST',
      methods,
      remedy: 'send zero behind the NT-Response',
      async run(probe) {
        const response = await responseOf(probe);
        demand(response[58] === 0, `they are ${response[58]}`);
      },
    },
    {
      id: 'rfc2759-4-peer-challenge-of-its-own',
      title: 'draw a Peer-Challenge of its own, which is not the one of the server',
      level: 'SHOULD',
      methods,
      remedy: 'fill Peer-Challenge with sixteen random octets',
      async run(probe) {
        let challenge = Buffer.alloc(16);
        await probe.authenticate(
          bentRequests((eap) => {
            if (isOf(eap, opCodes.challenge)) challenge = Buffer.from(eap.subarray(10, 26));
            return undefined;
          }),
        );
        const response = probe.responses.find((each) => isOf(each, opCodes.response));
        const own = response?.subarray(10, 26);
        const isOwn = own !== undefined && !own.equals(challenge) && !own.equals(Buffer.alloc(16));
        demand(isOwn, `its Peer-Challenge is ${own?.toString('hex') ?? 'missing'}`);
      },
    },
  ]),
  ...peerCases('MS-CHAP', [challengeOf(8), challengeOf(17)]),
  ...peerCases('RFC 3748', [
    errorCase('authentication-failure', `E=691 R=0 C=${'0A'.repeat(16)} V=3 M=no`),
    errorCase('offer-of-a-retry', `E=691 R=1 C=${'0A'.repeat(16)} V=3 M=try again`),
    errorCase('disabled-account', `E=647 R=0 C=${'0A'.repeat(16)} V=3 M=disabled`),
    errorCase('expired-password', `E=648 R=0 C=${'0A'.repeat(16)} V=3 M=expired`),
    {
      id: 'rfc3748-4.2-success-behind-wrong-proof',
      title: 'discard EAP-Success behind a wrong proof of the server',
      level: 'MUST',
      methods,
      remedy: 'pass over EAP-Success once the method has failed on the peer’s side',
      run: (probe) => {
        let isBent = false;
        return probe.expectFailure(
          {
            ...bentRequests((eap) => {
              if (!isOf(eap, opCodes.success)) return undefined;
              isBent = true;
              return patched(eap, { [textAt + 2]: (eap[textAt + 2] ?? 0) === 0x30 ? 0x31 : 0x30 });
            }),
            ...acceptedAfter(() => isBent),
          },
          'EAP-Success behind a wrong proof',
        );
      },
    },
  ]),
];
