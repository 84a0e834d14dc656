// An authenticator method DLL, driven step by step, or behind the interface of methods in TypeScript.

import { toOptionalCopy, toText, toWindow, type WindowOptions, windowNames } from '../base/arguments.js';
import { whereAnswered } from '../base/errors.js';
import type { AuthenticatorSession, AuthenticatorSide, MethodWith } from '../methods/method.js';
import { AuthenticatorMethodSession } from './authenticator-session.js';
import {
  type BeginAuthenticatorOptions,
  type MethodAsked,
  toAsked,
  toBegin,
  toIdentity,
  askedNames,
  beginAuthenticatorNames,
} from './begin-options.js';
import type { LoadMethodOptions } from './load-options.js';
import { loadMethod, LoadedMethod } from './method-dll.js';
import { definitionOf, type DefinitionOptions } from './peer-method.js';

const dialogNames = { ...askedNames, ...windowNames, machineName: true } as const;

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
   * await using dll = await AuthenticatorMethod.load({ type, path: 'C:\\work\\myserver.dll', isolate: true });
   * await using server = await RadiusServer.listen({ secret: 'shared secret', methods: [dll.toMethod()] });
   * ```
   */
  static async load(options: LoadMethodOptions): Promise<AuthenticatorMethod> {
    return new AuthenticatorMethod('authenticator', await loadMethod('authenticator', options));
  }

  /** Begins a session: EapMethodAuthenticatorBeginSession. */
  async beginSession(options?: BeginAuthenticatorOptions): Promise<AuthenticatorMethodSession> {
    const begin = {
      ...toBegin(options, beginAuthenticatorNames),
      ...toAsked(options, beginAuthenticatorNames),
      identity: toIdentity(options?.identity),
    };
    const call = 'EapMethodAuthenticatorBeginSession';
    const native = await this.begin(call, options, (method) => method.beginSession(begin));
    return new AuthenticatorMethodSession(native, this.owner);
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
        options,
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
      ...definitionOf(this.path, options),
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
  return {
    async beginSession({ flags, identity, attributes, config, maxSendPacketSize, signal }) {
      const session = await method.beginSession({
        flags: [...flags],
        identity,
        attributes,
        config: config.length === 0 ? own : config,
        maxSendPacketSize,
        signal,
      });
      onSession?.(session);
      return adapt(session, signal);
    },
  };
}

function adapt(session: AuthenticatorMethodSession, signal: AbortSignal): AuthenticatorSession {
  return {
    sendPacket: (id) => session.sendPacket(id, { signal }),
    receivePacket: (packet) => session.receivePacket(packet, { signal }),
    getAttributes: () => session.getAttributes({ signal }),
    setAttributes: (attributes) => session.setAttributes(attributes, { signal }),
    updateInnerMethodParams: (identity, attributes) =>
      session.updateInnerMethodParams(identity, attributes, { signal }),
    getResult: () => session.getResult({ signal }),
    end: () => session.end(),
  };
}
