// A client of Windows' WLAN service: its profiles, credentials and connections. JavaScript thread; the calls are made on
// native threads (native/system/wlan.h).

import { setTimeout as delay } from 'node:timers/promises';

import { untilAborted } from '../base/abort.js';
import {
  ownOptions,
  signalNames,
  toBoolean,
  toGuid,
  toInteger,
  toSignal,
  toText,
  type SignalOptions,
} from '../base/arguments.js';
import { EapError, eaphostError } from '../base/errors.js';
import { loadNative } from '../native/binary.js';
import type { NativeWlan, NetworkCalls } from '../native/network-types.js';
import { profiles, type WlanProfileOptions } from '../profiles/index.js';
import { tellConnecting, type Connecting } from './connecting.js';
import { ssidText, toWlanEvent, Waiters, withReason, WlanEvents } from './events.js';
import { callService, checkCode, checkPlatform } from './failure.js';
import {
  accessRights,
  authentications,
  credentialsForAllUsers,
  infrastructure,
  interfaceStates,
  networkFlags,
  profileFlags,
} from './names.js';
import { networkError } from './reasons.js';
import type {
  WlanConnectResult,
  WlanEvent,
  WlanInterface,
  WlanNetwork,
  WlanProfileDocument,
  WlanProfileEntry,
} from './types.js';
import {
  interfaceNames,
  onInterface,
  readCall,
  setCredentialsNames,
  setProfileNames,
  toLibrary,
  toProfileName,
  withSecret,
  wlanNames,
  type CallOptions,
  type SetWlanCredentialsOptions,
  type SetWlanProfileOptions,
  type WlanInterfaceOptions,
  type WlanOptions,
} from './wlan-options.js';

/** Milliseconds after which a wait that could not begin is tried again. */
const retryMs = 100;
const guidPattern = /^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/iu;

function accessOf(mask: number): WlanProfileDocument['access'] {
  const allows = (right: number): boolean => (mask & right) === right;
  if (allows(accessRights.write)) return 'write';
  if (allows(accessRights.execute)) return 'execute';
  return allows(accessRights.read) ? 'read' : undefined;
}

const entryOf = (name: string, flags: number): WlanProfileEntry => ({
  name,
  forAllUsers: (flags & profileFlags.user) === 0,
  groupPolicy: (flags & profileFlags.groupPolicy) !== 0,
});

type WlanCall = Exclude<keyof NetworkCalls, 'openWlan' | `${'get' | 'set'}${'CustomAuth' | 'EapUser'}Data`>;
/** The options of a call but for the client. */
type Rest<Call extends WlanCall> = Omit<NetworkCalls[Call]['options'], 'wlan'>;

/**
 * A client of the WLAN service, made by `openWlan`. It does not keep the process alive, except while a call is under way or
 * an event is waited for. Close it; one that is forgotten is closed when its memory is collected.
 *
 * Each call rejects with `EapError`: `EAPHOST_INTERFACE_NOT_FOUND` where there is no such adapter, or several and none is
 * named; `EAPHOST_NETWORK_SERVICE_NOT_FOUND` where the service was stopped; `EAPHOST_CLOSED`; else the code of Windows,
 * such as `ERROR_ACCESS_DENIED`, with what to do about it.
 */
export class Wlan implements AsyncDisposable {
  readonly #native: NativeWlan;
  readonly #waiters = new Waiters(this);
  readonly #connecting = new Set<Connecting>();
  #closing: Promise<void> | undefined;

