// An authenticator method DLL, driven step by step.

import { toText, toWindow, type WindowOptions } from '../base/arguments.js';
import { isCancelled } from '../base/errors.js';
import type { AuthenticatorSide, MethodDefinition } from '../methods/method.js';
import { authenticatorSide } from './authenticator-definition.js';
import { AuthenticatorMethodSession } from './authenticator-session.js';
import {
  toAsked,
  toBegin,
  toIdentity,
  type BeginAuthenticatorOptions,
  type MethodAsked,
} from './begin-options.js';
import type { LoadMethodOptions } from './load-options.js';
import { loadMethod, MethodHost } from './method-dll.js';
import { definitionOf, type DefinitionOptions } from './peer-method.js';

/**
 * An authenticator method DLL, loaded by {@link AuthenticatorMethod.load} and driven in the order in which Windows'
 * server drives it. Its calls reject as those of `PeerMethod` do.
 */
export class AuthenticatorMethod extends MethodHost<'authenticator'> {
  /**
   * Loads an authenticator method DLL: EapMethodAuthenticatorGetInfo, EapMethodAuthenticatorInitialize. Options and
   * errors are those of `PeerMethod.load`.
   */
  static async load(options: LoadMethodOptions): Promise<AuthenticatorMethod> {
    return new AuthenticatorMethod('authenticator', await loadMethod('authenticator', options));
  }

  /** Begins a session: EapMethodAuthenticatorBeginSession. */
  async beginSession(options?: BeginAuthenticatorOptions): Promise<AuthenticatorMethodSession> {
    const begin = { ...toBegin(options), ...toAsked(options), identity: toIdentity(options?.identity) };
    const late = (native: { end(): Promise<void> }): void => {
      native.end().catch(() => undefined);
    };
    const native = await this.call(
      'EapMethodAuthenticatorBeginSession',
      options,
      (method) => method.beginSession(begin),
      { late },
    );
    return new AuthenticatorMethodSession(native, this.owner);
  }

  /**
   * Raises the server's configuration dialog for `machineName`, by default this machine:
   * EapMethodAuthenticatorInvokeConfigUI. Undefined where the user cancelled.
   */
  async invokeConfigUi(
    options?: MethodAsked & WindowOptions & { readonly machineName?: string | undefined },
  ): Promise<Buffer | undefined> {
    const { machineName, parentWindow } = options ?? {};
    const asked = {
      ...toAsked(options),
      parentWindow: toWindow(parentWindow),
      machineName: machineName === undefined ? undefined : toText(machineName, 'machineName'),
    };
    try {
      const call = 'EapMethodAuthenticatorInvokeConfigUI';
      return await this.call(call, options, (native) => native.invoke('invokeConfigUI', asked), {
        part: 'config',
        waits: true,
      });
    } catch (error) {
      if (isCancelled(error)) return undefined;
      throw error;
    }
  }

  /**
   * The DLL as a method like those in TypeScript: for `RadiusServer.listen` and `converse`. The method stays the
   * caller's to close.
   */
  toMethod(options?: DefinitionOptions): MethodDefinition & { readonly authenticator: AuthenticatorSide } {
    return { type: this.type, ...definitionOf(this.path, options), authenticator: authenticatorSide(this) };
  }
}
