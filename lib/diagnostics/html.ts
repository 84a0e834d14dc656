// A conversation as one self-contained page: what came of it, the ladder, each packet decoded and as octets, every call
// with its values and times, the errors. It loads nothing and runs no script.

import { ownOptions } from '../base/arguments.js';
import { errorAdvice } from '../base/error-advice.js';
import { errorCodeName } from '../base/error-codes.js';
import { describePacket } from '../eap/describe.js';
import type { CallEvent, DiagnosticEvent, PacketEvent } from './events.js';
import { milliseconds } from './ladder.js';
import { definitionList, escapeHtml, hexDump, htmlPage } from './page.js';

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

function cell(name: string, text: string, kind = ''): string {
  return `<td data-name="${name}"${kind === '' ? '' : ` class="${kind}"`}>${escapeHtml(text)}</td>`;
}

function ladderRow(event: DiagnosticEvent, start: number): string {
  const time = `<span class="time">${milliseconds(event.at - start)}</span>`;
  if (event.kind === 'packet') {
    const text = escapeHtml(describePacket(event.packet).summary);
    return `${time}<span class="arrow ${event.direction === 'received' ? 'right' : 'left'}">${text}</span><span></span>`;
  }
  const names = event.calls.map((call) => escapeHtml(call)).join('<br>');
  const error =
    event.error === undefined ? '' : ` <span class="error">${escapeHtml(event.error.code)}</span>`;
  return `${time}<span></span><span class="call">${names} (${milliseconds(event.duration)})${error}</span>`;
}

function packetRow(event: PacketEvent, start: number, number: number): string {
  const packet = describePacket(event.packet);
  const fields = Object.fromEntries(packet.fields.map(({ name, value }) => [name, value]));
  return (
    `<tr id="packet-${number}">${cell('#', String(number), 'number')}${cell('at', milliseconds(event.at - start), 'time')}` +
    `${cell('', event.direction)}<td>${escapeHtml(packet.summary)}${definitionList(fields)}` +
    `<details><summary>${event.packet.length} octets</summary><pre>${hexDump(event.packet)}</pre></details></td></tr>`
  );
}

function callRow(event: CallEvent, start: number): string {
  const error =
    event.error === undefined
      ? ''
      : `<span class="error">${escapeHtml(event.error.code)}: ${escapeHtml(event.error.message)}</span>`;
  return (
    `<tr>${cell('at', milliseconds(event.at - start), 'time')}${cell('took', milliseconds(event.duration), 'time')}` +
    `${cell('session', String(event.session ?? ''), 'number')}<td>${event.calls.map((call) => escapeHtml(call)).join('<br>')}</td>` +
    `<td>${definitionList(event.values)}${error}</td></tr>`
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
  } = ownOptions(
    options,
    'options',
    {
      title: 'string',
      summary: 'strings',
      outcome: 'object',
    },
    ['title'],
  );
  const ordered = [...events].sort((left, right) => left.at - right.at);
  const start = ordered[0]?.at ?? 0;
  const packets = ordered.filter((event) => event.kind === 'packet');
  const calls = ordered.filter((event) => event.kind === 'call');
  const failures = calls.filter(({ error }) => error !== undefined);
  const { verdict = '', ...told } = { ...outcomeOf(ordered, start, failures), ...outcome };
  const { times = '', ...rest } = told;
  const counts = `${packets.length} packets, ${calls.length} calls, ${failures.length} failed`;
  const ladder = `<div class="ladder"><span></span><span class="head"><span>authenticator</span><span>peer</span></span><span></span>
${ordered.map((event) => ladderRow(event, start)).join('\n')}
</div>`;
  const packetTable = `<table><thead><tr><th>#</th><th>time</th><th>direction</th><th>packet</th></tr></thead><tbody>
${packets.map((event, index) => packetRow(event, start, index + 1)).join('\n')}
</tbody></table>`;
  const callTable = `<table><thead><tr><th>time</th><th>took</th><th>session</th><th>functions</th><th>values</th></tr></thead><tbody>
${calls.map((event) => callRow(event, start)).join('\n')}
</tbody></table>`;
  const content = definitionList({ ...rest, times, events: counts });
  return htmlPage(title, summary, { verdict, isGood: verdict === 'accepted', content }, [
    { id: 'conversation', title: 'Conversation', content: ladder },
    { id: 'packets', title: 'Packets', content: packetTable },
    { id: 'calls', title: 'Calls', content: callTable },
  ]);
}
