// The authenticator's side of EAP-TTLS inside its tunnel: password methods over a user database, inner EAP methods.

import { microsoft } from '../../eap/attributes.js';
import { eapErrorCodes } from '../../base/error-codes.js';
import type { MethodType } from '../../eap/names.js';
import type { AuthenticatorBegin, MethodDefinition, ProvedIdentity } from '../../hosts/method.js';
import { wipe } from '../credentials.js';
import { judgeUser, mayResumeUser, passwordVerdict } from '../password.js';
import type { UserStore } from '../users.js';
import { refused } from '../verdicts.js';
import { acceptedAttributes, InnerAuthenticator, unboundTypes } from './inner-authenticator.js';
import * as codec from './ttls-avp.js';
import { passwordCheck, type TtlsPasswordMethod } from './ttls-password.js';
import {
  type AuthenticatorTunnel,
  type AuthenticatorTunnelStep,
  type AuthenticatorVerdict,
  commitment,
  type Connection,
} from './tunnel.js';

/** The users, and the methods that they may use. */
export interface TtlsInside {
  /** For the password methods; without it there are none. */
  readonly users?: UserStore;
  /** All when left out. */
  readonly passwordMethods?: readonly TtlsPasswordMethod[];
  /** Inner EAP methods in order of preference, each with an authenticator side. */
  readonly methods?: readonly MethodDefinition[];
}

/**
 * The methods that prove bare what this server takes inside. A password method counts as the EAP method whose answer it
 * is: the challenge comes from the tunnel, but its owner may be an attacker, who asks a victim for the answer. MS-CHAP
 * of version 1 is the answer of none.
 */
export function unboundInTtls({
  users,
  passwordMethods = allMethods,
  methods = [],
}: TtlsInside): MethodType[] {
  const twins = { pap: 6, chap: 4, mschap: undefined, mschapv2: 26 } as const;
  const types = users ? passwordMethods.flatMap((name) => twins[name] ?? []) : [];
  return [...unboundTypes(methods), ...types.map((type) => ({ type }))];
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
    proved: ProvedIdentity | undefined,
  ): Promise<AuthenticatorTunnelStep> {
    if (proved) {
      const verdict = { isSuccess: true, ...proved, attributes: [] };
      return connection.version === 'TLSv1.3' ? { data: commitment, verdict } : { verdict };
    }
    if (this.#verdict) return { verdict: this.#verdict };
    if (data.length === 0) {
      // The peer speaks first; in TLS 1.3 it may acknowledge a ticket before.
      if (this.#hasWaited) return { verdict: refused(eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET) };
      this.#hasWaited = true;
      return {};
    }
    const avps = codec.readAvps(data);
    if (!avps || avps.some((avp) => codec.isForeign(avp, known))) {
      return { verdict: refused(eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET) };
    }
    const packet = codec.eapMessage(avps);
    return packet ? this.#receive(packet) : this.#check(avps, connection);
  }

  async end(): Promise<void> {
    await this.#inner.end();
  }

  async #receive(packet: Buffer): Promise<AuthenticatorTunnelStep> {
    const outcome = await this.#inner.receive(packet);
    wipe(packet);
    switch (outcome.kind) {
      case 'send':
        return { data: codec.writeAvp(codec.avpCodes.eapMessage, outcome.packet) };
      case 'accept':
        return {
          verdict: { ...outcome.verdict, attributes: acceptedAttributes(outcome.verdict.attributes) },
        };
      default:
        return { verdict: refused(outcome.failureReasonCode) };
    }
  }

  async #check(avps: readonly codec.Avp[], connection: Connection): Promise<AuthenticatorTunnelStep> {
    const { users, passwordMethods = allMethods } = this.#inside;
    const name = codec.avpData(avps, codec.avpCodes.userName)?.toString();
    const check = name === undefined ? undefined : passwordCheck(avps, connection, name);
    if (!name || !check || !users || !passwordMethods.includes(check.method)) {
      return { verdict: refused(eapErrorCodes.EAP_E_USER_CREDENTIALS_REJECTED) };
    }
    let answer: Buffer | undefined;
    const error = await judgeUser(users, name, async (password) => {
      const proof = check.verify(password);
      ({ answer } = proof);
      return proof.isRight;
    });
    const verdict = {
      ...passwordVerdict(error, name),
      mayResume: () => mayResumeUser(users, { identity: name }),
    };
    if (error !== 0 || !answer) return { verdict };
    this.#verdict = verdict;
    return { data: codec.writeAvp(codec.microsoftCodes.chap2Success, answer, microsoft.vendorId) };
  }
}

const allMethods: readonly TtlsPasswordMethod[] = ['pap', 'chap', 'mschap', 'mschapv2'];
const known = { standard: Object.values(codec.avpCodes), microsoft: Object.values(codec.microsoftCodes) };
