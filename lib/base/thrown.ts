// What was thrown first, where closing what a block held has failed as well. Pure.

/**
 * What was thrown first, where closing what `await using` held has failed after it (SuppressedError), and a text of those
 * failures to put behind its own.
 */
export function firstThrown(error: unknown): { readonly error: unknown; readonly closing: string } {
  let first = error;
  const failures: string[] = [];
  // By its name: a run-time without SuppressedError gets one from the compiler.
  while (first instanceof Error && first.name === 'SuppressedError' && 'suppressed' in first) {
    const failure: unknown = Reflect.get(first, 'error');
    failures.unshift(failure instanceof Error ? failure.message : String(failure));
    first = first.suppressed;
  }
  return { error: first, closing: failures.length > 0 ? `; closing failed too: ${failures.join('; ')}` : '' };
}

/** The message of what was thrown first, and of the failures to close after it. */
export function thrownMessage(thrown: unknown): string {
  const { error, closing } = firstThrown(thrown);
  return `${error instanceof Error ? error.message : String(error)}${closing}`;
}
