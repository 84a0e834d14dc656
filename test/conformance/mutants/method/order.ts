// Method DLLs that rely on the order of their host's calls, each in the way that the case of its name is about.

import type { MethodMutant } from '../../subjects.js';
import {
  authenticatorMutant,
  crashing,
  crashingAgain,
  crashingWhere,
  giving,
  givingLater,
  neverEnds,
  peerMutant,
  refusing,
  refusingLater,
} from './tools.js';

const flagsOf = (asked: unknown): readonly string[] => (asked as { flags?: readonly string[] })?.flags ?? [];
const longName = (name: unknown): boolean => String(name).length > 256;

/** Wants to be asked for its identity before the session begins. */
function identityFirst(): MethodMutant {
  let isAsked = false;
  return peerMutant({
    getIdentity(call, ...args) {
      isAsked = true;
      return call(...args);
    },
    beginSession: (call, ...args) => (isAsked ? call(...args) : refusing(call)),
  });
}

/** Forgets its session where its identity changes. */
function startsAnew(): MethodMutant {
  let isUpdated = false;
  return authenticatorMutant({
    updateInnerMethodParams(call, ...args) {
      isUpdated = true;
      return call(...args);
    },
    sendPacket: (call, ...args) => (isUpdated ? refusing(call) : call(...args)),
  });
}

/** Says success once this was called. */
function successBehind(name: string): MethodMutant {
  let isCalled = false;
  return peerMutant({
    [name](call, ...args) {
      isCalled = true;
      return call(...args);
    },
    getResult: async (call, ...args) => ({
      ...((await call(...args)) as object),
      ...(isCalled && { isSuccess: true }),
    }),
  });
}

export const orderMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapPeerGetIdentity-behind-BeginSession': identityFirst(),
  'windows-EapPeerGetIdentity-each-flag': peerMutant({
    getIdentity: crashingWhere((asked) => flagsOf(asked).includes('guestAccess')),
  }),
  'windows-EapPeerGetIdentity-machine-without-user-blob': peerMutant({
    getIdentity: async () => ({ invokeUi: true }),
  }),
  'windows-EapPeerBeginSession-without-blobs': peerMutant({
    beginSession: crashingWhere((begin) => begin === undefined),
  }),
  // Has room for half of them.
  'windows-EapPeerBeginSession-64-at-a-time': peerMutant({ beginSession: refusingLater(33) }),
  'windows-EapPeerEndSession-in-another-order': peerMutant({ end: neverEnds }),
  // Forgets what was typed.
  'windows-EapPeerSetCredentials-in-place-of-user-blob': peerMutant({
    setCredentials: (call, identity) => call(identity, Buffer.from('another')),
  }),
  'windows-EapPeerSetCredentials-strange-texts': peerMutant({ setCredentials: crashingWhere(longName) }),
  'windows-EapPeerSetCredentials-behind-first-packet': peerMutant({ setCredentials: crashing }),
  'windows-EapPeerProcessRequestPacket-again-before-response': peerMutant({
    processRequestPacket: crashingAgain(),
  }),
  // Takes it for the next Request.
  'windows-EapPeerProcessRequestPacket-again-behind-response': peerMutant({
    async process(call, ...args) {
      await call(...args);
      return { action: 'send', packet: Buffer.from([2, 77, 0, 5, 254]) };
    },
  }),
  'windows-EapPeerProcessRequestPacket-behind-result': successBehind('process'),
  'windows-EapPeerGetResponsePacket-not-announced': peerMutant({ getResponsePacket: crashing }),
  'windows-EapPeerGetResponsePacket-again': peerMutant({
    getResponsePacket: (() => {
      let first: Buffer | undefined;
      return async (call, ...args) =>
        first ? Buffer.alloc(first.length) : (first = (await call(...args)) as Buffer);
    })(),
  }),
  'windows-EapPeerGetUIContext-not-asked': peerMutant({ getUiContext: crashing }),
  'windows-EapPeerSetUIContext-not-asked': successBehind('setUiContext'),
  'windows-EapPeerGetResponseAttributes-not-asked': peerMutant({ getResponseAttributes: crashing }),
  'windows-EapPeerSetResponseAttributes-not-asked': peerMutant({ setResponseAttributes: crashing }),
  'windows-EapPeerGetResult-unknown-before-end': peerMutant({ getResult: giving({ isSuccess: true }) }),
  'windows-EapPeerGetResult-again': peerMutant({ getResult: givingLater({ isSuccess: false, keys: {} }) }),
};

export const authenticatorOrderMethodMutants: Readonly<Record<string, MethodMutant>> = {
  'windows-EapMethodAuthenticatorBeginSession-without-connection-data': authenticatorMutant({
    beginSession: crashingWhere((begin) => begin === undefined),
  }),
  'windows-EapMethodAuthenticatorEndSession-in-another-order': authenticatorMutant({ end: neverEnds }),
  'windows-EapMethodAuthenticatorUpdateInnerMethodParams-identity': startsAnew(),
  'windows-EapMethodAuthenticatorUpdateInnerMethodParams-strange-identities': authenticatorMutant({
    updateInnerMethodParams: crashingWhere(longName),
  }),
  'windows-EapMethodAuthenticatorGetResult-before-end': authenticatorMutant({
    getResult: async () => ({ isSuccess: true, keys: {} }),
  }),
  'windows-EapMethodAuthenticatorGetResult-again': authenticatorMutant({
    getResult: (() => {
      let isAgain = false;
      return async (call, ...args) => {
        if (isAgain) return { isSuccess: false, keys: {} };
        isAgain = true;
        return call(...args);
      };
    })(),
  }),
  'windows-EapMethodAuthenticatorReceivePacket-before-SendPacket': authenticatorMutant({
    getResult: async () => ({ isSuccess: true, keys: {} }),
  }),
  'windows-EapMethodAuthenticatorReceivePacket-behind-result': authenticatorMutant({
    receivePacket: (() => {
      let isOver = false;
      return async (call, ...args) => {
        if (isOver) return crashing(call, ...args);
        const action = await call(...args);
        isOver = action === 'result';
        return action;
      };
    })(),
  }),
  'windows-EapMethodAuthenticatorSendPacket-again': authenticatorMutant({
    sendPacket: crashingAgain(),
  }),
  'windows-EapMethodAuthenticatorGetAttributes-not-asked': authenticatorMutant({ getAttributes: crashing }),
  'windows-EapMethodAuthenticatorSetAttributes-not-asked': authenticatorMutant({
    setAttributes: async () => 'result',
    getResult: async () => ({ isSuccess: true, keys: {} }),
  }),
};
