// How `eaphost serve` reports dropped datagrams and displaced conversations: at most one line a second for each reason, with a count. Anyone can
// cause them, and a flood would otherwise fill the disk. JavaScript thread.

import type { ClientAddress, RequestDropReason } from '../radius/index.js';
import type { Line } from '../base/printable.js';

/** Tells machines of an event, and people in words. */
export type Say = (event: Readonly<Record<string, unknown>>, words: Line) => void;

/** Why a datagram was dropped, or that a conversation made place for another. */
export type DropReason = RequestDropReason | 'displaced';

/** What there is to do about a reason, where there is something. */
const hints: Partial<Readonly<Record<DropReason, string>>> = {
  unknownClient: 'no secret for its address',
  noMessageAuthenticator: 'the client is to send Message-Authenticator',
  badMessageAuthenticator: 'another secret, or forged',
  displaced: 'its client begins many conversations and does not go on with them',
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
  readonly #untold = new Map<DropReason, Dropped>();

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

  add(reason: DropReason, client: ClientAddress): void {
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

  #tell(reason: DropReason, dropped: Dropped): void {
    this.#say(...wordsOf(reason, dropped));
    this.#untold.set(reason, { count: 0, client: dropped.client });
    this.#later(() => {
      const untold = this.#untold.get(reason);
      this.#untold.delete(reason);
      if (untold && untold.count > 0) this.#tell(reason, untold);
    });
  }
}

function wordsOf(reason: DropReason, { count, client }: Dropped): Parameters<Say> {
  const hint = hints[reason];
  const from = `${client.address}:${client.port}`;
  const one = reason === 'displaced' ? 'conversation' : 'datagram';
  const what = count === 1 ? `a ${one} from ${from}` : `${count} ${one}s, the last from ${from}`;
  return [
    { kind: 'dropped', reason, count, client },
    `dropped ${what}: ${reason}${hint === undefined ? '' : `, ${hint}`}`,
  ];
}
