// What tells one TLS method from another, and what they have in common.

import { propertyBits } from '../../eap/names.js';

/** What tells one TLS method from another. */
export interface TlsMethod {
  /** EAP type. */
  readonly type: number;
  /** In the flags; undefined where they have none. */
  readonly version?: number;
  /** The length goes with whole messages too. */
  readonly alwaysLength?: boolean;
  /** Over TLS 1.3 the server's octet that it is done comes always, or where it resumes (RFC 9190, 2.5; RFC 9427, 4). */
  readonly commitment?: 'always' | 'resumed';
  /** The label of its keys up to TLS 1.2. */
  readonly keyLabel: string;
}

/** The properties of every TLS method. */
export const tlsProperties =
  propertyBits.cipherSuiteNegotiation |
  propertyBits.mutualAuth |
  propertyBits.integrity |
  propertyBits.replayProtection |
  propertyBits.confidentiality |
  propertyBits.keyDerivation |
  propertyBits.keyStrength128 |
  propertyBits.dictionaryAttackResistance |
  propertyBits.fastReconnect |
  propertyBits.fragmentation |
  propertyBits.standalone |
  propertyBits.mppeEncryption |
  propertyBits.machineAuth |
  propertyBits.userAuth;

/** The properties of those that are tunnels for other methods. */
export const tunnelProperties = tlsProperties | propertyBits.tunnelMethod | propertyBits.identityPrivacy;
