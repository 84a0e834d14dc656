// Runs in namespaces of its own (exhausted.test.ts): takes all that there is of a resource, sees what it is told, gives
// it back, and tries again. Usage: node exhausted.js SCENARIO [FOLDER]. Says what came of both tries.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openEapHost } from '../../../lib/index.js';
import { md5, memoryUsers, mschapv2Authenticator } from '../../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../../lib/radius/index.js';
import { serveMethods } from '../../../lib/registration/index.js';

/** What came of a try: of its error, if there was one; and what it left. */
export interface Told {
  readonly code: string;
  readonly message: string;
  /** Sockets, or files. */
  readonly left: number;
}

const [, , scenario = '', folder = ''] = process.argv;
const secret = 'between us';
const options = {
  secret,
  methods: [mschapv2Authenticator({ users: memoryUsers({ alice: 'tiger' }) })],
  port: 0,
};
const serverPort = 1812;

async function authenticate(): Promise<void> {
  await using client = new RadiusClient({ host: '127.0.0.1', port: serverPort, secret, retries: 0 });
  await using host = await openEapHost({ runtime: 'embedded' });
  const credentials = { username: 'alice', password: 'tiger' };
  await using session = await host.beginSession({ method: 'mschapv2', credentials });
  const { isSuccess } = await session.authenticate(radiusTransport(client));
  if (!isSuccess) throw new Error('refused');
}

async function takePorts(): Promise<() => Promise<void>> {
  const taken: Socket[] = [];
  for (;;) {
    const socket = createSocket('udp4');
    socket.bind({ port: 0 });
    try {
      await once(socket, 'listening');
    } catch {
      socket.close();
      break;
    }
    taken.push(socket);
  }
  return async () => {
    await Promise.all(taken.map((socket) => once(socket.close(), 'close')));
  };
}

/** Fills a folder, first with octets and then with names. */
function fill(): Promise<() => Promise<void>> {
  const files: string[] = [];
  try {
    for (;;) {
      const path = join(folder, `filling-${files.length}`);
      writeFileSync(path, '');
      files.push(path);
    }
  } catch {
    // It is full.
  }
  return Promise.resolve(async () => {
    for (const path of files) rmSync(path);
  });
}

/** Those of the namespace, one a line. */
const sockets = (): number => readFileSync('/proc/self/net/udp', 'utf8').split('\n').length;

const scenarios: Readonly<
  Record<string, { take(): Promise<() => Promise<void>>; use(): Promise<void>; has(): number }>
> = {
  client: { take: takePorts, use: authenticate, has: sockets },
  server: {
    take: takePorts,
    use: async () => (await RadiusServer.listen(options)).close(),
    has: sockets,
  },
  folder: {
    take: fill,
    async use() {
      await using served = await serveMethods({ methods: [md5] });
      if (served.connections !== 0) throw new Error('connected');
    },
    has: () => readdirSync(folder).length,
  },
};

const found = scenarios[scenario];
if (found === undefined) throw new Error(`no scenario ${scenario}`);
const chosen = found;
const server = await RadiusServer.listen({ ...options, port: serverPort });
async function attempt(): Promise<Told> {
  const before = chosen.has();
  try {
    await chosen.use();
    return { code: 'none', message: '', left: chosen.has() - before };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error ? String(error.code) : error.name;
    return { code, message: error.message, left: chosen.has() - before };
  }
}
const giveBack = await chosen.take();
const without = await attempt();
await giveBack();
const again = await attempt();
await server.close();
process.send?.([without, again]);
process.disconnect?.();
