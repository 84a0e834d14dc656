// What is common to the conversions: their options checked, the network's own settings, the files beside the text.

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

import { type OptionNames, ownOptions, toBytes } from '../../base/arguments.js';
import { eaphostError } from '../../base/errors.js';
import { isObject } from '../../base/guards.js';
import { lan, parseLan } from '../connections/lan.js';
import type { WlanProfileOptions, WlanSecurity, WlanSsid } from '../connections/options.js';
import { parseWlan, wlan } from '../connections/wlan.js';
import { leftOut, type Plan, planOf } from './plan.js';
import { readAuthorities, type ConvertedTrust } from './trust.js';
import type { ConversionFile, ConversionOptions } from './types.js';

const optionNames: OptionNames<ConversionOptions> = {
  wlan: true,
  lan: true,
  credentials: true,
  authorities: 'array',
  pkcs12: 'bytes',
  passphrase: 'string',
  folder: 'string',
};

/** Ciphers and key management of a wireless network with 802.1X. */
export interface Security {
  readonly protocol: 'WPA' | 'RSN';
  readonly cipher: 'TKIP' | 'CCMP' | 'GCMP-256';
  /** WPA3-Enterprise in its 192-bit mode. */
  readonly is192Bit: boolean;
  /** Whether management frames must be protected. */
  readonly protectedFrames: boolean;
}

/** A wireless network. */
export interface Wireless {
  readonly name: string;
  /** Octets. */
  readonly ssids: readonly Buffer[];
  readonly isHidden: boolean;
  readonly security: Security;
  /** Undefined: as the system does. */
  readonly randomMac: boolean | undefined;
  /** Whether it is connected to without being asked. */
  readonly isAutomatic: boolean;
}

/** What is written. */
export interface Target {
  /** Undefined for wired networks. */
  readonly wireless: Wireless | undefined;
  readonly plan: Plan;
  readonly files: Files;
  readonly passphrase: string | undefined;
  readonly notes: string[];
}

const unsupported = (what: string): Error => eaphostError('EAPHOST_NOT_SUPPORTED', what);

const any = undefined;
const wlanTaken = {
  name: any,
  ssids: any,
  nonBroadcast: any,
  connectionMode: any,
  security: any,
  oneX: any,
  macRandomization: any,
  connectionType: 'ESS',
  autoSwitch: false,
};
const securityTaken = { authentication: any, encryption: any, transitionMode: any, useOneX: any };

const ciphers = { TKIP: 'TKIP', AES: 'CCMP', GCMP256: 'GCMP-256' } as const;

function securityOf({ authentication, encryption = 'AES', transitionMode = false }: WlanSecurity): Security {
  const is192Bit = authentication === 'WPA3ENT192' || authentication === 'WPA3';
  const isWpa3 = authentication === 'WPA3ENT';
  const isEnterprise = is192Bit || isWpa3 || authentication === 'WPA' || authentication === 'WPA2';
  if (!isEnterprise || encryption === 'WEP' || encryption === 'none') {
    throw unsupported(`a wireless network with ${authentication} and ${encryption} has no 802.1X to convert`);
  }
  return {
    protocol: authentication === 'WPA' ? 'WPA' : 'RSN',
    cipher: ciphers[encryption],
    is192Bit,
    protectedFrames: (is192Bit || isWpa3) && !transitionMode,
  };
}

const octetsOf = (ssid: WlanSsid): Buffer =>
  typeof ssid === 'string' ? Buffer.from(ssid) : Buffer.from(ssid.hex, 'hex');

function wirelessOf(options: WlanProfileOptions, notes: string[]): Wireless {
  if (options.connectionType === 'IBSS') throw unsupported('networks without access points have no 802.1X');
  leftOut(options, wlanTaken, '', notes);
  leftOut(options.security, securityTaken, 'security.', notes);
  const { enableRandomization, ...mac } = options.macRandomization ?? {};
  leftOut(mac, {}, 'macRandomization.', notes);
  return {
    name: options.name,
    ssids: options.ssids.map(octetsOf),
    isHidden: options.nonBroadcast === true,
    security: securityOf(options.security),
    randomMac: enableRandomization,
    isAutomatic: options.connectionMode !== 'manual',
  };
}

/** The document of a profile, given as one or as its options. */
function documentOf<Options>(given: string | Options, argument: string, write: (options: Options) => string) {
  if (typeof given === 'string') return given;
  if (!isObject(given) || Array.isArray(given))
    throw new TypeError(`${argument} must be a document or its options`);
  return write(given);
}

