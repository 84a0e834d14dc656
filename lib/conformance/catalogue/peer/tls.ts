// What the methods that run in TLS (RFC 5216, RFC 9190, [MS-PEAP]) demand of a peer: flags and fragments, which server it lets in,
// and no success before its time.

import { eapPacket } from '../../../eap/packet.js';
import { tlsFlags } from '../../../methods/tls/framing.js';
import { makeTestAuthority } from '../../../methods/tls/test-authority.js';
import { attributeTypes } from '../../../eap/attributes.js';
import { integerAttribute } from '../../../radius/attributes.js';
import { demand, NotApplicable } from '../../case.js';
import { peerCases } from '../../kinds.js';
import { acceptedAfter, bentRequests, type PeerProbe } from '../../peer-probe.js';
import type { RelayHooks } from '../../relay.js';
import { bentInside, finishesWith, tlsTypeOf } from '../../tls-servers.js';
import { patched } from '../server/eap.js';

const methods = ['tls'] as const;
const eapTls = 13;
const ttls = 21;
const tlsTypes: ReadonlySet<number> = new Set([eapTls, ttls, 25]);

/** Whether a packet is one of a TLS method, with its flags. */
const isTls = (eap: Buffer): boolean => tlsTypes.has(eap[4] ?? 0) && eap.length > 5;
const flagsOf = (eap: Buffer): number => eap[5] ?? 0;
/** The flags that EAP-TLS and PEAP reserve; three more where there is no version. */
const reservedOf = (eap: Buffer): number => (eap[4] === eapTls ? 0x1f : 0x18);

/** RFC 5281 reserves flags as well, but does not say what becomes of them. */
function expectReserved(probe: PeerProbe): void {
  if (tlsTypeOf(probe) === ttls) throw new NotApplicable('EAP-TTLS has no rule for its reserved flags');
}

/** A packet with these flags, and a length where they say so. */
function withFlags(eap: Buffer, flags: number, length: number, data: Uint8Array): Buffer {
  const field = Buffer.alloc((flags & tlsFlags.length) === 0 ? 0 : 4);
  if (field.length > 0) field.writeUInt32BE(length);
  return eapPacket(eap[0] ?? 0, eap[1] ?? 0, eap.subarray(4, 5), Buffer.of(flags), field, data);
}

const dataOf = (eap: Buffer): Buffer => eap.subarray((flagsOf(eap) & tlsFlags.length) === 0 ? 6 : 10);

/** Changes messages of the server that come in one packet, and are not empty. */
function bentMessages(change: (eap: Buffer) => Buffer | undefined): Pick<RelayHooks, 'onReply'> {
  let isFragment = false;
  return bentRequests((eap) => {
    if (!isTls(eap)) return undefined;
    const isLast = isFragment;
    isFragment = (flagsOf(eap) & tlsFlags.more) !== 0;
    const isWhole = !isLast && !isFragment && (flagsOf(eap) & tlsFlags.start) === 0;
    return isWhole && dataOf(eap).length > 0 ? change(eap) : undefined;
  });
}

/** Has the server send fragments of at most 300 octets, and tells of each and the answer to it. */
function fragmented(onFragment: (fragment: Buffer, answer: Buffer) => void, probe: PeerProbe): RelayHooks {
  return {
    onRequest(datagram, flow) {
      const [answer, { pending }] = [probe.responses.at(-1), flow];
      if (answer && pending && isTls(pending) && (flagsOf(pending) & tlsFlags.more) !== 0) {
        onFragment(pending, answer);
      }
      return flow.request(datagram, ({ attributes }) => ({
        attributes: [
          ...attributes.filter(({ type }) => type !== attributeTypes.FramedMTU),
          integerAttribute(attributeTypes.FramedMTU, 300),
        ],
      }));
    },
  };
}

/** Whether a response of the peer ends its handshake in TLS 1.3: its first record is encrypted, or comes before one. */
const endsHandshake = (response: Buffer): boolean =>
  isTls(response) &&
  (flagsOf(response) & tlsFlags.more) === 0 &&
  [0x14, 0x17].includes(dataOf(response)[0] ?? 0);

/** The peer must not succeed with these hooks, which tell whether their time has come: else it has shown nothing. */
async function expectFailureOnce(
  probe: PeerProbe,
  hooksOf: (onDone: () => void) => RelayHooks,
  what: string,
): Promise<void> {
  let isDone = false;
  const { isSuccess } = await probe.authenticate(hooksOf(() => (isDone = true)));
  if (!isDone) throw new NotApplicable('its conversation has no such place, as in TLS 1.2');
  demand(!isSuccess, `the peer took ${what} for success`);
}

/** Accepts the peer behind its own Finished (TLS 1.3). */
const acceptedAtFinished = (onDone: () => void): RelayHooks =>
  acceptedAfter((response) => {
    const isTime = endsHandshake(response);
    if (isTime) onDone();
    return isTime;
  });

