// The typed options of EapHostConfig profiles. Each names its XML element and Windows' default; an omitted option
// writes no element.

import type { FullMethodType, MethodType } from '../eap/names.js';

/** Which servers are trusted (`ServerValidation` of TLS, PEAP and TTLS). */
export interface ServerValidation {
  /**
   * True refuses a server whose certificate is not trusted or has another name; false asks the user.
   * `DisableUserPromptForServerValidation` (TLS, PEAP) or `DisablePrompt` (TTLS); Windows' default is false.
   */
  readonly disablePrompt?: boolean;
  /**
   * Names that the server's certificate may have; regular expressions are allowed, semicolons are not. `ServerNames`,
   * joined with semicolons. Left out or empty, no name is demanded.
   */
  readonly serverNames?: readonly string[];
  /**
   * SHA-1 thumbprints of the root certificates that may have issued the server's: 40 hexadecimal digits each, in
   * either case, with or without spaces or colons. `TrustedRootCA` (TLS, PEAP) or `TrustedRootCAHash` (TTLS), one
   * each, written in lower case without separators. Left out or empty, the profile names no root.
   */
  readonly trustedRoots?: readonly string[];
}

/** Which servers are trusted (`ServerValidation` of TEAP). */
export interface TeapServerValidation extends Omit<ServerValidation, 'trustedRoots'> {
  /**
   * Thumbprints of the trusted root certificates: SHA-256 (64 hexadecimal digits); Windows 11 takes SHA-1 (40 digits)
   * as well. `TrustedRootCAHash`, one each, written in lower case without separators.
   */
  readonly trustedRoots?: readonly string[];
  /**
   * Whether certificates that the server sends once the user has accepted it become trusted.
   * `DownloadTrustedServerRoot`; Windows' default is false.
   */
  readonly downloadTrustedServerRoot?: boolean;
}

/** The identity that is sent in the clear (PEAP's `IdentityPrivacy`, TTLS's and TEAP's `Phase1Identity`). */
export interface IdentityPrivacy {
  /**
   * Whether another identity than the user's own is sent outside the tunnel. `EnableIdentityPrivacy` (PEAP; Windows'
   * default is not documented) or `IdentityPrivacy` (TTLS and TEAP; Windows' default is true).
   */
  readonly enabled?: boolean;
  /**
   * That identity, such as `anonymous@example.org`. `AnonymousUserName` (PEAP) or `AnonymousIdentity` (TTLS, TEAP).
   * Left out while {@link enabled}, Windows sends an empty one.
   */
  readonly anonymousIdentity?: string;
}

/** EAP-MSCHAPv2 (type 26, author 0). */
export interface MsChapV2Options {
  /** Whether the logged-on user's name and password are used. `UseWinLogonCredentials`; Windows' default is true. */
  readonly useWinlogonCredentials?: boolean;
}

/** The certificate is in the user's or the machine's certificate store (`CertificateStore`). */
export interface CertificateStore {
  /** Whether Windows chooses the certificate; false asks the user. `SimpleCertSelection`; Windows' default is true. */
  readonly simpleCertSelection?: boolean;
}

/** An extended key usage by its own name and its object identifier (`EKUMap`). */
export interface EkuMapping {
  /** A name that {@link EkuReference} may use. `EKUName`. */
  readonly name: string;
  /** Dotted numbers. `EKUOID`. */
  readonly oid: string;
}

/** An extended key usage in a filter (`EKUMapInList`): by name, by object identifier or by both. */
export interface EkuReference {
  /** `EKUName`. */
  readonly name?: string;
  /** Dotted numbers. `EKUOID`. */
  readonly oid?: string;
}

/** A filter by extended key usages (`ClientAuthEKUList`, `AnyPurposeEKUList`). */
export interface EkuFilter {
  /** Attribute `Enabled`; Windows' default is false. */
  readonly enabled?: boolean;
  /** `EKUMapInList`, one each. */
  readonly ekus?: readonly EkuReference[];
}

/** A filter by the certificate's issuer (`CAHashList`). */
export interface IssuerFilter {
  /** Attribute `Enabled`; Windows' default is false. */
  readonly enabled?: boolean;
  /** SHA-1 thumbprints of issuers' certificates. `IssuerHash`, one each. */
  readonly hashes?: readonly string[];
}

