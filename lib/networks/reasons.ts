// What failed when a network was configured or connected: each code of the WLAN service, of 802.1X, of RAS and of
// Windows in words, with what to do; and the EapError that is made of them. Pure.

import { errorCodeName, win32CodeOf } from '../base/error-codes.js';
import { EapError } from '../base/errors.js';
import { reasonGroups } from './reason-table.js';
import { credentialsFault, refusedElement } from './refused-element.js';

/** A code in words. */
export interface NetworkReason {
  /** Unsigned. */
  readonly code: number;
  /**
   * Windows' own name, such as `WLAN_REASON_CODE_GP_DENIED`, `ONEX_EAP_FAILURE_RECEIVED`, `ERROR_BAD_PROFILE` or
   * `E_XML_INVALID`; `ERROR_<decimal>` or `ERROR_0x<hex>` for a code without one.
   */
  readonly name: string;
  /** What it means. */
  readonly words: string;
  /** What to do about it. */
  readonly remedy: string;
}

const services =
  'start it as administrator: sc start WlanSvc for Wi-Fi, sc start dot3svc for wired networks; a server needs ' +
  'Install-WindowsFeature Wireless-Networking first';
const interfaces = 'eaphost network list and eaphost wired interfaces show the adapters that there are';
const elevated =
  'do it as administrator, or for this user alone; a profile of group policy can be changed by nobody but its ' +
  'administrator';
const location =
  'allow location access for desktop apps (Settings, Privacy & security, Location): Windows 11 asks for it before it ' +
  'tells what networks are in range';
const eapXml =
  'correct the element that eaphost xml FILE --to options names; the credentials must be of the method of the profile, ' +
  'and a process of 32 bits cannot set those of EAP-TTLS on a Windows of 64 bits';

type ErrorRow = readonly [name: string, words: string, remedy: string];

/** Codes that are no reason codes: of Windows (winerror.h), of RAS (raserror.h), of NDIS and of MSXML (msxml2.h). */
const errors: Readonly<Record<number, ErrorRow>> = {
  5: ['ERROR_ACCESS_DENIED', 'this account may not do that', elevated],
  6: ['ERROR_INVALID_HANDLE', 'the connection to the WLAN service is closed', 'open it again'],
  31: [
    'ERROR_GEN_FAILURE',
    'the adapter or its driver failed',
    'update the driver; switch the adapter off and on',
  ],
  50: [
    'ERROR_NOT_SUPPORTED',
    'the profile stores no credentials: it has single sign-on, or no 802.1X',
    'take singleSignOn out of the profile, or leave the credentials to the logon',
  ],
  87: [
    'ERROR_INVALID_PARAMETER',
    'an argument was refused: the adapter may have been removed, or the profile has an empty ConfigBlob',
    interfaces,
  ],
  126: ['ERROR_MOD_NOT_FOUND', 'this Windows has no such networks', services],
  183: [
    'ERROR_ALREADY_EXISTS',
    'a profile of that name exists already, or exists for other users',
    'overwrite it, or delete it first: one profile cannot be both this user’s and everybody’s',
  ],
  610: [
    'ERROR_BUFFER_INVALID',
    'the phone book did not take the data',
    'look whether the entry exists, and is IKEv2 or PPP',
  ],
  621: [
    'ERROR_CANNOT_OPEN_PHONEBOOK',
    'the phone book cannot be opened',
    'check its path, and that this account may read it',
  ],
  623: [
    'ERROR_CANNOT_FIND_PHONEBOOK_ENTRY',
    'the phone book has no such entry',
    'make it first: Add-VpnConnection, or Settings',
  ],
  1058: [
    'ERROR_SERVICE_DISABLED',
    'the service is disabled',
    'sc config WlanSvc start= auto (wired: dot3svc), then sc start',
  ],
  1060: ['ERROR_SERVICE_DOES_NOT_EXIST', 'this Windows does not have the service', services],
  1062: ['ERROR_SERVICE_NOT_ACTIVE', 'the service does not run', services],
  1168: ['ERROR_NOT_FOUND', 'there is no such profile, or no such adapter', interfaces],
  1169: [
    'ERROR_NO_MATCH',
    'the adapter lacks what the profile asks for, such as WPA3 or the FIPS mode',
    'ask for less in the profile, or update the driver of the adapter',
  ],
  1206: [
    'ERROR_BAD_PROFILE',
    'the profile is not valid',
    'the reason code says why; eaphost xml FILE --to options names the element',
  ],
  1223: ['ERROR_CANCELLED', 'it was cancelled', 'do it again'],
  1722: ['RPC_S_SERVER_UNAVAILABLE', 'the service does not answer', services],
  1726: ['RPC_S_CALL_FAILED', 'the service went away during the call', services],
  5023: [
    'ERROR_INVALID_STATE',
    'the adapter is not in a state for this: its radio is off, or it is not connected',
    'switch the radio on: Settings, Network & internet, Wi-Fi',
  ],
  57891: [
    'E_XML_NOTWF',
    'the XML is not well-formed',
    'correct the line that eaphost xml FILE --to options names',
  ],
  57892: ['E_XML_NODTD', 'the XML names no schema that the EAP method knows', eapXml],
  57893: ['E_XML_INVALID', 'the XML is well-formed, but the EAP method refused it', eapXml],
  0x80342000: [
    'ERROR_NDIS_DOT11_AUTO_CONFIG_ENABLED',
    'Windows manages the adapter itself',
    'leave it to WlanSvc',
  ],
  0x80342001: ['ERROR_NDIS_DOT11_MEDIA_IN_USE', 'the adapter is in use', 'disconnect first'],
  0x80342002: [
    'ERROR_NDIS_DOT11_POWER_STATE_INVALID',
    'the radio of the adapter is off',
    'switch it on: Settings, Network & internet, Wi-Fi, or the switch of the machine',
  ],
};

