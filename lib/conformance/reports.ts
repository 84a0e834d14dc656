// The results of a run as files for other programs: JUnit XML and TAP for CI services, captures for Wireshark. The page
// for people is in results-page.ts.

import { types } from 'node:util';

import { type OptionNames, ownOptions, toInteger } from '../base/arguments.js';
import { printable } from '../base/printable.js';
import { type CapturedDatagram, type CapturedPacket, toPcapng } from '../diagnostics/pcapng.js';
import { eapCodes } from '../eap/packet.js';
import { radiusCodes } from '../radius/packet.js';
import { type CaseFacts, type CaseResult, causesOf, demandOf, sentenceOf } from './case.js';
import { linkOf } from './sources.js';

/** What a report says beside the results. */
export interface ReportOptions {
  /** What was tried. */
  readonly title: string;
  /** How it was tried, by names: the subject, its host, the method, the options, the version of this package. */
  readonly tried?: Readonly<Record<string, string>>;
  /** Known failures by id, with the reason: they fail no job. */
  readonly baseline?: ReadonlyMap<string, string>;
  /** When the run began, in milliseconds since 1970. */
  readonly startedAt: number;
}

const reportNames: OptionNames<ReportOptions> = {
  title: 'string',
  tried: 'object',
  baseline: 'object',
  startedAt: 'number',
};

/** The options of a report. Throws TypeError. */
export function ownReportOptions(options: ReportOptions): ReportOptions {
  const own = ownOptions(options, 'options', reportNames, ['title', 'startedAt']);
  if (own.baseline !== undefined && !types.isMap(own.baseline)) throw new TypeError('baseline must be a Map');
  toInteger(own.startedAt, 'startedAt', 0, 8.64e15);
  return own;
}

/** The results by document, in the order in which the documents come first. */
export function bySource(results: readonly CaseResult[]): ReadonlyMap<string, readonly CaseResult[]> {
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const { document } = result.source;
    const group = groups.get(document);
    if (group) group.push(result);
    else groups.set(document, [result]);
  }
  return groups;
}

/** Where a case's sentence stands, its level, and a link to it. */
export function sourceText({ source, level, sourceNotRead }: CaseFacts): string {
  const place = `${source.document}, ${source.section} (${level}${sourceNotRead ? '; source not read' : ''})`;
  const link = linkOf(source);
  return link === undefined ? place : `${place}: ${link}`;
}

/** Of a failed case: what it is to be read with, and what to do. `cause` is the case that shows the same one. */
export function adviceOf({ onlyBrokenNas, remedy }: CaseFacts, cause: string | undefined): string[] {
  return [
    ...(onlyBrokenNas ? [brokenNas] : []),
    cause === undefined ? `to do: ${remedy}` : `the same cause as ${cause}`,
  ];
}

/** The note on cases that a server behind a good NAS never meets. */
export const brokenNas = 'only a broken NAS sends this: others check the header first (RFC 3579, 2.2)';

/** Why a result fails no job, though it did not pass. Undefined: it passed, or it fails one. */
function excuseOf(result: CaseResult, baseline: ReportOptions['baseline']): string | undefined {
  const { id, verdict, reason = '' } = result;
  const known = baseline?.get(id);
  if (verdict === 'failed' && known !== undefined) return `known failure: ${known === '' ? reason : known}`;
  if (verdict === 'remark') return `remark: ${sentenceOf(result)}`;
  if (verdict === 'notApplicable') return `not applicable: ${reason}`;
  return verdict === 'inconclusive' ? `inconclusive: ${reason}` : undefined;
}

