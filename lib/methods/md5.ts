// MD5-Challenge (RFC 3748, 5.4; RFC 1994), peer and authenticator. No keys, no proof of the server.

import { createHash, timingSafeEqual } from 'node:crypto';
import { propertyBits } from '../eap/names.js';
import { passwordConfiguration } from './password-fields.js';
import { identityOf } from './credentials.js';
import type {
  AuthenticatorAction,
  AuthenticatorBegin,
  AuthenticatorResult,
  AuthenticatorSession,
  PeerResult,
  PeerResultReason,
  PeerSession,
  PeerSide,
  PeerStep,
  MethodWith,
} from '../hosts/method.js';
import { eapCodes, readPacket, writePacket } from '../eap/packet.js';
import {
  discard,
  judgeUser,
  passwordIdentity,
  PasswordPeer,
  passwordVerdict,
  withAuthenticator,
} from './password.js';
import { passwordAuthenticatorNames, type PasswordAuthenticatorOptions } from './users.js';
import { passwordRefused, peerFailure, refused } from './verdicts.js';
import { randomOctets } from '../base/random.js';

const md5Type = 4;
const digestLength = 16;

class Md5Peer extends PasswordPeer implements PeerSession {
  #hasResponded = false;

  processRequest(packet: Uint8Array): PeerStep {
    const request = readPacket(packet, eapCodes.request, md5Type);
    const challenge = request && readValue(request.data);
    if (!challenge || this.#hasResponded || this.failure) return discard;
    const { credentials } = this;
    if (!credentials) return this.failWithoutCredentials();
    this.#hasResponded = true;
    const digest = answer(request.id, credentials.password, challenge);
    const name = Buffer.from(identityOf(credentials));
    return this.send(writeValue(eapCodes.response, request.id, digest, name));
  }

  getResult(reason: PeerResultReason): PeerResult {
    if (reason === 'success' && this.#hasResponded) return { isSuccess: true };
    return this.failedResult(
      this.#hasResponded && reason === 'failure'
        ? passwordRefused
        : peerFailure(
            this.#hasResponded
              ? 'The server did not say whether it accepts the user.'
              : 'The server ended the conversation before its challenge.',
          ),
    );
  }
}

class Md5Authenticator implements AuthenticatorSession {
  readonly #options: PasswordAuthenticatorOptions;
  readonly #identity: string;
  #challenge: Buffer | undefined;
  #id = 0;
  #result: AuthenticatorResult | undefined;

  constructor(options: PasswordAuthenticatorOptions, begin: AuthenticatorBegin) {
    this.#options = options;
    this.#identity = begin.identity;
  }

  sendPacket(id: number): { packet: Uint8Array; timeout: 'basic' } {
    if (this.#challenge) throw new Error('the MD5 challenge has been sent');
    this.#challenge = randomOctets(digestLength);
    this.#id = id;
    const name = Buffer.from(this.#options.serverName ?? 'eaphost');
    return { packet: writeValue(eapCodes.request, id, this.#challenge, name), timeout: 'basic' };
  }

  async receivePacket(packet: Uint8Array): Promise<AuthenticatorAction> {
    const response = readPacket(packet, eapCodes.response, md5Type);
    const digest = response && readValue(response.data);
    const challenge = this.#challenge;
    if (digest?.length !== digestLength || response?.id !== this.#id) return 'discard';
    if (!challenge || this.#result) return 'discard';
    const error = await judgeUser(this.#options.users, this.#identity, (password) =>
      timingSafeEqual(answer(this.#id, password, challenge), digest),
    );
    this.#result = passwordVerdict(error, this.#identity);
    return 'result';
  }

  getResult(): AuthenticatorResult {
    return this.#result ?? refused();
  }

  end(): void {
    this.#challenge?.fill(0);
  }
}

/** Value-Size, value, name. Undefined for a value that is empty or cut short. */
function readValue(data: Buffer): Buffer | undefined {
  const [size = 0] = data;
  return size > 0 && data.length > size ? data.subarray(1, 1 + size) : undefined;
}

function writeValue(code: number, id: number, value: Uint8Array, name: Uint8Array): Buffer {
  return writePacket(code, id, md5Type, [Buffer.of(value.length), value, name]);
}

function answer(id: number, password: Uint8Array, challenge: Uint8Array): Buffer {
  return createHash('md5').update(Buffer.of(id)).update(password).update(challenge).digest();
}

const peer: PeerSide = {
  getIdentity: passwordIdentity,
  beginSession: (begin) => new Md5Peer(begin),
};

/**
 * MD5-Challenge (type 4) as peer, built into the embedded run-time. Its user blob is that of `encodeCredentials`. It
 * exports no keys and does not know whom it talks to: for tests, and inside of TTLS.
 */
export const md5: MethodWith<'peer'> = {
  type: { type: md5Type },
  name: 'MD5-Challenge',
  properties: propertyBits.standalone | propertyBits.machineAuth | propertyBits.userAuth,
  peer,
  configuration: passwordConfiguration,
};

/**
 * MD5-Challenge as authenticator, over a user database with passwords as they are, and as peer. It exports no keys. An
 * error of the store fails the conversation.
 */
export function md5Authenticator(
  options: PasswordAuthenticatorOptions,
): MethodWith<'peer' | 'authenticator'> {
  return withAuthenticator(
    md5,
    options,
    (own, begin) => new Md5Authenticator(own, begin),
    passwordAuthenticatorNames,
  );
}
