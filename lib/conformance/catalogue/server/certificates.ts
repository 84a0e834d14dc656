// What EAP-TLS (RFC 5216, RFC 9190) and RFC 5280 demand of a server that judges the certificate of a peer.

import { makeTestAuthority } from '../../../methods/tls/test-authority.js';
import type { TlsVersion } from '../../../methods/tls/engine.js';
import type { TlsIdentity } from '../../../methods/tls/options.js';
import { radiusCodes } from '../../../radius/packet.js';
import { demand, NotApplicable } from '../../case.js';
import { issuedBy, issuerOf } from '../../certificates.js';
import { serverCases } from '../../kinds.js';
import { answerName, type ServerProbe, type ServerTarget } from '../../server-probe.js';
import { TlsConversation } from '../../tls-conversation.js';
import { onlyEapTls } from '../../tls-probe.js';

const methods = ['tls'] as const;

/** A certificate of a name that the user goes by, of an authority that nobody trusts. */
function foreign({ target }: ServerProbe, authority?: { readonly name: string }): TlsIdentity {
  const { ca, issue } = makeTestAuthority(authority);
  const { cert, key } = issue({ name: target.identity, purpose: 'client' });
  return { cert: cert + ca, key };
}

/** One of the certificates that the tester has to give. */
function given(
  { target }: ServerProbe,
  name: keyof NonNullable<ServerTarget['badCertificates']>,
): TlsIdentity {
  const certificate = target.badCertificates?.[name];
  if (!certificate) throw new NotApplicable(`no certificate is given that is ${name}`);
  return certificate;
}

/** The peer shows a certificate that must not be accepted; what TLS was told about it. */
async function expectRefused(
  probe: ServerProbe,
  certificate: TlsIdentity | 'none',
  what: string,
  version?: TlsVersion,
): Promise<number | undefined> {
  onlyEapTls(probe);
  using tls = await TlsConversation.open(probe, { certificate, ...(version && { version }) });
  let flights = 0;
  let answer = await tls.handshake((flight) => {
    flights++;
    return flight;
  });
  if (!answer && !tls.engine.failure) answer = await tls.acknowledge();
  demand(answer?.code !== radiusCodes.accessAccept, `${what} got ${answerName(answer)}`);
  // The certificate goes with the second flight.
  if (version && flights < 2) throw new NotApplicable(`it has no ${version}`);
  return tls.engine.failure?.alert;
}

async function expectAlert(probe: ServerProbe, version: TlsVersion): Promise<void> {
  const what = 'a certificate of an authority that nobody trusts';
  const alert = await expectRefused(probe, foreign(probe), what, version);
  demand(alert !== undefined, `${what} got no alert`);
}

/** A certificate that the user's own one has signed, which is no authority. */
function issuedByUser({ target }: ServerProbe): TlsIdentity {
  if (!target.certificate) throw new NotApplicable('the certificate of the user is not known');
  return issuedBy(target.certificate, { name: target.identity, purpose: 'client' });
}

export const certificateServerCases = [
  ...serverCases('RFC 5216', [
    {
      id: 'rfc5216-5.3-authority-unknown',
      title: 'refuse a certificate of an authority that it does not trust',
      level: 'SHOULD',
      remedy: 'validate the chain of the peer’s certificate up to a configured authority',
      methods,
      run: async (probe) =>
        void (await expectRefused(probe, foreign(probe), 'a certificate of an authority that nobody trusts')),
    },
    {
      id: 'rfc5216-5.3-purpose',
      title: 'refuse a certificate that is for servers only',
      level: 'SHOULD',
      remedy: 'demand clientAuth where the certificate of a peer names purposes',
      methods,
      run: async (probe) =>
        void (await expectRefused(probe, given(probe, 'forServers'), 'a certificate for servers')),
    },
    {
      id: 'rfc5216-2.1.3-alert-for-certificate',
      title: 'send a TLS alert where it refuses a certificate, in TLS 1.2',
      level: 'SHOULD',
      sameCauseAs: 'rfc5216-2.1.3-alert',
      remedy: 'send an alert such as unknown_ca in an EAP-Request before EAP-Failure',
      methods,
      run: (probe) => expectAlert(probe, 'TLSv1.2'),
    },
    {
      id: 'rfc5216-5.4-revoked',
      title: 'refuse a certificate that a revocation list names, in TLS 1.2',
      level: 'MUST',
      remedy: 'load the revocation lists of the authorities, and look each certificate up in them',
      methods,
      run: async (probe) =>
        void (await expectRefused(probe, given(probe, 'revoked'), 'a revoked certificate', 'TLSv1.2')),
    },
  ]),
  ...serverCases('RFC 9190', [
    {
      id: 'rfc9190-2.1.1-no-certificate',
      title: 'require a certificate of the peer, in TLS 1.3',
      level: 'SHOULD',
      remedy: 'ask for the certificate of the peer, and refuse an empty list',
      methods,
      run: async (probe) =>
        void (await expectRefused(probe, 'none', 'a peer without a certificate', 'TLSv1.3')),
    },
    {
      id: 'rfc9190-2.1.4-alert-for-certificate',
      title: 'send a TLS alert where it refuses a certificate, in TLS 1.3',
      level: 'MUST',
      sameCauseAs: 'rfc5216-2.1.3-alert',
      remedy: 'send an alert such as unknown_ca in an EAP-Request before EAP-Failure',
      methods,
      run: (probe) => expectAlert(probe, 'TLSv1.3'),
    },
    {
      id: 'rfc9190-5.4-revoked',
      title: 'refuse a certificate that has been revoked, in TLS 1.3',
      level: 'MUST',
      remedy: 'check each certificate of the chain by revocation lists or by OCSP',
      methods,
      run: async (probe) =>
        void (await expectRefused(probe, given(probe, 'revoked'), 'a revoked certificate', 'TLSv1.3')),
    },
  ]),
  ...serverCases('RFC 5280', [
    {
      id: 'rfc5280-6.1.3-signature',
      title: 'refuse a certificate whose issuer has the name of a trusted authority and another key',
      level: 'MUST',
      remedy: 'verify the signature of each certificate with the key of the authority, not its name alone',
      methods,
      async run(probe) {
        const { certificate } = probe.target;
        if (!certificate) throw new NotApplicable('the certificate of the user is not known');
        await expectRefused(
          probe,
          foreign(probe, { name: issuerOf(certificate) }),
          'a certificate of an authority of the same name',
        );
      },
    },
    {
      id: 'rfc5280-6.1.4-issuer-is-no-authority',
      title: 'refuse a certificate that another user has issued with his own',
      level: 'MUST',
      keyword: 'indicative',
      remedy: 'demand basicConstraints with CA true, and keyCertSign, of each issuer in a chain',
      methods,
      async run(probe) {
        onlyEapTls(probe);
        await expectRefused(probe, issuedByUser(probe), 'a certificate that the user’s own one has signed');
      },
    },
    {
      id: 'rfc5280-6.1.3-expired',
      title: 'refuse a certificate that has expired',
      level: 'MUST',
      remedy: 'compare notAfter of each certificate with the time',
      methods,
      run: async (probe) =>
        void (await expectRefused(probe, given(probe, 'expired'), 'a certificate that has expired')),
    },
    {
      id: 'rfc5280-6.1.3-not-yet-valid',
      title: 'refuse a certificate that is not valid yet',
      level: 'MUST',
      remedy: 'compare notBefore of each certificate with the time',
      methods,
      run: async (probe) =>
        void (await expectRefused(probe, given(probe, 'notYetValid'), 'a certificate that is not valid yet')),
    },
  ]),
];