/** Text as XML, with nothing that XML 1.0 cannot hold. */
function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return printable(text).replaceAll(/[&<>"]/gu, (character) => entities[character] ?? '');
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/**
 * Results as JUnit XML: a suite for each document.
 *
 * @example
 * ```ts
 * import { conformMethod, toJUnit, type MethodTarget } from 'eaphost/conformance';
 *
 * declare const target: MethodTarget;
 * const startedAt = Date.now();
 * const known = new Map([['windows-6.1-end-twice', 'to be mended in version 2']]);
 * console.log(toJUnit(await conformMethod(target), { title: 'my method', baseline: known, startedAt }));
 * ```
 */
export function toJUnit(results: readonly CaseResult[], options: ReportOptions): string {
  const { title, tried = {}, baseline, startedAt } = ownReportOptions(options);
  const causes = causesOf(results);
  const properties = Object.entries(tried).map(
    ([name, value]) => `      <property name="${escapeXml(name)}" value="${escapeXml(value)}"/>\n`,
  );
  const timestamp = new Date(startedAt).toISOString().slice(0, 19);
  const testcase = (result: CaseResult): string => {
    const { id, kind, level, source, verdict, elapsedMs } = result;
    const excuse = excuseOf(result, baseline);
    const told = [sentenceOf(result), sourceText(result), ...adviceOf(result, causes.get(id))].join('\n');
    const content =
      excuse !== undefined
        ? `<skipped message="${escapeXml(excuse)}"/>`
        : verdict === 'failed'
          ? `<failure type="${level}" message="${escapeXml(sentenceOf(result))}">${told.split('\n').map(escapeXml).join('\n')}</failure>`
          : '';
    return `    <testcase name="${escapeXml(id)}" classname="${kind}.${escapeXml(source.document)}" time="${seconds(elapsedMs)}">${content}</testcase>`;
  };
  const counts = (group: readonly CaseResult[]): string => {
    const excused = group.filter((each) => excuseOf(each, baseline) !== undefined).length;
    const failed = group.filter(({ verdict }) => verdict === 'failed').length;
    const known = group.filter(({ id, verdict }) => verdict === 'failed' && baseline?.has(id)).length;
    const time = group.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
    return `tests="${group.length}" failures="${failed - known}" errors="0" skipped="${excused}" time="${seconds(time)}"`;
  };
  const suites = [...bySource(results)].map(
    ([document, group]) =>
      `  <testsuite name="${escapeXml(document)}" ${counts(group)} timestamp="${timestamp}">\n` +
      (properties.length === 0 ? '' : `    <properties>\n${properties.join('')}    </properties>\n`) +
      `${group.map((each) => `${testcase(each)}\n`).join('')}  </testsuite>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeXml(title)}" ${counts(results)}>\n${suites.join('')}</testsuites>\n`;
}

/** TAP, version 14. Known failures are its TODO. */
export function toTap(results: readonly CaseResult[], options: ReportOptions): string {
  const { baseline, tried = {} } = ownReportOptions(options);
  const causes = causesOf(results);
  const escapeTap = (text: string): string => printable(text).replaceAll(/[\\#]/gu, String.raw`\$&`);
  const lines = results.flatMap((result, index) => {
    const { id, level, verdict, reason = '', remedy } = result;
    const cause = causes.get(id);
    const excuse = excuseOf(result, baseline);
    const directive =
      excuse === undefined ? '' : ` # ${verdict === 'failed' ? 'TODO' : 'SKIP'} ${escapeTap(excuse)}`;
    const line = `${verdict === 'failed' ? 'not ok' : 'ok'} ${index + 1} - ${escapeTap(id)}${directive}`;
    if (verdict !== 'failed') return [line];
    const facts = {
      message: reason,
      demand: demandOf(result),
      level,
      source: sourceText(result),
      ...(cause === undefined ? { remedy } : { 'the same cause as': cause }),
    };
    // A string of JSON is one of YAML.
    const yaml = Object.entries(facts).map(
      ([name, value]) => `  ${name}: ${JSON.stringify(printable(value))}`,
    );
    return [line, '  ---', ...yaml, '  ...'];
  });
  const comments = Object.entries(tried).map(([name, value]) => `# ${printable(`${name}: ${value}`)}`);
  return ['TAP version 14', ...comments, `1..${results.length}`, ...lines, ''].join('\n');
}

/** A capture of a case's packets. Undefined where there was none. */
export function toCapture({ packets, kind }: CaseResult, startedAt: number): Buffer | undefined {
  if (packets.length === 0) return undefined;
  const captured = packets.map(({ atMs, direction, datagram, eap }): CapturedDatagram | CapturedPacket => {
    const at = startedAt + atMs;
    if (datagram) {
      const isRequest = (direction === 'sent') === (kind === 'server');
      return { at, direction: isRequest ? 'request' : 'reply', datagram };
    }
    const packet = eap ?? new Uint8Array();
    return { at, direction: packet[0] === eapCodes.response ? 'sent' : 'received', packet };
  });
  return toPcapng(captured);
}

/** What a RADIUS code is called. */
export function radiusCodeName(code: number): string {
  const names: Readonly<Record<number, string>> = {
    [radiusCodes.accessRequest]: 'Access-Request',
    [radiusCodes.accessAccept]: 'Access-Accept',
    [radiusCodes.accessReject]: 'Access-Reject',
    [radiusCodes.accessChallenge]: 'Access-Challenge',
    [radiusCodes.statusServer]: 'Status-Server',
  };
  return names[code] ?? `RADIUS code ${code}`;
}

/** A picture for a README, in SVG: how many of the cases that came to an end were passed. */
export function toBadge(results: readonly CaseResult[], { baseline }: ReportOptions): string {
  const passed = results.filter(({ verdict }) => verdict === 'passed').length;
  const failed = results.filter(({ verdict }) => verdict === 'failed').length;
  const isNew = results.some(({ id, verdict }) => verdict === 'failed' && baseline?.has(id) !== true);
  const [label, said] = ['EAP conformance', `${passed} of ${passed + failed}`];
  // Letters of 11 pixels are 7 wide at most.
  const [left, right] = [label.length * 7 + 10, said.length * 7 + 10];
  const text = (x: number, what: string): string =>
    `<text x="${x}" y="14" textLength="${what.length * 7}">${what}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${said}">` +
    `<rect width="${left}" height="20" fill="#444"/><rect x="${left}" width="${right}" height="20" fill="${isNew ? '#b3261e' : '#2f6b17'}"/>` +
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(5, label)}${text(left + 5, said)}</g></svg>\n`
  );
}
