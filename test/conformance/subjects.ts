// The subjects that the catalogue is tried on: a healthy server, peer and method DLL of our own, and the same ones made
// wrong by a mutant.

import { encodeCredentials } from '../../lib/methods/credentials.js';
import { md5, md5Authenticator } from '../../lib/methods/md5.js';
import { mschapv2, mschapv2Authenticator } from '../../lib/methods/mschapv2.js';
import type { MethodDefinition, MethodWith } from '../../lib/hosts/method.js';
import {
  gtc,
  gtcAuthenticator,
  makeTestAuthority,
  parseServerNames,
  peapAuthenticator,
  peapPeer,
  tlsAuthenticator,
  tlsPeer,
  ttlsAuthenticator,
  ttlsPeer,
} from '../../lib/methods/tls/index.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { openEapHost } from '../../lib/supplicant/open.js';
import {
  RadiusClient,
  RadiusServer,
  type RadiusServerOptions,
  radiusTransport,
} from '../../lib/radius/index.js';
import { AuthenticatorMethod, PeerMethod } from '../../lib/method-dlls/index.js';
import type { PeerAttempt, PeerOutcome, PeerServer, PeerTarget } from '../../lib/conformance/peer-probe.js';
import type { MethodTarget } from '../../lib/conformance/method-probe.js';
import type { ServerTarget } from '../../lib/conformance/server-probe.js';
import { type RelayHooks, RadiusRelay } from '../../lib/conformance/relay.js';
import { messageOf } from '../../lib/conformance/datagram.js';
import { radiusCodes } from '../../lib/radius/packet.js';
import { certificates } from '../methods/tls/certificates.js';
import { alice, pairPath, pairType, server as pairServer } from '../method-dlls/support.js';
import type { MethodType } from '../../lib/eap/names.js';
import { xmlTarget } from './xml-subject.js';

export const secret = 'a shared secret';
export const identity = 'alice';
export const password = 'a secret apple';
export const users = memoryUsers({ [identity]: password });
const credentials = encodeCredentials({ username: identity, password });
export const authority = makeTestAuthority();
/** Servers resume; what resumes with them are cases, not the users' own peers. */
export const tlsSettings = {
  ...authority.issue({ name: 'server', purpose: 'server' }),
  resumptionLifetime: 3600,
};
export const own = authority.issue({ name: identity, purpose: 'client' });
const serverNames = parseServerNames('server');
const day = 86_400_000;
/** What a peer must refuse, though its authority has issued it. */
const badServers = {
  expired: authority.issue({ name: 'server', purpose: 'server', notAfter: new Date(Date.now() - day) }),
  notYetValid: authority.issue({ name: 'server', purpose: 'server', notBefore: new Date(Date.now() + day) }),
  forClients: authority.issue({ name: 'server', purpose: 'client' }),
  otherName: authority.issue({ name: 'somebody else', purpose: 'server' }),
};
export const { ca } = authority;

/** The methods that subjects are tried with: the user's peer, and what the server offers in its order. */
export const offers = {
  md5: { peer: md5, methods: [mschapv2Authenticator({ users }), md5Authenticator({ users })] },
  gtc: { peer: gtc, methods: [gtcAuthenticator({ users })] },
  mschapv2: {
    peer: mschapv2,
    methods: [md5Authenticator({ users }), mschapv2Authenticator({ users })],
  },
  tls: {
    peer: tlsPeer({ ca, serverNames, ...own, identity, resumption: false }),
    methods: [tlsAuthenticator({ ...tlsSettings, clients: { ca } })],
  },
  /** With certificates that must be refused. */
  get certified() {
    const { ca: authorities, crl, client, server } = certificates();
    const settings = { ca: authorities, crl, identity, resumption: false };
    return {
      peer: tlsPeer({ ...settings, ...client }),
      methods: [tlsAuthenticator({ ...server, clients: { ca: authorities, crl } })],
    };
  },
  peap: {
    peer: peapPeer({ ca, methods: [mschapv2], resumption: false }),
    methods: [peapAuthenticator({ ...tlsSettings, methods: [mschapv2Authenticator({ users })] })],
  },
  ttls: {
    peer: ttlsPeer({ ca, inner: 'pap', resumption: false }),
    methods: [ttlsAuthenticator({ ...tlsSettings, users, methods: [gtcAuthenticator({ users })] })],
  },
  /** In which the server must prove itself as well. */
  ttlsMschapv2: {
    peer: ttlsPeer({ ca, inner: 'mschapv2', resumption: false }),
    methods: [ttlsAuthenticator({ ...tlsSettings, users })],
  },
  ttlsEap: {
    peer: ttlsPeer({ ca, inner: [mschapv2], resumption: false }),
    methods: [ttlsAuthenticator({ ...tlsSettings, methods: [mschapv2Authenticator({ users })] })],
  },
} as const satisfies Record<string, { peer: MethodWith<'peer'>; methods: readonly MethodDefinition[] }>;

