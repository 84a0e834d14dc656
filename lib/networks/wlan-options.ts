// What the calls of a WLAN client take, read and checked.

import { isAbsolute } from 'node:path';

import {
  ownOptions,
  signalNames,
  toSignal,
  toText,
  toUtf16,
  type OptionNames,
  type SignalOptions,
  type Kind,
} from '../base/arguments.js';

/** How `openWlan` reaches the WLAN service. */
export interface WlanOptions extends SignalOptions {
  /**
   * For tests: the absolute path of a library that has the functions of wlanapi.dll. It is loaded into this process. Default:
   * wlanapi.dll of System32, and nothing else.
   */
  readonly library?: string | undefined;
}

/** Which interface a call is about. */
export interface WlanInterfaceOptions extends SignalOptions {
  /** The `guid` or the `description` of a {@link WlanInterface}. Default: the only one that there is. */
  readonly interface?: string | undefined;
}

/** How `Wlan.setProfile` stores a profile. */
export interface SetWlanProfileOptions extends WlanInterfaceOptions {
  /** Whether every user has it. Default false: this user alone. */
  readonly forAllUsers?: boolean | undefined;
  /** Whether it replaces a profile of its name. Default false. */
  readonly overwrite?: boolean | undefined;
}

/** Whose the credentials of `Wlan.setCredentials` are. */
export interface SetWlanCredentialsOptions extends WlanInterfaceOptions {
  /** Whether every user of the profile authenticates with them; needs write access to it. Default false. */
  readonly forAllUsers?: boolean | undefined;
}

export const wlanNames: OptionNames<WlanOptions> = { ...signalNames, library: 'string' };
export const interfaceNames: OptionNames<WlanInterfaceOptions> = { ...signalNames, interface: 'string' };
export const setProfileNames: OptionNames<SetWlanProfileOptions> = {
  ...interfaceNames,
  forAllUsers: 'boolean',
  overwrite: 'boolean',
};
export const setCredentialsNames: OptionNames<SetWlanCredentialsOptions> = {
  ...interfaceNames,
  forAllUsers: 'boolean',
};

const longestName = 255;

/** The name of a profile. */
export function toProfileName(value: unknown): string {
  const name = toText(value, 'profile');
  if (name.length > longestName) throw new RangeError(`profile must have at most ${longestName} characters`);
  return name;
}

/** A library of a test's, or '' for Windows' own. */
export function toLibrary(value: unknown): string {
  if (value === undefined) return '';
  const library = toText(value, 'library');
  if (!isAbsolute(library)) throw new RangeError('library must be an absolute path');
  return library;
}

/** The options of a call, read. */
export interface CallOptions {
  readonly given: Readonly<Partial<Record<string, unknown>>>;
  readonly interface: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The options of a call that may be given its interface alone. */
export const onInterface = (options: string | object | undefined): object | undefined =>
  typeof options === 'string' ? { interface: options } : options;

/** Reads the options of a call. */
export function readCall(options: object | undefined, names: Readonly<Record<string, Kind>>): CallOptions {
  const given = ownOptions<string>(options, 'options', names);
  const named = given['interface'];
  return {
    given,
    interface: named === undefined ? undefined : toText(named, 'interface'),
    signal: toSignal(given['signal']),
  };
}

/** Calls with a document in UTF-16, which is wiped then. `text`: the document itself, unless it was given as octets. */
export async function withSecret(
  document: string | Uint8Array,
  work: (xml: Buffer, text: string | undefined) => Promise<void>,
): Promise<void> {
  const xml = toUtf16(document, 'xml');
  try {
    await work(xml, typeof document === 'string' ? document : undefined);
  } finally {
    xml.fill(0);
  }
}
