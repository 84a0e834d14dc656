// Peers of PEAP that are wrong inside the tunnel, each in the way that the case of its name is about.

import { eapCodes } from '../../../../lib/eap/packet.js';
import { mschapv2 } from '../../../../lib/methods/mschapv2.js';
import type { MethodDefinition } from '../../../../lib/hosts/method.js';
import { peapPeer } from '../../../../lib/methods/tls/index.js';
import { InnerPeer } from '../../../../lib/methods/tls/inner-peer.js';
import * as tlv from '../../../../lib/methods/tls/peap-tlv.js';
import type { PeerTunnel } from '../../../../lib/methods/tls/tunnel.js';
import { peerFailure } from '../../../../lib/methods/verdicts.js';
import { ca, type PeerMutant } from '../../subjects.js';
import { bentAdvance, bentPeer, credulousMschapv2 } from '../tls-peer.js';
import { mistakes } from '../tools.js';

const refusal = { kind: 'fail', failure: peerFailure('It is not content.') } as const;

/** Answers every extensions packet by a Result TLV of success, and believes it whatever was in it. */
const naive = (method: MethodDefinition, ...more: readonly Uint8Array[]): PeerMutant =>
  bentPeer('peap', {
    tunnel(_healthy, begin): PeerTunnel {
      const inner = new InnerPeer([method], begin, tlv.strip);
      let isDone = false;
      return {
        inner,
        proof: () => undefined,
        async advance(data, { id }) {
          if (data.length === 0) return { kind: 'send' };
          if (data[0] === eapCodes.success && data.length === 4) {
            isDone = true;
            return { kind: 'send' };
          }
          const request = tlv.restore(data, eapCodes.request, id);
          if (!tlv.isExtensionsRequest(request)) return inner.answer(request);
          isDone = true;
          const success = tlv.resultTlv(tlv.tlvResults.success);
          const packet = tlv.writeExtensions(eapCodes.response, request[1] ?? 0, [success, ...more]);
          return { kind: 'send', data: packet };
        },
        getResult: (reason) =>
          isDone && reason === 'success' ? { isSuccess: true } : { isSuccess: false, ...refusal.failure },
        end: () => inner.end(),
      };
    },
  });

const believer = naive(mschapv2);
/** Sends a crypto-binding of its own, but does not look at that of its server. */
const blindBinder = naive(
  mschapv2,
  tlv.bindingTlv({ ipmk: Buffer.alloc(40), cmk: Buffer.alloc(20) }, tlv.bindingSubTypes.response),
);

/** Refuses extensions packets of this kind. */
const touchy = (isRefused: (packet: Buffer) => boolean): PeerMutant =>
  bentPeer('peap', {
    tunnel: (healthy) =>
      bentAdvance(healthy, (data, _connection, go) => (data[4] === 33 && isRefused(data) ? refusal : go())),
  });

/** Answers inner requests of this kind with these octets, the type first. */
const answering = (isTaken: (request: Buffer) => boolean, octets: Uint8Array): PeerMutant =>
  bentPeer('peap', {
    tunnel: (healthy) =>
      bentAdvance(healthy, (data, _connection, go) =>
        isTaken(data) ? { kind: 'send', data: octets } : go(),
      ),
  });

export const peapPeerMutants: Readonly<Record<string, PeerMutant>> = {
  'mspeap-3.2.5.4.7-result-before-inner-method': believer,
  'mspeap-3.2.5.4.7-bound-result-before-inner-method': believer,
  'mspeap-3.2.5.4.7-result-behind-identity': believer,
  'mspeap-3.2.5.4.7-result-in-inner-method': believer,
  'mspeap-3.1.5.1-result-of-failure': believer,
  'mspeap-3.2.5.4.7-results-that-differ': believer,
  'mspeap-3.1.5.1-result-of-zero': believer,
  'mspeap-3.1.5.1-success-in-place-of-identity-request': believer,
  'mspeap-3.1.5.1-success-in-place-of-result': believer,
  'mspeap-3.2.5.3-binding-altered': blindBinder,
  'mspeap-3.2.5.3-binding-without-inner-keys': blindBinder,
  'mspeap-3.2.5.3-binding-without-tunnel-keys': blindBinder,
  'mspeap-3.2.5.3-binding-of-a-response': blindBinder,
  'mspeap-3.1.1-binding-missing': {
    peer: peapPeer({ ca, methods: [mschapv2], resumption: false, cryptoBinding: 'optional' }),
  },
  'mspeap-2.2.4-unknown-mandatory-of-server': believer,
  'mspeap-2.2.4-tlv-beyond-packet-of-server': believer,
  'mspeap-2.2.4-unknown-optional-of-server': touchy((packet) => packet.includes(Buffer.of(0x12, 0x34, 0, 2))),
  'mspeap-2.2.4-reserved-bit-of-server': touchy((packet) => packet[5] === 0xc0),
  'mspeap-2.2.8.1-binding-before-result': touchy((packet) => packet[6] === 12),
  // Repeats the version of its server.
  'mspeap-3.2.5.2-version-of-the-peer': mistakes((eap, { pending }) => {
    if (eap[4] !== 25 || ((pending?.[5] ?? 0) & 0x20) === 0) return undefined;
    const copy = Buffer.from(eap);
    copy[5] = (copy[5] ?? 0) | 1;
    return copy;
  }),
  'mspeap-3.2.5.4.2-nak-of-inner-method': answering((data) => data[0] === 200, Buffer.of(200, 1)),
  'mspeap-3.1.5.6-password-asked-behind-method': answering(
    (data) => data[0] === 6,
    Buffer.from('\x06a secret apple'),
  ),
  'rfc2759-5-wrong-proof-in-peap': naive(credulousMschapv2),
};
