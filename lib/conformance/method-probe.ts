// The probe of a method DLL: its peer and authenticator exports, loaded in processes of their own, so that a crash is an
// error and ends nothing else. JavaScript thread.

import type { AuthenticatorMethod } from '../method-dlls/authenticator-method.js';
import type { PeerMethod } from '../method-dlls/peer-method.js';
import type { MethodType } from '../eap/names.js';
import type { MethodDefinition } from '../hosts/method.js';
import { EapError } from '../base/errors.js';
import { CaseFailure, NotApplicable } from './case.js';
import type { MethodPool, Sides } from './method-pool.js';
import {
  type KeyedResult,
  type MethodBlobs,
  type MethodHalves,
  MethodTalk,
  type TalkOptions,
  wipeGiven,
} from './method-talk.js';
import type { CaseRecord } from './record.js';

/** The method under test, a DLL or one in TypeScript, and blobs that let its two sides agree. */
export interface MethodTarget extends MethodBlobs {
  /**
   * Loads the peer exports; undefined if the DLL has none. Where a `type` is given and can be asked for, for that one,
   * which no DLL is to take for its own.
   */
  readonly loadPeer?: (type?: MethodType) => Promise<PeerMethod>;
  /** Loads the authenticator exports; undefined if the DLL has none. `type` as of `loadPeer`. */
  readonly loadAuthenticator?: (type?: MethodType) => Promise<AuthenticatorMethod>;
  /**
   * In place of a DLL: the method, made by `defineMethod`, or some of one type, of which the first that has a side counts.
   * It runs in this process.
   */
  readonly methods?: readonly MethodDefinition[];
}

/** What a probe has of its target. */
export interface LoadedTarget extends Omit<MethodTarget, 'methods'> {
  /** Of a method that is no DLL: its XML. */
  readonly xml?: MethodXml;
}

/** The XML functions that a method has; each rejects with EapError. */
export interface MethodXml {
  configFromXml?(xml: string): Promise<Uint8Array>;
  configToXml?(config: Uint8Array): Promise<string>;
  credentialsFromXml?(xml: string, config: Uint8Array): Promise<Uint8Array>;
}

const xmlExports = {
  configFromXml: 'EapPeerConfigXml2Blob',
  configToXml: 'EapPeerConfigBlob2Xml',
  credentialsFromXml: 'EapPeerCredentialsXml2Blob',
} as const satisfies Record<keyof MethodXml, string>;

/** The code of the method's error that a case has failed by. */
function codeOf(error: unknown): string | undefined {
  const { cause } = error instanceof CaseFailure ? error : {};
  return cause instanceof EapError ? cause.code : undefined;
}

/** The method of one case. */
export class MethodProbe implements AsyncDisposable {
  readonly target: LoadedTarget;
  readonly record: CaseRecord;
  readonly signal: AbortSignal;
  readonly #pool: MethodPool | undefined;
  readonly #loaded: { readonly [Side in keyof Sides]: Sides[Side][] } = { peer: [], authenticator: [] };
  readonly #results: KeyedResult[] = [];
  /** It has one that a case before has used. */
  #hasUsed = false;
  /** What it has is nobody else's any more. */
  #isSpoilt = false;
  /** It takes none that was used. */
  #isFresh = false;

  constructor(target: LoadedTarget, record: CaseRecord, signal: AbortSignal, pool?: MethodPool) {
    this.target = target;
    this.record = record;
    this.signal = signal;
    this.#pool = pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#results.splice(0)) wipeGiven(each);
    const { peer, authenticator } = this.#loaded;
    for (const each of authenticator.splice(0)) {
      await this.#leave(each, () => this.#pool?.give('authenticator', each));
    }
    for (const each of peer.splice(0)) await this.#leave(each, () => this.#pool?.give('peer', each));
  }

