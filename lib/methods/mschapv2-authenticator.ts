// The authenticator of EAP-MSCHAPv2: challenges, checks, proves itself, offers retries and a change of an expired
// password.

import { timingSafeEqual } from 'node:crypto';
import { encodeMppeKeys } from '../eap/attributes.js';
import { eapErrorCodes } from '../base/error-codes.js';
import { wipe } from './credentials.js';
import { withoutDomain } from '../eap/identity.js';
import type {
  AuthenticatorAction,
  AuthenticatorBegin,
  AuthenticatorResult,
  AuthenticatorSession,
  SendTimeout,
} from '../hosts/method.js';
import * as chap from './mschapv2-crypto.js';
import * as packets from './mschapv2-packets.js';
import { eapCodes } from '../eap/packet.js';
import { toVerdict } from '../base/decisions.js';
import { judgeUser } from './password.js';
import { isSameName } from '../hosts/proved-identity.js';
import { failureReasonOf, rasErrors, refused } from './verdicts.js';
import type { OptionNames } from '../base/arguments.js';
import { passwordAuthenticatorNames, type PasswordAuthenticatorOptions } from './users.js';
import { randomOctets } from '../base/random.js';

/** The options of EAP-MSCHAPv2's authenticator. */
export interface Mschapv2AuthenticatorOptions extends PasswordAuthenticatorOptions {
  /** How many more tries a peer gets after a wrong password. Default 0. */
  readonly retries?: number;
}

export const mschapv2AuthenticatorNames: OptionNames<Mschapv2AuthenticatorOptions> = {
  ...passwordAuthenticatorNames,
  retries: 'number',
};

/** The message to send next, or the sent one that awaits an answer. */
type Turn =
  | { readonly kind: 'challenge' }
  | { readonly kind: 'success'; readonly msId: number; readonly proof: Buffer }
  | { readonly kind: 'failure'; readonly msId: number; readonly error: number; readonly retry: boolean };

const words: Readonly<Record<number, string>> = {
  [rasErrors.restrictedLogonHours]: 'Not at this hour',
  [rasErrors.accountDisabled]: 'Account disabled',
  [rasErrors.passwordExpired]: 'Password expired',
  [rasErrors.noDialinPermission]: 'No permission to dial in',
  [rasErrors.authenticationFailure]: 'Wrong user name or password',
  [rasErrors.changingPassword]: 'The password cannot be changed',
};

/** EAP-MSCHAPv2, one conversation of an authenticator. */
export class Mschapv2Authenticator implements AuthenticatorSession {
  readonly #options: Mschapv2AuthenticatorOptions;
  /**
   * EAP's identity, or else the name in the peer's first response. The password of this account, and of no other, is
   * what the proof is compared with.
   */
  #identity: string;
  #retries: number;
  #challenge: Buffer = Buffer.alloc(0);
  #toSend: Turn | undefined = { kind: 'challenge' };
  #sent: Turn | undefined;
  #msk: Buffer | undefined;
  #result: AuthenticatorResult | undefined;

  constructor(options: Mschapv2AuthenticatorOptions, begin: AuthenticatorBegin) {
    this.#options = options;
    this.#identity = begin.identity;
    this.#retries = options.retries ?? 0;
  }

