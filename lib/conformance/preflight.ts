// Whether a subject can be tried at all: without a conversation that goes well, hardly a case has a meaning.

import { thrownMessage } from '../base/thrown.js';
import { untilAborted } from '../base/abort.js';
import { CaseFailure, NotApplicable } from './case.js';
import { openModule } from './method-module.js';
import { MethodProbe, type MethodTarget } from './method-probe.js';
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
    return thrownMessage(error);
  }
}

/** Why the peer is not accepted by a good server; undefined if it is. Rejects with the signal's reason. */
export async function preflightPeer(target: PeerTarget, stop?: AbortSignal): Promise<string | undefined> {
  const signal = stop ?? new AbortController().signal;
  await using probe = new PeerProbe(target, new CaseRecord(), signal);
  try {
    const { isSuccess, said } = await probe.authenticate();
    return isSuccess ? undefined : said;
  } catch (error) {
    if (error instanceof CaseFailure) return error.message;
    throw error;
  }
}

/** What came of a good conversation: trouble, or what the user has not given that it needs; neither if it went well. */
export interface MethodPreflight {
  readonly trouble?: string;
  readonly lacking?: string;
}

/** Whether the two sides of a method come to success with each other, if it has both. Rejects with the signal's reason. */
export async function preflightMethod(target: MethodTarget, stop?: AbortSignal): Promise<MethodPreflight> {
  const { methods, ...rest } = target;
  const signal = stop ?? new AbortController().signal;
  await using module = methods && (await openModule(methods));
  const loaded = { ...rest, ...module?.loaders };
  if (!loaded.loadPeer || !loaded.loadAuthenticator) return {};
  await using probe = new MethodProbe(loaded, new CaseRecord(), signal);
  try {
    const held = probe.begin().then((talk) => talk.expectSuccess('a good conversation'));
    await untilAborted(held, signal);
    return {};
  } catch (error) {
    signal.throwIfAborted();
    const said = thrownMessage(error);
    return error instanceof NotApplicable ? { lacking: said } : { trouble: said };
  }
}
