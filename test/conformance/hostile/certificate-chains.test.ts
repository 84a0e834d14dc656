// The chains of certificates that a peer keeps: an attacker who shows another's certificate without its key adds none.

import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { createSecureContext } from 'node:tls';

import { CertificateChains, type PeerCertificate } from '../../../lib/methods/tls/chains.js';
import { TlsEngine, type TlsVersion } from '../../../lib/methods/tls/engine.js';
import { certificates } from '../../methods/tls/certificates.js';

/** From the last octet of the signature that proves the key to the end of the flight, in TLS 1.2: ServerHelloDone is a record of its own, of 9 octets. */
const proofEnd = 10;

/** What a client saw that keeps `chains`, of a server whose flights `meddle` may change. */
async function handshake(
  chains: CertificateChains,
  version: TlsVersion,
  meddle: (flight: Buffer) => void = () => undefined,
): Promise<{ readonly isEstablished: boolean; readonly shown: PeerCertificate }> {
  const { ca, chainedServer } = certificates();
  const client = new TlsEngine({
    side: 'client',
    context: createSecureContext({ ca, maxVersion: version }),
    chains,
  });
  const context = createSecureContext(chainedServer);
  const server = new TlsEngine({ side: 'server', context, requestCertificate: false });
  await client.feed(Buffer.alloc(0));
  for (let flights = 0; flights < 3 && client.hasOutput; flights += 1) {
    await server.feed(client.takeOutput());
    const flight = server.takeOutput();
    meddle(flight);
    // The certificate is there before the proof.
    await client.feed(flight.subarray(0, -proofEnd));
    if (!client.isEstablished) client.peerCertificate();
    await client.feed(flight.subarray(-proofEnd));
  }
  const shown = client.peerCertificate();
  ok(shown);
  const { isEstablished } = client;
  client.end();
  server.end();
  return { isEstablished, shown };
}

/** Changes the signature that proves the key, in TLS 1.2. */
function breakSignature(flight: Buffer): void {
  const at = flight.length - proofEnd;
  if (at > 0) flight.writeUInt8((flight[at] ?? 0) ^ 1, at);
}

describe('chains of certificates', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`are built once for who owns the first certificate (${version})`, async () => {
      const chains = new CertificateChains();
      const [first, second] = [await handshake(chains, version), await handshake(chains, version)];
      ok(first.isEstablished && second.isEstablished);
      equal(first.shown, second.shown);
      equal(first.shown.issuers.length, 2);
    });
  }

  it('are not kept of who does not prove to own it', async () => {
    const chains = new CertificateChains();
    const forged = await handshake(chains, 'TLSv1.2', breakSignature);
    equal(forged.isEstablished, false);
    const { isEstablished, shown } = await handshake(chains, 'TLSv1.2');
    ok(isEstablished);
    notEqual(shown, forged.shown);
    equal((await handshake(chains, 'TLSv1.2')).shown, shown);
  });

  it('are not kept where they lead to nobody who is trusted', async () => {
    const chains = new CertificateChains();
    const { ca, foreignServer } = certificates();
    const seen = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const client = new TlsEngine({ side: 'client', context: createSecureContext({ ca }), chains });
      const context = createSecureContext(foreignServer);
      const server = new TlsEngine({ side: 'server', context, requestCertificate: false });
      await client.feed(Buffer.alloc(0));
      await server.feed(client.takeOutput());
      await client.feed(server.takeOutput());
      const shown = client.peerCertificate();
      ok(shown?.chainError);
      seen.push(shown);
      client.end();
      server.end();
    }
    notEqual(seen[0], seen[1]);
  });

  it('are not those of a session that was offered, where a server asks for another hello', async () => {
    const { ca, server: good, expiredServer } = certificates();
    const seen: (string | undefined)[] = [];
    let session: Buffer | undefined;
    for (const settings of [good, { ...expiredServer, ecdhCurve: 'secp384r1' }]) {
      const client = new TlsEngine({ side: 'client', context: createSecureContext({ ca }), session });
      const context = createSecureContext(settings);
      const server = new TlsEngine({ side: 'server', context, requestCertificate: false });
      await client.feed(Buffer.alloc(0));
      while (client.hasOutput) {
        await server.feed(client.takeOutput());
        await client.feed(server.takeOutput());
        const shown = client.peerCertificate();
        seen.push(shown && (shown.chainError ?? 'good'));
      }
      ({ session } = client);
      client.end();
      server.end();
    }
    deepEqual(seen, ['good', 'good', undefined, 'CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED']);
  });
});
