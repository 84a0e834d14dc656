// The time that a method in TypeScript may take. JavaScript thread.

import { isObject } from '../base/guards.js';

/** Limits of a method's functions in milliseconds, those of the method DLL shim: a call, an end, a dialog. */
export const methodLimits = { callMs: 30_000, endMs: 2_000, userMs: 600_000 } as const;

/** Why a method's signal aborts. An error takes long to make, and this one is the same for all. */
export const over = new DOMException('The host has ended the session, or given up', 'AbortError');

/** Whether a method's function returned a promise. */
export function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return isObject(value) && typeof value['then'] === 'function';
}

/** The outcome of `work`; what `late` returns or throws where it takes longer than `ms`. */
export function atMost<T>(ms: number, work: Promise<T>, late: () => T): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let isSettled = false;
    const timer = setTimeout(() => {
      // What has settled while JavaScript was busy counts.
      setImmediate(() => {
        if (isSettled) return;
        try {
          resolve(late());
        } catch (error) {
          reject(error);
        }
      });
    }, ms);
    const settle = async (): Promise<void> => {
      try {
        resolve(await work);
      } catch (error) {
        reject(error);
      } finally {
        isSettled = true;
        clearTimeout(timer);
      }
    };
    void settle();
  });
}
