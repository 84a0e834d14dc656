// The files that `eaphost auth` writes of a conversation on request: a ladder, a page, a capture.

import type { DiagnosticEvent } from '../diagnostics/events.js';
import { toHtml } from '../diagnostics/html.js';
import { ladderLines } from '../diagnostics/ladder.js';
import { toPcapng } from '../diagnostics/pcapng.js';
import { writePrivateFile } from './files.js';
import type { Output } from './output.js';

/** Which forms are wanted. */
export interface RecordOptions {
  readonly ladder: boolean;
  /** A file for the page. */
  readonly html: string | undefined;
  /** A file for the capture. */
  readonly pcap: string | undefined;
}

/** The events of a conversation. No secret is in them. */
export class ConversationRecord {
  readonly #events: DiagnosticEvent[] = [];
  readonly #options: RecordOptions;

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  /** What tells this of a host's events; undefined where none are wanted. */
  get onEvent(): ((event: DiagnosticEvent) => void) | undefined {
    const { ladder: isDrawn, html, pcap } = this.#options;
    if (!isDrawn && html === undefined && pcap === undefined) return undefined;
    return (event) => this.#events.push(event);
  }

  /**
   * Draws and writes what is wanted, also of a conversation that came to no end. Throws UsageError if a file cannot
   * be written.
   */
  async finish(title: string, output: Output): Promise<void> {
    const { ladder: isDrawn, html, pcap } = this.#options;
    if (this.onEvent === undefined) return;
    if (isDrawn) {
      for (const line of ['', ...ladderLines(this.#events)]) output.line(line);
    }
    if (html !== undefined) await writePrivateFile(html, toHtml(this.#events, { title }));
    if (pcap !== undefined) {
      await writePrivateFile(pcap, toPcapng(this.#events.filter((event) => event.kind === 'packet')));
    }
  }
}
