// One TLS connection whose octets go in and out by hand: node:tls over a stream in memory. JavaScript thread. TLS
// itself works inside of feed(), which waits only for what node:tls puts off: the start, the end of a write, an error.

import { Server } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connect, type SecureContext, TLSSocket } from 'node:tls';
import { plainAlert, sealedAlert } from './alerts.js';
import { CertificateChains, type PeerCertificate } from './chains.js';
import { isObject } from '../../base/guards.js';
import { coverStack, secretBuffer, secretFrom } from '../../base/secret.js';

/** TLS versions that EAP methods use here. */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** The role of this end of the connection, and its options. */
export type EngineOptions = {
  readonly context: SecureContext;
  /** What connections with the same authorities have shown so far. */
  readonly chains?: CertificateChains;
} & (
  | {
      readonly side: 'client';
      readonly session?: Buffer | undefined;
      /** Smallest Diffie-Hellman group, in bits; 1 when left out. */
      readonly minDHSize?: number;
    }
  | {
      readonly side: 'server';
      readonly requestCertificate: boolean;
      /** Makes sessions that can be resumed, and resumes `known`, if the peer knows its secret. */
      readonly sessions?: { readonly known: Buffer | undefined };
    }
);

/** A session that a server has made. */
export interface ServerSession {
  /** The peer asks for it by this; in TLS 1.3 it is the whole ticket. */
  readonly id: Buffer;
  /** As OpenSSL writes it, with its secrets. */
  readonly data: Buffer;
}

/** Why TLS gave up. */
export interface TlsFailure {
  /** OpenSSL's or Node's name, such as `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`. */
  readonly code: string;
  /** Description number of the alert that the other side sent, if it was one. */
  readonly alert?: number;
}

const nextTick = promisify((done: () => void) => process.nextTick(done));
/** Turns without traffic after which a connection that ends has ended. */
const quietTurns = 2;
/** What node:tls asks its socket. */
const shown: keyof TLSSocket = 'getPeerCertificate';
/** The offset of a hello's random: after record header, handshake header and version. */
const randomAt = 11;
const randomLength = 32;

/** The stream under TLS. */
class Wire extends Duplex {
  readonly written: Buffer[] = [];
  /** TLS has not been told yet that its write is done. Until then it writes no more. */
  isWriting = false;

  override _read(): void {
    // feed() pushes.
  }

  /**
   * Takes the octets at once, past the stream's own queue: node:tls tells TLS in the next turn of the event loop, before
   * whoever waits for that turn after this.
   */
  override write(chunk: Buffer, ...rest: readonly unknown[]): boolean {
    this.isWriting = true;
    this.written.push(chunk);
    const done = rest.at(-1);
    if (typeof done === 'function') Reflect.apply(done, undefined, []);
    return true;
  }
}

/** One end of a TLS connection. */
export class TlsEngine {
  readonly #wire = new Wire();
  readonly #socket: TLSSocket;
  readonly #isClient: boolean;
  #plaintext: Buffer[] = [];
  #failure: TlsFailure | undefined;
  /** node:tls reads from the second turn on. */
  #hasStarted = false;
  #isEstablished = false;
  #isClosed = false;
  #session: Buffer | undefined;
  readonly #sessions: ServerSession[] = [];
  #certificate: PeerCertificate | undefined;
  readonly #chains: CertificateChains;
  /** Encrypts an alert of TLS 1.3 that is sent in place of the withheld data. */
  #trafficSecret: Buffer | undefined;
  #ownRandom: Buffer | undefined;
  #otherRandom: Buffer | undefined;

