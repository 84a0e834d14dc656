// The typed options of connection profiles: WLANProfile, LANProfile, VPNProfile and the OneX element that the first two
// share. Each names its XML element and Windows' default; an omitted option writes no element.

import type {
  BlobOptions,
  MsChapV2Options,
  ParseOptions,
  PeapOptions,
  TeapOptions,
  TlsOptions,
  TtlsOptions,
} from '../options.js';

/**
 * The EAP method of a connection: the options of one builder below the builder's name, such as `{ peap: { … } }`, or
 * the text of an EapHostConfig document, as the builders make it and other vendors' programs export it.
 */
export type EapConfiguration =
  | { readonly tls: TlsOptions }
  | { readonly mschapv2: MsChapV2Options }
  | { readonly peap: PeapOptions }
  | { readonly ttls: TtlsOptions }
  | { readonly teap: TeapOptions }
  | { readonly blob: BlobOptions }
  | string;

/** Authentication with the credentials of the logon, while it runs (`singleSignOn`). */
export interface SingleSignOn {
  /** Before the user is logged on, or right after it. `type`. */
  readonly type: 'preLogon' | 'postLogon';
  /** How long the logon waits for the network, 0 to 120 seconds. `maxDelay`; Windows' default is 10. */
  readonly maxDelay?: number;
  /** Whether dialogs besides the one for the password may open. `allowAdditionalDialogs`. */
  readonly allowAdditionalDialogs?: boolean;
  /** Whether the machine's virtual LAN depends on who is logged on. `userBasedVirtualLan`; Windows' default is false. */
  readonly userBasedVirtualLan?: boolean;
}

/** IEEE 802.1X on a network (`OneX`). */
export interface OneXOptions {
  /** Whether the user's credentials are kept for later connections. `cacheUserData`; Windows' default is true. */
  readonly cacheUserData?: boolean;
  /** Seconds without an attempt after a failed one, 1 to 3600. `heldPeriod`; Windows' default is 1. */
  readonly heldPeriod?: number;
  /** Seconds to wait for the authenticator's answer, 1 to 3600. `authPeriod`; Windows' default is 18. */
  readonly authPeriod?: number;
  /** Seconds before an EAPOL-Start is sent, 1 to 3600. `startPeriod`; Windows' default is 5. */
  readonly startPeriod?: number;
  /** How many EAPOL-Starts are sent, 1 to 100. `maxStart`; Windows' default is 3. */
  readonly maxStart?: number;
  /** How often the same credentials may fail, 1 to 100. `maxAuthFailures`; Windows' default is 1. */
  readonly maxAuthFailures?: number;
  /**
   * Whether EAPOL-Starts are sent: never, when the network seems to need it, or as IEEE 802.1X says. `supplicantMode`;
   * Windows' default is `includeLearning` on wires and `compliant` without.
   */
  readonly supplicantMode?: 'inhibitTransmission' | 'includeLearning' | 'compliant';
  /** Whose credentials are used. `authMode`; Windows' default is `machineOrUser`. */
  readonly authMode?: 'machineOrUser' | 'machine' | 'user' | 'guest';
  /** `singleSignOn`; left out, users are authenticated once they are logged on. */
  readonly singleSignOn?: SingleSignOn;
  /** The EAP method. `EAPConfig`, with an EapHostConfig in it. */
  readonly eap: EapConfiguration;
}

/**
 * A network's name: text, whose octets are those of UTF-8, or the octets themselves in hexadecimal digits, with the text
 * that `name` shows for them if there is one. 1 to 32 octets.
 */
export type WlanSsid = string | { readonly hex: string; readonly name?: string };

/** How stations and access points authenticate (`authentication`). The first five need 802.1X. */
export type WlanProfileAuthentication =
  | 'WPA'
  | 'WPA2'
  | 'WPA3'
  | 'WPA3ENT'
  | 'WPA3ENT192'
  | 'open'
  | 'shared'
  | 'WPAPSK'
  | 'WPA2PSK'
  | 'WPA3SAE'
  | 'OWE';

/** A key that all stations share (`sharedKey`). */
export interface WlanSharedKey {
  /** `passPhrase` for WPA, WPA2 and WPA3; `networkKey` for WEP. `keyType`. */
  readonly keyType: 'networkKey' | 'passPhrase';
  /** Whether {@link keyMaterial} is encrypted, as Windows exports it. `protected`; false where left out. */
  readonly protected?: boolean;
  /** The key, in the clear or encrypted. `keyMaterial`. */
  readonly keyMaterial: string;
}

