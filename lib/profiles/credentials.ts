// EapHostUserCredentials: typed options, builders and parser. Passwords stand in the document in the clear, and in
// no error.

import { eaphostError } from '../base/errors.js';
import { type FullMethodType, isSameMethodType } from '../eap/names.js';
import { type Codec, sequence } from './codec.js';
import { fieldsOf } from './fields.js';
import { eapCodec } from './eap.js';
import { credentialsDocument, documentsOf, methodType } from './document.js';
import { legacyMethod } from './inner.js';
import { type ParsedElement, vocabulary } from './xml.js';
import type { BlobOptions, ParsedBase, ParseOptions } from './options.js';
import { secretText, sha1Thumbprint, text } from './values.js';

/** Credentials of EAP-TLS. */
export interface TlsCredentials {
  /** The name that is sent as the identity. `Username`. */
  readonly username: string;
  /**
   * SHA-1 thumbprint of the user's certificate: 40 hexadecimal digits, with or without spaces or colons. `UserCert`,
   * written in lower case without separators; left out, the element is written empty and names no certificate.
   */
  readonly certificate?: string;
}

/** Credentials of EAP-MSCHAPv2. Without any of them, Windows takes those of the logged-on user. */
export interface MsChapV2Credentials {
  /** `Username`. */
  readonly username?: string;
  /** `Password`, in the clear. */
  readonly password?: string;
  /** `LogonDomain`; may be empty. */
  readonly logonDomain?: string;
}

/** The inner method's credentials inside PEAP. */
export type PeapInnerCredentials =
  { readonly mschapv2: MsChapV2Credentials } | { readonly tls: TlsCredentials };

/** Credentials of PEAP. */
export interface PeapCredentials {
  /**
   * The outer identity. `RoutingIdentity`: not in Microsoft's schema, but in its samples and in real profiles. Left
   * out, Windows goes by the profile's identity privacy.
   */
  readonly routingIdentity?: string;
  /** `baseEap:Eap`; left out for guest access. */
  readonly inner?: PeapInnerCredentials;
}

/** Credentials of EAP-TTLS with an inner method without EAP (PAP, CHAP, MSCHAP, MSCHAPv2). */
export interface TtlsCredentials {
  /** `Username`. */
  readonly username: string;
  /** `Password`, in the clear. */
  readonly password: string;
}

/** Parsed EapHostUserCredentials, told apart by `method`; `options` go back into the builder of that name. */
export type ParsedCredentials = ParsedBase &
  (
    | { readonly method: 'tls'; readonly options: TlsCredentials }
    | { readonly method: 'mschapv2'; readonly options: MsChapV2Credentials }
    | { readonly method: 'peap'; readonly options: PeapCredentials }
    | { readonly method: 'ttls'; readonly options: TtlsCredentials }
    /** `CredentialsBlob`, of any method. */
    | { readonly method: 'blob'; readonly options: BlobOptions }
    /** A method without typed credentials: `unknown` names what its `Credentials` holds. */
    | { readonly method: 'other' }
  );

const u = vocabulary('BaseEapUserPropertiesV1');
const ut = vocabulary('EapTlsUserPropertiesV1');
const uc = vocabulary('MsChapV2UserPropertiesV1');
const up = vocabulary('MsPeapUserPropertiesV1');
const us = vocabulary('EapTtlsUserPropertiesV1');

const tlsFields = fieldsOf<TlsCredentials>();
const tlsCodec: Codec<TlsCredentials> = sequence([
  tlsFields.one('username', ut('Username'), text, 'required'),
  tlsFields.one('certificate', ut('UserCert'), sha1Thumbprint, 'empty'),
]);

const chapFields = fieldsOf<MsChapV2Credentials>();
const chapCodec: Codec<MsChapV2Credentials> = sequence([
  chapFields.one('username', uc('Username'), text),
  chapFields.one('password', uc('Password'), secretText),
  chapFields.one('logonDomain', uc('LogonDomain'), text),
]);

const innerForms = {
  mschapv2: { type: 26, name: uc('EapType'), codec: chapCodec },
  tls: { type: 13, name: ut('EapType'), codec: tlsCodec },
};

