// A method whose every function a test can replace, and which remembers what became of it.

import type {
  IdentityRequest,
  MethodDefinition,
  PeerBegin,
  PeerSession,
  PeerSide,
} from '../../lib/hosts/method.js';
import { serveMethods, type MethodServer, type ServeOptions } from '../../lib/shim-server/serve.js';

/** The packet that the method answers with. */
export const responsePacket = Buffer.from([2, 7, 0, 6, 4, 9]);

/** A method definition with a record of what was called. */
export interface ScriptedPeer {
  readonly definition: MethodDefinition;
  readonly identities: IdentityRequest[];
  readonly begins: PeerBegin[];
  /** Names of the session functions called, in order. */
  readonly calls: string[];
}

/** A method of the EAP type `type`; `peer` and `session` replace its functions. */
export function scriptedPeer(
  session: Partial<PeerSession> = {},
  peer: Partial<PeerSide> = {},
  type: number = 4,
): ScriptedPeer {
  const identities: IdentityRequest[] = [];
  const begins: PeerBegin[] = [];
  const calls: string[] = [];
  const defaults: PeerSession = {
    processRequest: () => ({ action: 'send', packet: responsePacket }),
    getResult: () => ({ isSuccess: true }),
    end: () => {},
    ...session,
  };
  const recorded: PeerSession = {
    ...defaults,
    processRequest: (packet) => {
      calls.push('processRequest');
      return defaults.processRequest(packet);
    },
    end: () => {
      calls.push('end');
      return defaults.end();
    },
  };
  const side: PeerSide = {
    getIdentity: () => ({ identity: 'bob', credentials: Buffer.from('user') }),
    beginSession: () => recorded,
    ...peer,
  };
  const definition: MethodDefinition = {
    type: { type, authorId: 67_532 },
    name: 'Scripted',
    properties: 0,
    peer: {
      getIdentity: (request) => {
        identities.push(request);
        return side.getIdentity(request);
      },
      beginSession: (begin) => {
        begins.push(begin);
        return side.beginSession(begin);
      },
    },
  };
  return { definition, identities, begins, calls };
}

/** `value` in the place of something of another type, as a caller without types may give it. */
export function untyped(value: unknown): never {
  const holder: { value: never } = Object.create(null);
  Object.assign(holder, { value });
  return holder.value;
}

/** Waits until `isTrue`, and fails after 30 seconds. */
export async function eventually(isTrue: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 30_000;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}

/** Serves scripted methods, and closes their servers after each test of the suite that calls this. */
export function useServers(): (
  scripted: ScriptedPeer,
  options?: Partial<ServeOptions>,
) => Promise<MethodServer> {
  const servers: MethodServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  return async (scripted, options) => {
    const server = await serveMethods({ methods: [scripted.definition], ...options });
    servers.push(server);
    return server;
  };
}