/** Which client certificates may be chosen (`TLSExtensions/FilteringInfo`; Windows 8 and later). */
export interface CertificateFilter {
  /** Whether certificates for all purposes may be used. `AllPurposeEnabled`; Windows' default is not documented. */
  readonly allPurposeEnabled?: boolean;
  /** `CAHashList`; left out, any issuer will do. */
  readonly issuers?: IssuerFilter;
  /** Names for object identifiers. `EKUMapping`, with an `EKUMap` each; at least one where given. */
  readonly ekuMapping?: readonly EkuMapping[];
  /** Which certificates for client authentication may be used. `ClientAuthEKUList`. */
  readonly clientAuth?: EkuFilter;
  /** Which certificates for any purpose may be used. `AnyPurposeEKUList`. */
  readonly anyPurpose?: EkuFilter;
}

/** EAP-TLS (type 13, author 0). */
export interface TlsOptions {
  /**
   * Where the user's certificate is: on a smart card (`CredentialsSource/SmartCard`) or in a certificate store
   * (`CredentialsSource/CertificateStore`; `{}` for its defaults). Windows' default is not documented.
   */
  readonly credentialsSource?: 'smartCard' | CertificateStore;
  /** `ServerValidation`. Left out, the profile trusts no server in particular. */
  readonly serverValidation?: ServerValidation;
  /**
   * Whether another name than the certificate's is sent as the identity. `DifferentUsername`; Windows' default is not
   * documented.
   */
  readonly differentUsername?: boolean;
  /**
   * Whether the server's certificate is checked at all. `PerformServerValidation` (Windows 7 and later); left out,
   * Windows does as it did before. Give true together with {@link serverValidation}.
   */
  readonly performServerValidation?: boolean;
  /**
   * Whether the certificate's name is checked against `serverNames`. `AcceptServerName` (Windows 7 and later); left
   * out, Windows does as it did before. Give true where there are server names.
   */
  readonly acceptServerName?: boolean;
  /** Which certificates may be chosen. `TLSExtensions/FilteringInfo`; left out, no filter. */
  readonly filter?: CertificateFilter;
}

/** The method inside PEAP. */
export type PeapInner = { readonly mschapv2: MsChapV2Options } | { readonly tls: TlsOptions };

/** PEAP (type 25, author 0). */
export interface PeapOptions {
  /** `ServerValidation`. Left out, the profile trusts no server in particular. */
  readonly serverValidation?: ServerValidation;
  /** Whether a TLS session may be resumed. `FastReconnect`; Windows' default is not documented. */
  readonly fastReconnect?: boolean;
  /**
   * True: the inner method is not attempted. `InnerEapOptional`, as [MS-GPWL] has it. The Win32 page has it the wrong
   * way round ("if TRUE, the Eap element must be present"), while its own samples write 0 with an inner method. Give
   * false, or leave it out, with {@link inner}; Windows' default is not documented.
   */
  readonly innerEapOptional?: boolean;
  /**
   * The inner method. `baseEap:Eap`. Left out, the profile has none, as for guest access.
   */
  readonly inner?: PeapInner;
  /** Network Access Protection: without effect since Windows 10. `EnableQuarantineChecks`; Windows' default is false. */
  readonly enableQuarantineChecks?: boolean;
  /**
   * True: the authentication fails when the server sends no crypto-binding TLV. `RequireCryptoBinding`, as [MS-GPWL]
   * has it; the Win32 page has it inverted. It keeps a man in the middle from relaying the inner method. Windows'
   * default is false.
   */
  readonly requireCryptoBinding?: boolean;
  /** As {@link TlsOptions.performServerValidation}. `PeapExtensions/PerformServerValidation`. */
  readonly performServerValidation?: boolean;
  /** As {@link TlsOptions.acceptServerName}. `PeapExtensions/AcceptServerName`. */
  readonly acceptServerName?: boolean;
  /** `PeapExtensions/IdentityPrivacy` (Windows 7 and later); what Windows does without it is not documented. */
  readonly identityPrivacy?: IdentityPrivacy;
  /**
   * Whether the user may be asked about a root certificate that is not there.
   * `PeapExtensions/PeapExtensionsV2/AllowPromptingWhenServerCANotFound`; Windows' default is not documented.
   */
  readonly allowPromptingWhenServerCaNotFound?: boolean;
}

