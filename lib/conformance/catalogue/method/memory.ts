// What Windows' documents demand of a method DLL's memory: what it allocates is free again when its host has given all of
// it back.

import { NotApplicable } from '../../case.js';
import { methodCases } from '../../kinds.js';
import { expectNoLeak } from '../../memory.js';

export const methodMemoryCases = methodCases('Windows', [
  {
    id: 'windows-EapPeerFreeMemory-identity',
    title: 'free with EapPeerFreeMemory what EapPeerGetIdentity has given',
    level: 'SHOULD',
    remedy: 'allocate identity and user blob as EapPeerFreeMemory frees them, and keep no copy',
    run: (probe) => expectNoLeak(probe, 'identity'),
  },
  {
    id: 'windows-EapPeerFreeMemory-input-fields',
    title: 'free with EapPeerFreeMemory its input fields, and their texts',
    level: 'SHOULD',
    remedy: 'allocate the array and each text for itself: the host frees the innermost first',
    async run(probe) {
      if (!(await probe.peer()).exports.includes('EapPeerQueryCredentialInputFields')) {
        throw new NotApplicable('it has no EapPeerQueryCredentialInputFields');
      }
      await expectNoLeak(probe, 'fields');
    },
  },
  {
    id: 'windows-EapPeerFreeErrorMemory-errors',
    title: 'free with EapPeerFreeErrorMemory what a failed call has left',
    level: 'SHOULD',
    remedy: 'put EAP_ERROR and its texts into one block, and free with it what the call had allocated',
    run: (probe) => expectNoLeak(probe, 'errors'),
  },
  {
    id: 'windows-EapPeerEndSession-memory',
    title: 'keep nothing of a whole conversation of its two halves',
    level: 'SHOULD',
    remedy: 'free in EapPeerEndSession the session, its result, its attributes and its UI context',
    run: (probe) => expectNoLeak(probe, 'conversation'),
  },
  {
    id: 'windows-EapMethodAuthenticatorEndSession-memory',
    title: 'keep nothing of an authenticator’s session that has sent its first Request',
    level: 'SHOULD',
    remedy: 'free in EapMethodAuthenticatorEndSession the session, its result and its attributes',
    run: (probe) => expectNoLeak(probe, 'authenticatorSession'),
  },
  {
    id: 'windows-EapPeerEndSession-memory-of-aborted',
    title: 'keep nothing of a session that ends behind its first response',
    level: 'SHOULD',
    remedy: 'free in EapPeerEndSession what a session has by then, not only what a whole one has',
    run: (probe) => expectNoLeak(probe, 'abortedSession'),
  },
]);
