// What EapHostPeerGetAuthStatus tells of a session, decoded.

import { errorCodeName } from '../base/error-codes.js';
import {
  authStatusNumbers,
  isolationStateNumbers,
  nameOf,
  type AuthStatusName,
  type IsolationState,
  type authParameterNumbers,
} from '../eap/names.js';

/** EAPHOST_AUTH_INFO: how far the authentication has come, and the codes of its failure. */
export interface AuthStatus {
  readonly status: AuthStatusName;
  /** 0 where nothing failed. */
  readonly errorCode: number;
  /** The name of `errorCode`; undefined where nothing failed. */
  readonly error: string | undefined;
  /** 0 where there is none. */
  readonly reasonCode: number;
  /** The name of `reasonCode`; undefined where there is none. */
  readonly reason: string | undefined;
}

/** EapHostPeerNapInfo: Network Access Protection, which Windows 10 no longer has. */
export interface NapInfo {
  readonly isolationState: IsolationState;
  /** Until when the machine is on probation; undefined where it is not. */
  readonly probationTime: Date | undefined;
  readonly correlationId: string;
}

/** What can be asked of a session (EapHostPeerAuthParams), and the form of each answer. */
export interface AuthParameters {
  authStatus: AuthStatus;
  /** The identity that the session answered the network with; empty before it did. */
  identity: string;
  /** What the method tells of the identity, in its own form. */
  identityExtendedInfo: Buffer;
  napInfo: NapInfo;
}

// FILETIME counts 100 ns from 1601-01-01; Date counts milliseconds from 1970-01-01.
const fileTimesPerMillisecond = 10_000n;
const millisecondsFrom1601To1970 = 11_644_473_600_000n;

/** A UTF-16 string up to its terminator, or to the end of the data. */
function toString16(data: Buffer): string {
  const text = data.toString('utf16le');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** A number at `offset`; 0 where the data ends before it. */
function numberAt(data: Buffer, offset: number): number {
  return data.length >= offset + 4 ? data.readUInt32LE(offset) : 0;
}

function toAuthStatus(data: Buffer): AuthStatus {
  const errorCode = numberAt(data, 4);
  const reasonCode = numberAt(data, 8);
  return {
    status: nameOf(authStatusNumbers, numberAt(data, 0)) ?? 'invalidSession',
    errorCode,
    error: errorCode === 0 ? undefined : errorCodeName(errorCode),
    reasonCode,
    reason: reasonCode === 0 ? undefined : errorCodeName(reasonCode),
  };
}

function toNapInfo(data: Buffer): NapInfo {
  const fileTime = data.length >= 12 ? data.readBigUInt64LE(4) : 0n;
  return {
    isolationState: nameOf(isolationStateNumbers, numberAt(data, 0)) ?? 'unknown',
    probationTime:
      fileTime === 0n
        ? undefined
        : new Date(Number(fileTime / fileTimesPerMillisecond - millisecondsFrom1601To1970)),
    correlationId: toString16(data.subarray(16)),
  };
}

const decoders: {
  readonly [Name in keyof typeof authParameterNumbers]: (data: Buffer) => AuthParameters[Name];
} = {
  authStatus: toAuthStatus,
  identity: toString16,
  identityExtendedInfo: (data) => data,
  napInfo: toNapInfo,
};

/** The bytes of EapHostPeerGetAuthStatus in the form of the parameter that was asked for. */
export function decodeAuthParameter<Name extends keyof AuthParameters>(
  parameter: Name,
  data: Buffer,
): AuthParameters[Name] {
  return decoders[parameter](data);
}
