// Opens a run-time.

import { untilAborted } from '../base/abort.js';
import {
  signalOf,
  toBoolean,
  toInteger,
  ownOptions,
  toName,
  type SignalOptions,
  type OptionNames,
  signalNames,
} from '../base/arguments.js';
import { loadNative, ownLibrary } from '../native/binary.js';
import { Observer, type DiagnosticEvent } from '../diagnostics/events.js';
import { watchFor } from '../diagnostics/watch.js';
import { EapHost, type Runtime } from './eaphost.js';
import { eaphostError, toEapError } from '../base/errors.js';
import { part } from '../base/shortage.js';
import { checkMethods, ScriptMethods, type CheckedMethods } from './script-methods.js';
import { checkMethodDll, requireDll, type CheckedMethodDll, type MethodDll } from './options.js';
import type { MethodDefinition } from '../hosts/method.js';
import type { NativeRuntime } from '../native/runtime-types.js';
import { toRounds } from '../eap/rounds.js';

/** How `openEapHost` opens a run-time. */
export interface OpenOptions extends SignalOptions {
  /** Default `system` on Windows, `embedded` elsewhere. */
  readonly runtime?: Runtime | undefined;
  /**
   * How many native threads (lanes) carry sessions before sessions share them, 1 to 1,024. Default 64. There can be
   * more if a stuck one would block others.
   */
  readonly maxLanes?: number | undefined;
  /**
   * Embedded run-time: methods in TypeScript, beside the built-in `md5` and `mschapv2`. One of the same type replaces
   * a built-in one.
   */
  readonly methods?: readonly MethodDefinition[] | undefined;
  /** Embedded run-time: method DLLs to register at once, as `EapHost.registerMethod` does. */
  readonly methodDlls?: readonly MethodDll[] | undefined;
  /**
   * Embedded run-time: fail the identity round of a session that was begun without credentials with
   * `EAP_E_EAPHOST_IDENTITY_UNKNOWN`, as Windows has been seen to do, instead of asking the method. Default false.
   */
  readonly identityNeedsUserData?: boolean | undefined;
  /**
   * Embedded run-time: the most requests in a session. Beyond them it ends with
   * `EAP_E_EAPHOST_REMOTE_INVALID_PACKET`, as it does after half as many in a row with fewer than 20 octets each way.
   * Default 100, and proportionally more if `maxSendPacketSize` is below 1000 octets.
   */
  readonly maxRounds?: number | undefined;
  /**
   * Called with every call of the run-time and every packet, secrets masked. The diagnostics channels `eaphost:call`
   * and `eaphost:packet` publish the same for every host of the process. An error that it throws is uncaught.
   */
  readonly onEvent?: ((event: DiagnosticEvent) => void) | undefined;
}

/** The options of a host that has the built-in methods alone. */
interface BuiltInOptions extends OpenOptions {
  readonly runtime: 'embedded';
  readonly methods?: undefined;
  readonly methodDlls?: undefined;
}

const openNames: OptionNames<OpenOptions> = {
  ...signalNames,
  runtime: ['system', 'embedded'],
  maxLanes: 'number',
  methods: 'array',
  methodDlls: 'array',
  identityNeedsUserData: 'boolean',
  maxRounds: 'number',
  onEvent: 'function',
};

const defaultMaxLanes = 64;
const optionIdentityNeedsUserData = 1;
const optionMaxRounds = 2;
const runtimes = { system: true, embedded: true };

/** Options that passed every check. */
interface CheckedOptions {
  readonly runtime: Runtime;
  readonly maxLanes: number;
  readonly methods: CheckedMethods;
  readonly methodDlls: readonly CheckedMethodDll[];
  readonly identityNeedsUserData: boolean;
  readonly maxRounds: number | undefined;
  readonly observer: Observer;
}

