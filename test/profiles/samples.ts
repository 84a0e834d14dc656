// The typed options that the sample documents stand for.

import type {
  MsChapV2Options,
  PeapOptions,
  TeapOptions,
  TlsOptions,
  TtlsOptions,
} from '../../lib/profiles/index.js';

const serverValidation = {
  disablePrompt: true,
  serverNames: ['radius.example.org'],
  trustedRoots: ['0123456789abcdef0123456789abcdef01234567'],
};

export const tls: TlsOptions = {
  credentialsSource: { simpleCertSelection: true },
  serverValidation,
  differentUsername: false,
  performServerValidation: true,
  acceptServerName: true,
};

export const mschapv2: MsChapV2Options = { useWinlogonCredentials: false };

const peap: PeapOptions = {
  serverValidation,
  fastReconnect: true,
  innerEapOptional: false,
  enableQuarantineChecks: false,
  requireCryptoBinding: true,
  performServerValidation: true,
  acceptServerName: true,
  identityPrivacy: { enabled: true, anonymousIdentity: 'anonymous' },
};

export const peapMsChapV2: PeapOptions = { ...peap, inner: { mschapv2 } };
export const peapTls: PeapOptions = { ...peap, inner: { tls } };

const identityPrivacy = { enabled: true, anonymousIdentity: 'anonymous@example.org' };

export const ttlsPap: TtlsOptions = { serverValidation, inner: 'pap', identityPrivacy };
export const ttlsEap: TtlsOptions = { serverValidation, inner: { eap: { mschapv2 } }, identityPrivacy };

export const teap: TeapOptions = {
  serverValidation: {
    ...serverValidation,
    trustedRoots: ['0123456789abcdef0123456789abcdef012345670123456789abcdef01234567'],
    downloadTrustedServerRoot: false,
  },
  inner: [{ tls }, { mschapv2 }],
  identityPrivacy,
};

export const tlsCredentials = {
  username: 'alice@example.org',
  certificate: '89abcdef0123456789abcdef0123456789abcdef',
};

export const msChapV2Credentials = { username: 'alice', password: 'secret', logonDomain: 'EXAMPLE' };
