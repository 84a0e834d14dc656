// A connection of NetworkManager: a keyfile, in glib's form of INI files.

import type { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

import { eaphostError } from '../../base/errors.js';
import { nameOfEapType } from '../../eap/describe.js';
import { authoritiesFile, fileName, type Target, targetOf, type Wireless } from './input.js';
import type { ConvertedTrust } from './trust.js';
import type { Conversion, ConversionOptions } from './types.js';

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A string as glib reads it back: no value can end its line, nor lose spaces at its ends. */
const escape = (value: string): string =>
  value
    .replaceAll(/[\\\n\r\t]/gu, (character) => escapes[character] ?? '')
    .replaceAll(/^ +| +$/gu, (spaces) => '\\s'.repeat(spaces.length));

type Lines = readonly (readonly [key: string, value: string | undefined])[];

function section(name: string, lines: Lines): string {
  const given = lines.flatMap(([key, value]) => (value === undefined ? [] : `${key}=${escape(value)}\n`));
  return `[${name}]\n${given.join('')}`;
}

/** A list of words of our own. */
const list = (...words: readonly string[]): string => words.map((each) => `${each};`).join('');

/** The octets as a list of numbers, which nothing can be mistaken for. */
const octets = (value: Buffer): string => list(...Array.from(value, String));

/** Always the same one for a name, so that a connection that is written again replaces the old one. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`eaphost ${name}`).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4] ?? '8';
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}

function wireless({ security, isHidden, randomMac }: Wireless, ssid: Buffer): string[] {
  const mac = randomMac ? 'stable' : 'permanent';
  return [
    section('wifi', [
      ['mode', 'infrastructure'],
      ['ssid', octets(ssid)],
      ['hidden', isHidden ? 'true' : undefined],
      ['cloned-mac-address', randomMac === undefined ? undefined : mac],
    ]),
    section('wifi-security', [
      ['key-mgmt', security.is192Bit ? 'wpa-eap-suite-b-192' : 'wpa-eap'],
      ['proto', list(security.protocol.toLowerCase())],
      ['pairwise', security.is192Bit ? undefined : list(security.cipher.toLowerCase())],
      ['pmf', security.protectedFrames ? '3' : undefined],
    ]),
  ];
}

const uri = (path: string | undefined): string | undefined => path && `file://${path}`;

/** Trust of the outer method, or of the inner one (`phase2-`). */
function trustLines(trust: ConvertedTrust, prefix: string, { files }: Target): Lines {
  const { names } = trust;
  return [
    [`${prefix}ca-cert`, uri(authoritiesFile(trust, files))],
    [`${prefix}domain-match`, names.length === 0 ? undefined : names.join(';')],
  ];
}

/** The user's certificate: a PKCS #12 stands in both places. */
function keyLines(key: string | undefined, prefix: string, passphrase: string | undefined): Lines {
  return [
    [`${prefix}client-cert`, uri(key)],
    [`${prefix}private-key`, uri(key)],
    [`${prefix}private-key-password`, passphrase],
    [`${prefix}private-key-password-flags`, passphrase === undefined ? '1' : undefined],
  ];
}

/** Who asks for a password that is not in the file: the user's agent, once or always. */
function passwordLines({ password, isKept }: Target['plan']): Lines {
  if (!isKept) return [['password-flags', '2']];
  return password === undefined ? [['password-flags', '1']] : [['password', password]];
}

const typeOf = { tls: 13, peap: 25, ttls: 21 } as const;
const nameOf = (method: keyof typeof typeOf): string =>
  `${nameOfEapType(typeOf[method])} (${typeOf[method]})`;

/**
 * Whether the roots are those that the system trusts. `system-ca-certs` replaces the roots of both methods, so that one
 * cannot have roots of its own: throws EapError EAPHOST_NOT_SUPPORTED.
 */
function trustsSystem({ outer, proof, trust }: Target['plan']): boolean {
  const isSystem = trust.authorities === undefined;
  if (proof.by === 'password' || (proof.trust.authorities === undefined) === isSystem) return isSystem;
  const [tunnel, inside] = [nameOf(outer), nameOf('tls')];
  const who = isSystem
    ? `${inside} inside ${tunnel} names its roots and the tunnel none`
    : `${tunnel} names its roots and ${inside} inside it none`;
  throw eaphostError(
    'EAPHOST_NOT_SUPPORTED',
    `${who}: NetworkManager's system-ca-certs would have both trust every root of the system; ` +
      'name the roots (trustedRoots) of both',
  );
}

function dot1x(target: Target, key: string | undefined): string {
  const { plan, passphrase } = target;
  const { outer, proof, trust } = plan;
  const common: Lines = [
    ['eap', list(outer)],
    ['identity', plan.identity],
    ['anonymous-identity', plan.anonymousIdentity],
    ...trustLines(trust, '', target),
    ['system-ca-certs', trustsSystem(plan) ? 'true' : undefined],
  ];
  if (outer === 'tls') return section('802-1x', [...common, ...keyLines(key, '', passphrase)]);
  const isEap = proof.by === 'certificate' || proof.isEap;
  const method = proof.by === 'certificate' ? 'tls' : proof.method;
  const inner: Lines = [[outer === 'ttls' && isEap ? 'phase2-autheap' : 'phase2-auth', method]];
  const secrets: Lines =
    proof.by === 'password'
      ? passwordLines(plan)
      : [...trustLines(proof.trust, 'phase2-', target), ...keyLines(key, 'phase2-', passphrase)];
  return section('802-1x', [...common, ...inner, ...secrets]);
}

function connection(id: string, type: string, isAutomatic: boolean): string {
  return section('connection', [
    ['id', id],
    ['uuid', uuidOf(id)],
    ['type', type],
    ['autoconnect', isAutomatic ? undefined : 'false'],
  ]);
}

const addresses = [section('ipv4', [['method', 'auto']]), section('ipv6', [['method', 'auto']])];

/**
 * The connections of NetworkManager that a Windows profile and its credentials come to: a keyfile for each SSID, for
 * `/etc/NetworkManager/system-connections`, owned by root with mode 0600. Put `files` where their paths say first.
 *
 * Throws EapError EAPHOST_NOT_SUPPORTED for what no Linux supplicant can do or what would trust any server, and where of
 * a tunnel and EAP-TLS inside it only one names its roots, which NetworkManager cannot tell apart; TypeError
 * or RangeError that names the option for wrong types, misspelt options, a missing `pkcs12`, and authorities of the
 * profile that are not among `authorities`; else as the builders and parsers of the profile.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { profiles } from 'eaphost/profiles';
 *
 * const { providers } = profiles.parseEapConfig(readFileSync('eduroam.eap-config', 'utf8'));
 * const { wlan, credentials, roots, intermediates } = profiles.fromEapConfig(providers[0]!, { username: 'alice' });
 * const authorities = [...roots, ...intermediates].map(({ pem }) => pem);
 * const { documents } = profiles.toNetworkManager({ wlan: wlan[0], credentials, authorities, folder: '/etc/eaphost' });
 * ```
 */
export function toNetworkManager(options: ConversionOptions): Conversion {
  const target = targetOf(options);
  const { wireless: wlan, files, notes, plan } = target;
  if (plan.requireCryptoBinding)
    notes.push('requireCryptoBinding is not carried over: NetworkManager cannot demand it');
  const security = dot1x(target, target.key);
  const texts: readonly (readonly [id: string, parts: readonly string[]])[] =
    wlan === undefined
      ? [['Wired 802.1X', [connection('Wired 802.1X', 'ethernet', true), security]]]
      : wlan.ssids.map((ssid) => {
          const id = wlan.ssids.length === 1 ? wlan.name : `${wlan.name} (${ssid.toString('hex')})`;
          return [id, [connection(id, 'wifi', wlan.isAutomatic), ...wireless(wlan, ssid), security]];
        });
  return {
    documents: texts.map(([id, parts]) => ({
      name: `${fileName(id)}.nmconnection`,
      text: [...parts, ...addresses].join('\n'),
    })),
    files: files.all(),
    notes,
  };
}
