// An attacker's process. Its arguments say what it does: `squat PATH [ANSWER]` listens where a server
// should, and answers whatever comes with octets in hexadecimal; `impostor PATH ANSWER` does so as another user, `lie PATH
// ANSWER` as this one, at a pipe or socket that is as a server's; `serve` serves a method as another user, `connect PATH
// TOKEN` connects as another user, `flood PATH COUNT` and `stall PATH` take connections and do not give them back.

import { connect, createServer, type Socket } from 'node:net';

import { protocolVersion, writeHello } from '../../lib/shim-server/frames.js';
import { serveMethods } from '../../lib/shim-server/serve.js';
import { listen } from '../../lib/shim-server/listener.js';
import { loadNative } from '../../lib/native/binary.js';
import { scriptedPeer } from '../shim-server/script-peer.js';

const nobody = 65_534;
const [what, path = '', argument = ''] = process.argv.slice(2);
const tell = (message: unknown): void => {
  process.send?.(message);
};
process.once('disconnect', () => process.exit(0));

function becomeNobody(): void {
  loadNative();
  process.setgroups?.([]);
  process.setgid?.(nobody);
  process.setuid?.(nobody);
}

let octets = 0;
function answer(socket: Socket): void {
  socket.on('data', (chunk) => {
    octets += chunk.length;
    if (argument !== '') socket.write(Buffer.from(argument, 'hex'));
  });
  socket.on('error', () => undefined);
}
process.on('message', () => {
  tell({ octets });
});

switch (what) {
  case 'squat':
  case 'impostor':
    if (what === 'impostor') becomeNobody();
    createServer(answer).listen(path, () => {
      tell('ready');
    });
    break;
  case 'lie':
    await listen(
      (stream) =>
        stream.tell({
          received: (chunk) => {
            octets += chunk.length;
            if (argument !== '') stream.send(Buffer.from(argument, 'hex'));
          },
          closed: () => undefined,
        }),
      path,
      [],
    );
    setInterval(() => undefined, 1 << 30);
    tell('ready');
    break;
  case 'serve': {
    becomeNobody();
    const scripted = scriptedPeer(
      {},
      {
        getIdentity: () => {
          octets += 1;
          return { identity: 'mallory', credentials: Buffer.alloc(0) };
        },
      },
    );
    const server = await serveMethods({ methods: [scripted.definition] });
    tell({ endpoint: server.endpoint });
    break;
  }
  case 'connect': {
    becomeNobody();
    const socket = connect(path);
    socket.once('connect', () => socket.write(writeHello(protocolVersion, Buffer.from(argument, 'hex'))));
    socket.on('data', (chunk) => (octets += chunk.length));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      tell({ octets });
    });
    break;
  }
  case 'flood': {
    const open: Socket[] = [];
    const again = (): void => {
      const socket = connect(path);
      socket.on('error', () => undefined);
      socket.once('close', again);
      open.push(socket);
    };
    for (let index = 0; index < Number(argument); ++index) again();
    tell('ready');
    break;
  }
  case 'stall': {
    const socket = connect(path, () => {
      // Half a hello, and then nothing.
      socket.write(writeHello(protocolVersion, Buffer.alloc(32)).subarray(0, 20));
      tell('ready');
    });
    socket.once('close', () => {
      tell('closed');
    });
    break;
  }
  default:
    throw new Error(`no attack ${what}`);
}
