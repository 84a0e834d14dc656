// What the tunnels of PEAP ([MS-PEAP]) and EAP-TTLS (RFC 5281; RFC 9427) demand of a server: no inner method skipped,
// no result before its time, crypto-binding, attributes and challenges.

import { randomBytes } from 'node:crypto';
import { eapCodes } from '../../../eap/packet.js';
import { decodeCredentials, identityOf, wipe, wipeCredentials } from '../../../methods/credentials.js';
import * as tlv from '../../../methods/tls/peap-tlv.js';
import { avpCodes, writeAvp } from '../../../methods/tls/ttls-avp.js';
import { provePassword, type TtlsPasswordMethod } from '../../../methods/tls/ttls-password.js';
import { TtlsPasswordPeer } from '../../../methods/tls/ttls-peer.js';
import type { Connection, PeerTunnel } from '../../../methods/tls/tunnel.js';
import { radiusCodes } from '../../../radius/packet.js';
import { CaseFailure, demand, NotApplicable } from '../../case.js';
import { serverCases } from '../../kinds.js';
import { expectAlive } from '../../refusal.js';
import { answerName, type ServerProbe } from '../../server-probe.js';
import { TlsConversation } from '../../tls-conversation.js';

const peap = ['peap'] as const;
const ttls = ['ttls'] as const;
const tunnel = ['tunnel'] as const;
const mandatory = 0x40;
const vendorSpecific = 0x80;

/** The message that the user's own part would send is bent once: undefined leaves it for a later one. */
type Bend = (data: Buffer, tls: TlsConversation) => Buffer | undefined;

/** The messages of PEAP's peer by what they are. */
const isIdentity = (data: Uint8Array): boolean => data[0] === 1;
const isExtensions = (data: Uint8Array): boolean => data[4] === 33;
const isProof = (data: Uint8Array): boolean => data.length > 1 && !isIdentity(data) && !isExtensions(data);

/** Whether the server's message is an EAP-Request/Identity, with its header or without. */
const isIdentityRequest = (data: Uint8Array): boolean => data[0] === 1 && (data[4] ?? 1) === 1;

/** Whether the server's message is an extensions packet with the result success. */
function isResultOfSuccess(plaintext: Buffer): boolean {
  return tlv.readExtensions(plaintext)?.result === tlv.tlvResults.success;
}

/** An extensions packet of the peer. */
function extensions(tls: TlsConversation, ...tlvs: readonly Uint8Array[]): Buffer {
  return tlv.writeExtensions(eapCodes.response, tls.talk.requestId, tlvs);
}

const success = tlv.resultTlv(tlv.tlvResults.success);

/** Goes on inside the tunnel with one message bent, which the server must not accept. */
async function expectBentRefused(probe: ServerProbe, bend: Bend, what: string): Promise<void> {
  using tls = await TlsConversation.open(probe);
  await tls.establish();
  const inside = tls.tunnel();
  let isBent = false;
  for (let round = 0; round < 40; round++) {
    const step = await inside.advance(tls.plaintext, tls.connection);
    const own = Buffer.from('data' in step ? (step.data ?? []) : []);
    const other: Buffer | undefined = isBent ? undefined : bend(own, tls);
    isBent ||= other !== undefined;
    const asked = tls.plaintext;
    const answer = await tls.trySending(await tls.seal(other ?? own));
    demand(answer?.code !== radiusCodes.accessAccept, `${what} got ${answerName(answer)}`);
    // Who asks the same again, as a new request, has passed it over.
    if (other && [isIdentityRequest, isResultOfSuccess].some((is) => is(asked) && is(tls.plaintext))) return;
    demand(!other || !isResultOfSuccess(tls.plaintext), `${what} got a Result TLV of success`);
    if (isBent && answer === undefined) return expectAlive(probe, what);
    if (isBent && step.kind === 'fail') return;
    if (answer?.code === radiusCodes.accessChallenge) continue;
    if (isBent) return;
    throw new NotApplicable(`the user's own part inside the tunnel got ${answerName(answer)}`);
  }
  throw new CaseFailure(`${what} is followed by forty messages, and no end`);
}

/** Goes on inside the tunnel with one message bent, which the server must accept all the same. */
async function expectBentAccepted(probe: ServerProbe, bend: Bend, what: string): Promise<void> {
  using tls = await TlsConversation.open(probe);
  await tls.establish();
  const answer = await tls.finish(tls.tunnel(), (data) => bend(Buffer.from(data), tls) ?? data);
  demand(answer.code === radiusCodes.accessAccept, `${what} got ${answerName(answer)}`);
}

