// FreeRADIUS on a free loopback port, with a configuration of its own in a temporary folder.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BareSocket } from '../radius/support.js';
import { findProgram, Program } from './programs.js';

export interface FreeRadiusOptions {
  readonly secret: string;
  /** Identities and their passwords. */
  readonly users: Readonly<Record<string, string>>;
  /** The method that is offered first. */
  readonly firstMethod: 'md5' | 'mschapv2';
}

/** A running FreeRADIUS. */
export interface FreeRadius extends AsyncDisposable {
  readonly port: number;
  /** What it said so far. */
  readonly output: string;
}

/** Starts FreeRADIUS; resolves when it serves. Needs no special rights. */
export async function startFreeRadius(options: FreeRadiusOptions): Promise<FreeRadius> {
  const path = findProgram('freeradius', 'freeradius');
  const folder = await mkdtemp(join(tmpdir(), 'eaphost-freeradius-'));
  try {
    const port = await freePort();
    await writeFile(join(folder, 'radiusd.conf'), configuration(folder, port, options));
    await writeFile(join(folder, 'users'), users(options.users));
    const program = new Program(path, ['-X', '-d', folder]);
    try {
      await program.says('Ready to process requests');
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

const users = (known: Readonly<Record<string, string>>): string =>
  Object.entries(known)
    .map(([name, password]) => `"${name}" Cleartext-Password := "${password}"\n`)
    .join('');

/** What Debian's own configuration does for EAP, and no more. */
const configuration = (folder: string, port: number, options: FreeRadiusOptions): string => `
prefix = /usr
logdir = ${folder}
run_dir = ${folder}
libdir = /usr/lib/freeradius
pidfile = ${folder}/freeradius.pid
max_request_time = 30
cleanup_delay = 5
hostname_lookups = no
proxy_requests = no
log {
  destination = stdout
}
security {
  reject_delay = 0
  status_server = no
}
client here {
  ipaddr = 127.0.0.1
  secret = "${options.secret}"
  require_message_authenticator = yes
}
modules {
  files {
    usersfile = ${folder}/users
  }
  mschap {
    use_mppe = yes
    require_encryption = yes
    require_strong = yes
    with_ntdomain_hack = yes
  }
  eap {
    default_eap_type = ${options.firstMethod}
    timer_expire = 60
    ignore_unknown_eap_types = no
    max_sessions = 4096
    md5 {
    }
    mschapv2 {
      send_error = yes
    }
  }
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
  authorize {
    files
    eap
  }
  authenticate {
    Auth-Type MS-CHAP {
      mschap
    }
    eap
  }
  post-auth {
    Post-Auth-Type REJECT {
      eap
    }
  }
}
`;
