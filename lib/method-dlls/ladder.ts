// A conversation as lines for people: the calls of each side at its edge, the packets between them. Pure.

import { ownOptions, toColumns } from '../base/arguments.js';
import { describePacket } from '../eap/describe.js';
import { printable } from '../base/printable.js';
import type { MethodCall, MethodCallValue } from './call-trace.js';
import type { ConversationEvent, SentPacket } from './converse-options.js';

const longestValue = 24;

/** `Request 3 EAP-MSCHAPv2 Challenge, 45 octets`. */
function packetText({ packet, madeBy, isRetransmission, isLost }: SentPacket): string {
  const notes = [
    ...(madeBy === 'host' ? ['by the host'] : []),
    ...(isRetransmission ? ['again'] : []),
    ...(isLost ? ['LOST'] : []),
  ];
  const note = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  return `${describePacket(packet).summary}, ${packet.length} octets${note}`;
}

function describeValue(value: MethodCallValue): string {
  if (typeof value === 'number') return value > 0xffff ? `0x${value.toString(16)}` : String(value);
  if (typeof value === 'string') return value;
  if (!(value instanceof Uint8Array)) return `<${value.octets} secret octets>`;
  const hex = Buffer.from(value.buffer, value.byteOffset, Math.min(value.length, longestValue)).toString(
    'hex',
  );
  return value.length > longestValue ? `${hex}… (${value.length} octets)` : hex;
}

/** `GetResult → success`, without the prefix that its side says. */
function describeCall({ call, code, values, duration, error }: MethodCall, withValues: boolean): string[] {
  const name = call.replace(/^Eap(?:Peer|MethodAuthenticator)/u, '');
  const action = typeof values['action'] === 'string' ? ` → ${values['action']}` : '';
  const failed = code === undefined ? '' : ` ✗ ${code}`;
  const lines = [`${name}${action}${failed}`];
  if (error?.rootCause) lines.push(`  "${error.rootCause}"`);
  if (!withValues) return lines;
  for (const [field, value] of Object.entries(values)) lines.push(`  ${field}: ${describeValue(value)}`);
  lines.push(`  ${duration.toFixed(1)} µs`);
  return lines;
}

function packetLine(packet: SentPacket, columns: number): string {
  const whole = packetText(packet);
  const room = columns - 8;
  const text = whole.length > room ? `${whole.slice(0, room - 1)}…` : whole;
  const isRequest = packet.direction === 'request';
  const shaft = '─'.repeat(room - text.length + 2);
  return isRequest ? `    ◀${shaft} ${text}` : `    ${text} ${shaft}▶`;
}

/**
 * The events of a conversation as a ladder: the peer's calls at the left, the authenticator's at the right, packets
 * as arrows between. `withValues`: the calls' arguments, secrets as their length, and the free functions, too. Nothing
 * in them can control a terminal. Packets and calls fit into `columns`, 1 to 10,000 and below 40 as with 40, by default 80;
 * values may be longer.
 */
export function conversationLadder(
  events: readonly ConversationEvent[],
  options?: { readonly columns?: number; readonly withValues?: boolean },
): string[] {
  const { withValues = false, columns: given } = ownOptions(options, 'options', {
    columns: 'number',
    withValues: 'boolean',
  });
  const columns = toColumns(given);
  const lines = [`peer${'authenticator'.padStart(columns - 4)}`];
  for (const event of events) {
    if (event.kind === 'packet') lines.push(packetLine(event.packet, columns));
    else if (withValues || !/Free(?:Error)?Memory$/u.test(event.call.call)) {
      for (const line of describeCall(event.call, withValues)) {
        const indent = Math.max(0, Math.min(columns / 2 + 8, columns - line.length));
        lines.push(event.side === 'peer' ? line : `${' '.repeat(indent)}${line}`);
      }
    }
  }
  return lines.map(printable);
}
