// Servers of TLS methods that are made of our own parts, one of which is another: what is wrong inside of TLS cannot be
// put there from outside.

import { createSecureContext } from 'node:tls';

import { gtcAuthenticator } from '../../../lib/methods/gtc.js';
import type { AuthenticatorBegin, MethodDefinition } from '../../../lib/hosts/method.js';
import { mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import {
  type ClientPolicy,
  TlsAuthenticator,
  TlsAuthenticatorKit,
} from '../../../lib/methods/tls/authenticator.js';
import type { TlsMethod } from '../../../lib/methods/tls/options.js';
import { PeapAuthenticator } from '../../../lib/methods/tls/peap-authenticator.js';
import { TtlsAuthenticator } from '../../../lib/methods/tls/ttls-authenticator.js';
import {
  type AuthenticatorTunnel,
  type AuthenticatorTunnelStep,
  commitment,
  type Connection,
} from '../../../lib/methods/tls/tunnel.js';
import { clientJudge } from '../../../lib/methods/tls/trust.js';
import { certificateIdentifier } from '../../../lib/methods/tls/user-certificate.js';
import { refused } from '../../../lib/methods/verdicts.js';
import { ca, type ServerMutant, tlsSettings, users } from '../subjects.js';

/** A TLS method by its name. */
export type TlsName = keyof typeof tlsMethods;

const tlsMethods = {
  tls: { type: 13, commitment: 'always', keyLabel: 'client EAP encryption' },
  ttls: { type: 21, version: 0, commitment: 'resumed', keyLabel: 'ttls keying material' },
  peap: { type: 25, version: 0, alwaysLength: true, keyLabel: 'client EAP encryption' },
} as const satisfies Record<string, TlsMethod>;

/** What is another. */
export interface TlsBend {
  readonly method?: Partial<TlsMethod>;
  /** Judges certificates of peers (EAP-TLS). */
  readonly policy?: (healthy: ClientPolicy) => ClientPolicy | undefined;
  readonly tunnel?: (healthy: AuthenticatorTunnel, begin: AuthenticatorBegin) => AuthenticatorTunnel;
  readonly kit?: (kit: TlsAuthenticatorKit) => void;
}

const tunnels: Readonly<Record<TlsName, (begin: AuthenticatorBegin) => AuthenticatorTunnel>> = {
  tls: () => ({
    advance(data, { version }, proved): AuthenticatorTunnelStep {
      if (!proved?.certificate || data.length > 0) return { verdict: refused() };
      const verdict = { isSuccess: true, ...proved, attributes: [], mayResume: () => true };
      return version === 'TLSv1.3' ? { data: commitment, verdict } : { verdict };
    },
  }),
  ttls: (begin) => new TtlsAuthenticator({ users, methods: [gtcAuthenticator({ users })] }, begin),
  peap: (begin) => new PeapAuthenticator([mschapv2Authenticator({ users })], begin, 'optional'),
};

/** A server of this method with one part of it bent. */
export function bentTls(name: TlsName, { method, policy, tunnel, kit: bendKit }: TlsBend): ServerMutant {
  const healthy = { ...clientJudge({ ca }, {}), identify: certificateIdentifier({}) };
  const made = { ...tlsMethods[name], ...method };
  const judge = policy ? policy(healthy) : healthy;
  const kit = new TlsAuthenticatorKit(made, tlsSettings, name === 'tls' ? judge : undefined);
  bendKit?.(kit);
  const definition: MethodDefinition = {
    type: { type: made.type },
    name: `a bent ${name}`,
    properties: 0,
    authenticator: {
      beginSession(begin) {
        const inside = tunnels[name](begin);
        return new TlsAuthenticator(kit, tunnel?.(inside, begin) ?? inside, begin);
      },
    },
  };
  return { options: () => ({ methods: [definition] }) };
}

/** Changes each step of a tunnel. */
export function bentSteps(
  change: (step: AuthenticatorTunnelStep, connection: Connection) => AuthenticatorTunnelStep,
): NonNullable<TlsBend['tunnel']> {
  return (healthy) => ({
    advance: async (data, connection, proved) =>
      change(await healthy.advance(data, connection, proved), connection),
    end: () => healthy.end?.(),
  });
}

/** Has other keys where it accepts. */
export function otherKeys(msk: (connection: Connection) => Buffer): NonNullable<TlsBend['tunnel']> {
  return bentSteps(({ verdict, ...step }, connection) => {
    if (!verdict?.isSuccess) return { ...step, ...(verdict && { verdict }) };
    return { ...step, verdict: { ...verdict, keys: { msk: msk(connection) } } };
  });
}

/** Resumes whatever session it is asked to, in the name of the user: by tickets that hold it. */
export function resumesAll(kit: TlsAuthenticatorKit): void {
  const session = { id: Buffer.alloc(0), data: Buffer.alloc(0) };
  const resumable = { session, proved: { identity: 'alice' }, mayResume: () => true };
  Reflect.set(kit, 'sessions', {
    find: () => resumable,
    keep: () => undefined,
    forget: () => undefined,
  });
  const { cert, key } = tlsSettings;
  Reflect.set(
    kit,
    'context',
    createSecureContext({ cert, key, ticketKeys: Buffer.alloc(48, 9), sessionIdContext: 'all' }),
  );
}
