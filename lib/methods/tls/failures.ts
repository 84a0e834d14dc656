// What a failed TLS connection means to EAPHost.

import { eapErrorCodes } from '../../error-codes.js';
import type { PeerFailure } from '../verdicts.js';
import type { TlsFailure } from './engine.js';

/** What an alert about the peer's own certificate stands for. */
const certificateAlerts: ReadonlyMap<number, number> = new Map<number, number>([
  [42, eapErrorCodes.EAP_E_USER_CERT_REJECTED],
  [43, eapErrorCodes.EAP_E_USER_CERT_INVALID],
  [44, eapErrorCodes.EAP_E_USER_CERT_REVOKED],
  [45, eapErrorCodes.EAP_E_USER_CERT_EXPIRED],
  [46, eapErrorCodes.EAP_E_USER_CERT_REJECTED],
  [48, eapErrorCodes.EAP_E_USER_CERT_REJECTED],
  [49, eapErrorCodes.EAP_E_USER_CREDENTIALS_REJECTED],
  [116, eapErrorCodes.EAP_E_USER_CERT_NOT_FOUND],
]);

/** A peer's failure: its server may have said by an alert what is wrong with the peer. */
export function peerFailureOf({ code, alert }: TlsFailure): PeerFailure {
  const failureReasonCode =
    (alert === undefined ? undefined : certificateAlerts.get(alert)) ??
    eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;
  const rootCause =
    alert === undefined
      ? `TLS failed with ${code}.`
      : `The server refused the connection with the TLS alert ${alert} (${code}).`;
  return { failureReasonCode, rootCause };
}

/** An authenticator's failure. */
export function authenticatorFailureOf({ code, alert }: TlsFailure): number {
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return eapErrorCodes.EAP_E_USER_CERT_NOT_FOUND;
  // The peer refuses the server: its certificate, as a rule.
  if (alert === 48) return eapErrorCodes.EAP_E_SERVER_ROOT_CERT_NOT_FOUND;
  if (alert === 44) return eapErrorCodes.EAP_E_SERVER_CERT_REVOKED;
  if (alert === 45) return eapErrorCodes.EAP_E_SERVER_CERT_EXPIRED;
  if (alert === 42 || alert === 43 || alert === 46) return eapErrorCodes.EAP_E_SERVER_CERT_INVALID;
  return eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;
}
