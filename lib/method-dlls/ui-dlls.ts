// The DLLs of a method's user interface, if it is not in the DLL of its routines. JavaScript thread.

import type { EapError } from '../base/errors.js';
import type { NativeRole } from '../native/method-types.js';
import type { OpenedDll } from './open.js';

/** A part of a method's user interface. */
export type UiPart = 'config' | 'identity' | 'interactive';

/** Absolute paths of DLLs, by what is in them. */
export type UiPaths = Readonly<Partial<Record<UiPart, string | undefined>>>;

/** Opens a DLL; reports when the DLL itself is running, not while its process starts. */
export type Open<Role extends NativeRole> = (
  path: string,
  signal: AbortSignal,
  onOpening: () => void,
) => Promise<OpenedDll<Role>>;

interface Entry<Role extends NativeRole> {
  readonly opening: Promise<OpenedDll<Role>>;
  readonly begins: Promise<void>;
  readonly stop: AbortController;
  opened: OpenedDll<Role> | undefined;
}

/** @internal Opens each DLL when its first call comes: sessions need none of them. */
export class UiDlls<Role extends NativeRole> {
  readonly #paths: UiPaths;
  readonly #open: Open<Role>;
  readonly #entries = new Map<string, Entry<Role>>();

  constructor(paths: UiPaths, open: Open<Role>) {
    this.#paths = paths;
    this.#open = open;
  }

  /** Those that are open. */
  get opened(): readonly OpenedDll<Role>[] {
    return [...this.#entries.values()].flatMap(({ opened }) => (opened === undefined ? [] : [opened]));
  }

  /** Whether a part has a DLL of its own. */
  has(part: UiPart): boolean {
    return this.#paths[part] !== undefined;
  }

  /** The DLL of a part that has its own. One that could not be opened is tried again the next time. */
  of(part: UiPart): Promise<OpenedDll<Role>> {
    const path = this.#paths[part] ?? '';
    const known = this.#entries.get(path);
    if (known !== undefined) return known.opening;
    const stop = new AbortController();
    let onOpening = (): void => undefined;
    const begins = new Promise<void>((resolve) => (onOpening = resolve));
    const opening = this.#open(path, stop.signal, onOpening);
    const entry: Entry<Role> = { opening, begins, stop, opened: undefined };
    this.#entries.set(path, entry);
    opening.then(
      (dll) => (entry.opened = dll),
      () => this.#entries.delete(path),
    );
    return opening;
  }

  /** When the DLL of a requested part is running. */
  begins(part: UiPart): Promise<void> | undefined {
    return this.#entries.get(this.#paths[part] ?? '')?.begins;
  }

  /** A call of a part's DLL, or its opening, is given up. */
  giveUp(part: UiPart, hang: EapError): void {
    const entry = this.#entries.get(this.#paths[part] ?? '');
    entry?.stop.abort(hang);
    entry?.opened?.giveUp(hang);
  }

  /** Closes the open DLLs. Rejects if one of them fails to close, after the others have. */
  async close(): Promise<void> {
    const closing = [...this.#entries.values()].map(async ({ opening }) => {
      let dll: OpenedDll<Role>;
      try {
        dll = await opening;
      } catch {
        return; // Its caller was told.
      }
      await dll.native.close();
    });
    for (const closed of await Promise.allSettled(closing)) {
      if (closed.status === 'rejected') throw closed.reason;
    }
  }
}
