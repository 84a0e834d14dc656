// The public surface of the package.

export { openEapHost, type OpenOptions } from './supplicant/open.js';
export { useBinary } from './native/binary.js';
export * as diagnostics from './diagnostics/index.js';
export type {
  CallEvent,
  CapturedPacket,
  DiagnosticEvent,
  PacketDescription,
  PacketEvent,
} from './diagnostics/index.js';
export type { EapHost, EapHostEvents, EmbeddedCounters, HostStats, Runtime } from './supplicant/eaphost.js';
export type { BeginSessionOptions, MethodName } from './supplicant/options.js';
export type { Identity, IdentityOptions, UnplumbData } from './supplicant/identity.js';
export type {
  DialogIdentity,
  FlagOptions,
  MethodOptions,
  MethodProperties,
  WindowOptions,
} from './supplicant/configuration.js';
export type { MethodConfig } from './supplicant/configuration-xml.js';
export {
  inputFieldFlagBits,
  inputFieldTypes,
  type InputField,
  type InputFieldFlag,
  type InputFieldType,
  type InteractiveUi,
} from './eap/input-fields.js';
export type { MethodDll } from './supplicant/method-dll.js';
export type { Session } from './supplicant/session.js';
export type { OnUi, ShowDialog, UiAnswer, UiRequest } from './supplicant/session-ui.js';
export type { AuthenticateOptions } from './supplicant/conversation.js';
export type { AuthenticationResult, MethodInfo, Step } from './supplicant/result.js';
export type { AuthParameters, AuthStatus, NapInfo } from './supplicant/auth-status.js';
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

export type * from './methods/method.js';
export {
  CredentialsError,
  decodeCredentials,
  encodeCredentials,
  type Credentials,
  type CredentialsInput,
} from './methods/credentials.js';
export { defineMethod, type MethodInput } from './methods/define.js';
export { serveMethods, type MethodServer, type ServeOptions } from './shim-server/serve.js';
export type { ErrorListener } from './shim-server/checks.js';
export { md5, md5Authenticator } from './methods/md5.js';
export { mschapv2, mschapv2Authenticator, mschapv2Peer } from './methods/mschapv2.js';
export type { Mschapv2AuthenticatorOptions } from './methods/mschapv2-authenticator.js';
export type { Mschapv2PeerOptions } from './methods/mschapv2-peer.js';
export * from './methods/tls/index.js';
export {
  memoryUsers,
  type AccountState,
  type PasswordAuthenticatorOptions,
  type UserRecord,
  type UserStore,
} from './methods/users.js';

export * from './method-dlls/index.js';
export {
  registerMethod,
  unregisterMethod,
  type RegisterOptions,
  type Registration,
  type Unregistration,
} from './registration/register.js';
export {
  listMethods,
  type InstalledDll,
  type InstalledMethod,
  type InstalledMethods,
} from './registration/list.js';
export { isServed, serveRegistered, type RegisteredServer } from './registration/serve.js';
export type { Machine, Signature } from './registration/machine.js';

export { profiles } from './profiles/index.js';
export type * from './profiles/index.js';

export * as radius from './radius/index.js';
export {
  RadiusClient,
  RadiusError,
  RadiusServer,
  radiusTransport,
  type RadiusClientOptions,
  type RadiusErrorCode,
  type RadiusServerOptions,
  type RadiusTransport,
  type RadiusTransportOptions,
} from './radius/index.js';
