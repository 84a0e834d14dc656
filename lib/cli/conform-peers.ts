// The peers of `eaphost conform peer`: a command that authenticates once, or this package's supplicant. They get files
// in a folder of their own, which goes when they are done.

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentWithoutSecrets } from '../base/child-process.js';
import { wipe } from '../methods/credentials.js';
import { failedOutcome } from '../conformance/fuzz.js';
import type { PeerAttempt, PeerOutcome } from '../conformance/index.js';
import { RadiusClient, radiusTransport } from '../radius/index.js';
import { openEapHost } from '../supplicant/open.js';
import {
  configure,
  methodForms,
  type MethodMeaning,
  peerMethods,
  usesCertificate,
  usesTls,
} from './auth-methods.js';
import type { AuthOptions } from './auth-options.js';
import { NoVerdictError, UsageError } from './command.js';

/** A peer that can be tried, until it is disposed of. */
export interface OpenedPeer extends AsyncDisposable {
  readonly name: string;
  readonly authenticate: (attempt: PeerAttempt) => Promise<PeerOutcome>;
}

/** The command, or without one the supplicant, with the method's profile if there is one. */
export async function openPeer(
  options: AuthOptions,
  command: readonly string[],
  profile?: string,
): Promise<OpenedPeer> {
  const [program, ...args] = command;
  if (program !== undefined && options.runtime !== undefined) {
    throw new UsageError('give --runtime or a command behind --, not both');
  }
  if (program !== undefined && profile !== undefined) throw new UsageError('--profile goes with --runtime');
  if (program !== undefined) return openCommand(options, program, args);
  if (options.runtime === undefined) {
    throw new UsageError('the peer is missing: --runtime, or a command behind --');
  }
  return openSupplicant(options, profile);
}

async function openSupplicant(options: AuthOptions, profile: string | undefined): Promise<OpenedPeer> {
  const { runtime = 'embedded', secret } = options;
  const methods = runtime === 'system' ? undefined : peerMethods(options);
  const host = await openEapHost({ runtime, methods });
  async function configureAs(xml: string | undefined) {
    const own = await configure(host, options);
    if (xml === undefined) return own;
    const { method, blob } = await host.configFromXml(xml);
    return { ...own, method, config: blob };
  }
  return {
    name: `the supplicant, run-time ${runtime}${runtime === 'system' ? ` of Windows ${release()}` : ''}`,
    async authenticate({ port, signal }) {
      await using client = new RadiusClient({ host: '127.0.0.1', port, secret, timeoutMs: 500, retries: 2 });
      const begin = await configureAs(profile);
      await using session = await host.beginSession(begin).finally(() => wipe(begin.credentials));
      try {
        const { isSuccess, reason, keys, attributes } = await session.authenticate(radiusTransport(client), {
          signal,
        });
        const { msk, ...others } = keys;
        wipe(...Object.values(others), ...attributes.map(({ value }) => value));
        return { isSuccess, said: reason ?? 'no reason', ...(msk && { msk }) };
      } catch (error) {
        signal.throwIfAborted();
        return failedOutcome(error);
      }
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

async function openCommand(
  options: AuthOptions,
  program: string,
  args: readonly string[],
): Promise<OpenedPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'eaphost-conform-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    return { ...(await commandIn(folder, options, program, args)), [Symbol.asyncDispose]: remove };
  } catch (error) {
    // The user's key and password may be in it by now.
    await remove();
    throw error;
  }
}

async function commandIn(
  folder: string,
  options: AuthOptions,
  program: string,
  args: readonly string[],
): Promise<Pick<OpenedPeer, 'name' | 'authenticate'>> {
  const file = async (name: string, content: string | Uint8Array): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  const { ca = '', client, identity, password } = options;
  const files = {
    ca: await file('ca.pem', ca),
    cert: await file('client.pem', pemOf(client?.cert)),
    key: await file('client.key', pemOf(client?.key)),
  };
  const config = await file('peer.conf', supplicantConfig(options, files));
  const [name = ''] = options.serverNames;
  const words = { identity, password: password.toString(), config, name, ...files };
  return {
    name: program,
    authenticate: ({ port, secret, signal }) => {
      const all: Readonly<Record<string, string>> = { ...words, port: String(port), secret };
      const filled = args.map((arg) =>
        arg.replaceAll(/\{(?<word>\w+)\}/gu, (whole, word: string) => all[word] ?? whole),
      );
      return runOnce(program, filled, signal);
    },
  };
}

function pemOf(pem: unknown): string {
  return typeof pem === 'string' || pem instanceof Uint8Array ? Buffer.from(pem).toString() : '';
}

/** EX_TEMPFAIL of sysexits.h: nothing is said about the peer. */
const couldNotTry = 75;
/** Octets of a program's output that are kept for the reason. */
const keptOutput = 4096;

/**
 * Runs the program: it was accepted if it says so as hostap's programs do, or, saying nothing, exits with 0: the exit
 * code of eapol_test is about RADIUS and keys, and may be 0 where its peer has refused the server. Rejects if it cannot
 * be run, says by its exit code that it could not try, or the signal aborts.
 */
async function runOnce(program: string, args: readonly string[], signal: AbortSignal): Promise<PeerOutcome> {
  const env = environmentWithoutSecrets();
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  let said = '';
  let hasSucceeded: boolean | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      const all = said + text;
      for (const [, verdict] of all.matchAll(verdicts)) hasSucceeded = verdict === 'SUCCESS';
      said = all.slice(-keptOutput);
    });
  }
  return new Promise((done, reject) => {
    child.on('error', (error) => reject(signal.aborted ? asError(signal.reason) : error));
    child.on('close', (code, by) => {
      const end = code === null ? `ended by ${by}` : `exit code ${code}`;
      const last = `${end}; ${said.trim().split('\n').at(-1) ?? ''}`;
      if (code === couldNotTry) {
        const remedy = 'run the command by hand, with what stands in braces filled in';
        return reject(new NoVerdictError(`the command could not try: ${last}`, remedy, {}));
      }
      const [, msk] = mskLine.exec(said) ?? [];
      return done({
        isSuccess: hasSucceeded ?? code === 0,
        said: last,
        ...(msk !== undefined && { msk: Buffer.from(msk.replaceAll(/[ :]/gu, ''), 'hex') }),
        ...(isCrash(code) && { crash: end }),
      });
    });
  });
}