/** Servers are tried without crypto-binding as well. */
const waryPeap = peapPeer({ ca, methods: [mschapv2], resumption: false, cryptoBinding: 'required' });

/** A method's name here. */
export type OfferName = keyof typeof offers;

/** The user's certificate, and those that are not fit. */
function certifiedUser(): Pick<ServerTarget, 'certificate' | 'badCertificates'> {
  const { client, expiredClient, earlyClient, revokedClient, server } = certificates();
  const bad = {
    expired: expiredClient,
    notYetValid: earlyClient,
    revoked: revokedClient,
    forServers: server,
  };
  return { certificate: client, badCertificates: bad };
}

/** A server that is wrong in one way: hooks of a relay before a healthy one, or other options of it. */
export interface ServerMutant extends RelayHooks {
  readonly options?: (healthy: RadiusServerOptions) => Partial<RadiusServerOptions>;
}

/** A healthy server, or with a mutant a wrong one, and its user. */
export async function openServer(
  offer: OfferName,
  mutant: ServerMutant = {},
): Promise<{ readonly target: ServerTarget } & AsyncDisposable> {
  const { peer, methods } = offers[offer];
  const healthy: RadiusServerOptions = { secret, methods, port: 0, unref: true };
  const { options, ...hooks } = mutant;
  const server = await RadiusServer.listen({ ...healthy, ...options?.(healthy) });
  const relay = await RadiusRelay.listen({ port: server.port, secret: Buffer.from(secret), ...hooks });
  return {
    target: {
      host: '127.0.0.1',
      port: relay.port,
      secret: Buffer.from(secret),
      identity,
      method: peer,
      credentials,
      ...(offer === 'tls' && { certificate: own }),
      ...(offer === 'certified' && certifiedUser()),
      // A server that is about to answer does so within this time, on a busy machine as well.
      silenceMs: 800,
      answerMs: 3000,
    },
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

/** A peer that is wrong in one way: hooks of a relay between it and its server, another method, or another verdict. */
export interface PeerMutant extends RelayHooks {
  /** In place of the healthy method. */
  readonly peer?: MethodWith<'peer'>;
  /** What it says of the end, where `isAccepted` tells whether the server's last word was an Access-Accept. */
  readonly isSuccess?: (isAccepted: boolean, healthy: boolean) => boolean;
}

/** Our own supplicant, or with a mutant a wrong one. */
export function peerTarget(
  offer: OfferName,
  { isSuccess, peer: bent, ...hooks }: PeerMutant = {},
): PeerTarget {
  const { peer: healthyPeer, methods } = offers[offer];
  const peer = bent ?? (offer === 'peap' ? waryPeap : healthyPeer);
  async function authenticate({ port, signal }: PeerAttempt): Promise<PeerOutcome> {
    let last = 0;
    const relayed = {
      ...hooks,
      isOnce: true,
      onClient: (direction: string, datagram: Buffer) => {
        if (direction === 'sent') last = messageOf(datagram)?.code ?? 0;
      },
    };
    await using relay = await RadiusRelay.listen({ port, secret: Buffer.from(secret), ...relayed });
    await using client = new RadiusClient({
      host: '127.0.0.1',
      port: relay.port,
      secret,
      timeoutMs: 300,
      // Nine seconds in all: a case whose server is slow is none of a server that is silent.
      retries: 4,
    });
    await using host = await openEapHost({
      runtime: 'embedded',
      methods: offer === 'mschapv2' && !bent ? [] : [peer],
    });
    await using session = await host.beginSession({ method: peer.type, credentials });
    let healthy = false;
    let said = '';
    let msk: Buffer | undefined;
    try {
      const result = await session.authenticate(radiusTransport(client), { signal });
      healthy = result.isSuccess;
      said = result.reason ?? '';
      ({ msk } = result.keys);
    } catch (error) {
      signal.throwIfAborted();
      said = String(error);
    }
    const isAccepted = last === radiusCodes.accessAccept;
    return { isSuccess: isSuccess?.(isAccepted, healthy) ?? healthy, said, ...(msk && { msk }) };
  }
  return { secret, methods, server: peerServer(offer), authenticate };
}

/** What hostile servers of our supplicant have. */
function peerServer(offer: OfferName): PeerServer {
  if (offer === 'certified') {
    const { server, revokedServer } = certificates();
    return { certificate: server, badCertificates: { revoked: revokedServer } };
  }
  const { cert, key } = tlsSettings;
  return {
    certificate: { cert, key },
    badCertificates: badServers,
    users,
    requiresCryptoBinding: true,
  };
}

/** What a wrong method makes of a call: `call` is the healthy one. */
export type CallMutant = (call: (...args: unknown[]) => Promise<unknown>, ...args: unknown[]) => unknown;

/** A method that is wrong in one way, by the calls that it changes: those of the method and of its sessions. */
export interface MethodMutant {
  readonly peer?: Readonly<Record<string, CallMutant>>;
  readonly authenticator?: Readonly<Record<string, CallMutant>>;
  /** Its XML functions. */
  readonly xml?: Readonly<Record<string, CallMutant>>;
  /** What the pair of test methods is told in its configuration. */
  readonly setting?: string;
  /** It takes each type for its own. */
  readonly takesAnyType?: true;
}

/** The same object with changed calls, which its sessions have, too. */
export function mutated<Target extends object>(
  target: Target,
  calls: Readonly<Record<string, CallMutant>>,
): Target {
  return new Proxy(target, {
    // Private fields are the target's own.
    get(_target, name, proxy: unknown) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') {
        const mutant = calls[String(name)];
        return mutant ? mutant(() => value as never) : value;
      }
      const healthy = (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args);
        // A call that gives the object itself gives the changed one.
        if (result === target) return proxy;
        if (name !== 'beginSession') return result;
        return (result as Promise<object>).then((session) => mutated(session, calls));
      };
      const mutant = calls[String(name)];
      return mutant ? (...args: unknown[]) => mutant(healthy as never, ...args) : healthy;
    },
  });
}

