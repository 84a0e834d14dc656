// `eaphost conform fuzz`: a peer and a server of the user's choice, with the fuzz proxy between them.

import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult, RunOptions } from '../conformance/index.js';
import {
  fuzz,
  fuzzCaseFile,
  type FuzzFinding,
  fuzzResults,
  NotUndisturbed,
  readFuzzCase,
} from '../conformance/fuzz.js';
import { paint } from '../base/printable.js';
import { furnish, startServer } from './auth.js';
import { readAuthValues, wipeOptions } from './auth-options.js';
import { NoVerdictError, readInput, UsageError } from './command.js';
import { type ConformOptions, parseNumber } from './conform-options.js';
import { openPeer } from './conform-peers.js';
import { writePrivateFile } from './files.js';
import type { Output } from './output.js';

/** Rounds at the same time: a peer may be a program. */
const usualConcurrency = 8;

/** Runs the rounds, and gives the rules as results. */
export async function conformFuzz(
  { values, rest, tried }: ConformOptions,
  output: Output,
  { concurrency = usualConcurrency, budgetMs, restartMs, signal, onResult }: RunOptions,
): Promise<CaseResult[]> {
  const { replay, keep = '.' } = values;
  const kept = replay === undefined ? undefined : await readKept(replay);
  const seed =
    values.seed === undefined ? randomInt(2 ** 31) : parseNumber(values.seed, '--seed', 0, 2 ** 31, 1);
  const rounds = values.rounds === undefined ? 200 : parseNumber(values.rounds, '--rounds', 1, 1e6, 1);
  await mkdir(keep, { recursive: true });
  const auth = await readAuthValues(values, output);
  const writes: Promise<void>[] = [];
  try {
    const { options, server: parts } = furnish(auth);
    const isCommand = rest.length > 0;
    await using peer = await openPeer(
      isCommand ? options : { ...options, runtime: options.runtime ?? 'embedded' },
      rest,
    );
    await using builtIn = options.server ? undefined : await startServer(options, parts);
    const { host, port } = options.server ?? { host: '127.0.0.1', port: builtIn?.port ?? 0 };
    const own = kept ?? { seed, rounds };
    output.line(`${peer.name} at ${host} port ${port}, method ${options.method}, seed ${own.seed}`);
    tried.set('host', `${peer.name} at ${host} port ${port}`).set('method', options.method);
    tried.set('seed', String(own.seed));
    const report = await fuzz({
      host,
      port,
      secret: options.secret.toString(),
      authenticate: peer.authenticate,
      ...own,
      concurrency,
      ...(budgetMs !== undefined && { hangMs: budgetMs }),
      ...(restartMs !== undefined && { restartMs }),
      ...(signal && { signal }),
      onRound: (done, total) => output.step(`round ${done} of ${total}`),
      onFinding: (finding) => {
        if (!kept) {
          const writing = keepCase(keep, own.seed, finding, output);
          // It is awaited at the end.
          writing.catch(() => undefined);
          writes.push(writing);
        }
        const numbers = finding.rounds.map(({ round }) => round).join(', ');
        output.line([
          paint('red', finding.rule.padEnd(11)),
          `round ${numbers}: ${finding.side}: ${finding.text}; ${finding.why}`,
        ]);
      },
    }).catch((error: unknown) => {
      if (!(error instanceof NotUndisturbed)) throw error;
      throw new NoVerdictError(
        error.message,
        'try the same options with eaphost auth, or the command by hand',
        {},
      );
    });
    const results = fuzzResults(report);
    for (const [index, result] of results.entries()) onResult?.(result, index + 1, results.length);
    return results;
  } finally {
    wipeOptions(auth);
    await Promise.all(writes);
  }
}

/** Writes a found case at once: a run may be interrupted. */
async function keepCase(folder: string, seed: number, finding: FuzzFinding, output: Output): Promise<void> {
  const file = join(folder, `fuzz-${seed}-${finding.rounds[0]?.round ?? 0}-${finding.rule}.json`);
  await writePrivateFile(file, fuzzCaseFile(seed, finding));
  output.line(`kept: ${file}`);
}

async function readKept(path: string) {
  const text = (await readInput(path, '--replay')).toString('utf8');
  try {
    return readFuzzCase(text);
  } catch (error) {
    throw new UsageError(
      `${path} is no file of a found case: ${error instanceof Error ? error.message : ''}`,
    );
  }
}
