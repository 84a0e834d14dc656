// A peer method DLL, driven step by step, or behind the interface of methods in TypeScript.

import {
  ownOptions,
  toSignal,
  type SignalOptions,
  windowNames,
  toBytes,
  toOptionalCopy,
  toWindow,
  toXml,
  type WindowOptions,
} from '../base/arguments.js';
import type { Aborting } from '../base/stop.js';
import { eaphostError, whereAnswered } from '../base/errors.js';
import { secretFrom } from '../base/secret.js';
import type { DialogIdentity, Identity } from '../eap/identity.js';
import {
  checkInputFields,
  checkInteractiveUi,
  type InputField,
  type InteractiveUi,
  toInputFields,
  toInteractiveUi,
} from '../eap/input-fields.js';
import { HostedPeerSide } from '../hosts/hosted.js';
import type {
  GenericCredential,
  IdentityReply,
  IdentityRequest,
  MethodWith,
  PeerBegin,
  PeerSession,
  PeerSide,
  PeerStep,
} from '../hosts/method.js';
import type { NativePeerBegin, NativePeerCalls } from '../native/method-types.js';
import {
  namesToBits,
  propertyBits,
  type MethodProperty,
  toProperties,
  type MethodProperties,
} from '../eap/names.js';
import {
  type BeginPeerOptions,
  type MethodAsked,
  type PeerAsked,
  toAsked,
  beginPeerOf,
  peerAskedOf,
  toBeginPeer,
  toPeerAsked,
  askedNames,
  peerAskedNames,
} from './begin-options.js';
import type { LoadMethodOptions } from './load-options.js';
import { type Begun, loadMethod, LoadedMethod } from './method-dll.js';
import { PeerMethodSession } from './peer-session.js';
import type { UiPart } from './ui-dlls.js';

/** The calls that a method may have in a DLL of its user interface. */
const parts: Readonly<Partial<Record<keyof NativePeerCalls, UiPart>>> = {
  configXml2Blob: 'config',
  configBlob2Xml: 'config',
  invokeConfigUI: 'config',
  invokeIdentityUI: 'identity',
  invokeInteractiveUI: 'interactive',
};

/** Names and properties of a DLL as a method definition. */
export interface DefinitionOptions {
  /** For people. Default: the DLL's path. */
  readonly name?: string | undefined;
  /** Default: none. */
  readonly properties?: readonly MethodProperty[] | undefined;
  /** The connection blob of sessions that are begun without one, as a `RadiusServer`'s are. Default: none. */
  readonly config?: Uint8Array | undefined;
}

/** The bits of names of properties. */
export function definitionOf(path: string, options: DefinitionOptions | undefined) {
  const { name = path, properties = [] } = ownOptions(options, 'options', {
    name: 'string',
    properties: 'strings',
    config: 'bytes',
  });
  return { name, properties: namesToBits(properties, 'properties', propertyBits) };
}

/**
 * A peer method DLL, loaded by {@link PeerMethod.load} and driven in the order in which EAPHost drives it.
 *
 * Every call rejects with `EapError` if the method fails, with `EAPHOST_CLOSED` after {@link PeerMethod.close}, with
 * `EAPHOST_METHOD_TIMEOUT` if the method does not return, and, isolated, with `EAPHOST_METHOD_CRASHED` if its process
 * died.
 */
export class PeerMethod extends LoadedMethod<'peer'> {
  /**
   * Loads a peer method DLL: EapPeerGetInfo, EapPeerInitialize. By `dllPath`, or as Windows' registry names it. Close it,
   * or hold it with `await using`. Rejects with TypeError or RangeError for bad options, with `EAPHOST_NOT_SUPPORTED`
   * for a look into the registry off Windows, `EAPHOST_METHOD_NOT_REGISTERED`, and the code of Windows where the DLL
   * cannot be loaded.
   *
   * @example
   * ```ts
   * import { PeerMethod } from 'eaphost/method-dlls';
   *
   * const type = { type: 254, vendorId: 99999, vendorType: 3, authorId: 99999 };
   * await using peer = await PeerMethod.load({ type, dllPath: 'C:\\work\\mypeer.dll', isolate: true });
   * console.log(await peer.getIdentity({ credentials: Buffer.from('user blob') }));
   * ```
   */
  static async load(options: LoadMethodOptions): Promise<PeerMethod> {
    return new PeerMethod('peer', await loadMethod('peer', options));
  }

