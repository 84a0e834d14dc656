// FreeRADIUS' configuration: what Debian's own does for EAP, and no more.

import type { FreeRadiusOptions, ServerTls } from './servers.js';

/** radiusd.conf, beside the files that it names. */
export const freeRadiusConfiguration = (
  folder: string,
  port: number,
  { secret, firstMethod, tls, isQuiet }: FreeRadiusOptions,
): string => `
prefix = /usr
logdir = ${folder}
run_dir = ${folder}
libdir = /usr/lib/freeradius
pidfile = ${folder}/freeradius.pid
max_request_time = 30
cleanup_delay = ${isQuiet === true ? 1 : 5}
max_requests = 65536
hostname_lookups = no
proxy_requests = no
log {
  destination = stdout
}
security {
  reject_delay = 0
  status_server = no
}
thread pool {
  start_servers = 4
  max_servers = 4
  min_spare_servers = 1
  max_spare_servers = 4
  max_requests_per_server = 0
}
client here {
  ipaddr = 127.0.0.1
  secret = "${secret}"
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
    default_eap_type = ${firstMethod}
    timer_expire = 60
    ignore_unknown_eap_types = no
    max_sessions = 65536
${tls ? tlsMethods(folder, tls) : ''}
    md5 {
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
    Auth-Type MS-CHAP {
      mschap
    }
    eap
  }
  post-auth {
    # Tests compare them; without debugging nobody looks.
${isQuiet === true ? '' : tellKeys}
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

/** Into the output, in hex. */
const tellKeys = `
    update control {
      Tmp-String-0 := "%{reply:EAP-EMSK}"
      Tmp-String-1 := "%{reply:EAP-Session-Id}"
    }`;

const tlsMethods = (folder: string, { maxVersion, checkCrl }: ServerTls): string => `
    tls-config common {
      private_key_file = ${folder}/server.key
      certificate_file = ${folder}/server.pem
      ca_file = ${folder}/ca.pem
      auto_chain = yes
      check_crl = ${checkCrl === true ? 'yes' : 'no'}
      cipher_list = "DEFAULT"
      tls_min_version = "1.2"
      tls_max_version = "${maxVersion.slice('TLSv'.length)}"
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
`;
