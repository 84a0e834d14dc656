// Servers that break RADIUS, each in the way that the case of its name is about.

import { createSocket } from 'node:dgram';
import { attributeTypes, encodeVendorSpecific, microsoft } from '../../../../lib/eap/attributes.js';
import { eapCodes, eapPacket, identityRequest } from '../../../../lib/eap/packet.js';
import {
  errorCauseType,
  messageAuthenticatorType,
  microsoftValuesOf,
  type RadiusAttribute,
  valuesOf,
} from '../../../../lib/radius/attributes.js';
import { radiusCodes } from '../../../../lib/radius/packet.js';
import { messageOf, type RadiusMessage, withEap } from '../../../../lib/conformance/datagram.js';
import type { RelayFlow } from '../../../../lib/conformance/relay.js';
import { accepted, challenged, eapOf, onReplyOf, refusedInstead } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';

const { accessAccept, accessChallenge, accessReject } = radiusCodes;
const codes = { challenge: accessChallenge, accept: accessAccept, reject: accessReject } as const;
type Mutants = Record<string, ServerMutant>;

/** A mutant for each of the replies, with the reply's name behind `id`. */
function ofReplies(
  id: string,
  change: (message: RadiusMessage) => Partial<RadiusMessage>,
  names: readonly (keyof typeof codes)[] = ['challenge', 'accept', 'reject'],
): Mutants {
  return Object.fromEntries(names.map((name) => [`${id}-${name}`, onReplyOf(codes[name], change)]));
}

/** Has more attributes. */
const with_ =
  (...more: readonly RadiusAttribute[]) =>
  ({ attributes }: RadiusMessage): Partial<RadiusMessage> => ({ attributes: [...attributes, ...more] });

/** Has another EAP packet. */
const withOther =
  (make: (eap: Buffer | undefined) => Uint8Array | undefined) =>
  ({ attributes }: RadiusMessage): Partial<RadiusMessage> => ({
    attributes: withEap(
      attributes,
      make(Buffer.concat(valuesOf(attributes, attributeTypes.EAPMessage).map((value) => value))),
    ),
  });

/** Refuses such requests aloud, where silence is due. */
const answering = (isSuch: (datagram: Buffer) => boolean): ServerMutant => ({
  onRequest: (datagram, flow) => (isSuch(datagram) ? refusedInstead(datagram, flow) : datagram),
});

/** Says nothing to such requests, where an answer is due. */
const silentAbout = (isSuch: (datagram: Buffer) => boolean): ServerMutant => ({
  onRequest: (datagram) => (isSuch(datagram) ? undefined : datagram),
});

/** Takes every request for signed. */
const unchecked: ServerMutant = { onRequest: (datagram, flow) => flow.request(datagram, () => ({})) };

/** Goes on with what a lax server takes. */
const goingOn = (isSuch: (datagram: Buffer, flow: RelayFlow) => boolean): ServerMutant => ({
  onRequest: (datagram, flow) =>
    isSuch(datagram, flow) ? challenged(datagram, flow, Buffer.from([26, 3, 2, 3])) : datagram,
});

const stateOf = (datagram: Buffer): string | undefined =>
  valuesOf(messageOf(datagram)?.attributes ?? [], attributeTypes.State)[0]?.toString('hex');
const statesOf = (flow: RelayFlow): Set<string> => {
  const states = (flow.notes.get('states') ?? new Set()) as Set<string>;
  flow.notes.set('states', states);
  return states;
};
/** Notes the States that are given, and takes others, too. */
const takingStates = (
  isSuch: (state: string | undefined, given: ReadonlySet<string>) => boolean,
): ServerMutant => ({
  ...goingOn((datagram, flow) => statesOf(flow).size > 0 && isSuch(stateOf(datagram), statesOf(flow))),
  onReply(datagram, flow) {
    const state = stateOf(datagram);
    if (state !== undefined) statesOf(flow).add(state);
    return datagram;
  },
});

const isUser = (datagram: Buffer): boolean =>
  valuesOf(messageOf(datagram)?.attributes ?? [], attributeTypes.UserPassword).length > 0;

/** Serves a doubled request a second time. */
const forgetful: ServerMutant = {
  onRequest(datagram, flow) {
    const key = `seen ${datagram.toString('latin1')}`;
    if (flow.notes.has(key)) return refusedInstead(datagram, flow);
    flow.notes.set(key, true);
    return datagram;
  },
};

/** The keys with other Salts. */
const withSalts =
  (salts: readonly [number, number]) =>
  ({ attributes }: RadiusMessage): Partial<RadiusMessage> => ({
    attributes: [
      ...attributes.filter(({ type }) => type !== 26),
      ...[microsoft.mppeSendKey, microsoft.mppeRecvKey].flatMap((vendorType, index) =>
        microsoftValuesOf(attributes, vendorType).map((key) => {
          key.writeUInt16BE(salts[index] ?? 0, 0);
          return encodeVendorSpecific({ vendorId: microsoft.vendorId, vendorType, data: key });
        }),
      ),
    ],
  });

