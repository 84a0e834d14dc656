// Shared by the password methods: the identity round, the credentials of one conversation, and the authenticators'
// queries of a user database.

import { ownOptions, type OptionNames } from '../base/arguments.js';
import { eapErrorCodes, systemErrorCodes } from '../base/error-codes.js';
import {
  type Credentials,
  decodeCredentials,
  encodeCredentials,
  identityIn,
  wipe,
  wipeCredentials,
} from './credentials.js';
import {
  type AuthenticatorResult,
  type IdentityReply,
  type IdentityRequest,
  type PeerBegin,
  type PeerResult,
  type PeerStep,
  type ProvedIdentity,
  type AuthenticatorBegin,
  type AuthenticatorSession,
  type AuthenticatorSide,
  type MethodWith,
} from '../hosts/method.js';
import { accountErrors, failureReasonOf, type PeerFailure, rasErrors, refused } from './verdicts.js';
import { CallFailure } from '../hosts/failure.js';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { secretFrom } from '../base/secret.js';
import { checkUsers, readUser, type UserStore, type PasswordAuthenticatorOptions } from './users.js';

export const discard: PeerStep = { action: 'discard' };

/** Without credentials there is nothing to tell the network: the user must be asked, or nobody is there. */
export function passwordIdentity(request: IdentityRequest): IdentityReply {
  if (request.credentials.length === 0) {
    const isAlone = request.flags.has('nonInteractive') || request.flags.has('machineAuth');
    if (!isAlone) return { invokeUi: true };
    throw new CallFailure(
      eapErrorCodes.EAP_E_EAPHOST_IDENTITY_UNKNOWN,
      'No user name was given, and nobody may be asked.',
    );
  }
  return { identity: identityIn(request.credentials), credentials: request.credentials };
}

/** The credentials and the verdict of one conversation. */
export class PasswordPeer {
  readonly #maxSendPacketSize: number;
  #credentials: Credentials | undefined;
  #failure: PeerFailure | undefined;

  /** Throws CredentialsError for a malformed user blob. An empty one is fine: the dialogs may give one later. */
  constructor(begin: PeerBegin) {
    this.#maxSendPacketSize = begin.maxSendPacketSize;
    if (begin.credentials.length > 0) this.#credentials = decodeCredentials(begin.credentials);
  }

  get credentials(): Credentials | undefined {
    return this.#credentials;
  }

  /** Why the conversation failed, as far as the method knows. */
  get failure(): PeerFailure | undefined {
    return this.#failure;
  }

  /** Takes the place of the credentials so far. Throws CredentialsError for a malformed blob. */
  replaceCredentials(blob: Uint8Array): void {
    const credentials = decodeCredentials(blob);
    wipeCredentials(this.#credentials);
    this.#credentials = credentials;
  }

  /** The input of the generic dialogs (EapPeerSetCredentials). */
  setCredentials(identity: string, password: string): void {
    const blob = encodeCredentials({ username: identity, password });
    this.replaceCredentials(blob);
    wipe(blob);
  }

  /** Remembers why the conversation fails. */
  blame(failureReasonCode: number, rootCause: string): void {
    this.#failure = { failureReasonCode, rootCause };
  }

  /** The conversation fails at once: the host fetches the result. */
  fail(failureReasonCode: number, rootCause: string): PeerStep {
    this.blame(failureReasonCode, rootCause);
    return { action: 'result' };
  }

  /** No user name was given. */
  failWithoutCredentials(): PeerStep {
    return this.fail(systemErrorCodes.ERROR_NO_SUCH_USER, 'No user name and password were given.');
  }

  /** Whether the link carries a packet of this length. */
  fits(packet: Uint8Array): boolean {
    return packet.length <= this.#maxSendPacketSize;
  }

  send(packet: Uint8Array): PeerStep {
    if (this.fits(packet)) return { action: 'send', packet };
    return this.fail(
      systemErrorCodes.ERROR_INSUFFICIENT_BUFFER,
      `The response has ${packet.length} octets, the link carries ${this.#maxSendPacketSize}.`,
    );
  }

  /** The failed result: what the method knows, or `otherwise` if it knows nothing. */
  failedResult(otherwise: PeerFailure): PeerResult {
    return { isSuccess: false, ...(this.#failure ?? otherwise) };
  }

  end(): void {
    wipeCredentials(this.#credentials);
    this.#credentials = undefined;
  }
}

/** A random password for unknown users. Drawn once: drawing it only for them would reveal which users exist. */
const nobodysPassword = randomBytes(8).toString('hex');

/**
 * The only look-up of an account: its RAS code, 0 if the user is accepted. The work is the same for an unknown user
 * as for an account that may not be used.
 * @param isProved whether the peer has proved that it knows this password, which is wiped afterwards; left out where
 * something else has proved the identity
 */
export async function judgeUser(
  users: UserStore,
  identity: string,
  isProved: (password: Buffer) => boolean | Promise<boolean> = () => true,
): Promise<number> {
  const user = readUser(await users.lookup(identity));
  const password = secretFrom(user?.password ?? nobodysPassword);
  try {
    const isRight = await isProved(password);
    return isRight && user ? accountErrors[user.state] : rasErrors.authenticationFailure;
  } finally {
    wipe(password);
  }
}

/** For `mayResume`: whether the account is still good. */
export async function mayResumeUser(users: UserStore, { identity }: ProvedIdentity): Promise<boolean> {
  return identity !== undefined && (await judgeUser(users, identity)) === 0;
}

/** The verdict on a user by such a code. */
export function passwordVerdict(error: number, identity: string): AuthenticatorResult {
  return error === 0 ? { isSuccess: true, identity, attributes: [] } : refused(failureReasonOf(error));
}

/** Whether two passwords in the clear are the same, without telling by the time how much of them is. */
export function isSamePassword(one: Uint8Array, other: Uint8Array): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest());
  const isSame = timingSafeEqual(first!, second!);
  wipe(first, second);
  return isSame;
}

/** A method with its authenticator's side over a user database. */
export function withAuthenticator<Options extends PasswordAuthenticatorOptions>(
  method: MethodWith<'peer'>,
  given: Options,
  beginSession: (options: Options, begin: AuthenticatorBegin) => AuthenticatorSession,
  names: OptionNames<Options>,
): MethodWith<'peer' | 'authenticator'> {
  const options = ownOptions(given, 'options', names);
  checkUsers(options.users);
  const authenticator: AuthenticatorSide = {
    beginSession: (begin) => beginSession(options, begin),
    mayResume: (proved) => mayResumeUser(options.users, proved),
  };
  return { ...method, authenticator };
}
