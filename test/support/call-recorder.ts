// A root hook of mocha: which of EAPHost's functions a suite really called through the native side. It wraps the
// surface that lib/native/runtime-types.ts gives, sees every outcome, and leaves its counts in the file that
// EAPHOST_RECORDED_CALLS names; without that it does nothing. scripts/functions.mjs makes a table of the files.
//
// A call counts by what came of it: a value is a success of each function that it took to get it (a packet of
// EapHostPeerGetSendPacket, copied memory of the function that freed it); a rejection is a failure of the function
// that it names, and where it carries an EAP_ERROR, a success of the function that freed that. A library that only
// plays a run-time does not count.

import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';

import { isObject } from '../../lib/base/guards.js';
import { loadNative } from '../../lib/native/binary.js';
import type { NativeRuntime, NativeSession, ConfigurationCall } from '../../lib/native/runtime-types.js';

const file = process.env['EAPHOST_RECORDED_CALLS'];
const counts: Record<string, { succeeded: number; failed: number }> = {};
/** The surfaces whose calls count: the addon, and what came of real run-times. */
const counted = new WeakSet<object>();

function count(name: string, outcome: 'succeeded' | 'failed'): void {
  const entry = (counts[name] ??= { succeeded: 0, failed: 0 });
  entry[outcome] += 1;
}

/** Has `told` see what every call of a method comes to. */
function watch<Owner extends object>(
  owner: Owner,
  method: keyof Owner & string,
  freeError: string,
  told: (value: unknown, args: readonly unknown[]) => void,
): void {
  const original: unknown = Reflect.get(owner, method);
  if (typeof original !== 'function') throw new TypeError(`the native side has no ${method}`);
  Reflect.set(owner, method, function (this: object, ...args: unknown[]): unknown {
    const work: unknown = Reflect.apply(original, this, args);
    if (!counted.has(this)) return work;
    if (!(work instanceof Promise)) throw new TypeError(`${method} gives no promise`);
    work.then(
      (value: unknown) => told(value, args),
      (failure: unknown) => {
        if (!isObject(failure) || typeof failure['call'] !== 'string') return;
        count(failure['call'], 'failed');
        if (failure['error'] !== undefined) count(freeError, 'succeeded');
      },
    );
    return work;
  });
}

const freeRuntimeError = 'EapHostPeerFreeEapError';
const freeConfigurationError = 'EapHostPeerFreeErrorMemory';

/** The functions that an outcome of a hop was fetched with: by the field that it is in. */
const fetched = {
  packet: 'EapHostPeerGetSendPacket',
  result: 'EapHostPeerGetResult',
  uiContext: 'EapHostPeerGetUIContext',
  attributes: 'EapHostPeerGetResponseAttributes',
} as const;

function hop(name: string): (value: unknown) => void {
  return (step) => {
    count(name, 'succeeded');
    for (const [field, fetch] of Object.entries(fetched)) {
      if (isObject(step) && step[field] !== undefined) count(fetch, 'succeeded');
    }
    if (isObject(step)) result(step['result']);
  };
}

/** A result's EAP_ERROR was freed. */
function result(value: unknown): void {
  if (isObject(value) && value['error'] !== undefined) count(freeRuntimeError, 'succeeded');
}

function watchSession(prototype: NativeSession): void {
  const simple = {
    getAuthStatus: 'EapHostPeerGetAuthStatus',
    getDataToUnplumbCredentials: 'EapHostPeerGetDataToUnplumbCredentials',
    end: 'EapHostPeerEndSession',
  } as const;
  const hops = {
    processReceivedPacket: 'EapHostPeerProcessReceivedPacket',
    setUiContext: 'EapHostPeerSetUIContext',
    setResponseAttributes: 'EapHostPeerSetResponseAttributes',
  } as const;
  for (const method of Object.keys(simple) as (keyof typeof simple)[]) {
    watch(prototype, method, freeRuntimeError, () => count(simple[method], 'succeeded'));
  }
  for (const method of Object.keys(hops) as (keyof typeof hops)[]) {
    watch(prototype, method, freeRuntimeError, hop(hops[method]));
  }
  watch(prototype, 'getResult', freeRuntimeError, (value) => {
    count('EapHostPeerGetResult', 'succeeded');
    result(value);
  });
}