  /** What the service tells (WlanRegisterNotification): the automatic configuration, the association, 802.1X. */
  readonly events: WlanEvents = new WlanEvents(this.#waiters);

  /** @internal Clients are made by `openWlan`. */
  constructor(native: NativeWlan) {
    this.#native = native;
    void Wlan.#run(new WeakRef(this));
  }

  /** The wireless adapters (WlanEnumInterfaces). */
  async interfaces(options?: SignalOptions): Promise<WlanInterface[]> {
    const { signal } = readCall(options, signalNames);
    return await this.#interfaces(signal);
  }

  /** The profiles of an interface, in the order in which Windows tries them (WlanGetProfileList). */
  async profiles(options?: string | WlanInterfaceOptions): Promise<WlanProfileEntry[]> {
    const own = readCall(onInterface(options), interfaceNames);
    const found = await this.#at('wlanProfiles', own, {});
    return found.map(({ name, flags }) => entryOf(name, flags));
  }

  /** A profile with its document (WlanGetProfile). `ERROR_NOT_FOUND` if there is none of this name. */
  async getProfile(profile: string, options?: WlanInterfaceOptions): Promise<WlanProfileDocument> {
    const own = readCall(options, interfaceNames);
    const name = toProfileName(profile);
    const { xml, flags, access } = await this.#at('wlanGetProfile', own, { profile: name });
    return { ...entryOf(name, flags), xml, access: accessOf(access) };
  }

  /**
   * Stores a profile: a WLANProfile document, or options that one is made of (WlanSetProfile). A new one comes first in the
   * order. `ERROR_ALREADY_EXISTS` where it exists and `overwrite` is not set, or exists for others; `ERROR_BAD_PROFILE` with
   * a `reasonCode` where Windows does not accept it.
   */
  async setProfile(profile: string | WlanProfileOptions, options?: SetWlanProfileOptions): Promise<void> {
    const own = readCall(options, setProfileNames);
    const forAllUsers = toBoolean(own.given['forAllUsers'], 'forAllUsers', false);
    const overwrite = toBoolean(own.given['overwrite'], 'overwrite', false);
    const xml = typeof profile === 'string' ? toText(profile, 'profile') : profiles.wlan(profile);
    await withSecret(xml, async (octets) => {
      const flags = forAllUsers ? 0 : profileFlags.user;
      const { code, reasonCode } = await this.#at('wlanSetProfile', own, { xml: octets, flags, overwrite });
      checkCode({ call: 'WlanSetProfile', winError: code, reasonCode }, 'wlan', xml);
    });
  }

  /** Deletes a profile, and its credentials (WlanDeleteProfile). */
  async deleteProfile(profile: string, options?: WlanInterfaceOptions): Promise<void> {
    const own = readCall(options, interfaceNames);
    await this.#at('wlanDeleteProfile', own, { profile: toProfileName(profile) });
  }

  /** Puts a profile at a place in the order, 0 being the first (WlanSetProfilePosition). */
  async setOrder(profile: string, position: number, options?: WlanInterfaceOptions): Promise<void> {
    const own = readCall(options, interfaceNames);
    const name = toProfileName(profile);
    const place = toInteger(position, 'position', 0, 0xffff_ffff);
    await this.#at('wlanSetProfilePosition', own, { profile: name, position: place });
  }

  /**
   * Sets the credentials that a profile authenticates with: an EapHostUserCredentials document of the profile's EAP method
   * (WlanSetProfileEapXmlUserData), as `profiles.credentials` makes them; octets are UTF-8. `E_XML_INVALID` (57893) where
   * the method refuses them: the message names the element, if this package's own parser finds it. `ERROR_NOT_SUPPORTED`
   * for a profile that stores none.
   *
   * The document is wiped from native memory. Give it as octets, and wipe those, if it shall not stay in JavaScript's.
   */
  async setCredentials(
    profile: string,
    credentials: string | Uint8Array,
    options?: SetWlanCredentialsOptions,
  ): Promise<void> {
    const own = readCall(options, setCredentialsNames);
    const name = toProfileName(profile);
    const forAllUsers = toBoolean(own.given['forAllUsers'], 'forAllUsers', false);
    if (credentials.length === 0) throw new RangeError('credentials must not be empty');
    const flags = forAllUsers ? credentialsForAllUsers : 0;
    await withSecret(credentials, async (xml, text) => {
      try {
        await this.#at('wlanSetCredentials', own, { profile: name, xml, flags }, text);
      } catch (error) {
        throw await this.#withProfile(error, name, own, text);
      }
    });
  }

  /**
   * Connects an interface by a profile, and waits for what becomes of it (WlanConnect, then `connectionComplete` or
   * `connectionAttemptFail`). A network that is not joined is a result; a call that fails is a rejection. An abort ends the
   * waiting, and leaves the attempt to Windows.
   */
  async connect(profile: string, options?: WlanInterfaceOptions): Promise<WlanConnectResult> {
    const own = readCall(options, interfaceNames);
    const name = toProfileName(profile);
    const guid = await this.#interfaceOf(own);
    let place: Connecting | undefined;
    const outcome = new Promise<WlanConnectResult>((resolve, reject) => {
      const settle = (result: WlanConnectResult | Error): void => {
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      place = { interface: guid, profile: name, oneX: undefined, settle };
      // First: it may be over before the call returns.
      this.#connecting.add(place);
    });
    // Rejected where the call is, too.
    outcome.catch(() => undefined);
    try {
      await this.#call('wlanConnect', { interface: guid, profile: name }, own.signal);
      return await untilAborted(this.#waiters.while(outcome), own.signal);
    } finally {
      if (place !== undefined) {
        this.#connecting.delete(place);
        place.settle(closedError());
      }
    }
  }

  /** Disconnects an interface (WlanDisconnect). Resolves when that has begun. */
  async disconnect(options?: string | WlanInterfaceOptions): Promise<void> {
    await this.#at('wlanDisconnect', readCall(onInterface(options), interfaceNames), {});
  }

  /**
   * The networks in range, as Windows last saw them (WlanGetAvailableNetworkList). Windows 11 refuses it with
   * `ERROR_ACCESS_DENIED` to programs that may not know where they are.
   */
  async networks(options?: string | WlanInterfaceOptions): Promise<WlanNetwork[]> {
    const found = await this.#at('wlanNetworks', readCall(onInterface(options), interfaceNames), {});
    return found.map((network) => ({
      ssid: ssidText(network.ssid),
      ssidOctets: network.ssid,
      profile: (network.flags & networkFlags.hasProfile) === 0 ? undefined : network.profile,
      isConnected: (network.flags & networkFlags.connected) !== 0,
      isConnectable: network.isConnectable,
      ...withReason(network.reasonCode),
      signalQuality: network.signalQuality,
      isSecured: network.isSecured,
      authentication: authentications[network.authentication] ?? 'unknown',
      authenticationCode: network.authentication,
      cipherCode: network.cipher,
      accessPoints: network.accessPoints,
      isInfrastructure: network.bssType === infrastructure,
    }));
  }

  /** Waits for the calls under way, and closes the client (WlanCloseHandle). Who listens gets no more. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Closes it: `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const connecting of this.#connecting) connecting.settle(closedError());
    try {
      await callService('wlan', 'closeWlan', { wlan: this.#native });
    } catch (error) {
      // One that could not even be asked for is closed without waiting. What is closed already stays so.
      loadNative().closeSource(this.#native);
      throw error;
    }
  }

  async #call<Call extends WlanCall>(
    call: Call,
    rest: Rest<Call>,
    signal: AbortSignal | undefined,
    xml?: string,
  ): Promise<NetworkCalls[Call]['result']> {
    if (this.#closing !== undefined) throw closedError();
    signal?.throwIfAborted();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the client is what was left out of them
    const options = { ...rest, wlan: this.#native } as unknown as NetworkCalls[Call]['options'];
    return untilAborted(callService('wlan', call, options, xml), signal);
  }

  /** A call about an interface. */
  async #at<Call extends Exclude<WlanCall, 'closeWlan' | 'wlanInterfaces'>>(
    call: Call,
    own: CallOptions,
    rest: Omit<NetworkCalls[Call]['options'], 'wlan' | 'interface'>,
    xml?: string,
  ): Promise<NetworkCalls[Call]['result']> {
    const guid = await this.#interfaceOf(own);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the interface is what was left out of them
    return this.#call(call, { ...rest, interface: guid } as unknown as Rest<Call>, own.signal, xml);
  }

  async #interfaces(signal: AbortSignal | undefined): Promise<WlanInterface[]> {
    const found = await this.#call('wlanInterfaces', {}, signal);
    return found.map(({ guid, description, state }) => ({
      guid,
      description,
      state: interfaceStates[state] ?? 'unknown',
    }));
  }

  /** The error of refused credentials. They are refused for what the profile says, too, if that can be read. */
  async #withProfile(
    error: unknown,
    profile: string,
    own: CallOptions,
    xml: string | undefined,
  ): Promise<unknown> {
    if (xml === undefined || !(error instanceof EapError) || error.code !== 'E_XML_INVALID') return error;
    const { call = '', winError = 0 } = error;
    let profileXml: string | undefined;
    try {
      profileXml = (await this.#at('wlanGetProfile', own, { profile })).xml;
    } catch (second) {
      // What is to be told is why the credentials were refused.
      if (!(second instanceof EapError)) throw second;
    }
    return networkError({ call, winError, xml, profileXml });
  }

  /** The GUID of the interface that a caller means. */
  async #interfaceOf({ interface: named, signal }: CallOptions): Promise<string> {
    if (named !== undefined && guidPattern.test(named)) return toGuid(named, 'interface');
    const there = await this.#interfaces(signal);
    const meant = named === undefined ? there : there.filter(({ description }) => description === named);
    const [only] = meant;
    if (only !== undefined && meant.length === 1) return only.guid;
    const list = there.map(({ guid, description }) => `${description} (${guid})`).join(', ');
    const all = there.length === 0 ? 'this machine has no wireless adapter' : `there are: ${list}`;
    throw eaphostError(
      'EAPHOST_INTERFACE_NOT_FOUND',
      named === undefined
        ? `${all}${there.length === 0 ? '' : '; name one with the option interface'}`
        : `there is no one wireless adapter ${JSON.stringify(named)}; ${all}`,
    );
  }

