// The link between a peer and its authenticator, whatever carries it: RADIUS, EAPOL, a pair in memory.

/**
 * What a link gives the peer: a whole EAP packet, or an indication of the lower layer where there is no packet:
 * `altSuccess`, the link is authorized without EAP-Success; `timeout`, the authenticator went silent.
 */
export type LinkEvent = Uint8Array | 'altSuccess' | 'timeout';

/** Carries whole EAP packets. One conversation at a time. */
export interface Transport {
  /**
   * The next packet from the authenticator, or an indication. The first call of a conversation gives the first
   * request (a link that has none, such as RADIUS, makes up the EAP-Request/Identity). Rejects when the link
   * fails or `signal` aborts.
   */
  receive(signal: AbortSignal): Promise<LinkEvent>;
  /** Hands the peer's response to the link. Rejects when the link fails or `signal` aborts. */
  send(packet: Uint8Array, signal: AbortSignal): Promise<void>;
}
