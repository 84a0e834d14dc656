// How long all cases of servers take on one, as the command runs them: on our own in this process, and on FreeRADIUS.
// Linux only.

import { type CaseResult, conformServer } from '../../lib/conformance/index.js';
import { mschapv2Authenticator } from '../../lib/methods/mschapv2.js';
import { peapAuthenticator, tlsAuthenticator, ttlsAuthenticator } from '../../lib/methods/tls/index.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { RadiusServer } from '../../lib/radius/index.js';
import {
  type MethodName,
  methodNames,
  password,
  secret,
  servers,
  targetOf,
} from '../interop/tried-servers.js';
import { certificates } from '../methods/tls/certificates.js';

/** A run of all cases. */
export interface ConformanceRun {
  readonly seconds: number;
  /** That were not beside the point. */
  readonly cases: number;
  /** That took longest, in seconds. */
  readonly longest: Readonly<Record<string, number>>;
}

/** As of the command. */
const patience = { silenceMs: 1500, answerMs: 5000 };

function ownMethods(name: MethodName) {
  const { ca, crl, server } = certificates();
  const users = memoryUsers({ alice: password });
  const tls = { ...server, resumptionLifetime: 3600 };
  const methods = {
    mschapv2: () => mschapv2Authenticator({ users }),
    tls: () => tlsAuthenticator({ ...tls, clients: { ca, crl } }),
    peap: () => peapAuthenticator({ ...tls, methods: [mschapv2Authenticator({ users })] }),
    ttls: () => ttlsAuthenticator({ ...tls, users }),
  };
  return [methods[name]()];
}

async function measure(port: number, name: MethodName, skip: readonly string[]): Promise<ConformanceRun> {
  const target = { ...targetOf(port, name), ...patience };
  const started = performance.now();
  const results = await conformServer(target, { skip });
  const seconds = (performance.now() - started) / 1000;
  const applied = results.filter(({ verdict }) => verdict !== 'notApplicable');
  const longest = applied
    .toSorted((a: CaseResult, b: CaseResult) => b.elapsedMs - a.elapsedMs)
    .slice(0, 5)
    .map(({ id, elapsedMs }) => [id, elapsedMs / 1000] as const);
  return { seconds, cases: applied.length, longest: Object.fromEntries(longest) };
}

/** By server and method. */
export async function benchConformance(): Promise<
  Record<'RadiusServer' | 'FreeRADIUS', Partial<Record<MethodName, ConformanceRun>>>
> {
  const results: Awaited<ReturnType<typeof benchConformance>> = { RadiusServer: {}, FreeRADIUS: {} };
  for (const name of methodNames) {
    await using own = await RadiusServer.listen({ secret, methods: ownMethods(name), port: 0 });
    results.RadiusServer[name] = await measure(own.port, name, []);
    const { start, endedBy } = servers.freeradius;
    await using theirs = await start(name);
    results.FreeRADIUS[name] = await measure(theirs.port, name, endedBy[name] ?? []);
  }
  return results;
}
