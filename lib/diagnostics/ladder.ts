// A conversation as a ladder of text: the authenticator on the left, the peer on the right, its calls beside it.

import { ownOptions } from '../base/arguments.js';
import { drawn, type Line, paint } from '../base/printable.js';
import { describePacket } from '../eap/describe.js';
import type { CallEvent, DiagnosticEvent } from './events.js';

/** How a ladder is drawn. */
export interface LadderOptions {
  /** Columns of an arrow's shaft. Default 56. */
  readonly width?: number;
  /** Whether to add ANSI colours. Default false. */
  readonly colours?: boolean;
}

const timeColumns = 11;

/** A number of milliseconds to the hundredth. */
export function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}

/** `text` as the shaft of an arrow of `width` columns. */
function shaft(text: string, width: number, towardsPeer: boolean): string {
  const room = width - 8;
  const label = text.length > room ? `${text.slice(0, room - 1)}…` : text;
  const line = '-'.repeat(Math.max(2, width - 5 - label.length));
  return towardsPeer ? `-- ${label} ${line}>` : `<${line} ${label} --`;
}

function callLine({ calls, duration, error }: CallEvent): string {
  const outcome = error === undefined ? '' : `  ${error.code}`;
  return `${calls.map((call) => call.replace('EapHostPeer', '')).join(' + ')}  ${milliseconds(duration)}${outcome}`;
}

/** The lines of a ladder; times count from the first event. Nothing in them can control a terminal but our colours. */
export function ladder(events: readonly DiagnosticEvent[], options: LadderOptions = {}): string[] {
  const { width, colours = false } = ownOptions(options, 'options');
  return ladderLines(events, width).map((line) => drawn(line, colours));
}

/** As {@link ladder}, with the colours still apart from the text. */
export function ladderLines(events: readonly DiagnosticEvent[], width = 56): Line[] {
  const start = events[0]?.at ?? 0;
  const blank = ' '.repeat(timeColumns);
  const lines: Line[] = [`${blank} authenticator${'peer'.padStart(width - 9)}`];
  for (const event of [...events].sort((left, right) => left.at - right.at)) {
    if (event.kind === 'packet') {
      const isReceived = event.direction === 'received';
      const arrow = shaft(describePacket(event.packet).summary, width, isReceived);
      const time = milliseconds(event.at - start).padStart(timeColumns);
      lines.push([`${time} |`, paint(isReceived ? 'cyan' : 'green', arrow), '|']);
    } else {
      const text = callLine(event);
      const color = event.error === undefined ? 'dim' : 'red';
      lines.push([`${blank} |${' '.repeat(width)}| `, paint(color, text)]);
    }
  }
  return lines;
}
