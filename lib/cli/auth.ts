// `eaphost auth`: authenticates a user over RADIUS, with the supplicant of a run-time, and shows how it goes.

import { timingSafeEqual } from 'node:crypto';
import type { EapHost } from '../eaphost.js';
import { openEapHost } from '../open.js';
import type { AuthenticationResult } from '../result.js';
import { wipe } from '../methods/credentials.js';
import { makeTestAuthority, type TlsIdentity } from '../methods/tls/index.js';
import { memoryUsers } from '../methods/users.js';
import {
  type RadiusAccept,
  RadiusClient,
  RadiusServer,
  type RadiusTransport,
  radiusTransport,
} from '../radius/index.js';
import type { Session } from '../session.js';
import type { Transport } from '../transport.js';
import { configure, peerMethods, usesCertificate, usesTls } from './auth-methods.js';
import {
  asksForJson,
  type AuthOptions,
  readAuthOptions,
  type ServerAddress,
  wipeOptions,
} from './auth-options.js';
import {
  type AuthReport,
  outcomeLines,
  packetLine,
  type PacketReport,
  packetReport,
  type ReasonReport,
  rounded,
} from './auth-report.js';
import { ConversationRecord } from './auth-record.js';
import { type Command, describeError, errorCode, exitCodes, NoVerdictError } from './command.js';
import { serverMethods } from './serve-methods.js';

/** More than fit any timeout: the clock ends the waiting. */
const maxRetransmissions = 1000;

const help = `Usage: eaphost auth [OPTION]...

Authenticates a user over RADIUS with an EAP method, and prints the conversation, the verdict, the reason, whether
both sides have the same keys, and the times.

  --server HOST[:PORT]  the RADIUS server, port 1812 if none is given; an IPv6 address goes in brackets.
                        Without it a server of this package's own is started for the user on 127.0.0.1
  --secret SECRET       what the server shares with this client, or
  --secret-file FILE    a file that holds it
  --method METHOD       mschapv2 (the default), md5, gtc, tls,
                        peap-mschapv2, peap-tls, peap-gtc,
                        ttls-pap, ttls-chap, ttls-mschap, ttls-mschapv2, ttls-md5, ttls-gtc,
                        ttls-eap-mschapv2 or ttls-tls
  --ca FILE             methods with TLS: the authorities, in PEM, that may have signed the server's certificate.
                        Without --server: a throw-away one
  --server-name NAME    what the server may be called, with asterisks or as a regular expression; may be repeated
  --insecurely-trust-any-server
                        in place of --ca: believe whoever answers. Only for tests: they get the password, or a hash
  --cert FILE, --key FILE
                        methods with a user's certificate: that and its key, in PEM, or
  --pfx FILE            both in one file. Without --server: throw-away ones
  --passphrase-file FILE
                        a file that holds what opens the key or the PFX
  --outer-identity NAME what to call the user where everybody can read it, such as anonymous@example.org
  --identity NAME       the user, such as alice, CORP\\alice or alice@example.org.
                        Without --server: demo
  --password-file FILE  a file that holds the user's password; or set EAPHOST_PASSWORD; or type it when asked.
                        Without --server: demo-password
  --server-password-file FILE
                        what the built-in server takes for the password; or set EAPHOST_SERVER_PASSWORD.
                        Otherwise demo-password
  --runtime RUNTIME     system (Windows' EAPHost, the default there) or embedded (the default elsewhere).
                        With system, Windows' own methods are configured by XML: the authority must be in the
                        machine's store of roots, a user's certificate in the user's
  --timeout SECONDS     how long the conversation may take; 15 if nothing is given
  --ladder              draw the conversation and the calls of the run-time as a ladder, too
  --html FILE           write a page of it: the ladder, packets decoded, calls, times, errors; secrets are masked
  --pcap FILE           write its packets as EAPOL frames for Wireshark and tshark (pcapng)
  --json                one JSON object on standard output, and all else on standard error
  -h, --help            this text

The exit code is 0 if the user was accepted, 1 if rejected, 2 if it could not be tried.

Examples:
  eaphost auth
      accepts: the demo user against the built-in server
  EAPHOST_PASSWORD=wrong eaphost auth
      rejects
  eaphost auth --server radius.example.org --secret-file secret.txt --method mschapv2 --identity alice
      asks for alice's password
  eaphost auth --method tls --ladder --html conversation.html --pcap conversation.pcapng
      keeps what passed, in three forms
  eaphost auth --server radius.example.org --secret-file secret.txt --method peap-mschapv2 --identity alice \\
      --ca ca.pem --server-name radius.example.org --outer-identity anonymous
      does it inside of TLS
  eaphost auth --server '[2001:db8::1]:1812' --secret testing123 --method md5 --identity bob --password-file bob.txt
`;

