// Every mutant, by the name of its case. A new file of mutants is added here.

import type { MethodMutant, PeerMutant, ServerMutant } from '../subjects.js';
import { certificatePeerMutants } from './peer/certificates.js';
import { eapPeerMutants } from './peer/eap.js';
import { md5PeerMutants } from './peer/md5.js';
import { mschapv2PeerMutants } from './peer/mschapv2.js';
import { peapPeerMutants } from './peer/peap.js';
import { radiusPeerMutants } from './peer/radius.js';
import { tlsPeerMutants } from './peer/tls.js';
import { ttlsPeerMutants } from './peer/ttls.js';
import { eapServerMutants } from './server/eap.js';
import { limitServerMutants } from './server/limits.js';
import { md5ServerMutants } from './server/md5.js';
import { mschapv2ServerMutants } from './server/mschapv2.js';
import { tlsFragmentServerMutants } from './server/tls-fragments.js';
import { tlsKeyServerMutants } from './server/tls-keys.js';
import { tunnelServerMutants } from './server/tunnels.js';
import { certificateServerMutants } from './server/certificates.js';
import { tlsHelloServerMutants } from './server/tls-hello.js';
import { tlsAlertServerMutants } from './server/tls-alerts.js';
import { peerMethodMutants } from './method/peer.js';
import { authenticatorMethodMutants } from './method/authenticator.js';
import { configurationMethodMutants } from './method/configuration.js';
import { sequenceMethodMutants } from './method/sequence.js';
import { uiMethodMutants } from './method/ui.js';
import { keyMethodMutants } from './method/keys.js';
import { memoryMethodMutants } from './method/memory.js';
import { nullAttributeMethodMutants } from './method/null-attributes.js';
import { authenticatorOrderMethodMutants, orderMethodMutants } from './method/order.js';
import { sizeMethodMutants } from './method/sizes.js';
import { xmlMethodMutants } from './method/xml.js';
import { radiusServerMutants } from './server/radius.js';

export const serverMutants: Readonly<Record<string, ServerMutant>> = {
  ...eapServerMutants,
  ...radiusServerMutants,
  ...md5ServerMutants,
  ...mschapv2ServerMutants,
  ...tlsFragmentServerMutants,
  ...limitServerMutants,
  ...tlsHelloServerMutants,
  ...tlsKeyServerMutants,
  ...certificateServerMutants,
  ...tunnelServerMutants,
  ...tlsAlertServerMutants,
};

export const peerMutants: Readonly<Record<string, PeerMutant>> = {
  ...eapPeerMutants,
  ...radiusPeerMutants,
  ...md5PeerMutants,
  ...mschapv2PeerMutants,
  ...tlsPeerMutants,
  ...certificatePeerMutants,
  ...peapPeerMutants,
  ...ttlsPeerMutants,
};

export const methodMutants: Readonly<Record<string, MethodMutant>> = {
  ...peerMethodMutants,
  ...authenticatorMethodMutants,
  ...sequenceMethodMutants,
  ...uiMethodMutants,
  ...configurationMethodMutants,
  ...orderMethodMutants,
  ...authenticatorOrderMethodMutants,
  ...nullAttributeMethodMutants,
  ...sizeMethodMutants,
  ...keyMethodMutants,
  ...memoryMethodMutants,
  ...xmlMethodMutants,
};
