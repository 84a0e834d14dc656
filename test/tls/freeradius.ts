// FreeRADIUS with TLS methods, on a free loopback port, with a configuration of its own in a temporary folder.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsVersion } from '../../lib/methods/tls/engine.js';
import { findProgram, Program } from '../interop/programs.js';
import { BareSocket } from '../radius/support.js';
import { certificates, type Identity } from './certificates.js';

export interface FreeRadiusOptions {
  readonly secret: string;
  /** Identities and their passwords. */
  readonly users: Readonly<Record<string, string>>;
  readonly maxVersion: TlsVersion;
  /** Its certificate; default: a good one. */
  readonly identity?: Identity;
  /** Refuse what the authority's revocation list has. */
  readonly checkCrl?: boolean;
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
  const { ca, crl, server } = certificates();
  const { identity = server } = options;
  const folder = await mkdtemp(join(tmpdir(), 'eaphost-freeradius-tls-'));
  try {
    const port = await freePort();
    await writeFile(join(folder, 'radiusd.conf'), configuration(folder, port, options));
    await mkdir(join(folder, 'sessions'), { mode: 0o700 });
    await writeFile(join(folder, 'users'), users(options.users));
    await writeFile(join(folder, 'ca.pem'), options.checkCrl === true ? ca + crl : ca);
    await writeFile(join(folder, 'server.pem'), identity.cert);
    await writeFile(join(folder, 'server.key'), identity.key);
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
  pap {
  }
  chap {
  }
  mschap {
    use_mppe = yes
    require_encryption = yes
    require_strong = yes
    with_ntdomain_hack = yes
  }
  eap {
    default_eap_type = tls
    timer_expire = 60
    ignore_unknown_eap_types = no
    max_sessions = 4096
    tls-config common {
      private_key_file = ${folder}/server.key
      certificate_file = ${folder}/server.pem
      ca_file = ${folder}/ca.pem
      auto_chain = yes
      check_crl = ${options.checkCrl === true ? 'yes' : 'no'}
      cipher_list = "DEFAULT"
      tls_min_version = "1.2"
      tls_max_version = "${options.maxVersion.slice('TLSv'.length)}"
      ecdh_curve = ""
      cache {
        enable = yes
        lifetime = 1
        name = "interop"
        max_entries = 255
        persist_dir = ${folder}/sessions
      }
    }
    tls {
      tls = common
    }
    ttls {
      tls = common
      default_eap_type = mschapv2
      virtual_server = inner
    }
    peap {
      tls = common
      default_eap_type = mschapv2
      virtual_server = inner
    }
    gtc {
      auth_type = PAP
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
    eap
  }
  post-auth {
    Post-Auth-Type REJECT {
      eap
    }
  }
}
server inner {
  authorize {
    chap
    mschap
    eap {
      ok = return
    }
    files
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
    Auth-Type CHAP {
      chap
    }
    Auth-Type MS-CHAP {
      mschap
    }
    eap
  }
}
`;
