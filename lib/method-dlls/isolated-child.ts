// The process of one isolated method DLL: takes calls from its parent, makes them of the addon, and says which
// function a fused call is in, so that a crash can be told with its name. It ends with its parent.

import type {
  NativeAuthenticatorSession,
  NativeAuthenticatorStep,
  NativeMethodOptions,
  NativeMethods,
  NativePeerSession,
  NativePeerStep,
  NativeRole,
} from '../native/method-types.js';
import { EapError, isNativeFailure } from '../base/errors.js';
import { isObject } from '../base/guards.js';
import { loadNative, useBinary } from '../native/binary.js';
import { authenticatorActions, peerActions } from '../hosts/method.js';
import { firstFunction, type IsolatedMessage, type IsolatedRequest } from './isolated-protocol.js';

type Method = NativeMethods[NativeRole];
type OpenSession = NativePeerSession | NativeAuthenticatorSession;
type Announce = (call: string) => void;

let method: Method | undefined;
const sessions = new Map<number, OpenSession>();

function tell(message: IsolatedMessage): void {
  // A parent that is gone ends this process.
  process.send?.(message, undefined, undefined, () => undefined);
}

/** What `process` fetches after each action, and in which field it gives it. */
const peerFetches = new Map<number, readonly [call: PeerFetch, field: keyof NativePeerStep]>([
  [peerActions.send, ['getResponsePacket', 'packet']],
  [peerActions.invokeUi, ['getUiContext', 'uiContext']],
  [peerActions.respond, ['getResponseAttributes', 'attributes']],
]);
type PeerFetch = 'getResponsePacket' | 'getUiContext' | 'getResponseAttributes';

/** Does as `process` does, a function at a time. */
async function processRequest(
  session: NativePeerSession,
  packet: Uint8Array,
  announce: Announce,
): Promise<NativePeerStep> {
  const output = await session.processRequestPacket(packet);
  const [call, field] = peerFetches.get(output.action) ?? [];
  if (call === undefined || field === undefined) return output;
  announce(firstFunction('peer', call));
  return { ...output, [field]: await session[call]() };
}

/** Does as `receive` does, a function at a time. */
async function receive(
  session: NativeAuthenticatorSession,
  packet: Uint8Array,
  nextId: number,
  announce: Announce,
): Promise<NativeAuthenticatorStep> {
  const { action } = await session.receivePacket(packet);
  const at = (call: string): void => announce(firstFunction('authenticator', call));
  switch (action) {
    case authenticatorActions.send:
      at('sendPacket');
      return session.sendPacket(nextId);
    case authenticatorActions.result:
      at('getResult');
      return { action, result: await session.getResult() };
    case authenticatorActions.respond:
      at('getAttributes');
      return { action, attributes: await session.getAttributes() };
    default:
      return { action };
  }
}

/** Calls a function of an object by name. */
function callByName(target: object | undefined, name: string, args: readonly unknown[]): unknown {
  const member: unknown = target === undefined ? undefined : Reflect.get(target, name);
  if (typeof member !== 'function') throw new TypeError(`there is no ${name} to call`);
  return Reflect.apply(member, target, args);
}

function isOptions(value: unknown): value is NativeMethodOptions {
  return isObject(value) && typeof value['role'] === 'string' && typeof value['path'] === 'string';
}

async function openMethod(options: unknown): Promise<unknown> {
  if (!isOptions(options)) throw new TypeError('a method is opened with options');
  method = await loadNative().openMethod(options);
  if (options.trace) {
    method.onCall = (call) => tell({ kind: 'call', call });
  }
  return { exports: method.exports, routines: method.routines };
}

async function beginSession(args: readonly unknown[]): Promise<unknown> {
  const begun: unknown = await callByName(method, 'beginSession', args);
  if (!isSession(begun)) throw new TypeError('no session was begun');
  sessions.set(begun.number, begun);
  return begun.number;
}

function isSession(value: unknown): value is OpenSession {
  return isObject(value) && typeof value['number'] === 'number' && typeof value['end'] === 'function';
}

async function make({ session: number, call, args }: IsolatedRequest, announce: Announce): Promise<unknown> {
  if (number === 0) {
    if (call === 'prepare') {
      useBinary(String(args[0]));
      return void loadNative();
    }
    if (call === 'open') return openMethod(args[0]);
    if (call === 'beginSession') return beginSession(args);
    return callByName(method, call, args);
  }
  const session = sessions.get(number);
  const [packet, id] = args;
  if (call === 'end') sessions.delete(number);
  if (session !== undefined && packet instanceof Uint8Array) {
    if (call === 'process' && 'process' in session) return processRequest(session, packet, announce);
    if (call === 'receive' && 'receive' in session) return receive(session, packet, Number(id), announce);
  }
  return callByName(session, call, args);
}

async function answer(request: IsolatedRequest): Promise<void> {
  const { ticket } = request;
  try {
    const value = await make(request, (call) => tell({ kind: 'at', ticket, call }));
    tell({ kind: 'done', ticket, value, lanes: method?.stats().lanes ?? 0 });
  } catch (error) {
    if (isNativeFailure(error)) tell({ kind: 'failed', ticket, failure: error });
    else {
      const message = error instanceof Error ? error.message : String(error);
      tell({ kind: 'broken', ticket, message, code: error instanceof EapError ? error.code : undefined });
    }
  } finally {
    // The arguments may contain a user blob.
    for (const arg of request.args) wipe(arg);
  }
}

/** Wipes the octets in a call's arguments. */
function wipe(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0);
  else if (isObject(value)) for (const field of Object.values(value)) wipe(field);
}

function isRequest(value: unknown): value is IsolatedRequest {
  return isObject(value) && typeof value['ticket'] === 'number' && typeof value['call'] === 'string';
}

process.on('message', (message: unknown) => {
  if (isRequest(message)) void answer(message);
});
process.on('disconnect', () => {
  // Threads may be in calls that hang: nothing is waited for.
  process.exit(0);
});
