// One authentication against a RADIUS server. Runs in a utility process: a method DLL that hangs or crashes takes
// nothing with it but its trial.

import type { EapHost, FullMethodType } from 'eaphost';
import { RadiusClient, radiusTransport } from 'eaphost/radius';
import * as diagnostics from 'eaphost/diagnostics';

import type { Outcome, Progress, ServerAddress } from './api.js';

/** What a trial needs. The blobs are wiped when it has begun. */
export interface TrialJob {
  readonly method: FullMethodType;
  readonly config: Uint8Array;
  readonly credentials: Uint8Array | undefined;
  readonly server: ServerAddress;
}

type OpenHost = (onEvent: (event: diagnostics.DiagnosticEvent) => void) => Promise<EapHost>;

/** How long to wait for the server's answer, twice. */
const patience = { timeoutMs: 2_000, retries: 1 };
const trialTimeoutMs = 60_000;

async function authenticate(
  job: TrialJob,
  host: EapHost,
  signal: AbortSignal,
): Promise<Omit<Outcome, 'ladder'>> {
  const { host: address, port, secret } = job.server;
  await using client = new RadiusClient({ host: address, port, secret, ...patience });
  const { method, config, credentials } = job;
  await using session = await host.beginSession({ method, config, credentials, signal });
  config.fill(0);
  credentials?.fill(0);
  const transport = radiusTransport(client);
  const result = await session.authenticate(transport, { timeoutMs: trialTimeoutMs, signal });
  const [ours, theirs] = [result.keys.msk, transport.accept?.msk];
  const keysAgree = ours && theirs && Buffer.compare(ours, theirs) === 0;
  for (const key of [...Object.values(result.keys), theirs]) if (key instanceof Uint8Array) key.fill(0);
  if (result.isSuccess) {
    const explanation = 'The server accepted the user.';
    return { isSuccess: true, explanation, ...(keysAgree !== undefined && { keysAgree }) };
  }
  const explanation =
    result.error?.rootCause ?? transport.reject?.replyMessage ?? 'The server did not accept the user.';
  return {
    isSuccess: false,
    explanation,
    ...(result.reason !== undefined && { reason: result.reason }),
  };
}

/** A call that failed, as an outcome. */
function failure(error: unknown): Omit<Outcome, 'ladder'> {
  if (!(error instanceof Error)) throw error;
  const code: unknown = Reflect.get(error, 'code');
  return {
    isSuccess: false,
    explanation: error.message,
    ...(typeof code === 'string' && { reason: code }),
  };
}

/** Tries it. A trial that fails is an outcome, too. */
export async function runTrial(
  job: TrialJob,
  openHost: OpenHost,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const events: diagnostics.DiagnosticEvent[] = [];
  const onEvent = (event: diagnostics.DiagnosticEvent): void => {
    events.push(event);
    if (event.kind !== 'packet') return;
    onProgress({ direction: event.direction, text: diagnostics.describePacket(event.packet).summary });
  };
  let outcome: Omit<Outcome, 'ladder'>;
  try {
    await using host = await openHost(onEvent);
    outcome = await authenticate(job, host, signal);
  } catch (error) {
    outcome = failure(error);
  } finally {
    job.config.fill(0);
    job.credentials?.fill(0);
  }
  return { ...outcome, ladder: diagnostics.ladder(events) };
}