  /** Resolves when the service has told something. Nothing of the client is held meanwhile. */
  #told(): Promise<undefined> {
    return loadNative().awaitNotifications(this.#native);
  }

  /** Tells on what the service has told. False when it tells nothing any more. */
  #take(): boolean {
    const batch = loadNative().takeNotifications(this.#native);
    // There was no memory for it.
    if (batch === undefined) {
      this.#tell({ source: 'overflow', dropped: 1 });
      return true;
    }
    for (const notification of batch.notifications) {
      const event = toWlanEvent(notification);
      if (event !== undefined) this.#tell(event);
    }
    if (batch.dropped > 0) this.#tell({ source: 'overflow', dropped: batch.dropped });
    if (batch.isOver) this.events.end();
    return !batch.isOver;
  }

  /** Until the client is closed, or everybody has forgotten it: then its native half closes itself. */
  static async #run(client: WeakRef<Wlan>): Promise<void> {
    const told = (): Promise<undefined> | undefined => {
      const living = client.deref();
      return living && living.#told();
    };
    const take = (): boolean => {
      const living = client.deref();
      return living !== undefined && living.#take();
    };
    for (;;) {
      try {
        await told();
        if (!take()) return;
      } catch {
        // No memory to wait or to take with: what the service told meanwhile is asked for later.
        const living = client.deref();
        if (living === undefined) return;
        if (living.#closing === undefined) living.#tell({ source: 'overflow', dropped: 1 });
        await delay(retryMs, undefined, { ref: false });
      }
    }
  }