/** Authentication and encryption of a wireless network (`MSM/security`, without OneX). */
export interface WlanSecurity {
  /**
   * `authentication`: `WPA2` is WPA2-Enterprise, `WPA3ENT` WPA3-Enterprise, `WPA3ENT192` WPA3-Enterprise in its 192-bit
   * mode, which older versions of Windows call `WPA3`.
   */
  readonly authentication: WlanProfileAuthentication;
  /**
   * `encryption`. Left out, the one that belongs to the authentication: GCMP256 for WPA3 with 192 bits, TKIP for WPA,
   * none for open networks, WEP for shared keys, AES for the others.
   */
  readonly encryption?: 'AES' | 'GCMP256' | 'TKIP' | 'WEP' | 'none';
  /** `useOneX`; left out, whether there are options `oneX`. */
  readonly useOneX?: boolean;
  /** Whether keys are handled as FIPS 140-2 demands. `FIPSMode` (Windows 7 and later); Windows' default is false. */
  readonly fipsMode?: boolean;
  /**
   * Whether the network's older form will do as well: WPA2 where WPA3 is asked for. `transitionMode` (Windows 10 2004
   * and later); Windows' default is false.
   */
  readonly transitionMode?: boolean;
  /** `sharedKey`, for networks without 802.1X. */
  readonly sharedKey?: WlanSharedKey;
  /** Which of the four WEP keys it is, 0 to 3. `keyIndex`. */
  readonly keyIndex?: number;
  /** Whether pairwise master keys are kept for roaming back. `PMKCacheMode`; Windows' default is `enabled`. */
  readonly pmkCacheMode?: 'enabled' | 'disabled';
  /** For how long, 5 to 1440 minutes. `PMKCacheTTL`; Windows' default is 720. */
  readonly pmkCacheTtl?: number;
  /** How many, 1 to 255. `PMKCacheSize`; Windows' default is 128. */
  readonly pmkCacheSize?: number;
  /** Whether the next access point is authenticated to before roaming. `preAuthMode`; Windows' default is `disabled`. */
  readonly preAuthMode?: 'enabled' | 'disabled';
  /** To how many of them, 1 to 16. `preAuthThrottle`; Windows' default is 3. */
  readonly preAuthThrottle?: number;
}

/** Networks that are known by what they say of themselves, not by their name (`Hotspot2`, Passpoint). */
export interface Hotspot2Options {
  /** The home operator's domain. `DomainName`. */
  readonly domainName?: string;
  /** Realms of which credentials are accepted. `NAIRealm`, a `name` each. */
  readonly naiRealms?: readonly string[];
  /** Mobile networks: country and network code in digits. `Network3GPP`, a `PLMNID` each. */
  readonly plmnIds?: readonly string[];
  /** Roaming consortia: 6 or 10 hexadecimal digits. `RoamingConsortium`, an `OUI` each. */
  readonly roamingConsortiums?: readonly string[];
}

/** Random MAC addresses (`MacRandomization`; Windows 10 and later). */
export interface MacRandomization {
  /** Whether the adapter's own address is kept from this network. Windows' default is the policy's. */
  readonly enableRandomization?: boolean;
  /** Whether there is another address every day. */
  readonly randomizeEveryday?: boolean;
  /** 32 bits that give another address to a profile made again. */
  readonly randomizationSeed?: number;
}

/**
 * A wireless network (WLANProfile). What a connection costs is no part of a profile: Windows' Connection Manager keeps it
 * (WcmSetProperty, `netsh wlan set profileparameter`).
 */
export interface WlanProfileOptions {
  /** The profile's name, 1 to 255 characters. `name`. */
  readonly name: string;
  /** The networks' names, 1 to 256. `SSIDConfig/SSID`, one each; text is written as `hex` and `name`. */
  readonly ssids: readonly WlanSsid[];
  /** Whether the networks hide their names. `SSIDConfig/nonBroadcast`; Windows' default is false. */
  readonly nonBroadcast?: boolean;
  /** `Hotspot2`. */
  readonly hotspot2?: Hotspot2Options;
  /** An access point's network or an ad hoc one. `connectionType`; ESS is written where it is left out. */
  readonly connectionType?: 'ESS' | 'IBSS';
  /** Whether Windows connects by itself. `connectionMode`; Windows' default is `auto`. */
  readonly connectionMode?: 'auto' | 'manual';
  /** Whether a preferred network in range is changed to. `autoSwitch`; Windows' default is false. */
  readonly autoSwitch?: boolean;
  /** The radio's kinds. `MSM/connectivity/phyType`, one each; left out, any. */
  readonly phyTypes?: readonly ('a' | 'b' | 'g' | 'n' | 'ac' | 'ax')[];
  /** `MSM/security`. */
  readonly security: WlanSecurity;
  /** `MSM/security/OneX`. Networks of WPA-, WPA2- and WPA3-Enterprise must have it. */
  readonly oneX?: OneXOptions;
  /** `MacRandomization`. */
  readonly macRandomization?: MacRandomization;
}

