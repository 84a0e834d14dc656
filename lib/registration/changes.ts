// Changes that are all made or none: each step says how to undo it, and a step that fails undoes those before it,
// last first. JavaScript thread.

import type { Registry, RegistryData } from '../native/registry.js';

type Undo = () => Promise<unknown>;

/**
 * Undoes what was done before `error`, last first, all that can be. Gives that error, which says by then what could not
 * be undone; where it has no cause, those failures are it.
 */
export async function undoAll(error: unknown, undos: readonly Undo[]): Promise<unknown> {
  const failures: unknown[] = [];
  for (const undo of undos.toReversed()) {
    try {
      await undo();
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0 && error instanceof Error) {
    const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
    error.message += `. Not everything that had been done could be undone: ${reasons.join('; ')}`;
    error.cause ??= new AggregateError(failures, 'What could not be undone');
  }
  return error;
}

/** Steps that were made and can be undone. */
export class Changes {
  readonly #registry: Registry;
  readonly #undos: Undo[] = [];

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /**
   * Makes the steps of `work`. Where it rejects they are undone and it rejects with the same error, which tells what
   * could not be undone, too.
   */
  static async all(registry: Registry, work: (changes: Changes) => Promise<void>): Promise<void> {
    const changes = new Changes(registry);
    try {
      await work(changes);
    } catch (error) {
      throw await undoAll(error, changes.#undos);
    }
  }

  /** Makes a step. `undo` is called only where the step was made. */
  async do(step: () => Promise<unknown>, undo: Undo): Promise<void> {
    await step();
    this.#undos.push(undo);
  }

  /** Makes the keys of a path that are missing. */
  async createKey(path: string): Promise<void> {
    for (const made of await this.#registry.createKey(path)) {
      this.#undos.push(() => this.#registry.deleteKey(made));
    }
  }

  /** Sets a value, whatever it was. */
  async setValue(path: string, name: string, data: RegistryData): Promise<void> {
    const before = await this.#valueOf(path, name);
    await this.do(
      () => this.#registry.setValue(path, name, data),
      () =>
        before === undefined
          ? this.#registry.deleteValue(path, name)
          : this.#registry.setValue(path, name, before),
    );
  }

  /** Deletes a value, where there is one. */
  async deleteValue(path: string, name: string): Promise<void> {
    const before = await this.#valueOf(path, name);
    if (before === undefined) return;
    await this.do(
      () => this.#registry.deleteValue(path, name),
      () => this.#registry.setValue(path, name, before),
    );
  }

  /** Deletes a key, where it is there and holds nothing; whether it is gone. */
  async deleteEmptyKey(path: string): Promise<boolean> {
    const key = await this.#registry.read(path);
    if (key === undefined) return true;
    if (key.values.size > 0 || key.keys.length > 0) return false;
    await this.do(
      () => this.#registry.deleteKey(path),
      () => this.#registry.createKey(path),
    );
    return true;
  }

  async #valueOf(path: string, name: string): Promise<RegistryData | undefined> {
    return (await this.#registry.read(path))?.values.get(name.toLowerCase());
  }
}