/** What the pair of test methods is told to do, by what the case of this id is about. */
const pairSettings: readonly (readonly [RegExp, string])[] = [
  [/exact-size/u, 'fragment=100'],
  [/not-asked/u, ''],
  [/UIContext|InteractiveUI|SuppressUI/u, 'ui=1'],
  [/[GS]et(?:Response)?Attributes/u, 'attributes=2'],
  [/largest-packet|1020-octets|packets-of-/u, 'fragment=3000'],
  [/connection-data/u, 'save=1'],
];

/**
 * The pair of test methods as the case of this id needs it, or with a mutant a wrong one. In this process: it crashes
 * nothing, and two processes for each case would take most of the time. The command's test has them isolated. XML needs
 * Windows for a DLL: those cases have a method in TypeScript.
 */
export function methodTarget(id: string, mutant: MethodMutant = {}): MethodTarget {
  if (/Xml2Blob|Blob2Xml/u.test(id)) return xmlTarget(mutant);
  const { peer = {}, authenticator = {}, setting, takesAnyType } = mutant;
  const dll = { dllPath: pairPath, isolate: false };
  const settings = [pairSettings.find(([about]) => about.test(id))?.[1], setting].filter(
    (each) => each !== undefined,
  );
  const loaded = (type: MethodType) => ({ ...dll, type: takesAnyType ? pairType : type });
  const calls = (own: Readonly<Record<string, CallMutant>>, type: MethodType) =>
    takesAnyType ? { ...own, type: () => type } : own;
  return {
    loadPeer: async (type = pairType) => mutated(await PeerMethod.load(loaded(type)), calls(peer, type)),
    loadAuthenticator: async (type = pairType) =>
      mutated(await AuthenticatorMethod.load(loaded(type)), calls(authenticator, type)),
    credentials: alice,
    login: { identity: 'alice', password: Buffer.from('tiger') },
    ...(settings.length > 0 && { config: Buffer.from(settings.join(';')) }),
    serverConfig: Buffer.from([pairServer.toString(), ...settings].join(';')),
  };
}