  /**
   * Runs a case. One that does not pass is run again on what no case before has used: what that has left behind is not
   * this one's. Not so after a hang, which has taken the time.
   */
  async run(work: (probe: this) => Promise<void>, id = ''): Promise<void> {
    try {
      await work(this);
    } catch (error) {
      if (error instanceof NotApplicable) throw error;
      this.#isSpoilt = true;
      const isHang = codeOf(error) === 'EAPHOST_METHOD_TIMEOUT';
      if (!this.#hasUsed || isHang || this.signal.aborted) throw this.#judged(error, id);
      await this[Symbol.asyncDispose]();
      this.#isFresh = true;
      this.record.packets.length = 0;
      await work(this).catch((again: unknown) => {
        throw this.#judged(again, id);
      });
      this.#isSpoilt = false;
    }
  }

  /** The same error; of a crash in the peer's EndSession, which each conversation ends with, one failure, of the peer. */
  #judged(error: unknown, id: string): unknown {
    const { cause } = error instanceof CaseFailure ? error : {};
    if (!this.#pool || codeOf(error) !== 'EAPHOST_METHOD_CRASHED') return error;
    if (!(cause instanceof EapError) || cause.call !== 'EapPeerEndSession') return error;
    const isOfPeer = !id.includes('EapMethodAuthenticator');
    if (isOfPeer) this.#pool.endCrash ??= id;
    const { endCrash = 'the peer' } = this.#pool;
    return endCrash === id ? error : new Error(`the same cause as ${endCrash}: ${cause.message}`, { cause });
  }

  /** What its peer is asked for an identity with, and begins a session with. */
  get asked() {
    const { flags, config, credentials } = this.target;
    return { flags, config, credentials };
  }

  /** The peer exports. Throws NotApplicable if there are none. */
  async peer(type?: MethodType): Promise<PeerMethod> {
    const { loadPeer } = this.target;
    if (!loadPeer) throw new NotApplicable('the method has no peer side');
    return this.#load('peer', type, loadPeer);
  }

  /** The authenticator exports. Throws NotApplicable if there are none. */
  async authenticator(type?: MethodType): Promise<AuthenticatorMethod> {
    const { loadAuthenticator } = this.target;
    if (!loadAuthenticator) throw new NotApplicable('the method has no authenticator side');
    return this.#load('authenticator', type, loadAuthenticator);
  }

  /** A function of its XML. Throws NotApplicable where there is none, or where it needs Windows. */
  async xml<Name extends keyof MethodXml>(name: Name): Promise<NonNullable<MethodXml[Name]>> {
    const functions = this.target.xml ?? (await this.#xmlOfDll());
    const found = functions[name];
    if (!found) throw new NotApplicable(`it has no ${xmlExports[name]}`);
    return found;
  }

  async #xmlOfDll(): Promise<MethodXml> {
    if (process.platform !== 'win32') throw new NotApplicable('the XML of a method DLL needs Windows');
    const peer = await this.peer();
    const has = (name: keyof MethodXml): boolean => peer.exports.includes(xmlExports[name]);
    return {
      ...(has('configFromXml') && { configFromXml: (xml) => peer.configFromXml(xml) }),
      ...(has('configToXml') && { configToXml: (config) => peer.configToXml(config) }),
      ...(has('credentialsFromXml') && {
        credentialsFromXml: (xml, config) => peer.credentialsFromXml(xml, { config }),
      }),
    };
  }

  /** Both, loaded at the same time. */
  async halves(): Promise<MethodHalves> {
    const [peer, authenticator] = await Promise.all([this.peer(), this.authenticator()]);
    return { peer, authenticator };
  }

  /** A conversation of both, whose first Request waits. */
  async begin(options?: TalkOptions): Promise<MethodTalk> {
    return MethodTalk.begin(this, await this.halves(), options);
  }

  /** The same result. Its keys are wiped when the case is over. */
  async result<Result extends KeyedResult>(work: Promise<Result>): Promise<Result> {
    const result = await work;
    this.#results.push(result);
    return result;
  }

  /** One that was used, or another; none that was used where a type is asked for. */
  async #load<Side extends keyof Sides>(
    side: Side,
    type: MethodType | undefined,
    load: (type?: MethodType) => Promise<Sides[Side]>,
  ): Promise<Sides[Side]> {
    this.signal.throwIfAborted();
    const used = type || this.#isFresh ? undefined : this.#pool?.take(side);
    if (used) this.#hasUsed = true;
    const method = used ?? (await load(type));
    if (this.signal.aborted) {
      // The case was given up meanwhile, and nobody else would close it.
      await method[Symbol.asyncDispose]();
      this.signal.throwIfAborted();
    }
    if (type) this.#isSpoilt = true;
    this.#loaded[side].push(method);
    return method;
  }

  /** Gives a method to the cases behind this one, or closes it: a case that was given up may go on with it. */
  async #leave(method: AsyncDisposable, give: () => boolean | undefined): Promise<void> {
    if (this.#isSpoilt || this.signal.aborted || give() !== true) await method[Symbol.asyncDispose]();
  }
}