/** How hostap's programs tell what their EAP peer has come to; the last one holds. */
const verdicts = /CTRL-EVENT-EAP-(?<verdict>SUCCESS|FAILURE)/gu;

/** How programs tell the MSK: eapol_test its first 32 octets, others as `MSK: HEX`. */
const mskLine = /^(?:PMK from EAPOL - hexdump\(len=\d+\)|MSK): (?<octets>[\da-f :]+)$/imu;

const crashSignals = ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const;

/** A signal, as such or as a shell tells it, or an exception of Windows. */
function isCrash(code: number | null): boolean {
  return (
    code === null || code >= 0xc0000000 || crashSignals.some((name) => code === 128 + constants.signals[name])
  );
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** The user as a network of wpa_supplicant's, which eapol_test reads, too. */
function supplicantConfig(
  { method, identity, outerIdentity, password, client, serverNames, needsCryptoBinding }: AuthOptions,
  files: { readonly ca: string; readonly cert: string; readonly key: string },
): string {
  const { outer, inner }: MethodMeaning = methodForms[method];
  const isEap = inner?.startsWith('eap-') === true;
  const phase2 = `${isEap && outer === 'ttls' ? 'autheap' : 'auth'}=${inner?.replace('eap-', '').toUpperCase()}`;
  const lines = [
    'key_mgmt=IEEE8021X',
    `eap=${outer.toUpperCase()}`,
    `identity=${quoted(identity)}`,
    ...(outerIdentity === undefined ? [] : [`anonymous_identity=${quoted(outerIdentity)}`]),
    ...(usesCertificate(method) ? [] : [`password=${quoted(password.toString())}`]),
    ...(usesTls(method) ? [`ca_cert=${quoted(files.ca)}`] : []),
    ...(serverNames.length > 0 ? [`domain_match=${quoted(serverNames.join(';'))}`] : []),
    ...(needsCryptoBinding === true ? ['phase1="crypto_binding=2"'] : []),
    ...(client && usesCertificate(method)
      ? [`client_cert=${quoted(files.cert)}`, `private_key=${quoted(files.key)}`]
      : []),
    ...(inner === undefined ? [] : [`phase2=${quoted(phase2)}`]),
  ];
  return `network={\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

/** As wpa_supplicant reads it: as it is up to the last quotation mark, or as hexadecimal digits. */
function quoted(text: string): string {
  return /^[\x20-\x7e]*$/u.test(text) && !text.includes('"')
    ? `"${text}"`
    : Buffer.from(text).toString('hex');
}
