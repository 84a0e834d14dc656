// The real parser of wpa_supplicant.conf: eapol_test, which has it from wpa_supplicant, and shows what it has read.

import { Buffer } from 'node:buffer';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Conversion } from '../../lib/profiles/index.js';
import { findProgram, type Outcome, run } from '../interop/programs.js';

/** A folder for the configuration's files. */
export class Workshop implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'eaphost-supplicant-'));
  #configurations = 0;

  /** Puts the files where the configuration looks for them, and runs eapol_test on it. */
  async eapolTest({ documents, files }: Conversion, args: readonly string[]): Promise<Outcome> {
    for (const { path, content } of files) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    const configuration = join(this.folder, `${(this.#configurations += 1)}.conf`);
    writeFileSync(configuration, documents[0]!.text);
    return run(findProgram('eapol_test', 'eapoltest'), ['-c', configuration, ...args], 120_000);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Nobody answers there; the configuration is read before anybody is asked. */
export const nobody = ['-a', '127.0.0.1', '-p', '9', '-s', 'secret', '-t', '0'];

/** The octets of a dump: 16 to a line, in columns 5 to 52; what they look like stands behind. */
const octetsOf = (dump: string): Buffer =>
  Buffer.concat(dump.split('\n').map((line) => Buffer.from(line.slice(4, 52).replaceAll(' ', ''), 'hex')));

/** The network blocks that were read: octets by key; numbers are as the program shows them. */
export function blocksOf(output: string): Record<string, Buffer | string>[] {
  if (!/^Authentication server /mu.test(output)) throw new Error(`not read as a whole: ${output}`);
  const [read = ''] = output.split(/^Priority group/mu, 1);
  const blocks = read.split(/^Line: \d+ - start of a new network block\n/mu).slice(1);
  return blocks.map((block) => {
    const found: Record<string, Buffer | string> = {};
    for (const [, key = '', dump = ''] of block.matchAll(
      /^(\w+) - hexdump_ascii\(len=\d+\):\n((?: {5}.*\n)*)/gmu,
    )) {
      found[key] = octetsOf(dump);
    }
    for (const [, key = '', value = ''] of block.matchAll(/^(\w+)(?:: |=)(\S+)/gmu)) found[key] = value;
    return found;
  });
}
