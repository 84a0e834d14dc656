// The peer of the interop suites: one conversation of a password method, through the whole of the package.

import { type EapHost, openEapHost, type Transport } from '../../lib/index.js';

export type PasswordMethod = 'md5' | 'mschapv2';

export interface PeerOptions {
  readonly method: PasswordMethod;
  readonly identity: string;
  readonly password: string;
}

export interface PeerOutcome {
  readonly isSuccess: boolean;
  /** Of methods that have keys, 64 octets. */
  readonly msk: Buffer | undefined;
}

let opening: Promise<EapHost> | undefined;

after(async () => {
  const host = await opening;
  await host?.close();
});

/** Authenticates over `transport` in the embedded run-time. Rejects when the link fails. */
export async function authenticate(transport: Transport, options: PeerOptions): Promise<PeerOutcome> {
  const { method, identity, password } = options;
  opening ??= openEapHost({ runtime: 'embedded' });
  const host = await opening;
  await using session = await host.beginSession({ method, credentials: { username: identity, password } });
  const { isSuccess, keys } = await session.authenticate(transport);
  return { isSuccess, msk: keys.msk };
}
