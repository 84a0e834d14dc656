// The identity round of a tunnel method: the inner method must know the user, the network need not.

import { decodeCredentials, isUserBlob, wipeCredentials } from '../credentials.js';
import type { IdentityReply, IdentityRequest, MethodDefinition } from '../method.js';

/**
 * The inner identity, or the outer one in its place where the user blob or `outer` has one. `invokeUi` as the inner
 * method says.
 * @param request with the connection blob of the inner method
 */
export async function tunnelIdentity(
  inner: MethodDefinition | undefined,
  outer: string | undefined,
  request: IdentityRequest,
): Promise<IdentityReply> {
  if (!inner?.peer) throw new Error('A tunnel method needs an inner method with a peer side');
  const reply = await inner.peer.getIdentity(request);
  const identity = routingIdentityOf(request.credentials) ?? outer;
  return 'identity' in reply && identity !== undefined ? { ...reply, identity } : reply;
}

function routingIdentityOf(credentials: Uint8Array): string | undefined {
  if (!isUserBlob(credentials)) return undefined;
  const decoded = decodeCredentials(credentials);
  wipeCredentials(decoded);
  return decoded.routingIdentity === '' ? undefined : decoded.routingIdentity;
}
