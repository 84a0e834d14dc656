// The peer of EAP-MSCHAPv2: answers the challenge, makes the server prove itself, acknowledges failures, changes an
// expired password.

import { timingSafeEqual } from 'node:crypto';
import { attributeTypes, encodeMppeKeys } from '../eap/attributes.js';
import { eapErrorCodes } from '../base/error-codes.js';
import type { EapAttribute } from '../eap/names.js';
import { encodeCredentials, identityOf, wipe } from './credentials.js';
import { withoutDomain } from '../eap/identity.js';
import type { PeerBegin, PeerResult, PeerResultReason, PeerSession, PeerStep } from '../hosts/method.js';
import * as chap from './mschapv2-crypto.js';
import * as packets from './mschapv2-packets.js';
import { eapCodes } from '../eap/packet.js';
import { discard, PasswordPeer } from './password.js';
import { failureReasonOf, passwordRefused, rasErrors, peerFailure } from './verdicts.js';
import { randomOctets } from '../base/random.js';

/** The options of the peer. */
export interface Mschapv2PeerOptions {
  /**
   * Asks the user again (action `invokeUi`) when the server allows another try or wants a new password and none was
   * given. The context is a user blob without passwords; so is what `setUiContext` takes, with them; an empty one
   * gives up. Not with the flags `nonInteractive` and `suppressUi`. Default false: the failure is acknowledged.
   */
  readonly askAgain?: boolean;
}

/** `responded`: the server's verdict is awaited. `asking`: the user's answer is. `proved`: the server is genuine. */
type State = 'start' | 'responded' | 'asking' | 'proved' | 'failed';

/** A failure packet that could still be answered otherwise than by acknowledging it. */
interface Refusal extends packets.FailureMessage {
  readonly id: number;
  readonly msId: number;
  readonly challenge: Buffer;
}

/** EAP-MSCHAPv2, one conversation of a peer. */
export class Mschapv2Peer extends PasswordPeer implements PeerSession {
  readonly #canAsk: boolean;
  #state: State = 'start';
  #refusal: Refusal | undefined;
  /** The answer by which the server must prove itself. */
  #expected: Buffer | undefined;
  #msk: Buffer | undefined;
  /** Keys and credentials that the host was given. */
  readonly #given: Uint8Array[] = [];
  #change: 'none' | 'sent' | 'done' = 'none';
  #hasEnded = false;

  constructor(begin: PeerBegin, options: Mschapv2PeerOptions) {
    super(begin);
    const isSilent = begin.flags.has('nonInteractive') || begin.flags.has('suppressUi');
    this.#canAsk = options.askAgain === true && !isSilent;
  }

