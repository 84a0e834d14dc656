// The configuration half of a host (eappcfg.dll): methods, XML and blobs, input fields, dialogs.

import { EventEmitter } from 'node:events';
import { types } from 'node:util';

import { part } from '../base/shortage.js';
import {
  signalOf,
  toBytes,
  toWindow,
  toXml,
  ownOptions,
  toOptionalCopy,
  signalNames,
  toSignal,
  windowNames,
  type OptionNames,
  type SignalOptions,
  type WindowOptions,
} from '../base/arguments.js';
import {
  checkFlagOptions,
  checkMethodOptions,
  dialogNames,
  toMethod,
  type FlagOptions,
  type MethodName,
  type MethodOptions,
} from './options.js';
import type { MethodConfig } from './configuration-xml.js';
import { EapError, whereAnswered } from '../base/errors.js';
import { secretFrom, secretUtf16 } from '../base/secret.js';
import type { DialogIdentity } from '../eap/identity.js';
import {
  checkInputFields,
  checkInteractiveUi,
  toInputFields,
  toInteractiveUi,
  type InputField,
  type InteractiveUi,
} from '../eap/input-fields.js';
import type { ConfigurationCall, ConfigurationCalls, NativeMethodContext } from '../native/runtime-types.js';
import { toMethodInfo, type MethodInfo } from './result.js';
import {
  formatMethodType,
  isSameMethodType,
  type FullMethodType,
  toProperties,
  type MethodProperties,
  type MethodType,
} from '../eap/names.js';

/** What a call needs besides its own options. */
export interface CallSettings {
  /** The methods that must be reachable: one, or every one of the host's. */
  readonly methods: FullMethodType | 'all' | 'none';
  readonly signal: AbortSignal | undefined;
}

/** How a document is taken. */
export interface XmlOptions extends SignalOptions {
  /**
   * What becomes of elements and attributes that are misspelt, misplaced or a vendor's own. `refuse`: the call rejects
   * with `EAP_E_EAPHOST_XML_MALFORMED`, and names each with its line and what was probably meant. `keep`: they go
   * through, and each is a `warning` event, of the process where the
   * host has no listener. Default `refuse`; with Windows' EAPHost `keep`, since it takes them.
   */
  readonly unknown?: 'refuse' | 'keep' | undefined;
}

const xmlNames: OptionNames<XmlOptions> = { ...signalNames, unknown: ['refuse', 'keep'] };
const credentialsXmlNames = { ...xmlNames, method: true, config: 'bytes' } as const;

/** Whether a method, or its DLL, does not support XML: it is not installed, or says so. */
function hasNoXml(error: unknown): boolean {
  return (
    error instanceof EapError &&
    [
      'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED',
      'EAP_E_EAPHOST_METHOD_NOT_INSTALLED',
      'ERROR_NOT_SUPPORTED',
    ].includes(error.code)
  );
}

/** Makes blobs from XML without MSXML, with a parser that is loaded when it is first needed. */
export const converters = part(() => import('./configuration-xml.js'));
export type Converters = Awaited<ReturnType<typeof converters>>;

/**
 * The configuration half of a host. Its calls run one after the other on a thread of their own. Dialogs run on
 * another, so an open dialog blocks only other dialogs. An abort rejects the call's promise; the call itself, and an
 * open dialog, continue.
 */
export abstract class Configuration<
  Events extends Record<keyof Events, unknown[]>,
