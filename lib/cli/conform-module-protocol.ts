// What `eaphost conform method` and the processes of a module say to each other. Structured-cloned.

import type { CaseResult, MethodBlobs } from '../conformance/index.js';
import type { MethodPreflight } from '../conformance/preflight.js';
import type { MethodType } from '../eap/names.js';

/** What is asked of either kind of method. */
export interface MethodSubject {
  /** Absolute paths of the files: that under test, and that with the authenticator, if it is another. */
  readonly files: readonly string[];
  readonly type: MethodType | undefined;
  readonly blobs: MethodBlobs;
}

/** The first asks for the method, the next whether its two sides succeed with each other, each other one for a case. */
export type ModuleRequest =
  | { readonly kind: 'begin'; readonly subject: MethodSubject }
  | { readonly kind: 'try' }
  | { readonly kind: 'run'; readonly id: string; readonly budgetMs: number };

export type ModuleReply =
  /** Now and then, while JavaScript's thread is free. */
  | { readonly kind: 'beat' }
  /** The method is there: what it is called, and which sides it has. */
  | { readonly kind: 'ready'; readonly name: string; readonly sides: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string }
  | ({ readonly kind: 'tried' } & MethodPreflight)
  | { readonly kind: 'result'; readonly result: CaseResult };

/** Milliseconds between two beats. */
export const beatMs = 1000;
