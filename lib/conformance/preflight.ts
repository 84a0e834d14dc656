// Whether a subject can be tried at all: without a conversation that goes well, hardly a case has a meaning.

import { PeerProbe, type PeerTarget } from './peer-probe.js';
import { CaseRecord } from './record.js';
import { ServerProbe, type ServerTarget } from './server-probe.js';

/** Why the user is not accepted; undefined if the user is. Rejects with the signal's reason. */
export async function preflightServer(target: ServerTarget, stop?: AbortSignal): Promise<string | undefined> {
  const signal = stop ?? new AbortController().signal;
  try {
    await using probe = await ServerProbe.open(target, new CaseRecord(), signal);
    await (await probe.begin()).expectAccept();
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether a server answers at all, twice asked: a datagram may be lost. */
export async function isServerThere(target: ServerTarget): Promise<boolean> {
  const never = new AbortController().signal;
  await using probe = await ServerProbe.open(target, new CaseRecord(), never);
  const request = probe.request(probe.identity());
  probe.send(request);
  if (await probe.hasArrived(target.answerMs / 2)) return true;
  probe.send(request);
  return await probe.hasArrived(target.answerMs / 2);
}

/** Why the peer is not accepted by a good server; undefined if it is. Rejects with the signal's reason. */
export async function preflightPeer(target: PeerTarget, stop?: AbortSignal): Promise<string | undefined> {
  await using probe = new PeerProbe(target, new CaseRecord(), stop ?? new AbortController().signal);
  const { isSuccess, said } = await probe.authenticate();
  return isSuccess ? undefined : said;
}
