// EAP-TLS (RFC 5216, RFC 9190) as definitions: peer and authenticator.

import type { X509Certificate } from 'node:crypto';
import { ownOptions, type OptionNames } from '../../base/arguments.js';
import { attributeTypes } from '../../eap/attributes.js';
import { eapErrorCodes } from '../../base/error-codes.js';
import type { IdentityRequest, PeerResultReason, ProvedIdentity, MethodWith } from '../../hosts/method.js';
import { checkUsers } from '../users.js';
import { decodeCredentials, encodeCredentials, identityOf, wipeCredentials } from '../credentials.js';
import { refused, peerFailure } from '../verdicts.js';
import { type ClientPolicy, TlsAuthenticator, TlsAuthenticatorKit } from './authenticator.js';
import {
  authenticatorSettingsNames,
  peerSettingsNames,
  identityNames,
  type TlsAuthenticatorSettings,
  type TlsIdentity,
  type TlsMethod,
  type TlsPeerSettings,
  tlsProperties,
} from './options.js';
import { TlsPeer, TlsPeerKit } from './peer.js';
import { PeerSetups } from './profile.js';
import { certificateNames } from './server-names.js';
import { clientJudge, type ClientTrust, badOption } from './trust.js';
import {
  type AuthenticatorTunnel,
  type AuthenticatorTunnelStep,
  commitment,
  type Connection,
  type PeerTunnel,
  type PeerTunnelResult,
  type PeerTunnelStep,
} from './tunnel.js';
import { certificateIdentifier, certificateUserNames, type CertificateUsers } from './user-certificate.js';

/** The options of EAP-TLS' peer: which server to trust, and its certificate. */
export interface EapTlsPeerOptions extends TlsPeerSettings, TlsIdentity {
  /**
   * For EAP-Response/Identity, which travels in the clear. When left out: the user name of the user blob, where there
   * is one, else the certificate's e-mail address, DNS name or common name.
   */
  readonly identity?: string;
}

/** The options of EAP-TLS' authenticator. */
export interface EapTlsAuthenticatorOptions extends TlsAuthenticatorSettings, CertificateUsers {
  /** The authorities of peers' certificates. */
  readonly clients: ClientTrust;
}

const peerNames: OptionNames<EapTlsPeerOptions> = {
  ...peerSettingsNames,
  ...identityNames,
  identity: 'string',
};
const authenticatorNames: OptionNames<EapTlsAuthenticatorOptions> = {
  ...authenticatorSettingsNames,
  ...certificateUserNames,
  clients: 'object',
};

const method: TlsMethod = { type: 13, commitment: 'always', keyLabel: 'client EAP encryption' };

const definition = {
  type: { type: method.type },
  name: 'EAP-TLS',
  properties: tlsProperties,
};

