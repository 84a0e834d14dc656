// The attributes that pass between RADIUS and methods: from a request to a method, from a verdict to an
// Access-Accept.

import { attributeTypes, decodeKeys, decodeVendorSpecific, microsoft } from '../eap/attributes.js';
import type { EapAttribute } from '../eap/names.js';
import { maxValueLength, messageAuthenticatorType, type RadiusAttribute } from './attributes.js';
import type { MppeKeys } from './mppe.js';
import { secretFrom } from '../base/secret.js';

/** Not to be passed on: RADIUS' own, and Reply-Message (RFC 3579, 2.6.5). */
const reserved = new Set<number>([
  attributeTypes.ReplyMessage,
  attributeTypes.State,
  attributeTypes.ProxyState,
  attributeTypes.EAPMessage,
  messageAuthenticatorType,
]);

/** The attributes of a request that describe the peer and its link. */
export function methodAttributes(attributes: readonly RadiusAttribute[]): RadiusAttribute[] {
  return attributes.filter(({ type }) => !reserved.has(type));
}

/** The attributes of a method's result, without keys, copied: a method may wipe its own when it ends. */
export function attributesWithoutKeys(attributes: readonly EapAttribute[]): EapAttribute[] {
  return attributes
    .filter((attribute) => attribute.type !== attributeTypes.EMSK && !holdsKey(attribute))
    .map(({ type, value }) => ({ type, value: secretFrom(value) }));
}

/**
 * What an Access-Accept tells: User-Name, which is the proved identity unless `authorized` has another, then what
 * `authorized` and the method have for the client, copied. Keys are left out.
 */
export function acceptAttributes(
  identity: string | undefined,
  fromMethod: readonly EapAttribute[],
  authorized: readonly RadiusAttribute[],
): RadiusAttribute[] {
  const { UserName } = attributeTypes;
  const others = fromMethod.filter(({ type }) => type !== UserName);
  const isNamed = identity === undefined || authorized.some(({ type }) => type === UserName);
  const name = isNamed ? [] : [{ type: UserName, value: Buffer.from(identity) }];
  return [...name, ...authorized, ...others]
    .filter((attribute) => isSendable(attribute))
    .map(({ type, value }) => ({ type, value: secretFrom(value) }));
}

/** The key pair among a method's result attributes, as copies. Undefined unless both are there. */
export function methodKeys(attributes: readonly EapAttribute[]): MppeKeys | undefined {
  const keys = decodeKeys(attributes, 'authenticator');
  keys.msk?.fill(0);
  keys.emsk?.fill(0);
  const { mppeSendKey: sendKey, mppeRecvKey: recvKey } = keys;
  return sendKey && recvKey && { sendKey, recvKey };
}

function isSendable(attribute: EapAttribute): boolean {
  const { type, value } = attribute;
  if (type < 1 || type > 255 || reserved.has(type)) return false;
  return value.length > 0 && value.length <= maxValueLength && !holdsKey(attribute);
}

function holdsKey(attribute: EapAttribute): boolean {
  return decodeVendorSpecific(attribute).some(({ vendorId, vendorType, data }) => {
    data.fill(0);
    return (
      vendorId === microsoft.vendorId &&
      (vendorType === microsoft.mppeSendKey || vendorType === microsoft.mppeRecvKey)
    );
  });
}
