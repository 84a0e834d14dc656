// The typed options that the sample documents of connections stand for.

import type {
  LanProfileOptions,
  OneXOptions,
  PeapOptions,
  VpnProfileOptions,
  WlanProfileOptions,
} from '../../lib/profiles/index.js';

const peap = (useWinlogonCredentials: boolean): { readonly peap: PeapOptions } => ({
  peap: {
    serverValidation: { disablePrompt: false },
    fastReconnect: true,
    innerEapOptional: false,
    inner: { mschapv2: { useWinlogonCredentials } },
    enableQuarantineChecks: false,
    requireCryptoBinding: false,
  },
});
const tls = {
  serverValidation: { disablePrompt: false, serverNames: [] },
  differentUsername: false,
} as const;
const store = { tls: { credentialsSource: {}, ...tls } } as const;
const smartCard = { tls: { credentialsSource: 'smartCard', ...tls } } as const;

/** A network of WPA- or WPA2-Enterprise. */
export const network = (
  name: string,
  authentication: 'WPA' | 'WPA2',
  oneX: OneXOptions,
  more: Partial<WlanProfileOptions> = { autoSwitch: false },
): WlanProfileOptions => ({
  name,
  ssids: [name],
  connectionType: 'ESS',
  connectionMode: 'auto',
  security: { authentication, encryption: authentication === 'WPA' ? 'TKIP' : 'AES', useOneX: true },
  oneX,
  ...more,
});

const home = (
  name: string,
  authentication: 'WPAPSK' | 'WPA2PSK',
  more: Partial<WlanProfileOptions> = { autoSwitch: false },
): WlanProfileOptions => ({
  name,
  ssids: [name],
  connectionType: 'ESS',
  connectionMode: 'auto',
  security: { authentication, encryption: authentication === 'WPAPSK' ? 'TKIP' : 'AES', useOneX: false },
  ...more,
});

const logon = { type: 'preLogon', maxDelay: 15 } as const;
const fips = network(
  'by-the-standard',
  'WPA2',
  { eap: { blob: { type: { type: 25, vendorId: 0, vendorType: 0, authorId: 0 }, blob: new Uint8Array() } } },
  { nonBroadcast: false, autoSwitch: false },
);

/** By the name of the document. */
export const wlans: Readonly<Record<string, WlanProfileOptions>> = {
  bootstrap: network('before-the-domain', 'WPA2', {
    cacheUserData: true,
    authMode: 'machineOrUser',
    singleSignOn: logon,
    eap: peap(true),
  }),
  'single-sign-on': network('at-the-logon', 'WPA2', {
    cacheUserData: true,
    maxAuthFailures: 2,
    authMode: 'user',
    singleSignOn: logon,
    eap: peap(true),
  }),
  fips: { ...fips, security: { ...fips.security, fipsMode: true } },
  'non-broadcast': home('unseen', 'WPAPSK', { nonBroadcast: true }),
  'wpa-peap': network('wpa-with-passwords', 'WPA', { eap: peap(false) }, {}),
  'wpa-tls': network('wpa-with-certificates', 'WPA', { eap: store }),
  'wpa-personal': home('wpa-at-home', 'WPAPSK'),
  'wpa2-peap': network('wpa2-with-passwords', 'WPA2', { eap: peap(false) }, {}),
  'wpa2-tls': network('wpa2-with-certificates', 'WPA2', { eap: store }),
  'wpa2-personal': home('wpa2-at-home', 'WPA2PSK'),
  exported: {
    name: 'café upstairs',
    ssids: ['café', { hex: '636166E9', name: 'caf?' }, 'bar'],
    nonBroadcast: false,
    hotspot2: {
      domainName: 'example.org',
      naiRealms: ['example.org', 'example.net'],
      plmnIds: ['26299'],
      roamingConsortiums: ['5A03BA0000', '001122'],
    },
    connectionType: 'ESS',
    connectionMode: 'manual',
    autoSwitch: true,
    phyTypes: ['n', 'ax'],
    security: {
      authentication: 'WPA3ENT192',
      encryption: 'GCMP256',
      useOneX: true,
      fipsMode: false,
      transitionMode: false,
      pmkCacheMode: 'enabled',
      pmkCacheTtl: 720,
      pmkCacheSize: 128,
      preAuthMode: 'enabled',
      preAuthThrottle: 3,
    },
    oneX: {
      cacheUserData: false,
      heldPeriod: 60,
      authPeriod: 30,
      startPeriod: 5,
      maxStart: 3,
      maxAuthFailures: 2,
      supplicantMode: 'compliant',
      authMode: 'machine',
      singleSignOn: {
        type: 'postLogon',
        maxDelay: 20,
        allowAdditionalDialogs: true,
        userBasedVirtualLan: false,
      },
      eap: smartCard,
    },
    macRandomization: { enableRandomization: true, randomizeEveryday: false, randomizationSeed: 4294967295 },
  },
};

