// wpa_supplicant at the machine's end of a wire: what others' supplicant does in the place of `eaphost wired`.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findProgram, Program } from '../../interop/programs.js';
import { machineCertificate, password, serverAuthority, serverName } from './switch.js';
import type { Wire } from './wire.js';

const server = (folder: string): string => `ca_cert="${folder}/ca.pem"
  domain_match="${serverName}"`;
const secret = `password="${password}"`;

/** By the names that `eaphost wired --method` has for them. */
const networks = {
  'peap-mschapv2': (folder: string) =>
    `eap=PEAP\n  identity="alice"\n  ${secret}\n  ${server(folder)}\n  phase2="auth=MSCHAPV2"`,
  'ttls-mschapv2': (folder: string) =>
    `eap=TTLS\n  identity="erin"\n  ${secret}\n  ${server(folder)}\n  phase2="auth=MSCHAPV2"`,
  tls: (folder: string) =>
    `eap=TLS\n  identity="pc7"\n  ${server(folder)}\n  client_cert="${folder}/pc7.pem"\n  private_key="${folder}/pc7.key"`,
  mschapv2: () => `eap=MSCHAPV2\n  identity="carol"\n  ${secret}`,
  md5: () => `eap=MD5\n  identity="bob"\n  ${secret}`,
} as const;

/** A method that both supplicants have. */
export type SharedMethod = keyof typeof networks;

export class WpaSupplicant implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'eaphost-wpa-'));
  readonly #command: readonly [string, string[]];
  #program: Program | undefined;

  constructor(wire: Wire, method: SharedMethod) {
    const network = networks[method](this.#folder);
    const files = {
      'ca.pem': serverAuthority,
      'pc7.pem': machineCertificate.cert,
      'pc7.key': machineCertificate.key,
      'wpa.conf': `ap_scan=0
fast_reauth=0
network={
  key_mgmt=IEEE8021X
  ${network}
  eapol_flags=0
}
`,
    };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(this.#folder, name), text, { mode: 0o600 });
    }
    const path = findProgram('wpa_supplicant', 'wpasupplicant');
    const args = ['-D', 'wired', '-i', wire.machinePort, '-c', join(this.#folder, 'wpa.conf')];
    this.#command = wire.atMachine(path, args);
  }

  start(): void {
    this.#program = new Program(...this.#command);
  }

  /** Its process id; 0 where it does not run. */
  get pid(): number {
    return this.#program?.pid ?? 0;
  }

  /** Octets of memory that it has. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1]) * 1024;
  }

  get text(): string {
    return this.#program?.output ?? '';
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
