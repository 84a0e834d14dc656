// What ran out where Node or the system could not make a thing: their errors as errors of this package, which say what
// is missing and what to do.

import { descriptorAdvice } from './error-advice.js';
import { EapError, eaphostError } from './errors.js';
import { isObject } from './guards.js';

/** The name that Node gives an error of the system, such as `EMFILE`. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = isObject(error) ? error['code'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The error of `what`, where descriptors or memory ran out; undefined where it failed for anything else. */
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
