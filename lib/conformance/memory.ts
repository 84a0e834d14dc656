// Counts what a method DLL keeps, in a process of its own: memory-child.ts is the other half. JavaScript thread.

import type { ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isObject } from '../base/guards.js';
import { beginOwn } from '../base/child-process.js';
import { binaryFolder } from '../native/binary.js';
import { CaseFailure, demand, NotApplicable } from './case.js';
import type { CountedWork, CountReply, CountRequest } from './memory-protocol.js';
import type { MethodProbe } from './method-probe.js';

/** Octets for each round that are not Node's own: what that keeps is less, and no block of memory is smaller. */
const leastLeak = 32;

/** The program of the process, beside this file. A CommonJS bundle has no import.meta. */
function childModule(): string {
  return join(dirname(import.meta.url ? fileURLToPath(import.meta.url) : __filename), 'memory-child.js');
}

function isReply(value: unknown): value is CountReply {
  return isObject(value) && typeof value['kind'] === 'string';
}

/** What the process says, once. Where it dies, that was the DLL. */
function replyOf(child: ChildProcess, signal: AbortSignal): Promise<CountReply> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (reply: unknown) => {
      if (isReply(reply)) resolve(reply);
      else reject(new TypeError('the process says something else'));
    });
    child.once('exit', (code, by) => {
      reject(new CaseFailure(`its process died while its memory was counted: ${by ?? `exit code ${code}`}`));
    });
    signal.addEventListener('abort', () => reject(new Error('it was given up', { cause: signal.reason })), {
      once: true,
    });
  });
}

async function ask(request: CountRequest, signal: AbortSignal): Promise<CountReply> {
  signal.throwIfAborted();
  const child = beginOwn(childModule(), ['--jitless', '--no-expose-wasm', '--expose-gc']);
  try {
    const reply = replyOf(child, signal);
    child.send(request);
    return await reply;
  } finally {
    child.on('error', () => undefined);
    // Where it did not start, Node would send the signal to whatever number it finds.
    if (child.pid !== undefined) child.kill('SIGKILL');
  }
}

/** Does `work` again and again, and demands that it leaves nothing allocated. */
export async function expectNoLeak(probe: MethodProbe, work: CountedWork): Promise<void> {
  const { target, signal } = probe;
  if (target.xml) throw new NotApplicable('it is no DLL: its memory is JavaScript’s');
  const { flags, config, serverConfig, credentials, uiAnswer } = target;
  const peer = await probe.peer();
  const needsBoth = !['identity', 'fields', 'errors'].includes(work);
  const authenticator = needsBoth ? await probe.authenticator() : undefined;
  if (authenticator && work !== 'authenticatorSession') {
    // A crash at the end of a session is told of its call, which the process that counts does not know.
    const talk = await probe.begin();
    await talk.respond();
    await talk.close();
  }
  const reply = await ask(
    {
      folder: binaryFolder(),
      work,
      peer: { type: peer.type, dllPath: peer.dllPath },
      authenticator: authenticator && { type: authenticator.type, dllPath: authenticator.dllPath },
      blobs: {
        ...(flags && { flags }),
        ...(uiAnswer && { uiAnswer }),
        ...(config && { config }),
        ...(serverConfig && { serverConfig }),
        ...(credentials && { credentials }),
      },
    },
    signal,
  );
  if (reply.kind !== 'counted') {
    const { kind, reason } = reply;
    if (kind === 'failed') throw new CaseFailure(reason);
    throw kind === 'broken' ? new Error(reason) : new NotApplicable(reason);
  }
  // Now and then something else is allocated in between, or given back.
  const middle = reply.perRound.toSorted((a, b) => a - b)[Math.floor(reply.perRound.length / 2)] ?? 0;
  demand(middle < leastLeak, `about ${Math.round(middle)} octets stay allocated each time`);
}
