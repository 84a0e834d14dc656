// A process that leaves methods and a session open, one of them isolated, and has nothing else to do.

import { loadAuthenticator, loadPeer } from '../support.js';

const isolated = await loadPeer({ isolate: true });
await isolated.beginSession();
const authenticator = await loadAuthenticator();
await authenticator.beginSession({ identity: 'alice' });
