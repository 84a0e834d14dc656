// What a supplicant needs of a network card, whoever brings its frames.

/** A port of an Ethernet. */
export interface EthernetLink {
  /** The port's own address: six octets. */
  readonly address: Buffer;
  /** Puts a whole frame on the wire. One that cannot be sent is lost, as frames are. */
  send(frame: Buffer): void;
  /** Nothing is told any more. Idempotent. */
  close(): Promise<void>;
}

/** What a link tells. */
export interface LinkEvents {
  /** A whole frame, from its destination to its last octet, without the checksum. */
  frame(frame: Buffer): void;
  /** The port can carry frames, or no more. A link begins without. */
  portEnabled(enabled: boolean): void;
  /** Something went wrong that the link goes on after: its name. */
  trouble(code: string): void;
}
