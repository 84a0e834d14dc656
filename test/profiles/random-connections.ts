// Random options of connection profiles: each option present or absent, with any value that is allowed, as the parsers
// give them back.

import { profiles } from '../../lib/profiles/index.js';
import type {
  EapConfiguration,
  Hotspot2Options,
  LanProfileOptions,
  MacRandomization,
  OneXOptions,
  SingleSignOn,
  VpnDeviceCompliance,
  VpnDomain,
  VpnProfileOptions,
  VpnRoute,
  VpnTrafficFilter,
  WlanProfileOptions,
  WlanSecurity,
  WlanSsid,
} from '../../lib/profiles/index.js';
import { randomOptions, some, text } from './random.js';
import type { Random } from './support.js';

/** Text that an element of at least one character and at most `most` takes. */
const short = (random: Random, most: number): string =>
  Array.from(`n${text(random)}`)
    .slice(0, most)
    .join('')
    .replaceAll(',', '');

const from = (random: Random, least: number, most: number): number => least + random.below(most - least + 1);

const typedEap = (random: Random): EapConfiguration =>
  random.pick<() => EapConfiguration>([
    () => ({ tls: randomOptions.tls(random) }),
    () => ({ mschapv2: randomOptions.mschapv2(random) }),
    () => ({ peap: randomOptions.peap(random) }),
    () => ({ ttls: randomOptions.ttls(random) }),
    () => ({ teap: randomOptions.teap(random) }),
    () => ({ blob: randomOptions.blob(random) }),
  ])();

/** Of a vendor's own: no options, so that text it remains. */
const foreignEap = (random: Random): string =>
  profiles
    .ttls(randomOptions.ttls(random))
    .replace(/<m:AuthorId>311</u, '<m:AuthorId>67532<')
    .trimEnd();

const eap = (random: Random): EapConfiguration =>
  random.below(8) === 0 ? foreignEap(random) : typedEap(random);

const singleSignOn = (random: Random): SingleSignOn => ({
  type: random.pick(['preLogon', 'postLogon'] as const),
  ...some(random, {
    maxDelay: from(random, 0, 120),
    allowAdditionalDialogs: random.boolean(),
    userBasedVirtualLan: random.boolean(),
  }),
});

const oneX = (random: Random): OneXOptions => ({
  ...some(random, {
    cacheUserData: random.boolean(),
    heldPeriod: from(random, 1, 3600),
    authPeriod: from(random, 1, 3600),
    startPeriod: from(random, 1, 3600),
    maxStart: from(random, 1, 100),
    maxAuthFailures: from(random, 1, 100),
    supplicantMode: random.pick(['inhibitTransmission', 'includeLearning', 'compliant'] as const),
    authMode: random.pick(['machineOrUser', 'machine', 'user', 'guest'] as const),
    singleSignOn: singleSignOn(random),
  }),
  eap: eap(random),
});

/** Text of 32 octets at most, or octets that are no text, with and without what shows for them. */
function ssid(random: Random): WlanSsid {
  const given = short(random, 6);
  if (random.below(3) > 0) return given;
  const hex = `FF${random.hex(random.below(32)).toUpperCase()}`;
  return random.boolean() ? { hex } : { hex, name: short(random, 32) };
}

const security = (random: Random, isEnterprise: boolean): WlanSecurity => {
  const authentication = isEnterprise
    ? random.pick(['WPA', 'WPA2', 'WPA3ENT', 'WPA3ENT192', 'WPA3'] as const)
    : random.pick(['open', 'shared', 'WPAPSK', 'WPA2PSK', 'WPA3SAE', 'OWE'] as const);
  const isLong = authentication === 'WPA3ENT192' || authentication === 'WPA3';
  return {
    authentication,
    encryption: isLong ? 'GCMP256' : random.pick(['AES', 'TKIP', 'WEP', 'none'] as const),
    useOneX: isEnterprise,
    ...some(random, {
      fipsMode: random.boolean(),
      transitionMode: random.boolean(),
      sharedKey: {
        keyType: random.pick(['networkKey', 'passPhrase'] as const),
        protected: random.boolean(),
        keyMaterial: text(random),
      },
      keyIndex: random.below(4),
      pmkCacheMode: random.pick(['enabled', 'disabled'] as const),
      pmkCacheTtl: from(random, 5, 1440),
      pmkCacheSize: from(random, 1, 255),
      preAuthMode: random.pick(['enabled', 'disabled'] as const),
      preAuthThrottle: from(random, 1, 16),
    }),
  };
};

