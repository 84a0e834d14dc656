// A method DLL that is open, in this process or in another: the facade's classes cannot tell which.

import type { EapError } from '../base/errors.js';
import type { NativeMethodOptions, NativeMethods, NativeRole } from '../native/method-types.js';
import { loadNative } from '../native/binary.js';
import { openIsolated } from './isolated.js';

/** An open method DLL. */
export interface OpenedDll<Role extends NativeRole> {
  readonly native: NativeMethods[Role];
  /** Told that a call is given up. An isolated DLL's process is ended: its other calls reject with this error. */
  giveUp(hang: EapError): void;
}

/**
 * Opens a DLL. Rejects with a NativeFailure; of an isolated one that crashed, with an EapError.
 * @param onOpening told once the DLL itself is at work, which the start of a process for it is not
 */
export async function openDll<Role extends NativeRole>(
  options: NativeMethodOptions<Role>,
  isolate: boolean,
  signal: AbortSignal | undefined,
  onOpening: () => void,
): Promise<OpenedDll<Role>> {
  if (isolate) return openIsolated(options, signal, onOpening);
  onOpening();
  const native = await loadNative().openMethod(options);
  return { native, giveUp: () => undefined };
}