/** The profile as the parser gives it, whatever it was given as. */
function profileOf(given: ConversionOptions, notes: string[]) {
  if ((given.wlan === undefined) === (given.lan === undefined)) {
    throw new TypeError('options must have wlan or lan, and only one of them');
  }
  if (given.wlan !== undefined) {
    const { options, unknown } = parseWlan(documentOf(given.wlan, 'options.wlan', wlan));
    notes.push(...unknown);
    const { oneX, security } = options;
    return { oneX: security.useOneX === false ? undefined : oneX, wireless: wirelessOf(options, notes) };
  }
  const { options, unknown } = parseLan(documentOf(given.lan ?? {}, 'options.lan', lan));
  notes.push(...unknown);
  const { oneX, oneXEnabled, ...rest } = options;
  leftOut(rest, { oneXEnforced: false }, '', notes);
  return { oneX: oneXEnabled === false ? undefined : oneX, wireless: undefined };
}

const folderPattern = /^\/(?:[\x20\x21\x23-\x3A\x3C-\x5B\x5D-\x7E]*[\x21\x23-\x3A\x3C-\x5B\x5D-\x7E])?$/u;

/** The files that a text refers to, each once. */
export class Files {
  readonly #folder: string;
  readonly #files = new Map<string, ConversionFile>();

  constructor(folder: unknown) {
    if (typeof folder !== 'string') throw new TypeError('options.folder must be a string');
    if (folder.length > 500 || !folderPattern.test(folder)) {
      throw new RangeError(
        'options.folder must be an absolute path of up to 500 characters, printable ASCII without ", \\ and ;',
      );
    }
    this.#folder = folder.replace(/\/+$/u, '');
  }

  /** Adds a file, and gives its path. Its name says what is in it. */
  add(kind: string, ending: string, content: Uint8Array, secret: boolean): string {
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
    const path = `${this.#folder}/${kind}-${digest}.${ending}`;
    this.#files.set(path, { path, content, secret });
    return path;
  }

  authorities(pem: string): string {
    return this.add('ca', 'pem', new Uint8Array(Buffer.from(pem)), false);
  }

  all(): ConversionFile[] {
    return [...this.#files.values()];
  }
}

/** `name` as that of a file: letters, digits, and a mark of the rest where there is one. */
export function fileName(name: string): string {
  const plain = name
    .replaceAll(/[^0-9A-Za-z._-]+/gu, '_')
    .replace(/^[._-]+/u, '')
    .slice(0, 64);
  if (plain === name) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return plain === '' ? digest : `${plain}-${digest}`;
}

/** The user's certificate and key as a file. */
export function keyFile(given: ConversionOptions, files: Files): string {
  if (given.pkcs12 === undefined) {
    throw new TypeError("options.pkcs12 is missing: the profile wants the user's certificate");
  }
  return files.add('user', 'p12', Uint8Array.from(toBytes(given.pkcs12, 'options.pkcs12')), true);
}

/** What opens the key. The error tells nothing of it. */
function passphraseOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new TypeError('options.passphrase must be a string');
  if (/[\p{Cc}\p{Cs}]/u.test(value))
    throw new RangeError('options.passphrase must not have control characters');
  return value;
}

/** The options of a conversion, checked and understood; with the path of the user's key, if the method wants one. */
export function targetOf(options: ConversionOptions): Target & { readonly key: string | undefined } {
  const given = ownOptions(options, 'options', optionNames);
  const files = new Files(given.folder);
  const notes: string[] = [];
  const { oneX, wireless } = profileOf(given, notes);
  if (oneX === undefined) throw unsupported('a network without 802.1X has nothing to convert');
  const plan = planOf(oneX, given.credentials, readAuthorities(given.authorities), notes);
  if (plan.identity === undefined) notes.push('no name of a user is known: the supplicant asks for it');
  return {
    wireless,
    plan,
    files,
    passphrase: passphraseOf(given.passphrase),
    key: plan.proof.by === 'certificate' ? keyFile(given, files) : undefined,
    notes,
  };
}

/** The path of the authorities' certificates; undefined for those that the system trusts. */
export const authoritiesFile = ({ authorities }: ConvertedTrust, files: Files): string | undefined =>
  authorities === undefined ? undefined : files.authorities(authorities);
