// Profiles and credentials of wired networks, in the service dot3svc, through netsh. JavaScript thread.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import {
  ownOptions,
  type OptionNames,
  signalNames,
  type SignalOptions,
  toBoolean,
  toSignal,
  toText,
  toXml,
} from '../base/arguments.js';
import { EapError } from '../base/errors.js';
import { profiles } from '../profiles/index.js';
import type { LanProfileOptions } from '../profiles/index.js';
import { malformed, readXml } from '../profiles/xml.js';
import { type NetshProgram, runNetsh } from './netsh.js';
import { withPrivateFolder, writeDocument } from './private-file.js';
import { hasNoProfile, wiredFailure } from './wired-failure.js';
import { windowsLan } from './lan-machine.js';

/** The wired profile of an adapter. */
export interface WiredProfile {
  /** The name of the connection, such as `Ethernet`. */
  readonly interface: string;
  /** LANProfile, as Windows exports it. */
  readonly xml: string;
}

/** Of every call about wired profiles. */
export interface LanOptions extends SignalOptions {
  /** For tests: a program in place of System32's netsh.exe, and arguments that go before netsh's own. */
  readonly netsh?: NetshProgram | undefined;
}

/** Whose the credentials are. */
export interface LanCredentialOptions extends LanOptions {
  /** Whether every user, and the machine, authenticates with them; needs an administrator. Default: this user alone. */
  readonly forAllUsers?: boolean | undefined;
}

const lanNames: OptionNames<LanOptions> = { ...signalNames, netsh: 'strings' };
const lanCredentialNames: OptionNames<LanCredentialOptions> = { ...lanNames, forAllUsers: 'boolean' };

function toProgram(value: unknown): NetshProgram | undefined {
  if (value === undefined) return undefined;
  const [program, ...before] = Array.isArray(value) ? value.map((each) => toText(each, 'netsh')) : [];
  if (program === undefined) throw new TypeError('netsh must be a list: a program, and its first arguments');
  return [program, ...before];
}

function readOptions<Options extends LanOptions>(options: Options | undefined, names: OptionNames<Options>) {
  const own = ownOptions<string>(options, 'options', names);
  return {
    netsh: toProgram(own['netsh']),
    signal: toSignal(own['signal']),
    forAllUsers: toBoolean(own['forAllUsers'], 'forAllUsers', false),
  };
}

