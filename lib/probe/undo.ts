// Work that changes the machine, and takes every change back, whatever fails. Pure.

/** Notes how a change is taken back. Say it before the change, where half of one can stay. */
export type Later = (undo: () => Promise<unknown>) => void;

/**
 * Does `work`, then takes back what it has noted, last first: each step, whatever becomes of another. Rejects as `work`
 * does, or with AggregateError if a step failed.
 */
export async function withUndo<T>(work: (later: Later) => Promise<T>): Promise<T> {
  const steps: (() => Promise<unknown>)[] = [];
  const undo = async (failures: unknown[]): Promise<void> => {
    const before = failures.length;
    for (const step of steps.toReversed()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > before) {
      const why = failures
        .map((error) => (error instanceof Error ? error.message : String(error)))
        .join('; ');
      throw new AggregateError(failures, `not all could be taken back (eaphost probe --undo): ${why}`);
    }
  };
  let result: T;
  try {
    result = await work((step) => steps.push(step));
  } catch (error) {
    await undo([error]);
    throw error;
  }
  await undo([]);
  return result;
}
