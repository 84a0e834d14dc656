// A switch with 802.1X: hostapd with its driver `wired` at one end of a wire, and its own EAP server.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeTestAuthority } from '../../../lib/methods/index.js';
import { findProgram, Program, run } from '../../interop/programs.js';
import type { Ends, Wire } from './wire.js';

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

/** A user's certificate, of the same authority. */
export const machineCertificate = authority.issue({ name: 'pc7', purpose: 'client' });

/** Each user has a method; alice has MSCHAPv2 in PEAP. */
const users = `
"pc7" TLS
"erin" TTLS
"erin" TTLS-PAP,TTLS-MSCHAPV2 "${password}" [2]
"bob" MD5 "${password}"
"carol" MSCHAPV2 "${password}"
* PEAP [ver=0]
"alice" MSCHAPV2 "${password}" [2]
`;

/** Its own server of EAP, or one of RADIUS beside it. */
const ownServer = (folder: string): string => `
eap_server=1
eap_user_file=${folder}/users
ca_cert=${folder}/ca.pem
server_cert=${folder}/server.pem
private_key=${folder}/server.key
`;
const radiusServer = (secret: string): string => `
own_ip_addr=127.0.0.1
nas_identifier=switch
auth_server_addr=127.0.0.1
auth_server_port=1812
auth_server_shared_secret=${secret}
`;

const configuration = (folder: string, port: string, reauthPeriod: number, server: string): string => `
interface=${port}
driver=wired
logger_stdout=-1
logger_stdout_level=0
ctrl_interface=${folder}/control
ieee8021x=1
eapol_version=2
eap_reauth_period=${reauthPeriod}
${server}`;

/** A running hostapd. */
export class Switch implements AsyncDisposable {
  readonly #program: Program;
  readonly #folder: string;
  readonly #ends: Ends;

  private constructor(program: Program, folder: string, ends: Ends) {
    this.#program = program;
    this.#folder = folder;
    this.#ends = ends;
  }

  /**
   * Resolves when it serves. `reauthPeriod`: after how many seconds it authenticates anew; 0, never. `radius`: the secret
   * of a RADIUS server at its end of the wire, in place of its own users.
   */
  static async start(wire: Wire, reauthPeriod: number, ends: Ends = wire, radius?: string): Promise<Switch> {
    const hostapd = findProgram('hostapd', 'hostapd');
    const folder = await mkdtemp(join(tmpdir(), 'eaphost-switch-'));
    const files = {
      'hostapd.conf': configuration(
        folder,
        ends.switchPort,
        reauthPeriod,
        radius === undefined ? ownServer(folder) : radiusServer(radius),
      ),
      users,
      'ca.pem': authority.ca,
      'server.pem': certificate.cert,
      'server.key': certificate.key,
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text, { mode: 0o600 });
    }
    const program = new Program(...wire.atSwitch(hostapd, ['-dd', join(folder, 'hostapd.conf')]));
    const started = new Switch(program, folder, ends);
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

  /** How often it let the machine in. */
  get successes(): number {
    return this.output.split(`CTRL-EVENT-EAP-SUCCESS ${this.#ends.machineAddress}`).length - 1;
  }

  /** What it knows of the machine: the standard's counters and states by their names. */
  async machine(): Promise<ReadonlyMap<string, string>> {
    const text = await this.#ask('sta', this.#ends.machineAddress);
    return new Map(
      text.split('\n').map((line) => {
        const [name = '', value = ''] = line.split('=', 2);
        return [name, value];
      }),
    );
  }

  /** Authenticates the machine anew, now. */
  reauthenticate(): Promise<void> {
    return this.#tell('raw', `EAPOL_REAUTH ${this.#ends.machineAddress}`);
  }

  /** After a failure it says nothing for a second; without this for sixty. Before the machine is there. */
  async forgiveSoon(): Promise<void> {
    await this.seeMachine();
    await this.#tell('raw', `EAPOL_SET ${this.#ends.machineAddress} quietPeriod 1`);
  }

  /** It sees the machine for the first time: as by a frame of DHCP. */
  async seeMachine(): Promise<void> {
    await this.#tell('new_sta', this.#ends.machineAddress);
  }

  /** Ends it as a loss of power does: without a word, and without a link that goes down. */
  async kill(): Promise<void> {
    await this.#program.kill();
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
    const args = ['-p', join(this.#folder, 'control'), '-i', this.#ends.switchPort, ...words];
    return (await run(cli, args, 20_000)).output;
  }
}
