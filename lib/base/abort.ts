// Waiting that an AbortSignal can end.

/**
 * `work`, or a rejection with the signal's reason as soon as it aborts; `onAbort` runs then. The work itself
 * continues, and its outcome is dropped. No listener outlives the wait.
 */
export function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  onAbort?: () => void,
): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      onAbort?.();
      reject(signal.reason);
    };
    const settle = async (): Promise<void> => {
      try {
        resolve(await work);
      } catch (error) {
        reject(error);
      } finally {
        // In the same turn as the settling: an abort right after it must not count.
        signal.removeEventListener('abort', abort);
      }
    };
    // First: whatever the signal does, the work's rejection has its handler.
    void settle();
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
