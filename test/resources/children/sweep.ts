// Does one thing again and again, with no descriptor left, with one, with two …, until it succeeds; twice, since what is
// loaded once needs descriptors the first time alone. Says what came of each try, and how many descriptors were open
// before and after the second round.

import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import { EapError, openEapHost } from '../../../lib/index.js';

/** What came of a try with so many descriptors. */
export interface Try {
  readonly free: number;
  /** Of the error; undefined where it succeeded. */
  readonly code: string | undefined;
  readonly message: string;
}

/** What the child says at its end. */
export interface Swept {
  readonly tries: readonly Try[];
  readonly before: number;
  readonly after: number;
}

const mostNeeded = 64;
const type = { type: 4 };
const credentials = { username: 'alice', password: 'p' };
const xml = '<EapHostConfig xmlns="http://www.microsoft.com/provisioning/EapHostConfig"/>';
const identityRequest = Buffer.from([1, 1, 0, 5, 1]);
const methodRequest = Buffer.from([1, 2, 0, 8, 4, 2, 7, 7]);

/** What the scenarios of DLLs need. That of a session loads its parts itself, the first time without descriptors. */
async function dllParts() {
  const { PeerMethod } = await import('../../../lib/method-dlls/index.js');
  const { encodeCredentials, md5 } = await import('../../../lib/methods/index.js');
  const { serveMethods } = await import('../../../lib/registration/index.js');
  return { PeerMethod, md5, serveMethods, blob: encodeCredentials(credentials) };
}
const parts = process.argv[2] === 'session' ? undefined : await dllParts();
const given = (): NonNullable<typeof parts> => parts ?? assert.fail('this scenario needs them');

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  async session() {
    await using host = await openEapHost({ runtime: 'embedded' });
    await using session = await host.beginSession({
      method: 'md5',
      credentials,
    });
    await session.process(identityRequest);
    await session.process(methodRequest);
    await assert.rejects(host.configFromXml(xml), (error) => {
      if (error instanceof EapError && error.code === 'EAP_E_EAPHOST_XML_MALFORMED') return true;
      throw error;
    });
  },
  async served() {
    const { PeerMethod, md5, serveMethods, blob } = given();
    await using server = await serveMethods({ methods: [md5] });
    await using method = await PeerMethod.load({ type, endpoint: server.endpoint });
    await using session = await method.beginSession({ credentials: blob });
    await session.process(methodRequest);
  },
  async isolated() {
    const { PeerMethod, md5, serveMethods, blob } = given();
    await using server = await serveMethods({ methods: [md5] });
    await using method = await PeerMethod.load({ type, endpoint: server.endpoint, isolate: true });
    await using session = await method.beginSession({ credentials: blob });
    await session.process(methodRequest);
  },
};

/** Opens files until none can be opened. */
function fill(): number[] {
  const held: number[] = [];
  for (;;) {
    try {
      held.push(openSync('/dev/null', 'r'));
    } catch {
      return held;
    }
  }
}

/** The error that was first: of what it was in the way of, `await using` tells in another. */
function firstOf(error: unknown): unknown {
  return error instanceof Error && error.name === 'SuppressedError'
    ? firstOf(Reflect.get(error, 'suppressed'))
    : error;
}

async function tryWith(free: number, work: () => Promise<void>): Promise<Try> {
  const held = fill();
  for (const descriptor of held.splice(0, free)) closeSync(descriptor);
  let failure: unknown;
  let failed = false;
  try {
    await work();
  } catch (error) {
    failure = firstOf(error);
    failed = true;
  } finally {
    for (const descriptor of held) closeSync(descriptor);
  }
  // With the limit lifted it succeeds.
  await work();
  if (!failed) return { free, code: undefined, message: '' };
  const code = failure instanceof EapError ? failure.code : 'no EapError';
  return { free, code, message: String(failure) };
}

async function sweep(work: () => Promise<void>): Promise<Try[]> {
  const tries: Try[] = [];
  for (let free = 0; free <= mostNeeded; ++free) {
    const tried = await tryWith(free, work);
    tries.push(tried);
    if (tried.code === undefined) return tries;
  }
  return tries;
}

/** Open descriptors, when those that are being closed are closed. */
async function count(): Promise<number> {
  for (let turn = 0; turn < 50; ++turn) await setImmediate();
  return readdirSync('/proc/self/fd').length;
}

const work = scenarios[process.argv[2] ?? ''];
if (work === undefined) throw new Error('there is no such scenario');
const only = process.argv[3];
const first = only === undefined ? await sweep(work) : [await tryWith(Number(only), work)];
const before = await count();
const second = await sweep(work);
const after = await count();
const swept: Swept = { tries: [...first, ...second], before, after };
process.send?.(swept, () => process.disconnect());
