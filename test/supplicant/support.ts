// What the facade's suites share: which run-time they run against, where the test methods are, and the check that
// nothing is left behind. EAPHOST_TEST_RUNTIME=system runs them against the EAPHost in System32, which must know the
// two test methods.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { EapError, openEapHost, type EapHost, type MethodDll, type OpenOptions } from '../../lib/index.js';
import { binaryFolder } from '../../lib/native/binary.js';

/** The run-time that the suites run against where they do not say otherwise. */
export const runtime = process.env['EAPHOST_TEST_RUNTIME'] === 'system' ? 'system' : 'embedded';

/** A method that answers every request; its connection blob is how many microseconds it takes, 32 bits. */
export const trivialType = { type: 254, vendorId: 99_999, vendorType: 1, authorId: 99_999 };
/** A method that does what its requests say. */
export const scriptedType = { type: 254, vendorId: 99_999, vendorType: 2, authorId: 99_999 };

const extensions: Partial<Record<NodeJS.Platform, string>> = { win32: '.dll', darwin: '.dylib' };

/** The path of a library that is built beside the addon. */
export function libraryPath(name: string): string {
  return join(binaryFolder(), `${name}${extensions[process.platform] ?? '.so'}`);
}

export const trivialDll: MethodDll = {
  type: trivialType,
  dllPath: libraryPath('trivialmethod'),
  friendlyName: 'Trivial',
  properties: ['mppeEncryption', 'supportsConfig'],
};

export const scriptedDll: MethodDll = {
  type: scriptedType,
  dllPath: libraryPath('testmethod'),
  friendlyName: 'Scripted',
  properties: ['mppeEncryption', 'supportsConfig'],
};

/** The run-time of the suites, with the two test methods. */
export function openTestHost(options: OpenOptions = {}): Promise<EapHost> {
  if (runtime === 'system') return openEapHost({ runtime, ...options });
  return openEapHost({ runtime, methodDlls: [trivialDll, scriptedDll], ...options });
}

/** Waits until `isTrue`, and fails where it takes longer than `ms`. */
export async function eventually(
  isTrue: () => boolean | Promise<boolean>,
  what: string,
  ms = 30_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > end) assert.fail(`not within ${ms} ms: ${what}`);
    await delay(5);
  }
}

/**
 * After each test of the suite: the embedded run-time of the process holds no session and no block. Under `system`
 * it counts what the tests of the embedded one leave.
 */
export function useLeakCheck(): void {
  afterEach(async () => {
    await using host = await openEapHost({ runtime: 'embedded' });
    const isClean = (): boolean => {
      const { outstandingBlocks, sessions } = host.counters();
      return outstandingBlocks === 0 && sessions === 0;
    };
    // What was aborted ends in its own time.
    await eventually(isClean, `nothing is left: ${JSON.stringify(host.counters())}`);
  });
}

/** Whether it is an EapError with this code. */
export function hasCode(error: unknown, code: string): error is EapError {
  assert.ok(error instanceof EapError, String(error));
  assert.equal(error.code, code, error.message);
  return true;
}

/** What never comes. */
export function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}
