// What a conversation's host is given for each side.

import type { EapAttribute, Flag } from '../eap/names.js';

type Awaitable<T> = T | Promise<T>;

/** Answers a method's attributes for its host. */
export type AnswerAttributes = (attributes: readonly EapAttribute[]) => Awaitable<readonly EapAttribute[]>;

/** The options of either side. */
export interface SideOptions {
  /** EAP_FLAG_… by name. Default none. */
  readonly flags?: readonly Flag[] | undefined;
  /** The connection blob. */
  readonly config?: Uint8Array | undefined;
  readonly attributes?: readonly EapAttribute[] | undefined;
  /** Answers the action `respond`. Default: with no attributes. */
  readonly onAttributes?: AnswerAttributes | undefined;
}

/** The options of the peer. */
export interface PeerSideOptions extends SideOptions {
  /** The user blob. */
  readonly credentials?: Uint8Array | undefined;
  /**
   * Stands for EAPHost's own name and password dialogs: the identity is this one, the method is not asked for it, and
   * gets both by `setCredentials`.
   */
  readonly login?: { readonly identity: string; readonly password: string } | undefined;
  /** Stands for the identity dialog: gives the user blob. Without it a method that asks for it fails. */
  readonly onIdentityUi?: (() => Awaitable<Uint8Array>) | undefined;
  /** Stands for the interactive dialog. Without it a method that asks for it fails. */
  readonly onUi?: ((context: Uint8Array) => Awaitable<Uint8Array>) | undefined;
}
