// Servers of tunnels that believe what nothing proves, each in the way that the case of its name is about.

import { eapCodes } from '../../../../lib/eap/packet.js';
import * as tlv from '../../../../lib/methods/tls/peap-tlv.js';
import {
  avpCodes,
  avpData,
  microsoftCodes,
  readAvps,
  writeAvp,
} from '../../../../lib/methods/tls/ttls-avp.js';
import type { AuthenticatorTunnelStep, Connection } from '../../../../lib/methods/tls/tunnel.js';
import { isTls } from '../../../../lib/conformance/refusal.js';
import { accepted, eapOf, patched } from '../tools.js';
import type { ServerMutant } from '../../subjects.js';
import { bentSteps, bentTls, type TlsBend, type TlsName } from '../tls-server.js';

type Bend = NonNullable<TlsBend['tunnel']>;

const yes: AuthenticatorTunnelStep = { verdict: { isSuccess: true, identity: 'alice', attributes: [] } };

/** Lets in whoever sends a message of this kind. */
const believes = (name: TlsName, isMeant: (data: Buffer, round: number) => boolean): ServerMutant =>
  bentTls(name, {
    tunnel(healthy) {
      let round = 0;
      return {
        advance: async (data, connection, proved) =>
          isMeant(data, round++) ? yes : healthy.advance(data, connection, proved),
        end: () => healthy.end?.(),
      };
    },
  });

/** Takes a message of the peer for another. */
const mistakes = (
  name: TlsName,
  change: (data: Buffer, connection: Connection) => Buffer | undefined,
): ServerMutant =>
  bentTls(name, {
    tunnel: (healthy) => ({
      advance: async (data, connection, proved) =>
        healthy.advance(change(data, connection) ?? data, connection, proved),
      end: () => healthy.end?.(),
    }),
  });

/** Refuses a message of this kind. */
const refuses = (name: TlsName, isMeant: (data: Buffer) => boolean): ServerMutant =>
  bentTls(name, {
    tunnel: (healthy) => ({
      advance: async (data, connection, proved) =>
        isMeant(data)
          ? { verdict: { isSuccess: false, attributes: [] } }
          : healthy.advance(data, connection, proved),
      end: () => healthy.end?.(),
    }),
  });

const isExtensions = (data: Buffer): boolean => data[4] === 33;
const hasSuccess = (data: Buffer): boolean => isExtensions(data) && data.includes(Buffer.of(3, 0, 2, 0, 1));

/** An extensions packet of the peer with nothing but the result success. */
function plainSuccess(data: Buffer): Buffer | undefined {
  if (!isExtensions(data)) return undefined;
  return tlv.writeExtensions(eapCodes.response, data[1] ?? 0, [tlv.resultTlv(tlv.tlvResults.success)]);
}

/** Takes the challenge that the peer sends for the one that it should have. */
const peersChallenge: Bend = (healthy) => ({
  async advance(data, connection, proved) {
    const avps = readAvps(data) ?? [];
    const challenge =
      avpData(avps, avpCodes.chapChallenge) ?? avpData(avps, microsoftCodes.chapChallenge, 311);
    const response =
      avpData(avps, avpCodes.chapPassword) ??
      avpData(avps, microsoftCodes.chapResponse, 311) ??
      avpData(avps, microsoftCodes.chap2Response, 311);
    if (!challenge || !response) return healthy.advance(data, connection, proved);
    const drawn = Buffer.concat([challenge, response.subarray(0, 1)]);
    return healthy.advance(data, { ...connection, exportKey: () => drawn }, proved);
  },
  end: () => healthy.end?.(),
});

/** Reads as many AVPs as it understands, the first of each code. */
const goodAvps = (data: Buffer): Buffer | undefined => {
  const kept = new Map<number, Buffer>();
  for (let at = 0; at + 8 <= data.length;) {
    const length = data.readUIntBE(at + 5, 3);
    if (length < 8 || at + length > data.length) break;
    const code = data.readUInt32BE(at);
    const isKnown =
      (data[at + 4] ?? 0) < 0x80 && [avpCodes.userName, avpCodes.userPassword].includes(code as 1 | 2);
    if (isKnown && !kept.has(code)) kept.set(code, writeAvp(code, data.subarray(at + 8, at + length)));
    at += (length + 3) & ~3;
  }
  return data.length > 0 ? Buffer.concat([...kept.values()]) : undefined;
};
const lenient = mistakes('ttls', goodAvps);

/** Has another word in place of MS-CHAP2-Success. */
const withoutProof = bentSteps(({ data, ...step }) => ({
  ...step,
  ...(data && { data: writeAvp(microsoftCodes.chap2Success, Buffer.alloc(43, 65), 311) }),
}));

