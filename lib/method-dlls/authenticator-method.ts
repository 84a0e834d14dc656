// An authenticator method DLL, driven step by step, or behind the interface of methods in TypeScript.

import {
  toOptionalCopy,
  toSignal,
  toText,
  toWindow,
  type WindowOptions,
  windowNames,
} from '../base/arguments.js';
import { whereAnswered } from '../base/errors.js';
import type { Aborting } from '../base/stop.js';
import { HostedAuthenticatorSide } from '../hosts/hosted.js';
import type {
  AuthenticatorBegin,
  AuthenticatorSession,
  AuthenticatorSide,
  MethodWith,
} from '../hosts/method.js';
import type { NativeAuthenticatorBegin } from '../native/method-types.js';
import {
  AuthenticatorMethodSession,
  type AuthenticatorRequest,
  type AuthenticatorStep,
} from './authenticator-session.js';
import {
  type BeginAuthenticatorOptions,
  type MethodAsked,
  toAsked,
  beginAuthenticatorOf,
  toBeginAuthenticator,
  askedNames,
} from './begin-options.js';
import type { LoadMethodOptions } from './load-options.js';
import { type Begun, loadMethod, LoadedMethod } from './method-dll.js';
import { definitionOf, type DefinitionOptions } from './peer-method.js';

const dialogNames = { ...askedNames, ...windowNames, machineName: 'string' } as const;

/**
 * An authenticator method DLL, loaded by {@link AuthenticatorMethod.load} and driven in the order in which Windows'
 * server drives it. Its calls reject as those of `PeerMethod` do.
 */
export class AuthenticatorMethod extends LoadedMethod<'authenticator'> {
  /**
   * Loads an authenticator method DLL: EapMethodAuthenticatorGetInfo, EapMethodAuthenticatorInitialize. Options and
   * errors are those of `PeerMethod.load`.
   *
   * @example
   * ```ts
   * import { AuthenticatorMethod } from 'eaphost/method-dlls';
   * import { RadiusServer } from 'eaphost/radius';
   *
   * const type = { type: 254, vendorId: 99999, vendorType: 3, authorId: 99999 };
   * await using dll = await AuthenticatorMethod.load({ type, dllPath: 'C:\\work\\myserver.dll', isolate: true });
   * await using server = await RadiusServer.listen({ secret: 'shared secret', methods: [dll.toMethod()] });
   * ```
   */
  static async load(options: LoadMethodOptions): Promise<AuthenticatorMethod> {
    return new AuthenticatorMethod('authenticator', await loadMethod('authenticator', options));
  }

  /** Begins a session: EapMethodAuthenticatorBeginSession. */
  async beginSession(options?: BeginAuthenticatorOptions): Promise<AuthenticatorMethodSession> {
    return await this.open(toBeginAuthenticator(options), toSignal(options?.signal)).begun;
  }

  /** @internal The same, with the session before it has begun. Throws, and rejects. */
  open(begin: NativeAuthenticatorBegin, signal: Aborting | undefined): Begun<AuthenticatorMethodSession> {
    return this.begin(
      'EapMethodAuthenticatorBeginSession',
      signal,
      (native, waiter) => native.openSession(waiter, begin),
      (session) => new AuthenticatorMethodSession(session, this.owner),
    );
  }

  /**
   * Raises the server's configuration dialog for `machineName`, by default this machine:
   * EapMethodAuthenticatorInvokeConfigUI. Undefined if the user cancelled.
   */
  async invokeConfigUi(
    options?: MethodAsked & WindowOptions & { readonly machineName?: string | undefined },
  ): Promise<Buffer | undefined> {
    const { machineName, parentWindow } = options ?? {};
    const asked = {
      ...toAsked(options, dialogNames),
      parentWindow: toWindow(parentWindow),
      machineName: machineName === undefined ? undefined : toText(machineName, 'machineName'),
    };
    return whereAnswered(() =>
      this.call(
        'EapMethodAuthenticatorInvokeConfigUI',
        toSignal(options?.signal),
        (native) => native.invoke('invokeConfigUI', asked),
        {
          part: 'config',
          waits: true,
        },
      ),
    );
  }

  /**
   * The DLL as a method like those in TypeScript: for `RadiusServer.listen` and `converse`. The method stays the
   * caller's to close.
   */
  toMethod(options?: DefinitionOptions): MethodWith<'authenticator'> {
    return {
      type: this.type,
      ...definitionOf(this.dllPath, options),
      authenticator: authenticatorSide(this, undefined, options?.config),
    };
  }
}

/** The authenticator side of a DLL. `onSession` gets each of its sessions; `config` is for those that have none. */
export function authenticatorSide(
  method: AuthenticatorMethod,
  onSession?: (session: AuthenticatorMethodSession) => void,
  config?: Uint8Array,
): AuthenticatorSide {
  const own = toOptionalCopy(config, 'config');
  const begin = async (
    { flags, identity, attributes, config, maxSendPacketSize }: Omit<AuthenticatorBegin, 'signal'>,
    signal: Aborting,
    id?: number,
  ): Promise<AuthenticatorSession> => {
    const options: BeginAuthenticatorOptions = {
      flags: [...flags],
      identity,
      attributes,
      config: config.length === 0 ? own : config,
      maxSendPacketSize,
    };
    const { opened, begun } = method.open(beginAuthenticatorOf(options), signal);
    const session = (opened ?? (await begun)).hostedBy(signal);
    onSession?.(session);
    const first = opened === undefined || id === undefined ? undefined : session.sendPacket(id);
    // Of a session that does not begin nobody awaits it.
    first?.catch(() => undefined);
    await session.hasBegun(begun);
    return adapt(session, first);
  };
  return new HostedAuthenticatorSide({ beginSession: begin });
}

/**
 * For a host that says which id comes next, the hop that takes a response fetches what its action asks for.
 * @param first the first request, of a host that gave its id when it began the session
 */
function adapt(
  session: AuthenticatorMethodSession,
  first?: Promise<AuthenticatorRequest>,
): AuthenticatorSession {
  let request = first;
  let step: AuthenticatorStep | undefined;
  const take = (): AuthenticatorStep | undefined => {
    const taken = step;
    step = undefined;
    return taken;
  };
  return {
    sendPacket(id) {
      const begun = request;
      request = undefined;
      if (begun !== undefined) return begun;
      const taken = take();
      return taken?.action === 'send' ? taken : session.sendPacket(id);
    },
    async receivePacket(packet, nextId) {
      if (nextId !== session.nextId) return session.receivePacket(packet);
      step = await session.receive(packet);
      return step.action;
    },
    getAttributes() {
      const taken = take();
      return taken?.action === 'respond' ? taken.attributes : session.getAttributes();
    },
    setAttributes: (attributes) => session.setAttributes(attributes),
    updateInnerMethodParams: (identity, attributes) => session.updateInnerMethodParams(identity, attributes),
    getResult() {
      const taken = take();
      return taken?.action === 'result' ? taken.result : session.getResult();
    },
    end: () => session.end(),
  };
}
