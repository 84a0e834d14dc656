// The calls of the configuration library (eappcfg.dll) as the native side takes them, typed once:
// native/addon/runtime_object_configuration.cc is the other half.

import type { NativeInputField, NativeInteractiveUi } from '../eap/input-fields.js';
import type { NativeIdentity, NativeMethodInfo } from './runtime-types.js';
import type { FullMethodType } from '../base/method-type.js';

/** Which method is asked, and with what. */
export interface NativeMethodContext {
  method: FullMethodType;
  flags: number;
  /** Impersonation token as a handle value; 0n for none. */
  userToken: bigint;
  connectionData: Uint8Array | undefined;
  userData: Uint8Array | undefined;
}

/** EAP_METHOD_PROPERTY: a boolean, a number, or the octets of a string. */
export interface NativeMethodProperty {
  type: number;
  value: boolean | number | Buffer;
}

/** What XML was made into, and the method that it is for. */
export interface NativeMethodBlob {
  method: FullMethodType;
  blob: Buffer;
}

interface UiContext {
  flags: number;
  uiContext: Uint8Array;
}

interface Parent {
  /** HWND as a handle value; 0n for none. */
  parentWindow: bigint;
}

/** Every call: what it takes and what it gives. Each is named as Windows names it without its prefix. */
export interface ConfigurationCalls {
  getMethods: { options: object; result: NativeMethodInfo[] };
  getMethodProperties: { options: NativeMethodContext; result: NativeMethodProperty[] };
  configXml2Blob: { options: { xml: string }; result: NativeMethodBlob };
  configBlob2Xml: {
    options: { method: FullMethodType; connectionData: Uint8Array | undefined };
    result: string;
  };
  credentialsXml2Blob: {
    options: { xml: string; connectionData: Uint8Array | undefined };
    result: NativeMethodBlob;
  };
  queryCredentialInputFields: { options: NativeMethodContext; result: NativeInputField[] };
  queryUserBlobFromCredentialInputFields: {
    options: NativeMethodContext & { fields: readonly NativeInputField[] };
    result: Buffer;
  };
  queryInteractiveUIInputFields: { options: UiContext; result: NativeInteractiveUi };
  queryUIBlobFromInteractiveUIInputFields: { options: UiContext & NativeInteractiveUi; result: Buffer };
  invokeConfigUI: { options: NativeMethodContext & Parent; result: Buffer };
  invokeIdentityUI: { options: NativeMethodContext & Parent; result: NativeIdentity };
  invokeInteractiveUI: { options: { uiContext: Uint8Array } & Parent; result: Buffer };
}

/** The name of a call. */
export type ConfigurationCall = keyof ConfigurationCalls;

/** The configuration library of a run-time. */
export interface NativeConfiguration {
  /**
   * Makes a call: dialogs on a thread of their own, all others on another, one after the other. Rejects with a
   * NativeFailure.
   */
  configure<Call extends ConfigurationCall>(
    call: Call,
    options: ConfigurationCalls[Call]['options'],
  ): Promise<ConfigurationCalls[Call]['result']>;
}
