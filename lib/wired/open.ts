// Opening a wired supplicant: its options checked, its link opened.

import { types } from 'node:util';

import {
  ownOptions,
  signalNames,
  toBoolean,
  toInteger,
  toSignal,
  toText,
  type OptionNames,
  type SignalOptions,
} from '../base/arguments.js';
import { isObject, namesOf } from '../base/guards.js';
import { secretFrom } from '../base/secret.js';
import { EapHost } from '../supplicant/eaphost.js';
import { checkBeginOptions, type MethodName } from '../supplicant/options.js';
import type { SessionInput } from './eap-peer.js';
import type { EapolVersion } from './eapol.js';
import { openEthernetLink } from './ethernet.js';
import { KeptBlobs } from './kept.js';
import type { EthernetLink } from './link.js';
import { WiredSupplicant, type SupplicantParts } from './supplicant.js';

/**
 * How `openWiredSupplicant` keeps a port authenticated: the port, the host that has the methods, and what sessions are
 * begun with: `method`, `config` and `credentials` as `EapHost.beginSession` has them, or `load`.
 */
export interface WiredSupplicantOptions<Name extends MethodName = MethodName>
  extends Partial<SessionInput<Name>>, SignalOptions {
  /** Has the methods. It stays open when the supplicant is closed. */
  readonly host: EapHost<Name>;
  /**
   * The port, by its name: `eth0`; on Windows the connection's name (`Ethernet`) or its GUID. `listEthernetInterfaces`
   * tells all. As `openEthernetLink` opens it.
   */
  readonly interface?: string | undefined;
  /** The port, instead of `interface`. The supplicant closes it. */
  readonly link?: EthernetLink | undefined;
  /**
   * Gives what each session is begun with, instead of `method` and its companions: files that are read anew, a store of
   * credentials. A blob of credentials that it gives is wiped once the session has begun. What it rejects with is a failed
   * authentication.
   */
  readonly load?: (() => SessionInput<Name> | Promise<SessionInput<Name>>) | undefined;
  /**
   * Closes the supplicant with a logoff, as `close` does, when it aborts. While the port is being opened it rejects with
   * the signal's reason.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Seconds that an authenticator may be silent within a conversation, and that a method may work on one packet; 1 to
   * 65,535. Default 30, the standard's.
   */
  readonly authPeriod?: number | undefined;
  /** Seconds for which nothing is tried after a failure, unless the authenticator asks; 1 to 65,535. Default 60. */
  readonly heldPeriod?: number | undefined;
  /** Seconds that an answer to an EAPOL-Start is waited for; 1 to 65,535. Default 30. */
  readonly startPeriod?: number | undefined;
  /** How many EAPOL-Start are sent before the port is held; 1 to 65,535. Default 3. */
  readonly maxStart?: number | undefined;
  /**
   * Whether a LAN where nobody answers `maxStart` EAPOL-Start is taken to be open, and not asked again before the link is
   * lost. Default false: the port is held, and asked again after `heldPeriod`.
   */
  readonly portValid?: boolean | undefined;
  /**
   * The protocol version in the frames that are sent: 1, 2 or 3, for IEEE 802.1X-2001, -2004 and -2010. Any is received.
   * Default 2, which every switch takes.
   */
  readonly eapolVersion?: EapolVersion | undefined;
  /**
   * A file in which what a success asks to be kept for the next session (`saveConfig`, `saveCredentials`) outlives the
   * process: a changed password, a server that was trusted. It is protected as `writeProtectedFile` does it. Blobs are used
   * with the method, the configuration and the credentials that they came of, and with no others. No failure removes them,
   * since it may be forged: after two refusals of the user in a row a session is begun without them, after two more with
   * them again, and the first success decides. Default: they are kept in memory.
   */
  readonly keepIn?: string | undefined;
}

const inputNames: OptionNames<SessionInput> = {
  method: true,
  config: 'bytes',
  credentials: 'object',
  userToken: true,
  flags: 'strings',
  maxSendPacketSize: 'number',
};
const supplicantNames: OptionNames<WiredSupplicantOptions> = {
  ...signalNames,
  ...inputNames,
  host: 'object',
  interface: 'string',
  link: 'object',
  load: 'function',
  authPeriod: 'number',
  heldPeriod: 'number',
  startPeriod: 'number',
  maxStart: 'number',
  portValid: 'boolean',
  eapolVersion: 'number',
  keepIn: 'string',
};

type Given = Readonly<Partial<Record<keyof WiredSupplicantOptions, unknown>>>;

/** Seconds, or a number of times, as the standard's variables have them. */
const toPeriod = (
  given: Given,
  name: 'authPeriod' | 'heldPeriod' | 'startPeriod' | 'maxStart',
  usual: number,
) => toInteger(given[name] ?? usual, name, 1, 65_535);

