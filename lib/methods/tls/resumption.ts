// Remembers connections that may be resumed, on either side. A connection counts only once its authentication is
// complete, inner methods included; TLS itself would resume any whose handshake is.

import { randomBytes, type X509Certificate } from 'node:crypto';
import { wipe } from '../credentials.js';
import type { ProvedIdentity } from '../method.js';
import { secretFrom } from '../../base/secret.js';
import type { SessionById } from './engine.js';

const maxEntries = 1000;

interface Entry<Value> {
  readonly value: Value;
  /** In the system's time, which certificates go by; and in time that nobody sets. */
  readonly until: number;
  readonly ends: number;
}

/** A map that forgets what is too old, and the oldest where it is full. */
class Memory<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #forget: (value: Value) => void;

  constructor(forget: (value: Value) => void) {
    this.#forget = forget;
  }

  set(key: string, value: Value, until: number): void {
    this.delete(key);
    this.#entries.set(key, { value, until, ends: performance.now() + until - Date.now() });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries) break;
      this.delete(oldest);
    }
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (Date.now() < entry.until && performance.now() < entry.ends) return entry.value;
    this.delete(key);
    return undefined;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry) this.#forget(entry.value);
    this.#entries.delete(key);
  }
}

/** A session that a peer may resume, and the certificate that its server has proved. */
export interface PeerResumption {
  readonly session: Buffer;
  readonly certificate: X509Certificate;
}

/** The peer's: sessions by who wants to resume them. */
export class PeerResumptions {
  readonly #memory = new Memory<PeerResumption>(({ session }) => wipe(session));
  /** Certificates of servers that cannot resume. */
  readonly #shunned = new Memory<true>(() => undefined);

  /** Takes it out: two conversations at once must not offer the same ticket (RFC 8446, C.4). A copy. */
  take(key: string): PeerResumption | undefined {
    const found = this.#memory.get(key);
    const copy = found && { ...found, session: secretFrom(found.session) };
    this.#memory.delete(key);
    return copy;
  }

  /** Keeps no session with this server any more. */
  shun(certificate: X509Certificate): void {
    this.#shunned.set(certificate.fingerprint256, true, Date.parse(certificate.validTo));
  }

  /** Keeps it until the certificate expires. */
  keep(key: string, { session, certificate }: PeerResumption): void {
    if (this.#shunned.get(certificate.fingerprint256)) return;
    this.#memory.set(key, { session: secretFrom(session), certificate }, Date.parse(certificate.validTo));
  }
}

/** An authenticator's record of a connection that may be resumed. */
export interface ResumableConnection {
  /** 48 octets: the name that every ticket begins with, then the keys of tickets. */
  readonly ticketKeys: Buffer;
  /** Of a peer without tickets (TLS 1.2). */
  readonly session?: SessionById;
  /** The identity that it authenticated. */
  readonly proved: ProvedIdentity;
  /** Whether that one may still come in, under the outer identity given now. */
  readonly mayResume: (outerIdentity: string) => boolean | Promise<boolean>;
}

const ticketKeysLength = 48;
const ticketNameLength = 16;

/** Ticket keys that no other connection has. */
export function newTicketKeys(): Buffer {
  return randomBytes(ticketKeysLength);
}

/**
 * The authenticator's. Each connection has ticket keys of its own, whose name stands in front of its tickets: those of
 * a connection that failed, or never ended, cannot be opened. A session that is resumed by its id is kept here itself.
 */
export class AuthenticatorResumptions {
  readonly #memory = new Memory<ResumableConnection>(wipeResumable);

  /** The connection that the peer's ClientHello asks to resume, if its user may still come in; else it is forgotten. */
  async find(clientHello: Uint8Array, outerIdentity: string): Promise<ResumableConnection | undefined> {
    for (const name of readClientHello(clientHello).names) {
      const found = this.#memory.get(name);
      if (!found) continue;
      const copy = copyOf(found);
      if (await found.mayResume(outerIdentity)) return copy;
      wipeResumable(copy);
      this.#memory.delete(name);
    }
    return undefined;
  }

  /** @param until milliseconds since 1970 */
  keep(connection: ResumableConnection, until: number): void {
    const { ticketKeys, session } = connection;
    this.#memory.set(session ? session.id.toString('latin1') : nameOf(ticketKeys), copyOf(connection), until);
  }
}

/** Overwrites what would resume it. */
export function wipeResumable({ ticketKeys, session }: ResumableConnection): void {
  wipe(ticketKeys, session?.data);
}

function copyOf(connection: ResumableConnection): ResumableConnection {
  const { ticketKeys, session } = connection;
  return {
    ...connection,
    ticketKeys: Buffer.from(ticketKeys),
    ...(session && { session: { id: Buffer.from(session.id), data: Buffer.from(session.data) } }),
  };
}

function nameOf(ticket: Buffer): string {
  return ticket.toString('latin1', 0, ticketNameLength);
}

const sessionTicketExtension = 35;
const preSharedKeyExtension = 41;

/** How a ClientHello asks to resume. */
interface HelloOfPeer {
  /** The session id and the names in front of tickets (RFC 5077, 3.2; RFC 8446, 4.2.11). None if it is malformed. */
  readonly names: readonly string[];
  /** The peer takes tickets of TLS 1.2. */
  readonly takesTickets: boolean;
}

export function readClientHello(clientHello: Uint8Array): HelloOfPeer {
  const octets = Buffer.from(clientHello.buffer, clientHello.byteOffset, clientHello.length);
  const names: string[] = [];
  let takesTickets = false;
  try {
    // Record header, handshake header, version, random; then session id, cipher suites, compressions.
    let at = 5 + 4 + 2 + 32;
    const idLength = octets.readUInt8(at);
    names.push(octets.toString('latin1', at + 1, at + 1 + idLength));
    at += 1 + idLength;
    at += 2 + octets.readUInt16BE(at);
    at += 1 + octets.readUInt8(at);
    const end = at + 2 + octets.readUInt16BE(at);
    at += 2;
    while (at + 4 <= end) {
      const type = octets.readUInt16BE(at);
      const length = octets.readUInt16BE(at + 2);
      const data = octets.subarray(at + 4, at + 4 + length);
      if (type === sessionTicketExtension) names.push(nameOf(data));
      takesTickets ||= type === sessionTicketExtension;
      // Length of all identities, length of the first.
      if (type === preSharedKeyExtension) names.push(nameOf(data.subarray(4)));
      at += 4 + length;
    }
  } catch (error) {
    // A field beyond the end.
    if (!(error instanceof RangeError)) throw error;
  }
  return { names, takesTickets };
}
