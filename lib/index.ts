/**
 * The supplicant, and what its sessions take and give.
 *
 * @module eaphost
 */

export { openEapHost, type OpenOptions } from './supplicant/open.js';
export { useBinary } from './native/binary.js';
export type { CallEvent, DiagnosticEvent, PacketEvent } from './diagnostics/events.js';
export type { EapHost, EapHostEvents, EmbeddedCounters, HostStats, Runtime } from './supplicant/eaphost.js';
export type {
  BeginSessionOptions,
  MethodName,
  IdentityOptions,
  MethodDll,
  FlagOptions,
  MethodOptions,
  UserToken,
} from './supplicant/options.js';
export type { Identity, DialogIdentity } from './eap/identity.js';
export type { MethodConfig } from './supplicant/configuration-xml.js';
export {
  inputFieldFlagBits,
  inputFieldTypes,
  type InputField,
  type InputFieldFlag,
  type InputFieldType,
  type InteractiveUi,
} from './eap/input-fields.js';
export type { XmlOptions } from './supplicant/configuration.js';
export type { WindowOptions } from './base/arguments.js';
export type { Session } from './supplicant/session.js';
export type { OnUi, ShowDialog, UiAnswer, UiRequest } from './supplicant/session-ui.js';
export type { AuthenticateOptions } from './supplicant/conversation.js';
export type {
  AuthenticationResult,
  MethodInfo,
  Step,
  UnplumbData,
  AuthParameters,
  AuthStatus,
  NapInfo,
} from './supplicant/result.js';
export type { SignalOptions } from './base/arguments.js';
export type { LinkEvent, Transport } from './eap/transport.js';

export { EapError, type EaphostCode, type EapErrorDetails } from './base/errors.js';
export {
  eapErrorCodes,
  errorCodeName,
  errorCodeNumber,
  systemErrorCodes,
  type EapErrorCodeName,
} from './base/error-codes.js';

export {
  flagBits,
  formatMethodType,
  propertyBits,
  type Action,
  type AuthStatusName,
  type EapAttribute,
  type Flag,
  type FullMethodType,
  type IsolationState,
  type MethodProperty,
  type MethodType,
  type ResultReason,
  type MethodProperties,
} from './eap/names.js';
export {
  attributeForms,
  decodeAttribute,
  encodeAttribute,
  type AttributeForm,
  type AttributeForms,
  type AttributeValue,
  type TypedAttribute,
} from './eap/attribute-values.js';
export {
  attributeName,
  attributeTypes,
  decodeKeys,
  decodeVendorSpecific,
  encodeMppeKeys,
  encodeVendorSpecific,
  microsoft,
  type AttributeName,
  type DecodedKeys,
  type Side,
  type VendorValue,
} from './eap/attributes.js';
