// Servers of TLS methods for a peer, with the certificate that it accepts, of which a case bends one part: the
// certificate, the context of TLS, or what is said inside of it. JavaScript thread.

import type { SecureContext } from 'node:tls';
import { eapCodes } from '../eap/packet.js';
import type { EapAttribute } from '../eap/names.js';
import { wipe } from '../methods/credentials.js';
import { gtcAuthenticator } from '../methods/gtc.js';
import { md5Authenticator } from '../methods/md5.js';
import type { AuthenticatorBegin, MethodDefinition } from '../hosts/method.js';
import { mschapv2Authenticator } from '../methods/mschapv2.js';
import { type ClientPolicy, TlsAuthenticator, TlsAuthenticatorKit } from '../methods/tls/authenticator.js';
import type { TlsIdentity, TlsMethod } from '../methods/tls/options.js';
import { PeapAuthenticator } from '../methods/tls/peap-authenticator.js';
import * as tlv from '../methods/tls/peap-tlv.js';
import { TtlsAuthenticator } from '../methods/tls/ttls-authenticator.js';
import * as codec from '../methods/tls/ttls-avp.js';
import {
  type AuthenticatorTunnel,
  type AuthenticatorTunnelStep,
  commitment,
  type Connection,
} from '../methods/tls/tunnel.js';
import type { TlsVersion } from '../methods/tls/engine.js';
import type { UserStore } from '../methods/users.js';
import { refused } from '../methods/verdicts.js';
import type { RadiusServerOptions } from '../radius/server-types.js';
import { demand, NotApplicable } from './case.js';
import type { PeerOutcome, PeerProbe, PeerServer } from './peer-probe.js';
import type { RelayHooks } from './relay.js';
import { eapTls, peap, ttls } from './tls-probe.js';

/** How a server is to be; what is left out is good. */
export interface TlsServerChoice {
  readonly certificate?: TlsIdentity;
  readonly version?: TlsVersion;
  /** In place of the usual one. */
  readonly context?: SecureContext;
  readonly tunnel?: (healthy: () => AuthenticatorTunnel) => AuthenticatorTunnel;
}

/** What the last message of an inner method has proved, for crypto-binding. */
interface InnerProof {
  attributes?: readonly EapAttribute[];
}

function forget({ attributes = [] }: InnerProof): void {
  for (const { value } of attributes) wipe(value);
}

const methods: Readonly<Record<number, TlsMethod>> = {
  [eapTls]: { type: eapTls, commitment: 'always', keyLabel: 'client EAP encryption' },
  [ttls]: { type: ttls, version: 0, commitment: 'resumed', keyLabel: 'ttls keying material' },
  [peap]: { type: peap, version: 0, alwaysLength: true, keyLabel: 'client EAP encryption' },
};

/** The TLS method of the peer. */
export function tlsTypeOf({ target }: PeerProbe): number {
  const type = target.methods.find((method) => methods[method.type.type])?.type.type;
  if (type === undefined) throw new NotApplicable('its method does not run in TLS');
  return type;
}

/** What servers of the peer are made of. */
export function serverOf({ target }: PeerProbe): PeerServer {
  if (!target.server) throw new NotApplicable('the certificate and the key of its server are not known');
  return target.server;
}

function usersOf(probe: PeerProbe): UserStore {
  const { users } = serverOf(probe);
  if (!users) throw new NotApplicable('the password of its user is not known');
  return users;
}

/** Accepts any certificate of the user: it is the peer that is tried. */
const anyUser: ClientPolicy = {
  isBlind: false,
  contextOptions: {},
  check: () => undefined,
  identify: async (certificate, claimed) => ({ identity: claimed, certificate }),
};

/** A kit of this choice. */
function kitOf(method: TlsMethod, { certificate, version, context }: TlsServerChoice): TlsAuthenticatorKit {
  const settings = { ...certificate, ...(version && { minVersion: version, maxVersion: version }) };
  const kit = new TlsAuthenticatorKit(method, settings, method.type === eapTls ? anyUser : undefined);
  return context ? Object.assign(kit, { context }) : kit;
}

/** The options of a server with this choice, for the probe. */
export function tlsServer(
  probe: PeerProbe,
  choice: TlsServerChoice,
  proof: InnerProof = {},
): Partial<RadiusServerOptions> {
  const type = tlsTypeOf(probe);
  const method = methods[type] ?? { type, keyLabel: '' };
  const { certificate } = serverOf(probe);
  const kit = kitOf(method, { certificate, ...choice });
  const insideOf = (begin: AuthenticatorBegin): AuthenticatorTunnel => {
    const healthy = (): AuthenticatorTunnel => healthyTunnel(probe, type, begin, proof);
    return choice.tunnel ? choice.tunnel(healthy) : healthy();
  };
  const definition: MethodDefinition = {
    type: { type },
    name: 'a server of a case',
    properties: 0,
    authenticator: { beginSession: (begin) => new TlsAuthenticator(kit, insideOf(begin), begin) },
  };
  return { methods: [definition] };
}

function healthyTunnel(
  probe: PeerProbe,
  type: number,
  begin: AuthenticatorBegin,
  proof: InnerProof,
): AuthenticatorTunnel {
  if (type === eapTls) {
    return {
      advance(data, { version }, proved): AuthenticatorTunnelStep {
        if (data.length > 0) return { verdict: refused() };
        const verdict = { isSuccess: true, ...proved, attributes: [] };
        return version === 'TLSv1.3' ? { data: commitment, verdict } : { verdict };
      },
    };
  }
  const users = usersOf(probe);
  const inner = [mschapv2Authenticator({ users }), gtcAuthenticator({ users }), md5Authenticator({ users })];
  const told = inner.map((each) => telling(each, proof));
  return type === peap
    ? new PeapAuthenticator(told, begin, 'optional')
    : new TtlsAuthenticator({ users, methods: told }, begin);
}