  sendPacket(id: number): { packet: Uint8Array; timeout: SendTimeout } {
    const turn = this.#toSend;
    if (!turn) throw new Error('EAP-MSCHAPv2 has no request to send');
    this.#toSend = undefined;
    this.#sent = turn;
    if (turn.kind === 'success') {
      return { packet: packets.writeSuccess(id, turn.msId, turn.proof), timeout: 'basic' };
    }
    this.#challenge = randomOctets(16);
    if (turn.kind === 'challenge') {
      const name = this.#options.serverName ?? 'eaphost';
      return { packet: packets.writeChallenge(id, this.#challenge, name), timeout: 'basic' };
    }
    const packet = packets.writeFailure(id, turn.msId, {
      ...turn,
      challenge: this.#challenge,
      version: packets.changePasswordVersion,
      message: words[turn.error] ?? '',
    });
    // The peer may have to ask its user.
    const mayAsk = turn.retry || turn.error === rasErrors.passwordExpired;
    return { packet, timeout: mayAsk ? 'interactive' : 'basic' };
  }

  async receivePacket(packet: Uint8Array): Promise<AuthenticatorAction> {
    const message = packets.readMessage(packet, eapCodes.response);
    const turn = this.#sent;
    if (!message || !turn || this.#toSend || this.#result) return 'discard';
    if (turn.kind === 'success') return this.#onVerdict(message.opCode);
    const { opCode } = message;
    if (opCode === packets.opCodes.response && (turn.kind === 'challenge' || turn.retry))
      return this.#onResponse(message);
    if (turn.kind === 'challenge') return 'discard';
    if (opCode === packets.opCodes.failure) return this.#finish(failureReasonOf(turn.error));
    const isExpired = turn.error === rasErrors.passwordExpired;
    if (opCode === packets.opCodes.changePassword && isExpired) return this.#onChangePassword(message);
    return 'discard';
  }

  getResult(): AuthenticatorResult {
    return this.#result ?? refused();
  }

  end(): void {
    wipe(this.#msk);
    for (const { value } of this.#result?.attributes ?? []) wipe(value);
  }

  #finish(failureReasonCode: number): 'result' {
    this.#result = refused(failureReasonCode);
    return 'result';
  }

  /** The peer's word on our proof: its Success Response, or a failure where it does not believe us. */
  #onVerdict(opCode: number): AuthenticatorAction {
    if (opCode === packets.opCodes.failure) return this.#finish(eapErrorCodes.EAP_E_AUTHENTICATION_FAILED);
    if (opCode !== packets.opCodes.success || !this.#msk) return 'discard';
    const attributes = encodeMppeKeys(this.#msk, 'authenticator');
    this.#result = { isSuccess: true, identity: this.#identity, attributes };
    return 'result';
  }

  async #onResponse({ msId, body }: packets.Message): Promise<AuthenticatorAction> {
    const response = packets.readResponse(body);
    if (!response) return 'discard';
    this.#sent = undefined;
    const error = await this.#judge(response.name, (password) => {
      const hashes = chap.passwordHashes(password);
      const isRight = this.#check(msId, response, hashes);
      wipe(hashes.hash, hashes.hashHash);
      return isRight;
    });
    if (error === 0) return 'send';
    const mayRetry = error === rasErrors.authenticationFailure && this.#retries-- > 0;
    return this.#refuse(msId, error, mayRetry);
  }

  /** Whether the NT-Response is right; if so, our proof is to be sent next and the keys are there. */
  #check(
    msId: number,
    { peerChallenge, ntResponse, name }: packets.Response,
    { hash, hashHash }: chap.PasswordHashes,
  ): boolean {
    const both = chap.challengeHash(peerChallenge, this.#challenge, withoutDomain(name));
    const expected = chap.challengeResponse(both, hash);
    if (!timingSafeEqual(ntResponse, expected)) return false;
    this.#toSend = { kind: 'success', msId, proof: chap.authenticatorResponse(hashHash, ntResponse, both) };
    wipe(this.#msk);
    this.#msk = chap.mschapMsk(hashHash, ntResponse);
    return true;
  }

  /** The RAS code of the identity's user, if the response names the same. */
  async #judge(name: string, isProved: (password: Buffer) => boolean): Promise<number> {
    if (this.#identity === '') this.#identity = name;
    if (this.#identity === '' || !isSameName(name, this.#identity)) return rasErrors.authenticationFailure;
    return judgeUser(this.#options.users, this.#identity, isProved);
  }

  async #onChangePassword({ msId, body }: packets.Message): Promise<AuthenticatorAction> {
    const change = packets.readChangePassword(body);
    const { users } = this.#options;
    if (!change) return 'discard';
    this.#sent = undefined;
    if (!users.changePassword) return this.#refuse(msId, rasErrors.changingPassword, false);
    let newPassword: Buffer | undefined;
    const error = await this.#judge(this.#identity, (password) => {
      const old = chap.passwordHashes(password);
      newPassword = chap.decryptNewPassword(change.encryptedPassword, old.hash);
      const changed = newPassword && chap.passwordHashes(newPassword);
      const isRight =
        changed !== undefined &&
        timingSafeEqual(change.encryptedHash, chap.encryptOldHash(old.hash, changed.hash)) &&
        this.#check(msId, { ...change, name: this.#identity }, changed);
      wipe(old.hash, old.hashHash, changed?.hash, changed?.hashHash);
      return isRight;
    });
    // The account may have been closed since it was said that the password has expired.
    const mayChange = error === 0 || error === rasErrors.passwordExpired;
    let isTaken = false;
    try {
      if (mayChange) {
        const changed = await users.changePassword(this.#identity, newPassword?.toString() ?? '');
        isTaken = toVerdict(changed, 'changePassword()');
      }
    } finally {
      wipe(newPassword);
    }
    return isTaken ? 'send' : this.#refuse(msId, mayChange ? rasErrors.changingPassword : error, false);
  }

  #refuse(msId: number, error: number, retry: boolean): 'send' {
    this.#toSend = { kind: 'failure', msId, error, retry };
    return 'send';
  }
}