const padded = (datagram: Buffer): boolean => datagram.length > datagram.readUInt16BE(2);

const rfc2865: Mutants = {
  'rfc2865-3-shorter-than-header': answering((datagram) => datagram.length < 20),
  'rfc2865-3-length-beyond-datagram': answering((datagram) => datagram.readUInt16BE(2) > datagram.length),
  'rfc2865-3-length-below-header': answering((datagram) => datagram.readUInt16BE(2) < 20),
  // Wants the length to be exact.
  'rfc2865-3-padding-ignored': silentAbout(padded),
  'rfc2865-3-longest-packet': silentAbout(({ length }) => length > 4000),
  // Answers whatever is signed.
  ...Object.fromEntries(
    [0, 2, 4, 11, 40, 255].map((code) => [
      `rfc2865-3-invalid-code-${code}`,
      answering(([first]) => first === code),
    ]),
  ),
  'rfc2865-4.4-reply-identifier': {
    onReply: (datagram, flow) => flow.reply(datagram, ({ id }) => ({ id: (id + 1) & 0xff })),
  },
  // Replies from a socket of its own.
  'rfc2865-3-reply-port': {
    onReply(datagram, { client }) {
      const other = createSocket('udp4');
      other.send(datagram, client.port, client.address, () => other.close());
      return undefined;
    },
  },
  ...ofReplies('rfc2865-3-response-authenticator', () => ({ responseAuthenticator: Buffer.alloc(16) })),
  'rfc2865-4.1-reply-to-stranger': silentAbout((datagram) => eapOf(datagram)?.includes('nobody') === true),
  // Has EAP or nothing.
  'rfc2865-4.3-wrong-password-rejected': silentAbout(isUser),
  // Tell where they were asked from.
  ...ofReplies('rfc2865-5.44-attributes-of', with_({ type: 32, value: Buffer.from('nas') })),
  ...ofReplies('rfc2865-5-no-empty-attribute-in', with_({ type: 18, value: Buffer.alloc(0) })),
  ...ofReplies(
    'rfc2865-5.24-one-state-in',
    with_({ type: 24, value: Buffer.from('a') }, { type: 24, value: Buffer.from('b') }),
    ['challenge', 'accept'],
  ),
  // Copies one.
  ...ofReplies('rfc2865-2-proxy-state-in', ({ attributes }) => {
    const [first] = valuesOf(attributes, attributeTypes.ProxyState);
    return { attributes: attributes.filter(({ type, value }) => type !== 33 || value === first) };
  }),
  // Refuses what it does not know.
  'rfc2865-5-unknown-attributes-ignored': answering(
    (datagram) => messageOf(datagram)?.attributes.some(({ type }) => type === 223) === true,
  ),
  'rfc2865-5.26-unknown-vendor-ignored': answering(
    (datagram) => messageOf(datagram)?.attributes.some(({ type }) => type === 26) === true,
  ),
  'rfc2865-5-signature-anywhere': silentAbout((datagram) => datagram[20] !== messageAuthenticatorType),
  // Read no further than the attribute that they do not understand.
  ...Object.fromEntries(
    [0, 1, 200].map((length) => [
      `rfc2865-5-attribute-length-${length}`,
      goingOn((datagram) => messageOf(datagram) === undefined),
    ]),
  ),
  'rfc2865-5.24-unknown-state': takingStates((state, given) => state !== undefined && !given.has(state)),
  'rfc2865-5.24-changed-state': takingStates((state, given) => state !== undefined && !given.has(state)),
  'rfc2865-5.24-missing-state': takingStates((state) => state === undefined),
};

