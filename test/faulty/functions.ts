// The functions of the faulty run-time and the faults that it knows, by the numbers of test/native/faulty.

/** In the order of test/native/faulty/faulty_act.h. */
export const functions = [
  'BeginSession',
  'ProcessReceivedPacket',
  'GetSendPacket',
  'GetResult',
  'GetUIContext',
  'SetUIContext',
  'GetResponseAttributes',
  'SetResponseAttributes',
  'GetAuthStatus',
  'EndSession',
  'ClearConnection',
  'GetIdentity',
  'GetDataToUnplumbCredentials',
  'GetEncryptedPassword',
  'GetMethods',
  'GetMethodProperties',
  'ConfigBlob2Xml',
  'ConfigXml2Blob',
  'CredentialsXml2Blob',
  'QueryCredentialInputFields',
  'QueryUserBlobFromCredentialInputFields',
  'QueryInteractiveUIInputFields',
  'QueryUIBlobFromInteractiveUIInputFields',
  'InvokeConfigUI',
  'InvokeIdentityUI',
  'InvokeInteractiveUI',
  'Initialize',
  'Uninitialize',
  'FreeEapError',
  'FreeRuntimeMemory',
  'FreeMemory',
  'FreeErrorMemory',
] as const;
export type FunctionName = (typeof functions)[number];

export const faults = {
  works: 0,
  code: 1,
  error: 2,
  errorNoStrings: 3,
  nullOutputs: 4,
  unwritten: 5,
  countOfNothing: 6,
  blocks: 7,
  absurdSize: 8,
  forever: 9,
} as const;
export type Fault = keyof typeof faults;

export const options = { action: 100, release: 101, isHeld: 102, tokensGiven: 103 } as const;
export const actions = { discard: 0, send: 1, result: 2, invokeUi: 3, respond: 4, unknown: 77 } as const;
export type ActionName = keyof typeof actions;
