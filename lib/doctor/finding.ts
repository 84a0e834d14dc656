// One thing that `eaphost doctor` has to say.

import type { Trouble } from './facts.js';

/** How bad it is: only an error keeps something from working. */
export type Severity = 'ok' | 'info' | 'warning' | 'error';

/** One thing that was looked at. */
export interface Finding {
  /** Stable, for scripts, such as `eaphost-service`. */
  readonly id: string;
  readonly severity: Severity;
  /** One sentence. */
  readonly what: string;
  /** What to do about it; undefined where nothing is to be done. */
  readonly remedy?: string | undefined;
}

/** The finding of a fact that could not be had. */
export function unknownFinding(id: string, what: string, { code, message }: Trouble): Finding {
  return {
    id,
    severity: 'warning',
    what: `${what} could not be found out: ${message} (${code})`,
    remedy: 'run it again as an administrator; if that does not help, report it with this line',
  };
}
