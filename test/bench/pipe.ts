// The pipe between the shim and its server: a whole MD5 conversation with the method in TypeScript behind it, beside
// a conversation with the C++ test method in the run-time's own process.

import { openEapHost, type BeginSessionOptions, type EapHost, type Transport } from '../../lib/index.js';
import { md5, md5Authenticator, memoryUsers } from '../../lib/methods/index.js';
import { AuthenticatorLink } from '../supplicant/authenticator-link.js';
import { TrivialLink } from './auth.js';
import { libraryPath, sideBySide, timePerItem, times, trivialMethod } from './support.js';

const conversations = { pipe: 1500, native: 3000 };
const atOnce = 16;
const user = { username: 'alice', password: 'a password' };

async function converse(host: EapHost, options: BeginSessionOptions, link: Transport): Promise<void> {
  await using session = await host.beginSession(options);
  const { isSuccess } = await session.authenticate(link);
  if (!isSuccess) throw new Error('the authentication failed');
}

/** Nanoseconds for a conversation: one after the other, and sixteen at once. */
export interface PipeTimes {
  readonly aloneNs: number;
  readonly nativeAloneNs: number;
  readonly manyNs: number;
  readonly nativeManyNs: number;
}

export async function benchPipe(): Promise<PipeTimes> {
  await using host = await openEapHost({
    runtime: 'embedded',
    methods: [md5],
    methodDlls: [{ type: trivialMethod, dllPath: libraryPath('trivialmethod') }],
  });
  const { authenticator } = md5Authenticator({ users: memoryUsers({ [user.username]: user.password }) });
  const pipe = (): Promise<void> =>
    converse(host, { method: 'md5', credentials: user }, new AuthenticatorLink(authenticator));
  const native = (): Promise<void> =>
    converse(host, { method: trivialMethod, connectionId: null }, new TrivialLink());
  const measure = (count: number, lines: number, once: () => Promise<void>): Promise<number> =>
    timePerItem(count, async () => {
      await Promise.all(
        times(lines, async () => {
          for (let done = 0; done < count / lines; done += 1) await once();
        }),
      );
    });
  const measured = await sideBySide({
    alone: () => measure(conversations.pipe / 5, 1, pipe),
    nativeAlone: () => measure(conversations.native / 5, 1, native),
    many: () => measure(conversations.pipe, atOnce, pipe),
    nativeMany: () => measure(conversations.native, atOnce, native),
  });
  return {
    aloneNs: measured.alone,
    nativeAloneNs: measured.nativeAlone,
    manyNs: measured.many,
    nativeManyNs: measured.nativeMany,
  };
}
