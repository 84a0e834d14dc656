// A switch with 802.1X: hostapd with its driver `wired` at one end of a wire, and its own EAP server.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeTestAuthority } from '../../../lib/methods/index.js';
import { findProgram, Program, run } from '../../interop/programs.js';
import type { Wire } from './wire.js';

const authority = makeTestAuthority();
const certificate = authority.issue({
  name: 'the server',
  purpose: 'server',
  dnsNames: ['radius.example.org'],
});

/** Who signed the server's certificate: PEM. */
export const serverAuthority = authority.ca;
export const serverName = 'radius.example.org';
/** Of everybody. */
export const password = 'correct horse';

/** Each user has a method; alice has MSCHAPv2 in PEAP. */
const users = `
"bob" MD5 "${password}"
"carol" MSCHAPV2 "${password}"
* PEAP [ver=0]
"alice" MSCHAPV2 "${password}" [2]
`;

const configuration = (folder: string, port: string, reauthPeriod: number): string => `
interface=${port}
driver=wired
logger_stdout=-1
logger_stdout_level=0
ctrl_interface=${folder}/control
ieee8021x=1
eapol_version=2
eap_reauth_period=${reauthPeriod}
eap_server=1
eap_user_file=${folder}/users
ca_cert=${folder}/ca.pem
server_cert=${folder}/server.pem
private_key=${folder}/server.key
`;

/** A running hostapd. */
export class Switch implements AsyncDisposable {
  readonly #program: Program;
  readonly #folder: string;
  readonly #wire: Wire;

  private constructor(program: Program, folder: string, wire: Wire) {
    this.#program = program;
    this.#folder = folder;
    this.#wire = wire;
  }

  /** Resolves when it serves. `reauthPeriod`: after how many seconds it authenticates anew; 0, never. */
  static async start(wire: Wire, reauthPeriod: number): Promise<Switch> {
    const hostapd = findProgram('hostapd', 'hostapd');
    const folder = await mkdtemp(join(tmpdir(), 'eaphost-switch-'));
    const files = {
      'hostapd.conf': configuration(folder, wire.switchPort, reauthPeriod),
      users,
      'ca.pem': authority.ca,
      'server.pem': certificate.cert,
      'server.key': certificate.key,
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text, { mode: 0o600 });
    }
    const program = new Program(...wire.atSwitch(hostapd, ['-dd', join(folder, 'hostapd.conf')]));
    const started = new Switch(program, folder, wire);
    try {
      await program.says('AP-ENABLED');
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Everything that it said. */
  get output(): string {
    return this.#program.output;
  }

  /** What it knows of the machine: the standard's counters and states by their names. */
  async machine(): Promise<ReadonlyMap<string, string>> {
    const text = await this.#ask('sta', this.#wire.machineAddress);
    return new Map(
      text.split('\n').map((line) => {
        const [name = '', value = ''] = line.split('=', 2);
        return [name, value];
      }),
    );
  }

  /** Authenticates the machine anew, now. */
  reauthenticate(): Promise<void> {
    return this.#tell('raw', `EAPOL_REAUTH ${this.#wire.machineAddress}`);
  }

  /** After a failure it says nothing for a second; without this for sixty. Before the machine is there. */
  async forgiveSoon(): Promise<void> {
    await this.#tell('new_sta', this.#wire.machineAddress);
    await this.#tell('raw', `EAPOL_SET ${this.#wire.machineAddress} quietPeriod 1`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #tell(...words: readonly string[]): Promise<void> {
    const answer = await this.#ask(...words);
    if (!answer.includes('OK')) throw new Error(`hostapd to ${words.join(' ')}: ${answer}`);
  }

  async #ask(...words: readonly string[]): Promise<string> {
    const cli = findProgram('hostapd_cli', 'hostapd');
    const args = ['-p', join(this.#folder, 'control'), '-i', this.#wire.switchPort, ...words];
    return (await run(cli, args, 20_000)).output;
  }
}