/** A server that refuses what is wrong has shown nothing if it refuses what is right as well. */
async function provesPap(probe: ServerProbe): Promise<void> {
  using tls = await TlsConversation.open(probe);
  await tls.establish();
  await tls.expectAccept();
}

/** The AVPs of PAP, with others in their place. */
async function expectAvpsRefused(
  probe: ServerProbe,
  bend: (avps: Buffer) => Buffer,
  what: string,
): Promise<void> {
  await provesPap(probe);
  await expectBentRefused(probe, (data) => (data.length > 0 ? bend(data) : undefined), what);
}

async function expectAvpsAccepted(
  probe: ServerProbe,
  bend: (avps: Buffer) => Buffer,
  what: string,
): Promise<void> {
  await provesPap(probe);
  await expectBentAccepted(probe, (data) => (data.length > 0 ? bend(data) : undefined), what);
}

/** What a case sends, and how it is run with it. */
const tryWith =
  <Bend>(expect: (probe: ServerProbe, bend: Bend, what: string) => Promise<void>) =>
  (bend: Bend, what: string) => ({ sends: what, run: (probe: ServerProbe) => expect(probe, bend, what) });
const bentRefused = tryWith(expectBentRefused);
const bentAccepted = tryWith(expectBentAccepted);
const avpsRefused = tryWith(expectAvpsRefused);
const avpsAccepted = tryWith(expectAvpsAccepted);

/** An AVP with these flags. */
export function avp(code: number, flags: number, data: Uint8Array, vendorId?: number): Buffer {
  const vendor = vendorId === undefined ? [] : [Buffer.from([0, 0, vendorId >> 8, vendorId & 0xff])];
  const length = 8 + 4 * vendor.length + data.length;
  const head = Buffer.alloc(8);
  head.writeUInt32BE(code, 0);
  head.writeUInt32BE(length, 4);
  head[4] = flags | (vendorId === undefined ? 0 : vendorSpecific);
  return Buffer.concat([head, ...vendor, data, Buffer.alloc((4 - (length % 4)) % 4)]);
}

/** The first AVP (User-Name), and the others. */
function splitFirst(avps: Buffer): [Buffer, Buffer] {
  const end = (avps.readUIntBE(5, 3) + 3) & ~3;
  return [avps.subarray(0, end), avps.subarray(end)];
}

const another = avp(4444, mandatory, Buffer.from('data'));

/** Proves the password over a challenge of the peer's own: what is drawn from the tunnel is another. */
async function expectOwnChallengeRefused(
  probe: ServerProbe,
  method: TtlsPasswordMethod,
  bend: (drawn: Buffer) => void,
  what: string,
): Promise<void> {
  await provesMethod(probe, method);
  using tls = await TlsConversation.open(probe);
  await tls.establish();
  const exporter: Pick<Connection, 'exportKey'> = {
    exportKey(...details) {
      const drawn = Buffer.from(tls.connection.exportKey(...details));
      bend(drawn);
      return drawn;
    },
  };
  const decoded = decodeCredentials(probe.target.credentials);
  const { avps } = provePassword(method, exporter, identityOf(decoded), decoded.password);
  wipeCredentials(decoded);
  const answer = await tls.trySending(await tls.seal(Buffer.concat(avps)));
  demand(answer?.code !== radiusCodes.accessAccept, `${what} got ${answerName(answer)}`);
  if (!answer) return expectAlive(probe, what);
  if (answer.code !== radiusCodes.accessChallenge) return;
  const last = await tls.trySending(Buffer.alloc(0));
  demand(last?.code !== radiusCodes.accessAccept, `${what} got ${answerName(last)}`);
}

/** The part of a password method inside of EAP-TTLS. */
function passwordPart(probe: ServerProbe, method: TtlsPasswordMethod): PeerTunnel {
  const { credentials } = probe.target;
  if (credentials.length === 0) throw new NotApplicable('the user has no password');
  return new TtlsPasswordPeer(method, {
    flags: new Set(),
    config: new Uint8Array(),
    credentials,
    attributes: [],
    maxSendPacketSize: 1400,
    signal: probe.signal,
  });
}