  /** Begins a session: EapPeerBeginSession. */
  async beginSession(options?: BeginPeerOptions): Promise<PeerMethodSession> {
    return await this.open(toBeginPeer(options), toSignal(options?.signal)).begun;
  }

  /** @internal The same, with the session before it has begun; wipes the user blob. Throws, and rejects. */
  open(begin: NativePeerBegin, signal: Aborting | undefined): Begun<PeerMethodSession> {
    const wipe = (): void => void begin.userData?.fill(0);
    try {
      const begins = this.begin(
        'EapPeerBeginSession',
        signal,
        (native, waiter) => native.openSession(waiter, begin),
        (session) => new PeerMethodSession(session, this.owner),
      );
      // In this process the octets have been copied by now.
      if (begins.opened !== undefined) wipe();
      else begins.begun.then(wipe, wipe);
      return begins;
    } catch (error) {
      wipe();
      throw error;
    }
  }

  /** The identity for EAP-Response/Identity: EapPeerGetIdentity. `invokeUi`: the user is to be asked first. */
  async getIdentity(options?: PeerAsked): Promise<Identity> {
    return await this.askIdentity(toPeerAsked(options), toSignal(options?.signal));
  }

  /** @internal The same of checked options; wipes the user blob. */
  async askIdentity(
    asked: NativePeerCalls['getIdentity']['options'],
    signal: Aborting | undefined,
  ): Promise<Identity> {
    const { invokeUi, identity, userData } = await this.#ask('getIdentity', asked, signal);
    return { invokeUi, identity, credentials: userData };
  }

