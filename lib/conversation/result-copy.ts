// Results outlive the sessions that gave them, and methods wipe what is theirs when a session ends.

import type { AuthenticatorResult, PeerResult } from '../methods/method.js';
import type { EapAttribute } from '../eap/names.js';
import { secretFrom } from '../base/secret.js';

function copyAttributes(attributes: readonly EapAttribute[]): EapAttribute[] {
  return attributes.map(({ type, value }) => ({ type, value: secretFrom(value) }));
}

/** A peer's result that is the caller's own. */
export function copyPeerResult(result: PeerResult): PeerResult {
  const { attributes = [], saveConfig, saveCredentials } = result;
  return {
    ...result,
    attributes: copyAttributes(attributes),
    ...(saveConfig !== undefined && { saveConfig: secretFrom(saveConfig) }),
    ...(saveCredentials !== undefined && { saveCredentials: secretFrom(saveCredentials) }),
  };
}

/** An authenticator's result that is the caller's own. */
export function copyAuthenticatorResult(result: AuthenticatorResult): AuthenticatorResult {
  return { ...result, attributes: copyAttributes(result.attributes) };
}
