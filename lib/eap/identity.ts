// The identity that a method has for the network: asked of the method, or of the user.

/** A method's identity (EapHostPeerGetIdentity). */
export interface Identity {
  /** The user must be asked first: there is no identity yet. */
  readonly invokeUi: boolean;
  /** What to answer the network's identity request with. */
  readonly identity: string | undefined;
  /** The user blob to begin the session with; undefined if there is none. It may hold secrets. */
  readonly credentials: Buffer | undefined;
}

/** What a method's identity dialog gave (EapHostPeerInvokeIdentityUI). */
export interface DialogIdentity {
  /** What to answer the network's identity request with. */
  readonly identity: string | undefined;
  /** The user blob to begin a session with. It may hold secrets: wipe it when you are done. */
  readonly credentials: Buffer | undefined;
}

/** A name without what stands before its first backslash, as MS-CHAPv2's challenge hash takes it. */
export function withoutDomain(name: string): string {
  return name.slice(name.indexOf('\\') + 1);
}
