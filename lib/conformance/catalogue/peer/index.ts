// The cases of peers, in the order of lists and reports. A new file of cases is added here.

import { certificatePeerCases } from './certificates.js';
import { eapPeerCases } from './eap.js';
import { md5PeerCases } from './md5.js';
import { mschapv2PeerCases } from './mschapv2.js';
import { peapPeerCases } from './peap.js';
import { radiusPeerCases } from './radius.js';
import { tlsPeerCases } from './tls.js';
import { ttlsPeerCases } from './ttls.js';

export const peerCatalogue = [
  ...eapPeerCases,
  ...radiusPeerCases,
  ...md5PeerCases,
  ...mschapv2PeerCases,
  ...tlsPeerCases,
  ...certificatePeerCases,
  ...peapPeerCases,
  ...ttlsPeerCases,
];
