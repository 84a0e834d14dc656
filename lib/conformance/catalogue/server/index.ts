// The cases of servers, in the order of lists and reports. A new file of cases is added here.

import { certificateServerCases } from './certificates.js';
import { eapServerCases } from './eap.js';
import { limitServerCases } from './limits.js';
import { md5ServerCases } from './md5.js';
import { mschapv2ServerCases } from './mschapv2.js';
import { radiusServerCases } from './radius.js';
import { tlsAlertServerCases } from './tls-alerts.js';
import { tlsFragmentServerCases } from './tls-fragments.js';
import { tlsHelloServerCases } from './tls-hello.js';
import { tlsKeyServerCases } from './tls-keys.js';
import { tunnelServerCases } from './tunnels.js';

export const serverCatalogue = [
  ...eapServerCases,
  ...radiusServerCases,
  ...md5ServerCases,
  ...mschapv2ServerCases,
  ...tlsFragmentServerCases,
  ...limitServerCases,
  ...tlsHelloServerCases,
  ...tlsKeyServerCases,
  ...certificateServerCases,
  ...tunnelServerCases,
  ...tlsAlertServerCases,
];
