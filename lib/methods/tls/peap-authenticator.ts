// The authenticator's side of PEAPv0 inside its tunnel: identity, the inner method, the result, crypto-binding.

import { eapErrorCodes } from '../../base/error-codes.js';
import { wipe } from '../credentials.js';
import type { AuthenticatorBegin, MethodDefinition, ProvedIdentity } from '../../hosts/method.js';
import { eapCodes } from '../../eap/packet.js';
import { refused } from '../verdicts.js';
import { acceptedAttributes, InnerAuthenticator, type InnerOutcome } from './inner-authenticator.js';
import { compoundKeys, type CompoundKeys, compoundMsk, innerSessionKey } from './peap-keys.js';
import * as tlv from './peap-tlv.js';
import type {
  AuthenticatorTunnel,
  AuthenticatorTunnelStep,
  AuthenticatorVerdict,
  Connection,
} from './tunnel.js';

/** `none`: not offered. `optional`: a peer may leave it. `required`: a peer that leaves it is refused. */
export type CryptoBindingOffer = 'none' | 'optional' | 'required';

/** The message that awaits an answer. */
type State =
  | { readonly kind: 'start' | 'inner' }
  | {
      readonly kind: 'accepted';
      readonly verdict: AuthenticatorVerdict;
      readonly keys: CompoundKeys | undefined;
    }
  | { readonly kind: 'refused'; readonly failureReasonCode: number };

/** The inside of an authenticator's PEAP conversation. */
export class PeapAuthenticator implements AuthenticatorTunnel {
  readonly #inner: InnerAuthenticator;
  readonly #offer: CryptoBindingOffer;
  #state: State = { kind: 'start' };
  #msk: Buffer | undefined;

  constructor(methods: readonly MethodDefinition[], begin: AuthenticatorBegin, offer: CryptoBindingOffer) {
    this.#inner = new InnerAuthenticator(methods, begin);
    this.#offer = offer;
  }

  async advance(
    data: Buffer,
    connection: Connection,
    proved: ProvedIdentity | undefined,
  ): Promise<AuthenticatorTunnelStep> {
    const state = this.#state;
    switch (state.kind) {
      case 'start':
        if (data.length > 0) return { verdict: refused(eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET) };
        if (proved)
          return this.#accept(connection, { isSuccess: true, ...proved, attributes: [] }, undefined);
        this.#state = { kind: 'inner' };
        return { data: tlv.strip(this.#inner.start(connection.id + 1)) };
      case 'inner': {
        const response = tlv.restore(data, eapCodes.response, this.#inner.id);
        const outcome = await this.#inner.receive(response);
        // It may hold a password.
        wipe(response);
        return this.#carryOut(outcome, connection);
      }
      case 'refused':
        return { verdict: refused(state.failureReasonCode) };
      default:
        return this.#conclude(tlv.restore(data, eapCodes.response, connection.id), state);
    }
  }

  async end(): Promise<void> {
    wipe(this.#msk);
    if (this.#state.kind === 'accepted') wipe(this.#state.keys?.ipmk, this.#state.keys?.cmk);
    await this.#inner.end();
  }

  #carryOut(outcome: InnerOutcome, connection: Connection): AuthenticatorTunnelStep {
    if (outcome.kind === 'send') return { data: tlv.strip(outcome.packet) };
    if (outcome.kind === 'accept') {
      const { verdict } = outcome;
      const isk = innerSessionKey(verdict.attributes, 'authenticator');
      return this.#accept(connection, verdict, isk);
    }
    this.#state = { kind: 'refused', failureReasonCode: outcome.failureReasonCode };
    return {
      data: tlv.writeExtensions(eapCodes.request, nextId(connection), [
        tlv.resultTlv(tlv.tlvResults.failure),
      ]),
    };
  }

  /** Tells the peer that it is accepted; its word on that is to come. */
  #accept(
    connection: Connection,
    inner: AuthenticatorVerdict,
    isk: Buffer | undefined,
  ): AuthenticatorTunnelStep {
    const keys = this.#offer === 'none' ? undefined : compoundKeys(connection.keys.msk, isk);
    wipe(isk);
    const verdict = { ...inner, attributes: acceptedAttributes(inner.attributes) };
    this.#state = { kind: 'accepted', verdict, keys };
    const tlvs = [
      tlv.resultTlv(tlv.tlvResults.success),
      ...(keys ? [tlv.bindingTlv(keys, tlv.bindingSubTypes.request)] : []),
    ];
    return { data: tlv.writeExtensions(eapCodes.request, nextId(connection), tlvs) };
  }

  #conclude(
    response: Buffer,
    { keys, verdict }: State & { readonly kind: 'accepted' },
  ): AuthenticatorTunnelStep {
    const extensions = tlv.readExtensions(response);
    if (extensions?.code !== eapCodes.response || extensions.result !== tlv.tlvResults.success) {
      return { verdict: refused() };
    }
    const { binding, unknown } = extensions;
    // What it demands of us may be a condition of its success.
    if (unknown !== undefined) return { verdict: refused() };
    if (!binding || !keys) {
      const isEnough = this.#offer !== 'required' && !binding;
      return { verdict: isEnough ? verdict : { ...refused(), rootCause: withoutBinding } };
    }
    if (!tlv.isBound(binding, keys, tlv.bindingSubTypes.response)) {
      return { verdict: { ...refused(), rootCause: wrongBinding } };
    }
    this.#msk = compoundMsk(keys.ipmk);
    return { verdict: { ...verdict, keys: { msk: this.#msk } } };
  }
}

const withoutBinding =
  'The peer left out crypto-binding, which the option cryptoBinding demands: it cannot do it, or is not at both ends of ' +
  'the tunnel and the inner method.';
const wrongBinding =
  'The crypto-binding of the peer is wrong: it is not at both ends of the tunnel and the inner method.';

/** Inner packets have the id of the outer request that carries them, as far as it can be foreseen. */
function nextId({ id }: Connection): number {
  return (id + 1) & 0xff;
}
