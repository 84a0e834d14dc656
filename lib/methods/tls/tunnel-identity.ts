// The identity round of a tunnel method: the inner method must know the user, the network need not.

import type { IdentityReply, IdentityRequest, MethodDefinition } from '../method.js';

/** The inner identity, or the outer one in its place where there is one. `invokeUi` as the inner method says. */
export async function tunnelIdentity(
  inner: MethodDefinition | undefined,
  outer: string | undefined,
  request: IdentityRequest,
): Promise<IdentityReply> {
  if (!inner?.peer) throw new Error('A tunnel method needs an inner method with a peer side');
  const reply = await inner.peer.getIdentity(request);
  return 'identity' in reply && outer !== undefined ? { ...reply, identity: outer } : reply;
}
