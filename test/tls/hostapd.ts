// hostapd as a RADIUS server on a free loopback port, with a configuration of its own in a temporary folder.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsVersion } from '../../lib/methods/tls/engine.js';
import { findProgram, Program } from '../interop/programs.js';
import { BareSocket } from '../radius/support.js';
import { certificates } from './certificates.js';

export interface HostapdOptions {
  readonly secret: string;
  /** Password of the user `alice`, ASCII. */
  readonly password: string;
  readonly maxVersion: TlsVersion;
}

/** A running hostapd. */
export interface Hostapd extends AsyncDisposable {
  readonly port: number;
  /** What it said so far. */
  readonly output: string;
}

/** Starts hostapd as a RADIUS server and nothing else; resolves when it serves. Needs no special rights. */
export async function startHostapd(options: HostapdOptions): Promise<Hostapd> {
  const path = findProgram('hostapd', 'hostapd');
  const { ca, server } = certificates();
  const folder = await mkdtemp(join(tmpdir(), 'eaphost-hostapd-'));
  const write = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 });
  try {
    const port = await freePort();
    await write('hostapd.conf', configuration(folder, port, options.maxVersion));
    await write('clients', `127.0.0.1 ${options.secret}\n`);
    await write('users', users(options.password));
    await write('ca.pem', ca);
    await write('server.pem', server.cert);
    await write('server.key', server.key);
    const program = new Program(path, ['-dd', join(folder, 'hostapd.conf')]);
    try {
      await program.says('AP-ENABLED');
    } catch (error) {
      await program.stop();
      throw error;
    }
    return {
      port,
      get output() {
        return program.output;
      },
      async [Symbol.asyncDispose]() {
        await program.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function freePort(): Promise<number> {
  await using socket = await BareSocket.open();
  return socket.port;
}

/** First who may start what, then what is done in tunnels. */
const users = (password: string) => `
"alice" TLS
* PEAP,TTLS [ver=0]
"alice" TTLS-PAP,TTLS-CHAP,TTLS-MSCHAP,TTLS-MSCHAPV2,MSCHAPV2,GTC "${password}" [2]
`;

const configuration = (folder: string, port: number, maxVersion: TlsVersion) => `
driver=none
logger_stdout=-1
logger_stdout_level=2
eap_server=1
eap_user_file=${folder}/users
ca_cert=${folder}/ca.pem
server_cert=${folder}/server.pem
private_key=${folder}/server.key
tls_flags=[${maxVersion === 'TLSv1.3' ? 'ENABLE' : 'DISABLE'}-TLSv1.3]
tls_session_lifetime=3600
radius_server_clients=${folder}/clients
radius_server_auth_port=${port}
`;