  processRequest(packet: Uint8Array): PeerStep {
    const message = packets.readMessage(packet, eapCodes.request);
    if (!message || this.#hasEnded) return discard;
    const { id, msId, opCode, body } = message;
    if (opCode === packets.opCodes.challenge && this.#state === 'start') {
      const challenge = packets.readChallenge(body);
      return challenge ? this.#respond(id, msId, challenge.challenge) : discard;
    }
    if (opCode === packets.opCodes.success && this.#state === 'responded') {
      const proof = packets.readSuccess(body);
      return proof ? this.#checkProof(id, proof) : discard;
    }
    if (opCode === packets.opCodes.failure && this.#state === 'responded') {
      const failure = packets.readFailure(body);
      return failure ? this.#onFailure(id, msId, failure) : discard;
    }
    return discard;
  }

  getResult(reason: PeerResultReason): PeerResult {
    if (reason === 'success' && this.#state === 'proved' && this.#msk) return this.#success(this.#msk);
    const hasRefused = reason === 'failure' && this.#state === 'responded';
    return this.failedResult(hasRefused ? passwordRefused : peerFailure(endings[this.#state]));
  }

  setUiContext(context: Uint8Array): PeerStep {
    const refusal = this.#refusal;
    if (this.#state !== 'asking' || !refusal) return discard;
    if (context.length === 0) return this.#acknowledge(refusal.id);
    this.replaceCredentials(context);
    this.#refusal = undefined;
    if (refusal.error !== rasErrors.passwordExpired) {
      return this.#respond(refusal.id, refusal.msId + 1, refusal.challenge);
    }
    const hasNewPassword = (this.credentials?.newPassword.length ?? 0) > 0;
    return hasNewPassword ? this.#changePassword(refusal) : this.#acknowledge(refusal.id);
  }

  override end(): void {
    this.#hasEnded = true;
    super.end();
    wipe(this.#expected, this.#msk, ...this.#given);
  }

  #respond(id: number, msId: number, challenge: Uint8Array): PeerStep {
    const { credentials } = this;
    if (!credentials) return this.#fail(this.failWithoutCredentials());
    this.#state = 'responded';
    const hashes = chap.passwordHashes(credentials.password);
    const name = identityOf(credentials);
    const proof = this.#prove(name, challenge, hashes);
    wipe(hashes.hash, hashes.hashHash);
    return this.send(packets.writeResponse(id, msId, { ...proof, name }));
  }

  /** The NT-Response to a challenge under a password; keeps what the server's proof and the keys must then be. */
  #prove(name: string, challenge: Uint8Array, { hash, hashHash }: chap.PasswordHashes) {
    const peerChallenge = randomOctets(16);
    const both = chap.challengeHash(peerChallenge, challenge, withoutDomain(name));
    const ntResponse = chap.challengeResponse(both, hash);
    wipe(this.#expected, this.#msk);
    this.#expected = chap.authenticatorResponse(hashHash, ntResponse, both);
    this.#msk = chap.mschapMsk(hashHash, ntResponse);
    return { peerChallenge, ntResponse };
  }

  #checkProof(id: number, proof: Buffer): PeerStep {
    if (!this.#expected || !timingSafeEqual(proof, this.#expected)) {
      const rootCause = 'The server did not prove that it knows the password.';
      return this.#fail(this.fail(eapErrorCodes.EAP_E_AUTHENTICATION_FAILED, rootCause));
    }
    this.#state = 'proved';
    if (this.#change === 'sent') this.#change = 'done';
    return this.send(packets.writeAcknowledgement(id, packets.opCodes.success));
  }

  #onFailure(id: number, msId: number, failure: packets.FailureMessage): PeerStep {
    const { error, message, challenge } = failure;
    const words = message === '' ? '' : ` (${message})`;
    this.blame(failureReasonOf(error), `The server refused the user with error ${error}${words}.`);
    if (!challenge || this.#change !== 'none') return this.#acknowledge(id);
    const refusal: Refusal = { ...failure, id, msId, challenge };
    const canChange =
      error === rasErrors.passwordExpired && failure.version === packets.changePasswordVersion;
    if (canChange && (this.credentials?.newPassword.length ?? 0) > 0) return this.#changePassword(refusal);
    const canRetry = error === rasErrors.authenticationFailure && failure.retry;
    return this.#canAsk && (canChange || canRetry) ? this.#ask(refusal) : this.#acknowledge(id);
  }

  #ask(refusal: Refusal): PeerStep {
    this.#state = 'asking';
    this.#refusal = refusal;
    const { username = '', domain = '' } = this.credentials ?? {};
    return { action: 'invokeUi', context: encodeCredentials({ username, domain, password: '' }) };
  }

  #changePassword({ id, msId, challenge }: Refusal): PeerStep {
    const { credentials } = this;
    if (!credentials) return this.#acknowledge(id);
    this.#state = 'responded';
    this.#change = 'sent';
    const old = chap.passwordHashes(credentials.password);
    const changed = chap.passwordHashes(credentials.newPassword);
    const packet = packets.writeChangePassword(id, msId + 1, {
      encryptedPassword: chap.encryptNewPassword(credentials.newPassword, old.hash),
      encryptedHash: chap.encryptOldHash(old.hash, changed.hash),
      ...this.#prove(identityOf(credentials), challenge, changed),
    });
    wipe(old.hash, old.hashHash, changed.hash, changed.hashHash);
    return this.fits(packet) ? this.send(packet) : this.#acknowledge(id);
  }

  #acknowledge(id: number): PeerStep {
    this.#state = 'failed';
    return this.send(packets.writeAcknowledgement(id, packets.opCodes.failure));
  }

  #fail(step: PeerStep): PeerStep {
    this.#state = 'failed';
    return step;
  }

  #success(msk: Buffer): PeerResult {
    const { credentials } = this;
    const attributes: EapAttribute[] = encodeMppeKeys(msk, 'peer');
    this.#given.push(...attributes.map(({ value }) => value));
    if (!credentials) return { isSuccess: true, attributes };
    attributes.push({ type: attributeTypes.UserName, value: Buffer.from(identityOf(credentials)) });
    if (this.#change !== 'done') return { isSuccess: true, attributes };
    attributes.push({ type: attributeTypes.CredentialsChanged, value: Buffer.of(1, 0, 0, 0) });
    const { username, domain, newPassword } = credentials;
    const saveCredentials = encodeCredentials({ username, domain, password: newPassword });
    this.#given.push(saveCredentials);
    return { isSuccess: true, attributes, saveCredentials };
  }
}

/** The error of a conversation that ended without a reason from the method. */
const endings: Readonly<Record<State, string>> = {
  start: 'The server ended the conversation before its challenge.',
  responded: 'The server ended the conversation without proving that it knows the password.',
  asking: 'The server ended the conversation while the user was asked.',
  proved: 'The server proved itself, but did not accept the user.',
  failed: 'The authentication failed.',
};