const peapFields = fieldsOf<PeapCredentials>();
const peapCodec: Codec<PeapCredentials> = sequence([
  peapFields.one('routingIdentity', up('RoutingIdentity'), text),
  peapFields.one(
    'inner',
    u('Eap'),
    eapCodec<{ mschapv2: MsChapV2Credentials; tls: TlsCredentials }>(u, innerForms),
  ),
  peapFields.open(up('PeapExtensions')),
]);

const ttlsAdvice =
  'no XML is known that Windows takes for the credentials of EAP-TTLS with an inner EAP method: let the user type ' +
  "them (EAPHost's own dialogs and input fields), or put MSCHAPv2 without EAP inside, " +
  'ttls({ inner: { mschapv2: { useWinlogonCredentials: false } } })';

const teapAdvice =
  "no XML is known that Windows takes for the credentials of TEAP: let the user type them (EAPHost's own dialogs and " +
  "input fields), use certificates of the user's and the machine's store, or the logged-on user's credentials";

const ttlsFields = fieldsOf<TtlsCredentials>();
const ttlsSequence: Codec<TtlsCredentials> = sequence([
  ttlsFields.one('username', us('Username'), text, 'required'),
  ttlsFields.one('password', us('Password'), secretText, 'required'),
]);

const ttlsCodec: Codec<TtlsCredentials> = {
  write(value, path) {
    if (typeof value === 'object' && value !== null && ('inner' in value || 'eap' in value)) {
      throw eaphostError('EAPHOST_NOT_SUPPORTED', ttlsAdvice);
    }
    return ttlsSequence.write(value, path);
  },
  read(element: ParsedElement, report) {
    const isInner = ({ name }: ParsedElement): boolean =>
      name.local === 'Eap' || name.local === credentialsDocument.root.local;
    if (element.children.some(isInner)) {
      throw eaphostError('EAPHOST_NOT_SUPPORTED', `${element.path}: ${ttlsAdvice}`);
    }
    return ttlsSequence.read(element, report);
  },
};

const { build, blob, parse } = documentsOf(credentialsDocument, {
  mschapv2: legacyMethod(u, innerForms.mschapv2),
  tls: legacyMethod(u, innerForms.tls),
  peap: legacyMethod(u, { type: 25, name: up('EapType'), codec: peapCodec }),
  ttls: { type: methodType(21, 311), names: [us('EapTtls'), us('eapTtls')], codec: ttlsCodec },
});

const teapType: FullMethodType = methodType(55, 311);

/** The builders of EapHostUserCredentials. They throw as those of EapHostConfig do. */
export const credentials = {
  /** For EAP-TLS. */
  tls: (options: TlsCredentials): string => build('tls', options),

  /** For EAP-MSCHAPv2 by itself. */
  mschapv2: (options: MsChapV2Credentials): string => build('mschapv2', options),

  /** For PEAP with EAP-MSCHAPv2 or EAP-TLS inside. */
  peap: (options: PeapCredentials): string => build('peap', options),

  /**
   * For EAP-TTLS with an inner method without EAP. With an EAP method inside, Windows takes no XML that is known:
   * EapError EAPHOST_NOT_SUPPORTED where `inner` or `eap` is given. Let the user type the credentials, or put
   * MSCHAPv2 without EAP inside.
   */
  ttls: (options: TtlsCredentials): string => build('ttls', options),

  /**
   * Always throws EapError EAPHOST_NOT_SUPPORTED: Windows takes no XML for TEAP's credentials that is known. Let the
   * user type them, use certificates of the user's and the machine's store, or the logged-on user's credentials.
   */
  teap(this: void, _options?: unknown): never {
    throw eaphostError('EAPHOST_NOT_SUPPORTED', teapAdvice);
  },

  /** For any method, with its opaque credentials as EAPHost gives them. */
  blob: (options: BlobOptions): string => blob(options),
} as const;

/**
 * Reads an EapHostUserCredentials document. The parsed options go back into the builder; what no option expresses is
 * named in `unknown`. Errors as of parseConfig; EapError EAPHOST_NOT_SUPPORTED for TEAP, and for TTLS with an inner
 * EAP method.
 */
export function parseCredentials(xml: string, options?: ParseOptions): ParsedCredentials {
  const parsed = parse(xml, options, (type, { path }) => {
    if (!isSameMethodType(type, teapType)) return;
    throw eaphostError('EAPHOST_NOT_SUPPORTED', `${path}: ${teapAdvice}`);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form is the one of its method
  return parsed as ParsedCredentials;
}