/** By the name of the document. */
export const lans: Readonly<Record<string, LanProfileOptions>> = {
  peap: { oneXEnforced: false, oneXEnabled: true, oneX: { eap: peap(false) } },
  'machine-certificate': { oneXEnforced: false, oneXEnabled: true, oneX: { eap: store } },
  'smart-card': { oneXEnforced: false, oneXEnabled: true, oneX: { eap: smartCard } },
};

/** By the name of the document. */
export const vpns: Readonly<Record<string, VpnProfileOptions>> = {
  'device-tunnel': {
    servers: ['vpn.example.org'],
    nativeProtocolType: 'IKEv2',
    machineMethod: 'Certificate',
    routingPolicyType: 'SplitTunnel',
    disableClassBasedDefaultRoute: true,
    routes: [{ address: '192.0.2.2', prefixSize: 32 }],
    trafficFilters: [{ remoteAddressRanges: '192.0.2.2, 192.0.2.3' }],
    alwaysOn: true,
    deviceTunnel: true,
    registerDns: true,
  },
  native: {
    edpModeId: 'example.org',
    rememberCredentials: true,
    alwaysOn: false,
    dnsSuffix: 'example.org',
    trustedNetworkDetection: 'office.example.org',
    proxy: { autoConfigUrl: 'http://proxy.example.org/pac', server: 'proxy.example.org:8080' },
    deviceCompliance: {
      enabled: true,
      sso: {
        enabled: true,
        eku: '1.3.6.1.4.1.99999.2',
        issuerHash: '0123456789abcdef0123456789abcdef01234567',
      },
    },
    appTriggers: ['Example.Browser_0123456789abc', String.raw`C:\example\editor.exe`],
    domains: [
      {
        domainName: 'people.example.org',
        dnsServers: '192.0.2.53,192.0.2.54',
        webProxyServers: '192.0.2.80',
        autoTrigger: true,
      },
      { domainName: '.example.org', dnsServers: '192.0.2.53' },
    ],
    trafficFilters: [
      {
        app: String.raw`%ProgramFiles%\Example\editor.exe`,
        protocol: 17,
        localPortRanges: '1,2-5',
        remotePortRanges: '53,123',
        remoteAddressRanges: '192.0.2.0/25,198.51.100.1-198.51.100.9',
        routingPolicyType: 'ForceTunnel',
      },
      { app: 'Example.Browser_0123456789abc', localAddressRanges: '203.0.113.1/32' },
    ],
    servers: ['vpn.example.org'],
    routingPolicyType: 'SplitTunnel',
    nativeProtocolType: 'IKEv2',
    disableClassBasedDefaultRoute: true,
    userMethod: 'Eap',
    machineMethod: 'Eap',
    eap: {
      peap: {
        serverValidation: {
          disablePrompt: true,
          serverNames: [],
          trustedRoots: ['0123456789abcdef0123456789abcdef01234567'],
        },
        fastReconnect: true,
        innerEapOptional: false,
        inner: {
          tls: {
            credentialsSource: { simpleCertSelection: true },
            differentUsername: false,
            performServerValidation: true,
            acceptServerName: false,
            filter: {
              ekuMapping: [{ name: 'for the tunnel', oid: '1.3.6.1.4.1.99999.1' }],
              clientAuth: { enabled: true, ekus: [{ name: 'for the tunnel' }] },
            },
          },
        },
        enableQuarantineChecks: false,
        requireCryptoBinding: true,
        performServerValidation: true,
        acceptServerName: false,
      },
    },
    routes: [
      { address: '192.0.2.0', prefixSize: 24 },
      { address: '198.51.100.0', prefixSize: 25 },
    ],
  },
};
