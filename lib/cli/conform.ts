// `eaphost conform`: runs the catalogue of conformance against a server, a peer or a method DLL, and shows the results.

import { encodeCredentials, wipe } from '../methods/credentials.js';
import {
  type CaseResult,
  conformanceCases,
  conformPeer,
  conformServer,
  type PeerTarget,
  type RunOptions,
  type ServerTarget,
} from '../conformance/index.js';
import { sameCause } from '../conformance/case.js';
import { chosenCases } from '../conformance/runner.js';
import { linkOf } from '../conformance/sources.js';
import { preflightPeer, preflightServer } from '../conformance/preflight.js';
import { silenceRemedy } from '../radius/client.js';
import { furnish, startServer } from './auth.js';
import { peerMethod, usesCertificate } from './auth-methods.js';
import { readAuthValues, wipeOptions } from './auth-options.js';
import { exitCodes, interruptible, NoVerdictError, readInput, UsageError } from './command.js';
import { type ConformOptions, readConformOptions } from './conform-options.js';
import { explain } from './conform-explain.js';
import { conformFuzz } from './conform-fuzz.js';
import { method } from './conform-method.js';
import { openPeer } from './conform-peers.js';
import { badClients, peerParts, readBadCertificates } from './conform-parts.js';
import { countsOf, differences, factLines, resultLines, summaryLine } from './conform-report.js';
import { openReports } from './conform-files.js';
import type { Output } from './output.js';

/** `eaphost conform`. */
export async function conform(args: readonly string[], output: Output): Promise<number> {
  const options = await readConformOptions(args);
  const { subject, run, baseline } = options;
  if (subject === 'list') return list(options, output);
  if (subject === 'explain') return explain(options.rest, output);
  await using files = await openReports(options);
  const startedAt = Date.now();
  const causeOf = sameCause();
  const results = await interruptible((signal) => {
    const onResult = (result: CaseResult, done: number, total: number): void => {
      for (const line of resultLines(result, baseline.get(result.id), causeOf(result))) output.line(line);
      output.step(`${done} of ${total}`);
    };
    return subjects[subject](options, output, { ...run, signal, onResult });
  });
  output.done();
  const failed = results.filter(({ verdict }) => verdict === 'failed');
  const known = failed.filter(({ id }) => baseline.has(id));
  output.line('');
  output.line(summaryLine(results, known.length));
  const mended = results.filter(({ id, verdict }) => verdict === 'passed' && baseline.has(id));
  if (options.earlier) for (const line of differences(results, options.earlier)) output.line(line);
  for (const { id } of mended) output.line(`${id} passes, and may leave the baseline`);
  const title = [
    'Conformance of',
    subject === 'fuzz' ? 'a pair' : `a ${subject}`,
    ...options.rest.slice(0, 1),
  ].join(' ');
  const tried = Object.fromEntries(options.tried);
  await files.write(results, { title, tried, baseline, startedAt });
  const isGone = results.some(({ isSubjectGone }) => isSubjectGone);
  const untried = isGone ? exitCodes.notTried : exitCodes.accepted;
  const exitCode = failed.length > known.length ? exitCodes.rejected : untried;
  if (output.json) {
    const cases = results.map((result) => ({
      ...result,
      link: linkOf(result.source),
      packets: result.packets.map(({ datagram, eap, ...packet }) => ({
        ...packet,
        ...(datagram && { datagram: Buffer.from(datagram).toString('hex') }),
        ...(eap && { eap: Buffer.from(eap).toString('hex') }),
      })),
      ...(baseline.has(result.id) && { known: baseline.get(result.id) }),
    }));
    output.report({
      exitCode,
      tried,
      startedAt: new Date(startedAt).toISOString(),
      counts: countsOf(results),
      cases,
    });
  }
  return exitCode;
}

function list({ run }: ConformOptions, output: Output): number {
  const cases = chosenCases(conformanceCases, run);
  output.report({ exitCode: exitCodes.accepted, cases }, [
    ...cases.flatMap((each) => factLines(each)),
    '',
    `${cases.length} cases`,
  ]);
  return exitCodes.accepted;
}

type Run = (options: ConformOptions, output: Output, run: RunOptions) => Promise<CaseResult[]>;

const subjects: Readonly<Record<'server' | 'peer' | 'method' | 'fuzz', Run>> = {
  server,
  peer,
  method,
  fuzz: conformFuzz,
};

/** How long an answer may take that must come. */
const answerMs = 5000;

async function server({ values, silenceMs, tried }: ConformOptions, output: Output, run: RunOptions) {
  const auth = await readAuthValues(values, output);
  try {
    const { options, server: parts } = furnish(auth);
    await using builtIn = options.server ? undefined : await startServer(options, parts);
    const { host, port } = options.server ?? { host: '127.0.0.1', port: builtIn?.port ?? 0 };
    const { identity, outerIdentity = identity, password, secret } = options;
    const { peer, ...definition } = peerMethod(options);
    if (!peer) throw new UsageError(`${definition.name} has no peer side`);
    const isCertificate = usesCertificate(options.method);
    const { 'bad-certificates': folder } = values;
    const credentials = isCertificate
      ? new Uint8Array()
      : encodeCredentials({ username: identity, password });
    const target: ServerTarget = {
      host,
      port,
      secret,
      identity: outerIdentity,
      method: { ...definition, peer },
      credentials,
      ...(isCertificate && options.client && { certificate: options.client }),
      ...(folder !== undefined && { badCertificates: await readBadCertificates(folder, badClients) }),
      silenceMs,
      answerMs,
    };
    try {
      output.step(`trying whether ${identity} is accepted`);
      const trouble = await preflightServer(target, run.signal);
      if (trouble !== undefined) {
        throw new NoVerdictError(
          `${identity} is not accepted by ${host} port ${port}: ${trouble}`,
          `cases need a user who is accepted: try the same options with eaphost auth; ${silenceRemedy}`,
          {},
        );
      }
      tried.set('host', options.server ? `${host} port ${port}` : 'the built-in server');
      tried.set('method', options.method).set('user', identity);
      output.line(`${host} port ${port}, method ${options.method}, user ${identity}`);
      output.line('');
      return await conformServer(target, run);
    } finally {
      wipe(credentials);
    }
  } finally {
    wipeOptions(auth);
  }
}

async function peer({ values, rest, tried }: ConformOptions, output: Output, run: RunOptions) {
  if (values.server !== undefined)
    throw new UsageError('--server is for conform server: a peer gets one of ours');
  const auth = await readAuthValues(values, output);
  try {
    const { options, methods, server } = await peerParts(auth, values, rest);
    const profile = values.profile === undefined ? undefined : await readInput(values.profile, '--profile');
    await using subject = await openPeer(options, rest, profile?.toString());
    tried.set('host', subject.name).set('method', options.method).set('user', options.identity);
    output.line(`${subject.name}, method ${options.method}`);
    output.line('');
    const { authenticate } = subject;
    const target: PeerTarget = {
      secret: options.secret.toString(),
      methods,
      ...(server && { server }),
      authenticate,
    };
    output.step('trying whether it is accepted by a good server');
    const trouble = await preflightPeer(target, run.signal);
    if (trouble !== undefined) {
      throw new NoVerdictError(
        `the peer is not accepted by a good server: ${trouble}`,
        'cases need a peer that is accepted: give it what stands for the user and the server in braces, as {config}',
        {},
      );
    }
    return await conformPeer(target, run);
  } finally {
    wipeOptions(auth);
  }
}