const rfc3579: Mutants = {
  'rfc3579-2.1-eap-start': answering((datagram) => eapOf(datagram)?.length === 0),
  // Waits for EAP-Start.
  'rfc3579-2.1-identity-gets-challenge': answering((datagram) => eapOf(datagram)?.[4] === 1),
  'rfc3579-2.2-error-cause-of-ignored-packet': onReplyOf(accessChallenge, ({ attributes }) => ({
    attributes: attributes.filter(({ type }) => type !== errorCauseType),
  })),
  // Ends it without a word of EAP.
  'rfc3579-2.2-failure-with-reject': {
    onRequest(datagram, flow) {
      const eap = eapOf(datagram);
      if (!flow.pending || (eap?.readUInt16BE(2) ?? 5) > 4) return datagram;
      flow.answer(datagram, { code: radiusCodes.accessReject, attributes: [] });
      return undefined;
    },
  },
  // Does not look how much the link takes.
  'rfc3579-2.4-framed-mtu': {
    onRequest: (datagram, flow) =>
      flow.request(datagram, ({ attributes }) => ({
        attributes: attributes.filter(({ type }) => type !== attributeTypes.FramedMTU),
      })),
  },
  // Checks no proof.
  'rfc3579-2.6.1-proof-of-another': {
    onRequest: (datagram, flow) =>
      flow.pending && eapOf(datagram)?.[4] === 26 ? accepted(datagram, flow) : datagram,
  },
  'rfc3579-2.6.3-no-conflict-in-accept': onReplyOf(
    accessAccept,
    withOther(() => eapPacket(eapCodes.failure, 0)),
  ),
  'rfc3579-2.6.3-no-conflict-in-reject': onReplyOf(
    accessReject,
    withOther(() => eapPacket(eapCodes.success, 0)),
  ),
  'rfc3579-2.6.3-no-conflict-in-challenge': onReplyOf(
    accessChallenge,
    withOther(() => eapPacket(eapCodes.success, 0)),
  ),
  ...ofReplies(
    'rfc3579-2.6.3-eap-message-in',
    withOther(() => undefined),
  ),
  ...ofReplies('rfc3579-2.6.5-no-reply-message-in', with_({ type: 18, value: Buffer.from('hello') })),
  ...ofReplies(
    'rfc3579-3.1-one-eap-packet-in',
    withOther((eap) => eap && Buffer.concat([eap, identityRequest(9)])),
  ),
  'rfc3579-3.1-consecutive-in-reply': {
    onReply: (datagram, flow) =>
      flow.reply(datagram, ({ attributes }) => {
        const at = attributes.findIndex(({ type }) => type === attributeTypes.EAPMessage);
        return { attributes: attributes.toSpliced(at + 1, 0, { type: 33, value: Buffer.from('x') }) };
      }),
  },
  // Reads the first piece alone.
  'rfc3579-3.1-pieces-of-any-size': {
    onRequest: (datagram, flow) =>
      flow.request(datagram, ({ attributes }) => {
        const [first] = valuesOf(attributes, attributeTypes.EAPMessage);
        return first && { attributes: withEap(attributes, first) };
      }),
  },
  'rfc3579-3.2-wrong-message-authenticator': unchecked,
  'rfc3579-3.2-wrong-message-authenticator-without-eap': unchecked,
  'rfc3579-3.2-short-message-authenticator': unchecked,
  'rfc3579-3.1-missing-message-authenticator': unchecked,
  'rfc3579-3.1-unsigned-response-in-conversation': unchecked,
  ...ofReplies('rfc3579-3.2-signed', () => ({ signature: 'wrong' })),
};

const others: Mutants = {
  'rfc2548-2.4.2-salt-has-top-bit': onReplyOf(accessAccept, withSalts([0x1234, 0x1235])),
  'rfc2548-2.4.2-salts-differ': onReplyOf(accessAccept, withSalts([0x9234, 0x9234])),
  ...Object.fromEntries(
    ['gets-same-challenge', 'gets-same-accept'].map((what) => [`rfc5080-2.2.2-duplicate-${what}`, forgetful]),
  ),
  // Begins anew when it is asked again.
  'rfc5080-2.2.2-duplicate-gets-same-reject': {
    onRequest(datagram, flow) {
      const key = `seen ${datagram.toString('latin1')}`;
      if (flow.notes.has(key)) return challenged(datagram, flow, Buffer.from([26, 1, 2, 3]));
      flow.notes.set(key, true);
      return datagram;
    },
  },
  // Ends a conversation whose request comes twice.
  'rfc5080-2.2.2-duplicate-is-not-processed': {
    onRequest(datagram, flow) {
      const key = `seen ${datagram.toString('latin1')}`;
      if (flow.notes.has(key)) flow.notes.set('over', true);
      flow.notes.set(key, true);
      return flow.notes.has('over') ? refusedInstead(datagram, flow) : datagram;
    },
  },
  // Knows requests by their identifier.
  'rfc5080-2.2.2-same-identifier-new-request': {
    onRequest(datagram, flow) {
      const reply = flow.notes.get(`reply ${datagram[1]}`) as RadiusMessage | undefined;
      if (!reply) return datagram;
      flow.answer(datagram, { code: reply.code, attributes: reply.attributes });
      return undefined;
    },
    onReply(datagram, flow) {
      flow.notes.set(`reply ${datagram[1]}`, messageOf(datagram));
      return datagram;
    },
  },
  // Forgets a reply for whatever has its identifier.
  'rfc5080-2.2.2-forged-request-leaves-cache': {
    onRequest(datagram, flow) {
      const key = `authenticator ${datagram[1]}`;
      const before = flow.notes.get(key);
      flow.notes.set(key, datagram.toString('latin1', 4, 20));
      const isOther = before !== undefined && before !== flow.notes.get(key);
      if (isOther && flow.notes.has('forged')) return refusedInstead(datagram, flow);
      if (isOther) flow.notes.set('forged', true);
      return datagram;
    },
  },
  'rfc5997-2-status-gets-accept': onReplyOf(accessAccept, () => ({ code: accessChallenge })),
  'rfc5997-3-status-without-signature': unchecked,
  'rfc5997-4.2-status-with-wrong-signature': unchecked,
  ...ofReplies('cve20243596-mitigation-signed-first', () => ({ signature: 'last' })),
  'cve20243596-mitigation-reject-is-signed': onReplyOf(accessReject, () => ({ signature: 'none' })),
  'cve20243596-mitigation-unsigned-proxy-state': unchecked,
};

export const radiusServerMutants: Readonly<Mutants> = { ...rfc2865, ...rfc3579, ...others };
