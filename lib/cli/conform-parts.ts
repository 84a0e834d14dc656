// What good and hostile counterparts of `eaphost conform` are made of: certificates that must be refused, and for a peer
// the certificate, the users and the methods of its server.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeerServer } from '../conformance/index.js';
import type { MethodDefinition } from '../hosts/method.js';
import type { TlsIdentity } from '../methods/tls/index.js';
import { memoryUsers } from '../methods/users.js';
import { namedMethods } from '../supplicant/options.js';
import { builtInMethods, builtInName, type BuiltInParts, furnish } from './auth.js';
import { methodForms, type MethodMeaning, usesCertificate, usesTls } from './auth-methods.js';
import type { AuthOptions } from './auth-options.js';
import { describeError, readInput, UsageError } from './command.js';
import type { ConformOptions } from './conform-options.js';
import { readServeSource, toServeConfig } from './serve-config.js';

/** The files of certificates that a server must refuse. */
export const badClients = {
  expired: 'expired.pem',
  notYetValid: 'not-yet-valid.pem',
  revoked: 'revoked.pem',
  forServers: 'for-servers.pem',
} as const;

/** The files of certificates that a peer must refuse. */
const badServers = {
  expired: 'expired.pem',
  notYetValid: 'not-yet-valid.pem',
  revoked: 'revoked.pem',
  forClients: 'for-clients.pem',
  otherName: 'other-name.pem',
} as const;

/** The certificates of a folder that must be refused, as far as they are there. */
export async function readBadCertificates<Name extends string>(
  folder: string,
  files: Readonly<Record<Name, string>>,
): Promise<Partial<Record<Name, TlsIdentity>>> {
  const there = await readdir(folder).catch((error: unknown) => {
    throw new UsageError(`the folder of --bad-certificates cannot be read: ${describeError(error)}`);
  });
  const found: Partial<Record<Name, TlsIdentity>> = {};
  for (const name in files) {
    if (!there.includes(files[name])) continue;
    const pem = await readInput(join(folder, files[name]), '--bad-certificates');
    found[name] = { cert: pem, key: pem };
  }
  if (Object.keys(found).length > 0) return found;
  throw new UsageError(`--bad-certificates: ${folder} has none of ${Object.values(files).join(', ')}`);
}

/** The options of a peer, completed, and what its server is made of. */
export interface PeerParts {
  readonly options: AuthOptions;
  readonly methods: readonly MethodDefinition[];
  /** Undefined where the method does not run in TLS, or the server is given without its key in PEM. */
  readonly server: PeerServer | undefined;
}

/** Takes the server of `--serve`, or makes a throw-away one. Throws UsageError. */
export async function peerParts(
  auth: AuthOptions,
  values: ConformOptions['values'],
  command: readonly string[],
): Promise<PeerParts> {
  const folder = values['bad-certificates'];
  const given = folder === undefined ? undefined : await readBadCertificates(folder, badServers);
  if (values.serve !== undefined) {
    const { options } = furnish(auth);
    const { methods: all, users, tls } = toServeConfig(await readServeSource(values.serve));
    // Cases are about the peer's own method.
    const { type } = namedMethods[methodForms[options.method].outer];
    const methods = all.filter((each) => each.type.type === type);
    if (methods.length === 0) throw new UsageError(`${values.serve} does not serve ${options.method}`);
    const server = tls && usesTls(options.method) ? { certificate: tls } : undefined;
    const inside = usesCertificate(options.method) ? {} : { users };
    return {
      options,
      methods,
      server: server && { ...server, ...inside, ...(given && { badCertificates: given }) },
    };
  }
  const { options, server: parts } = furnish(withDemands(auth, values, command));
  const methods = builtInMethods(options, parts);
  return { options, methods, server: parts && serverOf(options, parts, given, command) };
}

/** A peer that is configured here knows its server's name, and demands crypto-binding. */
function withDemands(
  auth: AuthOptions,
  { profile }: ConformOptions['values'],
  command: readonly string[],
): AuthOptions {
  const isOurs = profile === undefined && (command.length === 0 || mentions(command, 'config'));
  const { outer }: MethodMeaning = methodForms[auth.method];
  const isNamed = auth.serverNames.length > 0 || auth.isCareless || !usesTls(auth.method);
  return {
    ...auth,
    ...(isOurs && outer === 'peap' && { needsCryptoBinding: true }),
    ...(!isNamed && { serverNames: [builtInName] }),
  };
}

function serverOf(
  options: AuthOptions,
  { identity: certificate, authority }: BuiltInParts,
  given: PeerServer['badCertificates'],
  command: readonly string[],
): PeerServer {
  const { method, identity, serverPassword, serverNames, needsCryptoBinding = false } = options;
  const name = { name: 'the built-in server', dnsNames: [builtInName] };
  const day = 86_400_000;
  const soon = new Date(Date.now() + day);
  const knowsName = command.length === 0 || mentions(command, 'config') || mentions(command, 'name');
  const { issue } = authority;
  const made = {
    expired: issue({ ...name, purpose: 'server', notAfter: new Date(Date.now() - day) }),
    notYetValid: issue({ ...name, purpose: 'server', notBefore: soon }),
    forClients: issue({ ...name, purpose: 'client' }),
    ...(serverNames.length > 0 &&
      knowsName && {
        otherName: issue({ name: 'another server', purpose: 'server', dnsNames: ['other.example.net'] }),
      }),
  };
  return {
    certificate,
    badCertificates: { ...made, ...given },
    ...(!usesCertificate(method) && {
      users: memoryUsers({ [identity]: serverPassword.toString() }),
    }),
    requiresCryptoBinding: needsCryptoBinding,
  };
}

/** Whether one of the arguments has this word in braces. */
const mentions = (command: readonly string[], word: string): boolean =>
  command.some((argument) => argument.includes(`{${word}}`));
