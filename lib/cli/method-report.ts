// The output of `eaphost method` for a conversation of two method DLLs, for people and as one JSON object.

import { errorCodeName } from '../base/error-codes.js';
import type { Conversed, MethodCall, SentPacket, SideOutcome } from '../method-dlls/index.js';
import { type Line, paint } from '../base/printable.js';
import { eapHeader } from '../eap/packet.js';
import { formatMethodType, type MethodType } from '../eap/names.js';
import { exitCodes } from './command.js';
import { failureOf } from './failure.js';

/** The outcome for machines: the last line with `--json`. */
export interface MethodReport {
  readonly verdict: Conversed['outcome'];
  readonly exitCode: number;
  readonly type: string;
  readonly identity: string | null;
  readonly peer: SideReport;
  readonly authenticator: SideReport;
  readonly keysAgree: boolean | null;
  /** What worked here, and may not with Windows. */
  readonly warnings: readonly string[];
  readonly packets: readonly SentPacketReport[];
  /** The order of the calls; with `--trace` with their arguments. */
  readonly calls: readonly CallReport[];
}

/** The outcome of one side. */
export interface SideReport {
  readonly isSuccess: boolean | null;
  /** Why it failed, by its result. */
  readonly reason: string | null;
  /** Why a call of it failed. */
  readonly error: {
    readonly code: string;
    readonly call: string | null;
    readonly message: string;
    /** What to do about it; null if the message says it. */
    readonly remedy: string | null;
  } | null;
}

export interface SentPacketReport {
  readonly atMs: number;
  readonly direction: 'request' | 'response';
  readonly code: number | null;
  readonly id: number | null;
  readonly octets: number;
  readonly madeBy: 'method' | 'host';
}

export interface CallReport {
  readonly side: 'peer' | 'authenticator';
  readonly call: string;
  readonly winError: number;
  readonly durationUs: number;
  readonly values?: Readonly<Record<string, unknown>>;
}

type Result = { readonly isSuccess: boolean; readonly failureReasonCode?: number };

function sideReport({ result, error }: SideOutcome<Result>): SideReport {
  const code = result?.failureReasonCode ?? 0;
  return {
    isSuccess: result?.isSuccess ?? null,
    reason: code === 0 ? null : errorCodeName(code),
    error: error === undefined ? null : { ...failureOf(error, 'method'), call: callOf(error) },
  };
}

function callOf(error: unknown): string | null {
  const call: unknown = error instanceof Error ? Reflect.get(error, 'call') : undefined;
  return typeof call === 'string' ? call : null;
}

function sentPacketReport({ atMs, direction, packet, madeBy }: SentPacket): SentPacketReport {
  const header = eapHeader(packet);
  return {
    atMs: Math.round(atMs * 1000) / 1000,
    direction,
    code: header?.code ?? null,
    id: header?.id ?? null,
    octets: packet.length,
    madeBy,
  };
}

function callReport(
  call: MethodCall & { readonly side: CallReport['side'] },
  withValues: boolean,
): CallReport {
  const values: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(call.values).map(([name, value]): [string, unknown] => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ]),
  );
  return {
    side: call.side,
    call: call.call,
    winError: call.winError,
    durationUs: Math.round(call.duration * 10) / 10,
    ...(withValues && { values }),
  };
}

/** What is to be said of a peer method that has these routines. */
function warningsOf(routines: readonly string[]): string[] {
  const both = ['EapPeerGetIdentity', 'EapPeerSetCredentials'];
  if (!both.every((name) => routines.includes(name))) return [];
  return [`the peer method has ${both.join(' and ')}; EAPHost asks for one of them, and may drop such a DLL`];
}

/** The whole report. `routines` are the peer method's, `claims` what DLLs say that they are. */
export function methodReport(
  conversed: Conversed,
  type: MethodType,
  withValues: boolean,
  routines: readonly string[],
  claims: readonly string[],
): MethodReport {
  const warnings = [...warningsOf(routines), ...claims];
  const { outcome, identity, peer, authenticator, keysAgree, transcript, calls } = conversed;
  const exitCode =
    outcome === 'success'
      ? exitCodes.accepted
      : outcome === 'failure'
        ? exitCodes.rejected
        : exitCodes.notTried;
  return {
    verdict: outcome,
    exitCode,
    type: formatMethodType(type),
    identity: identity ?? null,
    peer: sideReport(peer),
    authenticator: sideReport(authenticator),
    keysAgree: keysAgree ?? null,
    warnings,
    packets: transcript.map(sentPacketReport),
    calls: calls.map((call) => callReport(call, withValues)),
  };
}

function sideLines(name: string, { isSuccess, reason, error }: SideReport): string[] {
  const verdict = isSuccess === null ? 'no result' : isSuccess ? 'success' : 'failure';
  const why = [...(reason === null ? [] : [reason]), ...(error === null ? [] : [error.message])];
  const line = `${name.padEnd(15)}${verdict}${why.length === 0 ? '' : `: ${why.join('; ')}`}`;
  return error?.remedy ? [line, `${'to do'.padEnd(15)}${error.remedy}`] : [line];
}

/** The outcome as lines for people. */
export function reportLines(report: MethodReport): Line[] {
  const keys =
    report.keysAgree === null
      ? 'none on either side'
      : report.keysAgree
        ? 'the same on both sides'
        : 'NOT the same on both sides';
  return [
    '',
    ['verdict'.padEnd(15), paint(report.verdict === 'success' ? 'green' : 'red', report.verdict)],
    ...sideLines('peer', report.peer),
    ...sideLines('authenticator', report.authenticator),
    ...(report.verdict === 'success' ? [`${'keys'.padEnd(15)}${keys}`] : []),
    ...report.warnings.map((warning) => `${'warning'.padEnd(15)}${warning}`),
  ];
}
