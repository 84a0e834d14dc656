// EAP of phone-book entries: VPN connections that Windows dials. JavaScript thread; the calls are made on native threads
// (native/system/ras.h).

import { untilAborted } from '../base/abort.js';
import {
  ownOptions,
  signalNames,
  toBytes,
  toHandle,
  toSignal,
  toText,
  type Kind,
  type OptionNames,
  type SignalOptions,
} from '../base/arguments.js';
import { secretFrom } from '../base/secret.js';
import { callService, checkPlatform } from './failure.js';
import { toLibrary } from './wlan-options.js';

/** Where an entry is. */
export interface VpnEntryOptions extends SignalOptions {
  /** The path of a phone book (.pbk). Default: this user's own, where Windows' Settings put VPN connections. */
  readonly phonebook?: string | undefined;
  /**
   * For tests: the absolute path of a library that has the functions of rasapi32.dll. It is loaded into this process. Default:
   * rasapi32.dll of System32, and nothing else.
   */
  readonly library?: string | undefined;
}

/** What `vpn.setEap` sets: one of the two at least. */
export interface VpnEapOptions extends VpnEntryOptions {
  /**
   * The configuration of the entry's EAP method, for all its users, as `configFromXml` of an `EapHost` gives it
   * (RasSetCustomAuthData).
   */
  readonly config?: Uint8Array | undefined;
  /** The credentials of a user, as `credentialsFromXml` of an `EapHost` gives them (RasSetEapUserData). */
  readonly credentials?: Uint8Array | undefined;
  /** Whose the credentials are: an impersonation token as the value of its handle. Default: of this process' user. */
  readonly userToken?: bigint | undefined;
}

const entryNames: OptionNames<VpnEntryOptions> = { ...signalNames, phonebook: 'string', library: 'string' };
const eapNames: OptionNames<VpnEapOptions> = {
  ...entryNames,
  config: 'bytes',
  credentials: 'bytes',
  userToken: true,
};

function read(name: string, options: object | undefined, names: Readonly<Record<string, Kind>>) {
  const given = ownOptions<string>(options, 'options', names);
  const entry = {
    library: toLibrary(given['library']),
    phonebook: given['phonebook'] === undefined ? '' : toText(given['phonebook'], 'phonebook'),
    entry: toText(name, 'entry'),
  };
  const signal = toSignal(given['signal']);
  signal?.throwIfAborted();
  return { given, entry, signal };
}

/** A copy; undefined for none. */
function toBlob(value: unknown, argument: string): Buffer | undefined {
  if (value === undefined) return undefined;
  const octets = toBytes(value, argument);
  if (octets.length === 0) throw new RangeError(`${argument} must not be empty`);
  return secretFrom(octets);
}

/**
 * EAP of VPN connections that Windows dials: entries of a phone book, as Settings, `Add-VpnConnection` and rasphone make
 * them.
 *
 * Each call rejects with `EapError`: `ERROR_CANNOT_FIND_PHONEBOOK_ENTRY` where there is no such entry,
 * `ERROR_CANNOT_OPEN_PHONEBOOK`, `ERROR_ACCESS_DENIED` for another's phone book,
 * `EAPHOST_NETWORK_SERVICE_NOT_FOUND` without Windows' Remote Access, `EAPHOST_UNSUPPORTED_PLATFORM` elsewhere than on
 * Windows.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { openEapHost } from 'eaphost';
 * import { vpn } from 'eaphost/networks';
 *
 * await using eaphost = await openEapHost();
 * const { method, blob: config } = await eaphost.configFromXml(await readFile('eap.xml', 'utf8'));
 * const xml = await readFile('alice.xml', 'utf8');
 * const credentials = await eaphost.credentialsFromXml(xml, { method, config });
 * await vpn.setEap('Campus', { config, credentials });
 * ```
 */
export const vpn = {
  /**
   * Sets the configuration of an entry's EAP method (RasSetCustomAuthData), a user's credentials for it (RasSetEapUserData),
   * or both. The method itself is the entry's: RAS keeps the octets, and gives them to the method when it dials. The tests run
   * it over a library of their own; what a real phone book makes of the octets is open.
   */
  async setEap(entryName: string, options: VpnEapOptions): Promise<void> {
    const { given, entry, signal } = read(entryName, options, eapNames);
    const userToken = toHandle(given['userToken'], 'userToken');
    checkPlatform('ras', entry.library);
    const config = toBlob(given['config'], 'config');
    const credentials = toBlob(given['credentials'], 'credentials');
    if (config === undefined && credentials === undefined) throw new TypeError('give config or credentials');
    const set = async (): Promise<void> => {
      try {
        if (config !== undefined) await callService('ras', 'setCustomAuthData', { ...entry, data: config });
        signal?.throwIfAborted();
        if (credentials !== undefined)
          await callService('ras', 'setEapUserData', { ...entry, userToken, data: credentials });
      } finally {
        config?.fill(0);
        credentials?.fill(0);
      }
    };
    await untilAborted(set(), signal);
  },

  /** The configuration of an entry's EAP method (RasGetCustomAuthData); empty if it has none. */
  async getEap(entryName: string, options?: VpnEntryOptions): Promise<Buffer> {
    const { entry, signal } = read(entryName, options, entryNames);
    checkPlatform('ras', entry.library);
    return await untilAborted(callService('ras', 'getCustomAuthData', entry), signal);
  },
} as const;
