// What a long-lived process does over and over, each as one turn of it: the suite counts the objects that some hundred
// turns leave, the soak program the memory that very many do.

import { randomUUID } from 'node:crypto';

import { openEapHost } from '../../lib/index.js';
import { AuthenticatorMethod, converse, PeerMethod } from '../../lib/method-dlls/index.js';
import { memoryUsers, type MethodDefinition, mschapv2Authenticator } from '../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../lib/radius/index.js';
import { serveMethods } from '../../lib/registration/index.js';
import { eapSuccess, identityRequest, request } from '../supplicant/script-method.js';
import { trivialDll, trivialType } from '../supplicant/support.js';
import { alice, loadPeer, pairPath, pairType, server as pairConfig } from '../method-dlls/support.js';
import { RawClient } from '../shim-server/raw-client.js';

/** Something that is done again and again. */
export interface Scenario extends AsyncDisposable {
  /** Does it once more. */
  turn(number: number): Promise<void>;
}

/** What opens each. */
export type OpenScenario = () => Promise<Scenario>;

/** Few, so that a process does not grow with the lanes that it starts. */
const maxLanes = 4;

const outcomes = ['success', 'failure', 'timeout', 'aborted'] as const;

/** A conversation of the pair; every fourth ends in another way. */
async function hold(peer: PeerMethod, authenticator: AuthenticatorMethod, number: number): Promise<void> {
  const wanted = outcomes[number % outcomes.length] ?? 'success';
  const abort = new AbortController();
  let packets = 0;
  try {
    const { outcome } = await converse(peer, authenticator, {
      signal: abort.signal,
      retries: 1,
      peer: { credentials: alice },
      authenticator: { config: wanted === 'failure' ? Buffer.from('password=lion') : pairConfig },
      lose() {
        packets += 1;
        if (wanted === 'aborted' && packets === 4) abort.abort(new Error('aborted'));
        return wanted === 'timeout' && packets > 3;
      },
    });
    if (outcome !== wanted) throw new Error(`a conversation came to ${outcome}, not to ${wanted}`);
  } catch (error) {
    if (wanted !== 'aborted' || error !== abort.signal.reason) throw error;
  }
}

/** Conversations of two method DLLs. */
export const conversations =
  (isolate: boolean): OpenScenario =>
  async () => {
    const load = { type: pairType, dllPath: pairPath, isolate, maxLanes };
    const peer = await PeerMethod.load(load);
    const authenticator = await AuthenticatorMethod.load(load);
    return {
      turn: (number) => hold(peer, authenticator, number),
      async [Symbol.asyncDispose]() {
        const left = peer.stats().sessions + authenticator.stats().sessions;
        await peer.close();
        await authenticator.close();
        if (left > 0) throw new Error(`${left} sessions were left`);
      },
    };
  };

/** Authentications with a method in TypeScript: through the shim, over RADIUS, watched, with secrets that change. */
export const authentications: OpenScenario = async () => {
  const secret = 'shared secret';
  const users = memoryUsers({ alice: 'correct horse' });
  const onEvent = (): void => undefined;
  const server = await RadiusServer.listen({
    secret,
    methods: [mschapv2Authenticator({ users })],
    port: 0,
    duplicateWindowMs: 1,
    onEvent,
  });
  const client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
  const host = await openEapHost({ runtime: 'embedded', onEvent });
  return {
    async turn(number) {
      const isRight = number % 2 === 0;
      await using session = await host.beginSession({
        method: 'mschapv2',
        credentials: { username: 'alice', password: isRight ? 'correct horse' : 'wrong' },
      });
      const transport = radiusTransport(client, { userName: 'alice' });
      const { isSuccess } = await session.authenticate(transport, { onAttributes: () => [] });
      if (isSuccess !== isRight) throw new Error(`authentication ${number} came out wrong`);
      server.replaceSecrets({ secret });
    },
    async [Symbol.asyncDispose]() {
      await host.close();
      await client.close();
      await server.close();
    },
  };
};

const plainMethod: MethodDefinition = {
  type: { type: 4, authorId: 99_999 },
  name: 'Plain',
  properties: 0,
  peer: {
    getIdentity: () => ({ identity: 'bob', credentials: Buffer.from('user') }),
    beginSession: () => ({
      processRequest: () => ({ action: 'none' }),
      getResult: () => ({ isSuccess: true }),
      end: () => undefined,
    }),
  },
};

/** Connections to a server of methods: sessions, and callers who go away. */
export const connections: OpenScenario = async () => {
  const server = await serveMethods({ methods: [plainMethod] });
  return {
    async turn(number) {
      if (number % 3 === 0) {
        const client = await RawClient.connect(server.endpoint);
        client.destroy();
        await client.closed;
        return;
      }
      const client = await RawClient.open(server.endpoint);
      await client.begin();
      if (number % 3 === 1) await client.process();
      client.destroy();
      await client.closed;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
};

/** Sessions of the embedded run-time, with connections of their own and with given ones. */
export const sessions: OpenScenario = async () => {
  const host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll], onEvent: () => undefined });
  host.setMaxListeners(0);
  const listener = (): void => undefined;
  return {
    async turn(number) {
      const connectionId = number % 2 === 0 ? randomUUID() : undefined;
      const session = await host.beginSession({
        method: trivialType,
        credentials: Buffer.of(1, 0),
        connectionId,
      });
      host.on('reauthenticate', listener);
      await session.process(identityRequest);
      await session.process(request(2, Buffer.of(0), trivialType));
      await session.process(eapSuccess(2));
      await session.end();
      host.off('reauthenticate', listener);
      if (connectionId !== undefined) await host.clearConnection(connectionId);
    },
    [Symbol.asyncDispose]: () => host.close(),
  };
};

/** Run-times, opened and closed with a session open. */
export const hosts: OpenScenario = () =>
  Promise.resolve({
    async turn() {
      const host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll] });
      const session = await host.beginSession({ method: trivialType, credentials: Buffer.of(1, 0) });
      await session.process(identityRequest);
      await host.close();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });

/** Method DLLs, loaded and closed with a session open. */
export const methods =
  (isolate: boolean): OpenScenario =>
  () =>
    Promise.resolve({
      async turn() {
        const peer = await loadPeer({ isolate, onCall: () => undefined });
        await peer.beginSession({ credentials: alice });
        await peer.close();
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });

/** Does it `count` times, so many at once. */
export async function repeat(
  { turn }: Pick<Scenario, 'turn'>,
  count: number,
  { from = 0, atOnce = 8 } = {},
): Promise<void> {
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count) await turn(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
