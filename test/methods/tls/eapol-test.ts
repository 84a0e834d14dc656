// eapol_test, the peer of wpa_supplicant, with methods on TLS.

import { equal, match, ok } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsVersion } from '../../../lib/methods/tls/index.js';
import { findProgram, run } from '../../interop/programs.js';
import { certificates } from './certificates.js';
import type { Fault, MatrixMethod } from './matrix.js';

export interface EapolTestOptions {
  readonly port: number;
  readonly secret: string;
  readonly method: MatrixMethod;
  readonly version: TlsVersion;
  readonly password: string;
  readonly fault?: Fault | undefined;
  readonly mtu?: number;
  /** Of PEAP, in place of `crypto_binding=2`, which demands it; empty: the program's default. */
  readonly cryptoBinding?: '' | 'crypto_binding=0' | 'crypto_binding=1';
  /** Re-authentications after the first time. */
  readonly again?: number;
}

const clientFiles = ['client_cert="client.pem"', 'private_key="client.key"'];
const innerClientFiles = ['ca_cert2="ca.pem"', 'client_cert2="client.pem"', 'private_key2="client.key"'];

/** Lines of the configuration. */
const lines: Readonly<Record<MatrixMethod, readonly string[]>> = {
  tls: ['eap=TLS', ...clientFiles],
  'peap-mschapv2': ['eap=PEAP', 'phase1="peapver=0 crypto_binding=2"', 'phase2="auth=MSCHAPV2"'],
  'peap-gtc': ['eap=PEAP', 'phase1="peapver=0 crypto_binding=2"', 'phase2="auth=GTC"'],
  'peap-tls': ['eap=PEAP', 'phase1="peapver=0 crypto_binding=2"', 'phase2="auth=TLS"', ...innerClientFiles],
  'ttls-pap': ['eap=TTLS', 'phase2="auth=PAP"'],
  'ttls-chap': ['eap=TTLS', 'phase2="auth=CHAP"'],
  'ttls-mschap': ['eap=TTLS', 'phase2="auth=MSCHAP"'],
  'ttls-mschapv2': ['eap=TTLS', 'phase2="auth=MSCHAPV2"'],
  'ttls-eap-mschapv2': ['eap=TTLS', 'phase2="autheap=MSCHAPV2"'],
  'ttls-gtc': ['eap=TTLS', 'phase2="autheap=GTC"'],
  'ttls-md5': ['eap=TTLS', 'phase2="autheap=MD5"'],
  'ttls-tls': ['eap=TTLS', 'phase2="autheap=TLS"', ...innerClientFiles],
};

/** What came of it. */
export class EapolOutcome {
  readonly #status: number | null;
  readonly #output: string;

  constructor(status: number | null, output: string) {
    this.#status = status;
    this.#output = output;
  }

  /** So often, with the keys of the Access-Accept. */
  assertAccepted(times: number): void {
    equal(this.#status, 0, this.#output);
    match(this.#output, /SUCCESS\n*$/u);
    ok(this.#output.includes(`MPPE keys OK: ${times}  mismatch: 0`), this.#output);
  }

  assertRejected(): void {
    ok(this.#status !== 0, this.#output);
    match(this.#output, /FAILURE\n*$/u);
  }

  /** How many TLS connections it resumed. */
  get resumptions(): number {
    return [...this.#output.matchAll(/Handshake finished - resumed=1/gu)].length;
  }

  /** Whether its debugging output has these words. */
  mentions(words: string): boolean {
    return this.#output.includes(words);
  }

  /** Whether its debugging output has these octets. */
  says(octets: Uint8Array): boolean {
    return this.#output.includes(Buffer.from(octets).toString('hex').match(/../gu)?.join(' ') ?? 'no octets');
  }
}

/** The program, and the folder of its files. */
export class EapolTest implements AsyncDisposable {
  readonly #program: string;
  readonly #folder: string;
  #files = 0;

  private constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  /** Throws with the remedy where it is not installed. */
  static async prepare(): Promise<EapolTest> {
    const program = findProgram('eapol_test', 'eapoltest');
    const folder = await mkdtemp(join(tmpdir(), 'eaphost-eapol-tls-'));
    const { ca, otherCa, client, expiredClient, foreignClient, revokedClient } = certificates();
    const identities = { client, expiredClient, foreignClient, revokedClient };
    await writeFile(join(folder, 'ca.pem'), ca);
    await writeFile(join(folder, 'other.pem'), otherCa);
    for (const [name, { cert, key }] of Object.entries(identities)) {
      await writeFile(join(folder, `${name}.pem`), cert);
      await writeFile(join(folder, `${name}.key`), key);
    }
    return new EapolTest(program, folder);
  }

  /** Authenticates. `client` is in place of the good certificate. */
  async run(options: EapolTestOptions, client = 'client'): Promise<EapolOutcome> {
    const { method, version, fault, mtu = 1400, again = 0 } = options;
    const { cryptoBinding = 'crypto_binding=2' } = options;
    const own = lines[method].map((line) => line.replace('crypto_binding=2', cryptoBinding));
    const all = [
      'key_mgmt=WPA-EAP',
      'identity="alice"',
      'anonymous_identity="anonymous"',
      `password="${options.password}"`,
      `ca_cert="${fault === 'untrusted' ? 'other' : 'ca'}.pem"`,
      `domain_match="radius.example.${fault === 'name' ? 'com' : 'org'}"`,
      `fragment_size=${mtu}`,
      ...own,
      ...(own.some((line) => line.startsWith('phase1=')) ? [] : ['phase1=""']),
    ];
    const switches = `tls_disable_tlsv1_3=${version === 'TLSv1.3' ? 0 : 1}`;
    const identity = fault === 'revoked' ? 'revokedClient' : client;
    const text = all.map((line) =>
      line
        .replace(/^phase1="(?<rest>.*)"$/u, `phase1="$<rest> ${switches}"`)
        .replace(/="client\./u, `="${identity}.`)
        .replace(/="(?<file>[A-Za-z]+\.(?:pem|key))"$/u, `="${this.#folder}/$<file>"`),
    );
    const config = join(this.#folder, `${this.#files++}.conf`);
    await writeFile(config, `network={\n${text.join('\n')}\n}\n`);
    const server = ['-a', '127.0.0.1', '-p', String(options.port), '-s', options.secret];
    const link = ['-N', `12:d:${mtu}`, '-t', '20', '-r', String(again)];
    const { status, output } = await run(this.#program, ['-c', config, ...server, ...link], 30_000);
    return new EapolOutcome(status, output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
