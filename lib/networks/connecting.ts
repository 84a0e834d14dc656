// What becomes of an attempt to connect, read from what the WLAN service tells.

import { EapError, eaphostError } from '../base/errors.js';
import { withReason } from './events.js';
import type { OneXEvent, WlanConnectResult, WlanEvent } from './types.js';

/** One that waits for what becomes of a connection. */
export interface Connecting {
  readonly interface: string;
  readonly profile: string;
  oneX: OneXEvent | undefined;
  readonly settle: (outcome: WlanConnectResult | Error) => void;
}

const lost = (): EapError =>
  new EapError(
    'the WLAN service told more than could be taken, and what became of the connection is lost; look at interfaces()',
    { code: 'ERROR_MORE_DATA', winError: 234, call: 'WlanConnect' },
  );

/** Settles it where the event says what became of it. */
export function tellConnecting(connecting: Connecting, event: WlanEvent): void {
  const { interface: guid, profile, settle } = connecting;
  if (event.source === 'overflow') settle(lost());
  if (event.source === 'overflow' || event.interface !== guid) return;
  if (event.source === 'onex' && event.event === 'resultUpdate') connecting.oneX = event;
  if (event.source !== 'acm') return;
  if (event.event === 'interfaceRemoval') {
    settle(eaphostError('EAPHOST_INTERFACE_NOT_FOUND', `the wireless adapter ${guid} was removed`));
  }
  const isOutcome = event.event === 'connectionComplete' || event.event === 'connectionAttemptFail';
  if (!isOutcome || event.connection?.profile !== profile) return;
  const { reasonCode } = event.connection;
  const isConnected = event.event === 'connectionComplete' && reasonCode === 0;
  settle({ isConnected, ...withReason(reasonCode), interface: guid, profile, oneX: connecting.oneX });
}
