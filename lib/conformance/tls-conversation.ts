// A TLS peer of one conversation, of the probe's own: it trusts any server, and a case may have any version, certificate,
// session and message of it. What is inside the tunnel comes from the peers of lib/methods/tls, or from the case.
// JavaScript thread.

import { decodeCredentials, encodeCredentials, wipeCredentials } from '../methods/credentials.js';
import { gtc } from '../methods/gtc.js';
import { md5 } from '../methods/md5.js';
import type { PeerBegin } from '../hosts/method.js';
import { mschapv2 } from '../methods/mschapv2.js';
import { TlsEngine, type TlsVersion } from '../methods/tls/engine.js';
import { deriveKeys, type TlsKeys } from '../methods/tls/keys.js';
import { contextOf, type TlsIdentity } from '../methods/tls/options.js';
import { PeapPeer } from '../methods/tls/peap-peer.js';
import { TtlsPasswordPeer } from '../methods/tls/ttls-peer.js';
import { type Connection, connectionOf, type PeerTunnel } from '../methods/tls/tunnel.js';
import { radiusCodes } from '../radius/packet.js';
import { CaseFailure, demand, NotApplicable } from './case.js';
import {
  answerName,
  type EapConversation,
  type RequestChanges,
  type ServerAnswer,
  type ServerProbe,
} from './server-probe.js';
import { eapTls, peap, sendInFragments, takeFragments, tlsResponse, ttls } from './tls-probe.js';

/** How the peer is to be: what is left out is as the user has it. */
export interface TlsPeerChoice {
  readonly version?: TlsVersion;
  /** `none`: the server may ask in vain. */
  readonly certificate?: TlsIdentity | 'none';
  /** To resume. */
  readonly session?: Buffer;
  /** Of every Access-Request. */
  readonly changes?: RequestChanges;
  /** Outside of the tunnel. */
  readonly identity?: string;
}

const keyLabels: Readonly<Record<number, string>> = { [ttls]: 'ttls keying material' };

/** Owns its engine. Dispose of it. */
export class TlsConversation implements Disposable {
  readonly #probe: ServerProbe;
  readonly talk: EapConversation;
  readonly engine: TlsEngine;
  readonly #type: number;
  #keys: TlsKeys | undefined;
  /** What the server said last inside of TLS. */
  plaintext: Buffer = Buffer.alloc(0);

  private constructor(probe: ServerProbe, talk: EapConversation, engine: TlsEngine) {
    this.#probe = probe;
    this.talk = talk;
    this.engine = engine;
    this.#type = probe.target.method.type.type;
  }

  /** Begins a conversation; nothing of TLS has been sent. */
  static async open(probe: ServerProbe, options: TlsPeerChoice = {}): Promise<TlsConversation> {
    const { target } = probe;
    const { version, certificate = target.certificate, session, changes, identity } = options;
    if (target.method.type.type === eapTls && certificate === undefined) {
      throw new NotApplicable('the certificate of the user is not known');
    }
    const context = contextOf({
      ...(certificate !== 'none' && certificate),
      ...(version && { minVersion: version, maxVersion: version }),
      insecurelyAllowWeakCryptography: true,
    });
    const talk = await probe.begin(changes, probe.identity(0, identity));
    return new TlsConversation(probe, talk, new TlsEngine({ side: 'client', context, session }));
  }

  [Symbol.dispose](): void {
    this.engine.end();
  }

