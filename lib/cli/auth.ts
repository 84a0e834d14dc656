// `eaphost auth`: authenticates a user over RADIUS, with the supplicant of a run-time, and shows how it goes.

import { timingSafeEqual, type X509Certificate } from 'node:crypto';
import { errorAdvice } from '../base/error-advice.js';
import type { EapHost } from '../supplicant/eaphost.js';
import { openEapHost } from '../supplicant/open.js';
import { namedMethods } from '../supplicant/options.js';
import type { AuthenticationResult } from '../supplicant/result.js';
import { wipe } from '../methods/credentials.js';
import { makeTestAuthority, type TestAuthority, type TlsIdentity } from '../methods/tls/index.js';
import { serverCertificateNames } from '../methods/tls/server-names.js';
import type { MethodDefinition } from '../hosts/method.js';
import { memoryUsers } from '../methods/users.js';
import { dropsRemedy, silenceRemedy } from '../radius/client.js';
import {
  type RadiusAccept,
  RadiusClient,
  RadiusServer,
  type RadiusTransport,
  radiusTransport,
} from '../radius/index.js';
import type { Session } from '../supplicant/session.js';
import type { Transport } from '../eap/transport.js';
import { configure, methodForms, peerMethods, usesCertificate, usesTls } from './auth-methods.js';
import { type AuthOptions, readAuthOptions, type RadiusAddress, wipeOptions } from './auth-options.js';
import {
  type AuthReport,
  type CertificateReport,
  ConversationRecord,
  type Drops,
  dropsOf,
  dropsText,
  outcomeLines,
  outcomePage,
  packetLine,
  type PacketReport,
  packetReport,
  type ReasonReport,
  rejectionRemedy,
  rounded,
} from './auth-report.js';
import { exitCodes, interruptible, NoVerdictError, type UsageError } from './command.js';
import { failureOf, inSwitches } from './failure.js';
import type { Output } from './output.js';
import { serverMethods } from './serve-methods.js';

const defaultRuntime = process.platform === 'win32' ? 'system' : 'embedded';

/** More than fit any timeout: the clock ends the waiting. */
const maxRetransmissions = 1000;

/** `eaphost auth`. */
export async function auth(args: readonly string[], output: Output): Promise<number> {
  const options = await readAuthOptions(args, output);
  let report: AuthReport;
  let failure: UsageError | undefined;
  let outcome: Record<string, string> = {};
  try {
    const record = await ConversationRecord.open(options);
    try {
      report = await interruptible((interrupted) => authenticate(options, record, output, interrupted));
      outcome = outcomePage(report);
    } catch (error) {
      const { message, remedy } = failureOf(error, 'auth');
      outcome = { verdict: 'no verdict', reason: message, ...(remedy !== null && { 'to do': remedy }) };
      throw error;
    } finally {
      output.done();
      failure = await record.finish({ title: `${options.identity}, ${options.method}`, outcome }, output);
    }
  } finally {
    wipeOptions(options);
  }
  const exitCode = failure === undefined ? report.exitCode : exitCodes.notTried;
  if (output.json) {
    output.report({ ...report, exitCode, ...(failure && { error: failureOf(failure, 'auth') }) });
  }
  return exitCode;
}

