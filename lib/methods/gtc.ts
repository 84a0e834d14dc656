// EAP-GTC (RFC 3748, 5.6), peer and authenticator: the server's prompt, and the user's password in the clear. Use it
// inside a tunnel only: it gives the password to anyone who asks.

import { propertyBits } from '../eap/names.js';
import type {
  AuthenticatorAction,
  AuthenticatorBegin,
  AuthenticatorResult,
  AuthenticatorSession,
  PeerResult,
  PeerResultReason,
  PeerSession,
  PeerStep,
  MethodWith,
} from '../hosts/method.js';
import { passwordConfiguration } from './password-fields.js';
import { eapCodes, readPacket, writePacket } from '../eap/packet.js';
import {
  discard,
  isSamePassword,
  judgeUser,
  passwordIdentity,
  PasswordPeer,
  passwordVerdict,
  withAuthenticator,
} from './password.js';
import { passwordAuthenticatorNames, type PasswordAuthenticatorOptions, type UserStore } from './users.js';
import { passwordRefused, refused, peerFailure } from './verdicts.js';

const gtcType = 6;
const prompt = 'Password: ';

class GtcPeer extends PasswordPeer implements PeerSession {
  #hasResponded = false;
  #response: Buffer | undefined;

  processRequest(packet: Uint8Array): PeerStep {
    const request = readPacket(packet, eapCodes.request, gtcType);
    if (!request || this.#hasResponded || this.failure) return discard;
    const { credentials } = this;
    if (!credentials) return this.failWithoutCredentials();
    this.#hasResponded = true;
    this.#response = writePacket(eapCodes.response, request.id, gtcType, [credentials.password]);
    return this.send(this.#response);
  }

  getResult(reason: PeerResultReason): PeerResult {
    if (reason === 'success' && this.#hasResponded) return { isSuccess: true };
    const hasRefused = reason === 'failure' && this.#hasResponded;
    return this.failedResult(
      hasRefused
        ? passwordRefused
        : peerFailure('The server ended the conversation before it asked for the password.'),
    );
  }

  override end(): void {
    this.#response?.fill(0);
    super.end();
  }
}

class GtcAuthenticator implements AuthenticatorSession {
  readonly #users: UserStore;
  readonly #identity: string;
  #id: number | undefined;
  #result: AuthenticatorResult | undefined;

  constructor({ users }: PasswordAuthenticatorOptions, begin: AuthenticatorBegin) {
    this.#users = users;
    this.#identity = begin.identity;
  }

  sendPacket(id: number): { packet: Uint8Array; timeout: 'interactive' } {
    if (this.#id !== undefined) throw new Error('the password has been asked for');
    this.#id = id;
    const packet = writePacket(eapCodes.request, id, gtcType, [Buffer.from(prompt)]);
    return { packet, timeout: 'interactive' };
  }

  async receivePacket(packet: Uint8Array): Promise<AuthenticatorAction> {
    const response = readPacket(packet, eapCodes.response, gtcType);
    if (!response || response.id !== this.#id || this.#result) return 'discard';
    const error = await judgeUser(this.#users, this.#identity, (password) =>
      isSamePassword(password, response.data),
    );
    response.data.fill(0);
    this.#result = passwordVerdict(error, this.#identity);
    return 'result';
  }

  getResult(): AuthenticatorResult {
    return this.#result ?? refused();
  }

  end(): void {
    // Nothing to forget.
  }
}

/**
 * EAP-GTC (type 6) as peer, for tunnels: it sends the password in the clear to anyone who asks. Its user blob is that
 * of `encodeCredentials`. It exports no keys.
 */
export const gtc: MethodWith<'peer'> = {
  type: { type: gtcType },
  name: 'EAP-GTC',
  properties: propertyBits.machineAuth | propertyBits.userAuth,
  peer: {
    getIdentity: passwordIdentity,
    beginSession: (begin) => new GtcPeer(begin),
  },
  configuration: passwordConfiguration,
};

/**
 * EAP-GTC as authenticator, over a user database, and as peer; for tunnels. It takes equally long for an unknown
 * user. It exports no keys.
 */
export function gtcAuthenticator(
  options: PasswordAuthenticatorOptions,
): MethodWith<'peer' | 'authenticator'> {
  return withAuthenticator(
    gtc,
    options,
    (own, begin) => new GtcAuthenticator(own, begin),
    passwordAuthenticatorNames,
  );
}
