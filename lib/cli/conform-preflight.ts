// What `eaphost conform method` says where the method cannot be tried, because its two sides do not succeed.

import type { MethodBlobs } from '../conformance/index.js';
import type { MethodPreflight } from '../conformance/preflight.js';
import { NoVerdictError } from './command.js';
import type { Output } from './output.js';

/** What is shown meanwhile. */
export const stepOfTrying = 'trying whether its two sides succeed with each other';

/** Notes what a good conversation lacks. Throws NoVerdictError, with what to do, where it does not succeed. */
export function judgePreflight(
  { trouble, lacking }: MethodPreflight,
  { credentials, credentialsXml }: MethodBlobs,
  output: Output,
): void {
  if (lacking !== undefined) output.note(`no whole conversation can be tried: ${lacking}`);
  if (trouble === undefined) return;
  throw new NoVerdictError(
    `the two sides of the method do not succeed with each other: ${trouble}`,
    (credentials ?? credentialsXml) !== undefined
      ? 'cases need a user whom its authenticator accepts: check --user, --identity and --password-file, and --config and --server-config'
      : 'cases need a user: give a blob or XML with --user, or for a module --identity and --password-file',
    {},
  );
}
