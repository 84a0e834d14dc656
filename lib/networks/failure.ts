// The calls of the WLAN service and of RAS, and what they reject with.

import { errorCodeName, systemErrorCodes, win32CodeOf } from '../base/error-codes.js';
import { eaphostError, isNativeFailure, toEapError } from '../base/errors.js';
import { loadNative } from '../native/binary.js';
import type { NetworkCalls } from '../native/network-types.js';
import { networkError } from './reasons.js';

/** Where there is no such library, or nobody behind it. */
const missing: ReadonlySet<number> = new Set([
  // Wine’s own.
  systemErrorCodes.ERROR_CALL_NOT_IMPLEMENTED,
  systemErrorCodes.ERROR_SERVICE_DISABLED,
  systemErrorCodes.ERROR_SERVICE_DOES_NOT_EXIST,
  systemErrorCodes.ERROR_SERVICE_NOT_ACTIVE,
  systemErrorCodes.RPC_S_SERVER_UNAVAILABLE,
  systemErrorCodes.EPT_S_NOT_REGISTERED,
]);
/** What this process lacks for a call. */
const shortages: ReadonlySet<number> = new Set([
  systemErrorCodes.ERROR_TOO_MANY_OPEN_FILES,
  systemErrorCodes.ERROR_NOT_ENOUGH_MEMORY,
  systemErrorCodes.ERROR_MAX_THRDS_REACHED,
]);

const services = {
  wlan: {
    name: 'the WLAN service',
    advice:
      'Windows’ WLAN service is not installed, or does not run: on a server install the feature Wireless LAN Service ' +
      '(Install-WindowsFeature Wireless-Networking) and restart it; then start the service as administrator with ' +
      '"sc start WlanSvc"',
  },
  ras: {
    name: 'Remote Access',
    advice:
      'Windows’ Remote Access is not installed, or does not run: on a server install the feature Remote Access ' +
      '(Install-WindowsFeature RemoteAccess); then start the service as administrator with "sc start RasMan"',
  },
} as const;

/** A function that failed. */
interface Failed {
  readonly call: string;
  readonly winError: number;
  readonly message?: string | undefined;
  readonly reasonCode?: number | undefined;
}

/** `xml`: the document that the call was given. */
function failureOf(
  { call, winError, message, reasonCode }: Failed,
  kind: ServiceKind,
  xml?: string,
): unknown {
  const code = win32CodeOf(winError);
  if (call === 'LoadLibrary' || missing.has(code)) {
    const detail = message === undefined ? errorCodeName(code) : `${errorCodeName(code)}: ${message}`;
    return eaphostError(
      'EAPHOST_NETWORK_SERVICE_NOT_FOUND',
      `${call} failed: ${services[kind].advice} (${detail})`,
      { call, winError },
    );
  }
  if (message !== undefined || shortages.has(code)) {
    return toEapError({ call, winError, ...(message !== undefined && { message }) });
  }
  return networkError({ call, winError, reasonCode, xml });
}

/** Which of Windows' services. */
export type ServiceKind = keyof typeof services;

/** Makes a call of a service of Windows, or of the library in its place. Rejects with an EapError. */
export async function callService<Call extends keyof NetworkCalls>(
  kind: ServiceKind,
  call: Call,
  options: NetworkCalls[Call]['options'],
  xml?: string,
): Promise<NetworkCalls[Call]['result']> {
  try {
    return await loadNative().system(call, options);
  } catch (error) {
    throw isNativeFailure(error) ? failureOf(error, kind, xml) : error;
  }
}

/** Throws an EapError where a call that tells its code has failed. */
export function checkCode(failed: Failed, kind: ServiceKind, xml?: string): void {
  if (failed.winError !== 0) throw failureOf(failed, kind, xml);
}

/** Refuses a service where there is none: elsewhere than on Windows, unless a library is in its place. */
export function checkPlatform(kind: ServiceKind, library: string): void {
  if (process.platform === 'win32' || library !== '') return;
  throw eaphostError(
    'EAPHOST_UNSUPPORTED_PLATFORM',
    `${services[kind].name} is Windows’, and this is ${process.platform}; profiles can be made here, too, with ` +
      'eaphost/profiles',
  );
}