  /** The connection that is established. */
  get connection(): Connection {
    this.#keys ??= deriveKeys(this.engine, this.#type, keyLabels[this.#type] ?? 'client EAP encryption');
    return connectionOf(this.engine, { id: this.talk.requestId, certificate: undefined, keys: this.#keys });
  }

  /**
   * Goes on until TLS is established on both sides, or the server has ended it.
   * @param bend may replace a flight of the peer, counted from 0
   * @returns the last reply, if the server has ended it
   */
  async handshake(
    bend: (flight: Buffer, index: number) => Buffer = (flight) => flight,
  ): Promise<ServerAnswer | undefined> {
    await this.engine.feed(Buffer.alloc(0));
    for (let index = 0; ; index++) {
      const answer = await this.send(bend(this.engine.takeOutput(), index));
      if (answer.code !== radiusCodes.accessChallenge) return answer;
      if (this.engine.isEstablished && !this.engine.hasOutput) return undefined;
    }
  }

  /** Goes on until TLS is established, which it must be. */
  async establish(): Promise<void> {
    const answer = await this.handshake();
    if (answer) throw new CaseFailure(`the handshake ended with ${answerName(answer)}`);
  }

  /** Sends a TLS message, whole, and takes what the server has to say to it. */
  async send(message: Buffer): Promise<ServerAnswer> {
    const answer = await sendInFragments(this.talk, message, 1300);
    if (answer.code !== radiusCodes.accessChallenge) return answer;
    const packets = await takeFragments(this.talk);
    await this.engine.feed(Buffer.concat(packets.map(({ data }) => data)));
    this.plaintext = this.engine.takePlaintext();
    return answer;
  }

  /** Sends a TLS message that the server may pass over in silence, or by asking the same again. */
  async trySending(message: Buffer): Promise<ServerAnswer | undefined> {
    const before = this.talk.request;
    const answer = await this.talk.trySending(tlsResponse(this.talk, message));
    this.plaintext = Buffer.alloc(0);
    if (answer?.code !== radiusCodes.accessChallenge) return answer;
    if (this.talk.request.equals(before)) return undefined;
    const packets = await takeFragments(this.talk);
    await this.engine.feed(Buffer.concat(packets.map(({ data }) => data)));
    this.plaintext = this.engine.takePlaintext();
    return answer;
  }

  /** The octets that say something inside of TLS. */
  async seal(data: Uint8Array): Promise<Buffer> {
    if (data.length > 0) await this.engine.write(data);
    return this.engine.takeOutput();
  }

  /** Says something inside of TLS; without data, it acknowledges. */
  async say(data: Uint8Array = Buffer.alloc(0)): Promise<ServerAnswer> {
    return this.send(await this.seal(data));
  }

  /** The user's own part inside the tunnel: of PEAP with the inner method that the server wants, of EAP-TTLS with PAP. */
  tunnel(credentials = this.#probe.target.credentials): PeerTunnel {
    if (credentials.length === 0) throw new NotApplicable('the user has no password');
    const begin: PeerBegin = {
      flags: new Set(),
      config: new Uint8Array(),
      credentials,
      attributes: [],
      maxSendPacketSize: 1400,
      signal: this.#probe.signal,
    };
    if (this.#type === peap) return new PeapPeer([mschapv2, gtc, md5], begin, 'optional');
    if (this.#type === ttls) return new TtlsPasswordPeer('pap', begin);
    throw new NotApplicable('the method has no tunnel');
  }

  /** The user's name with another password. */
  wrongCredentials(): Uint8Array {
    const { credentials } = this.#probe.target;
    if (credentials.length === 0) throw new NotApplicable('the user has no password');
    const decoded = decodeCredentials(credentials);
    const { username, domain } = decoded;
    wipeCredentials(decoded);
    return encodeCredentials({ username, domain, password: 'not the password of the user' });
  }

  /**
   * Goes on inside the tunnel until the server has ended the conversation.
   * @param bend may replace a message of the peer, counted from 0
   */
  async finish(
    tunnel: PeerTunnel,
    bend: (data: Uint8Array, index: number) => Uint8Array = (data) => data,
  ): Promise<ServerAnswer> {
    for (let index = 0; ; index++) {
      const step = await tunnel.advance(this.plaintext, this.connection);
      if (step.kind === 'ask') throw new CaseFailure('the inner method asks for the user');
      const data = 'data' in step ? step.data : undefined;
      const answer = await this.say(bend(data ?? Buffer.alloc(0), index));
      if (answer.code !== radiusCodes.accessChallenge || step.kind === 'fail') return answer;
      demand(index < 40, 'forty messages inside the tunnel come to no end');
    }
  }

  /** The user goes on, and must be accepted. */
  async expectAccept(what = 'the user', tunnel?: PeerTunnel): Promise<ServerAnswer> {
    const isEapTls = this.#type === eapTls;
    const answer = isEapTls ? await this.acknowledge() : await this.finish(tunnel ?? this.tunnel());
    if (this.#type === ttls && answer.code === radiusCodes.accessReject) {
      throw new NotApplicable('it does not take PAP from this user in EAP-TTLS');
    }
    demand(answer.code === radiusCodes.accessAccept, `${what} got ${answerName(answer)}`);
    return answer;
  }

  /** Acknowledges until the server has ended it: it may have tickets to send, and its word that it is done. */
  async acknowledge(): Promise<ServerAnswer> {
    for (let index = 0; ; index++) {
      const answer = await this.say();
      if (answer.code !== radiusCodes.accessChallenge || index === 4) return answer;
    }
  }
}
