// wpa_supplicant's configuration: a network block for each SSID.

import { Buffer } from 'node:buffer';

import { authoritiesFile, fileName, type Security, type Target, targetOf, type Wireless } from './input.js';
import type { ConvertedTrust } from './trust.js';
import type { Conversion, ConversionOptions } from './types.js';

/** wpa_supplicant takes what is beyond for another line. It reads 2,000 octets at a time. */
const longestLine = 1900;

/** Where Debian and others keep the certificates that the system trusts; wpa_supplicant itself knows none. */
const systemAuthorities = '/etc/ssl/certs/ca-certificates.crt';

type Lines = readonly (readonly [key: string, value: string | undefined])[];

/** Octets, or text, as they come back: in quotes where nothing in them means anything, else in hexadecimal. */
function quoted(value: string | Buffer): string {
  const octets = typeof value === 'string' ? Buffer.from(value) : value;
  const text = octets.toString('latin1');
  return /^[\x20\x21\x23-\x5B\x5D-\x7E]*$/u.test(text) ? `"${text}"` : octets.toString('hex');
}

const optional = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : quoted(value);

function block(lines: Lines): string {
  const given = lines.flatMap(([key, value]) => {
    if (value === undefined) return [];
    const line = `\t${key}=${value}`;
    if (line.length > longestLine) throw new RangeError(`${key} is too long for wpa_supplicant`);
    return `${line}\n`;
  });
  return `network={\n${given.join('')}}\n`;
}

function keyManagement({ protocol, is192Bit, protectedFrames }: Security): string {
  if (is192Bit) return 'WPA-EAP-SUITE-B-192';
  if (protocol === 'WPA') return 'WPA-EAP';
  return protectedFrames ? 'WPA-EAP-SHA256' : 'WPA-EAP WPA-EAP-SHA256';
}

function wireless({ security, isHidden, randomMac, isAutomatic }: Wireless, ssid: Buffer): Lines {
  const { protocol, cipher, is192Bit, protectedFrames } = security;
  const protection = protectedFrames ? '2' : '1';
  const mac = randomMac ? '1' : '0';
  return [
    ['ssid', quoted(ssid)],
    ['scan_ssid', isHidden ? '1' : undefined],
    ['disabled', isAutomatic ? undefined : '1'],
    ['mac_addr', randomMac === undefined ? undefined : mac],
    ['proto', protocol],
    ['key_mgmt', keyManagement(security)],
    ['pairwise', cipher],
    ['group', is192Bit ? cipher : undefined],
    ['group_mgmt', is192Bit ? 'BIP-GMAC-256' : undefined],
    ['ieee80211w', protocol === 'RSN' ? protection : undefined],
  ];
}

const wired: Lines = [
  ['key_mgmt', 'IEEE8021X'],
  ['eapol_flags', '0'],
];

/** Trust of the outer method, or of the inner one (`2` behind the names). */
function trustLines(trust: ConvertedTrust, suffix: string, { files }: Target): Lines {
  const { names } = trust;
  return [
    [`ca_cert${suffix}`, quoted(authoritiesFile(trust, files) ?? systemAuthorities)],
    [`domain_match${suffix}`, names.length === 0 ? undefined : quoted(names.join(';'))],
  ];
}

/** The user's certificate, which is in the same file as the key. */
const keyLines = (key: string | undefined, suffix: string, passphrase: string | undefined): Lines => [
  [`private_key${suffix}`, optional(key)],
  [`private_key${suffix}_passwd`, optional(passphrase)],
];

function dot1x(target: Target, key: string | undefined): Lines {
  const { plan, passphrase } = target;
  const { outer, proof, trust } = plan;
  const common: Lines = [
    ['eap', outer.toUpperCase()],
    ['identity', optional(plan.identity)],
    ['anonymous_identity', optional(plan.anonymousIdentity)],
    ...trustLines(trust, '', target),
  ];
  if (outer === 'tls') return [...common, ...keyLines(key, '', passphrase)];
  const isEap = proof.by === 'certificate' || proof.isEap;
  const method = proof.by === 'certificate' ? 'TLS' : proof.method.toUpperCase();
  return [
    ...common,
    ['phase1', plan.requireCryptoBinding ? '"crypto_binding=2"' : undefined],
    ['phase2', `"${outer === 'ttls' && isEap ? 'autheap' : 'auth'}=${method}"`],
    ...(proof.by === 'password'
      ? ([['password', plan.isKept ? optional(plan.password) : undefined]] as const)
      : [...trustLines(proof.trust, '2', target), ...keyLines(key, '2', passphrase)]),
  ];
}

/**
 * The configuration of wpa_supplicant that a Windows profile and its credentials come to: one document with a network
 * block for each SSID. For wired networks it begins with `ap_scan=0`, and wpa_supplicant needs `-D wired`. Put `files`
 * where their paths say first. Errors as of `toNetworkManager`; RangeError for a value of more than some 900 octets.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { profiles } from 'eaphost/profiles';
 *
 * const { documents, files } = profiles.toWpaSupplicant({
 *   wlan: readFileSync('profile.xml', 'utf8'),
 *   credentials: { ttls: { username: 'alice@example.org', password: 'secret' } },
 *   authorities: [readFileSync('roots.pem')],
 *   folder: '/etc/eaphost',
 * });
 * console.log(documents[0]?.text, files.map(({ path }) => path));
 * ```
 */
export function toWpaSupplicant(options: ConversionOptions): Conversion {
  const target = targetOf(options);
  const { wireless: wlan, files, notes, plan } = target;
  if (!plan.isKept && plan.password !== undefined) {
    notes.push('the password is left out, as cacheUserData is false: wpa_supplicant asks for it');
  }
  const security = dot1x(target, target.key);
  const blocks =
    wlan === undefined
      ? ['ap_scan=0\n', block([...wired, ...security])]
      : wlan.ssids.map((ssid) => block([...wireless(wlan, ssid), ...security]));
  return {
    documents: [{ name: `${fileName(wlan?.name ?? 'wired')}.conf`, text: blocks.join('\n') }],
    files: files.all(),
    notes,
  };
}
