// The peer's side of EAP-TTLS inside its tunnel: a password method, or an inner EAP method.

import { attributeTypes, microsoft } from '../../eap/attributes.js';
import { eapCodes, eapHeader, identityRequest } from '../../eap/packet.js';
import { encodeCredentials, identityOf, wipe } from '../credentials.js';
import type { MethodDefinition, PeerBegin, PeerResultReason } from '../../hosts/method.js';
import { PasswordPeer } from '../password.js';
import { readFailure } from '../mschapv2-packets.js';
import { failureReasonOf, passwordRefused, peerFailure } from '../verdicts.js';
import { innerAttributes, InnerPeer } from './inner-peer.js';
import * as codec from './ttls-avp.js';
import { provePassword, type TtlsPasswordMethod } from './ttls-password.js';
import type { Connection, PeerTunnel, PeerTunnelResult, PeerTunnelStep } from './tunnel.js';
import { secretFrom } from '../../base/secret.js';

/** The inside of a peer's EAP-TTLS conversation with a password method. */
export class TtlsPasswordPeer implements PeerTunnel {
  readonly #method: TtlsPasswordMethod;
  readonly inner: PasswordPeer;
  /** The proof that the server must give (MSCHAPv2). */
  #expected: Buffer | undefined;
  /** What was sent: with PAP, the password. */
  #proof: Buffer | undefined;
  #state: 'start' | 'sent' | 'proved' = 'start';

  constructor(method: TtlsPasswordMethod, begin: PeerBegin) {
    this.#method = method;
    this.inner = new PasswordPeer(begin);
  }

  proof(): Uint8Array | undefined {
    const { credentials } = this.inner;
    if (!credentials) return undefined;
    const { username, domain, password } = credentials;
    return encodeCredentials({ username, domain, password });
  }

  async advance(data: Buffer, connection: Connection): Promise<PeerTunnelStep> {
    const avps = answersIn(data, connection);
    if (!Array.isArray(avps)) return avps;
    if (this.#state === 'start') return this.#begin(connection);
    const proof = codec.avpData(avps, codec.microsoftCodes.chap2Success, microsoft.vendorId);
    const error = codec.avpData(avps, codec.microsoftCodes.chapError, microsoft.vendorId);
    if (proof && this.#expected) {
      // More words may follow, such as `M=`.
      const isRight = proof.subarray(0, this.#expected.length).equals(this.#expected);
      if (!isRight) return { kind: 'fail', failure: impostor };
      this.#state = 'proved';
    } else if (error) {
      const refusal = readFailure(error.subarray(1));
      this.inner.blame(
        failureReasonOf(refusal?.error ?? 0),
        `The server refused the user with error ${refusal?.error ?? 'unknown'}.`,
      );
    }
    return { kind: 'send' };
  }

  getResult(reason: PeerResultReason, { isResumed }: Connection): PeerTunnelResult {
    const needsProof = this.#method === 'mschapv2';
    const isDone = needsProof ? this.#state === 'proved' : this.#state !== 'start';
    if (reason === 'success' && (isResumed || isDone) && !this.inner.failure) {
      const { credentials } = this.inner;
      const name = credentials ? identityOf(credentials) : '';
      const attributes = name ? [{ type: attributeTypes.UserName, value: Buffer.from(name) }] : [];
      return { isSuccess: true, attributes };
    }
    return this.inner.failedResult(
      reason === 'failure' && this.#state !== 'start'
        ? passwordRefused
        : reason === 'success'
          ? impostor
          : unfinished,
    );
  }

  end(): void {
    wipe(this.#expected, this.#proof);
    this.inner.end();
  }

  async #begin(connection: Connection): Promise<PeerTunnelStep> {
    const { credentials } = this.inner;
    if (!credentials) {
      this.inner.failWithoutCredentials();
      return { kind: 'fail', failure: this.inner.failure ?? unfinished };
    }
    this.#state = 'sent';
    const { avps, expected } = provePassword(
      this.#method,
      connection,
      identityOf(credentials),
      credentials.password,
    );
    this.#expected = expected;
    this.#proof = secretFrom(...avps);
    wipe(...avps);
    return { kind: 'send', data: this.#proof };
  }
}

/** The inside of a peer's EAP-TTLS conversation with an inner EAP method. */
export class TtlsEapPeer implements PeerTunnel {
  readonly inner: InnerPeer;
  #hasBegun = false;
  /** With GTC, the password. */
  #sent: Buffer | undefined;

  constructor(methods: readonly MethodDefinition[], begin: PeerBegin) {
    this.inner = new InnerPeer(methods, begin, (packet) => {
      wipe(this.#sent);
      return (this.#sent = codec.writeAvp(codec.avpCodes.eapMessage, packet));
    });
  }

  proof(): Promise<Uint8Array | undefined> {
    return this.inner.proof();
  }

  async advance(data: Buffer, connection: Connection): Promise<PeerTunnelStep> {
    const avps = answersIn(data, connection);
    if (!Array.isArray(avps)) return avps;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      return this.inner.answer(identityRequest(0));
    }
    const packet = codec.eapMessage(avps);
    if (!packet) return { kind: 'send' };
    const code = eapHeader(packet)?.code;
    // The outer packet says the same again.
    if (code === eapCodes.success || code === eapCodes.failure) return { kind: 'send' };
    return this.inner.answer(packet);
  }

  async getResult(reason: PeerResultReason, { isResumed }: Connection): Promise<PeerTunnelResult> {
    if (isResumed && reason === 'success') return { isSuccess: true };
    const result = await this.inner.getResult(reason);
    return { ...result, attributes: innerAttributes(result.attributes) };
  }

  async end(): Promise<void> {
    wipe(this.#sent);
    await this.inner.end();
  }
}

/** The server's message inside the tunnel; a step if that is all. */
function answersIn(data: Buffer, { isResumed }: Connection): codec.Avp[] | PeerTunnelStep {
  // A resumed connection needs no more.
  if (isResumed && data.length === 0) return { kind: 'send' };
  const avps = codec.readAvps(data);
  const isFine = avps && !isResumed && !avps.some((avp) => codec.isForeign(avp, known));
  return isFine ? avps : { kind: 'fail', failure: malformed };
}

const known: codec.KnownAvps = {
  standard: [codec.avpCodes.eapMessage, codec.avpCodes.replyMessage],
  microsoft: [codec.microsoftCodes.chapError, codec.microsoftCodes.chap2Success],
};

const malformed = peerFailure(
  'The server sent AVPs that are malformed or not known.',
  'EAP_E_EAPHOST_REMOTE_INVALID_PACKET',
);

const impostor = peerFailure('The server did not prove that it knows the password.');

const unfinished = peerFailure('The server ended the conversation before the user was authenticated.');