const reasons: ReadonlyMap<number, Omit<NetworkReason, 'code'>> = new Map([
  ...reasonGroups.flatMap(({ prefix, base, rows }) =>
    rows.map(([name, words, remedy], at) => [base + at + 1, { name: prefix + name, words, remedy }] as const),
  ),
  ...Object.entries(errors).map(
    ([code, [name, words, remedy]]) => [Number(code), { name, words, remedy }] as const,
  ),
]);

const msxml = 0xc00c;

/** Whether it is a code of MSXML, whole or cut to 16 bits. */
const isXmlCode = (code: number): boolean => code >>> 16 === msxml || (code >= 0xe000 && code <= 0xefff);

const success = {
  code: 0,
  name: 'WLAN_REASON_CODE_SUCCESS',
  words: 'it worked',
  remedy: 'nothing is to be done',
};

/**
 * A code in words: WLAN_REASON_CODE and ONEX_REASON_CODE, which share their numbers, or an error of Windows, RAS or MSXML,
 * which has others. WlanSvc and netsh cut codes of MSXML to 16 bits: 57893 is 0xC00CE225. One that is not known is said
 * to be so.
 *
 * @example
 * ```ts
 * import { networkReason } from 'eaphost/networks';
 *
 * const { name, words, remedy } = networkReason(57893);
 * console.log(`${words} (${name}); ${remedy}`);
 * ```
 */
export function networkReason(code: number): NetworkReason {
  const unsigned = code >>> 0;
  if (unsigned === 0) return success;
  const isXml = isXmlCode(unsigned);
  const short = isXml ? unsigned & 0xffff : win32CodeOf(unsigned);
  const known = reasons.get(unsigned) ?? reasons.get(short);
  if (known !== undefined) return { code: unsigned, ...known };
  const name = errorCodeName(isXml ? ((msxml << 16) | short) >>> 0 : unsigned);
  if (isXml) return { code: unsigned, name, words: 'the XML was refused by Windows’ parser', remedy: eapXml };
  return {
    code: unsigned,
    name,
    words: 'this package does not know the code',
    remedy: 'look at the event log: WLAN-AutoConfig for Wi-Fi, Wired-AutoConfig for wired networks',
  };
}

/** A function of Windows that configures networks and failed. */
export interface NetworkFailure {
  /** The function, such as `WlanSetProfile`. */
  readonly call: string;
  /** What it returned. */
  readonly winError: number;
  /** The reason code beside it, if it gave one. */
  readonly reasonCode?: number | undefined;
  /** The document that it was given: a profile, or credentials. The element that cannot be right is named. */
  readonly xml?: string | undefined;
  /** The profile that credentials were for: it says of which method they must be. */
  readonly profileXml?: string | undefined;
}

/** Calls that tell what is in range: Windows 11 wants consent to location for them. */
const locating = new Set([
  'WlanScan',
  'WlanGetAvailableNetworkList',
  'WlanGetNetworkBssList',
  'WlanQueryInterface',
]);
const accessDenied = 5;
const badParameter = 87;
const badProfile = 1206;

/** What of the documents cannot be right, where they may be what was refused. */
function faultIn({ winError, xml, profileXml }: NetworkFailure): string | undefined {
  const isAboutXml = isXmlCode(winError >>> 0) || winError === badProfile || winError === badParameter;
  if (xml === undefined || !isAboutXml) return undefined;
  const element = refusedElement(xml);
  if (element !== undefined) return `correct ${element}`;
  const misfit = profileXml === undefined ? undefined : credentialsFault(profileXml, xml);
  return misfit && `make them of one method: ${misfit}`;
}

/**
 * An EapError of a failed call: `code` is the error's name, `rootCause` its words, `repair` the remedy, `reasonCode` the
 * reason code; `message` says all of it in a sentence. Never holds what stands in the document.
 */
export function networkError(failure: NetworkFailure): EapError {
  const { call, winError, reasonCode = 0 } = failure;
  const error = networkReason(winError);
  const told = reasonCode === 0 ? error : networkReason(reasonCode);
  const needsLocation = win32CodeOf(error.code) === accessDenied && locating.has(call);
  const remedy = faultIn(failure) ?? (needsLocation ? location : told.remedy);
  const names = reasonCode === 0 ? error.name : `${error.name}, reason ${told.name}`;
  return new EapError(`${call} failed: ${told.words}; ${remedy} (${names})`, {
    code: error.name,
    winError: error.code,
    reasonCode: reasonCode === 0 ? undefined : reasonCode,
    rootCause: told.words,
    repair: remedy,
    call,
  });
}