async function authenticate(
  given: AuthOptions,
  record: ConversationRecord,
  output: Output,
  interrupted: AbortSignal,
): Promise<AuthReport> {
  output.step(given.server ? 'opening the run-time' : 'starting the server');
  const { options, server } = furnish(given);
  const started = performance.now();
  await using builtIn = options.server ? undefined : await startServer(options, server);
  const address = options.server ?? { host: '127.0.0.1', port: builtIn?.port ?? 0 };
  await using client = new RadiusClient({ ...address, secret: options.secret, retries: maxRetransmissions });
  const certificates: X509Certificate[] = [];
  const onServerCertificate = (certificate: X509Certificate) => certificates.push(certificate);
  await using host = await openHost({ ...options, onServerCertificate }, record);
  const opened = performance.now();
  const begin = await configure(host, options);
  await using session = await host.beginSession(begin).finally(() => wipe(begin.credentials));
  const begun = performance.now();

  const packets: PacketReport[] = [];
  const where = builtIn ? 'the built-in server' : formatAddress(address);
  output.line(`${options.identity} at ${where}, method ${options.method}, run-time ${host.runtime}`);
  output.line('');
  const transport = radiusTransport(client, {
    onPacket(event) {
      const packet = packetReport(event, performance.now() - begun);
      packets.push(packet);
      output.line(packetLine(packet, output.columns));
      output.step(waitingFor(packet, where));
    },
  });
  const drops = (): Drops => dropsOf(client.counters);
  const explain = (): NoVerdictError => explainSilence(options, address, packets, drops());
  const result = await authenticateOver(session, transport, options, interrupted, { explain, drops });
  output.done();
  const ended = performance.now();

  const isAccepted = transport.accept !== undefined && result.isSuccess;
  const report: AuthReport = {
    verdict: isAccepted ? 'accepted' : 'rejected',
    exitCode: isAccepted ? exitCodes.accepted : exitCodes.rejected,
    identity: options.identity,
    method: options.method,
    runtime: host.runtime,
    server: { ...address, builtIn: builtIn !== undefined },
    certificate: certificateReport(certificates[0]),
    reason: isAccepted ? null : reasonOf(result, options),
    replyMessage: transport.reject?.replyMessage ?? null,
    isRejectAuthenticated: transport.reject?.isAuthenticated ?? null,
    dropped: drops(),
    keysAgree: compareKeys(result.keys.msk, transport.accept?.msk),
    packets,
    times: {
      openMs: rounded(opened - started),
      beginMs: rounded(begun - opened),
      conversationMs: rounded(ended - begun),
      totalMs: rounded(ended - started),
    },
  };
  wipeKeys(result, transport.accept);
  for (const line of outcomeLines(report)) output.line(line);
  return report;
}

function certificateReport(certificate: X509Certificate | undefined): CertificateReport | null {
  if (certificate === undefined) return null;
  return {
    names: serverCertificateNames(certificate),
    validTo: new Date(certificate.validTo).toISOString(),
  };
}

/** What the built-in server has of TLS. */
export interface BuiltInParts {
  readonly identity: TlsIdentity;
  readonly ca: string;
  /** That has issued them. */
  readonly authority: TestAuthority;
}

/** Fills in what the built-in server and its user need of certificates. */
export function furnish(options: AuthOptions): {
  readonly options: AuthOptions;
  readonly server?: BuiltInParts;
} {
  if (options.server || !usesTls(options.method)) return { options };
  const authority = makeTestAuthority();
  const { ca } = authority;
  const identity = authority.issue({
    name: 'the built-in server',
    purpose: 'server',
    dnsNames: [builtInName],
  });
  const { ca: trusted = ca, client = authority.issue({ name: options.identity, purpose: 'client' }) } =
    options;
  const own = usesCertificate(options.method) ? { client } : {};
  return { options: { ...options, ca: trusted, ...own }, server: { identity, ca, authority } };
}

/** In the certificate of the built-in server. */
export const builtInName = 'radius.example.org';

function openHost(options: AuthOptions, { onEvent }: ConversationRecord): Promise<EapHost> {
  const { runtime = defaultRuntime } = options;
  const methods = runtime === 'system' ? undefined : peerMethods(options);
  return openEapHost({ runtime, methods, onEvent });
}

/** The methods of the built-in server, for the one user. */
export function builtInMethods(options: AuthOptions, parts: BuiltInParts | undefined): MethodDefinition[] {
  const { method, identity, serverPassword, leniency = {} } = options;
  const { insecurelyAllowWeakCryptography = false } = leniency;
  const users = memoryUsers({ [identity]: serverPassword.toString() });
  const tls = parts && {
    tls: { ...parts.identity, insecurelyAllowWeakCryptography },
    clients: { ca: parts.ca },
  };
  return serverMethods([method], { users, ...tls });
}