const hotspot2 = (random: Random): Hotspot2Options =>
  some(random, {
    domainName: short(random, 255),
    naiRealms: random.list(1, 3, () => short(random, 255)),
    plmnIds: random.list(1, 3, () => String(from(random, 10000, 999999))),
    roamingConsortiums: random.list(1, 3, () => random.hex(random.pick([3, 5])).toUpperCase()),
  });

const macRandomization = (random: Random): MacRandomization =>
  some(random, {
    enableRandomization: random.boolean(),
    randomizeEveryday: random.boolean(),
    randomizationSeed: random.below(0xffffffff),
  });

const wlan = (random: Random): WlanProfileOptions => {
  const isEnterprise = random.below(4) > 0;
  return {
    name: short(random, 255),
    ssids: random.list(1, 4, () => ssid(random)),
    connectionType: random.pick(['ESS', 'IBSS'] as const),
    security: security(random, isEnterprise),
    ...(isEnterprise && { oneX: oneX(random) }),
    ...some(random, {
      nonBroadcast: random.boolean(),
      hotspot2: hotspot2(random),
      connectionMode: random.pick(['auto', 'manual'] as const),
      autoSwitch: random.boolean(),
      phyTypes: random.list(1, 3, () => random.pick(['a', 'b', 'g', 'n', 'ac', 'ax'] as const)),
      macRandomization: macRandomization(random),
    }),
  };
};

const lan = (random: Random): LanProfileOptions => {
  const oneXEnabled = random.below(4) > 0;
  return {
    oneXEnforced: random.boolean(),
    oneXEnabled,
    ...((oneXEnabled || random.boolean()) && { oneX: oneX(random) }),
  };
};

const route = (random: Random): VpnRoute => ({
  address: random.pick(['10.0.0.0', '2001:db8::']),
  prefixSize: random.below(129),
  ...some(random, { exclusionRoute: random.boolean() }),
});

const trafficFilter = (random: Random): VpnTrafficFilter =>
  some(random, {
    app: text(random),
    claims: text(random),
    protocol: random.below(256),
    localPortRanges: text(random),
    remotePortRanges: text(random),
    localAddressRanges: text(random),
    remoteAddressRanges: text(random),
    routingPolicyType: random.pick(['SplitTunnel', 'ForceTunnel'] as const),
    direction: random.pick(['Inbound', 'Outbound'] as const),
  });

const domain = (random: Random): VpnDomain => ({
  domainName: text(random),
  ...some(random, {
    dnsServers: text(random),
    webProxyServers: text(random),
    autoTrigger: random.boolean(),
    persistent: random.boolean(),
  }),
});

const deviceCompliance = (random: Random): VpnDeviceCompliance => ({
  enabled: random.boolean(),
  ...some(random, {
    sso: { enabled: random.boolean(), ...some(random, { eku: text(random), issuerHash: text(random) }) },
  }),
});

const vpn = (random: Random): VpnProfileOptions => {
  const userMethod = random.pick(['Eap', 'MSChapv2'] as const);
  return {
    servers: random.list(1, 3, () =>
      random.pick(['vpn.example.org', 'vpn.example.net;the second', '192.0.2.1']),
    ),
    userMethod,
    ...(userMethod === 'Eap' && { eap: eap(random) }),
    ...some(random, {
      edpModeId: text(random),
      rememberCredentials: random.boolean(),
      alwaysOn: random.boolean(),
      dnsSuffix: text(random),
      trustedNetworkDetection: text(random),
      lockDown: random.boolean(),
      deviceTunnel: random.boolean(),
      registerDns: random.boolean(),
      byPassForLocal: random.boolean(),
      routingPolicyType: random.pick(['SplitTunnel', 'ForceTunnel'] as const),
      nativeProtocolType: random.pick([
        'PPTP',
        'L2TP',
        'IKEv2',
        'SSTP',
        'Automatic',
        'ProtocolList',
      ] as const),
      l2tpPsk: text(random),
      disableClassBasedDefaultRoute: random.boolean(),
      cryptographySuite: some(random, {
        authenticationTransformConstants: text(random),
        cipherTransformConstants: text(random),
        pfsGroup: text(random),
        dhGroup: text(random),
        integrityCheckMethod: text(random),
        encryptionMethod: text(random),
      }),
      proxy: some(random, { autoConfigUrl: text(random), server: text(random) }),
      deviceCompliance: deviceCompliance(random),
      appTriggers: random.list(1, 3, () => short(random, 99)),
      domains: random.list(1, 3, () => domain(random)),
      trafficFilters: random.list(1, 3, () => trafficFilter(random)),
      routes: random.list(1, 3, () => route(random)),
      machineMethod: 'Certificate' as const,
    }),
  };
};

/** Options of each builder of a connection profile. */
export const randomConnections = { wlan, lan, vpn } satisfies {
  [K in keyof typeof profiles]?: (random: Random) => object;
};
