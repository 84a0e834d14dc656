// A conversation as a ladder of text: the authenticator on the left, the peer on the right, its calls beside it.

import { fewestColumns, ownOptions, toColumns } from '../base/arguments.js';
import { drawn, type Line, paint } from '../base/printable.js';
import { describePacket } from '../eap/describe.js';
import type { CallEvent, DiagnosticEvent } from './events.js';

/** How a ladder is drawn. */
export interface LadderOptions {
  /**
   * Columns of a line, 1 to 10,000; below 40 as with 40. Default 80. From 120 on the calls stand beside the packets, else
   * between them.
   */
  readonly columns?: number;
  /** Whether to add ANSI colours. Default false. */
  readonly colours?: boolean;
}

const timeColumns = 11;
const edges = timeColumns + 3;
const widest = { shaft: 56, beside: 120 };
/** `text` in at most `room` columns. */
function shortened(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

/** A number of milliseconds to the hundredth. */
export function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}

/** `text` as the shaft of an arrow of `width` columns. */
function shaft(text: string, width: number, towardsPeer: boolean): string {
  const label = shortened(text, width - 8);
  const line = '-'.repeat(Math.max(2, width - 5 - label.length));
  return towardsPeer ? `-- ${label} ${line}>` : `<${line} ${label} --`;
}

function callLine({ calls, duration, error }: CallEvent): string {
  const outcome = error === undefined ? '' : `  ${error.code}`;
  return `${calls.map((call) => call.replace('EapHostPeer', '')).join(' + ')}  ${milliseconds(duration)}${outcome}`;
}

/** The lines of a ladder; times count from the first event. Nothing in them can control a terminal but our colours. */
export function ladder(events: readonly DiagnosticEvent[], options: LadderOptions = {}): string[] {
  const { columns, colours = false } = ownOptions(options, 'options', {
    columns: 'number',
    colours: 'boolean',
  });
  return ladderLines(events, toColumns(columns)).map((line) => drawn(line, colours));
}

/** As {@link ladder}, with the colours still apart from the text. */
export function ladderLines(events: readonly DiagnosticEvent[], given: number): Line[] {
  const columns = Math.max(fewestColumns, given);
  const isBeside = columns >= widest.beside;
  const width = isBeside ? widest.shaft : columns - edges;
  const start = events[0]?.at ?? 0;
  const blank = ' '.repeat(timeColumns);
  const lines: Line[] = [`${blank} authenticator${'peer'.padStart(width - 11)}`];
  for (const event of [...events].sort((left, right) => left.at - right.at)) {
    if (event.kind === 'packet') {
      const isReceived = event.direction === 'received';
      const arrow = shaft(describePacket(event.packet).summary, width, isReceived);
      const time = milliseconds(event.at - start).padStart(timeColumns);
      lines.push([`${time} |`, paint(isReceived ? 'cyan' : 'green', arrow), '|']);
    } else {
      const color = event.error === undefined ? 'dim' : 'red';
      const text = shortened(callLine(event), isBeside ? columns - edges - width - 1 : width - 2);
      const call = paint(color, text);
      lines.push(
        isBeside
          ? [`${blank} |${' '.repeat(width)}| `, call]
          : [`${blank} |${' '.repeat(width - 1 - text.length)}`, call, ' |'],
      );
    }
  }
  return lines;
}