/** `eaphost auth`. */
export const auth: Command = {
  summary: 'authenticate a user over RADIUS and show how it goes',
  help,
  async run(args) {
    try {
      const options = await readAuthOptions(args);
      const record = new ConversationRecord(options);
      try {
        return await authenticate(options, record);
      } finally {
        wipeOptions(options);
        const title = `${options.identity}, ${options.method}`;
        await record.finish(title, options.json ? process.stderr : process.stdout);
      }
    } catch (error) {
      // Machines get the error as the last line, too.
      if (asksForJson(args)) {
        const failure = { code: errorCode(error) ?? null, message: describeError(error) };
        const report = { verdict: 'error', exitCode: exitCodes.notTried, error: failure };
        process.stdout.write(`${JSON.stringify(report)}\n`);
      }
      throw error;
    }
  },
};

async function authenticate(given: AuthOptions, record: ConversationRecord): Promise<number> {
  const { options, server } = furnish(given);
  const print = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const started = performance.now();
  await using builtIn = options.server ? undefined : await startServer(options, server);
  const address = options.server ?? { host: '127.0.0.1', port: builtIn?.port ?? 0 };
  await using client = new RadiusClient({ ...address, secret: options.secret, retries: maxRetransmissions });
  await using host = await openHost(options, record);
  const opened = performance.now();
  const begin = await configure(host, options);
  await using session = await host.beginSession(begin).finally(() => wipe(begin.credentials));
  const begun = performance.now();

  const packets: PacketReport[] = [];
  const transport = radiusTransport(client, {
    onPacket(event) {
      const packet = packetReport(event, performance.now() - begun);
      packets.push(packet);
      print(packetLine(packet));
    },
  });
  const where = `${builtIn ? 'the built-in server' : formatAddress(address)}, method ${options.method}`;
  print(`${options.identity} at ${where}, run-time ${host.runtime}\n`);
  const result = await converse(session, transport, options, () => explainSilence(options, address, packets));
  const ended = performance.now();

  const isAccepted = transport.accept !== undefined && result.isSuccess;
  const report: AuthReport = {
    verdict: isAccepted ? 'accepted' : 'rejected',
    exitCode: isAccepted ? exitCodes.accepted : exitCodes.rejected,
    identity: options.identity,
    method: options.method,
    runtime: host.runtime,
    server: { ...address, builtIn: builtIn !== undefined },
    reason: isAccepted ? null : reasonOf(result),
    replyMessage: transport.reject?.replyMessage ?? null,
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
  for (const line of outcomeLines(report)) print(line);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  return report.exitCode;
}

/** What the built-in server has of TLS. */
interface BuiltInParts {
  readonly identity: TlsIdentity;
  readonly ca: string;
}

/** Fills in what the built-in server and its user need of certificates. */
function furnish(options: AuthOptions): { readonly options: AuthOptions; readonly server?: BuiltInParts } {
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
  return { options: { ...options, ca: trusted, ...own }, server: { identity, ca } };
}

/** In the certificate of the built-in server. */
const builtInName = 'radius.example.org';

function openHost(options: AuthOptions, { onEvent }: ConversationRecord): Promise<EapHost> {
  const { runtime = process.platform === 'win32' ? 'system' : 'embedded' } = options;
  const methods = runtime === 'system' ? undefined : peerMethods(options);
  return openEapHost({ runtime, methods, onEvent });
}

/** The built-in server, for the one user. */
function startServer(options: AuthOptions, parts: BuiltInParts | undefined): Promise<RadiusServer> {
  const { method, identity, serverPassword, secret } = options;
  const users = memoryUsers({ [identity]: serverPassword.toString() });
  const tls = parts && { tls: parts.identity, clients: { ca: parts.ca } };
  return RadiusServer.listen({ secret, methods: serverMethods([method], { users, ...tls }), port: 0 });
}

/** The conversation. Rejects where it came to no verdict. */
async function converse(
  session: Session,
  transport: RadiusTransport,
  { timeout }: AuthOptions,
  explain: () => string,
): Promise<AuthenticationResult> {
  const signal = AbortSignal.timeout(timeout * 1000);
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
    if (!signal.aborted) throw error;
    throw new NoVerdictError(explain(), { cause: error });
  }
  throw new NoVerdictError('the method had no answer to the last request of the server, which waits for one');
}

function explainSilence(
  { timeout }: AuthOptions,
  address: ServerAddress,
  packets: readonly PacketReport[],
): string {
  const hasAnswered = packets.some(({ direction, radius }) => direction === 'received' && radius !== null);
  const server = formatAddress(address);
  if (hasAnswered) return `the conversation with ${server} came to no end within ${timeout} s`;
  return (
    `${server} did not answer within ${timeout} s; check the address, that the server knows this client, and the ` +
    'secret, as servers are silent about a wrong one'
  );
}

function formatAddress({ host, port }: ServerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function reasonOf({ failureReasonCode, reason, error }: AuthenticationResult): ReasonReport {
  const text = error?.rootCause ?? error?.message ?? 'The server rejected the user.';
  return { code: failureReasonCode, name: reason ?? 'unknown', text };
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
