// What a supplicant needs of a network card, whoever brings its frames.

/**
 * A port of an Ethernet, open: `openEthernetLink` makes one of a network card, and any object with these four members
 * does as well: a bridge, a driver, a test.
 */
export interface EthernetLink {
  /** The port's own address: six octets. */
  readonly address: Uint8Array;
  /** Called once: from here on the link tells `events` what comes. It must not throw. */
  start(events: LinkEvents): void;
  /**
   * Puts a whole frame on the wire. One that cannot be sent is lost, as frames are. The supplicant wipes the frame when
   * this returns, since with EAP-GTC it holds the password: copy what is sent later, and wipe the copy.
   */
  send(frame: Buffer): void;
  /** Nothing is told any more. What was sent before still goes out. Idempotent. */
  close(): Promise<void>;
}

/** What a link tells. */
export interface LinkEvents {
  /** A whole frame, from its destination to its last octet, without the checksum. It is copied where it is kept. */
  frame(frame: Buffer): void;
  /** The port can carry frames, or no longer. A link begins without. */
  portEnabled(enabled: boolean): void;
  /** So many frames came faster than they were taken, and are lost. */
  dropped(count: number): void;
  /** Something went wrong that the link goes on after, in a sentence that holds nothing of a frame. */
  trouble(text: string): void;
}