/** A wired network (LANProfile). */
export interface LanProfileOptions {
  /** Whether there is no network without 802.1X. `OneXEnforced`; false is written where it is left out. */
  readonly oneXEnforced?: boolean;
  /** Whether 802.1X is tried. `OneXEnabled`; left out, whether there is {@link oneX}. */
  readonly oneXEnabled?: boolean;
  /** `OneX`. */
  readonly oneX?: OneXOptions;
}

/** Algorithms of IKEv2 (`CryptographySuite`), as the VPNv2 CSP names them. */
export interface VpnCryptographySuite {
  /** `AuthenticationTransformConstants`, such as `GCMAES256`. */
  readonly authenticationTransformConstants?: string;
  /** `CipherTransformConstants`, such as `GCMAES256`. */
  readonly cipherTransformConstants?: string;
  /** `PfsGroup`, such as `ECP384`. */
  readonly pfsGroup?: string;
  /** `DHGroup`, such as `ECP384`. */
  readonly dhGroup?: string;
  /** `IntegrityCheckMethod`, such as `SHA384`. */
  readonly integrityCheckMethod?: string;
  /** `EncryptionMethod`, such as `AES_GCM_256`. */
  readonly encryptionMethod?: string;
}

/** Addresses behind the tunnel (`Route`). */
export interface VpnRoute {
  /** `Address`, of IPv4 or IPv6. */
  readonly address: string;
  /** `PrefixSize`, 0 to 128. */
  readonly prefixSize: number;
  /** Whether they are kept out of the tunnel. `ExclusionRoute`; Windows' default is false. */
  readonly exclusionRoute?: boolean;
}

/** Names that are looked up behind the tunnel (`DomainNameInformation`). */
export interface VpnDomain {
  /** A name, or a suffix with its dot in front. `DomainName`. */
  readonly domainName: string;
  /** Addresses, separated with commas. `DnsServers`. */
  readonly dnsServers?: string;
  /** Addresses, separated with commas. `WebProxyServers`. */
  readonly webProxyServers?: string;
  /** Whether asking for the name connects. `AutoTrigger`. */
  readonly autoTrigger?: boolean;
  /** Whether the rule holds without a connection as well. `Persistent`. */
  readonly persistent?: boolean;
}

/** What may go through the tunnel (`TrafficFilter`). Ranges and their separators are the VPNv2 CSP's. */
export interface VpnTrafficFilter {
  /** A program: its file, its package family name, or SYSTEM. `App/Id`. */
  readonly app?: string;
  /** Who may use it, as a security descriptor. `Claims`. */
  readonly claims?: string;
  /** An IP protocol's number, 0 to 255. `Protocol`. */
  readonly protocol?: number;
  /** `LocalPortRanges`, such as `100-120,200`. */
  readonly localPortRanges?: string;
  /** `RemotePortRanges`. */
  readonly remotePortRanges?: string;
  /** `LocalAddressRanges`. */
  readonly localAddressRanges?: string;
  /** `RemoteAddressRanges`. */
  readonly remoteAddressRanges?: string;
  /** `RoutingPolicyType`. */
  readonly routingPolicyType?: 'SplitTunnel' | 'ForceTunnel';
  /** `Direction`; Windows' default is Outbound. */
  readonly direction?: 'Inbound' | 'Outbound';
}

/** A proxy behind the tunnel (`Proxy`). */
export interface VpnProxy {
  /** `AutoConfigUrl`. */
  readonly autoConfigUrl?: string;
  /** A name or address with its port. `Manual/Server`. */
  readonly server?: string;
}

/** Whether the machine has to prove its health to Azure AD (`DeviceCompliance`). */
export interface VpnDeviceCompliance {
  /** `Enabled`. */
  readonly enabled: boolean;
  /** A certificate of its own for what lies behind the tunnel. `Sso`. */
  readonly sso?: {
    /** `Enabled`. */
    readonly enabled: boolean;
    /** The extended key usage of that certificate. `Eku`. */
    readonly eku?: string;
    /** Thumbprints of who may have issued it, separated with semicolons. `IssuerHash`. */
    readonly issuerHash?: string;
  };
}

