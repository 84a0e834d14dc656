// What attributes pass between RADIUS and methods: of a request to a method, of a verdict to an Access-Accept.

import { attributeTypes, decodeKeys, decodeVendorSpecific, microsoft } from '../attributes.js';
import type { EapAttribute } from '../types.js';
import { maxValueLength, messageAuthenticatorType, type RadiusAttribute } from './attributes.js';
import type { MppeKeys } from './mppe.js';
import { secretFrom } from '../secret.js';

/** Not to be passed on: RADIUS' own, and Reply-Message (RFC 3579, 2.6.5). */
const reserved = new Set<number>([
  attributeTypes.ReplyMessage,
  attributeTypes.State,
  attributeTypes.ProxyState,
  attributeTypes.EAPMessage,
  messageAuthenticatorType,
]);

/** What a request says of the peer and its link. */
export function methodAttributes(attributes: readonly RadiusAttribute[]): RadiusAttribute[] {
  return attributes.filter(({ type }) => !reserved.has(type));
}

/**
 * User-Name (the method's, else the identity), then what policy and method have for the client, copied: a method may
 * wipe its attributes when it ends. Keys are left out.
 */
export function acceptAttributes(
  identity: string,
  fromMethod: readonly EapAttribute[],
  fromPolicy: readonly RadiusAttribute[],
): RadiusAttribute[] {
  const given = [...fromPolicy, ...fromMethod]
    .filter((attribute) => isSendable(attribute))
    .map(({ type, value }) => ({ type, value: secretFrom(value) }));
  const name = { type: attributeTypes.UserName, value: secretFrom(identity) };
  const needsName = isSendable(name) && !given.some(({ type }) => type === attributeTypes.UserName);
  return needsName ? [name, ...given] : given;
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
  return decodeVendorSpecific(attribute).some(
    ({ vendorId, vendorType }) =>
      vendorId === microsoft.vendorId &&
      (vendorType === microsoft.mppeSendKey || vendorType === microsoft.mppeRecvKey),
  );
}
