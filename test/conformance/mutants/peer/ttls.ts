// Peers of EAP-TTLS that are wrong inside the tunnel, each in the way that the case of its name is about.

import { eapCodes } from '../../../../lib/eap/packet.js';
import * as codec from '../../../../lib/methods/tls/ttls-avp.js';
import { TtlsEapPeer } from '../../../../lib/methods/tls/ttls-peer.js';
import { peerFailure } from '../../../../lib/methods/verdicts.js';
import type { PeerMutant } from '../../subjects.js';
import { bentAdvance, bentPeer, credulousMschapv2, otherResult } from '../tls-peer.js';
import { mistakes } from '../tools.js';

/** Reads no AVP behind its own, and believes EAP-Success. */
const deaf = (name: 'ttls' | 'ttlsMschapv2'): PeerMutant =>
  bentPeer(name, {
    tunnel(healthy, begin) {
      let hasBegun = false;
      const hardOfHearing = bentAdvance(healthy, (_data, _connection, go) => {
        if (hasBegun) return { kind: 'send' };
        hasBegun = true;
        return go();
      });
      return otherResult({ isSuccess: true })(hardOfHearing, begin);
    },
  });

export const ttlsPeerMutants: Readonly<Record<string, PeerMutant>> = {
  'rfc5281-10.1-unknown-mandatory-avp-of-server': deaf('ttls'),
  'rfc5281-10.1-unknown-vendor-avp-of-server': deaf('ttls'),
  'rfc5281-10.1-avp-beyond-message-of-server': deaf('ttls'),
  // Refuses what it does not know.
  'rfc5281-10.1-unknown-optional-avp-in-ttls': bentPeer('ttlsMschapv2', {
    tunnel: (healthy) =>
      bentAdvance(healthy, (data, _connection, go) =>
        (codec.readAvps(data) ?? []).some(({ code }) => code === 4444)
          ? { kind: 'fail', failure: peerFailure('It is not content.') }
          : go(),
      ),
  }),
  // Repeats the version of its server.
  'rfc5281-9.2.1-version-of-the-peer': mistakes((eap, { pending }) => {
    if (eap[4] !== 21 || ((pending?.[5] ?? 0) & 0x20) === 0) return undefined;
    const copy = Buffer.from(eap);
    copy[5] = (copy[5] ?? 0) | 7;
    return copy;
  }),
  'rfc5281-11.2.4-two-proofs': deaf('ttlsMschapv2'),
  'rfc2759-5-wrong-proof-in-ttls': deaf('ttlsMschapv2'),
  'rfc2759-5-no-proof-in-ttls': deaf('ttlsMschapv2'),
  'rfc2759-5-wrong-proof-in-ttls-eap': bentPeer('ttlsEap', {
    tunnel: (_healthy, begin) => new TtlsEapPeer([credulousMschapv2], begin),
  }),
  // Takes the inner EAP-Success for its own end.
  'rfc3748-4.2-success-in-ttls-eap': bentPeer('ttlsEap', {
    tunnel(healthy, begin) {
      let hasSucceeded = false;
      const naive = bentAdvance(healthy, (data, _connection, go) => {
        const inner = codec.eapMessage(codec.readAvps(data) ?? []);
        hasSucceeded ||= inner?.[0] === eapCodes.success;
        return go();
      });
      return {
        ...naive,
        getResult: (reason, connection) =>
          hasSucceeded
            ? otherResult({ isSuccess: true })(healthy, begin).getResult(reason, connection)
            : healthy.getResult(reason, connection),
      };
    },
  }),
};
