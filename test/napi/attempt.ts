// What the scenarios of the sweep share.

import assert from 'node:assert/strict';

/** What an operation gave; undefined where it failed, which it may, but with an Error, and one that is clear. */
export async function attempt<Value>(
  work: () => Value | Promise<Value>,
  isClear: (error: Error) => boolean = () => true,
): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    assert.ok(error instanceof Error, String(error));
    assert.ok(isClear(error), error.stack);
    return undefined;
  }
}
