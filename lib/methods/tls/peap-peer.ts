// The peer's side of PEAPv0 inside its tunnel: the inner method, the server's result, crypto-binding.

import { wipe } from '../credentials.js';
import type { MethodDefinition, PeerBegin, PeerResult, PeerResultReason } from '../../hosts/method.js';
import { eapCodes } from '../../eap/packet.js';
import { resultFailure, type PeerFailure, peerFailure } from '../verdicts.js';
import { innerAttributes, InnerPeer } from './inner-peer.js';
import { compoundKeys, type CompoundKeys, compoundMsk, innerSessionKey } from './peap-keys.js';
import * as tlv from './peap-tlv.js';
import type { Connection, PeerTunnel, PeerTunnelResult, PeerTunnelStep } from './tunnel.js';

/** `required`: a server that cannot prove that it is both ends of the tunnel is refused (RequireCryptoBinding). */
export type CryptoBindingPolicy = 'optional' | 'required';

/** The inside of a peer's PEAP conversation. */
export class PeapPeer implements PeerTunnel {
  readonly inner: InnerPeer;
  readonly #policy: CryptoBindingPolicy;
  /** The inner method's verdict, once the server said that it is over. */
  #verdict: PeerResult | undefined;
  #msk: Buffer | undefined;

  constructor(methods: readonly MethodDefinition[], begin: PeerBegin, policy: CryptoBindingPolicy) {
    this.inner = new InnerPeer(methods, begin, tlv.strip);
    this.#policy = policy;
  }

  proof(): Promise<Uint8Array | undefined> {
    return this.inner.proof();
  }

  async advance(data: Buffer, connection: Connection): Promise<PeerTunnelStep> {
    if (data.length === 0) return { kind: 'send' };
    const request = tlv.restore(data, eapCodes.request, connection.id);
    if (!tlv.isExtensionsRequest(request)) return this.inner.answer(request);
    const extensions = tlv.readExtensions(request);
    if (!extensions) return { kind: 'fail', failure: malformed };
    const { id, result, unknown } = extensions;
    const reply = (...tlvs: readonly Buffer[]) => tlv.writeExtensions(eapCodes.response, id, tlvs);
    if (result === undefined) {
      const tlvs = unknown === undefined ? [] : [tlv.nakTlv(unknown)];
      return { kind: 'send', data: reply(...tlvs) };
    }
    const refuse = (failure: PeerFailure): PeerTunnelStep => ({
      kind: 'fail',
      failure,
      data: reply(tlv.resultTlv(tlv.tlvResults.failure)),
    });
    if (unknown !== undefined) return refuse(malformed);
    if (result !== tlv.tlvResults.success) {
      return refuse(resultFailure(await this.inner.getResult('failure'), refused));
    }
    const failure = await this.#accept(extensions, connection);
    if (failure) return refuse(failure);
    const keys = extensions.binding && this.#bind(extensions, connection);
    if (keys === 'unbound') return refuse(unbound);
    const success = tlv.resultTlv(tlv.tlvResults.success);
    if (!keys) return { kind: 'send', data: reply(success) };
    const binding = tlv.bindingTlv(keys, tlv.bindingSubTypes.response, extensions.binding?.nonce);
    this.#msk = compoundMsk(keys.ipmk);
    wipe(keys.ipmk, keys.cmk);
    return { kind: 'send', data: reply(success, binding) };
  }

  async getResult(reason: PeerResultReason): Promise<PeerTunnelResult> {
    const verdict = this.#verdict;
    if (reason === 'success' && verdict?.isSuccess === true) {
      const attributes = innerAttributes(verdict.attributes);
      return { ...verdict, attributes, ...(this.#msk && { keys: { msk: this.#msk } }) };
    }
    const failure =
      reason === 'failure' ? resultFailure(await this.inner.getResult('failure'), unproved) : unproved;
    return { isSuccess: false, ...failure };
  }

  async end(): Promise<void> {
    wipe(this.#msk);
    await this.inner.end();
  }

  /** Why the server's success is not accepted; undefined if it is. */
  async #accept({ binding }: tlv.Extensions, { isResumed }: Connection): Promise<PeerFailure | undefined> {
    if (!binding && this.#policy === 'required') return unbound;
    const { method } = this.inner;
    // A fast reconnect has no inner method.
    const verdict = isResumed && !method ? { isSuccess: true } : await this.inner.getResult('success');
    this.#verdict = verdict;
    return verdict.isSuccess ? undefined : resultFailure(verdict, unproved);
  }

  #bind({ binding }: tlv.Extensions, connection: Connection): CompoundKeys | 'unbound' {
    const isk = this.inner.method && innerSessionKey(this.#verdict?.attributes ?? [], 'peer');
    for (const tunnelKey of tunnelKeys(connection)) {
      const keys = compoundKeys(tunnelKey, isk);
      if (binding && tlv.isBound(binding, keys, tlv.bindingSubTypes.request)) {
        wipe(isk);
        return keys;
      }
      wipe(keys.ipmk, keys.cmk);
    }
    this.#verdict = undefined;
    wipe(isk);
    return 'unbound';
  }
}

/**
 * The input of the compound keys: over TLS 1.3 the key material of 128 octets (RFC 9427, 2.2). hostapd 2.10 exports
 * 64, which are others: as secret, but they bind only themselves. They count where the first do not.
 */
function* tunnelKeys(connection: Connection): Generator<Buffer> {
  yield connection.keys.msk;
  if (connection.version !== 'TLSv1.3') return;
  const short = connection.exportKey(64, 'EXPORTER_EAP_TLS_Key_Material', Buffer.of(25));
  yield short;
  wipe(short);
}

const malformed = peerFailure(
  'The server sent an extensions packet that is malformed or not known.',
  'EAP_E_EAPHOST_REMOTE_INVALID_PACKET',
);

const unbound = peerFailure('The server did not prove by crypto-binding that the tunnel is its own.');

const refused = peerFailure('The server refused the user.', 'EAP_E_USER_CREDENTIALS_REJECTED');

const unproved = peerFailure('The server ended the conversation before its result inside the tunnel.');