async function provesMethod(probe: ServerProbe, method: TtlsPasswordMethod): Promise<void> {
  using tls = await TlsConversation.open(probe);
  await tls.establish();
  const answer = await tls.finish(passwordPart(probe, method));
  if (answer.code !== radiusCodes.accessAccept) {
    throw new NotApplicable(`it does not take ${method} from this user in EAP-TTLS`);
  }
}

/** A wrong challenge, and a wrong identifier, of a method. */
const flipFirst = (drawn: Buffer): void => void (drawn[0] = (drawn[0] ?? 0) ^ 1);
const flipLast = (drawn: Buffer): void => void (drawn[drawn.length - 1] = (drawn.at(-1) ?? 0) ^ 1);

const challengeRows = (
  [
    // The same words, but in small letters.
    ['11.2.2', 'chap', 'CHAP', { level: 'SHOULD', keyword: 'indicative' }],
    ['11.2.3', 'mschap', 'MS-CHAP', { level: 'MUST' }],
    ['11.2.4', 'mschapv2', 'MS-CHAP-V2', { level: 'MUST' }],
  ] as const
).flatMap(
  ([section, method, name, demanded]) =>
    [
      {
        id: `rfc5281-${section}-challenge-of-the-peer`,
        title: `refuse ${name} over a challenge that is not the one drawn from the tunnel`,
        ...demanded,
        sameCauseAs: 'rfc5281-11.2.2-challenge-of-the-peer',
        remedy: 'compare the challenge that the peer sends with the one drawn from the tunnel',
        methods: ttls,
        run: (probe: ServerProbe) =>
          expectOwnChallengeRefused(probe, method, flipFirst, 'a challenge of the peer’s own'),
      },
      {
        id: `rfc5281-${section}-identifier-of-the-peer`,
        title: `refuse ${name} with an identifier that is not the one drawn from the tunnel`,
        ...demanded,
        sameCauseAs: 'rfc5281-11.2.2-challenge-of-the-peer',
        remedy: 'compare the identifier that the peer sends with the one drawn from the tunnel',
        methods: ttls,
        run: (probe: ServerProbe) =>
          expectOwnChallengeRefused(probe, method, flipLast, 'an identifier of the peer’s own'),
      },
    ] as const,
);

