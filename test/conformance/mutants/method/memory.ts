// Method DLLs that keep memory, each in the way that the case of its name is about: the pair of test methods, told to.

import type { MethodMutant } from '../../subjects.js';

export const memoryMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapPeerFreeMemory-identity': { setting: 'leak=GetIdentity' },
  'windows-EapPeerFreeMemory-input-fields': { setting: 'leak=QueryCredentialInputFields' },
  'windows-EapPeerFreeErrorMemory-errors': { setting: 'leak=GetIdentity' },
  'windows-EapPeerEndSession-memory': { setting: 'leak=GetResult' },
  'windows-EapMethodAuthenticatorEndSession-memory': { setting: 'leak=SendPacket' },
  'windows-EapPeerEndSession-memory-of-aborted': { setting: 'leak=ProcessRequestPacket' },
};