class EapTlsPeerTunnel implements PeerTunnel {
  readonly #certificate: X509Certificate | undefined;
  #name: string | undefined;
  /** A login gives another name; the certificate stays. */
  readonly inner = { setCredentials: (identity: string): void => void (this.#name = identity) };

  constructor(certificate: X509Certificate | undefined, name: string | undefined) {
    this.#certificate = certificate;
    this.#name = name;
  }

  proof(): Uint8Array | undefined {
    const [certificate, name] = [this.#certificate, this.#name];
    if (!certificate || name === undefined) return undefined;
    return Buffer.from(`${certificate.fingerprint256} ${name}`);
  }

  advance(data: Buffer): PeerTunnelStep {
    if (data.length === 0) return { kind: 'send' };
    return {
      kind: 'fail',
      failure: peerFailure(
        'The server sent application data that EAP-TLS does not have.',
        'EAP_E_EAPHOST_REMOTE_INVALID_PACKET',
      ),
    };
  }

  getResult(reason: PeerResultReason): PeerTunnelResult {
    if (reason === 'success') return { isSuccess: true };
    return {
      isSuccess: false,
      failureReasonCode:
        reason === 'failure'
          ? eapErrorCodes.EAP_E_USER_CREDENTIALS_REJECTED
          : eapErrorCodes.EAP_E_AUTHENTICATION_FAILED,
      rootCause:
        reason === 'failure'
          ? 'The server refused the peer after TLS was established.'
          : 'The server ended the conversation without a word after TLS was established.',
    };
  }
}

class EapTlsAuthenticatorTunnel implements AuthenticatorTunnel {
  readonly #policy: ClientPolicy;

  constructor(policy: ClientPolicy) {
    this.#policy = policy;
  }

  advance(
    data: Buffer,
    { version }: Connection,
    proved: ProvedIdentity | undefined,
  ): AuthenticatorTunnelStep {
    if (data.length > 0) return { verdict: refused(eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET) };
    const { identity, certificate } = proved ?? {};
    // A resumed connection that nobody remembers has proved nothing.
    if (!certificate) return { verdict: refused() };
    const verdict = {
      isSuccess: true,
      ...proved,
      attributes:
        identity === undefined ? [] : [{ type: attributeTypes.PeerId, value: Buffer.from(identity) }],
      mayResume: (claimed: string) => mayUse(this.#policy, certificate, claimed),
    };
    return version === 'TLSv1.3' ? { data: commitment, verdict } : { verdict };
  }
}

/**
 * EAP-TLS (type 13) as peer, over TLS 1.2 and 1.3. On success it exports an MSK of 64 octets, an EMSK and a session
 * id; rejecting the server is a result, such as `EAP_E_SERVER_ROOT_CERT_NOT_FOUND`. Its connection blob is that of
 * `configFromXml`, or empty; its user blob that of `encodeCredentials` with an identity and perhaps a certificate's
 * hash, or empty.
 * @throws TlsOptionsError for certificates that cannot be used, and where no server is trusted
 * @example
 * ```ts
 * import { openEapHost } from 'eaphost';
 * import { parseServerNames, tlsPeer } from 'eaphost/methods';
 *
 * const method = tlsPeer({ ca, serverNames: parseServerNames('radius.example.org'), cert, key });
 * await using eaphost = await openEapHost({ runtime: 'embedded', methods: [method] });
 * await using session = await eaphost.beginSession({ method: 'tls' });
 * ```
 */
export function tlsPeer(given: EapTlsPeerOptions): MethodWith<'peer'> {
  const options = ownOptions(given, 'options', peerNames);
  const setups = new PeerSetups(method.type, options, (profile) => new TlsPeerKit(method, options, profile));
  return {
    ...definition,
    peer: {
      getIdentity(request) {
        const user = userOf(setups.of(request.config), request);
        const { identity = user } = options;
        if (identity === undefined) {
          throw badOption('Give `identity`, credentials, or a certificate to take it from');
        }
        return { identity, credentials: blobOf(setups.of(request.config), identity, request) };
      },
      beginSession(begin) {
        const kit = setups.of(begin.config);
        const name = userOf(kit, begin);
        return new TlsPeer(kit, new EapTlsPeerTunnel(kit.certificate, name), begin);
      },
    },
  };
}

/**
 * EAP-TLS as authenticator. On success it exports an MSK of 64 octets, an EMSK and a session id, and tells which name
 * the certificate proves; rejecting a certificate, or one that is not this user's, is a result.
 * @throws TlsOptionsError for certificates that cannot be used
 */
export function tlsAuthenticator(given: EapTlsAuthenticatorOptions): MethodWith<'authenticator'> {
  const options = ownOptions(given, 'options', authenticatorNames, ['clients']);
  if (options.users !== undefined) checkUsers(options.users);
  const policy = {
    ...clientJudge(ownOptions(options.clients, 'clients', { ca: true, crl: true }, ['ca']), options),
    identify: certificateIdentifier(options),
  };
  const kit = new TlsAuthenticatorKit(method, options, policy);
  return {
    ...definition,
    authenticator: {
      beginSession: (begin) => new TlsAuthenticator(kit, new EapTlsAuthenticatorTunnel(policy), begin),
      mayResume: async ({ identity = '', certificate }) =>
        certificate !== undefined && mayUse(policy, certificate, identity),
    },
  };
}

async function mayUse(policy: ClientPolicy, certificate: X509Certificate, claimed: string) {
  return !('alert' in (await policy.identify(certificate, claimed)));
}

/**
 * The name of the user blob, or else of the certificate; undefined if there is neither.
 * @throws TlsOptionsError where the user blob names another certificate than the method has
 */
function userOf({ certificate }: TlsPeerKit, { credentials }: IdentityRequest): string | undefined {
  if (credentials.length > 0) {
    const decoded = decodeCredentials(credentials);
    wipeCredentials(decoded);
    const own = certificate && hashOf(certificate);
    if (decoded.certificate === '' || decoded.certificate === own) return identityOf(decoded);
    throw badOption(
      `The credentials name the certificate ${decoded.certificate}, the method has ${own ?? 'none'}`,
    );
  }
  if (!certificate) return undefined;
  const [, mail] = /(?:^|, )email:([^,"]+)/u.exec(certificate.subjectAltName ?? '') ?? [];
  return mail ?? certificateNames(certificate)[0] ?? 'anonymous';
}

/** The user blob as it is, or one that names the certificate: what tells the user from others. */
function blobOf({ certificate }: TlsPeerKit, identity: string, { credentials }: IdentityRequest): Uint8Array {
  if (credentials.length > 0 || !certificate || identity === '') return credentials;
  return encodeCredentials({ username: identity, password: '', certificate: hashOf(certificate) });
}

/** SHA-1 in lower-case hex, as user blobs have it. */
function hashOf({ fingerprint }: X509Certificate): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
