// The process of an isolated method DLL: when it cannot be started, what it is given, and under which call its end is told.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { getSystemErrorMap } from 'node:util';

import { begun } from '../../lib/base/child-process.js';
import type { EapError } from '../../lib/base/errors.js';
import { isObject } from '../../lib/base/guards.js';
import { loadBadAuthenticator, loadBadPeer, loadPeer, rejectsWith } from './support.js';

const isolate = true;

/** What ChildProcess makes processes with: one object of Node's own for each. */
interface ProcessHandle {
  spawn: (this: ProcessHandle, options: { readonly envPairs: readonly string[] }) => number;
  kill: (this: ProcessHandle, signal: number) => number;
}

function isHandle(value: unknown): value is ProcessHandle {
  return isObject(value) && typeof value['spawn'] === 'function' && typeof value['kill'] === 'function';
}

/** Where the functions of every such object are. */
async function prototypeOfHandles(): Promise<ProcessHandle> {
  const child: ChildProcess = begun(() => spawn(process.execPath, ['-e', ''], { stdio: 'ignore' }));
  const handle: unknown = Reflect.get(child, '_handle');
  const prototype: unknown = isObject(handle) ? Object.getPrototypeOf(handle) : undefined;
  ok(isHandle(prototype));
  await new Promise((resolve) => child.once('exit', resolve));
  return prototype;
}

