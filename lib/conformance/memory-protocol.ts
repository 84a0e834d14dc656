// What a case asks of the process in which a method DLL's memory is counted, and what that says. Structured-cloned.

import type { FullMethodType } from '../eap/names.js';
import type { MethodBlobs } from './method-talk.js';

/** A DLL, by what it is loaded with. */
export interface CountedDll {
  readonly type: FullMethodType;
  readonly dllPath: string;
}

/** What is done again and again. */
export type CountedWork =
  'identity' | 'fields' | 'errors' | 'conversation' | 'abortedSession' | 'authenticatorSession';

/** What is to be counted. */
export interface CountRequest {
  /** The folder of the native binary. */
  readonly folder: string;
  readonly work: CountedWork;
  readonly peer: CountedDll;
  readonly authenticator: CountedDll | undefined;
  readonly blobs: MethodBlobs;
}

/** How many octets each round left, by batches; or why none can be held. */
export type CountReply =
  | { readonly kind: 'counted'; readonly perRound: readonly number[] }
  | { readonly kind: 'failed' | 'notApplicable' | 'broken'; readonly reason: string };
