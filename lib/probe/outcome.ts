// What a call came to: its value, or the code of its error, which is an answer, too. Pure.

import { EapError, isNativeFailure } from '../base/errors.js';

/** The value of a call, or what it failed with. Rejects with what is no EapError. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof EapError)) throw error;
    // An error of this package's own has what Windows said behind it.
    const { call, winError } = isNativeFailure(error.cause) ? error.cause : error;
    return { code: error.code, winError, reasonCode: error.reasonCode, call };
  }
}
