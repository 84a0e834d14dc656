// A process that is given a password and takes part in an authentication with it, as a program of the package's user
// would: it wipes what is its own. The password comes masked, so that nothing but the package makes copies of it.
// Usage: fork with --expose-gc; the first argument is the part (peer, authenticator, client or server).

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { openEapHost, type AuthenticationResult } from '../../lib/index.js';
import {
  gtc,
  gtcAuthenticator,
  md5Authenticator,
  mschapv2,
  mschapv2Authenticator,
  peapAuthenticator,
  peapPeer,
  ttlsAuthenticator,
  ttlsPeer,
  type MethodDefinition,
  type UserStore,
} from '../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../lib/radius/index.js';
import type { Identity } from '../methods/tls/certificates.js';

/** What the parent says first. */
export interface Setting {
  readonly method: string;
  /** Of the password, or of the RADIUS secret: its octets and a mask over them, in hex. */
  readonly masked: string;
  readonly mask: string;
  readonly ca: string;
  readonly server: Identity;
  readonly port: number;
}

/** The password, where nothing moves it. */
export function unmask(masked: string, mask: string): Buffer {
  const [secret, over] = [Buffer.from(masked, 'hex'), Buffer.from(mask, 'hex')];
  const plain = Buffer.from(new ArrayBuffer(secret.length));
  for (const [index, octet] of secret.entries()) plain[index] = octet ^ (over[index] ?? 0);
  return plain;
}

/** The methods of the tests by their names. */
export function peerOf(name: string, ca: string): { method: string; definitions: MethodDefinition[] } {
  const inner = ['pap', 'chap', 'mschap', 'mschapv2'].find((word) => `ttls-${word}` === name);
  if (name === 'md5' || name === 'mschapv2') return { method: name, definitions: [] };
  if (inner !== undefined) return { method: 'ttls', definitions: [ttlsPeer({ ca, inner: inner as 'pap' })] };
  return { method: 'peap', definitions: [peapPeer({ ca, methods: [name === 'peap-gtc' ? gtc : mschapv2] })] };
}

export function authenticatorOf(name: string, server: Identity, users: UserStore): MethodDefinition {
  if (name === 'md5') return md5Authenticator({ users });
  if (name === 'mschapv2') return mschapv2Authenticator({ users });
  if (name.startsWith('ttls')) return ttlsAuthenticator({ ...server, users });
  const inner = name === 'peap-gtc' ? gtcAuthenticator({ users }) : mschapv2Authenticator({ users });
  return peapAuthenticator({ ...server, methods: [inner] });
}

/** The RADIUS secret where the test is about another one. */
export const radiusSecret = Buffer.from('a secret that nobody looks for');

function wipeResult({ keys, attributes, saveCredentials }: AuthenticationResult): void {
  for (const octets of [...Object.values(keys), ...attributes.map(({ value }) => value), saveCredentials]) {
    if (octets instanceof Uint8Array) octets.fill(0);
  }
}

/** Tells the parent, and waits for its word. */
export async function meet(state: string): Promise<void> {
  process.send?.({ state });
  await new Promise((resolve) => process.once('message', resolve));
}

async function peer({ method: name, masked, mask, ca, port }: Setting, secret: Uint8Array): Promise<void> {
  const { method, definitions } = peerOf(name, ca);
  await using client = new RadiusClient({ host: '127.0.0.1', port, secret });
  await using host = await openEapHost({ runtime: 'embedded', methods: definitions });
  const password = unmask(masked, mask);
  await using session = await host.beginSession({
    method: method as 'peap',
    credentials: { username: 'alice', password },
  });
  password.fill(0);
  const transport = radiusTransport(client);
  const result = await session.authenticate(transport);
  if (!result.isSuccess) throw new Error(`refused: ${result.reason ?? ''}`);
  await meet('authenticated');
  wipeResult(result);
  const { msk, sendKey, recvKey } = transport.accept ?? {};
  for (const key of [msk, sendKey, recvKey]) key?.fill(0);
}

async function authenticator(setting: Setting, secret: Uint8Array): Promise<void> {
  const { method, masked, mask, server } = setting;
  const password = unmask(masked, mask);
  const users = { lookup: () => ({ password }) };
  await using listening = await RadiusServer.listen({
    port: 0,
    secret,
    methods: [authenticatorOf(method, server, users)],
  });
  process.send?.({ port: listening.port });
  await new Promise((resolve) => process.once('message', resolve));
  await meet('authenticated');
  password.fill(0);
}

const parts = { peer, authenticator };

/** What Node reads from a socket comes into 64 KiB that it does not wipe, but uses again: here for zeros. */
async function readZeros(): Promise<void> {
  const sender = createServer((socket) => socket.end(Buffer.alloc(1 << 21)));
  sender.listen(0, '127.0.0.1');
  await once(sender, 'listening');
  const address = sender.address();
  const chunks: unknown[] = [];
  if (address !== null && typeof address === 'object') {
    for await (const chunk of connect(address.port, '127.0.0.1')) chunks.push(chunk);
  }
  sender.close();
}

export async function settle(): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    await delay(20);
    globalThis.gc?.();
  }
}

/** All is over: the parent may look, as often as it likes. */
export async function beOver(): Promise<never> {
  await settle();
  // Nothing asks for a collection of garbage from here on, though V8 may still run one.
  for (;;) {
    await meet('over');
    await readZeros();
  }
}

async function main(part: keyof typeof parts): Promise<void> {
  const setting = await new Promise<Setting>((resolve) => process.once('message', resolve));
  const secret =
    setting.method === 'secret' ? unmask(setting.masked, setting.mask) : Buffer.from(radiusSecret);
  await parts[part](setting.method === 'secret' ? { ...setting, method: 'md5' } : setting, secret);
  secret.fill(0);
  await beOver();
}

if (process.argv[2] !== undefined && process.argv[2] in parts)
  await main(process.argv[2] as keyof typeof parts);