function checkOptions(options: OpenOptions | undefined): CheckedOptions {
  const given: Readonly<Partial<Record<keyof OpenOptions, unknown>>> = ownOptions(
    options,
    'options',
    openNames,
  );
  const {
    maxLanes = defaultMaxLanes,
    methods = [],
    methodDlls = [],
    identityNeedsUserData,
    maxRounds,
  } = given;
  const runtime =
    given.runtime === undefined
      ? process.platform === 'win32'
        ? 'system'
        : 'embedded'
      : toName(given.runtime, 'runtime', runtimes);
  if (!Array.isArray(methodDlls)) throw new TypeError('methodDlls must be an array');
  const dlls: readonly unknown[] = methodDlls;
  if (runtime === 'system') {
    for (const name of ['methods', 'methodDlls', 'identityNeedsUserData', 'maxRounds'] as const) {
      if (given[name] !== undefined) {
        throw new TypeError(`${name} is for the embedded run-time; open it with { runtime: 'embedded' }`);
      }
    }
  }
  return {
    runtime,
    maxLanes: toInteger(maxLanes, 'maxLanes', 1, 1024),
    methods: checkMethods(methods, 'methods'),
    methodDlls: dlls.map((dll, index) => checkMethodDll(dll, `methodDlls[${index}]`)),
    identityNeedsUserData: toBoolean(identityNeedsUserData, 'identityNeedsUserData', false),
    maxRounds: toRounds(maxRounds),
    observer: new Observer(toListener(given.onEvent)),
  };
}

function toListener(value: unknown): OpenOptions['onEvent'] {
  if (value === undefined) return undefined;
  if (typeof value !== 'function') throw new TypeError('onEvent must be a function');
  return (event) => {
    Reflect.apply(value, undefined, [event]);
  };
}

function openRuntime({ runtime, maxLanes, observer }: CheckedOptions): Promise<NativeRuntime> {
  const system = runtime === 'system';
  const addon = loadNative();
  const runtimeLibrary = system ? 'eappprxy.dll' : ownLibrary('eapembedded');
  const configurationLibrary = system ? 'eappcfg.dll' : runtimeLibrary;
  return addon.openRuntime({ runtimeLibrary, configurationLibrary, system, maxLanes }, watchFor(observer));
}

const builtIn = part(() => Promise.all([import('../methods/md5.js'), import('../methods/mschapv2.js')]));

/** The methods that a run-time is opened with. */
async function furnish(native: NativeRuntime, options: CheckedOptions): Promise<ScriptMethods> {
  const shim = ownLibrary('eapshim');
  if (options.runtime === 'system') return new ScriptMethods(native, shim);
  if (options.identityNeedsUserData) native.setOption(optionIdentityNeedsUserData, 1);
  if (options.maxRounds !== undefined) native.setOption(optionMaxRounds, options.maxRounds);
  for (const dll of options.methodDlls) {
    await requireDll(dll);
    await native.registerMethod(dll);
  }
  const [{ md5 }, { mschapv2 }] = await builtIn();
  return new ScriptMethods(native, shim, checkMethods([md5, mschapv2], 'methods'), options.methods);
}

/**
 * Opens Windows' EAPHost, or the embedded run-time: loads it on a native thread and initializes it there
 * (EapHostPeerInitialize). Close the host, or hold it with `await using`.
 *
 * Rejects with TypeError or RangeError for bad options, with `EapError` if the run-time cannot be opened:
 * `EAPHOST_UNSUPPORTED_PLATFORM` for `system` off Windows, `EAPHOST_NATIVE_NOT_FOUND` if the package's binary is
 * missing, and Windows' code if EAPHost fails (a stopped service, a missing DLL).
 *
 * @example
 * ```ts
 * import { openEapHost } from 'eaphost';
 *
 * await using eaphost = await openEapHost(); // on Windows the system's EAPHost, elsewhere the embedded run-time
 * for (const { friendlyName } of await eaphost.getMethods()) console.log(friendlyName);
 * ```
 */
export async function openEapHost(options: BuiltInOptions): Promise<EapHost<'md5' | 'mschapv2'>>;
/** As above, with methods that are not known when it is compiled. */
export async function openEapHost(options?: OpenOptions): Promise<EapHost>;
export async function openEapHost(options?: OpenOptions): Promise<EapHost> {
  const checked = checkOptions(options);
  const signal = signalOf(options, openNames);
  signal?.throwIfAborted();
  if (checked.runtime === 'system' && process.platform !== 'win32') {
    throw eaphostError(
      'EAPHOST_UNSUPPORTED_PLATFORM',
      `Windows' EAPHost exists on Windows only, and this is ${process.platform}; ` +
        "use openEapHost({ runtime: 'embedded' }), which runs everywhere",
    );
  }
  const opening = openRuntime(checked);
  try {
    const native = await untilAborted(opening, signal);
    try {
      return new EapHost(checked.runtime, native, await furnish(native, checked));
    } catch (error) {
      await native.close();
      throw error;
    }
  } catch (error) {
    // After an abort the run-time may still open, and is then closed.
    if (signal?.aborted === true) opening.then((native) => native.close()).catch(() => undefined);
    throw toEapError(error);
  }
}