/** Until it is disposed of, every Node that is started says its pid and hangs before it runs its program. */
function hangingStart(): Disposable & { readonly pid: () => Promise<number> } {
  const folder = mkdtempSync(join(tmpdir(), 'hanging-'));
  const [module, pids] = [join(folder, 'hang.cjs'), join(folder, 'pids')];
  writeFileSync(
    module,
    `require('node:fs').appendFileSync(${JSON.stringify(pids)}, process.pid + '\\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
  );
  const before = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `--require=${module.replaceAll('\\', '/')}`;
  const started = (): number[] =>
    existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : [];
  return {
    async pid() {
      for (;;) {
        const [pid] = started();
        if (pid !== undefined && pid > 0) return pid;
        await setImmediate();
      }
    },
    [Symbol.dispose]() {
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
      for (const pid of started()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves when the process has ended. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await setImmediate();
}

/** The number that libuv gives an error. */
function numberOf(name: string): number {
  const found = [...getSystemErrorMap()].find(([, [known]]) => known === name);
  ok(found !== undefined, name);
  return found[0];
}

describe('the process of an isolated method', () => {
  let prototype: ProcessHandle;
  let real: ProcessHandle;

  before(async () => {
    prototype = await prototypeOfHandles();
    real = { spawn: prototype.spawn, kill: prototype.kill };
  });
  afterEach(() => {
    Object.assign(prototype, real);
  });

  const failures: readonly (readonly [error: string, code: string, advice: RegExp])[] = [
    ['EMFILE', 'EAPHOST_OUT_OF_DESCRIPTORS', /file descriptors/u],
    ['ENFILE', 'EAPHOST_OUT_OF_DESCRIPTORS', /file descriptors/u],
    ['EAGAIN', 'EAPHOST_PROCESS_NOT_STARTED', /allows no more processes/u],
    ['ENOMEM', 'ERROR_NOT_ENOUGH_MEMORY', /memory/u],
    ['ENOENT', 'EAPHOST_PROCESS_NOT_STARTED', /ENOENT/u],
  ];
  for (const [error, code, advice] of failures) {
    it(`that cannot be started (${error}) is told as ${code}, and nobody is sent a signal`, async () => {
      const killed: unknown[] = [];
      prototype.spawn = () => numberOf(error);
      // The pid of such a child is memory that nobody set: 0 is the own process group.
      prototype.kill = (signal) => killed.push(signal);
      const failure = await rejectsWith(loadPeer({ isolate }), code);
      match(failure.message, advice);
      equal(killed.length, 0);
      Object.assign(prototype, real);
      await using peer = await loadPeer({ isolate });
      equal(peer.isIsolated, true);
    });
  }

  it('is asked for again where the system refuses it for no reason that has a name', async () => {
    let refusals = 2;
    prototype.spawn = function (this: ProcessHandle, options) {
      return refusals-- > 0 ? numberOf('UNKNOWN') : real.spawn.call(this, options);
    };
    await using peer = await loadPeer({ isolate });
    equal(peer.isIsolated, true);
    equal(refusals, -1);
    refusals = Infinity;
    await rejectsWith(loadPeer({ isolate }), 'EAPHOST_PROCESS_NOT_STARTED');
  });

  it('is given none of this process’ secrets', async () => {
    const secrets = ['EAPHOST_PASSWORD', 'EAPHOST_SECRET', 'EAPHOST_SERVER_PASSWORD'];
    let environment: readonly string[] = [];
    prototype.spawn = function (this: ProcessHandle, options) {
      environment = options.envPairs;
      return real.spawn.call(this, options);
    };
    for (const name of secrets) process.env[name] = `tell nobody ${name}`;
    try {
      await using peer = await loadPeer({ isolate });
      ok(peer.isIsolated);
    } finally {
      for (const name of secrets) delete process.env[name];
    }
    ok(environment.some((pair) => /^PATH=/iu.test(pair)));
    equal(environment.filter((pair) => pair.includes('tell nobody')).length, 0);
  });

  it('that hangs in its own start is ended after a minute, as EAPHOST_PROCESS_NOT_STARTED', async () => {
    using hanging = hangingStart();
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const failures: EapError[] = [];
      const load = rejectsWith(loadPeer({ isolate, timeout: 1 }), 'EAPHOST_PROCESS_NOT_STARTED');
      load.then(
        (error) => failures.push(error),
        () => undefined,
      );
      const pid = await hanging.pid();
      let seconds = 0;
      for (; failures.length === 0 && seconds < 600; seconds += 1) {
        mock.timers.tick(1000);
        await setImmediate();
      }
      equal(seconds, 60);
      match((await load).message, /60 seconds/u);
      await gone(pid);
    } finally {
      mock.timers.reset();
    }
  });

  it('that hangs in its own start is ended by an abort', async () => {
    using hanging = hangingStart();
    const abort = new AbortController();
    const load = loadPeer({ isolate, signal: abort.signal });
    const pid = await hanging.pid();
    const reason = new Error('enough');
    abort.abort(reason);
    await rejects(load, reason);
    await gone(pid);
  });

  it('that hangs in its own start ends when the process that started it exits', async () => {
    using hanging = hangingStart();
    const script = fileURLToPath(new URL('children/starting.js', import.meta.url));
    const env = { ...process.env };
    delete env['NODE_OPTIONS'];
    const parent = begun(() =>
      spawn(process.execPath, [script, process.env['NODE_OPTIONS'] ?? ''], { env, stdio: ['pipe', 2, 2] }),
    );
    const exited = once(parent, 'exit');
    const pid = await hanging.pid();
    parent.stdin?.end();
    deepEqual(await exited, [0, null]);
    await gone(pid);
  });

  for (const isolated of [false, true]) {
    const where = isolated ? 'isolated' : 'in this process';

    it(`an end that fails is told as the method’s EndSession, ${where}`, async () => {
      const config = Buffer.from('fail=EndSession');
      await using peer = await loadBadPeer({ isolate: isolated });
      const one = await peer.beginSession({ config });
      const peers = await rejectsWith(one.end(), 'ERROR_INVALID_PARAMETER');
      equal(peers.call, 'EapPeerEndSession');
      equal(peers.method?.vendorType, 100);
      await using authenticator = await loadBadAuthenticator({ isolate: isolated });
      const two = await authenticator.beginSession({ config, identity: 'a' });
      const authenticators = await rejectsWith(two.end(), 'ERROR_INVALID_PARAMETER');
      equal(authenticators.call, 'EapMethodAuthenticatorEndSession');
      equal(authenticators.method?.vendorType, 100);
    });
  }

  it('that crashed is told to later callers as the call that it crashed in', async () => {
    await using peer = await loadBadPeer({ isolate });
    const session = await peer.beginSession({ config: Buffer.from('crash=GetResult') });
    await session.process(Buffer.from([1, 1, 0, 13, 254, 0x01, 0x86, 0x9f, 0, 0, 0, 100, 65]));
    await rejectsWith(session.getResult('success'), 'EAPHOST_METHOD_CRASHED');
    const later = await rejectsWith(peer.beginSession(), 'EAPHOST_METHOD_CRASHED');
    equal(later.call, 'EapPeerGetResult');
    match(later.message, /died in EapPeerGetResult/u);
  });
});