/** Alters the last octet of the server's next message from then on, and accepts the peer behind it. */
const alteredAfter =
  (isTime: () => boolean) =>
  (onDone: () => void): RelayHooks => {
    let isAltered = false;
    return {
      ...bentRequests((eap) => {
        const isLast = isTls(eap) && dataOf(eap).length > 0 && (flagsOf(eap) & tlsFlags.more) === 0;
        if (!isTime() || isAltered || !isLast) return undefined;
        isAltered = true;
        onDone();
        return patched(eap, { [eap.length - 1]: (eap.at(-1) ?? 0) ^ 1 });
      }),
      ...acceptedAfter(() => isAltered),
    };
  };

export const tlsPeerCases = [
  ...peerCases('RFC 5216', [
    {
      id: 'rfc5216-2.1.5-fragment-acknowledged',
      title: 'answer a fragment with an empty packet of its method',
      level: 'MUST',
      methods,
      remedy: 'answer each packet with the M flag by one that has flags and no data',
      async run(probe) {
        const wrong: string[] = [];
        let fragments = 0;
        const { isSuccess, said } = await probe.authenticate(
          fragmented((fragment, answer) => {
            fragments++;
            if (answer[4] !== fragment[4] || answer.length !== 6) wrong.push(answer.toString('hex'));
          }, probe),
        );
        if (fragments === 0) throw new NotApplicable('all that the server says fits into 300 octets');
        demand(wrong.length === 0, `it answered a fragment with ${wrong[0]}`);
        demand(isSuccess, `the peer did not succeed over fragments: ${said}`);
      },
    },
    {
      id: 'rfc5216-2.1.5-identifier-of-acknowledgement',
      title: 'acknowledge a fragment with the Identifier of the fragment',
      level: 'MUST',
      methods,
      remedy: 'copy the Identifier of the fragment into its acknowledgement',
      async run(probe) {
        const wrong: string[] = [];
        const { isSuccess, said } = await probe.authenticate(
          fragmented((fragment, answer) => {
            if (answer[1] !== fragment[1]) wrong.push(`${fragment[1]} with ${answer[1]}`);
          }, probe),
        );
        demand(wrong.length === 0, `it acknowledged the fragment ${wrong[0]}`);
        demand(isSuccess, `the peer did not succeed over fragments: ${said}`);
      },
    },
    {
      id: 'rfc5216-3.1-reserved-bits-ignored',
      title: 'ignore the reserved bits of the flags',
      level: 'MUST',
      methods,
      remedy: 'look at no flags but L, M and S, and at the version where the method has one',
      async run(probe) {
        expectReserved(probe);
        await probe.expectSuccess(
          bentRequests((eap) => {
            if (!isTls(eap)) return undefined;
            const copy = Buffer.from(eap);
            copy[5] = flagsOf(eap) | reservedOf(eap);
            return copy;
          }),
        );
      },
    },
    {
      id: 'rfc5216-3.2-reserved-bits-zero',
      title: 'leave the reserved bits of its flags zero',
      level: 'MUST',
      methods,
      remedy: 'set no flags but L and M, and the version where the method has one',
      async run(probe) {
        expectReserved(probe);
        const { isSuccess, said } = await probe.authenticate();
        const wrong = probe.responses.find((each) => isTls(each) && (flagsOf(each) & reservedOf(each)) !== 0);
        demand(!wrong, `it sent ${wrong?.subarray(0, 6).toString('hex')}`);
        demand(isSuccess, `the peer did not succeed: ${said}`);
      },
    },
    {
      id: 'rfc5216-3.1-padding-ignored',
      title: 'ignore octets behind the Length of a fragment or message',
      level: 'MUST',
      methods,
      remedy: 'read no more of a packet than its Length says',
      run: (probe) =>
        probe.expectSuccess(
          bentRequests((eap) => (isTls(eap) ? Buffer.concat([eap, Buffer.of(0x17, 3, 3)]) : undefined)),
        ),
    },
    // RFC 9190, 2.1.9 demands both of EAP-TLS with TLS 1.3 by a MUST.
    {
      id: 'rfc5216-3.1-length-of-whole-message',
      title: 'accept a message in one packet that has its length',
      level: 'MUST',
      keyword: 'indicative',
      methods,
      remedy: 'take unfragmented messages with the L flag and without it',
      run: (probe) =>
        probe.expectSuccess(
          bentMessages((eap) => {
            const data = dataOf(eap);
            return withFlags(eap, (flagsOf(eap) & tlsFlags.version) | tlsFlags.length, data.length, data);
          }),
        ),
    },
    {
      id: 'rfc5216-3.1-short-message-without-length',
      title: 'accept a message in one packet that has no length',
      level: 'MUST',
      keyword: 'indicative',
      methods,
      remedy: 'take unfragmented messages with the L flag and without it',
      run: (probe) =>
        probe.expectSuccess(
          bentMessages((eap) => withFlags(eap, flagsOf(eap) & tlsFlags.version, 0, dataOf(eap))),
        ),
    },
    {
      id: 'rfc5216-2.3-msk-of-both-sides',
      title: 'derive the MSK that its server derives',
      level: 'MUST',
      keyword: 'indicative',
      methods,
      remedy: 'export the MSK as the method has it: from TLS, or where it binds an inner method, from both',
      async run(probe) {
        const { isSuccess, said, msk } = await probe.authenticate();
        demand(isSuccess, `the peer did not succeed: ${said}`);
        if (!msk) throw new NotApplicable('it does not tell its MSK');
        const { msk: own } = probe;
        demand(own !== undefined, 'the server had no MSK');
        const isSame = msk.length >= 32 && own.subarray(0, msk.length).equals(msk);
        demand(isSame, `its MSK, or what it tells of it, has ${msk.length} octets and is another`);
      },
    },
    {
      id: 'rfc5216-5.3-server-of-another-authority',
      title: 'refuse a server of an authority that it does not know',
      level: 'SHOULD',
      methods,
      remedy:
        'validate the chain of the server up to an authority that is configured for it, and send an alert',
      async run(probe) {
        const stranger = makeTestAuthority().issue({ name: 'server', purpose: 'server' });
        demand(
          !(await finishesWith(probe, { certificate: stranger })),
          'it finished the handshake with a server of nobody',
        );
      },
    },
  ]),
  ...peerCases('RFC 9190', [
    {
      id: 'rfc9190-2.5-success-without-commitment',
      title: 'discard EAP-Success before the server has said inside of TLS that it is done',
      // What it says of the server is a MUST, of the peer it says nothing.
      level: 'SHOULD',
      keyword: 'indicative',
      methods,
      remedy: 'wait for the octet 0x00 inside of TLS 1.3 before EAP-Success is taken',
      async run(probe) {
        if (!probe.target.methods.some(({ type }) => type.type === eapTls)) {
          throw new NotApplicable('it is about EAP-TLS');
        }
        await expectFailureOnce(probe, acceptedAtFinished, 'an EAP-Success behind its own Finished');
      },
    },
    {
      id: 'rfc9190-2.5-commitment-of-another-octet',
      title: 'take no other octet than 0x00 for the word of its server that it is done',
      level: 'SHOULD',
      keyword: 'indicative',
      methods,
      remedy: 'compare the application data with the one octet 0x00, and end where it is another',
      async run(probe) {
        if (!probe.target.methods.some(({ type }) => type.type === eapTls)) {
          throw new NotApplicable('it is about EAP-TLS');
        }
        const { isSuccess } = await bentInside(
          probe,
          ({ data }) => (data.length > 0 ? Buffer.of(1) : undefined),
          { hooks: acceptedAfter },
        );
        demand(!isSuccess, 'the peer took EAP-Success behind the octet 0x01 for success');
      },
    },
  ]),
  ...peerCases('RFC 3748', [
    {
      id: 'rfc3748-4.2-success-in-handshake',
      title: 'discard EAP-Success in the middle of its handshake',
      level: 'MUST',
      methods,
      remedy: 'pass over EAP-Success until TLS is established, and the method inside is done',
      run: (probe) =>
        probe.expectFailure(
          acceptedAfter(() => probe.responses.some(isTls)),
          'an EAP-Success behind its ClientHello',
        ),
    },
    {
      id: 'rfc3748-4.2-success-before-inner-method',
      title: 'discard EAP-Success when TLS is established and nothing was proved inside',
      level: 'MUST',
      methods: ['peap'],
      remedy: 'pass over EAP-Success until the method inside the tunnel is done and was content',
      run: (probe) => expectFailureOnce(probe, acceptedAtFinished, 'an EAP-Success behind its Finished'),
    },
  ]),
  ...peerCases('MS-PEAP', [
    {
      id: 'mspeap-3.1.5.1-success-without-result',
      title: 'not succeed by an EAP-Success without a Result TLV of success inside the tunnel',
      level: 'MUST',
      methods: ['peap'],
      remedy: 'take EAP-Success only behind a Result TLV of 1 that one has answered',
      async run(probe) {
        await probe.expectSuccess();
        const rounds = probe.responses.filter(isTls).length;
        probe.responses.length = 0;
        // The last response answers the Result TLV.
        const isTime = (): boolean => probe.responses.filter(isTls).length === rounds - 1;
        await probe.expectFailure(acceptedAfter(isTime), 'an EAP-Success in place of the Result TLV');
      },
    },
  ]),
  ...peerCases('RFC 8446', [
    {
      id: 'rfc8446-5.2-altered-record-of-handshake',
      title: 'end a handshake when one of its records cannot be decrypted',
      level: 'MUST',
      methods,
      remedy: 'end with the alert bad_record_mac where a record cannot be decrypted',
      run: (probe) =>
        expectFailureOnce(
          probe,
          alteredAfter(() => probe.responses.some(isTls)),
          'a server whose flight was altered on the way',
        ),
    },
    {
      id: 'rfc8446-5.2-altered-record-of-data',
      title: 'end a connection when one of its records cannot be decrypted',
      level: 'MUST',
      methods,
      remedy: 'end with the alert bad_record_mac where a record cannot be decrypted',
      run: (probe) =>
        expectFailureOnce(
          probe,
          alteredAfter(() => probe.responses.some(endsHandshake)),
          'a server whose data was altered on the way',
        ),
    },
  ]),
];
