// The options of loading a method DLL, checked.

import { isAbsolute } from 'node:path';
import {
  checkFunction,
  signalNames,
  toSignal,
  type OptionNames,
  toBoolean,
  ownOptions,
  toInteger,
  toText,
  type SignalOptions,
} from '../base/arguments.js';
import { namesOf } from '../base/guards.js';
import { toMethodType, type MethodType } from '../eap/names.js';
import type { MethodCall } from './call-trace.js';
import type { UiPaths } from './ui-dlls.js';

/** How `PeerMethod.load` and `AuthenticatorMethod.load` load a method DLL. */
export interface LoadMethodOptions extends SignalOptions {
  /** The method's type; a number alone is an IANA EAP type. */
  readonly type: MethodType | number;
  /** The author's number, where `type` is a number. Default 0. */
  readonly authorId?: number | undefined;
  /**
   * The absolute path of the DLL (.dll, .so, .dylib). Without it, on Windows, the DLL that the registry names for
   * type and author (`PeerDllPath`, `AuthenticatorDllPath`).
   */
  readonly dllPath?: string | undefined;
  /**
   * The endpoint of a `serveMethods` server: loads the package's method DLL shim, whose calls that server answers.
   * Not with `dllPath`.
   */
  readonly endpoint?: string | undefined;
  /**
   * The absolute paths of the DLLs that hold the method's user interface, where `dllPath` does not: `config` has the
   * configuration's dialog and XML, `identity` and `interactive` have those dialogs. Each is loaded when it is first
   * called. Default: `dllPath`; where that is left out, those that the registry names (`PeerConfigUIPath`,
   * `PeerIdentityPath`, `PeerInteractiveUIPath`, `AuthenticatorConfigUIPath`).
   */
  readonly uiPaths?: UiPaths | undefined;
  /**
   * Runs the DLL in a process of its own, so that a crash rejects the calls in flight with `EAPHOST_METHOD_CRASHED`
   * and ends nothing else. Without it the DLL runs in this process: if it crashes, this process dies, and no handler
   * runs. Default false.
   */
  readonly isolate?: boolean | undefined;
  /**
   * Milliseconds after which a call that has not returned is given up with `EAPHOST_METHOD_TIMEOUT`, 1 to
   * 86,400,000; `null` for none. Default 60,000. Dialogs have no limit, and the start of an isolated DLL's process
   * does not count: after 60 seconds it is given up with `EAPHOST_PROCESS_NOT_STARTED`. An isolated DLL's process is ended then; in this process the native thread stays in the call, and
   * keeps the process from ending by itself.
   */
  readonly timeout?: number | null | undefined;
  /** Record every call, for `onCall` and the trace of `converse`. Default: whether there is an `onCall`. */
  readonly trace?: boolean | undefined;
  /** Called after each call of the DLL's functions, in order, including those of loading and unloading. */
  readonly onCall?: ((call: MethodCall) => void) | undefined;
  /**
   * How many native threads carry sessions before sessions share them, 1 to 1,024. Default 64. Methods that run in this
   * process with the same number share them.
   */
  readonly maxLanes?: number | undefined;
}

const loadNames: OptionNames<LoadMethodOptions> = {
  ...signalNames,
  type: true,
  authorId: 'number',
  dllPath: 'string',
  endpoint: 'string',
  uiPaths: 'object',
  isolate: 'boolean',
  timeout: 'orNull',
  trace: 'boolean',
  onCall: 'function',
  maxLanes: 'number',
};
const uiNames: OptionNames<UiPaths> = { config: 'string', identity: 'string', interactive: 'string' };

/** Options that passed every check. */
export type CheckedLoadOptions = ReturnType<typeof checkLoadOptions>;

const defaultTimeout = 60_000;
const day = 86_400_000;

/** Checks the options. Throws TypeError or RangeError that name the argument. */
export function checkLoadOptions(options: LoadMethodOptions) {
  if (options === undefined) throw new TypeError('options must be an object');
  const own = ownOptions(options, 'options', loadNames);
  const given: Readonly<Partial<Record<keyof LoadMethodOptions, unknown>>> = own;
  const { type, authorId, dllPath, endpoint, timeout = defaultTimeout, maxLanes = 64 } = given;
  if (authorId !== undefined && typeof type !== 'number') {
    throw new TypeError('authorId goes with a type that is a number; put it into the type otherwise');
  }
  if (dllPath !== undefined && endpoint !== undefined) {
    throw new TypeError(
      "dllPath and endpoint exclude each other: an endpoint is of the package's own method DLL",
    );
  }
  checkFunction(given.onCall, 'onCall');
  const { onCall } = own;
  return {
    type: toMethodType(typeof type === 'number' ? { type, authorId } : type, 'type'),
    dllPath: dllPath === undefined ? undefined : toPath(dllPath, 'dllPath'),
    endpoint: endpoint === undefined ? undefined : toText(endpoint, 'endpoint'),
    uiPaths: toUiPaths(given.uiPaths),
    isolate: toBoolean(given.isolate, 'isolate', false),
    limit: timeout === null ? undefined : toInteger(timeout, 'timeout', 1, day),
    trace: toBoolean(given.trace, 'trace', onCall !== undefined) || onCall !== undefined,
    onCall,
    maxLanes: toInteger(maxLanes, 'maxLanes', 1, 1024),
    signal: toSignal(own.signal),
  };
}

function toUiPaths(value: unknown): UiPaths {
  const given = ownOptions(value, 'uiPaths', uiNames);
  const paths: { -readonly [Part in keyof UiPaths]: UiPaths[Part] } = {};
  for (const part of namesOf(uiNames)) {
    if (given[part] !== undefined) paths[part] = toPath(given[part], `uiPaths.${part}`);
  }
  return paths;
}

function toPath(value: unknown, argument: string): string {
  const path = toText(value, argument);
  if (isAbsolute(path)) return path;
  throw new RangeError(`${argument} must be absolute: a name alone would be searched for`);
}
