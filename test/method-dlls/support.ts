// What the suites of driven method DLLs share: the pair and the misbehaving method, loaded, and what they called.

import assert from 'node:assert/strict';

import { EapError } from '../../lib/index.js';
import {
  AuthenticatorMethod,
  converse,
  PeerMethod,
  type Conversed,
  type ConverseOptions,
  type LoadMethodOptions,
  type MethodCall,
} from '../../lib/method-dlls/index.js';
import { libraryPath } from '../supplicant/support.js';

export const pairPath = libraryPath('pairmethod');
export const pairType = { type: 254, vendorId: 99_999, vendorType: 3, authorId: 99_999 };
export const alice = Buffer.from('identity=alice;password=tiger');
export const server = Buffer.from('password=tiger');
const misbehavingPath = libraryPath('misbehavingmethod');

/** A type of the misbehaving method: 100 does as its configuration says. */
export function misbehavingType(vendorType = 100) {
  return { type: 254, vendorId: 99_999, vendorType, authorId: 99_999 };
}

type Extra = Partial<LoadMethodOptions>;

export const loadPeer = (extra: Extra = {}): Promise<PeerMethod> =>
  PeerMethod.load({ type: pairType, dllPath: pairPath, ...extra });

export const loadAuthenticator = (extra: Extra = {}): Promise<AuthenticatorMethod> =>
  AuthenticatorMethod.load({ type: pairType, dllPath: pairPath, ...extra });

export const loadBadPeer = (extra: Extra = {}): Promise<PeerMethod> =>
  PeerMethod.load({ type: misbehavingType(), dllPath: misbehavingPath, ...extra });

export const loadBadAuthenticator = (extra: Extra = {}): Promise<AuthenticatorMethod> =>
  AuthenticatorMethod.load({ type: misbehavingType(), dllPath: misbehavingPath, ...extra });

/** The functions that were called, without their prefixes; the free functions left out. */
export function order(calls: readonly MethodCall[]): string[] {
  return calls
    .map(({ call }) => call.replace(/^Eap(?:Peer|MethodAuthenticator)/u, ''))
    .filter((call) => !call.startsWith('Free'));
}

/** The calls of both halves of the pair, from loading to unloading. */
export interface Orders {
  readonly peer: string[];
  readonly authenticator: string[];
}

/** Holds a conversation of the pair, traced from loading to unloading. */
export async function converseTraced(
  options: ConverseOptions = {},
  extra: Extra = {},
): Promise<{ conversed: Conversed | undefined; error: unknown; orders: Orders }> {
  const calls = { peer: [] as MethodCall[], authenticator: [] as MethodCall[] };
  let conversed: Conversed | undefined;
  let error: unknown;
  {
    await using peer = await loadPeer({ ...extra, onCall: (call) => calls.peer.push(call) });
    await using authenticator = await loadAuthenticator({
      ...extra,
      onCall: (call) => calls.authenticator.push(call),
    });
    try {
      conversed = await converse(peer, authenticator, {
        ...options,
        peer: { credentials: alice, ...options.peer },
        authenticator: { config: server, ...options.authenticator },
      });
    } catch (reason) {
      error = reason;
    }
    assert.equal(peer.stats().sessions, 0);
    assert.equal(authenticator.stats().sessions, 0);
  }
  return {
    conversed,
    error,
    orders: { peer: order(calls.peer), authenticator: order(calls.authenticator) },
  };
}

/** Checks that a call rejects with this code; gives the error. */
export async function rejectsWith(work: Promise<unknown>, code: string): Promise<EapError> {
  let reason: unknown;
  try {
    await work;
  } catch (error) {
    reason = error;
  }
  assert.ok(reason instanceof EapError, `no EapError: ${String(reason)}`);
  assert.equal(reason.code, code, reason.message);
  return reason;
}
