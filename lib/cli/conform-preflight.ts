// What `eaphost conform method` says where the method cannot be tried, because its two sides do not succeed.

import type { MethodBlobs } from '../conformance/index.js';
import { NoVerdictError } from './command.js';

/** What is shown meanwhile. */
export const stepOfTrying = 'trying whether its two sides succeed with each other';

/** The error of a method whose good conversation does not succeed, for this reason, with what to do. */
export function noGoodConversation(
  trouble: string,
  { credentials, credentialsXml }: MethodBlobs,
): NoVerdictError {
  return new NoVerdictError(
    `the two sides of the method do not succeed with each other: ${trouble}`,
    (credentials ?? credentialsXml) !== undefined
      ? 'cases need a user whom its authenticator accepts: check --user, --identity and --password-file, and --config and --server-config'
      : 'cases need a user: give a blob or XML with --user, or for a module --identity and --password-file',
    {},
  );
}