/** The built-in server. */
export function startServer(options: AuthOptions, parts: BuiltInParts | undefined): Promise<RadiusServer> {
  return RadiusServer.listen({ secret: options.secret, methods: builtInMethods(options, parts), port: 0 });
}

/** The conversation. Rejects if it came to no verdict. */
async function authenticateOver(
  session: Session,
  transport: RadiusTransport,
  { timeout }: AuthOptions,
  interrupted: AbortSignal,
  { explain, drops }: { readonly explain: () => NoVerdictError; readonly drops: () => Drops },
): Promise<AuthenticationResult> {
  const late = AbortSignal.timeout(timeout * 1000);
  const signal = AbortSignal.any([late, interrupted]);
  let isSilent = false;
  const observed: Transport = {
    async receive(signal) {
      const event = await transport.receive(signal);
      isSilent = event === 'timeout';
      return event;
    },
    send: (packet, signal) => transport.send(packet, signal),
  };
  try {
    const result = await session.authenticate(observed, { signal });
    if (!isSilent) return result;
  } catch (error) {
    interrupted.throwIfAborted();
    if (!late.aborted) throw error;
    throw explain();
  }
  throw new NoVerdictError(
    'the method had no answer to the last request of the server, which waits for one',
    'look with --ladder at what the server asked for; it may want another --method',
    drops(),
  );
}

function explainSilence(
  { timeout }: AuthOptions,
  address: RadiusAddress,
  packets: readonly PacketReport[],
  drops: Drops,
): NoVerdictError {
  const hasAnswered = packets.some(({ direction, radius }) => direction === 'received' && radius !== null);
  const server = formatAddress(address);
  const dropped = dropsText(drops);
  const remedy = dropsRemedy(drops);
  const said = dropped === '' ? '' : `; of what came was dropped: ${dropped}`;
  if (hasAnswered) {
    return new NoVerdictError(
      `the conversation with ${server} came to no end within ${timeout} s${said}`,
      remedy ?? 'give it longer with --timeout, and look at the log of the server',
      drops,
    );
  }
  return new NoVerdictError(
    `${server} did not answer ${dropped === '' ? '' : 'with what can be believed '}within ${timeout} s${said}`,
    remedy ?? silenceRemedy,
    drops,
  );
}

function formatAddress({ host, port }: RadiusAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function reasonOf(
  { failureReasonCode, reason = 'unknown', error }: AuthenticationResult,
  { runtime, method }: AuthOptions,
): ReasonReport {
  const type = namedMethods[methodForms[method].outer];
  const advice = errorAdvice(failureReasonCode, type) ?? 'the server rejected the user';
  const isSystem = (runtime ?? defaultRuntime) === 'system';
  const remedy = rejectionRemedy(reason, isSystem, !usesCertificate(method));
  return { code: failureReasonCode, name: reason, text: inSwitches(error?.rootCause ?? advice), remedy };
}

/** What is waited for behind a packet. */
function waitingFor({ direction, radius }: PacketReport, server: string): string {
  if (direction === 'received' || radius === null) return 'the method works';
  return `waiting for ${server}, transmission ${radius.attempt}`;
}

/** Null where neither side has keys. */
function compareKeys(peer: Buffer | undefined, server: Buffer | undefined): boolean | null {
  if (!peer && !server) return null;
  return peer !== undefined && server?.length === peer.length && timingSafeEqual(peer, server);
}

function wipeKeys(result: AuthenticationResult, accept: RadiusAccept | undefined): void {
  const { msk, mppeSendKey, mppeRecvKey } = result.keys;
  wipe(msk, mppeSendKey, mppeRecvKey, accept?.msk, accept?.sendKey, accept?.recvKey, result.saveCredentials);
  for (const { value } of result.attributes) wipe(value);
}
