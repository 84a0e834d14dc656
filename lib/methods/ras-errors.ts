// RAS codes of refused users (raserror.h), which MS-CHAPv2 carries in its Failure packets (RFC 2759, 6).

import { eapErrorCodes } from '../base/error-codes.js';
import type { AccountState } from './users.js';

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
