// Two network namespaces of our own with a wire between them: a switch's end and a machine's end. Needs root.

import { execFileSync, spawnSync } from 'node:child_process';

import { findProgram } from '../../interop/programs.js';
import { windowsNode } from './windows-node.js';

const prefix = 'eaphost-wire-';
let count = 0;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The ports at both ends of a wire, each in its namespace. */
export interface Ends {
  readonly switchPort: string;
  readonly machinePort: string;
  readonly machineAddress: string;
}

/** A wire. What runs at either end is ended before it is cut. */
export class Wire implements Ends, Disposable {
  /** The ports, each in the namespace of its end. */
  readonly switchPort = 'switch0';
  readonly machinePort = 'machine0';
  readonly machineAddress = '02:00:00:00:00:42';
  readonly #ip: string;
  readonly #switch: string;
  readonly #machine: string;

  constructor() {
    this.#ip = findProgram('ip', 'iproute2');
    if (process.getuid?.() !== 0) {
      throw new Error('needs root, for network namespaces (ip netns) and raw sockets: run the suite as root');
    }
    this.#sweep();
    count += 1;
    const name = `${prefix}${process.pid}-${count}`;
    this.#switch = `${name}-switch`;
    this.#machine = `${name}-machine`;
    try {
      for (const space of [this.#switch, this.#machine]) {
        this.#run('netns', 'add', space);
        this.#run('-n', space, 'link', 'set', 'lo', 'up');
      }
      this.#connect(this);
    } catch (error) {
      this[Symbol.dispose]();
      throw new Error('cannot make network namespaces and a veth pair; the kernel must have both', {
        cause: error,
      });
    }
  }

  /** A second wire between the same two. */
  another(): Ends {
    const ends = { switchPort: 'switch1', machinePort: 'machine1', machineAddress: '02:00:00:00:00:43' };
    this.#connect(ends);
    return ends;
  }

  /**
   * The link comes up, or goes down at the switch's end: at the machine's the carrier is lost. Wine tells its programs
   * nothing of that, but of a port that goes down: for them it is the machine's end.
   */
  setLink(isUp: boolean): void {
    const state = isUp ? 'up' : 'down';
    if (windowsNode === undefined) this.#run('-n', this.#switch, 'link', 'set', this.switchPort, state);
    else this.#run('-n', this.#machine, 'link', 'set', this.machinePort, state);
  }

  /** The command that runs one at the switch's end. */
  atSwitch(path: string, args: readonly string[]): readonly [string, string[]] {
    return [this.#ip, ['netns', 'exec', this.#switch, path, ...args]];
  }

  /** The command that runs one at the machine's end. */
  atMachine(path: string, args: readonly string[]): readonly [string, string[]] {
    return [this.#ip, ['netns', 'exec', this.#machine, path, ...args]];
  }

  [Symbol.dispose](): void {
    for (const space of [this.#switch, this.#machine]) {
      try {
        this.#run('netns', 'del', space);
      } catch {
        // It was never made.
      }
    }
  }

  /** Takes away what runs that were killed have left. */
  #sweep(): void {
    for (const line of this.#run('netns', 'list').split('\n')) {
      const [space = ''] = line.split(' ', 1);
      if (!space.startsWith(prefix) || isRunning(Number.parseInt(space.slice(prefix.length), 10))) continue;
      // Another run may be at it, too.
      spawnSync(this.#ip, ['netns', 'del', space], { stdio: 'ignore' });
    }
  }

  #connect({ switchPort, machinePort, machineAddress }: Ends): void {
    const ends = ['netns', this.#switch, 'type', 'veth', 'peer', 'name', machinePort];
    const machine = ['netns', this.#machine, 'address', machineAddress];
    this.#run('link', 'add', switchPort, ...ends, ...machine);
    this.#run('-n', this.#switch, 'link', 'set', switchPort, 'up');
    this.#run('-n', this.#machine, 'link', 'set', machinePort, 'up');
  }

  #run(...args: readonly string[]): string {
    return execFileSync(this.#ip, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  }
}
