// Verdicts in the words that methods share.

import { eapErrorCodes } from '../base/error-codes.js';
import type { AuthenticatorResult, PeerResult } from './method.js';

/** A failure of a peer: the code, and a sentence without secrets. */
export interface PeerFailure {
  readonly failureReasonCode: number;
  readonly rootCause: string;
}

/** What a peer makes of a server's no to its password. */
export const passwordRefused: PeerFailure = {
  failureReasonCode: eapErrorCodes.EAP_E_USER_NAME_PASSWORD_REJECTED,
  rootCause: 'The server refused the user name or the password.',
};

/** The failure that a result tells of; `otherwise` says what it leaves out. */
export function failureOf(result: PeerResult, otherwise: PeerFailure): PeerFailure {
  return {
    failureReasonCode: result.failureReasonCode ?? otherwise.failureReasonCode,
    rootCause: result.rootCause ?? otherwise.rootCause,
  };
}

/** An authenticator's no. */
export function refused(
  failureReasonCode: number = eapErrorCodes.EAP_E_AUTHENTICATION_FAILED,
): AuthenticatorResult {
  return { isSuccess: false, failureReasonCode, attributes: [] };
}