function toEapolVersion(value: unknown): EapolVersion {
  const version = toInteger(value ?? 2, 'eapolVersion', 1, 3);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- in its range
  return version as EapolVersion;
}

function isLink(value: unknown): value is EthernetLink {
  if (!isObject(value) || !types.isUint8Array(value['address']) || value['address'].length !== 6)
    return false;
  return ['start', 'send', 'close'].every((name) => typeof value[name] === 'function');
}

/** What opens the port. */
function toPort(given: Given, signal: AbortSignal | undefined): () => Promise<EthernetLink> {
  const { link } = given;
  if (given.interface !== undefined) {
    if (link !== undefined) throw new TypeError('link must not be given beside interface');
    const name = toText(given.interface, 'interface');
    return () => openEthernetLink({ interface: name, signal });
  }
  if (isLink(link)) {
    return async () => {
      signal?.throwIfAborted();
      return link;
    };
  }
  throw new TypeError('give interface, or a link with an address of six octets, start, send and close');
}

function toHost(value: unknown): EapHost {
  if (value instanceof EapHost) return value;
  throw new TypeError('host must be an EapHost, which openEapHost() gives');
}

/** Where sessions get their input from, and what forgets it. */
function toLoad(given: Given, host: EapHost): Pick<SupplicantParts, 'load' | 'forget'> {
  const { load } = given;
  const input = Object.fromEntries(
    namesOf(inputNames).flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
  if (load === undefined) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what follows checks it
    const unchecked = input as unknown as SessionInput;
    const { method, connectionData, userData } = checkBeginOptions(unchecked, host).native;
    const blobs = () => ({ config: connectionData, credentials: userData && secretFrom(userData) });
    return { load: () => ({ ...input, method, ...blobs() }), forget: () => userData?.fill(0) };
  }
  if (typeof load !== 'function') throw new TypeError('load must be a function');
  const [beside] = Object.keys(input);
  if (beside !== undefined) throw new TypeError(`${beside} must not be given beside load, which gives it`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- beginSession checks what it gives
  return { load: load as SupplicantParts['load'], forget: () => undefined };
}

/**
 * Keeps a port of an Ethernet authenticated (IEEE 802.1X-2004): sends EAPOL-Start when the link is up, answers the
 * authenticator with EAPHost's sessions, holds after a failure, begins anew when the link comes back, authenticates again
 * whenever the authenticator or EAPHost asks, and logs off when it is closed. It lives until it is closed. Events begin
 * once the promise has resolved, so that none is missed.
 *
 * Rejects with TypeError or RangeError that name a bad option, as `openEthernetLink` does, and as `readProtectedFile` does
 * for `keepIn`. What fails later is an event.
 *
 * @example
 * ```ts
 * import { openEapHost } from 'eaphost';
 * import { openWiredSupplicant } from 'eaphost/wired';
 *
 * await using host = await openEapHost({ runtime: 'embedded' });
 * await using supplicant = await openWiredSupplicant({
 *   interface: 'eth0',
 *   host,
 *   method: 'mschapv2',
 *   credentials: { username: 'alice', password: 'correct horse' },
 * });
 * supplicant.on('event', (event) => console.log(JSON.stringify(event)));
 * await new Promise((resolve) => process.once('SIGINT', resolve));
 * ```
 */
export async function openWiredSupplicant<Name extends MethodName>(
  options: WiredSupplicantOptions<Name>,
): Promise<WiredSupplicant> {
  const given: Given = ownOptions<WiredSupplicantOptions>(options, 'options', supplicantNames);
  const host = toHost(given.host);
  const signal = toSignal(given.signal);
  const openPort = toPort(given, signal);
  const rest = {
    times: {
      authPeriod: toPeriod(given, 'authPeriod', 30),
      heldPeriod: toPeriod(given, 'heldPeriod', 60),
      startPeriod: toPeriod(given, 'startPeriod', 30),
      maxStart: toPeriod(given, 'maxStart', 3),
    },
    portValid: toBoolean(given.portValid, 'portValid', false),
    eapolVersion: toEapolVersion(given.eapolVersion),
  };
  const path = given.keepIn === undefined ? undefined : toText(given.keepIn, 'keepIn');
  signal?.throwIfAborted();
  // Last: it keeps what must be wiped.
  const source = toLoad(given, host);
  let kept: KeptBlobs | undefined;
  try {
    kept = await KeptBlobs.open(path);
    const supplicant = new WiredSupplicant({
      host,
      link: await openPort(),
      kept,
      signal,
      ...rest,
      ...source,
    });
    setImmediate(() => supplicant.start());
    return supplicant;
  } catch (error) {
    source.forget();
    await kept?.close();
    throw error;
  }
}