/** A connection's name. netsh would take a quote for the end of it, and Windows has none in such names. */
function toInterface(value: unknown): string {
  const name = toText(value, 'interface');
  if (/["\r\n]/u.test(name))
    throw new RangeError('interface must be the name of a connection, such as Ethernet');
  return name;
}

/** A document whose outermost element has this name. What is in it Windows judges. */
function toDocument(value: unknown, root: string): string {
  const xml = toXml(value);
  const { name, ...element } = readXml(xml);
  if (name.local !== root) throw malformed({ name, ...element }, `the document's element must be ${root}`);
  return xml;
}

interface Call {
  /** netsh's words, such as `add profile`. */
  readonly words: readonly string[];
  readonly interface?: string;
  readonly args?: readonly string[];
  /** The document that it was given. */
  readonly xml?: string;
  readonly isSecret?: boolean;
  readonly netsh: NetshProgram | undefined;
  readonly signal: AbortSignal | undefined;
}

async function callNetsh(given: Call): Promise<void> {
  const { words, args = [], netsh, signal, xml, isSecret, interface: port } = given;
  const onPort = port === undefined ? [] : [`interface=${port}`];
  const { code, output } = await runNetsh([...words, ...args, ...onPort], netsh, signal);
  if (code === 0) return;
  // Credentials are refused for what the profile says, too.
  const profileXml = isSecret && port !== undefined ? await profileOf(port, { netsh, signal }) : undefined;
  throw await wiredFailure(
    { call: `netsh lan ${words.join(' ')}`, interface: port, output, xml, profileXml, isSecret },
    netsh === undefined ? windowsLan : undefined,
  );
}

/** The profile of an adapter; undefined where there is none, or it cannot be had. */
async function profileOf(port: string, options: LanOptions): Promise<string | undefined> {
  try {
    return (await exported(port, options))[0]?.xml;
  } catch (error) {
    if (error instanceof EapError) return undefined;
    throw error;
  }
}

const longestProfile = 1 << 20;

/** A file that netsh wrote. */
async function readExported(path: string): Promise<string> {
  if ((await stat(path)).size > longestProfile) throw malformed(path, `longer than ${longestProfile} octets`);
  const octets = await readFile(path);
  const isWide = octets[0] === 0xff && octets[1] === 0xfe;
  return octets.toString(isWide ? 'utf16le' : 'utf8').replace(/^\uFEFF/u, '');
}

const ending = '.xml';

async function exported(port: string | undefined, options: LanOptions | undefined): Promise<WiredProfile[]> {
  const { netsh, signal } = readOptions(options, lanNames);
  return await withPrivateFolder(async (folder) => {
    const words = ['export', 'profile'];
    const args = [`folder=${folder}`];
    try {
      await callNetsh({ words, args, ...(port !== undefined && { interface: port }), netsh, signal });
    } catch (error) {
      if (!hasNoProfile(error)) throw error;
    }
    const names = (await readdir(folder)).filter((name) => name.endsWith(ending));
    return Promise.all(
      names.toSorted().map(async (name) => ({
        interface: name.slice(0, -ending.length),
        xml: await readExported(join(folder, name)),
      })),
    );
  });
}

async function setDocument(
  words: readonly string[],
  port: string,
  xml: string,
  { netsh, signal, forAllUsers }: ReturnType<typeof readOptions>,
): Promise<void> {
  const isSecret = words.includes('eapuserdata');
  await withPrivateFolder(async (folder) => {
    const file = await writeDocument(folder, 'document.xml', xml);
    const args = [`filename=${file}`, ...(isSecret ? [`allusers=${forAllUsers ? 'yes' : 'no'}`] : [])];
    await callNetsh({ words, interface: port, args, xml, isSecret, netsh, signal });
  });
}

/**
 * Profiles and credentials of wired 802.1X in Windows' service dot3svc, by `netsh lan`, which is what Windows documents for
 * them. Documents go through a file that only this user can read, and that is deleted on every path.
 *
 * Each call rejects with `EapError`: `EAPHOST_UNSUPPORTED_PLATFORM` elsewhere than on Windows,
 * `EAPHOST_INTERFACE_NOT_FOUND`, `ERROR_SERVICE_NOT_ACTIVE` where dot3svc does not run, `ERROR_ACCESS_DENIED` without an
 * administrator's rights and where group policy has the profile, `ERROR_BAD_PROFILE` and `E_XML_INVALID` with the element
 * that cannot be right, `EAPHOST_NETSH` for what netsh alone knows, `EAPHOST_TEMPORARY_FOLDER`.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { wired } from 'eaphost/networks';
 *
 * const inner = { mschapv2: { useWinlogonCredentials: false } };
 * await wired.setProfile('Ethernet', { oneX: { authMode: 'user', eap: { peap: { inner } } } });
 * await wired.setCredentials('Ethernet', await readFile('alice.xml', 'utf8'), { forAllUsers: true });
 * ```
 */
export const wired = {
  /** The profiles of all adapters (`netsh lan export profile`). */
  async profiles(options?: LanOptions): Promise<WiredProfile[]> {
    return await exported(undefined, options);
  },

  /** The profile of an adapter, as LANProfile; undefined if it has none (`netsh lan export profile`). */
  async getProfile(interfaceName: string, options?: LanOptions): Promise<string | undefined> {
    const found = await exported(toInterface(interfaceName), options);
    return found[0]?.xml;
  },

  /**
   * Gives an adapter its profile, typed or as LANProfile, in place of the one that it has (`netsh lan add profile`). Needs an
   * administrator.
   */
  async setProfile(
    interfaceName: string,
    profile: string | LanProfileOptions,
    options?: LanOptions,
  ): Promise<void> {
    const read = readOptions(options, lanNames);
    const port = toInterface(interfaceName);
    const xml = typeof profile === 'string' ? toDocument(profile, 'LANProfile') : profiles.lan(profile);
    await setDocument(['add', 'profile'], port, xml, read);
  },

  /**
   * Sets the credentials for the profile of an adapter (`netsh lan set eapuserdata`): EapHostUserCredentials of the method of
   * the profile, which must be there.
   */
  async setCredentials(interfaceName: string, xml: string, options?: LanCredentialOptions): Promise<void> {
    const read = readOptions(options, lanCredentialNames);
    const document = toDocument(xml, 'EapHostUserCredentials');
    await setDocument(['set', 'eapuserdata'], toInterface(interfaceName), document, read);
  },

  /** Deletes the profile of an adapter, and its credentials (`netsh lan delete profile`). Needs an administrator. */
  async deleteProfile(interfaceName: string, options?: LanOptions): Promise<void> {
    const { netsh, signal } = readOptions(options, lanNames);
    await callNetsh({ words: ['delete', 'profile'], interface: toInterface(interfaceName), netsh, signal });
  },

  /** Authenticates an adapter again (`netsh lan reconnect`). Resolves when that has begun. */
  async reconnect(interfaceName: string, options?: LanOptions): Promise<void> {
    const { netsh, signal } = readOptions(options, lanNames);
    await callNetsh({ words: ['reconnect'], interface: toInterface(interfaceName), netsh, signal });
  },
} as const;
