// Configuration and user interface of a method in TypeScript: the functions that EAPHost calls outside of a session, with
// what they are given, and what they gave checked. JavaScript thread.

import { systemErrorCodes } from '../base/error-codes.js';
import { secretFrom, wipe } from '../base/secret.js';
import { checkInputFields, checkInteractiveUi, toInputFields, toInteractiveUi } from '../eap/input-fields.js';
import { bitsToFlags, bitsToProperties, propertyBits, type FullMethodType } from '../eap/names.js';
import type {
  ConfigurationCall,
  ConfigurationCalls,
  NativeIdentity,
  NativeMethodContext,
  NativeMethodProperty,
} from '../native/runtime-types.js';
import { checked, checkIdentity, checkProperties, lacking, octets, plainString } from './checks.js';
import { HostFailure, toNativeFailure } from './failure.js';
import { atMost, isThenable, methodLimits, over } from './limits.js';
import type { ConfigurationRequest, ConfigurationSide, MethodDefinition, PropertiesReply } from './method.js';
import { decodeUiContext, type UiContext } from './ui-context.js';

type Options<Call extends ConfigurationCall> = ConfigurationCalls[Call]['options'];

/** One call of a method. The copies that it makes of what it is given are wiped when it has settled. */
class Asking {
  readonly #copies: Uint8Array[] = [];
  readonly #controller = new AbortController();

  constructor(
    private readonly definition: MethodDefinition,
    private readonly flags: number,
    private readonly limitMs: number = methodLimits.callMs,
  ) {}

