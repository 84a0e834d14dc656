// What RFC 5280, and the methods that run in TLS (RFC 5216, RFC 9190), demand of a peer that judges the certificate of
// its server, and which versions of TLS it may agree to (RFC 8996).

import { constants } from 'node:crypto';
import { createSecureContext, type SecureVersion } from 'node:tls';
import { pemList } from '../../../methods/tls/trust.js';
import type { TlsIdentity } from '../../../methods/tls/options.js';
import { makeTestAuthority } from '../../../methods/tls/test-authority.js';
import { demand, NotApplicable } from '../../case.js';
import { issuedBy, issuerOf, ownCertificate } from '../../certificates.js';
import { type CaseRow, peerCases } from '../../kinds.js';
import type { PeerProbe, PeerServer } from '../../peer-probe.js';
import { finishesWith, serverOf, tlsTypeOf } from '../../tls-servers.js';

const methods = ['tls'] as const;

/** The names of the certificate that the peer accepts. */
function namesOf(identity: TlsIdentity) {
  const { subject, subjectAltName = '' } = ownCertificate(identity);
  const [, name = 'server'] = /^CN=(.+)$/mu.exec(subject) ?? [];
  const dnsNames = [...subjectAltName.matchAll(/DNS:([^,\s]+)/gu)].map(([, host = '']) => host);
  return { name, purpose: 'server', ...(dnsNames.length > 0 && { dnsNames }) } as const;
}

/** One of the certificates that the tester has to give. */
function given(probe: PeerProbe, name: keyof NonNullable<PeerServer['badCertificates']>): TlsIdentity {
  const certificate = serverOf(probe).badCertificates?.[name];
  if (!certificate) throw new NotApplicable(`no certificate of a server is given that is ${name}`);
  return certificate;
}

type Row = Pick<CaseRow<PeerProbe>, 'id' | 'level' | 'keyword' | 'remedy'>;

/** The peer must not finish the handshake with a server of this certificate. */
const refusal = (row: Row, what: string, make: (probe: PeerProbe) => TlsIdentity): CaseRow<PeerProbe> => ({
  ...row,
  title: `refuse a server ${what}`,
  methods,
  async run(probe) {
    const certificate = make(probe);
    demand(!(await finishesWith(probe, { certificate })), `it finished the handshake with a server ${what}`);
  },
});

/** The peer must not agree to this version of TLS. */
const oldVersion = (id: string, name: string, version: SecureVersion): CaseRow<PeerProbe> => ({
  id,
  title: `not agree to ${name}`,
  level: 'MUST',
  methods,
  remedy: 'offer TLS 1.2 and TLS 1.3 alone, and end with protocol_version where a server chooses another',
  async run(probe) {
    const { cert, key, pfx, passphrase } = serverOf(probe).certificate;
    const context = createSecureContext({
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      ...(cert !== undefined && { cert: pemList(cert, 'cert') }),
      ...(key !== undefined && { key: typeof key === 'string' ? key : Buffer.from(key) }),
      ...(pfx && { pfx: Buffer.from(pfx) }),
      ...(passphrase !== undefined && { passphrase }),
    });
    demand(!(await finishesWith(probe, { context })), `it finished the handshake in ${name}`);
  },
});

const alertRecord = 0x15;

export const certificatePeerCases = [
  ...peerCases('RFC 5280', [
    refusal(
      {
        id: 'rfc5280-6.1.3-signature-of-server',
        level: 'MUST',
        remedy: 'verify the signature of each certificate with the key of the authority, not its name alone',
      },
      'whose issuer has the name of a trusted authority and another key',
      (probe) => {
        const { certificate } = serverOf(probe);
        const { ca, issue } = makeTestAuthority({ name: issuerOf(certificate) });
        const { cert, key } = issue(namesOf(certificate));
        return { cert: cert + ca, key };
      },
    ),
    refusal(
      {
        id: 'rfc5280-6.1.4-issuer-of-server-is-no-authority',
        level: 'MUST',
        keyword: 'indicative',
        remedy: 'demand basicConstraints with CA true, and keyCertSign, of each issuer in a chain',
      },
      'whose certificate another server has issued with its own',
      (probe) => {
        const { certificate } = serverOf(probe);
        return issuedBy(certificate, namesOf(certificate));
      },
    ),
    refusal(
      {
        id: 'rfc5280-6.1.3-expired-server',
        level: 'MUST',
        remedy: 'compare notAfter of each certificate with the time',
      },
      'whose certificate has expired',
      (probe) => given(probe, 'expired'),
    ),
    refusal(
      {
        id: 'rfc5280-6.1.3-server-of-the-future',
        level: 'MUST',
        remedy: 'compare notBefore of each certificate with the time',
      },
      'whose certificate is not valid yet',
      (probe) => given(probe, 'notYetValid'),
    ),
    refusal(
      {
        id: 'rfc5280-4.2.1.12-client-as-server',
        level: 'MUST',
        remedy: 'demand serverAuth where the certificate of a server names purposes',
      },
      'whose certificate is for clients only',
      (probe) => given(probe, 'forClients'),
    ),
    refusal(
      {
        id: 'rfc5280-6.1.3-revoked-server',
        // RFC 5216, 5.4 lets it look only when it has the network, behind the handshake.
        level: 'SHOULD',
        remedy: 'look each certificate of the chain up in the revocation lists of its authority',
      },
      'whose certificate has been revoked',
      (probe) => given(probe, 'revoked'),
    ),
  ]),
  ...peerCases('RFC 9190', [
    refusal(
      {
        id: 'rfc9190-2.2-server-of-another-name',
        level: 'SHOULD',
        remedy: 'compare the names of the certificate with those that the server may have',
      },
      'of another name than it expects',
      (probe) => given(probe, 'otherName'),
    ),
  ]),
  ...peerCases('RFC 5216', [
    {
      id: 'rfc5216-2.1.3-alert-for-server',
      title: 'send a TLS alert when it refuses its server, in TLS 1.2',
      level: 'MAY',
      methods,
      remedy: 'send an alert such as unknown_ca in a Response, and wait for EAP-Failure',
      async run(probe) {
        const certificate = makeTestAuthority().issue(namesOf(serverOf(probe).certificate));
        const isFinished = await finishesWith(probe, { certificate, version: 'TLSv1.2' });
        if (isFinished) throw new NotApplicable('it accepted the server');
        const type = tlsTypeOf(probe);
        const last = probe.responses.findLast((response) => response[4] === type);
        const at = ((last?.[5] ?? 0) & 0x80) === 0 ? 6 : 10;
        demand(last?.[at] === alertRecord, `its last Response is ${last?.toString('hex')}`);
      },
    },
  ]),
  ...peerCases('RFC 8996', [
    oldVersion('rfc8996-4-agrees-to-tls10', 'TLS 1.0', 'TLSv1'),
    oldVersion('rfc8996-5-agrees-to-tls11', 'TLS 1.1', 'TLSv1.1'),
  ]),
];
