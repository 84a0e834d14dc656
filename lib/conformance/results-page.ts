// The results of a run as one page: how many cases came out how, then the cases by their documents, each with what the
// subject must do, what it did, what to do about it, and the packets as a ladder.

import { escapeHtml, definitionList, hexDump, htmlPage } from '../diagnostics/page.js';
import { milliseconds } from '../diagnostics/ladder.js';
import { describePacket } from '../eap/describe.js';
import { type CaseResult, causesOf, demandOf } from './case.js';
import type { RecordedPacket } from './record.js';
import { brokenNas, bySource, ownReportOptions, radiusCodeName, type ReportOptions } from './reports.js';
import { linkOf } from './sources.js';

/** Results as one HTML page, whole in itself: each case with the packets that show why. */
export function toResultsPage(results: readonly CaseResult[], options: ReportOptions): string {
  const { title, tried = {}, baseline, startedAt } = ownReportOptions(options);
  const isKnown = ({ id, verdict }: CaseResult): boolean =>
    verdict === 'failed' && baseline?.has(id) === true;
  const isNew = (each: CaseResult): boolean => each.verdict === 'failed' && !isKnown(each);
  const causes = causesOf(results);
  const count = (group: readonly CaseResult[], what: (each: CaseResult) => boolean): number =>
    group.filter(what).length;
  const counted = (group: readonly CaseResult[]): Record<string, string | undefined> => {
    const some = (number: number): string | undefined => (number === 0 ? undefined : String(number));
    return {
      failed: some(count(group, isNew)),
      'of these, that only a broken NAS sends': some(
        count(group, (each) => isNew(each) && each.onlyBrokenNas === true),
      ),
      'of these, of the same cause as another': some(
        count(group, (each) => isNew(each) && causes.has(each.id)),
      ),
      'known failures': some(count(group, isKnown)),
      remarks: some(count(group, ({ verdict }) => verdict === 'remark')),
      passed: some(count(group, ({ verdict }) => verdict === 'passed')),
      inconclusive: some(count(group, ({ verdict }) => verdict === 'inconclusive')),
      'not applicable': some(count(group, ({ verdict }) => verdict === 'notApplicable')),
    };
  };
  const failures = results.filter(isNew);
  const list = failures.map(
    (each) =>
      `<li><a href="#${each.id}">${escapeHtml(each.id)}</a> (${each.level}): ${escapeHtml(demandOf(each))}${sameAs(causes.get(each.id))}</li>`,
  );
  const verdict =
    failures.length === 0 ? 'no case failed' : `${failures.length} of ${results.length} cases failed`;
  const begun = new Date(startedAt).toISOString();
  return htmlPage(
    title,
    [begun, ...Object.entries(tried).map(([name, value]) => `${name}: ${value}`)],
    {
      verdict: baseline?.size && failures.length > 0 ? `${verdict} anew` : verdict,
      isGood: failures.length === 0,
      content: `${definitionList(counted(results))}${list.length === 0 ? '' : `\n<ul>${list.join('\n')}</ul>`}`,
    },
    [...bySource(results)].map(([document, group], index) => ({
      id: `source-${index + 1}`,
      title: document,
      content: `${definitionList(counted(group))}\n${group.map((each) => caseHtml(each, baseline?.get(each.id), causes.get(each.id))).join('\n')}`,
    })),
  );
}

const words: Readonly<Record<CaseResult['verdict'], string>> = {
  passed: 'passed',
  failed: 'failed',
  remark: 'remark',
  notApplicable: 'not applicable',
  inconclusive: 'inconclusive',
};

/** Behind a failure: the case that shows the same cause. */
const sameAs = (cause: string | undefined): string =>
  cause === undefined ? '' : `; the same cause as <a href="#${cause}">${escapeHtml(cause)}</a>`;

/** A source with a link to its section. */
function sourceHtml({ source, level, sourceNotRead }: CaseResult): string {
  const text = escapeHtml(`${source.document}, section ${source.section}`);
  const link = linkOf(source);
  const place = link === undefined ? text : `<a href="${escapeHtml(link)}">${text}</a>`;
  return `<p>${place} (${level}${sourceNotRead ? '; source not read' : ''})</p>`;
}

function caseHtml(result: CaseResult, known: string | undefined, cause: string | undefined): string {
  const { id, verdict, reason, remedy, onlyBrokenNas, elapsedMs, packets } = result;
  const isFailed = verdict === 'failed';
  const isKnown = isFailed && known !== undefined;
  const kind = verdict === 'passed' ? 'good' : isFailed && !isKnown ? 'bad' : '';
  const facts = {
    [isFailed || verdict === 'remark' ? 'instead' : 'reason']: reason,
    known: isKnown ? known : undefined,
    note: onlyBrokenNas ? brokenNas : undefined,
    'to do': isFailed && cause === undefined ? remedy : undefined,
    time: milliseconds(elapsedMs),
  };
  const said = `<strong class="${kind}">${isKnown ? 'known failure' : words[verdict]}</strong>`;
  const summary = `<summary>${said} ${escapeHtml(id)}: ${escapeHtml(demandOf(result))}${sameAs(cause)}</summary>`;
  const content = `${sourceHtml(result)}${definitionList(facts)}${packets.length === 0 ? '' : ladderHtml(packets, isFailed)}`;
  return `<details id="${id}"${isFailed && !isKnown ? ' open' : ''}>${summary}${content}</details>`;
}

/** The packets between us, at the left, and the subject; with their octets if asked. */
function ladderHtml(packets: readonly RecordedPacket[], hasOctets: boolean): string {
  const rows = packets.map((packet) => {
    const { atMs, direction, datagram, eap } = packet;
    const octets = datagram ?? eap ?? new Uint8Array();
    const dump = hasOctets
      ? `<details><summary>${octets.length} octets</summary><pre>${hexDump(octets)}</pre></details>`
      : '';
    return (
      `<span class="time">${milliseconds(atMs)}</span>` +
      `<span class="arrow ${direction === 'sent' ? 'right' : 'left'}">${escapeHtml(packetText(packet))}</span><span>${dump}</span>`
    );
  });
  return `<div class="ladder"><span></span><span class="head"><span>test</span><span>subject</span></span><span></span>\n${rows.join('\n')}\n</div>`;
}

function packetText({ datagram, eap }: RecordedPacket): string {
  const inner = eap ? describePacket(eap).summary : 'without EAP';
  if (!datagram) return inner;
  const [code = 0, id = 0] = datagram;
  return datagram.length < 20 ? `${datagram.length} octets` : `${radiusCodeName(code)} ${id}: ${inner}`;
}
