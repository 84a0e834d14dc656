// The certificates that other sides show. Node builds a chain anew each time that it is asked, which costs as much as
// the handshake; of a certificate that was found good once it is kept.

import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { isObject } from '../../base/guards.js';

/** The verdict on the other side's certificate, before this side's names and pins are compared. */
export interface PeerCertificate {
  readonly certificate: X509Certificate;
  /** OpenSSL's name of what is wrong with the chain, such as `CERT_HAS_EXPIRED`. */
  readonly chainError?: string;
  /** The chain behind it, as far as it is known; the last is its root. */
  readonly issuers: readonly X509Certificate[];
}

const maxChains = 256;

/** The good chains that were shown to connections with the same authorities. */
export class CertificateChains {
  /** By the octets of the first certificate. */
  readonly #good = new Map<string, PeerCertificate>();

  /** What the other side shows, with OpenSSL's verdict on it now; undefined while it is not there. */
  shownBy(socket: TLSSocket): PeerCertificate | undefined {
    // Not getPeerX509Certificate(): in Node 20 it takes the certificate out of the connection's chain.
    const { raw }: Partial<DetailedPeerCertificate> = socket.getPeerCertificate(false) ?? {};
    if (!raw) return undefined;
    const chainError = verifyError(socket);
    if (chainError !== undefined) return { ...chainOf(socket, raw), chainError };
    return this.#good.get(keyOf(raw)) ?? chainOf(socket, raw);
  }

  /** Keeps what a side has shown and proved to own: anybody can show another's certificate, under a chain of his choice. */
  keep(shown: PeerCertificate | undefined): void {
    if (!shown || shown.chainError !== undefined) return;
    this.#good.set(keyOf(shown.certificate.raw), shown);
    const [oldest] = this.#good.keys();
    if (this.#good.size > maxChains && oldest !== undefined) this.#good.delete(oldest);
  }
}

const keyOf = (raw: Buffer): string => raw.toString('latin1');

function chainOf(socket: TLSSocket, raw: Buffer): PeerCertificate {
  return {
    certificate: new X509Certificate(raw),
    issuers: issuersOf(socket.getPeerCertificate(true)),
  };
}

/**
 * OpenSSL's verdict on the chain. Node tells it when the handshake is over, too late for an alert in TLS 1.2; so its
 * handle is asked. Never without a certificate: Node 20 crashes then.
 */
function verifyError(socket: TLSSocket): string | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  const verify = isObject(handle) ? handle['verifyError'] : undefined;
  if (typeof verify !== 'function') return 'UNSPECIFIED';
  const error: unknown = Reflect.apply(verify, handle, []);
  if (!isObject(error)) return undefined;
  return typeof error['code'] === 'string' ? error['code'] : 'UNSPECIFIED';
}

/** The last certificate of a chain is its own issuer, or has none that is known. */
function issuersOf(leaf: Partial<DetailedPeerCertificate>): X509Certificate[] {
  const issuers: X509Certificate[] = [];
  for (let last = leaf; last.issuerCertificate && last.issuerCertificate !== last;) {
    last = last.issuerCertificate;
    if (last.raw) issuers.push(new X509Certificate(last.raw));
  }
  return issuers;
}
