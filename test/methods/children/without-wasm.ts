// An authentication with EAP-MSCHAPv2, in a process that may have no WebAssembly. Prints the outcome, or the error.

import { converse } from '../../../lib/method-dlls/index.js';
import { memoryUsers, mschapv2Authenticator, mschapv2Peer } from '../../../lib/methods/index.js';

const password = 'correct horse';
const server = mschapv2Authenticator({ users: memoryUsers({ alice: password }) });
const { outcome, keysAgree, peer, authenticator } = await converse(mschapv2Peer(), server, {
  peer: { login: { identity: 'alice', password } },
});
console.log(outcome, keysAgree, peer.error ?? authenticator.error ?? '');