  /** The method's properties for a configuration: EapPeerGetMethodProperties. */
  async getMethodProperties(options?: PeerAsked): Promise<MethodProperties> {
    return toProperties(await this.#asked('getMethodProperties', toPeerAsked(options), options));
  }

  /** The method's configuration as a connection blob: EapPeerConfigXml2Blob. Windows only, as all XML. */
  async configFromXml(xml: string, options?: MethodAsked): Promise<Buffer> {
    return this.#asked('configXml2Blob', { xml: toXml(xml), flags: toAsked(options).flags }, options);
  }

  /** A connection blob as XML: EapPeerConfigBlob2Xml. */
  async configToXml(config: Uint8Array, options?: MethodAsked): Promise<string> {
    const connectionData = toBytes(config, 'config');
    return this.#asked('configBlob2Xml', { flags: toAsked(options).flags, connectionData }, options);
  }

  /** A user's credentials as a user blob, for the connection blob `config`: EapPeerCredentialsXml2Blob. */
  async credentialsFromXml(xml: string, options?: MethodAsked): Promise<Buffer> {
    return this.#asked('credentialsXml2Blob', { xml: toXml(xml), ...toAsked(options) }, options);
  }

  /** The fields to show in place of the identity dialog: EapPeerQueryCredentialInputFields. */
  async queryCredentialInputFields(options?: Omit<PeerAsked, 'credentials'>): Promise<InputField[]> {
    const asked = toPeerAsked(options);
    return toInputFields(await this.#asked('queryCredentialInputFields', asked, options));
  }

  /** The user blob of filled-in fields: EapPeerQueryUserBlobFromCredentialInputFields. */
  async userBlobFromCredentialInputFields(
    fields: readonly InputField[],
    options?: PeerAsked,
  ): Promise<Buffer> {
    const checked = checkInputFields(fields, 'fields');
    const asked = { ...toPeerAsked(options), fields: checked };
    return this.#asked('queryUserBlobFromCredentialInputFields', asked, options);
  }

  /** The fields to show in place of the interactive dialog: EapPeerQueryInteractiveUIInputFields. */
  async queryInteractiveUiInputFields(context: Uint8Array, options?: MethodAsked): Promise<InteractiveUi> {
    const asked = { flags: toAsked(options).flags, uiContext: toBytes(context, 'context') };
    return toInteractiveUi(await this.#asked('queryInteractiveUIInputFields', asked, options));
  }

  /** The answer of filled-in fields, for `setUiContext`: EapPeerQueryUIBlobFromInteractiveUIInputFields. */
  async uiBlobFromInteractiveUiInputFields(
    context: Uint8Array,
    ui: InteractiveUi,
    options?: MethodAsked,
  ): Promise<Buffer> {
    const uiContext = toBytes(context, 'context');
    const asked = { flags: toAsked(options).flags, uiContext, ...checkInteractiveUi(ui, 'ui') };
    return this.#asked('queryUIBlobFromInteractiveUIInputFields', asked, options);
  }

  /** Both blobs of a generic credential: EapPeerGetConfigBlobAndUserBlob. Wipe the user blob when you are done. */
  async getConfigBlobAndUserBlob(
    credential: GenericCredential,
    options?: MethodAsked,
  ): Promise<{ config: Buffer; credentials: Buffer }> {
    const asked = { flags: toAsked(options).flags, credential };
    const { connectionData, userData } = await this.#asked('getConfigBlobAndUserBlob', asked, options);
    return { config: connectionData, credentials: userData };
  }

  /** Shows the configuration dialog: EapPeerInvokeConfigUI. Undefined if the user cancelled. */
  async invokeConfigUi(options?: MethodAsked & WindowOptions): Promise<Buffer | undefined> {
    const asked = {
      ...toAsked(options, { ...askedNames, ...windowNames }),
      parentWindow: toWindow(options?.parentWindow),
    };
    return whereAnswered(() => this.#asked('invokeConfigUI', asked, options, true));
  }

  /** Shows the identity dialog: EapPeerInvokeIdentityUI. Undefined if the user cancelled. */
  async invokeIdentityUi(options?: PeerAsked & WindowOptions): Promise<DialogIdentity | undefined> {
    const asked = {
      ...toPeerAsked(options, { ...peerAskedNames, ...windowNames }),
      parentWindow: toWindow(options?.parentWindow),
    };
    return whereAnswered(async () => {
      const { identity, userData } = await this.#asked('invokeIdentityUI', asked, options, true);
      return { identity, credentials: userData };
    });
  }

  /** Shows the dialog that a session asked for: EapPeerInvokeInteractiveUI. Undefined if the user cancelled. */
  async invokeInteractiveUi(context: Uint8Array, options?: WindowOptions): Promise<Buffer | undefined> {
    const { parentWindow } = ownOptions(options, 'options', windowNames);
    // A copy: a DLL of the dialog's own may have to be opened first.
    const uiContext = secretFrom(toBytes(context, 'context'));
    const asked = { uiContext, parentWindow: toWindow(parentWindow) };
    try {
      return await whereAnswered(() => this.#asked('invokeInteractiveUI', asked, options, true));
    } finally {
      uiContext.fill(0);
    }
  }

  /**
   * The DLL as a method like those in TypeScript: for `converse`, for hosts of methods in TypeScript, for tests. The
   * method stays the caller's to close.
   */
  toMethod(options?: DefinitionOptions): MethodWith<'peer'> {
    return {
      type: this.type,
      ...definitionOf(this.dllPath, options),
      peer: peerSide(this, undefined, options?.config),
    };
  }

  /** Makes a call by name; wipes the user blob. */
  async #asked<Call extends keyof NativePeerCalls>(
    call: Call,
    asked: NativePeerCalls[Call]['options'],
    options: SignalOptions | undefined,
    waits = false,
  ): Promise<NativePeerCalls[Call]['result']> {
    return await this.#ask(call, asked, toSignal(options?.signal), waits);
  }

  async #ask<Call extends keyof NativePeerCalls>(
    call: Call,
    asked: NativePeerCalls[Call]['options'],
    signal: Aborting | undefined,
    waits = false,
  ): Promise<NativePeerCalls[Call]['result']> {
    const name = call === 'getIdentity' ? 'EapPeerGetIdentity' : nameOfCall(call);
    try {
      return await this.call(name, signal, (native) => native.invoke(call, asked), {
        part: parts[call],
        waits,
      });
    } finally {
      if ('userData' in asked) asked.userData?.fill(0);
    }
  }
}

function nameOfCall(call: keyof NativePeerCalls): string {
  return `EapPeer${call.charAt(0).toUpperCase()}${call.slice(1)}`;
}

/** The peer side of a DLL. `onSession` gets each of its sessions; `config` is for those that have none. */
export function peerSide(
  method: PeerMethod,
  onSession?: (session: PeerMethodSession) => void,
  config?: Uint8Array,
): PeerSide {
  const own = toOptionalCopy(config, 'config');
  const ask = async (
    { flags, config, credentials }: Omit<IdentityRequest, 'signal'>,
    signal: Aborting,
  ): Promise<IdentityReply> => {
    const asked = { flags: [...flags], config: orNone(config) ?? own, credentials: orNone(credentials) };
    const answer = await method.askIdentity(peerAskedOf(asked), signal);
    if (answer.invokeUi) return { invokeUi: true };
    if (answer.identity === undefined) {
      throw eaphostError(
        'EAPHOST_NOT_SUPPORTED',
        method.routines.includes('EapPeerGetIdentity')
          ? 'the method gave neither an identity nor asked for its dialog'
          : 'the method takes name and password by EapPeerSetCredentials, and has no EapPeerGetIdentity; pass peer.login',
      );
    }
    return { identity: answer.identity, credentials: answer.credentials ?? new Uint8Array() };
  };
  const begin = async (
    { flags, config, credentials, attributes, maxSendPacketSize }: Omit<PeerBegin, 'signal'>,
    signal: Aborting,
    packet?: Uint8Array,
  ): Promise<PeerSession> => {
    const options: BeginPeerOptions = {
      flags: [...flags],
      config: orNone(config) ?? own,
      credentials: orNone(credentials),
      attributes,
      maxSendPacketSize,
    };
    const { opened, begun } = method.open(beginPeerOf(options), signal);
    const session = (opened ?? (await begun)).hostedBy(signal);
    onSession?.(session);
    const first = opened === undefined ? undefined : packet && session.process(packet);
    // Of a session that does not begin nobody awaits it.
    first?.catch(() => undefined);
    await session.hasBegun(begun);
    return adapt(session, first);
  };
  return new HostedPeerSide({ getIdentity: ask, beginSession: begin });
}

/** An empty blob is none. */
function orNone(blob: Uint8Array): Uint8Array | undefined {
  return blob.length === 0 ? undefined : blob;
}

/** @param first the step that comes of the first request, which the host gave when it began the session */
function adapt(session: PeerMethodSession, first?: Promise<PeerStep>): PeerSession {
  let step = first;
  return {
    processRequest(packet) {
      const taken = step;
      step = undefined;
      return taken ?? session.process(packet);
    },
    getResult: (reason) => session.getResult(reason),
    setCredentials: (identity, password) => session.setCredentials(identity, password),
    setUiContext: (context) => session.processUiContext(context),
    setResponseAttributes: (attributes) => session.processResponseAttributes(attributes),
    end: () => session.end(),
  };
}
