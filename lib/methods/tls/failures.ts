// Maps failures of TLS connections to EAPHost's codes.

import { eapErrorCodes, systemErrorCodes } from '../../base/error-codes.js';
import type { PeerFailure } from '../verdicts.js';
import type { TlsFailure } from './engine.js';

/** The meaning of an alert: about the peer's own certificate, or about what both sides support. */
const peerAlerts: ReadonlyMap<number, number> = new Map<number, number>([
  [40, systemErrorCodes.SEC_E_ALGORITHM_MISMATCH],
  [42, eapErrorCodes.EAP_E_USER_CERT_REJECTED],
  [43, eapErrorCodes.EAP_E_USER_CERT_INVALID],
  [44, eapErrorCodes.EAP_E_USER_CERT_REVOKED],
  [45, eapErrorCodes.EAP_E_USER_CERT_EXPIRED],
  [46, eapErrorCodes.EAP_E_USER_CERT_REJECTED],
  [48, eapErrorCodes.EAP_E_USER_CERT_REJECTED],
  [49, eapErrorCodes.EAP_E_USER_CREDENTIALS_REJECTED],
  [71, systemErrorCodes.SEC_E_ALGORITHM_MISMATCH],
  [116, eapErrorCodes.EAP_E_USER_CERT_NOT_FOUND],
]);

/** A peer's failure: its server may have said by an alert what is wrong with the peer. */
export function peerFailureOf({ code, alert }: TlsFailure): PeerFailure {
  const failureReasonCode =
    (alert === undefined ? undefined : peerAlerts.get(alert)) ?? eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;
  const rootCause =
    alert === undefined
      ? `TLS failed with ${code}.`
      : `The server refused the connection with the TLS alert ${alert} (${code}).`;
  const isMismatch = failureReasonCode === systemErrorCodes.SEC_E_ALGORITHM_MISMATCH;
  return { failureReasonCode, rootCause: isMismatch ? `${rootCause} ${noCommonSuite}` : rootCause };
}

const noCommonSuite =
  'It has no version or cipher suite of TLS that this side takes: those without forward secrecy only with ' +
  '`insecurelyAllowWeakCryptography: true`.';

/** An authenticator's failure. */
export function authenticatorFailureOf({ code, alert }: TlsFailure): number {
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return eapErrorCodes.EAP_E_USER_CERT_NOT_FOUND;
  if (code === 'ERR_SSL_NO_SHARED_CIPHER' || alert === 40 || alert === 71) {
    return systemErrorCodes.SEC_E_ALGORITHM_MISMATCH;
  }
  // The peer refuses the server: its certificate, as a rule.
  if (alert === 48) return eapErrorCodes.EAP_E_SERVER_ROOT_CERT_NOT_FOUND;
  if (alert === 44) return eapErrorCodes.EAP_E_SERVER_CERT_REVOKED;
  if (alert === 45) return eapErrorCodes.EAP_E_SERVER_CERT_EXPIRED;
  if (alert === 42 || alert === 43 || alert === 46) return eapErrorCodes.EAP_E_SERVER_CERT_INVALID;
  return eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;
}
