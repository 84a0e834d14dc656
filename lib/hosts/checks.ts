// Checks of what a method in TypeScript gives. JavaScript thread; pure.

import { eapErrorCodes } from '../base/error-codes.js';
import { isNameOf, isObject } from '../base/guards.js';
import { propertyBits, type EapAttribute } from '../eap/names.js';
import { wholePacket } from '../eap/packet.js';
import { CallFailure, plainText, unsupported } from './failure.js';
import {
  peerActions,
  type AuthenticatorResult,
  type IdentityReply,
  type PeerResult,
  type PeerStep,
  type PropertiesReply,
} from './method.js';

/** The error of a feature that a method does not support. */
export function lacking(what: string): CallFailure {
  return unsupported(`The EAP method has no ${what}`);
}

/** Why a result failed: its code, and a general one where it has none; 0 on success. Throws without a verdict. */
export function reasonOf({ isSuccess, failureReasonCode = 0 }: PeerResult | AuthenticatorResult): number {
  if (typeof isSuccess !== 'boolean') throw wrong('an isSuccess that is neither true nor false');
  return isSuccess ? 0 : failureReasonCode >>> 0 || eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;
}

/** What a method gave and must not. */
export function wrong(what: string): CallFailure {
  return new CallFailure(eapErrorCodes.EAP_E_AUTHENTICATION_FAILED, `The EAP method gave ${what}`);
}

/** The number that a table gives a method's word. */
export function numberOf<Name extends string>(
  table: Readonly<Record<Name, number>>,
  name: Name,
  what: string,
): number {
  if (isNameOf(table, name)) return table[name];
  throw wrong(`${what} that does not exist`);
}

/** What a method gave, where it must be octets. */
export function octets(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw wrong(`${what} that is no Uint8Array`);
}

/** What a method gave, where it must be text. */
export function plainString(value: unknown, what: string): string {
  if (typeof value === 'string' && !value.includes('\0')) return value;
  throw wrong(`${what} that is no plain text`);
}

/** What a method gave, where it must be an EAP packet. */
export function checkPacket(value: unknown): Uint8Array {
  const packet = octets(value, 'a packet');
  if (wholePacket(packet)?.length === packet.length) return packet;
  throw new CallFailure(
    eapErrorCodes.EAP_E_EAPHOST_METHOD_INVALID_PACKET,
    'The EAP method gave a packet whose length field is not its length',
  );
}

/** What a method gave, where it must be attributes. */
export function checkAttributes(value: unknown): readonly EapAttribute[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  for (const attribute of list) {
    if (!isObject(attribute) || typeof attribute['type'] !== 'number') throw wrong('wrong attributes');
    octets(attribute['value'], 'an attribute');
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each has just been looked at
  return list as readonly EapAttribute[];
}

/** What a method gave, where it must be a session. */
export function checkSession<Session>(session: Session): Session {
  if (!isObject(session)) throw wrong('no session');
  return session;
}

/** What a method gave, where it must be a step; its packet is for `checkPacket`. */
export function checkStep(step: PeerStep): PeerStep {
  if (!isObject(step)) throw wrong('no step');
  numberOf(peerActions, step.action, 'an action');
  if (step.action === 'invokeUi') octets(step.context, 'a context');
  else if (step.action === 'respond') checkAttributes(step.attributes);
  return step;
}

/** What a method gave, where it must be an identity, or the wish to ask the user. */
export function checkIdentity(reply: IdentityReply): IdentityReply {
  if (!isObject(reply)) throw wrong('no identity');
  if ('invokeUi' in reply) return reply;
  plainString(reply.identity, 'an identity');
  octets(reply.credentials, 'credentials');
  return reply;
}

/** What a method gave, where it must be a result. A failure has a code, and it alone a text. */
export function checkResult(result: PeerResult): PeerResult {
  if (!isObject(result)) throw wrong('no result');
  const failureReasonCode = reasonOf(result);
  if (result.saveConfig !== undefined) octets(result.saveConfig, 'a blob');
  if (result.saveCredentials !== undefined) octets(result.saveCredentials, 'a blob');
  checkAttributes(result.attributes ?? []);
  const { rootCause, ...others } = result;
  if (result.isSuccess || rootCause === undefined) return { ...others, failureReasonCode };
  if (typeof rootCause !== 'string') throw wrong('a rootCause that is no text');
  return { ...others, failureReasonCode, rootCause: plainText(rootCause) };
}

/** The names of a method's properties, where all of them exist. */
export function checkProperties({ properties }: PropertiesReply): ReadonlySet<string> {
  const set = new Set<string>(properties);
  for (const name of set) {
    if (!isNameOf(propertyBits, name)) throw wrong('a property that does not exist');
  }
  return set;
}

/** Checks of what a caller passes, for what a method gave. */
export function checked<Value>(check: () => Value): Value {
  try {
    return check();
  } catch (error) {
    throw wrong(`wrong fields: ${error instanceof Error ? error.message : 'something else'}`);
  }
}