/** The method, which tells what it has proved. */
function telling(method: MethodDefinition, proof: InnerProof): MethodDefinition {
  const { authenticator } = method;
  if (!authenticator) return method;
  return {
    ...method,
    authenticator: {
      async beginSession(begin) {
        const session = await authenticator.beginSession(begin);
        return new Proxy(session, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name, target);
            if (typeof value !== 'function') return value;
            if (name !== 'getResult')
              return (...args: unknown[]): unknown => Reflect.apply(value, target, args);
            return async () => {
              const result = await target.getResult();
              forget(proof);
              proof.attributes = result.attributes.map(({ type, value: octets }) => ({
                type,
                value: Buffer.from(octets),
              }));
              return result;
            };
          },
        });
      },
    },
  };
}

/** What a case bends inside of a tunnel. */
export interface Inside {
  /** What the server would say. */
  readonly data: Buffer;
  /** The EAP packet in it, header and all; undefined where there is none. */
  readonly eap: Buffer | undefined;
  /** How many EAP-Requests of inner methods there were, with this one. */
  readonly requests: number;
  /** The Type of the last of them: behind a Nak, the peer's own. */
  readonly method: number | undefined;
  /** What the peer has said last. */
  readonly heard: Buffer;
  readonly connection: Connection;
  /** The keys of the inner method, once it is done. */
  readonly attributes: readonly EapAttribute[] | undefined;
}

/** Another message in place of the server's, or undefined to leave it. */
export type InsideBend = (inside: Inside) => Uint8Array | undefined;

const identity = 1;
const extensions = 33;

/** The EAP packet that a server's message holds. */
function eapInside(type: number, data: Buffer): Buffer | undefined {
  if (type === peap) return data.length > 0 ? tlv.restore(data, eapCodes.request, 0) : undefined;
  return codec.eapMessage(codec.readAvps(data) ?? []);
}

/** An inner EAP packet as the tunnel carries it. */
export function insideOf(probe: PeerProbe, eap: Uint8Array): Uint8Array {
  return tlsTypeOf(probe) === peap ? tlv.strip(eap) : codec.writeAvp(codec.avpCodes.eapMessage, eap);
}

/** Whether an inner packet is one of a method, neither the identity nor extensions. */
export const isOfMethod = (eap: Buffer | undefined): boolean =>
  eap?.[0] === eapCodes.request && eap[4] !== identity && eap[4] !== extensions;

/** Whether it is the packet with the server's result. */
export const isResult = (eap: Buffer | undefined): boolean => eap?.[4] === extensions;

/** What goes with a bend. */
export interface BendOptions {
  /** Hooks of the relay, which see whether the message was sent. */
  readonly hooks?: (isBent: () => boolean) => RelayHooks;
  /** Told what the peer says inside the tunnel behind it; the server refuses it then. */
  readonly onAnswer?: (heard: Buffer) => void;
}

/**
 * A conversation with one message of the server's inside the tunnel bent, the first for which `bend` gives another.
 * Throws NotApplicable where there was none.
 */
export async function bentInside(
  probe: PeerProbe,
  bend: InsideBend,
  { hooks = () => ({}), onAnswer }: BendOptions = {},
): Promise<PeerOutcome> {
  const type = tlsTypeOf(probe);
  const proof: InnerProof = {};
  let isBent = false;
  let requests = 0;
  let method: number | undefined;
  // What it throws is about the case, not about the conversation.
  let trouble: unknown;
  const tunnel = (open: () => AuthenticatorTunnel): AuthenticatorTunnel => {
    const healthy = open();
    return {
      async advance(heard, connection, proved) {
        const kept = Buffer.from(heard);
        if (isBent && onAnswer) {
          onAnswer(kept);
          return { verdict: refused() };
        }
        const step = await healthy.advance(heard, connection, proved);
        if (isBent) return step;
        const data = Buffer.from(step.data ?? []);
        const eap = eapInside(type, data);
        if (isOfMethod(eap)) {
          requests++;
          method = eap?.[4];
        }
        const { attributes } = proof;
        try {
          const other = bend({ data, eap, requests, method, heard: kept, connection, attributes });
          if (!other) return step;
          isBent = true;
          return { ...step, data: other };
        } catch (error) {
          trouble = error;
          return { verdict: refused() };
        }
      },
      end: () => healthy.end?.(),
    };
  };
  const outcome = await probe
    .authenticate(
      hooks(() => isBent),
      tlsServer(probe, { tunnel }, proof),
    )
    .finally(() => forget(proof));
  if (trouble !== undefined) throw trouble;
  if (!isBent) throw new NotApplicable('its conversation has no such place');
  return outcome;
}

/** Whether the peer finishes the handshake with a server of this choice. */
export async function finishesWith(probe: PeerProbe, choice: TlsServerChoice): Promise<boolean> {
  let isEstablished = false;
  const tunnel = (): AuthenticatorTunnel => ({
    advance() {
      isEstablished = true;
      return { verdict: refused() };
    },
  });
  await probe.authenticate({}, tlsServer(probe, { ...choice, tunnel }));
  demand(
    probe.responses.some((response) => response[4] === tlsTypeOf(probe) && response.length > 6),
    'it did not begin the handshake',
  );
  return isEstablished;
}
