// A conversation as one self-contained page: what came of it, the ladder, each packet decoded and as octets, every call
// with its values and times, the errors. It loads nothing and runs no script.

import { ownOptions } from '../base/arguments.js';
import { errorAdvice } from '../base/error-advice.js';
import { errorCodeName } from '../base/error-codes.js';
import { printable } from '../base/printable.js';
import { describePacket } from '../eap/describe.js';
import type { CallEvent, DiagnosticEvent, PacketEvent } from './events.js';
import { milliseconds } from './ladder.js';

/** What the page says beside the events. */
export interface PageOptions {
  readonly title: string;
  /** Lines under the title: who, where. */
  readonly summary?: readonly string[];
  /**
   * What came of it, at the top, by name: `verdict` (`accepted` is drawn as good), `reason`, `to do`, `keys`, `method`,
   * `server` and any other. The verdict, reason, method and times that it leaves out are those that the events tell.
   */
  readonly outcome?: Readonly<Record<string, string>>;
}

/** Text as HTML, in which nothing is hidden or turned round. */
function escape(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const style = `
:root { color-scheme: light dark; --in: #0a6b8a; --out: #2f6b17; --good: #2f6b17; --bad: #b3261e; --line: #8886 }
@media (prefers-color-scheme: dark) { :root { --in: #6cc7e6; --out: #9ad27c; --good: #9ad27c; --bad: #ff8a80 } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 72rem; padding: 0 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin-top: 2rem }
nav a { margin-right: 1rem } header ul { list-style: none; padding: 0; margin: .3rem 0 }
.outcome { border-left: .3rem solid var(--line); padding-left: .8rem; margin: 1rem 0 }
.outcome .verdict { font-size: 1.25rem; font-weight: 600 } .good { color: var(--good) } .bad { color: var(--bad) }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
.time, .number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; width: 1% }
.time:not(td) { width: auto }
.ladder { display: grid; grid-template-columns: 6rem minmax(0, 1fr) minmax(0, 18rem); gap: .15rem .8rem }
.ladder .head { font-weight: 600; display: flex; justify-content: space-between }
.arrow { border-bottom: 2px solid; position: relative; padding: 0 .8rem; text-align: center }
.arrow::after { content: ""; position: absolute; bottom: -6px; border: 5px solid transparent }
.received { color: var(--in) } .received::after { right: 0; border-left: 9px solid; border-right: 0 }
.sent { color: var(--out) } .sent::after { left: 0; border-right: 9px solid; border-left: 0 }
.call { font-size: .85rem } .error { color: var(--bad); font-weight: 600 }
pre { margin: .3rem 0; font-size: min(.8rem, 3.2vw); white-space: pre-wrap } summary { cursor: pointer }
dl { display: grid; grid-template-columns: fit-content(40%) minmax(0, 1fr); gap: 0 .8rem; margin: .3rem 0 } dd { margin: 0 }
@media (max-width: 48rem), print {
  .ladder { grid-template-columns: minmax(0, 1fr) } .ladder > :empty { display: none }
  table, tbody, tr, td { display: block } thead { display: none }
  td, td.time, td.number, .time { text-align: left; white-space: normal; width: auto } td { border: 0; padding: 0 } tr { border-bottom: 1px solid var(--line) }
  td[data-name]:not(:empty)::before { content: attr(data-name) " "; opacity: .75 }
}
@media print { :root { color-scheme: light } nav { display: none } body { margin: 0; font-size: 12px } tr, dl { break-inside: avoid } }
`;

/** Octets in rows of eight, which a telephone has room for, with their offsets and as text, in HTML. */
function hexDump(octets: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += 8) {
    const row = [...octets.subarray(at, at + 8)];
    const hex = row.map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((octet) => (octet > 31 && octet < 127 ? String.fromCodePoint(octet) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(23)}  ${text}`);
  }
  return lines.map(escape).join('\n');
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cell(name: string, text: string, kind = ''): string {
  return `<td data-name="${name}"${kind === '' ? '' : ` class="${kind}"`}>${escape(text)}</td>`;
}

function values(list: Readonly<Record<string, unknown>>): string {
  const known = Object.entries(list).filter(([, value]) => value !== undefined);
  if (known.length === 0) return '';
  const items = known.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(valueText(value))}</dd>`);
  return `<dl>${items.join('')}</dl>`;
}

function ladderRow(event: DiagnosticEvent, start: number): string {
  const time = `<span class="time">${milliseconds(event.at - start)}</span>`;
  if (event.kind === 'packet') {
    const text = escape(describePacket(event.packet).summary);
    return `${time}<span class="arrow ${event.direction}">${text}</span><span></span>`;
  }
  const names = event.calls.map((call) => escape(call)).join('<br>');
  const error = event.error === undefined ? '' : ` <span class="error">${escape(event.error.code)}</span>`;
  return `${time}<span></span><span class="call">${names} (${milliseconds(event.duration)})${error}</span>`;
}

function packetRow(event: PacketEvent, start: number, number: number): string {
  const packet = describePacket(event.packet);
  const fields = Object.fromEntries(packet.fields.map(({ name, value }) => [name, value]));
  return (
    `<tr id="packet-${number}">${cell('#', String(number), 'number')}${cell('at', milliseconds(event.at - start), 'time')}` +
    `${cell('', event.direction)}<td>${escape(packet.summary)}${values(fields)}` +
    `<details><summary>${event.packet.length} octets</summary><pre>${hexDump(event.packet)}</pre></details></td></tr>`
  );
}

function callRow(event: CallEvent, start: number): string {
  const error =
    event.error === undefined
      ? ''
      : `<span class="error">${escape(event.error.code)}: ${escape(event.error.message)}</span>`;
  return (
    `<tr>${cell('at', milliseconds(event.at - start), 'time')}${cell('took', milliseconds(event.duration), 'time')}` +
    `${cell('session', String(event.session ?? ''), 'number')}<td>${event.calls.map((call) => escape(call)).join('<br>')}</td>` +
    `<td>${values(event.values)}${error}</td></tr>`
  );
}

/** What the events tell of the outcome. */
function outcomeOf(
  ordered: readonly DiagnosticEvent[],
  start: number,
  failures: readonly CallEvent[],
): Record<string, string> {
  const calls = ordered.filter((event) => event.kind === 'call');
  const { isSuccess, failureReasonCode, rootCause } =
    calls.findLast(({ values }) => typeof values['isSuccess'] === 'boolean')?.values ?? {};
  const type = ordered
    .map((event) => (event.kind === 'packet' ? describePacket(event.packet) : undefined))
    .findLast((packet) => packet?.type !== undefined && packet.type > 3)?.typeName;
  const code = typeof failureReasonCode === 'number' ? failureReasonCode : 0;
  const failure = failures.at(-1)?.error;
  const why =
    isSuccess === false
      ? `${errorCodeName(code)}: ${typeof rootCause === 'string' ? rootCause : 'no cause was given'}`
      : failure && `${failure.code}: ${failure.message}`;
  const advice = isSuccess === false ? errorAdvice(code, noMethod) : undefined;
  return {
    verdict: isSuccess === undefined ? 'no verdict' : isSuccess === true ? 'accepted' : 'rejected',
    ...(isSuccess !== true && why !== undefined && { reason: why }),
    ...(advice !== undefined && { 'to do': advice }),
    ...(type !== undefined && { method: type }),
    times: `${new Date(start).toISOString()}, for ${milliseconds((ordered.at(-1)?.at ?? start) - start)}`,
  };
}

const noMethod = { type: 0, vendorId: 0, vendorType: 0, authorId: 0 };

/** The page of a conversation. `events` hold no secret, so neither does the page. */
export function toHtml(events: readonly DiagnosticEvent[], options: PageOptions): string {
  const {
    title,
    summary = [],
    outcome = {},
  } = ownOptions(options, 'options', {
    title: true,
    summary: true,
    outcome: true,
  });
  const ordered = [...events].sort((left, right) => left.at - right.at);
  const start = ordered[0]?.at ?? 0;
  const packets = ordered.filter((event) => event.kind === 'packet');
  const calls = ordered.filter((event) => event.kind === 'call');
  const failures = calls.filter(({ error }) => error !== undefined);
  const { verdict = '', ...told } = { ...outcomeOf(ordered, start, failures), ...outcome };
  const { times = '', ...rest } = told;
  const lines = summary.map((line) => `<li>${escape(line)}</li>`).join('');
  const counts = `${packets.length} packets, ${calls.length} calls, ${failures.length} failed`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escape(title)}</h1>
<ul>${lines}</ul>
<nav aria-label="Parts of the page"><a href="#conversation">Conversation</a><a href="#packets">Packets</a><a href="#calls">Calls</a></nav>
</header>
<main>
<section class="outcome" aria-label="Outcome">
<div class="verdict ${verdict === 'accepted' ? 'good' : 'bad'}">${escape(verdict)}</div>
${values({ ...rest, times, events: counts })}
</section>
<section aria-labelledby="conversation"><h2 id="conversation">Conversation</h2>
<div class="ladder"><span></span><span class="head"><span>authenticator</span><span>peer</span></span><span></span>
${ordered.map((event) => ladderRow(event, start)).join('\n')}
</div></section>
<section aria-labelledby="packets"><h2 id="packets">Packets</h2>
<table><thead><tr><th>#</th><th>time</th><th>direction</th><th>packet</th></tr></thead><tbody>
${packets.map((event, index) => packetRow(event, start, index + 1)).join('\n')}
</tbody></table></section>
<section aria-labelledby="calls"><h2 id="calls">Calls</h2>
<table><thead><tr><th>time</th><th>took</th><th>session</th><th>functions</th><th>values</th></tr></thead><tbody>
${calls.map((event) => callRow(event, start)).join('\n')}
</tbody></table></section>
</main>
</body>
</html>
`;
}
