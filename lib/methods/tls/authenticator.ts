// A conversation of the authenticator of any TLS method: start, fragments, handshake, judgement of the peer's
// certificate. The tunnel does what follows inside TLS.

import { constants, type X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { toInteger } from '../../base/arguments.js';
import { eapErrorCodes } from '../../base/error-codes.js';
import type { EapAttribute } from '../../eap/names.js';
import type {
  AuthenticatorAction,
  AuthenticatorBegin,
  AuthenticatorResult,
  AuthenticatorSession,
  ProvedIdentity,
} from '../../hosts/method.js';
import { eapCodes, readPacket, writePacket } from '../../eap/packet.js';
import { wipe } from '../credentials.js';
import { refused } from '../verdicts.js';
import { alerts } from './alerts.js';
import { CertificateChains } from './chains.js';
import { TlsEngine } from './engine.js';
import { authenticatorFailureOf } from './failures.js';
import { Framing, FramingError, tlsFlags } from './framing.js';
import { deriveKeys, keyAttributes, type TlsKeys, wipeKeys } from './keys.js';
import { contextOf, type TlsAuthenticatorSettings, type TlsMethod } from './options.js';
import {
  AuthenticatorResumptions,
  type ResumableConnection,
  termUntil,
  wipeResumable,
} from './resumption.js';
import type { Judge, Refusal } from './trust.js';
import {
  type AuthenticatorTunnel,
  type AuthenticatorVerdict,
  type Connection,
  connectionOf,
} from './tunnel.js';

/** A judge of the peer's certificate, and of whom it proves. */
export interface ClientPolicy extends Judge {
  /** The identity that this certificate proves for a peer that claims `claimed`, or why it is not accepted. */
  identify(certificate: X509Certificate, claimed: string): Promise<ProvedIdentity | Refusal>;
}

/** A method's authenticator, ready for conversations. */
export class TlsAuthenticatorKit {
  readonly chains = new CertificateChains();
  readonly sessions = new AuthenticatorResumptions();
  /** For all conversations. */
  readonly context: SecureContext;

  /**
   * @param policy makes the authenticator ask for a certificate
   * @throws TlsOptionsError for options that cannot be used
   */
  constructor(
    readonly method: TlsMethod,
    readonly settings: TlsAuthenticatorSettings,
    readonly policy?: ClientPolicy,
  ) {
    toInteger(this.lifetime, 'resumptionLifetime', 0, 0x7fff_ffff);
    this.context = contextOf(settings, policy?.contextOptions ?? {}, {
      // Sessions stay here: a ticket would resume one without asking `sessions`.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
      sessionIdContext: `eaphost-${method.type}`,
      ...(this.lifetime > 0 && { sessionTimeout: this.lifetime }),
    });
  }

  /** How long connections may be resumed, in seconds; 0: never. */
  get lifetime(): number {
    return this.settings.resumptionLifetime ?? 0;
  }
}

const notResumed: Refusal = {
  alert: alerts.accessDenied,
  failureReasonCode: eapErrorCodes.EAP_E_USER_CREDENTIALS_REJECTED,
  rootCause: 'The user of the resumed connection may no longer come in.',
};

/** One conversation of a TLS method's authenticator. */
export class TlsAuthenticator implements AuthenticatorSession {
  readonly #kit: TlsAuthenticatorKit;
  readonly #tunnel: AuthenticatorTunnel;
  readonly #framing: Framing;
  readonly #identity: string;
  #hasStarted = false;
  /** Of the last request. */
  #id = 0;
  #engine: TlsEngine | undefined;
  #resumable: ResumableConnection | undefined;
  /** The identity that the certificate of a new connection proves. */
  #certified: ProvedIdentity | undefined;
  #isEstablished = false;
  #keys: TlsKeys | undefined;
  /** A verdict that waits for its last message to be acknowledged. */
  #pending: AuthenticatorVerdict | undefined;
  #result: AuthenticatorResult | undefined;

  /** @throws RangeError for a link that is too small */
  constructor(kit: TlsAuthenticatorKit, tunnel: AuthenticatorTunnel, begin: AuthenticatorBegin) {
    this.#kit = kit;
    this.#tunnel = tunnel;
    const { maxSendPacketSize } = begin;
    this.#framing = new Framing({ ...kit.method, maxSendPacketSize, limit: kit.settings.messageLimit });
    this.#identity = begin.identity;
  }

  sendPacket(id: number): { packet: Uint8Array; timeout: 'basic' } {
    const { type, version = 0 } = this.#kit.method;
    const data = this.#hasStarted ? this.#framing.next() : Buffer.of(tlsFlags.start | version);
    this.#hasStarted = true;
    this.#id = id;
    return { packet: writePacket(eapCodes.request, id, type, [data]), timeout: 'basic' };
  }

  async receivePacket(packet: Uint8Array): Promise<AuthenticatorAction> {
    const response = readPacket(packet, eapCodes.response, this.#kit.method.type);
    if (!response || !this.#hasStarted || this.#result) return 'discard';
    try {
      const taken = this.#framing.take(response.data);
      return taken.kind === 'message' ? await this.#process(taken.data) : 'send';
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      return this.#conclude(refused(eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET));
    }
  }

  getResult(): AuthenticatorResult {
    return this.#result ?? refused();
  }

  async end(): Promise<void> {
    this.#engine?.end();
    wipeKeys(this.#keys);
    if (this.#resumable) wipeResumable(this.#resumable);
    wipe(...(this.#result?.attributes ?? []).map(({ value }) => value));
    await this.#tunnel.end?.();
  }

  async #process(message: Buffer): Promise<AuthenticatorAction> {
    const engine = (this.#engine ??= this.#open(message));
    if (message.length === 0 && !this.#isEstablished && !this.#pending) {
      throw new FramingError('nothing in the handshake');
    }
    await engine.feed(message);
    const refusal = await this.#judge(engine);
    if (refusal) {
      engine.refuse(refusal.alert);
      this.#pending = { ...refused(refusal.failureReasonCode), rootCause: refusal.rootCause };
    } else if (engine.failure) {
      if (this.#pending?.isSuccess !== false) this.#pending = refused(authenticatorFailureOf(engine.failure));
    } else if (this.#pending) {
      return this.#conclude(this.#pending);
    }
    if (this.#pending) return this.#deliver(engine);
    const isNew = engine.isEstablished && !this.#isEstablished;
    this.#isEstablished = engine.isEstablished;
    // In TLS 1.2 the last flight goes out alone, for the peer to acknowledge.
    const isFlight = isNew && engine.version === 'TLSv1.2' && engine.hasOutput;
    if (!this.#isEstablished || isFlight) return this.#deliver(engine);
    const plaintext = engine.takePlaintext();
    const { data, verdict } = await this.#tunnel.advance(
      plaintext,
      this.#connection(engine),
      engine.isResumed ? this.#resumable?.proved : this.#certified,
    );
    // It may hold a password.
    wipe(plaintext);
    if (data && data.length > 0) await engine.write(data);
    this.#pending = verdict;
    return this.#deliver(engine);
  }

  /** Sends what there is to send; with a verdict and nothing to send, it is over. */
  #deliver(engine: TlsEngine): AuthenticatorAction {
    const output = engine.takeOutput();
    if (this.#pending && output.length === 0) return this.#conclude(this.#pending);
    this.#framing.load(output);
    return 'send';
  }

  #conclude({ keys, mayResume, ...verdict }: AuthenticatorVerdict): 'result' {
    const engine = this.#engine;
    if (!verdict.isSuccess || !engine?.isEstablished) {
      this.#result = verdict.isSuccess ? refused() : verdict;
      return 'result';
    }
    const exported = keyAttributes(keys ?? this.#connection(engine).keys, 'authenticator');
    const attributes: EapAttribute[] = [...verdict.attributes, ...exported];
    this.#result = { ...verdict, attributes };
    if (engine.isResumed) this.#replace(engine);
    else if (mayResume) this.#remember(engine, mayResume, verdict);
    return 'result';
  }

  #open(clientHello: Buffer): TlsEngine {
    const { chains, context, lifetime, policy, sessions } = this.#kit;
    if (lifetime > 0) this.#resumable = sessions.find(clientHello);
    return new TlsEngine({
      side: 'server',
      context,
      chains,
      requestCertificate: policy !== undefined,
      ...(lifetime > 0 && { sessions: { known: this.#resumable?.session.data } }),
    });
  }

  /**
   * Judges the peer once its Finished has proved that the handshake is its own: its certificate, or whether it may
   * still resume. Anyone may repeat a ClientHello, in TLS 1.3 with the binder of its ticket.
   */
  async #judge(engine: TlsEngine): Promise<Refusal | undefined> {
    const { policy, sessions } = this.#kit;
    if (this.#isEstablished || !engine.isEstablished) return undefined;
    if (engine.isResumed) {
      const resumed = this.#resumable;
      // A connection that is not remembered has proved nothing to its tunnel.
      if (!resumed || (await resumed.mayResume(this.#identity))) return undefined;
      sessions.forget(resumed);
      return notResumed;
    }
    if (!policy) return undefined;
    const peer = engine.peerCertificate();
    const refusal = peer && policy.check(peer);
    if (!peer || refusal) return refusal;
    const found = await policy.identify(peer.certificate, this.#identity);
    if ('alert' in found) return found;
    this.#certified = found;
    return undefined;
  }

  /** Keeps a new connection for as long as settings and certificate allow. */
  #remember(
    { sessions }: TlsEngine,
    mayResume: ResumableConnection['mayResume'],
    { identity, certificate }: ProvedIdentity,
  ): void {
    const expiry = certificate ? Date.parse(certificate.validTo) : Infinity;
    const term = termUntil(Math.min(Date.now() + this.#kit.lifetime * 1000, expiry));
    const proved = { ...(identity !== undefined && { identity }), ...(certificate && { certificate }) };
    for (const session of sessions) this.#kit.sessions.keep({ session, term, proved, mayResume });
  }

  /** Keeps what a resumed connection has made in place of what it resumed (RFC 8446, C.4). */
  #replace({ sessions: [session] }: TlsEngine): void {
    if (!this.#resumable || !session) return;
    this.#kit.sessions.forget(this.#resumable);
    this.#kit.sessions.keep({ ...this.#resumable, session });
  }

  #connection(engine: TlsEngine): Connection {
    const { type, keyLabel } = this.#kit.method;
    this.#keys ??= deriveKeys(engine, type, keyLabel);
    const { certificate } = engine.peerCertificate() ?? {};
    return connectionOf(engine, { id: this.#id, certificate, keys: this.#keys });
  }
}
