// Checks of what a run tries. Each throws TypeError or RangeError that names the option, before a case runs.

import { type OptionNames, ownOptions, toInteger } from '../base/arguments.js';
import { flagBits, namesToBits } from '../eap/names.js';
import { checkDefinition, toDefinitions } from '../methods/define.js';
import { identityNames } from '../methods/tls/options.js';
import { checkUsers } from '../methods/users.js';
import type { MethodTarget } from './method-probe.js';
import type { MethodLogin } from './method-talk.js';
import type { PeerServer, PeerTarget } from './peer-probe.js';
import { toLimit } from './runner.js';
import type { ServerTarget } from './server-probe.js';

const serverNames: OptionNames<ServerTarget> = {
  host: 'string',
  port: 'number',
  secret: 'bytes',
  identity: 'string',
  method: 'object',
  credentials: 'bytes',
  certificate: 'object',
  badCertificates: 'object',
  silenceMs: 'number',
  answerMs: 'number',
};
const peerNames: OptionNames<PeerTarget> = {
  secret: 'string',
  methods: 'array',
  server: 'object',
  authenticate: 'function',
};
const peerServerNames: OptionNames<PeerServer> = {
  certificate: 'object',
  badCertificates: 'object',
  users: 'object',
  requiresCryptoBinding: 'boolean',
};
const methodNames: OptionNames<MethodTarget> = {
  loadPeer: 'function',
  loadAuthenticator: 'function',
  methods: 'array',
  config: 'bytes',
  serverConfig: 'bytes',
  credentials: 'bytes',
  credentialsXml: 'string',
  login: 'object',
  flags: 'strings',
  uiAnswer: 'bytes',
};
const loginNames: OptionNames<MethodLogin> = { identity: 'string', password: 'bytes' };
const badServerNames = { expired: 'object', notYetValid: 'object', revoked: 'object' } as const;

function checkIdentity(given: unknown, argument: string): void {
  if (given !== undefined) ownOptions(given, argument, identityNames);
}

function checkBad(
  given: ServerTarget['badCertificates'] | PeerServer['badCertificates'],
  argument: string,
  names: Readonly<Record<string, 'object'>>,
): void {
  const bad = ownOptions(given, argument, names);
  for (const [name, identity] of Object.entries(bad)) checkIdentity(identity, `${argument}.${name}`);
}

/** A server to try. */
export function toServerTarget(given: ServerTarget): ServerTarget {
  const target = ownOptions(given, 'target', serverNames, [
    ...(['host', 'port', 'secret', 'identity', 'method', 'credentials', 'silenceMs', 'answerMs'] as const),
  ]);
  toInteger(target.port, 'target.port', 1, 65_535);
  checkDefinition(target.method, 'target.method');
  checkIdentity(target.certificate, 'target.certificate');
  checkBad(target.badCertificates, 'target.badCertificates', { ...badServerNames, forServers: 'object' });
  toLimit(target.silenceMs, 'target.silenceMs');
  toLimit(target.answerMs, 'target.answerMs');
  return target;
}

/** A peer to try. */
export function toPeerTarget(given: PeerTarget): PeerTarget {
  const target = ownOptions(given, 'target', peerNames, ['secret', 'methods', 'authenticate']);
  toDefinitions(target.methods, 'target.methods');
  if (target.server === undefined) return target;
  const server = ownOptions(target.server, 'target.server', peerServerNames, ['certificate']);
  checkIdentity(server.certificate, 'target.server.certificate');
  const names = { ...badServerNames, forClients: 'object', otherName: 'object' } as const;
  checkBad(server.badCertificates, 'target.server.badCertificates', names);
  if (server.users !== undefined) checkUsers(server.users);
  return target;
}

/** A method to try. */
export function toMethodTarget(given: MethodTarget): MethodTarget {
  const target = ownOptions(given, 'target', methodNames);
  if (target.flags !== undefined) namesToBits(target.flags, 'target.flags', flagBits);
  if (target.login !== undefined)
    ownOptions(target.login, 'target.login', loginNames, ['identity', 'password']);
  return target;
}
