// hostapd's configuration as a RADIUS server.

import type { ServerTls } from './servers.js';

/** hostapd.conf, beside the files that it names. */
export const hostapdConfiguration = (
  folder: string,
  port: number,
  { maxVersion, checkCrl }: ServerTls,
): string => `
driver=none
logger_stdout=-1
logger_stdout_level=2
eap_server=1
eap_user_file=${folder}/users
ca_cert=${folder}/ca.pem
server_cert=${folder}/server.pem
private_key=${folder}/server.key
check_crl=${checkCrl === true ? 1 : 0}
tls_flags=[${maxVersion === 'TLSv1.3' ? 'ENABLE' : 'DISABLE'}-TLSv1.3]
tls_session_lifetime=3600
radius_server_clients=${folder}/clients
radius_server_auth_port=${port}
`;
