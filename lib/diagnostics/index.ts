/**
 * What happened, as events and in the forms in which a conversation can be kept.
 *
 * @module eaphost/diagnostics
 */

export type { CallEvent, DiagnosticEvent, PacketEvent } from './events.js';
export { describePacket, type PacketDescription, type PacketField } from '../eap/describe.js';
export { toHtml, type PageOptions } from './html.js';
export { ladder, type LadderOptions } from './ladder.js';
export { toPcapng, type CapturedDatagram, type CapturedPacket } from './pcapng.js';
