// Two network namespaces of our own with a wire between them: a switch's end and a machine's end. Needs root.

import { execFileSync } from 'node:child_process';

import { findProgram, Program } from '../../interop/programs.js';
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

/** A wire. What runs at either end is ended before it is cut. */
export class Wire implements Disposable {
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
      const ends = ['netns', this.#switch, 'type', 'veth', 'peer', 'name', this.machinePort];
      const machine = ['netns', this.#machine, 'address', this.machineAddress];
      this.#run('link', 'add', this.switchPort, ...ends, ...machine);
      this.#run('-n', this.#switch, 'link', 'set', this.switchPort, 'up');
      this.#run('-n', this.#machine, 'link', 'set', this.machinePort, 'up');
    } catch (error) {
      this[Symbol.dispose]();
      throw new Error('cannot make network namespaces and a veth pair; the kernel must have both', {
        cause: error,
      });
    }
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
      this.#run('netns', 'del', space);
    }
  }

  #run(...args: readonly string[]): string {
    return execFileSync(this.#ip, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  }
}

/** socat between the machine's port and loopback datagrams. */
export async function startBridge(wire: Wire, localPort: number, remotePort: number): Promise<Program> {
  const datagrams = `UDP4-DATAGRAM:127.0.0.1:${localPort},bind=127.0.0.1:${remotePort}`;
  const socat = findProgram('socat', 'socat');
  const program = new Program(
    ...wire.atMachine(socat, ['-d', '-d', datagrams, `INTERFACE:${wire.machinePort}`]),
  );
  await program.says('starting data transfer loop');
  return program;
}
