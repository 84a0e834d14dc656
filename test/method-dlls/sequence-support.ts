// An abort at a given packet of a conversation.

import type { ConverseOptions } from '../../lib/method-dlls/index.js';

export { attributeTypes } from '../../lib/index.js';
export type { ConverseOptions } from '../../lib/method-dlls/index.js';

/** A signal that aborts when the packet with this number is sent. */
export function abortAt(at: number): Pick<ConverseOptions, 'signal' | 'lose'> & { reason: Error } {
  const abort = new AbortController();
  const reason = new Error(`aborted at packet ${at}`);
  let packets = 0;
  const lose: ConverseOptions['lose'] = () => {
    if (packets++ === at) abort.abort(reason);
    return false;
  };
  return { signal: abort.signal, lose, reason };
}
