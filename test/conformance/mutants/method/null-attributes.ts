// Method DLLs that read their host's attributes without a look at the pointer, each in the call that its case is about.

import type { MethodMutant } from '../../subjects.js';
import { crashing } from './tools.js';

/** Crashes in this call where it has no attributes, in a session whose host hands it NULL then. */
function dereferencing(side: 'peer' | 'authenticator', name: string): MethodMutant {
  let isNull = false;
  return {
    [side]: {
      beginSession(call: Parameters<typeof crashing>[0], begin: unknown) {
        isNull = (begin as { attributes?: unknown } | undefined)?.attributes === null;
        return isNull && name === 'beginSession' ? crashing(call) : call(begin);
      },
      ...(name !== 'beginSession' && {
        [name]: (call: Parameters<typeof crashing>[0], ...args: unknown[]) =>
          isNull && (args.at(-1) as readonly unknown[]).length === 0 ? crashing(call) : call(...args),
      }),
    },
  };
}

export const nullAttributeMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapPeerBeginSession-null-attributes': dereferencing('peer', 'beginSession'),
  'windows-EapPeerSetResponseAttributes-null-attributes': dereferencing('peer', 'setResponseAttributes'),
  'windows-EapMethodAuthenticatorBeginSession-null-attributes': dereferencing(
    'authenticator',
    'beginSession',
  ),
  'windows-EapMethodAuthenticatorUpdateInnerMethodParams-null-attributes': dereferencing(
    'authenticator',
    'updateInnerMethodParams',
  ),
  'windows-EapMethodAuthenticatorSetAttributes-null-attributes': dereferencing(
    'authenticator',
    'setAttributes',
  ),
};
