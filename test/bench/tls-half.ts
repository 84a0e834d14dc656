// One half of a TLS benchmark, in a process of its own so that its processor time is its own: our client, which holds the
// conversations that it is asked for, or our RADIUS server. Started by tls.ts, with a task as its argument.

import { once } from 'node:events';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';

import { openEapHost } from '../../lib/index.js';
import {
  memoryUsers,
  mschapv2,
  mschapv2Authenticator,
  parseServerNames,
  peapAuthenticator,
  peapPeer,
  tlsAuthenticator,
  tlsPeer,
  ttlsAuthenticator,
  ttlsPeer,
} from '../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../lib/radius/index.js';
import type { Identity } from '../methods/tls/certificates.js';
import { times } from './support.js';

/** The user of every server. */
export const user = { username: 'alice', password: 'a password' };
/** What clients and servers share. */
export const secret = 'between us';
/** The methods, by the names that sessions know them by. */
export const tlsMethods = ['tls', 'peap', 'ttls'] as const;
/** One of them. */
export type TlsMethod = (typeof tlsMethods)[number];

/** What the process does. */
export interface Task {
  readonly half: 'client' | 'server';
  readonly ca: string;
  readonly identity: Identity;
}

/** What a client is asked for, once it has said that it is ready. */
export interface Work {
  readonly method: TlsMethod;
  readonly port: number;
  readonly count: number;
  readonly atOnce: number;
  /** Handshakes of node:tls with a TLS server on this TCP port, and nothing else: what a client in Node cannot go below. */
  readonly isBare?: boolean;
}

/** What a server says when it listens, a client when it is ready, and when it has done its work. */
export interface Told {
  /** One for each method, so that nothing is spent on choosing it. */
  readonly ports?: Readonly<Record<TlsMethod, number>>;
  readonly milliseconds?: number;
}

async function serve({ ca, identity }: Task): Promise<void> {
  const users = memoryUsers({ [user.username]: user.password });
  const methods = {
    tls: tlsAuthenticator({ ...identity, clients: { ca } }),
    peap: peapAuthenticator({ ...identity, methods: [mschapv2Authenticator({ users })] }),
    ttls: ttlsAuthenticator({ ...identity, users }),
  };
  const listen = async (method: TlsMethod): Promise<number> =>
    (await RadiusServer.listen({ secret, port: 0, methods: [methods[method]] })).port;
  process.send?.({
    ports: { tls: await listen('tls'), peap: await listen('peap'), ttls: await listen('ttls') },
  } satisfies Told);
}

async function answer({ ca, identity }: Task): Promise<void> {
  const trust = { ca, serverNames: parseServerNames('radius.example.org') };
  const outer = { identity: 'anonymous' };
  const host = await openEapHost({
    runtime: 'embedded',
    methods: [
      tlsPeer({ ...trust, ...identity, identity: user.username }),
      peapPeer({ ...trust, ...outer, methods: [mschapv2] }),
      ttlsPeer({ ...trust, ...outer, inner: 'mschapv2' }),
    ],
  });
  process.on('message', (work: Work) => void hold(work));
  process.send?.({} satisfies Told);

  async function shakeHands({ method, port }: Work): Promise<void> {
    const own = method === 'tls' ? identity : {};
    const socket = connect({ host: '127.0.0.1', port, servername: 'radius.example.org', ca, ...own });
    await once(socket, 'secureConnect');
    // A server that asks for a certificate says behind it whether it took it.
    if (method === 'tls') await once(socket, 'session');
    socket.destroy();
  }

  async function authenticate({ method }: Work, client: RadiusClient): Promise<void> {
    await using session = await host.beginSession({
      method,
      flags: ['fullAuth'],
      ...(method !== 'tls' && { credentials: user }),
    });
    const { isSuccess, error } = await session.authenticate(radiusTransport(client));
    if (!isSuccess) throw error ?? new Error(`${method} failed`);
  }

  async function hold(work: Work): Promise<void> {
    const { port, count, atOnce, isBare = false } = work;
    await using client = new RadiusClient({ host: '127.0.0.1', port, secret });
    const started = performance.now();
    let left = count;
    await Promise.all(
      times(atOnce, async () => {
        while (left-- > 0) await (isBare ? shakeHands(work) : authenticate(work, client));
      }),
    );
    process.send?.({ milliseconds: performance.now() - started } satisfies Told);
  }
}

const [, program, text] = process.argv;
if (program === fileURLToPath(import.meta.url) && text !== undefined) {
  const task: Task = JSON.parse(text);
  process.once('disconnect', () => process.exit());
  await (task.half === 'server' ? serve(task) : answer(task));
}
