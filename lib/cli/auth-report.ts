// The output of `eaphost auth`: each packet as it passes, then the outcome, for people and as one JSON object; and the
// files that it writes of a conversation on request: a ladder, a page, a capture.

import { opCodes } from '../methods/mschapv2-packets.js';
import { type Line, paint } from '../base/printable.js';
import type { DiagnosticEvent } from '../diagnostics/events.js';
import { type PageOptions, toHtml } from '../diagnostics/html.js';
import { ladderLines } from '../diagnostics/ladder.js';
import { toPcapng } from '../diagnostics/pcapng.js';
import { type MethodChoice, methodForms } from './auth-methods.js';
import { UsageError } from './command.js';
import { failureLines } from './failure.js';
import { PrivateFile } from './files.js';
import type { Output } from './output.js';
import type { RadiusClientCounters, RadiusPacketEvent, ReplyDropReason } from '../radius/index.js';

/** A packet for machines. */
export interface PacketReport {
  /** Milliseconds since the conversation began. */
  readonly atMs: number;
  readonly direction: 'sent' | 'received';
  /** What carried it; null for a packet that this side made up. */
  readonly radius: { readonly code: string; readonly id: number; readonly attempt: number } | null;
  readonly eap: EapReport | null;
}

export interface EapReport {
  readonly code: string;
  readonly id: number;
  /** The method, and what kind of packet of it. */
  readonly method: string | null;
  /** Octets. */
  readonly length: number;
}

/** The outcome for machines: the last line with `--json`. */
export interface AuthReport {
  readonly verdict: 'accepted' | 'rejected' | 'error';
  readonly exitCode: number;
  readonly identity: string;
  readonly method: MethodChoice;
  readonly runtime: string;
  readonly server: { readonly host: string; readonly port: number; readonly builtIn: boolean };
  /** The server's certificate; null for methods without TLS, and for Windows' own. */
  readonly certificate: CertificateReport | null;
  /** Why it was rejected. */
  readonly reason: ReasonReport | null;
  /** Reply-Message of an Access-Reject. */
  readonly replyMessage: string | null;
  /** Whether an Access-Reject had a Message-Authenticator: without one it may be forged. Null where there was none. */
  readonly isRejectAuthenticated: boolean | null;
  /** Datagrams that were not taken for replies, by reason; empty where all were. */
  readonly dropped: Drops;
  /** Whether the peer's MSK is that of the Access-Accept; null if neither side has one. */
  readonly keysAgree: boolean | null;
  readonly packets: readonly PacketReport[];
  readonly times: TimesReport;
}

/** How many, by reason. */
export type Drops = Readonly<Partial<Record<ReplyDropReason, number>>>;

/** A server's certificate. */
export interface CertificateReport {
  /** The server's names in it. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly validTo: string;
}

export interface ReasonReport {
  readonly code: number;
  readonly name: string;
  readonly text: string;
  /** What to do about it; null if nothing is known. */
  readonly remedy: string | null;
}

/** Milliseconds: opening the run-time, beginning the session, the conversation, and all of it. */
export interface TimesReport {
  readonly openMs: number;
  readonly beginMs: number;
  readonly conversationMs: number;
  readonly totalMs: number;
}

const radiusNames: Readonly<Record<number, string>> = {
  1: 'Access-Request',
  2: 'Access-Accept',
  3: 'Access-Reject',
  11: 'Access-Challenge',
};
const eapNames: Readonly<Record<number, string>> = {
  1: 'Request',
  2: 'Response',
  3: 'Success',
  4: 'Failure',
};
const methodNames: Readonly<Record<number, string>> = {
  1: 'Identity',
  2: 'Notification',
  3: 'Nak',
  4: 'MD5-Challenge',
  6: 'GTC',
  13: 'EAP-TLS',
  21: 'EAP-TTLS',
  25: 'PEAP',
  26: 'EAP-MSCHAPv2',
};
const operationNames: Readonly<Record<number, string>> = {
  [opCodes.challenge]: 'Challenge',
  [opCodes.response]: 'Response',
  [opCodes.success]: 'Success',
  [opCodes.failure]: 'Failure',
  [opCodes.changePassword]: 'Change-Password',
};

/** Milliseconds to the tenth. */
export function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

export function packetReport(event: RadiusPacketEvent, atMs: number): PacketReport {
  const { direction, radius, eap, attempt = 1 } = event;
  return {
    atMs: rounded(atMs),
    direction,
    radius: radius ? { code: nameOf(radiusNames, radius.code), id: radius.id, attempt } : null,
    eap: eap && eap.length >= 4 ? eapReport(eap) : null,
  };
}