/**
 * A VPN of Windows' own protocols: the document ProfileXML of the VPNv2 CSP (VPNProfile). Profiles of plug-ins, which
 * have no EAP, are none.
 */
export interface VpnProfileOptions {
  /** For enterprise data protection. `EdpModeId`. */
  readonly edpModeId?: string;
  /** Whether Windows keeps the credentials. `RememberCredentials`. */
  readonly rememberCredentials?: boolean;
  /** Whether it connects at logon. `AlwaysOn`. */
  readonly alwaysOn?: boolean;
  /** DNS suffixes. `DnsSuffix`, separated with commas. */
  readonly dnsSuffix?: string;
  /** DNS suffixes of networks where it does not connect by itself. `TrustedNetworkDetection`. */
  readonly trustedNetworkDetection?: string;
  /** Whether there is no other way out. `LockDown`. */
  readonly lockDown?: boolean;
  /** Whether it connects before anybody is logged on. `DeviceTunnel`; needs {@link machineMethod} Certificate. */
  readonly deviceTunnel?: boolean;
  /** Whether the tunnel's address is registered with DNS. `RegisterDNS`. */
  readonly registerDns?: boolean;
  /** Whether local addresses go past the proxy. `ByPassForLocal`. */
  readonly byPassForLocal?: boolean;
  /** `Proxy`. */
  readonly proxy?: VpnProxy;
  /** `DeviceCompliance`. */
  readonly deviceCompliance?: VpnDeviceCompliance;
  /** Programs that connect when they start: file or package family name. `AppTrigger/App/Id`, one each. */
  readonly appTriggers?: readonly string[];
  /** `DomainNameInformation`, one each. */
  readonly domains?: readonly VpnDomain[];
  /** `TrafficFilter`, one each. */
  readonly trafficFilters?: readonly VpnTrafficFilter[];
  /** Names or addresses, each perhaps with `;` and a name to show. `NativeProfile/Servers`, separated with commas. */
  readonly servers: readonly string[];
  /** What goes through the tunnel: its routes, or everything. `RoutingPolicyType`. */
  readonly routingPolicyType?: 'SplitTunnel' | 'ForceTunnel';
  /** `NativeProtocolType`; left out, Automatic. */
  readonly nativeProtocolType?: 'PPTP' | 'L2TP' | 'IKEv2' | 'SSTP' | 'Automatic' | 'ProtocolList';
  /** The pre-shared key of L2TP. `L2tpPsk`. */
  readonly l2tpPsk?: string;
  /** Whether an address of class A, B or C makes no route. `DisableClassBasedDefaultRoute`. */
  readonly disableClassBasedDefaultRoute?: boolean;
  /** `CryptographySuite`. */
  readonly cryptographySuite?: VpnCryptographySuite;
  /** How users authenticate. `Authentication/UserMethod`; left out, Eap is written where there is {@link eap}. */
  readonly userMethod?: 'Eap' | 'MSChapv2';
  /** How machines authenticate. `Authentication/MachineMethod`. */
  readonly machineMethod?: 'Certificate' | 'Eap' | 'PresharedKey';
  /** The EAP method. `Authentication/Eap/Configuration`, with an EapHostConfig in it. */
  readonly eap?: EapConfiguration;
  /** `Route`, one each. */
  readonly routes?: readonly VpnRoute[];
}

/** An entry of a phone book (rasphone.pbk). */
export interface RasphoneEntry {
  /** What stands in brackets: the connection's name. */
  readonly name: string;
  /** The EAP method and its blob. CustomAuthKey, CustomAuthData; undefined where the entry has none. */
  readonly eap: BlobOptions | undefined;
}

/** How a connection profile is read. */
export interface ParseConnectionOptions extends ParseOptions {
  /**
   * `xml`: the option `eap` is always the text of the EapHostConfig as it stands, which no method of a vendor's own and
   * no element that is not known can be lost from. Default `typed`.
   */
  readonly eap?: 'typed' | 'xml' | undefined;
}

/** A parsed connection profile. */
export interface ParsedConnection<Options> {
  /** What goes back into the builder. An EAP method without typed options is the text of its EapHostConfig. */
  readonly options: Options;
  /** The EapHostConfig in it, as a document by itself: what `configFromXml` takes. Undefined where there is none. */
  readonly eapXml: string | undefined;
  /** Elements and attributes that no option expresses, as in what `parseConfig` gives. */
  readonly unknown: readonly string[];
}
