// How each function of the run-time is called through the facade, and the outcome where the run-time returns nothing.

import type { EapHost } from '../../lib/supplicant/eaphost.js';
import type { Session, Step } from '../../lib/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { identityRequest } from '../supplicant/script-method.js';
import type { ActionName, Fault, FunctionName } from './functions.js';

export const method = { type: 26, vendorId: 0, vendorType: 0, authorId: 0 };
export const packet = identityRequest;
const nothing = Buffer.alloc(0);
const guid = '9612fc67-6150-4209-a85e-a8d800000042';
const filled = { type: 'pin', label: '', data: 'x', flags: [], minLength: 0, maxLength: 9 } as const;
const failedResult = { isSuccess: false, failureReasonCode: 0 };
const noIdentity = { identity: undefined, credentials: undefined };

/** Stands for a rejection with ERROR_INVALID_DATA. */
export const invalidData = Symbol('ERROR_INVALID_DATA');

/** What a row's call is made with. */
export interface Place {
  readonly host: EapHost;
  readonly session: Session;
  /** Opens and closes another host of the same run-time. */
  readonly reopen: () => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface Row {
  readonly call: (place: Place) => Promise<unknown>;
  /** The action that the run-time's steps return meanwhile. */
  readonly action?: ActionName;
  /** What must fail for the function to be called. */
  readonly after?: readonly [FunctionName, Fault];
  /** The code that the call rejects with although the function works. */
  readonly rejects?: string;
  /** What comes of success with no outputs: a value, or invalidData. */
  readonly empty?: unknown;
  /** What comes of NULL with a size; as `empty` where it is left out. */
  readonly sized?: unknown;
  /** It takes no signal. */
  readonly unabortable?: true;
  /** Windows did not always have it. */
  readonly optional?: true;
}

/** The parts of a step or a result that tell one from another. */
const brief = (step: Step): unknown => {
  if (step.action !== 'result') return step;
  const { isSuccess, failureReasonCode } = step.result;
  return { isSuccess, failureReasonCode };
};
const process = async ({ session, signal }: Place) => brief(await session.process(packet, { signal }));
const beginAndEnd = async ({ host, signal }: Place) => {
  const session = await host.beginSession({ method, signal });
  await session.end();
};
const getMethods = ({ host, signal }: Place) => host.getMethods({ signal });
const getIdentity = ({ host, signal }: Place) => host.getIdentity({ method, signal });
const reopen = (place: Place) => place.reopen();

const documents = {
  ConfigXml2Blob: {
    call: ({ host, signal }) => host.configFromXml(profiles.mschapv2({}), { signal }),
    empty: invalidData,
  },
  CredentialsXml2Blob: {
    call: ({ host, signal }) => host.credentialsFromXml(profiles.credentials.mschapv2({}), { signal }),
    empty: invalidData,
  },
} satisfies Partial<Record<FunctionName, Row>>;

const rows: Readonly<Record<Exclude<FunctionName, keyof typeof documents>, Row>> = {
  BeginSession: { call: beginAndEnd, empty: invalidData },
  ProcessReceivedPacket: { call: process, empty: { action: 'discard' } },
  GetSendPacket: { call: process, action: 'send', empty: invalidData },
  GetResult: { call: process, action: 'result', empty: failedResult },
  GetUIContext: { call: process, action: 'invokeUi', empty: { action: 'invokeUi', context: nothing } },
  SetUIContext: {
    call: ({ session, signal }) => session.setUiContext(packet, { signal }),
    empty: { action: 'discard' },
  },
  GetResponseAttributes: { call: process, action: 'respond', empty: { action: 'respond', attributes: [] } },
  SetResponseAttributes: {
    call: ({ session, signal }) => session.setResponseAttributes([], { signal }),
    empty: { action: 'discard' },
  },
  GetAuthStatus: {
    call: ({ session, signal }) => session.getAuthStatus('identity', { signal }),
    empty: '',
  },
  EndSession: { call: beginAndEnd, unabortable: true },
  ClearConnection: { call: ({ host, signal }) => host.clearConnection(guid, { signal }) },
  GetIdentity: { call: getIdentity, empty: { invokeUi: false, ...noIdentity } },
  GetDataToUnplumbCredentials: {
    call: ({ session, signal }) => session.getDataToUnplumbCredentials({ signal }),
    empty: { connectionId: '00000000-0000-0000-0000-000000000000', userToken: 0n, saveToCredMan: false },
    optional: true,
  },
  GetEncryptedPassword: {
    call: ({ host, signal }) => host.getEncryptedPassword('x', { signal }),
    empty: invalidData,
    optional: true,
  },
  GetMethods: { call: getMethods, empty: [] },
  GetMethodProperties: {
    call: ({ host, signal }) => host.getMethodProperties({ method, signal }),
    empty: { properties: [], others: new Map() },
  },
  // There are no documents in the run-time to give.
  ConfigBlob2Xml: {
    call: ({ host, signal }) => host.configToXml({ method, blob: packet }, { signal }),
    rejects: 'ERROR_INVALID_DATA',
    empty: invalidData,
  },
  QueryCredentialInputFields: {
    call: ({ host, signal }) => host.queryCredentialInputFields({ method, signal }),
    empty: [],
  },
  QueryUserBlobFromCredentialInputFields: {
    call: ({ host, signal }) =>
      host.userBlobFromCredentialInputFields([filled], { method, credentials: packet, signal }),
    empty: nothing,
    sized: invalidData,
  },
  QueryInteractiveUIInputFields: {
    call: ({ host, signal }) => host.queryInteractiveUiInputFields(packet, { signal }),
    empty: { kind: 'credentials', fields: [] },
  },
  QueryUIBlobFromInteractiveUIInputFields: {
    call: ({ host, signal }) =>
      host.uiBlobFromInteractiveUiInputFields(packet, { kind: 'logon', fields: [filled] }, { signal }),
    empty: nothing,
    sized: invalidData,
  },
  InvokeConfigUI: {
    call: ({ host, signal }) => host.invokeConfigUi({ method, signal }),
    empty: nothing,
    sized: invalidData,
  },
  InvokeIdentityUI: {
    call: ({ host, signal }) => host.invokeIdentityUi({ method, signal }),
    empty: noIdentity,
    sized: invalidData,
  },
  InvokeInteractiveUI: {
    call: ({ host, signal }) => host.invokeInteractiveUi(packet, { signal }),
    empty: nothing,
    sized: invalidData,
  },
  Initialize: { call: reopen, unabortable: true },
  Uninitialize: { call: reopen, unabortable: true },
  FreeEapError: {
    call: process,
    after: ['ProcessReceivedPacket', 'error'],
    rejects: 'ERROR_NO_SUCH_USER',
  },
  FreeRuntimeMemory: { call: getIdentity },
  FreeMemory: { call: getMethods },
  FreeErrorMemory: { call: getMethods, after: ['GetMethods', 'error'], rejects: 'ERROR_NO_SUCH_USER' },
};

/** The rows that there can be here: without MSXML nothing can be made for the functions that take its documents. */
export const table: Readonly<Partial<Record<FunctionName, Row>>> =
  globalThis.process.platform === 'win32' ? { ...rows, ...documents } : rows;
