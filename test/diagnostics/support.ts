// A recorded conversation for the suites: EAP-MSCHAPv2, or GTC, against a RADIUS server of the same process.

import { type DiagnosticEvent, openEapHost, type AuthenticationResult } from '../../lib/index.js';
import { memoryUsers, mschapv2Authenticator } from '../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../lib/radius/index.js';

export const password = 'correct horse battery';

export interface Recorded {
  readonly events: readonly DiagnosticEvent[];
  readonly result: AuthenticationResult;
}

/** Authenticates once and gives every event that the host told. */
export async function record(typed: string = password): Promise<Recorded> {
  const events: DiagnosticEvent[] = [];
  const secret = 'shared secret';
  const users = memoryUsers({ alice: password });
  await using server = await RadiusServer.listen({
    secret,
    methods: [mschapv2Authenticator({ users })],
    address: '127.0.0.1',
    port: 0,
  });
  await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
  let result: AuthenticationResult;
  {
    await using eaphost = await openEapHost({
      runtime: 'embedded',
      onEvent: (event) => events.push(event),
    });
    await using session = await eaphost.beginSession({
      method: 'mschapv2',
      credentials: { username: 'alice', password: typed },
    });
    result = await session.authenticate(radiusTransport(client, { userName: 'alice' }));
  }
  return { events, result };
}

/** In the page: what is wider than it may be. */
export const overflowing = `[...document.querySelectorAll('html, body *')].filter((each) =>
  each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0 && getComputedStyle(each).display !== 'inline' ||
  each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.outerHTML.slice(0, 120))`;
