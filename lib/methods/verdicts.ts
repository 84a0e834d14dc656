// Verdicts in the words that methods share, and the RAS codes of refused users (raserror.h), which MS-CHAPv2 carries in
// its Failure packets (RFC 2759, 6).

import { eapErrorCodes } from '../base/error-codes.js';
import type { AuthenticatorResult, PeerResult } from '../hosts/method.js';
import type { AccountState } from './users.js';

/** A failure of a peer: the code, and a sentence without secrets. */
export interface PeerFailure {
  readonly failureReasonCode: number;
  readonly rootCause: string;
}

/** A peer's failure, by the name of an EAP code. */
export function peerFailure(
  rootCause: string,
  code: keyof typeof eapErrorCodes = 'EAP_E_AUTHENTICATION_FAILED',
): PeerFailure {
  return { failureReasonCode: eapErrorCodes[code], rootCause };
}

/** The peer's result for a rejected password. */
export const passwordRefused = peerFailure(
  'The server refused the user name or the password.',
  'EAP_E_USER_NAME_PASSWORD_REJECTED',
);

/** The failure in a result; `otherwise` supplies what it leaves out. */
export function resultFailure(result: PeerResult, otherwise: PeerFailure): PeerFailure {
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

export const rasErrors = {
  restrictedLogonHours: 646,
  accountDisabled: 647,
  passwordExpired: 648,
  noDialinPermission: 649,
  authenticationFailure: 691,
  changingPassword: 709,
} as const;

/** The code of an account that may not be used; 0 for one that may. */
export const accountErrors: Readonly<Record<AccountState, number>> = {
  active: 0,
  passwordExpired: rasErrors.passwordExpired,
  disabled: rasErrors.accountDisabled,
  restrictedHours: rasErrors.restrictedLogonHours,
  noDialinPermission: rasErrors.noDialinPermission,
};

/** The failure reason for such a code: an EAP or RAS code, never 0. */
export function failureReasonOf(error: number): number {
  if (error === rasErrors.authenticationFailure) return eapErrorCodes.EAP_E_USER_NAME_PASSWORD_REJECTED;
  const isKnown = Object.values<number>(rasErrors).includes(error);
  return isKnown ? error : eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;
}
