// A wire between two network cards of this process' own namespace: a pair of virtual ones. Needs root.

import { execFileSync } from 'node:child_process';

import { findProgram } from '../../interop/programs.js';

let count = 0;

/** Two cards, each the other's far end. */
export class Veth implements Disposable {
  readonly near: string;
  readonly far: string;
  readonly #ip = findProgram('ip', 'iproute2');

  constructor() {
    if (process.getuid?.() !== 0)
      throw new Error('needs root, for network cards of its own: run the suite as root');
    count += 1;
    const name = `eh${process.pid}x${count}`;
    this.near = `${name}a`;
    this.far = `${name}b`;
    this.add();
  }

  add(): void {
    this.#run('link', 'add', this.near, 'type', 'veth', 'peer', 'name', this.far);
    this.setUp(this.near, true);
    this.setUp(this.far, true);
  }

  /** Takes both away. */
  remove(): void {
    this.#run('link', 'del', this.near);
  }

  /** The other end loses its carrier with it. */
  setUp(name: string, isUp: boolean): void {
    this.#run('link', 'set', name, isUp ? 'up' : 'down');
  }

  [Symbol.dispose](): void {
    try {
      this.remove();
    } catch {
      // A test has removed it.
    }
  }

  #run(...args: readonly string[]): void {
    // Without what is preloaded under sanitizers.
    execFileSync(this.#ip, args, { stdio: ['ignore', 'ignore', 'pipe'], env: {} });
  }
}