> extends EventEmitter<Events> {
  /** Which run-time it is. */
  abstract readonly runtime: 'system' | 'embedded';

  /** @internal */
  abstract hosts(method: FullMethodType): boolean;

  /** @internal Makes a call of the configuration library. */
  protected abstract configure<Call extends ConfigurationCall>(
    call: Call,
    options: ConfigurationCalls[Call]['options'],
    settings: CallSettings,
  ): Promise<ConfigurationCalls[Call]['result']>;

  /** @internal Tells of something that nobody may overlook. */
  protected abstract warn(message: string): void;

  /** @internal Runs work that needs no native call, with the same checks as a call. */
  protected abstract locally<T>(
    signal: AbortSignal | undefined,
    work: (convert: Converters) => T,
  ): Promise<T>;

  /** The installed methods: EapHostPeerGetMethods. */
  async getMethods(options?: SignalOptions): Promise<MethodInfo[]> {
    const signal = signalOf(options);
    const methods = await this.configure('getMethods', {}, { methods: 'all', signal });
    return methods.map(toMethodInfo);
  }

  /**
   * The properties of a method: EapHostPeerGetMethodProperties. Without `config` those it was registered with; with
   * it those of that configuration.
   */
  async getMethodProperties(options: MethodOptions): Promise<MethodProperties> {
    return this.#withMethod(options, async (context, settings) =>
      toProperties(await this.configure('getMethodProperties', context, settings)),
    );
  }

  /**
   * A profile's EapHostConfig as a connection blob, and the method that it is for: EapHostPeerConfigXml2Blob. Rejects
   * with `EAP_E_EAPHOST_XML_MALFORMED` for an invalid profile, and with
   * `EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED` if the method does not support XML.
   *
   * The embedded run-time knows the XML of EAP-TLS, EAP-MSCHAPv2, PEAP, TTLS and TEAP, and `ConfigBlob` of every
   * method. Except for EAP-MSCHAPv2, its blobs are not Windows' own: use them with this host only. The XML of any
   * other method needs its DLL, on Windows.
   *
   * @example
   * ```ts
   * import { profiles } from 'eaphost/profiles';
   *
   * const profile = profiles.mschapv2({ useWinlogonCredentials: false });
   * const { method, blob } = await eaphost.configFromXml(profile);
   * await using session = await eaphost.beginSession({ method, config: blob, credentials });
   * ```
   */
  async configFromXml(xml: string, options?: XmlOptions): Promise<MethodConfig> {
    const text = toXml(xml);
    const { unknown, signal: given } = ownOptions(options, 'options', xmlNames);
    const signal = toSignal(given);
    await this.#checkXml(text, 'parseConfig', unknown, signal);
    if (this.runtime !== 'embedded') {
      return this.configure('configXml2Blob', { xml: text }, { methods: 'none', signal });
    }
    const { method, blob } = await this.locally(signal, (convert) => convert.configFromXml(text));
    if (blob !== undefined) return { method, blob };
    return this.configure('configXml2Blob', { xml: text }, { methods: method, signal });
  }

  /**
   * A connection blob as EapHostConfig: EapHostPeerConfigBlob2Xml. Errors as of {@link configFromXml}. With the
   * embedded run-time, a method without XML has `ConfigBlob`.
   */
  async configToXml(
    config: { readonly method: MethodType | MethodName; readonly blob: Uint8Array },
    options?: SignalOptions,
  ): Promise<string> {
    const given = ownOptions(config, 'config', { method: true, blob: 'bytes' });
    const method = toMethod(given.method);
    const connectionData = Buffer.from(toBytes(given.blob, 'config.blob'));
    const signal = signalOf(options);
    const isEmbedded = this.runtime === 'embedded';
    const known = isEmbedded
      ? await this.locally(signal, (convert) => convert.configToXml(method, connectionData))
      : undefined;
    if (known !== undefined) return known;
    try {
      return await this.configure('configBlob2Xml', { method, connectionData }, { methods: method, signal });
    } catch (error) {
      if (isEmbedded && hasNoXml(error)) {
        const { blobToXml } = await converters();
        return blobToXml(method, connectionData);
      }
      throw error;
    }
  }

  /**
   * A user's EapHostUserCredentials as a user blob: EapHostPeerCredentialsXml2Blob. `xml` is text, or its octets in UTF-8:
   * no string is made of the secrets in octets, so that wiping them leaves no copy. `config` is the connection blob that
   * they belong to. Rejects with RangeError if the document is for another method than `method`. The blob holds
   * secrets: wipe it when the session has begun. Errors as of {@link configFromXml}.
   *
   * The embedded run-time makes what `encodeCredentials` makes: it rejects with
   * `EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED` what that cannot express, such as a certificate in Windows' store.
   */
  async credentialsFromXml(
    xml: string | Uint8Array,
    options?: XmlOptions & {
      readonly method?: MethodType | MethodName | undefined;
      readonly config?: Uint8Array | undefined;
    },
  ): Promise<Buffer> {
    const given = types.isUint8Array(xml) ? secretFrom(xml) : toXml(xml);
    const own = ownOptions(options, 'options', credentialsXmlNames);
    const { method: wanted, config } = own;
    const method = wanted === undefined ? undefined : toMethod(wanted);
    const connectionData = toOptionalCopy(config, 'config');
    const signal = toSignal(own.signal);
    const made = await this.#credentialsFromXml(given, own.unknown, connectionData, signal);
    if (method === undefined || isSameMethodType(made.method, method)) return made.blob;
    made.blob.fill(0);
    throw new RangeError(
      `xml holds credentials for method ${formatMethodType(made.method)}, not for ${formatMethodType(method)}`,
    );
  }

  /**
   * The fields to show in place of the method's dialog before a session: EapHostPeerQueryCredentialInputFields.
   * Rejects with `EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED` if the method has none, and with
   * `EAP_E_METHOD_CONFIG_DOES_NOT_SUPPORT_SSO` if its configuration cannot be fed from fields.
   */
  async queryCredentialInputFields(options: MethodOptions): Promise<InputField[]> {
    return this.#withMethod(options, async (context, settings) =>
      toInputFields(await this.configure('queryCredentialInputFields', context, settings)),
    );
  }

  /**
   * The user blob of filled-in fields: EapHostPeerQueryUserBlobFromCredentialInputFields. `credentials` is an earlier
   * blob to update: with a `nonPersist` field, call it again with both when roaming.
   */
  async userBlobFromCredentialInputFields(
    fields: readonly InputField[],
    options: MethodOptions,
  ): Promise<Buffer> {
    const checked = checkInputFields(fields, 'fields');
    return this.#withMethod(options, (context, settings) =>
      this.configure('queryUserBlobFromCredentialInputFields', { ...context, fields: checked }, settings),
    );
  }

  /**
   * The fields to show in place of the method's dialog for an `invokeUi` step:
   * EapHostPeerQueryInteractiveUIInputFields. Rejects with `EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED` if the
   * method has none: then {@link invokeInteractiveUi} shows its dialog.
   */
  async queryInteractiveUiInputFields(context: Uint8Array, options?: FlagOptions): Promise<InteractiveUi> {
    const uiContext = toBytes(context, 'context');
    const { flags, signal } = checkFlagOptions(options);
    const settings = { methods: 'none', signal } as const;
    return toInteractiveUi(
      await this.configure('queryInteractiveUIInputFields', { flags, uiContext }, settings),
    );
  }

  /**
   * The answer to an `invokeUi` step, for `setUiContext`, of filled-in fields:
   * EapHostPeerQueryUIBlobFromInteractiveUIInputFields. It may hold secrets: wipe it after use.
   */
  async uiBlobFromInteractiveUiInputFields(
    context: Uint8Array,
    ui: InteractiveUi,
    options?: FlagOptions,
  ): Promise<Buffer> {
    const uiContext = toBytes(context, 'context');
    const answer = checkInteractiveUi(ui, 'ui');
    const { flags, signal } = checkFlagOptions(options);
    const settings = { methods: 'none', signal } as const;
    return this.configure(
      'queryUIBlobFromInteractiveUIInputFields',
      { flags, uiContext, ...answer },
      settings,
    );
  }

  /**
   * Shows the method's configuration dialog, which starts from `config`: EapHostPeerInvokeConfigUI. Resolves with the
   * new connection blob; with undefined if the user cancelled.
   */
  async invokeConfigUi(options: MethodOptions & WindowOptions): Promise<Buffer | undefined> {
    return whereAnswered(() =>
      this.#withMethod(
        options,
        (context, settings) => {
          const parentWindow = toWindow(options.parentWindow);
          return this.configure('invokeConfigUI', { ...context, parentWindow }, settings);
        },
        dialogNames,
      ),
    );
  }

  /**
   * Shows the method's identity dialog: EapHostPeerInvokeIdentityUI, for tunnel methods. Resolves with undefined if
   * the user cancelled.
   */
  async invokeIdentityUi(options: MethodOptions & WindowOptions): Promise<DialogIdentity | undefined> {
    return whereAnswered(() =>
      this.#withMethod(
        options,
        async (context, settings) => {
          const parentWindow = toWindow(options.parentWindow);
          const given = await this.configure('invokeIdentityUI', { ...context, parentWindow }, settings);
          return { identity: given.identity, credentials: given.userData };
        },
        dialogNames,
      ),
    );
  }

  /**
   * Shows the method's dialog for an `invokeUi` step: EapHostPeerInvokeInteractiveUI, which shows the identity dialog
   * if the context asks for it. Resolves with the answer, for `setUiContext`; with undefined if the user cancelled.
   */
  async invokeInteractiveUi(context: Uint8Array, options?: WindowOptions): Promise<Buffer | undefined> {
    const uiContext = toBytes(context, 'context');
    const own = ownOptions(options, 'options', windowNames);
    const settings = { methods: 'none', signal: toSignal(own.signal) } as const;
    const parentWindow = toWindow(own.parentWindow);
    return whereAnswered(() => this.configure('invokeInteractiveUI', { uiContext, parentWindow }, settings));
  }

  async #checkXml(
    xml: string,
    parse: 'parseConfig' | 'parseCredentials',
    unknown: XmlOptions['unknown'] = this.runtime === 'embedded' ? 'refuse' : 'keep',
    signal?: AbortSignal,
  ): Promise<void> {
    const strangers = await this.locally(signal, (convert) => convert.strangersIn(xml, parse, unknown));
    for (const stranger of strangers) this.warn(stranger);
  }

  /** Wipes octets that it is given. */
  async #credentialsFromXml(
    given: string | Buffer,
    unknown: XmlOptions['unknown'],
    connectionData: Buffer | undefined,
    signal: AbortSignal | undefined,
  ): Promise<MethodConfig> {
    const secrets: { wipe(): void }[] = [];
    try {
      const convert = await converters();
      const document = typeof given === 'string' ? given : convert.hideSecrets(given);
      if (typeof document !== 'string') secrets.push(document);
      await this.#checkXml(
        typeof document === 'string' ? document : document.xml,
        'parseCredentials',
        unknown,
        signal,
      );
      let methods: CallSettings['methods'] = 'none';
      if (this.runtime === 'embedded') {
        const { method, blob } = await this.locally(signal, () => convert.credentialsFromXml(document));
        if (blob !== undefined) return { method, blob };
        methods = method;
      }
      const xml = typeof given === 'string' ? given : secretUtf16(given);
      if (typeof xml !== 'string') secrets.push({ wipe: () => xml.fill(0) });
      return await this.configure('credentialsXml2Blob', { xml, connectionData }, { methods, signal });
    } finally {
      for (const secret of secrets) secret.wipe();
      if (typeof given !== 'string') given.fill(0);
    }
  }

  /** Checks options, makes a call with them, and wipes the copies. */
  async #withMethod<T>(
    options: MethodOptions,
    work: (context: NativeMethodContext, settings: CallSettings) => Promise<T>,
    names?: OptionNames<MethodOptions>,
  ): Promise<T> {
    const { native: context, signal } = checkMethodOptions(options, this, names);
    try {
      return await work(context, { methods: context.method, signal });
    } finally {
      context.userData?.fill(0);
    }
  }
}
