// Peers of TLS methods that are made of our own parts, one of which is another: what is wrong inside of TLS cannot be
// put there from outside.

import { eapCodes, eapPacket } from '../../../lib/eap/packet.js';
import type { MethodWith, PeerBegin } from '../../../lib/hosts/method.js';
import { mschapv2 } from '../../../lib/methods/mschapv2.js';
import type { TlsMethod, TlsPeerSettings } from '../../../lib/methods/tls/options.js';
import { PeapPeer } from '../../../lib/methods/tls/peap-peer.js';
import { TlsPeer, TlsPeerKit } from '../../../lib/methods/tls/peer.js';
import { TtlsEapPeer, TtlsPasswordPeer } from '../../../lib/methods/tls/ttls-peer.js';
import type {
  Connection,
  PeerTunnel,
  PeerTunnelResult,
  PeerTunnelStep,
} from '../../../lib/methods/tls/tunnel.js';
import { ca, identity, offers, own, type PeerMutant } from '../subjects.js';

type PeerName = 'tls' | 'peap' | 'ttls' | 'ttlsMschapv2' | 'ttlsEap';

const ttls: TlsMethod = { type: 21, version: 0, commitment: 'resumed', keyLabel: 'ttls keying material' };
const tlsMethods: Readonly<Record<PeerName, TlsMethod>> = {
  tls: { type: 13, commitment: 'always', keyLabel: 'client EAP encryption' },
  peap: { type: 25, version: 0, alwaysLength: true, keyLabel: 'client EAP encryption' },
  ttls,
  ttlsMschapv2: ttls,
  ttlsEap: ttls,
};

const tunnels: Readonly<Record<PeerName, (begin: PeerBegin) => PeerTunnel>> = {
  tls: () => ({
    proof: () => undefined,
    advance: (data) => (data.length === 0 ? { kind: 'send' } : { kind: 'fail', failure: wrong }),
    getResult: (reason) => (reason === 'success' ? { isSuccess: true } : { isSuccess: false, ...wrong }),
  }),
  peap: (begin) => new PeapPeer([mschapv2], begin, 'required'),
  ttls: (begin) => new TtlsPasswordPeer('pap', begin),
  ttlsMschapv2: (begin) => new TtlsPasswordPeer('mschapv2', begin),
  ttlsEap: (begin) => new TtlsEapPeer([mschapv2], begin),
};

const wrong = { failureReasonCode: 1, rootCause: 'The server said what EAP-TLS does not have.' };

/** What is another. */
export interface PeerBend {
  readonly settings?: TlsPeerSettings;
  readonly tunnel?: (healthy: PeerTunnel, begin: PeerBegin) => PeerTunnel;
  readonly kit?: (kit: TlsPeerKit) => void;
}

/** A peer of this method with one part of it bent. */
export function bentPeer(name: PeerName, { settings, tunnel, kit: bendKit }: PeerBend): PeerMutant {
  const method = tlsMethods[name];
  const kit = new TlsPeerKit(method, { ca, ...(name === 'tls' && own), resumption: false, ...settings });
  bendKit?.(kit);
  const peer: MethodWith<'peer'> = {
    type: { type: method.type },
    name: `a bent ${name}`,
    properties: 0,
    peer: {
      getIdentity: (request) =>
        name === 'tls'
          ? { identity, credentials: request.credentials }
          : offers[name].peer.peer.getIdentity(request),
      beginSession(begin) {
        const inside = tunnels[name](begin);
        return new TlsPeer(kit, tunnel?.(inside, begin) ?? inside, begin);
      },
    },
  };
  return { peer };
}

/** The tunnel with another way to go on; `healthy` is the one that it has. */
export function bentAdvance(
  healthy: PeerTunnel,
  advance: (
    data: Buffer,
    connection: Connection,
    healthy: () => Promise<PeerTunnelStep>,
  ) => PeerTunnelStep | Promise<PeerTunnelStep>,
): PeerTunnel {
  return {
    ...(healthy.inner && { inner: healthy.inner }),
    proof: () => healthy.proof(),
    advance: (data, connection) => advance(data, connection, async () => healthy.advance(data, connection)),
    getResult: (reason, connection) => healthy.getResult(reason, connection),
    end: () => healthy.end?.(),
  };
}

/** The tunnel with another result where EAP-Success has come. */
export function otherResult(other: Partial<PeerTunnelResult>): NonNullable<PeerBend['tunnel']> {
  return (healthy) => ({
    ...bentAdvance(healthy, (_data, _connection, go) => go()),
    async getResult(reason, connection) {
      const result = await healthy.getResult(reason, connection);
      return reason === 'success' ? { ...result, ...other } : result;
    },
  });
}

/** EAP-MSCHAPv2 that acknowledges every Success packet, whatever its proof is, and believes it. */
export const credulousMschapv2: MethodWith<'peer'> = {
  ...mschapv2,
  peer: {
    ...mschapv2.peer,
    async beginSession(begin) {
      const healthy = await mschapv2.peer.beginSession(begin);
      let isDone = false;
      return {
        processRequest(packet) {
          if (packet[5] !== 3) return healthy.processRequest(packet);
          isDone = true;
          return { action: 'send', packet: eapPacket(eapCodes.response, packet[1] ?? 0, Buffer.of(26, 3)) };
        },
        getResult: (reason) =>
          isDone && reason === 'success' ? { isSuccess: true } : healthy.getResult(reason),
        end: () => healthy.end(),
      };
    },
  },
};
