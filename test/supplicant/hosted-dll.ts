// What the suites of driven method DLLs share: the test DLLs, opened with their calls recorded, the pair's
// conversation hop by hop, and what a DLL counts of its host.

import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type {
  NativeAuthenticatorMethod,
  NativeAuthenticatorSession,
  NativeAuthenticatorStep,
  NativeCall,
  NativeMethodOptions,
  NativeMethods,
  NativePeerMethod,
  NativePeerSession,
  NativePeerStep,
  NativeRole,
} from '../../lib/native/method-types.js';
import { loadNative } from '../../lib/native/binary.js';
import type { NativeFailure } from '../../lib/base/errors.js';
import { libraryPath } from './support.js';

export const pairPath = libraryPath('pairmethod');
export const pairType = { type: 254, vendorId: 99_999, vendorType: 3, authorId: 99_999 };
export const pairUser = Buffer.from('identity=alice;password=tiger');

/** EapPeerMethodResponseAction and EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION, as far as the two agree. */
export const actions = { discard: 0, send: 1, result: 2 } as const;

/** A method whose calls are recorded. */
export interface Traced<Role extends NativeRole> {
  readonly method: NativeMethods[Role];
  readonly calls: NativeCall[];
}

export async function openTraced<Role extends NativeRole>(
  role: Role,
  options: Partial<NativeMethodOptions<Role>> = {},
): Promise<Traced<Role>> {
  const method = await open(role, { trace: true, ...options });
  const calls: NativeCall[] = [];
  method.onCall = (call) => {
    calls.push(call);
  };
  return { method, calls };
}

export function open<Role extends NativeRole>(
  role: Role,
  options: Partial<NativeMethodOptions<Role>> = {},
): Promise<NativeMethods[Role]> {
  return loadNative().openMethod({
    role,
    path: pairPath,
    type: pairType,
    endpoint: undefined,
    maxLanes: 64,
    trace: false,
    ...options,
  });
}

export function beginPeer(
  method: NativePeerMethod,
  config = '',
  userData: Buffer | undefined = pairUser,
): Promise<NativePeerSession> {
  return method.beginSession({
    flags: 0,
    attributes: [],
    userToken: 0n,
    connectionData: Buffer.from(config),
    userData,
    maxSendPacketSize: 1500,
  });
}

export function beginAuthenticator(
  method: NativeAuthenticatorMethod,
  config = 'password=tiger',
): Promise<NativeAuthenticatorSession> {
  return method.beginSession({
    flags: 0,
    identity: 'alice',
    attributes: [],
    connectionData: Buffer.from(config),
    maxSendPacketSize: 1500,
  });
}

/** Carries packets between the two until the authenticator has a result: the step that has it. */
export async function converse(
  peer: NativePeerSession,
  authenticator: NativeAuthenticatorSession,
): Promise<NativeAuthenticatorStep> {
  let request: NativeAuthenticatorStep = await authenticator.sendPacket(1);
  for (let id = 2; request.action === actions.send; id += 1) {
    assert.ok(request.packet !== undefined);
    const response: NativePeerStep = await peer.process(request.packet);
    assert.equal(response.action, actions.send);
    assert.ok(response.packet !== undefined);
    request = await authenticator.receive(response.packet, id);
  }
  return request;
}

/** The functions that were called, without EapPeer and EapMethodAuthenticator, and the free functions left out. */
export function order(calls: readonly NativeCall[], session?: number): string[] {
  return calls
    .filter((call) => session === undefined || call.session === session)
    .map(({ call }) => call.replace(/^Eap(?:Peer|MethodAuthenticator)/u, ''))
    .filter((call) => !call.startsWith('Free'));
}

/** Runs `work` and checks that the DLL has got back, by the right function and once, all that it gave. */
export async function withCounters(work: () => Promise<void>): Promise<void> {
  const file = join(tmpdir(), `eaphost-counters-${process.pid}.json`);
  process.env['EAPHOST_PAIR_COUNTERS'] = file;
  try {
    await work();
    const counters: unknown = JSON.parse(readFileSync(file, 'utf8'));
    assert.ok(isCounters(counters));
    assert.deepEqual(counters.freed, counters.allocated);
    assert.equal(counters.sessionsEnded, counters.sessionsBegun);
    assert.equal(counters.shutDown, counters.initialized);
    for (const wrong of [
      'freedByWrongFunction',
      'freedSessionOwned',
      'freedUnknown',
      'sessionsUnknown',
    ] as const) {
      assert.equal(counters[wrong], 0, wrong);
    }
  } finally {
    delete process.env['EAPHOST_PAIR_COUNTERS'];
    rmSync(file, { force: true });
  }
}

interface Counters {
  allocated: object;
  freed: object;
  freedByWrongFunction: number;
  freedSessionOwned: number;
  freedUnknown: number;
  sessionsBegun: number;
  sessionsEnded: number;
  sessionsUnknown: number;
  initialized: number;
  shutDown: number;
}

function isCounters(value: unknown): value is Counters {
  return typeof value === 'object' && value !== null && 'allocated' in value && 'shutDown' in value;
}

/** Checks that a call rejects with a NativeFailure of this function and code; gives that. */
export async function failure(
  work: Promise<unknown>,
  call: string,
  winError: number,
): Promise<NativeFailure> {
  let reason: unknown;
  try {
    await work;
  } catch (error) {
    reason = error;
  }
  assert.ok(isFailure(reason), `no failure: ${String(reason)}`);
  assert.deepEqual({ call: reason.call, winError: reason.winError }, { call, winError });
  return reason;
}

function isFailure(value: unknown): value is NativeFailure {
  return typeof value === 'object' && value !== null && 'winError' in value && 'call' in value;
}
