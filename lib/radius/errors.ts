// The error that every rejection of lib/radius carries. A refused authentication is a result, never an error.

/** Why a RADIUS call failed. */
export type RadiusErrorCode =
  /** No acceptable reply came, all retransmissions included. */
  | 'EAPHOST_RADIUS_TIMEOUT'
  /** The client or server was closed. */
  | 'EAPHOST_RADIUS_CLOSED'
  /** The name did not resolve, or the socket failed. */
  | 'EAPHOST_RADIUS_NETWORK'
  /** An attribute or the whole packet is larger than RADIUS allows. */
  | 'EAPHOST_RADIUS_TOO_LONG'
  /** The other side, properly authenticated, broke the protocol. */
  | 'EAPHOST_RADIUS_PROTOCOL';

/** A failed RADIUS call. Its message never holds a secret. */
export class RadiusError extends Error {
  readonly code: RadiusErrorCode;

  constructor(code: RadiusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RadiusError';
    this.code = code;
  }
}
