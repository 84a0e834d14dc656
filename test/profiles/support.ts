// What the profile suites share: fixtures, xmllint, and random numbers that a seed repeats.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EapError } from '../../lib/base/errors.js';

const folder = join('test', 'profiles');

/** Where random options begin. */
export const seed = Number(process.env['EAPHOST_TEST_SEED'] ?? 20241);

/** A sample document. */
export function fixture(name: string): string {
  return readFileSync(join(folder, 'fixtures', `${name}.xml`), 'utf8');
}

/** The fixture with one piece of it replaced; throws where the piece is not in it. */
export function changed(name: string, piece: string | RegExp, replacement: string): string {
  const before = fixture(name);
  const after = before.replace(piece, replacement);
  if (after === before) throw new Error(`${name} has no ${String(piece)}`);
  return after;
}

function xmllint(args: readonly string[], input?: string): { ok: boolean; output: string; said: string } {
  const run = spawnSync('xmllint', ['--nonet', ...args], {
    encoding: 'utf8',
    input,
    maxBuffer: 1 << 26,
  });
  if (run.error) throw new Error('xmllint is missing: install libxml2-utils', { cause: run.error });
  return { ok: run.status === 0, output: run.stdout, said: run.stderr };
}

/** The document in canonical form, without white space between elements. */
export function canonical(xml: string): string {
  const stripped = xmllint(['--noblanks', '-'], xml);
  if (!stripped.ok) throw new Error(stripped.said);
  const { ok, output, said } = xmllint(['--c14n', '-'], stripped.output);
  if (!ok) throw new Error(said);
  return output;
}

/** Checks the documents against the schemas; undefined where all are valid, else what xmllint says. */
export function schemaErrors(documents: readonly string[]): string | undefined {
  const temporary = mkdtempSync(join(tmpdir(), 'eaphost-profiles-'));
  try {
    const files = documents.map((xml, index) => {
      const file = join(temporary, `${index}.xml`);
      writeFileSync(file, xml);
      return file;
    });
    const { ok, said } = xmllint(['--noout', '--schema', join(folder, 'schemas', 'all.xsd'), ...files]);
    const valid = said.split('\n').filter((line) => line.endsWith(' validates')).length;
    return ok && valid === documents.length ? undefined : said;
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** A source of random choices that a seed repeats (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  boolean(): boolean {
    return this.below(2) === 1;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  /** `least` to `most` values. */
  list<T>(least: number, most: number, value: () => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, value);
  }

  hex(bytes: number): string {
    return Array.from({ length: bytes }, () => this.below(256).toString(16).padStart(2, '0')).join('');
  }
}

/** Asserts that a message has this in it. */
function says(message: string, wanted: string | RegExp): void {
  if (typeof wanted === 'string') assert.ok(message.includes(wanted), message);
  else assert.match(message, wanted);
}

/** Asserts that `run` throws an error of this kind whose message has this in it. */
export function refuses(run: () => unknown, kind: ErrorConstructor, message: string | RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof kind, String(error));
    says(error.message, message);
    return true;
  });
}

/** Asserts that `run` throws what is thrown for XML that Windows would refuse, and that it says this. */
export function malformed(run: () => unknown, message: string | RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof EapError, String(error));
    assert.equal(error.code, 'EAP_E_EAPHOST_XML_MALFORMED', error.message);
    assert.equal(error.winError, 0x80420019);
    says(error.message, message);
    return true;
  });
}
