// The cases of servers, in the order of lists and reports. A new file of cases is added here.

import { certificateServerCases } from './certificates.js';
import { eapServerCases } from './eap.js';
import { limitServerCases } from './limits.js';
import { md5ServerCases } from './md5.js';
import { mschapv2ServerCases } from './mschapv2.js';
import { radiusDuplicateServerCases } from './radius-duplicates.js';
import { radiusEapServerCases } from './radius-eap.js';
import { radiusKeyServerCases } from './radius-keys.js';
import { radiusServerCases } from './radius.js';
import { tlsAlertServerCases } from './tls-alerts.js';
import { tlsFragmentServerCases } from './tls-fragments.js';
import { tlsHelloServerCases } from './tls-hello.js';
import { tlsKeyServerCases } from './tls-keys.js';
import { tunnelServerCases } from './tunnels.js';

export const serverCatalogue = [
  ...eapServerCases,
  ...radiusServerCases,
  ...radiusKeyServerCases,
  ...radiusEapServerCases,
  ...radiusDuplicateServerCases,
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