export const tunnelServerCases = [
  ...serverCases('MS-PEAP', [
    {
      id: 'mspeap-3.3.5.4.2-result-instead-of-identity',
      title: 'accept no peer that answers its inner identity request by a Result TLV of success',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'take nothing but an identity as the answer to the inner EAP-Request/Identity',
      methods: peap,
      ...bentRefused(
        (data, tls) => (isIdentity(data) ? extensions(tls, success) : undefined),
        'a Result TLV in place of the inner identity',
      ),
    },
    {
      id: 'mspeap-3.3.5.4.7-result-instead-of-method',
      title: 'accept no peer that answers its inner method by a Result TLV of success',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'take a Result TLV only in answer to one that the server has sent',
      methods: peap,
      ...bentRefused(
        (data, tls) => (isProof(data) ? extensions(tls, success) : undefined),
        'a Result TLV in place of the response of the inner method',
      ),
    },
    {
      id: 'mspeap-3.3.5.4.2-method-before-identity',
      title: 'pass over the response of an inner method that comes before the inner identity',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'take nothing but an identity as the answer to the inner EAP-Request/Identity',
      methods: peap,
      ...bentRefused(
        (data) => (isIdentity(data) ? Buffer.of(26, 3) : undefined),
        'a response of EAP-MSCHAPv2 in place of the inner identity',
      ),
    },
    {
      id: 'mspeap-3.3.5.4.2-success-of-the-peer',
      title: 'accept no peer that sends EAP-Success inside the tunnel',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'pass over packets of other codes than EAP-Response inside the tunnel',
      methods: peap,
      ...bentRefused(
        (data, { talk }) => (isProof(data) ? Buffer.of(3, talk.requestId, 0, 4) : undefined),
        'EAP-Success in place of the response of the inner method',
      ),
    },
    {
      id: 'mspeap-3.3.5.4.7-result-of-failure',
      title: 'refuse a peer that answers its Result TLV of success by one of failure',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'send EAP-Failure where the Result TLV of the peer is 2',
      methods: peap,
      ...bentRefused(
        (data, tls) =>
          isExtensions(data) ? extensions(tls, tlv.resultTlv(tlv.tlvResults.failure)) : undefined,
        'a Result TLV of failure',
      ),
    },
    {
      id: 'mspeap-3.3.5.4.7-no-result',
      title: 'pass over an answer to its Result TLV that has none itself',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'wait for a Result TLV of success before EAP-Success is sent',
      methods: peap,
      ...bentRefused(
        (data, tls) => (isExtensions(data) ? extensions(tls) : undefined),
        'an extensions packet without a Result TLV',
      ),
    },
    {
      id: 'mspeap-3.1.5.1-result-cut-short',
      title: 'accept no Result TLV whose value is cut short',
      level: 'MUST',
      addressee: 'both',
      remedy: 'demand a length of two of the Result TLV',
      methods: peap,
      ...bentRefused(
        (data, tls) => (isExtensions(data) ? extensions(tls, Buffer.of(0x80, 3, 0, 1, 1)) : undefined),
        'a Result TLV of one octet',
      ),
    },
    {
      id: 'mspeap-3.1.5.1-result-unknown',
      title: 'accept no Result TLV with a reserved value',
      level: 'MUST',
      addressee: 'both',
      sameCauseAs: 'mspeap-3.1.5.1-result-cut-short',
      remedy: 'take 1 for success, 2 for failure, and nothing else',
      methods: peap,
      ...bentRefused(
        (data, tls) => (isExtensions(data) ? extensions(tls, tlv.resultTlv(3)) : undefined),
        'a Result TLV of 3',
      ),
    },
    {
      id: 'mspeap-2.2.4-length-beyond-packet',
      title: 'accept no TLV that is longer than its packet',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'compare the length of each TLV with what is left of the packet',
      methods: peap,
      ...bentRefused(
        (data, tls) =>
          isExtensions(data) ? extensions(tls, success, Buffer.of(0, 12, 0, 56, 1, 2)) : undefined,
        'a TLV of 56 octets that has two',
      ),
    },
    {
      id: 'mspeap-2.2.4-unknown-mandatory',
      title: 'discard a packet with a mandatory TLV that it does not know',
      level: 'MUST',
      remedy: 'discard the whole packet where the bit M of a TLV that is not known is set',
      methods: peap,
      ...bentRefused(
        (data, tls) =>
          isExtensions(data) ? extensions(tls, success, Buffer.of(0x92, 0x34, 0, 2, 1, 2)) : undefined,
        'a mandatory TLV that nobody knows',
      ),
    },
    {
      id: 'mspeap-2.2.4-unknown-optional',
      title: 'ignore an optional TLV that it does not know',
      // 2.2.8.1 has no other TLVs sent than three, and 3.1.5.1 lets a packet that breaks this be discarded.
      level: 'SHOULD',
      remedy: 'skip a TLV that is not known where its bit M is not set',
      methods: peap,
      ...bentAccepted(
        (data) => (isExtensions(data) ? withTlv(data, Buffer.of(0x12, 0x34, 0, 2, 1, 2)) : undefined),
        'an optional TLV that nobody knows',
      ),
    },
    {
      id: 'mspeap-2.2.4-reserved-bit',
      title: 'ignore the reserved bit of a TLV',
      level: 'MUST',
      remedy: 'mask the bit R away before the type of a TLV is read',
      methods: peap,
      ...bentAccepted((data) => {
        if (!isExtensions(data)) return undefined;
        const copy = Buffer.from(data);
        copy[5] = (copy[5] ?? 0) | 0x40;
        return copy;
      }, 'a Result TLV with the reserved bit'),
    },
    {
      id: 'mspeap-3.3.5.3-binding-altered',
      title: 'refuse a peer whose compound MAC is wrong',
      level: 'MUST',
      remedy: 'compute the compound MAC over the nonce of the response, and send EAP-Failure if it differs',
      methods: peap,
      ...bentRefused((data) => {
        if (!isExtensions(data)) return undefined;
        demandBinding(data);
        const copy = Buffer.from(data);
        copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
        return copy;
      }, 'a compound MAC with one bit wrong'),
    },
    {
      id: 'mspeap-3.3.5.3-binding-of-other-tunnel',
      title: 'refuse a crypto-binding that is made without the keys of the tunnel',
      level: 'MUST',
      remedy: 'compute the compound MAC with the CMK of this tunnel and this inner method',
      methods: peap,
      ...bentRefused((data, tls) => {
        if (!isExtensions(data)) return undefined;
        const { nonce } = demandBinding(data);
        const keys = { ipmk: Buffer.alloc(40), cmk: Buffer.alloc(20) };
        const binding = tlv.bindingTlv(keys, tlv.bindingSubTypes.response, nonce);
        return extensions(tls, success, binding);
      }, 'a crypto-binding with the keys of nobody'),
    },
    {
      id: 'mspeap-3.1.5.5-own-binding',
      title: 'bind its tunnel and its inner method by a right compound MAC',
      level: 'MUST',
      remedy: 'compute the compound MAC over the TLV with zeros in its place, and 25',
      methods: peap,
      async run(probe) {
        using tls = await TlsConversation.open(probe);
        await tls.establish();
        const inside = tls.tunnel();
        for (let round = 0; round < 40; round++) {
          const isLast = isResultOfSuccess(tls.plaintext);
          if (isLast && !tlv.readExtensions(tls.plaintext)?.binding)
            throw new NotApplicable('it has no crypto-binding');
          const step = await inside.advance(tls.plaintext, tls.connection);
          if (isLast) {
            demand(step.kind === 'send', 'its compound MAC is not that of the tunnel and the inner method');
            return;
          }
          const answer = await tls.say('data' in step ? step.data : undefined);
          demand(answer.code === radiusCodes.accessChallenge, `the user got ${answerName(answer)}`);
        }
        throw new CaseFailure('forty messages inside the tunnel come to no end');
      },
    },
    {
      id: 'mspeap-3.3.5.4.2-inner-packet-in-the-clear',
      title: 'take no inner packet that is not encrypted',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'give what comes in phase 2 to TLS, and read what TLS gives back',
      methods: peap,
      async run(probe) {
        using tls = await TlsConversation.open(probe);
        await tls.establish();
        if (tls.plaintext.length === 0) await tls.say();
        const identity = Buffer.concat([Buffer.of(1), Buffer.from(probe.target.identity)]);
        const answer = await tls.trySending(identity);
        if (!answer) return expectAlive(probe, 'an inner identity in the clear');
        demand(
          answer.code !== radiusCodes.accessAccept && tls.plaintext.length === 0,
          `an inner identity in the clear got ${answerName(answer)}`,
        );
      },
    },
  ]),
  ...serverCases('RFC 9427', [
    {
      id: 'rfc9427-3.1-anonymous-inside-peap',
      title: 'refuse an anonymous identity inside of PEAP',
      level: 'SHOULD',
      sourceNotRead: true,
      remedy: 'refuse inner identities without a user name, such as @realm',
      methods: peap,
      ...bentRefused(
        (data) => (isIdentity(data) ? Buffer.concat([Buffer.of(1), Buffer.from('@example.org')]) : undefined),
        'the inner identity @example.org',
      ),
    },
    {
      id: 'rfc9427-3.1-anonymous-inside-ttls',
      title: 'refuse an anonymous identity inside of EAP-TTLS',
      level: 'SHOULD',
      sourceNotRead: true,
      remedy: 'refuse inner identities without a user name, such as @realm',
      methods: ttls,
      ...avpsRefused(
        (avps) =>
          Buffer.concat([writeAvp(avpCodes.userName, Buffer.from('@example.org')), splitFirst(avps)[1]]),
        'the inner identity @example.org',
      ),
    },
  ]),
  ...serverCases('RFC 3748', [
    {
      id: 'rfc3748-4.2-inner-failure',
      title: 'refuse a peer that the inner method refuses',
      level: 'MUST',
      remedy: 'send EAP-Failure where the inner method has failed, whatever follows it',
      methods: tunnel,
      async run(probe) {
        using tls = await TlsConversation.open(probe);
        await tls.establish();
        const wrong = tls.wrongCredentials();
        const answer = await tls.finish(tls.tunnel(wrong));
        wipe(wrong);
        demand(answer.code !== radiusCodes.accessAccept, `a wrong password got ${answerName(answer)}`);
      },
    },
    {
      id: 'rfc3748-4.2-failure-behind-result',
      title: 'end with EAP-Failure when the peer has acknowledged its Result TLV of failure',
      level: 'MUST',
      remedy: 'answer a Result TLV of 2, behind one of its own, by EAP-Failure',
      methods: peap,
      async run(probe) {
        using tls = await TlsConversation.open(probe);
        await tls.establish();
        const wrong = tls.wrongCredentials();
        const answer = await tls.finish(tls.tunnel(wrong));
        wipe(wrong);
        demand(
          answer.code === radiusCodes.accessReject && answer.eap?.[0] === eapCodes.failure,
          `a wrong password got ${answerName(answer)}`,
        );
      },
    },
    {
      id: 'rfc3748-4.2-nothing-in-tunnel',
      title: 'accept no peer that sends nothing in the tunnel',
      level: 'MUST',
      remedy: 'send EAP-Success only when an inner method has authenticated the user',
      methods: ttls,
      async run(probe) {
        // With a certificate, a user is proved without the tunnel (RFC 5281, 7.6).
        using tls = await TlsConversation.open(probe, { certificate: 'none' });
        const answer = (await tls.handshake()) ?? (await tls.acknowledge());
        demand(answer.code !== radiusCodes.accessAccept, `acknowledgements alone got ${answerName(answer)}`);
      },
    },
    {
      id: 'rfc3748-4.2-success-of-the-peer-in-tunnel',
      title: 'accept no peer that sends EAP-Success in an EAP-Message AVP',
      level: 'MUST',
      remedy: 'take nothing but EAP-Responses from the peer inside the tunnel',
      methods: ttls,
      ...bentRefused(
        (data) => (data.length > 0 ? writeAvp(avpCodes.eapMessage, Buffer.of(3, 0, 0, 4)) : undefined),
        'EAP-Success in an EAP-Message AVP',
      ),
    },
    {
      id: 'rfc3748-4.2-wrong-password-in-tunnel',
      title: 'refuse a wrong password of PAP in the tunnel',
      level: 'MUST',
      remedy: 'compare the whole password without the zeros behind it',
      methods: ttls,
      ...avpsRefused(
        (avps) => Buffer.concat([splitFirst(avps)[0], writeAvp(avpCodes.userPassword, randomBytes(16))]),
        'a wrong password',
      ),
    },
  ]),
  ...serverCases('RFC 5281', [
    ...challengeRows,
    {
      id: 'rfc5281-11.2.4-proof-of-server',
      title: 'prove by MS-CHAP2-Success that it knows the password, and wait for the peer’s consent',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'send MS-CHAP2-Success over the peer’s challenge, and EAP-Success behind its empty Response',
      methods: ttls,
      async run(probe) {
        using tls = await TlsConversation.open(probe);
        await tls.establish();
        const inside = passwordPart(probe, 'mschapv2');
        const first = await inside.advance(tls.plaintext, tls.connection);
        const answer = await tls.say('data' in first ? first.data : undefined);
        if (answer.code === radiusCodes.accessReject) throw new NotApplicable('it does not take MS-CHAP-V2');
        demand(answer.code === radiusCodes.accessChallenge, `MS-CHAP-V2 got ${answerName(answer)} at once`);
        const second = await inside.advance(tls.plaintext, tls.connection);
        const { isSuccess } = await inside.getResult('success', tls.connection);
        demand(second.kind === 'send' && isSuccess, 'its MS-CHAP2-Success is not there, or is wrong');
        const last = await tls.say();
        demand(last.code === radiusCodes.accessAccept, `the peer's consent got ${answerName(last)}`);
      },
    },
    {
      id: 'rfc5281-10.1-unknown-mandatory-avp',
      title: 'fail the negotiation at a mandatory AVP that it does not know',
      level: 'MUST',
      remedy: 'send EAP-Failure where the bit M of an AVP that is not known is set',
      methods: ttls,
      ...avpsRefused((avps) => Buffer.concat([avps, another]), 'a mandatory AVP that nobody knows'),
    },
    {
      id: 'rfc5281-10.1-disruptive',
      title: 'fail the negotiation, and go on serving others, where this section demands that it fails',
      level: 'MUST',
      disruptive: true,
      remedy: 'run this case alone, and look in the log or a debugger where the process has ended',
      methods: ttls,
      run: (probe) =>
        expectAvpsRefused(
          probe,
          (avps) => Buffer.concat([avps, avp(1, mandatory, Buffer.from('data'), 9999)]),
          'a mandatory AVP of a vendor that nobody knows',
        ),
    },
    {
      id: 'rfc5281-10.1-unknown-optional-avp',
      title: 'ignore an AVP that it does not know and need not',
      level: 'MAY',
      keyword: 'indicative',
      remedy: 'skip an AVP that is not known where its bit M is not set',
      methods: ttls,
      ...avpsAccepted(
        (avps) => Buffer.concat([avps, avp(4444, 0, Buffer.from('data'))]),
        'an optional AVP that nobody knows',
      ),
    },
    {
      id: 'rfc5281-10.1-reserved-bits',
      title: 'ignore the reserved bits of an AVP',
      level: 'MUST',
      remedy: 'look at V and M of the flags of an AVP, and at nothing else',
      methods: ttls,
      ...avpsAccepted((avps) => {
        const copy = Buffer.from(avps);
        copy[4] = (copy[4] ?? 0) | 0x1f;
        return copy;
      }, 'an AVP with reserved bits'),
    },
    {
      id: 'rfc5281-10.1-vendor-zero',
      title: 'take an AVP of the vendor 0 for one of no vendor',
      level: 'SHOULD',
      keyword: 'indicative',
      remedy: 'read the Vendor-ID where the bit V is set, and take 0 for none',
      methods: ttls,
      ...avpsAccepted((avps) => {
        const [name, others] = splitFirst(avps);
        const data = name.subarray(8, name.readUIntBE(5, 3));
        return Buffer.concat([avp(avpCodes.userName, mandatory, data, 0), others]);
      }, 'a User-Name of the vendor 0'),
    },
    {
      id: 'rfc5281-10.1-length-beyond-message',
      title: 'accept no AVP whose length is more than what came',
      level: 'MAY',
      keyword: 'indicative',
      addressee: 'sender',
      remedy: 'compare the length of each AVP with what is left of the message',
      methods: ttls,
      ...avpsRefused((avps) => {
        const last = Buffer.from(another);
        last.writeUIntBE(200, 5, 3);
        last[4] = 0;
        return Buffer.concat([avps, last]);
      }, 'an AVP of 200 octets that has twelve'),
    },
    {
      id: 'rfc5281-10.1-length-below-header',
      title: 'accept no AVP whose length is less than its header',
      level: 'MAY',
      keyword: 'indicative',
      addressee: 'sender',
      remedy: 'demand a length of at least eight octets, twelve with a Vendor-ID',
      methods: ttls,
      ...avpsRefused((avps) => {
        const last = avp(4444, 0, Buffer.from('data'));
        last.writeUIntBE(4, 5, 3);
        return Buffer.concat([avps, last]);
      }, 'an AVP with a length of four'),
    },
    {
      id: 'rfc5281-11.2.5-two-names',
      title: 'accept no peer under two names',
      level: 'MAY',
      keyword: 'indicative',
      addressee: 'sender',
      remedy: 'demand one User-Name AVP: which of two is proved is not said',
      methods: ttls,
      ...avpsRefused(
        (avps) => Buffer.concat([avps, writeAvp(avpCodes.userName, Buffer.from('somebody.else'))]),
        'a second User-Name',
      ),
    },
    {
      id: 'rfc5281-11.2.5-two-passwords',
      title: 'accept no peer that gives two passwords',
      level: 'MAY',
      keyword: 'indicative',
      addressee: 'sender',
      sameCauseAs: 'rfc5281-11.2.5-two-names',
      remedy: 'demand one User-Password AVP: a second one is a second guess',
      methods: ttls,
      ...avpsRefused(
        (avps) => Buffer.concat([avps, writeAvp(avpCodes.userPassword, randomBytes(16))]),
        'a second User-Password',
      ),
    },
    {
      id: 'rfc5281-11.2.5-no-name',
      title: 'accept no password without a name',
      level: 'MAY',
      keyword: 'indicative',
      addressee: 'sender',
      remedy: 'demand a User-Name AVP with PAP: the identity outside of the tunnel proves nothing',
      methods: ttls,
      ...avpsRefused((avps) => splitFirst(avps)[1], 'a password without a User-Name'),
    },
  ]),
];

/** An extensions packet with one more TLV. */
function withTlv(data: Buffer, more: Buffer): Buffer {
  const longer = Buffer.concat([data, more]);
  longer.writeUInt16BE(longer.length, 2);
  return longer;
}

/** The crypto-binding of the peer's answer. */
function demandBinding(data: Buffer): tlv.CryptoBinding {
  const { binding } = tlv.readExtensions(data) ?? {};
  if (!binding) throw new NotApplicable('the server has no crypto-binding');
  return binding;
}
