// A conversation of the peer of any TLS method: start, fragments, handshake, judgement of the server. The tunnel does
// what follows inside TLS.

import { createHmac, randomBytes, type X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { attributeTypes } from '../../eap/attributes.js';
import type { EapAttribute, Flag } from '../../eap/names.js';
import type { PeerBegin, PeerResult, PeerResultReason, PeerSession, PeerStep } from '../../hosts/method.js';
import { eapCodes, readPacket, writePacket } from '../../eap/packet.js';
import { wipe } from '../credentials.js';
import { discard } from '../password.js';
import { type PeerFailure, peerFailure } from '../verdicts.js';
import { alerts } from './alerts.js';
import { CertificateChains } from './chains.js';
import { TlsEngine } from './engine.js';
import { peerFailureOf } from './failures.js';
import { Framing, FramingError, tlsFlags } from './framing.js';
import { deriveKeys, keyAttributes, type TlsKeys, wipeKeys } from './keys.js';
import {
  certificateOf,
  contextOf,
  type TlsIdentity,
  type TlsMethod,
  type TlsPeerSettings,
} from './options.js';
import type { PeerProfile } from './profile.js';
import { type PeerResumption, PeerResumptions } from './resumption.js';
import { serverCertificateNames } from './server-names.js';
import { smallestGroup } from './strength.js';
import { type Judge, serverJudge, TlsOptionsError } from './trust.js';
import { commitment, type Connection, connectionOf, type PeerTunnel, type PeerTunnelStep } from './tunnel.js';

/** A method's peer, ready for conversations. */
export class TlsPeerKit {
  readonly chains = new CertificateChains();
  readonly judge: Judge;
  readonly context: SecureContext;
  readonly sessions = new PeerResumptions();
  readonly #salt = randomBytes(32);
  readonly #mayResume: boolean;

  /** @throws TlsOptionsError for options or a profile that cannot be used, or trust nobody */
  constructor(
    readonly method: TlsMethod,
    readonly settings: TlsPeerSettings & TlsIdentity,
    profile?: PeerProfile,
  ) {
    this.judge = serverJudge(settings, profile?.trust);
    this.context = contextOf(settings, this.judge.contextOptions);
    this.#mayResume = settings.resumption !== false && profile?.resumption !== false;
  }

  /** Its own certificate, if it has one. */
  get certificate(): X509Certificate | undefined {
    return certificateOf(this.context);
  }

  /**
   * Names who resumes, by what they are going to prove: a service serves many users by one method. Undefined: nothing
   * is offered and nothing kept.
   */
  async sessionKey(flags: ReadonlySet<Flag>, tunnel: PeerTunnel): Promise<string | undefined> {
    if (!this.#mayResume || flags.has('fullAuth') || flags.has('guestAccess')) return undefined;
    const proof = await tunnel.proof();
    if (!proof) return undefined;
    const who = flags.has('machineAuth') ? 'machine' : 'user';
    const key = createHmac('sha256', this.#salt).update(who).update(proof).digest('base64');
    wipe(proof);
    return key;
  }
}

/** One conversation of a TLS method's peer. */
export class TlsPeer implements PeerSession {
  readonly #kit: TlsPeerKit;
  readonly #tunnel: PeerTunnel;
  readonly #framing: Framing;
  readonly #flags: ReadonlySet<Flag>;
  /** The owner of the connection, as long as the credentials given when TLS started are those proved. */
  #sessionKey: string | undefined;
  #engine: TlsEngine | undefined;
  #offered: PeerResumption | undefined;
  #isJudged = false;
  /** The server has said inside of TLS that it is done. */
  #isCommitted = false;
  /** Another user logged in after TLS had started. */
  #hasChanged = false;
  #keys: TlsKeys | undefined;
  /** Keys that the host was given. */
  readonly #given: Uint8Array[] = [];
  #failure: PeerFailure | undefined;
  /** Of the request that waits for its response. */
  #id = 0;
  #hasEnded = false;

  /**
   * @throws RangeError for a link that is too small
   * @throws TlsOptionsError where the host wants the server validated and the options trust any
   */
  constructor(kit: TlsPeerKit, tunnel: PeerTunnel, begin: PeerBegin) {
    const { method, settings } = kit;
    if (kit.judge.isBlind && begin.flags.has('serverValidationRequired')) {
      throw new TlsOptionsError(
        'EAPHOST_NO_TRUST',
        'The host wants the server validated (EAP_FLAG_SERVER_VALIDATION_REQUIRED), `insecurelyTrustAnyServer` does not',
      );
    }
    this.#kit = kit;
    this.#tunnel = tunnel;
    const { maxSendPacketSize } = begin;
    this.#framing = new Framing({ ...method, maxSendPacketSize, limit: settings.messageLimit });
    this.#flags = begin.flags;
  }

  async processRequest(packet: Uint8Array): Promise<PeerStep> {
    const request = readPacket(packet, eapCodes.request, this.#kit.method.type);
    if (!request || this.#hasEnded) return discard;
    // The server knows already: there is nothing more to send.
    if (this.#failure) return { action: 'result' };
    const [flags = 0] = request.data;
    const isStart = (flags & tlsFlags.start) !== 0;
    if (isStart !== (this.#engine === undefined)) return discard;
    this.#id = request.id;
    try {
      if (isStart) return await this.#start();
      const taken = this.#framing.take(request.data);
      return taken.kind === 'message' ? await this.#process(taken.data) : this.#respond();
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      return this.#fail(
        peerFailure(`The server sent ${error.message}.`, 'EAP_E_EAPHOST_REMOTE_INVALID_PACKET'),
      );
    }
  }

  async getResult(reason: PeerResultReason): Promise<PeerResult> {
    const engine = this.#engine;
    if (this.#failure) return { isSuccess: false, ...this.#failure };
    if (!engine?.isEstablished) return { isSuccess: false, ...unfinished };
    if (engine.isResumed && this.#hasChanged) return { isSuccess: false, ...changed };
    if (reason === 'success' && this.#lacksCommitment(engine)) return this.#refuseUncommitted(engine);
    const { keys = this.#connection(engine).keys, ...result } = await this.#tunnel.getResult(
      reason,
      this.#connection(engine),
    );
    if (!result.isSuccess) return result;
    // A password that was changed under way is not the one that would be proved the next time.
    if (!result.saveCredentials) this.#keepSession(engine);
    const exported = keyAttributes(keys, 'peer');
    this.#given.push(...exported.map(({ value }) => value));
    const attributes = [...(result.attributes ?? []), ...exported];
    const certificate = this.#certificate(engine);
    const [serverName] = certificate ? serverCertificateNames(certificate) : [];
    if (serverName !== undefined) {
      attributes.push({ type: attributeTypes.ServerId, value: Buffer.from(serverName) });
    }
    return { ...result, attributes };
  }

  async setCredentials(identity: string, password: string): Promise<void> {
    this.#sessionKey = undefined;
    this.#hasChanged = this.#engine !== undefined;
    await this.#tunnel.inner?.setCredentials(identity, password);
  }

  async setUiContext(context: Uint8Array): Promise<PeerStep> {
    const { inner } = this.#tunnel;
    if (this.#hasEnded || !this.#engine || !inner?.setUiContext) return discard;
    this.#sessionKey = undefined;
    return this.#carryOut(this.#engine, await inner.setUiContext(context));
  }

  async setResponseAttributes(attributes: readonly EapAttribute[]): Promise<PeerStep> {
    const { inner } = this.#tunnel;
    if (this.#hasEnded || !this.#engine || !inner?.setResponseAttributes) return discard;
    this.#sessionKey = undefined;
    return this.#carryOut(this.#engine, await inner.setResponseAttributes(attributes));
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#engine?.end();
    this.#offered?.session.fill(0);
    wipeKeys(this.#keys);
    wipe(...this.#given);
    await this.#tunnel.end?.();
  }

  async #start(): Promise<PeerStep> {
    const { chains, context, sessions, settings } = this.#kit;
    this.#sessionKey = await this.#kit.sessionKey(this.#flags, this.#tunnel);
    this.#offered = this.#sessionKey === undefined ? undefined : sessions.take(this.#sessionKey);
    const engine = new TlsEngine({
      side: 'client',
      context,
      chains,
      session: this.#offered?.session,
      ...(settings.insecurelyAllowWeakCryptography !== true && { minDHSize: smallestGroup }),
    });
    this.#engine = engine;
    await engine.feed(Buffer.alloc(0));
    return this.#respond(engine.takeOutput());
  }

  async #process(message: Buffer): Promise<PeerStep> {
    const engine = this.#engine!;
    if (message.length === 0 && !engine.isEstablished) throw new FramingError('nothing in the handshake');
    const hasResumed = engine.isEstablished && engine.isResumed;
    await engine.feed(message);
    this.#judge(engine);
    if (engine.failure) {
      this.#failure ??= peerFailureOf(engine.failure);
      // access_denied is a verdict on the user, not a fault of the resumption.
      if (hasResumed && engine.failure.alert !== alerts.accessDenied) {
        this.#failure = { ...this.#failure, rootCause: this.#shun(this.#failure.rootCause) };
      }
      // Our alert, or an acknowledgement of the server's (RFC 5216, 2.1.3).
      return this.#respond(engine.takeOutput());
    }
    if (!engine.isEstablished || engine.hasOutput) return this.#respond(engine.takeOutput());
    const data = engine.takePlaintext();
    if (data.equals(commitment) && this.#awaitsCommitment(engine)) {
      this.#isCommitted = true;
      return this.#respond(engine.takeOutput());
    }
    return this.#carryOut(engine, await this.#tunnel.advance(data, this.#connection(engine)));
  }

  #awaitsCommitment({ version, isResumed }: TlsEngine): boolean {
    const { commitment: when } = this.#kit.method;
    const isDue = when === 'always' || (when === 'resumed' && isResumed);
    return isDue && version === 'TLSv1.3' && !this.#isCommitted;
  }

  #lacksCommitment(engine: TlsEngine): boolean {
    return this.#kit.settings.commitment !== 'optional' && this.#awaitsCommitment(engine);
  }

  #refuseUncommitted({ isResumed }: TlsEngine): PeerResult {
    const rootCause = isResumed ? this.#shun(uncommitted) : `${uncommitted} ${uncommittedRemedy}`;
    return { isSuccess: false, ...peerFailure(rootCause) };
  }

  /** A server that resumes badly is not asked to again: every second conversation with it would fail. */
  #shun(why: string): string {
    if (this.#offered) this.#kit.sessions.shun(this.#offered.certificate);
    return `${why} The connection was a resumed one: with this server none is resumed from now on.`;
  }

  /** Looks at the server's certificate before anything that follows it is answered. */
  #judge(engine: TlsEngine): void {
    if (this.#isJudged || engine.failure || !(engine.hasOutput || engine.isEstablished)) return;
    const peer = engine.isResumed ? undefined : engine.peerCertificate();
    if (peer && !this.#isJudged) this.#kit.settings.onServerCertificate?.(peer.certificate);
    const refusal = peer && this.#kit.judge.check(peer);
    this.#isJudged = engine.isEstablished || peer !== undefined;
    if (refusal) {
      this.#failure = { failureReasonCode: refusal.failureReasonCode, rootCause: refusal.rootCause };
      engine.refuse(refusal.alert);
    } else if (engine.isEstablished && !peer && !engine.isResumed) {
      this.#failure = peerFailure('The server showed no certificate.', 'EAP_E_SERVER_CERT_NOT_FOUND');
      engine.refuse();
    }
  }

  async #carryOut(engine: TlsEngine, step: PeerTunnelStep): Promise<PeerStep> {
    if (this.#hasEnded) return discard;
    if (step.kind === 'ask') return step.step;
    if (step.kind === 'fail') {
      this.#failure = step.failure;
      if (!step.data) return { action: 'result' };
    }
    if (step.data) await engine.write(step.data);
    return this.#respond(engine.takeOutput());
  }

  #respond(message?: Buffer): PeerStep {
    if (message) this.#framing.load(message);
    const { type } = this.#kit.method;
    return {
      action: 'send',
      packet: writePacket(eapCodes.response, this.#id, type, [this.#framing.next()]),
    };
  }

  #fail(failure: PeerFailure): PeerStep {
    this.#failure = failure;
    return { action: 'result' };
  }

  #connection(engine: TlsEngine): Connection {
    const { type, keyLabel } = this.#kit.method;
    this.#keys ??= deriveKeys(engine, type, keyLabel);
    return connectionOf(engine, { id: this.#id, certificate: this.#certificate(engine), keys: this.#keys });
  }

  #certificate(engine: TlsEngine): X509Certificate | undefined {
    return engine.isResumed ? this.#offered?.certificate : engine.peerCertificate()?.certificate;
  }

  #keepSession(engine: TlsEngine): void {
    // A server that sends no new ticket takes the old one again, as node:tls does.
    const session = engine.session ?? (engine.isResumed ? this.#offered?.session : undefined);
    const certificate = this.#certificate(engine);
    if (this.#sessionKey === undefined || !session || !certificate) return;
    this.#kit.sessions.keep(this.#sessionKey, { session, certificate });
  }
}

const uncommitted =
  'The server did not say inside of TLS 1.3 that it is done (RFC 9190, 2.5; RFC 9427, 4), as hostapd 2.10 does not where it ' +
  'resumes, or where EAP-TLS is an inner method.';
const uncommittedRemedy =
  'Update it, use TLS 1.2 (`maxVersion`), or let it in with `commitment: "optional"`.';

const changed = peerFailure(
  'Other credentials were given while the server resumed a connection of those before.',
);

const unfinished = peerFailure('The server ended the conversation before TLS was established.');
