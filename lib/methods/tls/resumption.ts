// Remembers connections that may be resumed, on either side. A connection counts only once its authentication is
// complete, inner methods included; TLS itself would resume any whose handshake is.

import type { X509Certificate } from 'node:crypto';
import { wipe } from '../credentials.js';
import type { ProvedIdentity } from '../../hosts/method.js';
import { secretFrom } from '../../base/secret.js';
import type { ServerSession } from './engine.js';

/** TLS 1.3 makes two sessions of a connection. */
const maxEntries = 2000;

/** How long something holds: in the system's time, which certificates go by, and in time that nobody sets. */
export interface Term {
  readonly until: number;
  readonly ends: number;
}

/** @param until milliseconds since 1970 */
export function termUntil(until: number): Term {
  return { until, ends: performance.now() + until - Date.now() };
}

interface Entry<Value> {
  readonly value: Value;
  readonly term: Term;
}

/** A map that forgets what is too old, and the oldest where it is full. */
class Memory<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #forget: (value: Value) => void;

  constructor(forget: (value: Value) => void) {
    this.#forget = forget;
  }

  set(key: string, value: Value, term: Term): void {
    this.delete(key);
    this.#entries.set(key, { value, term });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries) break;
      this.delete(oldest);
    }
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const { until, ends } = entry.term;
    if (Date.now() < until && performance.now() < ends) return entry.value;
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
    this.#shunned.set(certificate.fingerprint256, true, termUntil(Date.parse(certificate.validTo)));
  }

  /** Keeps it until the certificate expires. */
  keep(key: string, { session, certificate }: PeerResumption): void {
    if (this.#shunned.get(certificate.fingerprint256)) return;
    const term = termUntil(Date.parse(certificate.validTo));
    this.#memory.set(key, { session: secretFrom(session), certificate }, term);
  }
}

/** An authenticator's record of a connection that may be resumed. */
export interface ResumableConnection {
  readonly session: ServerSession;
  /** Begins with the connection that authenticated: one that resumes it prolongs nothing. */
  readonly term: Term;
  /** The identity that it authenticated. */
  readonly proved: ProvedIdentity;
  /** Whether that one may still come in, under the outer identity given now. Asked once TLS has resumed it. */
  readonly mayResume: (outerIdentity: string) => boolean | Promise<boolean>;
}

/**
 * The authenticator's. Sessions are here and nowhere else: a ticket is but the id of one. TLS is given the session that
 * the peer asks for, so that those of a connection that failed, or never ended, resume nothing.
 */
export class AuthenticatorResumptions {
  readonly #memory = new Memory<ResumableConnection>(wipeResumable);

  /** The connection that a ClientHello asks to resume: a copy. The hello proves nothing, and changes nothing here. */
  find(clientHello: Uint8Array): ResumableConnection | undefined {
    for (const name of sessionNames(clientHello)) {
      const found = this.#memory.get(name);
      if (found) return copyOf(found);
    }
    return undefined;
  }

  keep(connection: ResumableConnection): void {
    this.#memory.set(nameOf(connection.session.id), copyOf(connection), connection.term);
  }

  forget({ session }: ResumableConnection): void {
    this.#memory.delete(nameOf(session.id));
  }
}

/** Overwrites what would resume it. */
export function wipeResumable({ session }: ResumableConnection): void {
  wipe(session.data);
}

function copyOf(connection: ResumableConnection): ResumableConnection {
  const { id, data } = connection.session;
  return { ...connection, session: { id: Buffer.from(id), data: secretFrom(data) } };
}

/** Octets of the ids that TLS gives sessions. */
const idLength = 32;

function nameOf(id: Buffer): string {
  return id.toString('latin1', 0, idLength);
}

const preSharedKeyExtension = 41;

/** The sessions that a ClientHello asks for: its session id, and its first ticket of TLS 1.3. None if it is malformed. */
export function sessionNames(clientHello: Uint8Array): string[] {
  const octets = Buffer.from(clientHello.buffer, clientHello.byteOffset, clientHello.length);
  const names: string[] = [];
  try {
    // Record header, handshake header, version, random; then session id, cipher suites, compressions.
    let at = 5 + 4 + 2 + 32;
    const length = octets.readUInt8(at);
    names.push(nameOf(octets.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
    at += 2 + octets.readUInt16BE(at);
    at += 1 + octets.readUInt8(at);
    const end = at + 2 + octets.readUInt16BE(at);
    at += 2;
    while (at + 4 <= end) {
      const type = octets.readUInt16BE(at);
      const size = octets.readUInt16BE(at + 2);
      // Length of all identities, length of the first (RFC 8446, 4.2.11).
      if (type === preSharedKeyExtension) names.push(nameOf(octets.subarray(at + 8, at + 4 + size)));
      at += 4 + size;
    }
  } catch (error) {
    // A field beyond the end.
    if (!(error instanceof RangeError)) throw error;
  }
  return names;
}
