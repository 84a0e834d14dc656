// The ways from the shim to a method in TypeScript: a whole MD5 conversation through the pipe and without a socket in
// one process, beside a conversation with the C++ test method.

import type { BeginSessionOptions, EapHost, Transport } from '../../lib/index.js';
import { encodeCredentials, md5, md5Authenticator, memoryUsers } from '../../lib/methods/index.js';
import { ways } from '../shim-server/transports.js';
import { AuthenticatorLink } from '../supplicant/authenticator-link.js';
import { TrivialLink } from './auth.js';
import { libraryPath, sideBySide, timePerItem, times, trivialMethod } from './support.js';

const conversations = { script: 1500, native: 3000 };
const atOnce = 16;
const user = { username: 'alice', password: 'a password' };
const credentials = encodeCredentials(user);

async function converse(host: EapHost, options: BeginSessionOptions, link: Transport): Promise<void> {
  await using session = await host.beginSession(options);
  const { isSuccess } = await session.authenticate(link);
  if (!isSuccess) throw new Error('the authentication failed');
}

/** Nanoseconds for a conversation: one after the other, and sixteen at once. */
export interface PipeTimes {
  readonly aloneNs: number;
  readonly inProcessAloneNs: number;
  readonly nativeAloneNs: number;
  readonly manyNs: number;
  readonly inProcessManyNs: number;
  readonly nativeManyNs: number;
}

export async function benchPipe(): Promise<PipeTimes> {
  const [piped, local] = ways;
  if (piped === undefined || local === undefined) throw new Error('there are two ways');
  await using pipeHost = await piped.open([md5]);
  await using host = await local.open([md5]);
  await host.registerMethod({ type: trivialMethod, dllPath: libraryPath('trivialmethod') });
  const { authenticator } = md5Authenticator({ users: memoryUsers({ [user.username]: user.password }) });
  const scripted = (on: EapHost): Promise<void> =>
    converse(on, { method: md5.type, credentials }, new AuthenticatorLink(authenticator));
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
    alone: () => measure(conversations.script / 5, 1, () => scripted(pipeHost)),
    inProcessAlone: () => measure(conversations.script / 5, 1, () => scripted(host)),
    nativeAlone: () => measure(conversations.native / 5, 1, native),
    many: () => measure(conversations.script, atOnce, () => scripted(pipeHost)),
    inProcessMany: () => measure(conversations.script, atOnce, () => scripted(host)),
    nativeMany: () => measure(conversations.native, atOnce, native),
  });
  return {
    aloneNs: measured.alone,
    inProcessAloneNs: measured.inProcessAlone,
    nativeAloneNs: measured.nativeAlone,
    manyNs: measured.many,
    inProcessManyNs: measured.inProcessMany,
    nativeManyNs: measured.nativeMany,
  };
}