  #tell(event: WlanEvent): void {
    for (const connecting of this.#connecting) tellConnecting(connecting, event);
    this.events.tell(event);
  }
}

const closedError = (): Error => eaphostError('EAPHOST_CLOSED', 'the WLAN client is closed');

/**
 * Opens Windows' WLAN service (WlanOpenHandle, wlanapi.dll): interfaces, profiles, credentials, connections, networks in
 * range, and what the service tells.
 *
 * Rejects with `EapError`: `EAPHOST_NETWORK_SERVICE_NOT_FOUND` where the service or its library is not there or does not
 * run, as on a server without the feature Wireless LAN Service; `EAPHOST_UNSUPPORTED_PLATFORM` elsewhere than on Windows.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { openWlan } from 'eaphost/networks';
 *
 * await using wlan = await openWlan();
 * await wlan.setProfile(await readFile('campus.xml', 'utf8'), { overwrite: true });
 * await wlan.setCredentials('campus', await readFile('alice.xml'));
 * const { isConnected, reason } = await wlan.connect('campus');
 * console.log(isConnected ? 'connected' : reason);
 * ```
 */
export async function openWlan(options?: WlanOptions): Promise<Wlan> {
  const given = ownOptions<keyof WlanOptions>(options, 'options', wlanNames);
  const library = toLibrary(given.library);
  const signal = toSignal(given.signal);
  signal?.throwIfAborted();
  checkPlatform('wlan', library);
  const opening = callService('wlan', 'openWlan', { library });
  try {
    return new Wlan(await untilAborted(opening, signal));
  } catch (error) {
    // After an abort it may still be opened, and is then closed.
    if (signal?.aborted === true)
      opening.then((native) => loadNative().closeSource(native)).catch(() => undefined);
    throw error;
  }
}