export const tunnelServerMutants: Readonly<Record<string, ServerMutant>> = {
  'mspeap-3.3.5.4.2-result-instead-of-identity': believes('peap', hasSuccess),
  'mspeap-3.3.5.4.7-result-instead-of-method': believes('peap', hasSuccess),
  'mspeap-3.3.5.4.2-method-before-identity': believes('peap', (data) => data[0] === 26),
  'mspeap-3.3.5.4.2-success-of-the-peer': believes('peap', (data) => data[0] === eapCodes.success),
  'mspeap-3.3.5.4.7-result-of-failure': believes('peap', isExtensions),
  'mspeap-3.3.5.4.7-no-result': believes('peap', isExtensions),
  'mspeap-3.1.5.1-result-cut-short': believes('peap', isExtensions),
  'mspeap-3.1.5.1-result-unknown': believes('peap', isExtensions),
  // Read the result, and nothing else.
  'mspeap-2.2.4-length-beyond-packet': mistakes('peap', plainSuccess),
  'mspeap-2.2.4-unknown-mandatory': mistakes('peap', plainSuccess),
  'mspeap-3.3.5.3-binding-altered': mistakes('peap', plainSuccess),
  'mspeap-3.3.5.3-binding-of-other-tunnel': mistakes('peap', plainSuccess),
  'mspeap-2.2.4-unknown-optional': refuses('peap', (data) => data.includes(Buffer.of(0x12, 0x34))),
  'mspeap-2.2.4-reserved-bit': refuses('peap', (data) => isExtensions(data) && data[5] === 0xc0),
  'mspeap-3.1.5.5-own-binding': bentTls('peap', {
    tunnel: bentSteps(({ data, ...step }) => {
      if (data === undefined) return step;
      const last = data.length - 1;
      const isBinding = last >= 60 && data[4] === 33;
      return { ...step, data: isBinding ? patched(data, { [last]: (data[last] ?? 0) ^ 1 }) : data };
    }),
  }),
  'rfc3748-4.2-failure-behind-result': believes('peap', isExtensions),
  // Has no TLS in phase 2.
  'mspeap-3.3.5.4.2-inner-packet-in-the-clear': {
    onRequest(datagram, flow) {
      const eap = eapOf(datagram);
      const isClear = isTls(eap?.[4] ?? 0) && eap?.[6] === 1;
      return isClear ? accepted(datagram, flow) : datagram;
    },
  },
  'rfc9427-3.1-anonymous-inside-peap': believes('peap', (data) => data.includes('@example.org')),
  'rfc9427-3.1-anonymous-inside-ttls': believes('ttls', (data) => data.includes('@example.org')),
  'rfc3748-4.2-inner-failure': believes('peap', isExtensions),
  'rfc3748-4.2-nothing-in-tunnel': believes('ttls', (data) => data.length === 0),
  'rfc3748-4.2-success-of-the-peer-in-tunnel': believes('ttls', (data) => data[8] === eapCodes.success),
  'rfc3748-4.2-wrong-password-in-tunnel': believes('ttls', (data) => data.length > 0),
  ...Object.fromEntries(
    ['2', '3', '4'].flatMap((section) =>
      ['challenge', 'identifier'].map((what) => [
        `rfc5281-11.2.${section}-${what}-of-the-peer`,
        bentTls('ttls', { tunnel: peersChallenge }),
      ]),
    ),
  ),
  'rfc5281-11.2.4-proof-of-server': bentTls('ttls', { tunnel: withoutProof }),
  'rfc5281-10.1-unknown-mandatory-avp': lenient,
  'rfc5281-10.1-disruptive': lenient,
  'rfc5281-10.1-unknown-optional-avp': refuses('ttls', (data) => data.includes(Buffer.of(0, 0, 0x11, 0x5c))),
  'rfc5281-10.1-reserved-bits': refuses('ttls', (data) => ((data[4] ?? 0) & 0x1f) !== 0),
  'rfc5281-10.1-vendor-zero': refuses('ttls', (data) => ((data[4] ?? 0) & 0x80) !== 0),
  'rfc5281-10.1-length-beyond-message': lenient,
  'rfc5281-10.1-length-below-header': lenient,
  'rfc5281-11.2.5-two-names': lenient,
  'rfc5281-11.2.5-two-passwords': lenient,
  // Takes the identity outside of the tunnel.
  'rfc5281-11.2.5-no-name': mistakes('ttls', (data) =>
    data.length > 0 && data[3] === avpCodes.userPassword
      ? Buffer.concat([writeAvp(avpCodes.userName, Buffer.from('alice')), data])
      : undefined,
  ),
};
