// Elements that several methods share, each in a namespace and a spelling of its own.

import { boolean, type Codec, listOf, sequence } from './codec.js';
import { fieldsOf } from './fields.js';
import type { QName } from './xml.js';
import type { IdentityPrivacy, ServerValidation } from './options.js';
import { serverNames, sha1Thumbprint, text } from './values.js';

type Names = (local: string) => QName;

/** ServerValidation of TLS and PEAP, which share their elements' names and order. */
export function legacyServerValidation(name: Names): Codec<ServerValidation> {
  const f = fieldsOf<ServerValidation>();
  return sequence([
    f.one('disablePrompt', name('DisableUserPromptForServerValidation'), boolean),
    f.one('serverNames', name('ServerNames'), serverNames),
    f.many('trustedRoots', [name('TrustedRootCA')], listOf(sha1Thumbprint)),
  ]);
}

/** IdentityPrivacy of PEAP. */
export function peapIdentityPrivacy(name: Names): Codec<IdentityPrivacy> {
  const f = fieldsOf<IdentityPrivacy>();
  return sequence([
    f.one('enabled', name('EnableIdentityPrivacy'), boolean),
    f.one('anonymousIdentity', name('AnonymousUserName'), text),
  ]);
}

/** Phase1Identity of TTLS and TEAP. */
export function phase1Identity(name: Names): Codec<IdentityPrivacy> {
  const f = fieldsOf<IdentityPrivacy>();
  return sequence([
    f.one('enabled', name('IdentityPrivacy'), boolean),
    f.one('anonymousIdentity', name('AnonymousIdentity'), text),
  ]);
}
