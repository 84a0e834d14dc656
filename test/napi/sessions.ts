// Sessions and method DLLs, once, while some call of Node-API fails: whatever becomes of it, each call of ours ends as an
// error or not at all.

import { AuthenticatorMethod, converse, PeerMethod } from '../../lib/method-dlls/index.js';
import { identityRequest, request } from '../supplicant/script-method.js';
import { openTestHost, scriptedType, trivialType } from '../supplicant/support.js';
import { alice, pairPath, pairType, server } from '../method-dlls/support.js';
import { attempt } from './attempt.js';

async function supplicant(): Promise<void> {
  const host = await attempt(() => openTestHost());
  if (host === undefined) return;
  host.on('reauthenticate', () => undefined);
  await attempt(() => host.getMethods());
  await attempt(() => host.getMethodProperties({ method: scriptedType, config: Buffer.from('any') }));
  await attempt(() => host.queryCredentialInputFields({ method: scriptedType, config: Buffer.from('any') }));
  await attempt(() => host.getIdentity({ method: scriptedType, credentials: Buffer.from('alice') }));
  await attempt(() => host.counters());
  await attempt(() => host.stats());
  const trivial = { method: trivialType, credentials: Buffer.of(1) };
  const session = await attempt(() => host.beginSession(trivial));
  if (session !== undefined) {
    await attempt(() => session.process(identityRequest));
    await attempt(() => session.process(request(2, Buffer.of(0), trivialType)));
    await attempt(() => session.getAuthStatus('authStatus'));
    await attempt(() => session.getResult('timeout'));
    await attempt(() => session.setUiContext(Buffer.of(1)));
    await attempt(() => session.end());
  }
  const script = Buffer.from('step=respond,result');
  const scripted = await attempt(() =>
    host.beginSession({ method: scriptedType, config: script, credentials: Buffer.from('alice') }),
  );
  if (scripted !== undefined) {
    await attempt(() => scripted.process(identityRequest));
    await attempt(() => scripted.process(request(2, Buffer.of(0), scriptedType)));
    await attempt(() => scripted.setResponseAttributes([{ type: 18, value: Buffer.of(1) }]));
    await attempt(() => scripted.process(Buffer.of(3, 2, 0, 4)));
  }
  // An error of the run-time, and sessions that are still open.
  await attempt(() => host.beginSession({ ...trivial, method: { ...trivialType, vendorType: 9 } }));
  await attempt(() => host.beginSession(trivial));
  await attempt(() => host.close());
}

/** Of a call that nothing came of. */
const timeout = 5000;

async function hosting(): Promise<void> {
  const peer = await attempt(() => PeerMethod.load({ type: pairType, dllPath: pairPath, timeout }));
  const calls: string[] = [];
  const authenticator = await attempt(() =>
    AuthenticatorMethod.load({
      type: pairType,
      dllPath: pairPath,
      timeout,
      onCall: ({ call }) => calls.push(call),
    }),
  );
  if (peer !== undefined && authenticator !== undefined) {
    await attempt(() =>
      converse(peer, authenticator, { peer: { credentials: alice }, authenticator: { config: server } }),
    );
    await attempt(() => peer.beginSession({ credentials: alice }));
    await attempt(() => peer.getIdentity({ credentials: alice }));
  }
  await attempt(() => peer?.close());
  await attempt(() => authenticator?.close());
}

await supplicant();
await hosting();