function eapReport(eap: Uint8Array): EapReport {
  const [code = 0, id = 0, , , type, operation] = eap;
  const base = { code: nameOf(eapNames, code), id, length: eap.length };
  if (type === undefined) return { ...base, method: null };
  const detail = type === 26 ? ` ${operationNames[operation ?? 0] ?? ''}`.trimEnd() : '';
  return { ...base, method: `${nameOf(methodNames, type)}${detail}` };
}

function nameOf(names: Readonly<Record<number, string>>, number: number): string {
  return names[number] ?? String(number);
}

const password = 'check the name, the password (--password-file, EAPHOST_PASSWORD) and the account';
const certificate =
  'check that the authority of --cert is one that the server trusts, that --identity is among its names, and the account; ' +
  'the log of the server says more';

/**
 * What helps against a rejection, by its name. The second text is for Windows' own methods. Refused credentials are a
 * password or a certificate.
 */
const rejectionRemedies: Readonly<Record<string, readonly [string, string?]>> = {
  EAP_E_USER_NAME_PASSWORD_REJECTED: [password],
  EAP_E_AUTHENTICATION_FAILED: ['the reason says what failed; the log of the server may say more'],
  EAP_I_USER_ACCOUNT_OTHER_ERROR: [
    'check that the account exists and may log on; the log of the server says more',
  ],
  EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED: ['give a --method that the server offers'],
  EAP_E_SERVER_ROOT_CERT_NOT_FOUND: [
    'give --ca the authority that has signed the server’s certificate',
    'put the authority into the machine’s store: certutil -addstore -f Root ca.pem, as administrator',
  ],
  EAP_E_SERVER_CERT_INVALID: [
    'give --server-name a name in the server’s certificate; a certificate of a server must be for server authentication',
  ],
  EAP_E_SERVER_CERT_EXPIRED: ['renew the certificate of the server, or mend the clock of this machine'],
  EAP_E_USER_CERT_NOT_FOUND: [
    'give --cert and --key, or --pfx',
    'put the certificate of the user with its key into the user’s store',
  ],
  EAP_E_USER_CERT_REJECTED: [certificate],
  EAP_E_USER_CERT_INVALID: ['give --cert a certificate for client authentication, with a strong key'],
  EAP_E_USER_CERT_EXPIRED: [
    'give --cert a certificate that is still valid, or mend the clock of this machine',
  ],
};

/** What to do about a rejection; null if nothing is known. */
export function rejectionRemedy(reason: string, isSystem: boolean, hasPassword: boolean): string | null {
  if (reason === 'EAP_E_USER_CREDENTIALS_REJECTED') return hasPassword ? password : certificate;
  const [own, system = own] = rejectionRemedies[reason] ?? [];
  return (isSystem ? system : own) ?? null;
}

/** Of all that a client has dropped, the reasons that there were. */
export function dropsOf({ dropped }: RadiusClientCounters): Drops {
  return Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0));
}

/** Drops for people, such as `badResponseAuthenticator 2`; empty if there were none. */
export function dropsText(drops: Drops): string {
  return Object.entries(drops)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
}

/** From how many columns on a packet is told at length. */
const longPacket = 100;

/** A packet as a line for people. A datagram that is sent again is not told of again where there is little room. */
export function packetLine({ atMs, direction, radius, eap }: PacketReport, columns: number): string {
  const isLong = columns >= longPacket;
  const arrow = direction === 'sent' ? '-->' : '<--';
  const again = direction === 'sent' && radius && radius.attempt > 1 ? `transmission ${radius.attempt}` : '';
  const code = radius && (isLong ? radius.code : radius.code.replace('Access-', ''));
  const carrier = radius
    ? `${code?.padEnd(isLong ? 16 : 9)} ${String(radius.id).padStart(3)}`
    : isLong
      ? '(made up here)'.padEnd(20)
      : '(made here)'.padEnd(13);
  const packet = eap
    ? [
        'EAP',
        eap.code.padEnd(8),
        String(eap.id).padStart(3),
        (eap.method ?? '').padEnd(isLong ? 28 : 22),
        `${eap.length} octets`,
      ].join(' ')
    : 'no EAP packet';
  const what = again === '' ? packet : isLong ? `${packet} (${again})` : again;
  return `${atMs.toFixed(1).padStart(isLong ? 8 : 7)} ms ${arrow} ${carrier}${isLong ? '  ' : ' '}${what}`;
}

function keysText(agree: boolean | null): string {
  if (agree === null) return 'none on either side';
  return agree ? 'the same on both sides' : 'NOT the same on both sides';
}

