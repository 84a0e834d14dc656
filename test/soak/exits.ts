// Processes that end at every step of a conversation, before a call and while it is under way, in every way that a
// process can end. Usage: node dist/test/soak/exits.js [--count 1000]    (of each way)
// Fails where one ends otherwise, or leaves a process or a file; what a signal kills has no chance to remove the folder
// of its sockets. Windows has no signals: there a process is terminated.

import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000' } } });
const count = Number(values.count);
const atOnce = 2;
const program = fileURLToPath(new URL('exit-at.js', import.meta.url));
const isWindows = process.platform === 'win32';
const endings: Readonly<Record<string, readonly [code: number | null, signal: string | null]>> = {
  exit: [7, null],
  throw: [1, null],
  reject: [1, null],
  ...(isWindows
    ? { TerminateProcess: [1, null] }
    : { SIGTERM: [null, 'SIGTERM'], SIGKILL: [null, 'SIGKILL'] }),
};

interface Ended {
  readonly ending: readonly unknown[];
  readonly output: string;
  readonly left: readonly string[];
}

/** In a folder for temporary files of its own. Its output ends when the last process that it started has ended. */
async function end(way: string, step: number): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'exits-'));
  try {
    const env = { ...process.env, ...(isWindows ? { TEMP: folder, TMP: folder } : { TMPDIR: folder }) };
    const child = spawn(process.execPath, [program, way, String(step)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    const [output, , ending] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { ending, output, left: readdirSync(folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// The first process starts services of Wine's, which would hold its pipes for ever: this one has none.
if (isWindows) spawnSync(process.execPath, [program, 'none', '-1'], { stdio: 'ignore' });
const whole = await end('none', -1);
assert.deepEqual(whole.ending, [0, null]);
assert.deepEqual(whole.left, []);
const steps = Number(whole.output);
const turns = Object.keys(endings).flatMap((way) =>
  // Each step as often as another, spread over all of them where there are fewer turns.
  Array.from(
    { length: count },
    (_, turn) => [way, Math.floor((turn * steps) / Math.min(count, steps)) % steps] as const,
  ),
);
const started = performance.now();
async function lane(): Promise<void> {
  for (let turn = turns.pop(); turn !== undefined; turn = turns.pop()) {
    const [way, step] = turn;
    const { ending, left } = await end(way, step);
    assert.deepEqual(ending, endings[way], `${way} at step ${step}`);
    const unexpected = left.filter((name) => !way.startsWith('SIG') || !/^eaphost-\d+$/u.test(name));
    assert.deepEqual(unexpected, [], `${way} at step ${step} left files`);
  }
}
await Promise.all(Array.from({ length: atOnce }, lane));
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  JSON.stringify({
    exits: Object.fromEntries(Object.keys(endings).map((way) => [way, count])),
    steps,
    seconds,
  }),
);
