// The identity that a peer has proved, as opposed to the one that it claims: how results carry it, and when a claim
// agrees with it.

import { attributeTypes } from '../eap/attributes.js';
import type { EapAttribute } from '../eap/names.js';
import { withoutDomain } from '../eap/identity.js';
import type { AuthenticatorResult, ProvedIdentity } from './method.js';

/**
 * The identity that a result proves: its `identity`, or a User-Name attribute as from a DLL; undefined without
 * either.
 */
export function provedIdentity(result: AuthenticatorResult): ProvedIdentity {
  const { certificate } = result;
  const { value } = result.attributes.find(({ type }) => type === attributeTypes.UserName) ?? {};
  const identity = result.identity ?? (value && Buffer.from(value).toString());
  return { ...(identity && { identity }), ...(certificate && { certificate }) };
}

/** The attributes of a result for a host that has no other place for the identity: with it as User-Name. */
export function attributesWithName(result: AuthenticatorResult): EapAttribute[] {
  const { identity } = provedIdentity(result);
  const others = result.attributes.filter(({ type }) => type !== attributeTypes.UserName);
  if (!result.isSuccess || identity === undefined) return others;
  return [{ type: attributeTypes.UserName, value: Buffer.from(identity) }, ...others];
}

/**
 * Whether two names may be the same user's. Case does not matter, nor does Windows' `host/` of a computer, nor a domain
 * that only one of them has. It gives no right: what counts is the name that was proved.
 */
export function isSameName(one: string, other: string): boolean {
  const [first = '', second = ''] = [one, other].map((name) => name.toLowerCase().replace(/^host\//u, ''));
  if (first === second) return true;
  const hasBothDomains = first.includes('\\') && second.includes('\\');
  return !hasBothDomains && withoutDomain(first) === withoutDomain(second);
}
