// Errors of Node and the system that mean a resource has run out, as errors of this package that name the resource
// and the remedy.

import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

import { descriptorAdvice } from './error-advice.js';
import { EapError, eaphostError } from './errors.js';
import { isObject } from './guards.js';

/** The name that Node gives an error of the system, such as `EMFILE`. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = isObject(error) ? error['code'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The error of `what`, where descriptors or memory ran out; undefined if it failed for anything else. */
export function shortage(error: unknown, what: string): EapError | undefined {
  switch (systemCodeOf(error)) {
    case 'EMFILE':
    case 'ENFILE':
      return eaphostError('EAPHOST_OUT_OF_DESCRIPTORS', `${what}: ${descriptorAdvice}`, error);
    case 'ENOMEM':
    case 'ENOBUFS':
      return new EapError(`${what}: memory ran out (ERROR_NOT_ENOUGH_MEMORY)`, {
        code: 'ERROR_NOT_ENOUGH_MEMORY',
        cause: error,
      });
    default:
      return undefined;
  }
}

/** Throws the error of `what` if this process cannot open `count` more descriptors. */
export function checkDescriptors(count: number, what: string): void {
  const held: number[] = [];
  try {
    while (held.length < count) held.push(openSync(devNull, 'r'));
  } catch (error) {
    // Any other error, such as the permission model's, says nothing about descriptors.
    const out = shortage(error, what);
    if (out !== undefined) throw out;
  } finally {
    for (const descriptor of held) closeSync(descriptor);
  }
}

/** More files than a part of the package has. */
const filesOfPart = 32;

/**
 * A part of the package that is imported when it is used. Node gives the error of a failed import again for ever, so
 * that it is not tried without the descriptors that it takes: rejects with `EAPHOST_OUT_OF_DESCRIPTORS` then.
 */
export function part<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return async () => {
    if (loading !== undefined) return loading;
    checkDescriptors(filesOfPart, 'a part of eaphost cannot be loaded');
    return (loading = load());
  };
}