function timesText({ openMs, beginMs, conversationMs, totalMs }: TimesReport): string {
  return `open ${openMs}, begin ${beginMs}, conversation ${conversationMs}, total ${totalMs} ms`;
}

/** The outcome for the top of a page. */
export function outcomePage(report: AuthReport): Record<string, string> {
  const { verdict, reason, replyMessage, keysAgree, method, server, certificate, times } = report;
  const form: { readonly outer: string; readonly inner?: string } = methodForms[method];
  return {
    verdict,
    ...(reason && { reason: `${reason.name}: ${reason.text}` }),
    ...(reason?.remedy && { 'to do': reason.remedy }),
    ...(replyMessage !== null && { message: replyMessage }),
    ...(verdict === 'accepted' && { keys: keysText(keysAgree) }),
    method: form.outer,
    ...(form.inner && { 'inner method': form.inner }),
    server: server.builtIn ? 'built in' : `${server.host}, port ${server.port}`,
    ...(certificate && {
      'server name': certificate.names.join(', '),
      certificate: `valid until ${certificate.validTo}`,
    }),
    times: timesText(times),
  };
}

/** The outcome as lines for people. */
export function outcomeLines(report: AuthReport): Line[] {
  const { verdict, reason, replyMessage, isRejectAuthenticated, dropped, keysAgree, times, certificate } =
    report;
  const drops = dropsText(dropped);
  const keys = keysAgree === false ? paint('red', keysText(keysAgree)) : keysText(keysAgree);
  return [
    '',
    ['verdict  ', paint(verdict === 'accepted' ? 'green' : 'red', verdict)],
    ...(reason ? [`reason   ${reason.name}: ${reason.text}`] : []),
    ...(reason?.remedy ? [`to do    ${reason.remedy}`] : []),
    ...(replyMessage === null ? [] : [`message  ${replyMessage}`]),
    ...(isRejectAuthenticated === false
      ? ['note     the Access-Reject has no Message-Authenticator: somebody on the way may have forged it']
      : []),
    ...(drops === '' ? [] : [`dropped  ${drops}`]),
    ...(verdict === 'accepted' ? [['keys     ', keys]] : []),
    ...(certificate
      ? [`server   ${certificate.names.join(', ')}, certificate valid until ${certificate.validTo}`]
      : []),
    `times    ${timesText(times)}`,
  ];
}

/** Which forms are wanted. */
export interface RecordOptions {
  readonly ladder: boolean;
  /** A file for the page. */
  readonly html: string | undefined;
  /** A file for the capture. */
  readonly pcap: string | undefined;
}

/** Makes a file of a conversation. */
type PageForm = (page: PageOptions) => string | Uint8Array;

/** The events of a conversation, and the files that are to hold it. No secret is in them. */
export class ConversationRecord {
  readonly #events: DiagnosticEvent[] = [];
  readonly #isDrawn: boolean;
  /** How each file is made of the events. */
  readonly #files: (readonly [PrivateFile, PageForm])[] = [];

  private constructor(isDrawn: boolean) {
    this.#isDrawn = isDrawn;
  }

  /** Opens the files, so that a conversation is not begun in vain. Throws UsageError if one cannot be written. */
  static async open({ ladder: isDrawn, html, pcap }: RecordOptions): Promise<ConversationRecord> {
    const record = new ConversationRecord(isDrawn);
    const events = record.#events;
    const forms = [
      [html, (page: PageOptions) => toHtml(events, page)],
      [pcap, () => toPcapng(events.filter((event) => event.kind === 'packet'))],
    ] as const;
    try {
      for (const [path, form] of forms) {
        if (path !== undefined) record.#files.push([await PrivateFile.open(path), form]);
      }
    } catch (error) {
      for (const [file] of record.#files) await file.close();
      throw error;
    }
    return record;
  }

  /** What tells this of a host's events; undefined where none are wanted. */
  get onEvent(): ((event: DiagnosticEvent) => void) | undefined {
    if (!this.#isDrawn && this.#files.length === 0) return undefined;
    return (event) => this.#events.push(event);
  }

  /**
   * Draws and writes what is wanted, also of a conversation that came to no end. Tells of files that could not be
   * written, and gives the first one's failure.
   */
  async finish(page: PageOptions, output: Output): Promise<UsageError | undefined> {
    if (this.#isDrawn) {
      for (const line of ['', ...ladderLines(this.#events, output.columns)]) output.line(line);
    }
    const failures: UsageError[] = [];
    for (const [file, form] of this.#files) {
      try {
        await file.write(form(page));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        failures.push(error);
        output.complain('eaphost auth', failureLines(error, 'auth'));
      }
    }
    return failures[0];
  }
}