const configurationFunctions: Readonly<Record<ConfigurationCall, string>> = {
  getMethods: 'EapHostPeerGetMethods',
  getMethodProperties: 'EapHostPeerGetMethodProperties',
  configXml2Blob: 'EapHostPeerConfigXml2Blob',
  configBlob2Xml: 'EapHostPeerConfigBlob2Xml',
  credentialsXml2Blob: 'EapHostPeerCredentialsXml2Blob',
  queryCredentialInputFields: 'EapHostPeerQueryCredentialInputFields',
  queryUserBlobFromCredentialInputFields: 'EapHostPeerQueryUserBlobFromCredentialInputFields',
  queryInteractiveUIInputFields: 'EapHostPeerQueryInteractiveUIInputFields',
  queryUIBlobFromInteractiveUIInputFields: 'EapHostPeerQueryUIBlobFromInteractiveUIInputFields',
  invokeConfigUI: 'EapHostPeerInvokeConfigUI',
  invokeIdentityUI: 'EapHostPeerInvokeIdentityUI',
  invokeInteractiveUI: 'EapHostPeerInvokeInteractiveUI',
};

/** Whether a value was copied out of memory that the run-time had allocated. */
function isCopied(value: unknown): boolean {
  if (Buffer.isBuffer(value) || Array.isArray(value)) return value.length > 0;
  return isObject(value) && Object.values(value).some(isCopied);
}

function watchRuntime(prototype: NativeRuntime, isSessionWatched: () => boolean): void {
  watch(prototype, 'beginSession', freeRuntimeError, (session) => {
    count('EapHostPeerBeginSession', 'succeeded');
    if (!isObject(session)) return;
    counted.add(session);
    if (!isSessionWatched()) watchSession(Object.getPrototypeOf(session));
  });
  watch(prototype, 'clearConnection', freeRuntimeError, () =>
    count('EapHostPeerClearConnection', 'succeeded'),
  );
  watch(prototype, 'getIdentity', freeRuntimeError, (identity) => {
    count('EapHostPeerGetIdentity', 'succeeded');
    if (isObject(identity) && (identity['identity'] !== undefined || identity['userData'] !== undefined)) {
      count('EapHostPeerFreeRuntimeMemory', 'succeeded');
    }
  });
  watch(prototype, 'getEncryptedPassword', freeRuntimeError, () =>
    count('EapHostPeerGetEncryptedPassword', 'succeeded'),
  );
  watch(prototype, 'configure', freeConfigurationError, (value, [call]) => {
    count(configurationFunctions[call as ConfigurationCall], 'succeeded');
    if (isCopied(value)) count('EapHostPeerFreeMemory', 'succeeded');
  });
  watch(prototype, 'close', freeRuntimeError, () => count('EapHostPeerUninitialize', 'succeeded'));
}

/** Whether it is Windows' run-time, or the embedded one. */
function isReal(options: unknown): boolean {
  const library = isObject(options) ? options['runtimeLibrary'] : undefined;
  return typeof library === 'string' && /^(?:eappprxy|eapembedded)\./u.test(basename(library));
}

/** Whether it was asked before: the first run-time and the first session lead to the prototypes of all. */
function once(): () => boolean {
  let isDone = false;
  return () => {
    const was = isDone;
    isDone = true;
    return was;
  };
}

export const mochaHooks =
  file === undefined
    ? {}
    : {
        beforeAll(): void {
          const [isRuntimeWatched, isSessionWatched] = [once(), once()];
          const addon = loadNative();
          counted.add(addon);
          watch(addon, 'openRuntime', freeRuntimeError, (runtime, [options]) => {
            if (!isObject(runtime) || !isReal(options)) return;
            counted.add(runtime);
            count('EapHostPeerInitialize', 'succeeded');
            if (!isRuntimeWatched()) watchRuntime(Object.getPrototypeOf(runtime), isSessionWatched);
          });
        },
        afterAll(): void {
          writeFileSync(file, JSON.stringify(counts));
        },
      };