/** A method by its type and its opaque configuration (`EapMethod` and `ConfigBlob`), as EAPHost's functions give it. */
export interface BlobOptions {
  /** Becomes `EapMethod`. */
  readonly type: MethodType;
  /** The method's own configuration. `ConfigBlob` or `CredentialsBlob`, in hexadecimal. */
  readonly blob: Uint8Array;
}

/** A complete EAP method inside TTLS or TEAP: a nested `EapHostConfig`. */
export type InnerEap =
  | { readonly mschapv2: MsChapV2Options }
  | { readonly tls: TlsOptions }
  | { readonly peap: PeapOptions }
  | { readonly blob: BlobOptions };

/** MSCHAPv2 without EAP inside TTLS. */
export interface TtlsMsChapV2Options {
  /**
   * Whether the logged-on user's name and password are used. `UseWinlogonCredentials` (with this spelling); Windows'
   * default is false.
   */
  readonly useWinlogonCredentials?: boolean;
}

/**
 * The second phase of TTLS: `PAPAuthentication`, `CHAPAuthentication`, `MSCHAPAuthentication`,
 * `MSCHAPv2Authentication` (the four without EAP) or a nested `EapHostConfig`.
 */
export type TtlsInner =
  'pap' | 'chap' | 'mschap' | { readonly mschapv2: TtlsMsChapV2Options } | { readonly eap: InnerEap };

/** EAP-TTLS (type 21, author 311). */
export interface TtlsOptions {
  /** `ServerValidation`. Left out, the profile trusts no server in particular. */
  readonly serverValidation?: ServerValidation;
  /** `Phase2Authentication`. Windows' default is not documented. */
  readonly inner?: TtlsInner;
  /** `Phase1Identity`; what Windows does without it is not documented. */
  readonly identityPrivacy?: IdentityPrivacy;
}

/** TEAP (type 55, author 311; Windows 10 2004 and later). */
export interface TeapOptions {
  /** `ServerValidation`. Left out, the profile trusts no server in particular. */
  readonly serverValidation?: TeapServerValidation;
  /** The inner methods in order, such as one for the machine and one for the user. `InnerMethodConfig`, one each. */
  readonly inner?: readonly InnerEap[];
  /** `Phase1Identity`; what Windows does without it is not documented. */
  readonly identityPrivacy?: IdentityPrivacy;
}

/** How a document is read. */
export interface ParseOptions {
  /** `refuse`: EapError, EAP_E_EAPHOST_XML_MALFORMED, for what would be in {@link ParsedBase.unknown}. Default `keep`. */
  readonly unknown?: 'refuse' | 'keep' | undefined;
}

/** The fields of every parsed document. */
export interface ParsedBase {
  /** `EapMethod`: the method's numbers. */
  readonly type: FullMethodType;
  /**
   * Elements and attributes that no option expresses, a sentence each with line, place and what was probably meant,
   * such as `line 9: EapHostConfig/Config/…/Name is not known here; did you mean Names?`. At most 100. Empty: the
   * options say all that the document says.
   */
  readonly unknown: readonly string[];
}

/** A parsed EapHostConfig, told apart by `method`; `options` go back into the builder of that name. */
export type ParsedProfile = ParsedBase &
  (
    | { readonly method: 'tls'; readonly options: TlsOptions }
    | { readonly method: 'mschapv2'; readonly options: MsChapV2Options }
    | { readonly method: 'peap'; readonly options: PeapOptions }
    | { readonly method: 'ttls'; readonly options: TtlsOptions }
    | { readonly method: 'teap'; readonly options: TeapOptions }
    /** `ConfigBlob`, of any method. */
    | { readonly method: 'blob'; readonly options: BlobOptions }
    /** A method without typed options: `unknown` names what its `Config` holds. */
    | { readonly method: 'other' }
  );
