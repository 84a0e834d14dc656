// How `eaphost serve` reports dropped datagrams: at most one line a second for each reason, with a count. Anyone can
// send such datagrams, and a flood would otherwise fill the disk. JavaScript thread.

import type { ClientAddress, RequestDropReason } from '../radius/index.js';
import type { Line } from '../base/printable.js';

/** Tells machines of an event, and people in words. */
export type Say = (event: Readonly<Record<string, unknown>>, words: Line) => void;

/** What there is to do about a reason, where there is something. */
const hints: Partial<Readonly<Record<RequestDropReason, string>>> = {
  unknownClient: 'no secret for its address',
  noMessageAuthenticator: 'the client is to send Message-Authenticator',
  badMessageAuthenticator: 'another secret, or forged',
  tooManySessions: 'as many conversations as it can hold',
  tooManySessionsOfClient: 'as many conversations as one client may have',
};

interface Dropped {
  count: number;
  /** Where the last one came from. */
  client: ClientAddress;
}

/** The first drop of a reason is reported at once, later ones within a second of a line together. */
export class DropLog {
  readonly #say: Say;
  readonly #later: (work: () => void) => void;
  readonly #untold = new Map<RequestDropReason, Dropped>();

  /** @param later calls `work` in a second, if the process is still there */
  constructor(
    say: Say,
    later = (work: () => void): void => {
      setTimeout(work, 1000).unref();
    },
  ) {
    this.#say = say;
    this.#later = later;
  }

  add(reason: RequestDropReason, client: ClientAddress): void {
    const untold = this.#untold.get(reason);
    if (!untold) return this.#tell(reason, { count: 1, client });
    untold.count++;
    untold.client = client;
  }

  /** Tells what waits for its second to be over. */
  flush(): void {
    for (const [reason, dropped] of this.#untold) {
      this.#untold.delete(reason);
      if (dropped.count > 0) this.#say(...wordsOf(reason, dropped));
    }
  }

  #tell(reason: RequestDropReason, dropped: Dropped): void {
    this.#say(...wordsOf(reason, dropped));
    this.#untold.set(reason, { count: 0, client: dropped.client });
    this.#later(() => {
      const untold = this.#untold.get(reason);
      this.#untold.delete(reason);
      if (untold && untold.count > 0) this.#tell(reason, untold);
    });
  }
}

function wordsOf(reason: RequestDropReason, { count, client }: Dropped): Parameters<Say> {
  const hint = hints[reason];
  const from = `${client.address}:${client.port}`;
  const what = count === 1 ? `a datagram from ${from}` : `${count} datagrams, the last from ${from}`;
  return [
    { kind: 'dropped', reason, count, client },
    `dropped ${what}: ${reason}${hint === undefined ? '' : `, ${hint}`}`,
  ];
}
