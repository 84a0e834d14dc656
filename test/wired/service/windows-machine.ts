// EAPHost under Wine with methods in it: registers them by the command line and serves them, as an administrator of a
// Windows machine does, at the machine's end of a wire.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { NodeProcess, until } from './node-process.js';
import { serverAuthority } from './switch.js';
import { toNative } from './windows-node.js';
import type { Wire } from './wire.js';

const cli = fileURLToPath(new URL('../../../lib/cli/main.js', import.meta.url));
const script = fileURLToPath(new URL('installed-methods.js', import.meta.url));

/** Whose the methods are: `eaphost register` leaves those of author 0 to Windows. */
export const otherAuthor = 99_999;

/** All of Wine runs at the wire's end: what of it runs elsewhere is ended before and after. */
export class WindowsMachine implements AsyncDisposable {
  readonly #wire: Wire;
  readonly #folder = mkdtempSync(join(tmpdir(), 'eaphost-windows-'));
  /** Where the DLLs are put, in the prefix. */
  readonly #directory: string;
  readonly #programFiles = join(process.env['WINEPREFIX'] ?? '', 'drive_c/Program Files');
  readonly #ca = join(this.#folder, 'ca.pem');
  #server: NodeProcess | undefined;
  #isRegistered = false;
  #runs = 0;

  private constructor(wire: Wire) {
    this.#wire = wire;
    this.#directory = basename(this.#folder);
    writeFileSync(this.#ca, serverAuthority);
    mkdirSync(join(this.#programFiles, this.#directory));
    endWine();
    // At the wire's end, and for longer than between two programs: one that starts as its server goes fails.
    const [program, args] = wire.atMachine('wineserver', ['-p60']);
    execFileSync(program, args, { stdio: 'ignore' });
  }

  static async start(wire: Wire): Promise<WindowsMachine> {
    const machine = new WindowsMachine(wire);
    try {
      await machine.#install();
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server?.kill('SIGKILL');
    await this.#server?.ended();
    const complaints = this.#isRegistered ? await this.#unregister() : undefined;
    endWine();
    rmSync(this.#folder, { recursive: true });
    rmSync(join(this.#programFiles, this.#directory), { recursive: true });
    if (complaints !== undefined) throw new Error(`cannot unregister: ${complaints}`);
  }

  /** What it complains of. */
  async #unregister(): Promise<string | undefined> {
    const unregister = this.#run([toNative(cli), 'unregister', '--module', toNative(script)]);
    return (await unregister.ended()) === 0 ? undefined : unregister.complaints;
  }

  async #install(): Promise<void> {
    // What a run that was killed left.
    await this.#unregister();
    const directory = `C:\\Program Files\\${this.#directory}`;
    const args = ['--module', toNative(script), '--dir', directory, '--author', 'Example'];
    const register = this.#run([toNative(cli), 'register', ...args]);
    if ((await register.ended()) !== 0) throw new Error(`cannot register: ${register.complaints}`);
    this.#isRegistered = true;
    const server = this.#run([toNative(script)]);
    this.#server = server;
    await until(
      () => {
        if (server.ending !== undefined) throw new Error(`does not serve: ${server.complaints}`);
        return server.output.includes('serving') || undefined;
      },
      () => `never serves: ${server.complaints}`,
    );
  }

  #run(args: readonly string[]): NodeProcess {
    this.#runs += 1;
    return new NodeProcess(this.#wire, args, join(this.#folder, String(this.#runs)), {
      EAPHOST_CA: toNative(this.#ca),
    });
  }
}

/** Ends Wine's server, and with it everything in the prefix. This thread waits: no time limit of mocha's would help. */
function endWine(): void {
  const limits = { stdio: 'ignore', timeout: 60_000, killSignal: 'SIGKILL' } as const;
  // It fails where none runs.
  spawnSync('wineserver', ['-k'], limits);
  execFileSync('wineserver', ['-w'], limits);
}
