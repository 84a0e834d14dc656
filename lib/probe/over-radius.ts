// A session of Windows' EAPHost against this package's RADIUS server. JavaScript thread.

import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';

import type { MethodDefinition } from '../hosts/method.js';
import { RadiusClient } from '../radius/client.js';
import { RadiusServer } from '../radius/server.js';
import { radiusTransport } from '../radius/transport.js';
import type { BeginSessionOptions } from '../supplicant/options.js';
import type { EapHost } from '../supplicant/eaphost.js';
import { openEapHost } from '../supplicant/open.js';
import { outcomeOf } from './outcome.js';

const longest = 30_000;

/**
 * What a conversation came to. `begin` makes a session's options of the open run-time. Types and sizes of attributes,
 * never values: they are keys.
 */
export async function authenticateOverRadius(
  methods: readonly MethodDefinition[],
  begin: (host: EapHost) => Promise<BeginSessionOptions>,
): Promise<unknown> {
  const secret = randomBytes(16).toString('hex');
  await using server = await RadiusServer.listen({ secret, methods, port: 0 });
  await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
  const start = performance.now();
  // Awaited here: server and client are closed when this returns.
  return await outcomeOf(async () => {
    await using host = await openEapHost({ runtime: 'system' });
    await using session = await host.beginSession(await begin(host));
    const transport = radiusTransport(client);
    const result = await session.authenticate(transport, { signal: AbortSignal.timeout(longest) });
    const { msk } = result.keys;
    return {
      isSuccess: result.isSuccess,
      reason: result.reason ?? null,
      failureReasonCode: result.failureReasonCode,
      attributes: result.attributes.map(({ type, value }) => ({ type, octets: value.length })),
      hasEmsk: result.keys.emsk !== undefined,
      keysAgree: msk !== undefined && transport.accept?.msk !== undefined && msk.equals(transport.accept.msk),
      isAccepted: transport.accept !== undefined,
      milliseconds: Math.round(performance.now() - start),
    };
  });
}
