// A conversation as one self-contained page: the ladder, each packet decoded and as octets, every call with its
// values and times, the errors. It loads nothing and runs no script.

import { ownOptions } from '../base/arguments.js';
import { printable } from '../base/printable.js';
import { describePacket } from '../eap/describe.js';
import type { CallEvent, DiagnosticEvent, PacketEvent } from './events.js';
import { milliseconds } from './ladder.js';

/** What the page says beside the events. */
export interface PageOptions {
  readonly title: string;
  /** Lines under the title: who, where, the verdict. */
  readonly summary?: readonly string[];
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
:root { color-scheme: light dark; --in: #0a6b8a; --out: #3a7d1e; --bad: #b3261e; --line: #8884; }
@media (prefers-color-scheme: dark) { :root { --in: #6cc7e6; --out: #9ad27c; --bad: #ff8a80; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin-top: 2rem }
ul.summary { list-style: none; padding: 0; margin: .5rem 0 0 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
td.time, td.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap }
.ladder { display: grid; grid-template-columns: 7rem 1fr 18rem; column-gap: .8rem; row-gap: .15rem }
.ladder .head { font-weight: 600; display: flex; justify-content: space-between }
.arrow { border-bottom: 2px solid; position: relative; padding: 0 .8rem; text-align: center }
.arrow::after { content: ""; position: absolute; bottom: -6px; border: 5px solid transparent }
.received { color: var(--in) } .received::after { right: -2px; border-left: 9px solid }
.sent { color: var(--out) } .sent::after { left: -2px; border-right: 9px solid }
.time { text-align: right; opacity: .75 } .call { font-size: .85rem; opacity: .85 }
.error { color: var(--bad); font-weight: 600 }
pre { margin: .3rem 0; overflow-x: auto; font-size: .8rem } summary { cursor: pointer }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .8rem; margin: .3rem 0 } dd { margin: 0 }
`;

/** Octets in rows of sixteen, with their offsets and as text, in HTML. */
function hexDump(octets: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += 16) {
    const row = [...octets.subarray(at, at + 16)];
    const hex = row.map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((octet) => (octet > 31 && octet < 127 ? String.fromCodePoint(octet) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.map(escape).join('\n');
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
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
    `<tr id="packet-${number}"><td class="number">${number}</td><td class="time">${milliseconds(event.at - start)}</td>` +
    `<td>${event.direction}</td><td>${escape(packet.summary)}${values(fields)}` +
    `<details><summary>${event.packet.length} octets</summary><pre>${hexDump(event.packet)}</pre></details></td></tr>`
  );
}

function callRow(event: CallEvent, start: number): string {
  const error =
    event.error === undefined
      ? ''
      : `<span class="error">${escape(event.error.code)}: ${escape(event.error.message)}</span>`;
  return (
    `<tr><td class="time">${milliseconds(event.at - start)}</td><td class="time">${milliseconds(event.duration)}</td>` +
    `<td class="number">${event.session ?? ''}</td><td>${event.calls.map((call) => escape(call)).join('<br>')}</td>` +
    `<td>${values(event.values)}${error}</td></tr>`
  );
}

/** The page of a conversation. `events` hold no secret, so neither does the page. */
export function toHtml(events: readonly DiagnosticEvent[], options: PageOptions): string {
  const { title, summary = [] } = ownOptions(options, 'options', { title: true, summary: true });
  const ordered = [...events].sort((left, right) => left.at - right.at);
  const start = ordered[0]?.at ?? 0;
  const packets = ordered.filter((event) => event.kind === 'packet');
  const calls = ordered.filter((event) => event.kind === 'call');
  const failures = calls.filter(({ error }) => error !== undefined);
  const lines = summary.map((line) => `<li>${escape(line)}</li>`).join('');
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
<h1>${escape(title)}</h1>
<ul class="summary">${lines}
<li>${new Date(start).toISOString()}, ${packets.length} packets, ${calls.length} calls, ${failures.length} errors</li></ul>
<h2>Conversation</h2>
<div class="ladder"><span></span><span class="head"><span>authenticator</span><span>peer</span></span><span></span>
${ordered.map((event) => ladderRow(event, start)).join('\n')}
</div>
<h2>Packets</h2>
<table><thead><tr><th>#</th><th>time</th><th>direction</th><th>packet</th></tr></thead><tbody>
${packets.map((event, index) => packetRow(event, start, index + 1)).join('\n')}
</tbody></table>
<h2>Calls</h2>
<table><thead><tr><th>time</th><th>took</th><th>session</th><th>functions</th><th>values</th></tr></thead><tbody>
${calls.map((event) => callRow(event, start)).join('\n')}
</tbody></table>
</body>
</html>
`;
}
