// The process of an isolated method DLL: when it cannot be started, what it is given, and under which call its end is told.

import { equal, match, ok } from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { getSystemErrorMap } from 'node:util';

import { begun } from '../../lib/base/child-process.js';
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