  get common(): ConfigurationRequest {
    return { flags: bitsToFlags(this.flags), signal: this.#controller.signal };
  }

  copy(blob: Uint8Array | undefined): Uint8Array {
    const copy = secretFrom(blob ?? new Uint8Array());
    this.#copies.push(copy);
    return copy;
  }

  /** Calls a function of the configuration side. */
  side<Name extends keyof ConfigurationSide>(
    name: Name,
    call: (side: Required<ConfigurationSide>) => ReturnType<Required<ConfigurationSide>[Name]>,
  ): Promise<Awaited<ReturnType<Required<ConfigurationSide>[Name]>>> {
    const { configuration = {} } = this.definition;
    return this.call(() => {
      if (configuration[name] === undefined) throw lacking(name);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the function that is called has just been found
      return call(configuration as Required<ConfigurationSide>);
    });
  }

  /** Calls a function of the method. */
  async call<T>(start: () => T): Promise<Awaited<T>> {
    try {
      const work = start();
      if (!isThenable(work)) return await work;
      const settled = Promise.resolve(work);
      return await atMost<Awaited<T>>(this.limitMs, settled, () => {
        this.#controller.abort(over);
        settled.then(this.#wipe, this.#wipe);
        throw new HostFailure(systemErrorCodes.ERROR_TIMEOUT);
      });
    } finally {
      if (!this.#controller.signal.aborted) this.#wipe();
    }
  }

  readonly #wipe = (): void => {
    wipe(...this.#copies);
  };
}

/** The identity that a method has for these blobs (EapHostPeerGetIdentity). Rejects with a NativeFailure. */
export async function identityOfMethod(
  definition: MethodDefinition,
  { method, flags, connectionData, userData }: NativeMethodContext,
): Promise<NativeIdentity> {
  const asking = new Asking(definition, flags);
  try {
    const request = {
      ...asking.common,
      config: asking.copy(connectionData),
      credentials: asking.copy(userData),
    };
    let identity: NativeIdentity = { invokeUi: true };
    await asking.call(async () => {
      const reply = checkIdentity(await peerOf(definition).getIdentity(request));
      if ('invokeUi' in reply) return;
      identity = { invokeUi: false, identity: reply.identity, userData: secretFrom(reply.credentials) };
    });
    return identity;
  } catch (error) {
    throw toNativeFailure('EapHostPeerGetIdentity', error, definition, method);
  }
}

function peerOf({ peer }: MethodDefinition): NonNullable<MethodDefinition['peer']> {
  if (peer === undefined) throw lacking('a peer side');
  return peer;
}

/** The lower 32 bits of an HWND: no window of Windows has more. */
const windowOf = (parent: bigint): number => Number(BigInt.asUintN(32, parent));

/** Text that can be wiped is UTF-16. */
const textOf = (xml: string | Uint8Array): string =>
  typeof xml === 'string' ? xml : Buffer.from(xml).toString('utf16le');

function propertiesOf(properties: PropertiesReply): NativeMethodProperty[] {
  const { others = new Map<number, never>() } = properties;
  const set = checkProperties(properties);
  return [
    ...Object.entries(propertyBits).map(([name, bit]) => ({ type: Math.log2(bit), value: set.has(name) })),
    ...[...others].map(([type, value]: [number, boolean | number | Uint8Array]) => ({
      type,
      value: typeof value === 'object' ? secretFrom(octets(value, 'a property')) : value,
    })),
  ];
}

const blob = (value: unknown): Buffer => secretFrom(octets(value, 'a blob'));

type Context = Options<'queryInteractiveUIInputFields'>;

/** The method's own context in one of a session; a session that asks for an identity has no fields to show. */
function methodContext(context: UiContext): Uint8Array {
  if (context.of === 'identity') throw lacking('fields for its identity');
  return context.data;
}

function contextOf({ uiContext }: Pick<Context, 'uiContext'>): UiContext {
  const context = decodeUiContext(uiContext);
  if (context === undefined) throw new HostFailure(systemErrorCodes.ERROR_INVALID_PARAMETER);
  return context;
}

async function showIdentity(
  definition: MethodDefinition,
  flags: number,
  given: { readonly config?: Uint8Array | undefined; readonly credentials?: Uint8Array | undefined },
  parentWindow: bigint,
): Promise<NativeIdentity & { readonly userData: Buffer }> {
  const asking = new Asking(definition, flags, methodLimits.userMs);
  const shown = await asking.side('showIdentityUi', (side) =>
    side.showIdentityUi({
      ...asking.common,
      parentWindow: windowOf(parentWindow),
      config: asking.copy(given.config),
      credentials: asking.copy(given.credentials),
    }),
  );
  const { identity, credentials } = shown;
  return {
    invokeUi: false,
    identity: plainString(identity, 'an identity'),
    userData: secretFrom(octets(credentials, 'credentials')),
  };
}

type Handlers = {
  readonly [Call in Exclude<ConfigurationCall, 'getMethods'>]: (
    definition: MethodDefinition,
    options: Options<Call>,
    type: FullMethodType,
  ) => Promise<ConfigurationCalls[Call]['result']>;
};

const handlers: Handlers = {
  async configXml2Blob(definition, { xml }, method) {
    const asking = new Asking(definition, 0);
    const request = { ...asking.common, xml };
    return {
      method,
      blob: blob(await asking.side('configXmlToBlob', (side) => side.configXmlToBlob(request))),
    };
  },
  async configBlob2Xml(definition, { connectionData }) {
    const asking = new Asking(definition, 0);
    const request = { ...asking.common, config: asking.copy(connectionData) };
    return plainString(await asking.side('configBlobToXml', (side) => side.configBlobToXml(request)), 'XML');
  },
  async credentialsXml2Blob(definition, { xml, connectionData }, method) {
    const asking = new Asking(definition, 0);
    const request = { ...asking.common, xml: textOf(xml), config: asking.copy(connectionData) };
    const made = await asking.side('credentialsXmlToBlob', (side) => side.credentialsXmlToBlob(request));
    return { method, blob: blob(made) };
  },
  async getMethodProperties(definition, { flags, connectionData, userData }) {
    const own = { properties: bitsToProperties(definition.properties) };
    const hasOwn = definition.configuration?.properties !== undefined;
    // Without a connection blob: the properties that it is registered with.
    if (connectionData === undefined || !hasOwn) return propertiesOf(own);
    const asking = new Asking(definition, flags);
    const request = {
      ...asking.common,
      config: asking.copy(connectionData),
      credentials: asking.copy(userData),
    };
    return propertiesOf(await asking.side('properties', (side) => side.properties(request)));
  },
  async queryCredentialInputFields(definition, { flags, connectionData }) {
    const asking = new Asking(definition, flags);
    const request = { ...asking.common, config: asking.copy(connectionData) };
    const fields = await asking.side('credentialInputFields', (side) => side.credentialInputFields(request));
    return checked(() => checkInputFields(fields, 'fields'));
  },
  async queryUserBlobFromCredentialInputFields(definition, { flags, connectionData, userData, fields }) {
    const asking = new Asking(definition, flags);
    const request = {
      ...asking.common,
      config: asking.copy(connectionData),
      credentials: asking.copy(userData),
      fields: toInputFields(fields),
    };
    return blob(
      await asking.side('credentialsFromInputFields', (side) => side.credentialsFromInputFields(request)),
    );
  },
  async queryInteractiveUIInputFields(definition, options) {
    const asking = new Asking(definition, options.flags);
    const request = { ...asking.common, context: asking.copy(methodContext(contextOf(options))) };
    const ui = await asking.side('interactiveUiFields', (side) => side.interactiveUiFields(request));
    return checked(() => checkInteractiveUi(ui, 'ui'));
  },
  async queryUIBlobFromInteractiveUIInputFields(definition, options) {
    const asking = new Asking(definition, options.flags);
    const context = asking.copy(methodContext(contextOf(options)));
    const request = { ...asking.common, context, answer: toInteractiveUi(options) };
    return blob(await asking.side('interactiveUiAnswer', (side) => side.interactiveUiAnswer(request)));
  },
  async invokeConfigUI(definition, { flags, connectionData, parentWindow }) {
    const asking = new Asking(definition, flags, methodLimits.userMs);
    const request = {
      ...asking.common,
      parentWindow: windowOf(parentWindow),
      config: asking.copy(connectionData),
    };
    return blob(await asking.side('showConfigUi', (side) => side.showConfigUi(request)));
  },
  async invokeIdentityUI(definition, { flags, connectionData, userData, parentWindow }) {
    return showIdentity(definition, flags, { config: connectionData, credentials: userData }, parentWindow);
  },
  async invokeInteractiveUI(definition, options) {
    const context = contextOf(options);
    if (context.of === 'identity') {
      const given = { config: context.config, credentials: context.data };
      return (await showIdentity(definition, context.flags, given, options.parentWindow)).userData;
    }
    const asking = new Asking(definition, 0, methodLimits.userMs);
    const request = {
      ...asking.common,
      parentWindow: windowOf(options.parentWindow),
      context: asking.copy(context.data),
    };
    return blob(await asking.side('showInteractiveUi', (side) => side.showInteractiveUi(request)));
  },
};

/** A call of the configuration library for a method in TypeScript. Rejects with a NativeFailure. */
export async function configureMethod<Call extends keyof Handlers>(
  definition: MethodDefinition,
  type: FullMethodType,
  call: Call,
  options: Options<Call>,
): Promise<ConfigurationCalls[Call]['result']> {
  try {
    return await handlers[call](definition, options, type);
  } catch (error) {
    const name = `EapHostPeer${call.charAt(0).toUpperCase()}${call.slice(1)}`;
    throw toNativeFailure(name, error, definition, type);
  }
}
