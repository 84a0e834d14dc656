// The process in which a method DLL's memory is counted: it does the same again and again, and counts in between what is
// allocated and not freed in all of the process. V8 makes no code and is told to collect, so that hardly anything but
// the DLL's own memory can grow. memory.ts is the other half.

import { isObject } from '../base/guards.js';
import { AuthenticatorMethod } from '../method-dlls/authenticator-method.js';
import { PeerMethod } from '../method-dlls/peer-method.js';
import { loadNative, useBinary } from '../native/binary.js';
import { CaseFailure, NotApplicable } from './case.js';
import type { CountReply, CountRequest } from './memory-protocol.js';
import { type KeyedResult, MethodTalk, offered, wipeGiven, working } from './method-talk.js';
import { CaseRecord } from './record.js';

/** So many that what Node itself allocates now and then is little for each of them. */
const roundsOf = (work: CountRequest['work']): number => (work === 'conversation' ? 300 : 1000);
const batches = 5;
/** Until Node has what it allocates once. */
const unseen = 4;

/** Octets, when all that JavaScript has forgotten is gone. */
async function countHeap(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    // Memory of buffers is freed by tasks of its own.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return loadNative().system('countHeap', {});
}

/** Wipes a result when its caller has looked at it. */
async function wiped<Result extends KeyedResult>(work: Promise<Result>): Promise<Result> {
  const result = await work;
  setImmediate(() => wipeGiven(result));
  return result;
}

/** Loads the DLL; one round of the work. */
async function roundOf({ work, ...dlls }: CountRequest): Promise<() => Promise<unknown>> {
  const peer = await PeerMethod.load(dlls.peer);
  const { flags, config, credentials, serverConfig } = dlls.blobs;
  const ask = { flags, config, credentials };
  if (work === 'identity') return () => working(peer.getIdentity(ask));
  if (work === 'fields') return () => offered(peer.queryCredentialInputFields({ config }));
  if (work === 'errors') return () => failing(peer.getIdentity({ config, flags: ['nonInteractive'] }));
  const authenticator = await AuthenticatorMethod.load(dlls.authenticator ?? dlls.peer);
  const begin = (): Promise<MethodTalk> =>
    MethodTalk.begin(
      { target: dlls.blobs, record: new CaseRecord(), result: wiped },
      { peer, authenticator },
    );
  if (work === 'conversation') return async () => (await begin()).expectSuccess('a good conversation');
  if (work === 'authenticatorSession') {
    return async () => {
      const session = await working(authenticator.beginSession({ config: serverConfig }));
      await working(session.sendPacket(1));
      await working(session.end());
    };
  }
  const talk = await begin();
  const { request } = talk;
  await talk.close();
  return async () => {
    const session = await working(peer.beginSession(ask));
    await working(session.process(request));
    await working(session.end());
  };
}

/** A call that has to fail. */
async function failing(work: Promise<unknown>): Promise<void> {
  let isFailed = false;
  await work.catch(() => (isFailed = true));
  if (!isFailed) throw new NotApplicable('its EapPeerGetIdentity does not fail');
}

async function count(asked: CountRequest): Promise<CountReply> {
  useBinary(asked.folder);
  try {
    await loadNative().system('countHeap', {});
  } catch {
    return { kind: 'notApplicable', reason: 'this system does not tell how much memory is allocated' };
  }
  try {
    const round = await roundOf(asked);
    const rounds = roundsOf(asked.work);
    const perRound: number[] = [];
    let before = Number.NaN;
    for (let batch = 1; batch <= unseen + batches; batch++) {
      for (let done = 0; done < rounds; done++) await round();
      const now = await countHeap();
      if (batch > unseen) perRound.push((now - before) / rounds);
      before = now;
    }
    return { kind: 'counted', perRound };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof CaseFailure) return { kind: 'failed', reason };
    return { kind: error instanceof NotApplicable ? 'notApplicable' : 'broken', reason };
  }
}

function isRequest(value: unknown): value is CountRequest {
  return isObject(value) && typeof value['work'] === 'string' && typeof value['folder'] === 'string';
}

process.once('message', (asked: unknown) => {
  if (!isRequest(asked)) throw new TypeError('what is to be counted is missing');
  // The parent ends this process by letting it go.
  void count(asked).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));
