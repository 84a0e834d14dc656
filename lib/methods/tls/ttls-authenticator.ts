// The authenticator's side of EAP-TTLS inside its tunnel: password methods over a user database, inner EAP methods.

import { randomBytes } from 'node:crypto';
import { attributeTypes, microsoft } from '../../attributes.js';
import { eapErrorCodes } from '../../error-codes.js';
import type { EapAttribute } from '../../types.js';
import { wipe } from '../credentials.js';
import type { AuthenticatorBegin, MethodDefinition } from '../method.js';
import { accountErrors, failureReasonOf, rasErrors } from '../ras-errors.js';
import type { UserStore } from '../users.js';
import { InnerAuthenticator } from './inner-authenticator.js';
import { innerAttributes } from './inner-peer.js';
import { type Avp, avpCodes, avpData, eapMessage, microsoftCodes, readAvps, writeAvp } from './ttls-avp.js';
import { passwordCheck, type TtlsPasswordMethod } from './ttls-password.js';
import {
  type AuthenticatorTunnel,
  type AuthenticatorTunnelStep,
  type AuthenticatorVerdict,
  commitment,
  type Connection,
} from './tunnel.js';

/** Who may come in, and how. */
export interface TtlsInside {
  /** For the password methods; without it there are none. */
  readonly users?: UserStore;
  /** All when left out. */
  readonly passwordMethods?: readonly TtlsPasswordMethod[];
  /** Inner EAP methods in order of preference, each with an authenticator side. */
  readonly methods?: readonly MethodDefinition[];
}

/** The inside of an authenticator's EAP-TTLS conversation. */
export class TtlsAuthenticator implements AuthenticatorTunnel {
  readonly #inside: TtlsInside;
  readonly #inner: InnerAuthenticator;
  #hasWaited = false;
  /** A verdict that waits for the peer's acknowledgement. */
  #verdict: AuthenticatorVerdict | undefined;

  constructor(inside: TtlsInside, begin: AuthenticatorBegin) {
    this.#inside = inside;
    this.#inner = new InnerAuthenticator(inside.methods ?? [], begin);
  }

  async advance(
    data: Buffer,
    connection: Connection,
    resumed: string | undefined,
  ): Promise<AuthenticatorTunnelStep> {
    if (resumed !== undefined) {
      const verdict = accepted(resumed);
      return connection.version === 'TLSv1.3' ? { data: commitment, verdict } : { verdict };
    }
    if (this.#verdict) return { verdict: this.#verdict };
    if (data.length === 0) {
      // The peer speaks first; in TLS 1.3 it may acknowledge a ticket before.
      if (this.#hasWaited) return { verdict: failed(eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET) };
      this.#hasWaited = true;
      return {};
    }
    const avps = readAvps(data);
    if (!avps || avps.some(isUnknown)) {
      return { verdict: failed(eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET) };
    }
    const packet = eapMessage(avps);
    return packet ? this.#converse(packet) : this.#check(avps, connection);
  }

  async end(): Promise<void> {
    await this.#inner.end();
  }

  async #converse(packet: Buffer): Promise<AuthenticatorTunnelStep> {
    const outcome = await this.#inner.receive(packet);
    switch (outcome.kind) {
      case 'send':
        return { data: writeAvp(avpCodes.eapMessage, outcome.packet) };
      case 'accept':
        return { verdict: accepted(this.#inner.identity ?? '', innerAttributes(outcome.attributes)) };
      default:
        return { verdict: failed(outcome.failureReasonCode) };
    }
  }

  async #check(avps: readonly Avp[], connection: Connection): Promise<AuthenticatorTunnelStep> {
    const { users, passwordMethods = allMethods } = this.#inside;
    const name = avpData(avps, avpCodes.userName)?.toString();
    const check = name === undefined ? undefined : passwordCheck(avps, connection, name);
    if (name === undefined || !check || !users || !passwordMethods.includes(check.method)) {
      return { verdict: failed(eapErrorCodes.EAP_E_USER_CREDENTIALS_REJECTED) };
    }
    const user = await users.lookup(name);
    // Nobody's password is as unknown as random digits; the work is the same.
    const password = Buffer.from(user?.password ?? randomBytes(16).toString('hex'));
    const { isRight, answer } = await check.verify(password);
    wipe(password);
    const error = isRight && user ? accountErrors[user.state ?? 'active'] : rasErrors.authenticationFailure;
    if (error !== 0) return { verdict: failed(failureReasonOf(error)) };
    const verdict = accepted(name);
    if (!answer) return { verdict };
    this.#verdict = verdict;
    return { data: writeAvp(microsoftCodes.chap2Success, answer, microsoft.vendorId) };
  }
}

const allMethods: readonly TtlsPasswordMethod[] = ['pap', 'chap', 'mschap', 'mschapv2'];
const knownCodes = new Set<number>(Object.values(avpCodes));
const knownMicrosoftCodes = new Set<number>(Object.values(microsoftCodes));

/** A mandatory AVP that is not known ends the conversation (RFC 5281, 10.1). */
function isUnknown({ code, vendorId, isMandatory }: Avp): boolean {
  if (!isMandatory) return false;
  if (vendorId === 0) return !knownCodes.has(code);
  return vendorId !== microsoft.vendorId || !knownMicrosoftCodes.has(code);
}

function accepted(identity: string, fromInner: readonly EapAttribute[] = []): AuthenticatorVerdict {
  const userName = { type: attributeTypes.UserName, value: Buffer.from(identity) };
  const others = fromInner.filter(({ type }) => type !== attributeTypes.UserName);
  return { isSuccess: true, identity, attributes: [userName, ...others] };
}

function failed(failureReasonCode: number): AuthenticatorVerdict {
  return { isSuccess: false, failureReasonCode, attributes: [] };
}
