// The messages between this process and the process of an isolated method DLL, over Node's channel (a pipe, never on
// disk), structured-cloned. Requests are calls by name of a NativeMethod or of a session of it.

import type { NativeCall } from '../native/method-types.js';
import type { NativeFailure } from '../base/errors.js';

/** A call. `session` 0 is the DLL itself; `open` and `close` are calls of it, and `prepare` is answered once the process is there. */
export interface IsolatedRequest {
  readonly ticket: number;
  readonly session: number;
  readonly call: string;
  readonly args: readonly unknown[];
}

/** The properties of an open DLL. */
export interface IsolatedDll {
  readonly exports: readonly string[];
  readonly routines: readonly string[];
}

/** The messages of the DLL's process. */
export type IsolatedMessage =
  | { readonly kind: 'done'; readonly ticket: number; readonly value: unknown; readonly lanes: number }
  | { readonly kind: 'failed'; readonly ticket: number; readonly failure: NativeFailure }
  /** What failed is no function: a programming error, or a lack of memory. */
  | {
      readonly kind: 'broken';
      readonly ticket: number;
      readonly message: string;
      /** Of an error of this package. */
      readonly code: string | undefined;
    }
  /** The function that a fused call is in now. */
  | { readonly kind: 'at'; readonly ticket: number; readonly call: string }
  | { readonly kind: 'call'; readonly call: NativeCall };

/** The function of the DLL that each call is first in. */
export const firstFunctions: Readonly<Record<'peer' | 'authenticator', Readonly<Record<string, string>>>> = {
  peer: {
    prepare: 'LoadLibrary',
    open: 'EapPeerGetInfo or EapPeerInitialize',
    beginSession: 'EapPeerBeginSession',
    close: 'EapPeerShutdown',
    process: 'EapPeerProcessRequestPacket',
    getResponsePacketInto: 'EapPeerGetResponsePacket',
    getUiContext: 'EapPeerGetUIContext',
    setUiContext: 'EapPeerSetUIContext',
    end: 'EapPeerEndSession',
  },
  authenticator: {
    prepare: 'LoadLibrary',
    open: 'EapMethodAuthenticatorGetInfo or EapMethodAuthenticatorInitialize',
    beginSession: 'EapMethodAuthenticatorBeginSession',
    close: 'EapMethodAuthenticatorShutdown',
    start: 'EapMethodAuthenticatorSendPacket',
    receive: 'EapMethodAuthenticatorReceivePacket',
    sendPacketInto: 'EapMethodAuthenticatorSendPacket',
    end: 'EapMethodAuthenticatorEndSession',
  },
};

const prefixes = { peer: 'EapPeer', authenticator: 'EapMethodAuthenticator' } as const;

/** The function of the DLL that a call is first in: its own name with the role's prefix, where the table has none. */
export function firstFunction(role: 'peer' | 'authenticator', call: string): string {
  return firstFunctions[role][call] ?? `${prefixes[role]}${call.charAt(0).toUpperCase()}${call.slice(1)}`;
}