  constructor(options: EngineOptions) {
    this.#isClient = options.side === 'client';
    const { context, chains = new CertificateChains() } = options;
    this.#chains = chains;
    if (options.side === 'client') {
      this.#socket = connect({
        socket: this.#wire,
        secureContext: context,
        // The trust of an EAP method is not that of a web client: see trust.ts.
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
        minDHSize: options.minDHSize ?? 1,
        ...(options.session && { session: options.session }),
      });
    } else {
      this.#socket = new TLSSocket(this.#wire, {
        isServer: true,
        secureContext: context,
        requestCert: options.requestCertificate,
        rejectUnauthorized: options.requestCertificate,
        ...(options.sessions && { server: this.#sessionTaker() }),
      });
      if (options.sessions?.known) giveSession(this.#socket, options.sessions.known);
    }
    // For checkServerIdentity() node:tls puts the whole chain into words, which takes half as long as the handshake.
    if (this.#isClient) {
      this.#socket.prependListener('secure', () => Reflect.set(this.#socket, shown, () => ({})));
    }
    this.#listen();
  }

  /** Both Finished messages were right. */
  get isEstablished(): boolean {
    return this.#isEstablished && !this.#failure;
  }

  get failure(): TlsFailure | undefined {
    return this.#failure;
  }

  /** Once the hellos are over. */
  get version(): TlsVersion | undefined {
    const version = this.#socket.getProtocol();
    return version === 'TLSv1.2' || version === 'TLSv1.3' ? version : undefined;
  }

  /** The connection resumes an earlier one; known once the hellos are over. */
  get isResumed(): boolean {
    return !this.#isClosed && this.#socket.isSessionReused();
  }

  /** The newest session to resume from (client). A ticket of TLS 1.3 comes after the handshake. */
  get session(): Buffer | undefined {
    return this.#session;
  }

  /** The sessions that this connection has made (server): in TLS 1.3 two, or one where it resumes another. */
  get sessions(): readonly ServerSession[] {
    return this.#sessions;
  }

  /** The other side's certificate, as soon as it is there, which is before the handshake is over. */
  peerCertificate(): PeerCertificate | undefined {
    if (!this.#isClosed) this.#certificate ??= this.#chains.shownBy(this.#socket);
    return this.#certificate;
  }

  /** Takes octets from the other side, and gives what TLS has to say to them; empty if nothing. */
  async feed(octets: Uint8Array): Promise<void> {
    if (octets.length > 0 && !this.#isClosed) {
      this.#otherRandom ??= randomOf(octets);
      this.#wire.push(Buffer.from(octets));
    }
    await this.#settle();
  }

  /** Encrypts application data. Established connections only. */
  async write(data: Uint8Array): Promise<void> {
    if (!this.isEstablished) throw new Error('TLS is not established');
    this.#socket.write(data);
    await this.#settle();
  }

  /** The octets for the other side so far; they count as sent. */
  takeOutput(): Buffer {
    const output = Buffer.concat(this.#wire.written.splice(0));
    this.#ownRandom ??= randomOf(output);
    return output;
  }

  /** There are octets for the other side. */
  get hasOutput(): boolean {
    return this.#wire.written.length > 0;
  }

  /** The application data so far. */
  takePlaintext(): Buffer {
    const pieces = this.#plaintext.splice(0);
    const plaintext = secretFrom(...pieces);
    for (const piece of pieces) piece.fill(0);
    return plaintext;
  }

  /**
   * Refuses the handshake: what was not taken is dropped, a fatal alert takes its place. In TLS 1.2 only while this
   * side's Finished has not been taken. Without a description, or a way to write the alert, nothing is said.
   */
  refuse(description?: number): void {
    this.#wire.written.length = 0;
    this.#failure = { code: 'EAPHOST_TLS_REFUSED' };
    if (description === undefined || this.#isClosed) return;
    const secret = this.#trafficSecret;
    const suite = this.#socket.getCipher()?.standardName ?? '';
    // A server that resumes in TLS 1.2 has sent its Finished: an alert would have to be encrypted.
    const alert =
      this.version === 'TLSv1.3'
        ? secret && sealedAlert(description, secret, suite)
        : this.isResumed
          ? undefined
          : plainAlert(description);
    if (alert) this.#wire.written.push(alert);
  }

  /** Key material (RFC 5705; RFC 8446, 7.5). Established connections only. */
  exportKey(length: number, label: string, context?: Buffer): Buffer {
    if (context) return this.#socket.exportKeyingMaterial(length, label, context);
    // An empty context is not the same as none; Node takes none, its types do not.
    const method: unknown = Reflect.get(this.#socket, 'exportKeyingMaterial');
    const key: unknown =
      typeof method === 'function' ? Reflect.apply(method, this.#socket, [length, label]) : undefined;
    if (!(key instanceof Buffer)) throw new Error('node:tls exported no key');
    return key;
  }

  /** The randoms of the hellos, client's first, 64 octets; undefined before both were seen. */
  randoms(): Buffer | undefined {
    if (!this.#ownRandom || !this.#otherRandom) return undefined;
    return this.#isClient
      ? Buffer.concat([this.#ownRandom, this.#otherRandom])
      : Buffer.concat([this.#otherRandom, this.#ownRandom]);
  }

  /** Ends the connection without a word. */
  end(): void {
    this.#isClosed = true;
    this.#trafficSecret?.fill(0);
    for (const { data } of this.#sessions) data.fill(0);
    this.takePlaintext().fill(0);
    this.#wire.written.length = 0;
    this.#socket.destroy();
    this.#wire.destroy();
    coverStack();
  }

  /** The server that node:tls tells of sessions. It never listens. */
  #sessionTaker(): Server {
    const server = new Server();
    server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
      this.#sessions.push({ id, data });
      done();
    });
    return server;
  }

  #listen(): void {
    const socket = this.#socket;
    const secretName = Buffer.from(
      this.#isClient ? 'CLIENT_HANDSHAKE_TRAFFIC_SECRET' : 'SERVER_TRAFFIC_SECRET_0',
    );
    socket.on('secure', () => {
      Reflect.deleteProperty(socket, shown);
      this.#isEstablished = true;
      // A session to resume has no chain.
      if (!this.isResumed) this.#chains.keep(this.peerCertificate());
    });
    socket.on('data', (data: Buffer) => this.#plaintext.push(data));
    socket.on('session', (session: Buffer) => (this.#session = session));
    socket.on('keylog', (line: Buffer) => {
      // Its name, the client's random, the secret in hex digits, which must not become a string.
      if (line.subarray(0, line.indexOf(' ')).equals(secretName)) this.#trafficSecret = lastHexOf(line);
      line.fill(0);
    });
    const fail = (error: Error & { code?: string }): void => {
      this.#failure ??= tlsFailureOf(error);
    };
    socket.on('error', fail);
    // All that a server's end without a listening server tells once it is established, such as the other side's alert.
    socket.on('_tlsError', fail);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#failure ??= { code: 'EAPHOST_TLS_CLOSED' };
    });
    this.#wire.on('error', () => undefined);
  }

  /** Until TLS waits for nothing but the other side. */
  async #settle(): Promise<void> {
    const [wire, socket] = [this.#wire, this.#socket];
    // An error is told in a tick.
    await nextTick();
    while (!this.#hasStarted || wire.isWriting || wire.readableLength > 0 || socket.readableLength > 0) {
      this.#hasStarted = true;
      wire.isWriting = false;
      await nextTurn();
      if (socket.destroyed) break;
    }
    for (
      let quiet = 0;
      quiet < quietTurns && !this.#isClosed && (socket.destroyed || socket.readableEnded);
      quiet += 1
    )
      await nextTurn();
  }
}

/**
 * Lets TLS resume this session and no other. node:tls asks its server for one by the hello's session id, which a hello
 * of TLS 1.3 need not have; so its handle is given it.
 */
function giveSession(socket: TLSSocket, session: Buffer): void {
  const handle: unknown = Reflect.get(socket, '_handle');
  const load = isObject(handle) ? handle['loadSession'] : undefined;
  if (typeof load === 'function') Reflect.apply(load, handle, [session]);
}

function tlsFailureOf(error: Error & { code?: string }): TlsFailure {
  const code = error.code ?? 'EAPHOST_TLS_FAILED';
  const [, number] = /SSL alert number (\d+)/u.exec(error.message) ?? [];
  return number === undefined ? { code } : { code, alert: Number(number) };
}

/** The octets whose hex digits, in lower case, are the last word of a line. */
function lastHexOf(line: Buffer): Buffer {
  const digit = (at: number): number => {
    const character = line[at] ?? 0;
    return character < 0x3a ? character - 0x30 : character - 0x57;
  };
  const start = line.lastIndexOf(' ') + 1;
  const octets = secretBuffer((line.length - start) >> 1);
  for (let index = 0, at = start; index < octets.length; index += 1, at += 2) {
    octets[index] = (digit(at) << 4) | digit(at + 1);
  }
  return octets;
}

/** The random of the hello that begins a side's octets. */
function randomOf(octets: Uint8Array): Buffer | undefined {
  if (octets.length < randomAt + randomLength || octets[0] !== 22) return undefined;
  return Buffer.from(octets.subarray(randomAt, randomAt + randomLength));
}
