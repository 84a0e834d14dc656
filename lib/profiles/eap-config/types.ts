// What an eap-config file says, as data: the schema eap-metadata.xsd of eduroam CAT, which geteduroam serves too.

import type { PeapCredentials, TlsCredentials, TtlsCredentials } from '../credentials.js';
import type { PeapOptions, TeapOptions, TlsOptions, TtlsOptions } from '../options.js';

/** A text, in one language or for everybody. */
export interface LocalizedText {
  readonly text: string;
  /** Such as `de`. `lang`; left out where there is none, or `any`, or `C`. */
  readonly language?: string;
}

/** A certificate of an authority. `CA`. */
export interface EapConfigCertificate {
  readonly der: Uint8Array;
  readonly pem: string;
  /** In the form of `trustedRoots`: 40 hexadecimal digits. */
  readonly sha1: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Issued by itself. Only a root counts among a Windows profile's trusted roots. */
  readonly isRoot: boolean;
  /** The distinguished name, a line for each part. */
  readonly subject: string;
  readonly notAfter: Date;
}

/** How a server shows who it is. `ServerSideCredential`. */
export interface EapConfigServer {
  /** Roots and certificates between them and the server's. `CA`, one each. */
  readonly certificates: readonly EapConfigCertificate[];
  /** Names that the server's certificate may have. `ServerID`, one each. */
  readonly names: readonly string[];
}

/** What a user needs, as far as the file gives it. `ClientSideCredential`. */
export interface EapConfigClient {
  /** Sent in the clear. `OuterIdentity`, or `AnonymousIdentity` of the older draft. */
  readonly outerIdentity?: string;
  /** What the user's name begins with. `InnerIdentityPrefix`. */
  readonly innerIdentityPrefix?: string;
  /** The realm that the user's name ends with, after the `@`. `InnerIdentitySuffix`. */
  readonly innerIdentitySuffix?: string;
  /** Whether prefix and suffix are to be filled in for the user. `InnerIdentityHint`. */
  readonly innerIdentityHint?: boolean;
  /** Whether no other realm will do, not even one below the suffix. `InnerIdentityEnforce`. */
  readonly innerIdentityEnforce?: boolean;
  /** `UserName`. */
  readonly username?: string;
  /** `Password`, in the clear. */
  readonly password?: string;
  /** PKCS #12: the user's certificate, its key and those above it. `ClientCertificate`. Wipe it after use. */
  readonly pkcs12?: Uint8Array;
  /** Opens {@link pkcs12}. `Passphrase`. */
  readonly passphrase?: string;
  /** Whether the device may keep the credentials. Attribute `allow_save`. */
  readonly allowSave?: boolean;
}

/** A method inside of a tunnel. `InnerAuthenticationMethod`. */
export interface EapConfigInner {
  /** An EAP method by its type (`EAPMethod`), or one without EAP (`NonEAPAuthMethod`; others by number). */
  readonly method: { readonly eap: number } | { readonly nonEap: 'pap' | 'mschap' | 'mschapv2' | number };
  /** The servers of EAP-TLS inside the tunnel. Left out where the file has none here; the outer method's apply. */
  readonly server?: EapConfigServer;
  /** Left out where the file has none here; the outer method's apply. */
  readonly client?: EapConfigClient;
}

/** The EAP method of a profile: the options of one of the builders, under its name. */
export type EapConfigOptions =
  | { readonly tls: TlsOptions }
  | { readonly peap: PeapOptions }
  | { readonly ttls: TtlsOptions }
  | { readonly teap: TeapOptions };

/** The user's credentials: the options of one of the builders of `profiles.credentials`, under its name. */
export type EapConfigCredentials =
  { readonly tls: TlsCredentials } | { readonly peap: PeapCredentials } | { readonly ttls: TtlsCredentials };

/** What Windows' own methods make of a method of the file. */
export type WindowsMethod =
  | {
      readonly supported: true;
      /** For `profiles.peap()`, `ttls()`, `tls()` or `teap()`. */
      readonly eap: EapConfigOptions;
      /** The one of the file's inner methods that was taken. */
      readonly inner?: EapConfigInner;
      /** What is not carried over, or not as the file has it, a sentence each. */
      readonly notes: readonly string[];
    }
  | {
      readonly supported: false;
      /** What Windows cannot do, or what the file lacks. */
      readonly reason: string;
    };

/** A way to authenticate. `AuthenticationMethod`. */
export interface EapConfigMethod {
  /** EAP's number for the outer method, such as 25 for PEAP. `EAPMethod`. */
  readonly type: number;
  /** The methods inside, the preferred one first; a server takes any of them. */
  readonly inner: readonly EapConfigInner[];
  readonly server: EapConfigServer;
  readonly client: EapConfigClient;
  readonly windows: WindowsMethod;
}

/** A wireless network that the credentials are good for: what is given must all be so. `IEEE80211`. */
export interface EapConfigWlan {
  /** `SSID`, 1 to 32 octets of UTF-8. */
  readonly ssid?: string;
  /** Passpoint: the networks of a consortium, 6 or 10 hexadecimal digits. `ConsortiumOID`, one each. */
  readonly consortiumOids?: readonly string[];
  /** The weakest cipher that will do. `MinRSNProto`: `TKIP` or `CCMP` (AES). */
  readonly minimumCipher?: 'TKIP' | 'CCMP';
}

/** A wired network that the credentials are good for. `IEEE8023`. */
export interface EapConfigWired {
  /** The name that the network announces by IEEE 802.1X-2010. `NetworkID`. Windows does not look at it. */
  readonly networkId?: string;
}

/** Where users find help. `Helpdesk`. */
export interface EapConfigHelpdesk {
  readonly email: readonly LocalizedText[];
  readonly web: readonly LocalizedText[];
  readonly phone: readonly LocalizedText[];
}

/** An organization that users belong to. `EAPIdentityProvider`. */
export interface EapConfigProvider {
  /** Such as the realm. Attribute `ID`. */
  readonly id: string;
  /** What kind of name the id is, such as `urn:RFC4282:realm`. */
  readonly namespace: string;
  /** Of this provider's data. */
  readonly version?: number;
  /** Of the texts without a language of their own. Attribute `lang`. */
  readonly language?: string;
  /** When the file expires; a program should ask for a new one before. `ValidUntil`; without a time zone: UTC. */
  readonly validUntil?: Date;
  /** The preferred one first. */
  readonly methods: readonly EapConfigMethod[];
  /** Any of them. */
  readonly wlan: readonly EapConfigWlan[];
  /** Any of them; empty: the credentials are not for wired networks. */
  readonly wired: readonly EapConfigWired[];
  readonly displayNames: readonly LocalizedText[];
  readonly descriptions: readonly LocalizedText[];
  readonly termsOfUse: readonly LocalizedText[];
  /** In degrees. */
  readonly locations: readonly { readonly longitude: number; readonly latitude: number }[];
  /** `ProviderLogo`: whatever the file has, not looked at. */
  readonly logo?: { readonly mime: string; readonly data: Uint8Array };
  readonly helpdesk: EapConfigHelpdesk;
}

/** An eap-config file. */
export interface EapConfig {
  readonly providers: readonly EapConfigProvider[];
  /**
   * Elements and attributes that the fields do not hold, a sentence each with line and place, such as
   * `line 9: EAPIdentityProviderList/…/PAC is not read`. At most 100.
   */
  readonly unknown: readonly string[];
}
