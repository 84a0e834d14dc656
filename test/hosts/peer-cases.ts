// Conversations of the EAP peer's state machine, event for event (RFC 3748, RFC 4137): what comes, what is done about it,
// how far the session is then, and the calls of the method. The machine exists twice, and both must do the same.

import { eapErrorCodes, systemErrorCodes } from '../../lib/base/error-codes.js';
import type { EapAttribute, Flag, MethodType, ResultReason } from '../../lib/eap/names.js';

/** In a behaviour: what a function throws in place of what it would give. */
export class Throw {
  constructor(readonly error: unknown) {}
}

/**
 * What the method's functions give, call by call, and then the usual: the identity `me`, the request's data back, what the
 * final packet says. Anything, because a method may give anything.
 */
export interface Behaviour {
  readonly identities?: readonly unknown[];
  readonly begins?: readonly unknown[];
  /** Of `processRequest`, `setUiContext` and `setResponseAttributes`. */
  readonly steps?: readonly unknown[];
  readonly results?: readonly unknown[];
  readonly ends?: readonly unknown[];
  /** Functions of a session that it does not have. */
  readonly lacks?: readonly string[];
}

/** How a session is begun. */
export interface Beginning {
  readonly type?: MethodType;
  readonly flags?: readonly Flag[];
  /** Default `u`. */
  readonly credentials?: string;
  readonly maxSendPacketSize?: number;
  readonly identityNeedsUserData?: boolean;
  readonly maxRounds?: number;
}

/** A packet, or a call of the supplicant. */
export type Input =
  | Buffer
  | { readonly ui: string }
  | { readonly attributes: readonly EapAttribute[] }
  | { readonly conclude: ResultReason };

/** EAP_ERROR, and the function that it came from. */
export interface Failure {
  readonly winError: number;
  readonly reasonCode: number;
  readonly rootCauseGuid: string | undefined;
  readonly repairGuid: string | undefined;
  readonly helpLinkGuid: string | undefined;
  readonly rootCause: string | undefined;
  readonly repair: string | undefined;
  readonly call: string;
}

/** EapHostPeerMethodResult. */
export interface Verdict {
  readonly isSuccess: boolean;
  readonly failureReasonCode: number;
  readonly attributes: readonly EapAttribute[];
  readonly saveConfig: string | undefined;
  readonly saveCredentials: string | undefined;
  readonly error: Failure | undefined;
}

/** A packet is sent, a user interface or attributes are wanted, there is a result, or the call fails. */
export type Outcome =
  | 'discard'
  | 'none'
  | Buffer
  | { readonly ui: 'identity' | 'method'; readonly data: string }
  | { readonly attributes: readonly EapAttribute[] }
  | { readonly verdict: Verdict }
  | { readonly failure: Failure };

/** EAPHOST_AUTH_INFO: the status and its two codes, which are 0 where they are left out. */
export type Status = string | readonly [status: string, errorCode: number, reasonCode: number];

/** An event. The status is as before, or that of the verdict, where it is left out. */
export type Event = readonly [input: Input, outcome: Outcome, status?: Status];

/** A conversation. */
export interface PeerCase extends Beginning {
  readonly name: string;
  readonly method?: Behaviour;
  readonly events: readonly Event[];
  /** The calls of the method, from the first to the end of the session. Left out: not looked at. */
  readonly log?: readonly string[];
  /** The identity that the session has in the end. */
  readonly identity?: string;
  /** What the end of the session fails with. */
  readonly end?: Failure;
}

export const shortType = { type: 44 };
export const expandedType = { type: 254, vendorId: 99_999, vendorType: 1, authorId: 99_999 };
/** An IETF type of one octet in expanded form. */
export const longType = { type: 254, vendorId: 0, vendorType: 45 };
const vendor = 99_999;

type Data = string | Iterable<number>;

const octets = (data: Data): Buffer =>
  typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from([...data]);

function packet(code: number, id: number, type: readonly number[], data: Data): Buffer {
  const body = Buffer.concat([octets(type), octets(data)]);
  return Buffer.concat([Buffer.of(code, id, (body.length + 4) >> 8, (body.length + 4) & 0xff), body]);
}

const expanded = (vendorId: number, type: number): readonly number[] => {
  const wide = Buffer.alloc(8, 254);
  wide.writeUIntBE(vendorId, 1, 3);
  wide.writeUInt32BE(type, 4);
  return [...wide];
};

/** A request, and the response to one. */
export const ask = (id: number, type: number, data: Data = []): Buffer => packet(1, id, [type], data);
const say = (id: number, type: number, data: Data = []): Buffer => packet(2, id, [type], data);
/** In expanded form. */
export const askLong = (id: number, vendorId: number, type: number, data: Data = []): Buffer =>
  packet(1, id, expanded(vendorId, type), data);
const sayLong = (id: number, vendorId: number, type: number, data: Data = []): Buffer =>
  packet(2, id, expanded(vendorId, type), data);
export const success = (id: number): Buffer => Buffer.of(3, id, 0, 4);
export const failure = (id: number): Buffer => Buffer.of(4, id, 0, 4);

const own = shortType.type;
const identify: Event = [ask(1, 1), say(1, 1, 'me'), 'identityExchange'];
/** As far as the first answer of the method's: the last id is 2. */
const answered: Event = [ask(2, own, [9]), say(2, own, [9]), 'inProgress'];
const authenticate = [identify, answered];
const authenticated = ['identity u', 'begin u', 'process 01020006 2c09'];

const ident = (text: string) => `${text.slice(0, 8)} ${text.slice(8)}`;
/** The lines of the log for these requests. */
const processed = (...requests: readonly Buffer[]): string[] =>
  requests.map((request) => `process ${ident(request.toString('hex'))}`);

const guid = (last: string): string => `9612fc67-6150-4209-a85e-a8d80000${last}`;
const {
  EAP_E_AUTHENTICATION_FAILED,
  EAP_E_EAPHOST_IDENTITY_UNKNOWN,
  EAP_E_EAPHOST_METHOD_INVALID_PACKET,
  EAP_E_EAPHOST_METHOD_NOT_INSTALLED,
  EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED,
  EAP_E_EAPHOST_REMOTE_INVALID_PACKET,
  EAP_E_EAPHOST_XML_MALFORMED,
  EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED,
  EAP_I_USER_ACCOUNT_OTHER_ERROR,
} = eapErrorCodes;
const {
  ERROR_CANCELLED,
  ERROR_INSUFFICIENT_BUFFER,
  ERROR_INVALID_PARAMETER,
  ERROR_INVALID_STATE,
  ERROR_MOD_NOT_FOUND,
  ERROR_NOT_ENOUGH_MEMORY,
  ERROR_NOT_SUPPORTED,
  ERROR_PROC_NOT_FOUND,
  ERROR_TIMEOUT,
  ERROR_UNHANDLED_EXCEPTION,
} = systemErrorCodes;

/** What EAPHost says where the method says nothing: cause, repair, and their texts. */
const said: ReadonlyMap<number, readonly (string | undefined)[]> = new Map([
  [
    EAP_E_AUTHENTICATION_FAILED,
    [guid('0104'), guid('001f'), 'The authentication failed.', "Check the credentials and the server's log."],
  ],
  [
    EAP_I_USER_ACCOUNT_OTHER_ERROR,
    [
      guid('010e'),
      guid('0025'),
      'The server refused the identity before any method began.',
      "Check the user's account on the server.",
    ],
  ],
  [
    EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED,
    [
      guid('001c'),
      guid('0021'),
      'The server offers no method that is wanted here.',
      'Allow the same EAP method on both sides.',
    ],
  ],
  [
    EAP_E_EAPHOST_IDENTITY_UNKNOWN,
    [
      guid('0204'),
      guid('0020'),
      'The identity of the user is not known.',
      'Begin the session with user data that names an identity.',
    ],
  ],
  [
    EAP_E_EAPHOST_METHOD_INVALID_PACKET,
    [undefined, guid('0002'), 'The method made a packet that is not valid, or was given one.', undefined],
  ],
  [
    ERROR_TIMEOUT,
    [
      guid('0104'),
      guid('011b'),
      'The server did not answer in time.',
      'Try again; check that the server can be reached.',
    ],
  ],
  [
    EAP_E_EAPHOST_METHOD_NOT_INSTALLED,
    [
      guid('0001'),
      guid('0022'),
      'No such EAP method is installed.',
      'Install or register the method; its type and author must both match.',
    ],
  ],
  [
    EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED,
    [guid('001e'), guid('0002'), 'The method does not support this operation.', undefined],
  ],
  [
    EAP_E_EAPHOST_XML_MALFORMED,
    [
      guid('001d'),
      guid('0002'),
      "The XML is not what EAPHost's schemas allow.",
      "Check the profile's elements, their order and their namespaces.",
    ],
  ],
  [
    ERROR_PROC_NOT_FOUND,
    [
      undefined,
      guid('0002'),
      "The method's DLL lacks a function that every method must have.",
      'Repair or update the method.',
    ],
  ],
  [
    ERROR_MOD_NOT_FOUND,
    [
      guid('0001'),
      guid('0022'),
      "The method's DLL could not be loaded.",
      'Check the registered path and what the DLL depends on.',
    ],
  ],
  [
    ERROR_UNHANDLED_EXCEPTION,
    [undefined, guid('0002'), 'An exception came out of the method.', 'Repair or update the method.'],
  ],
  [ERROR_NOT_ENOUGH_MEMORY, [undefined, undefined, 'There is not enough memory.', undefined]],
  [ERROR_INVALID_PARAMETER, [undefined, undefined, 'An argument is not valid.', undefined]],
  [ERROR_NOT_SUPPORTED, [guid('001e'), undefined, 'The operation is not supported.', undefined]],
  [ERROR_CANCELLED, [undefined, undefined, 'The user cancelled.', undefined]],
  [
    ERROR_INVALID_STATE,
    [undefined, undefined, 'The call is not possible in this state of the session.', undefined],
  ],
]);

type Call = 'ProcessReceivedPacket' | 'SetUIContext' | 'SetResponseAttributes' | 'GetResult' | 'EndSession';

/** A failure that EAPHost describes by its code. */
function described(call: Call, code: number, changes: Partial<Failure> = {}): Failure {
  const [rootCauseGuid, repairGuid, rootCause, repair] = said.get(code) ?? [];
  return {
    winError: code,
    reasonCode: code,
    rootCauseGuid,
    repairGuid,
    helpLinkGuid: undefined,
    rootCause,
    repair,
    call: `EapHostPeer${call}`,
    ...changes,
  };
}

/** A failure that has a text of its own, and nothing else. */
const told = (call: Call, code: number, rootCause: string): Failure =>
  described(call, code, {
    rootCauseGuid: undefined,
    repairGuid: undefined,
    repair: undefined,
    rootCause,
  });

const fails = (call: Call, code: number): Outcome => ({ failure: described(call, code) });
const tells = (call: Call, code: number, text: string): Outcome => ({ failure: told(call, code, text) });
/** What is said of an error that the method did not mean to pass on. */
const itsOwn = 'The EAP method Played failed with an error of its own';
const wrong = (call: Call, what: string): Outcome =>
  tells(call, EAP_E_AUTHENTICATION_FAILED, `The EAP method gave ${what}`);

const plain: Verdict = {
  isSuccess: true,
  failureReasonCode: 0,
  attributes: [],
  saveConfig: undefined,
  saveCredentials: undefined,
  error: undefined,
};
const accepted = (fields: Partial<Verdict> = {}): Outcome => ({ verdict: { ...plain, ...fields } });
const refused = (failureReasonCode: number, fields: Partial<Verdict> = {}): Outcome => ({
  verdict: {
    ...plain,
    isSuccess: false,
    failureReasonCode,
    error: described('GetResult', failureReasonCode),
    ...fields,
  },
});

const send = (data: Data, id = 2, type = own): unknown => ({ action: 'send', packet: say(id, type, data) });
const emsk: EapAttribute = { type: 9010, value: Buffer.of(1) };
const tlv: EapAttribute = { type: 8102, value: Buffer.of(3) };

/** An error as a method that has something to say throws it. */
export const detailed = {
  winError: 1317,
  reasonCode: 1318,
  rootCause: 'a cause',
  repair: 'a repair',
  rootCauseGuid: '00000001-0002-0003-0405-060708090A0B',
  repairGuid: '0000000c-0000-0000-0000-000000000000',
  helpLinkGuid: '0000000d-0000-0000-0000-000000000000',
};
const ofDetailed = (call: Call): Failure => ({
  ...detailed,
  rootCauseGuid: detailed.rootCauseGuid.toLowerCase(),
  call: `EapHostPeer${call}`,
});
const winError = (code: number, message = 'a text'): Error =>
  Object.assign(new Error(message), { winError: code });

const general: readonly PeerCase[] = [
  {
    name: 'a whole conversation, and the order of the calls of the method',
    events: [...authenticate, [ask(3, own), say(3, own)], [success(3), accepted()]],
    log: [...authenticated, ...processed(ask(3, own)), 'result success', 'end'],
    identity: 'me',
  },
  {
    name: 'what is no valid packet is discarded at every stage and changes nothing',
    events: [
      ...[[], identify, answered].flatMap((before): Event[] => [
        ...(before.length === 0 ? [] : [before as Event]),
        [Buffer.of(1, 9, 0, 4), 'discard'],
        [Buffer.of(2, 9, 0, 5, own), 'discard'],
        [Buffer.of(0, 9, 0, 5, own), 'discard'],
        [Buffer.of(7, 9, 0, 5, own), 'discard'],
        [Buffer.of(3, 2, 0, 5, 0), 'discard'],
        [Buffer.of(1, 9, 0, 8, 254, 0, 0, 0), 'discard'],
      ]),
      [success(2), accepted()],
      [Buffer.of(1, 9, 0, 4), 'discard'],
    ],
    log: [...authenticated, 'result success', 'end'],
  },
  {
    name: 'padding behind a packet does not reach the method, and makes no other request',
    events: [
      [Buffer.concat([ask(2, own, [9]), Buffer.alloc(40)]), say(2, own, [9]), 'inProgress'],
      [Buffer.concat([ask(2, own, [9]), Buffer.alloc(1)]), say(2, own, [9])],
      [Buffer.concat([success(2), Buffer.alloc(9)]), accepted()],
    ],
    log: ['begin u', ...processed(ask(2, own, [9])), 'result success', 'end'],
  },
  {
    name: 'duplicates are answered again without the method; another request under the same id is discarded',
    events: [
      identify,
      [ask(1, 1), say(1, 1, 'me')],
      answered,
      [ask(2, own, [9]), say(2, own, [9])],
      [ask(2, own, [8]), 'discard'],
      [ask(2, own), 'discard'],
      [ask(2, 1), 'discard'],
      [ask(2, own, [9]), say(2, own, [9])],
    ],
    log: [...authenticated, 'end'],
  },
  {
    name: 'an old request is no duplicate, but the next one of the conversation',
    events: [...authenticate, [ask(3, own), say(3, own)], [ask(2, own, [9]), say(2, own, [9])]],
    log: [...authenticated, ...processed(ask(3, own), ask(2, own, [9])), 'end'],
  },
  {
    name: 'duplicates of a Nak and of a notification are answered again',
    events: [
      [ask(1, 4), say(1, 3, [own]), 'negotiatingType'],
      [ask(1, 4), say(1, 3, [own])],
      [ask(2, 2, 'x'), say(2, 2)],
      [ask(2, 2, 'x'), say(2, 2)],
    ],
    log: [],
  },
  {
    name: 'a request that the method dropped is no duplicate when it comes again',
    method: { steps: [{ action: 'discard' }, { action: 'none' }] },
    events: [
      identify,
      [ask(2, own), 'discard', 'inProgress'],
      [ask(2, own), 'none'],
      [ask(2, own), say(2, own)],
    ],
    log: ['identity u', 'begin u', ...processed(ask(2, own), ask(2, own), ask(2, own)), 'end'],
  },
  {
    name: 'a server may begin with the method at once',
    events: [
      [ask(7, own), say(7, own), 'inProgress'],
      [success(7), accepted()],
    ],
    log: ['begin u', ...processed(ask(7, own)), 'result success', 'end'],
  },
  {
    name: 'an expanded method',
    type: expandedType,
    events: [
      [askLong(3, vendor, 1, [7]), sayLong(3, vendor, 1, [7]), 'inProgress'],
      [success(3), accepted()],
    ],
    log: ['begin u', ...processed(askLong(3, vendor, 1, [7])), 'result success', 'end'],
  },
  {
    name: 'a method of one octet is reached in expanded form, too',
    events: [
      [askLong(2, 0, own, [8, 9]), sayLong(2, 0, own, [8, 9]), 'inProgress'],
      [askLong(2, 0, own, [8, 9]), sayLong(2, 0, own, [8, 9])],
      [ask(2, own, [8, 9]), 'discard'],
      [ask(3, own), say(3, own)],
    ],
    log: ['begin u', ...processed(ask(2, own, [8, 9]), ask(3, own)), 'end'],
  },
  {
    name: 'a method that answers in expanded form itself is not expanded again',
    method: { steps: [{ action: 'send', packet: sayLong(2, 0, own, [1]) }] },
    events: [[askLong(2, 0, own), sayLong(2, 0, own, [1]), 'inProgress']],
  },
  {
    name: 'a method whose type is that of an octet in expanded form is given both forms as they come',
    type: longType,
    events: [
      [ask(1, 4), say(1, 3, [longType.vendorType]), 'negotiatingType'],
      [ask(2, longType.vendorType, [1]), say(2, longType.vendorType, [1]), 'inProgress'],
      [askLong(3, 0, longType.vendorType, [1]), sayLong(3, 0, longType.vendorType, [1])],
    ],
    log: [
      'begin u',
      ...processed(ask(2, longType.vendorType, [1]), askLong(3, 0, longType.vendorType, [1])),
      'end',
    ],
  },
];

const identities: readonly PeerCase[] = [
  {
    name: 'the identity may be asked for again until the method runs',
    events: [
      identify,
      [ask(2, 1, '?'), say(2, 1, 'me')],
      [ask(3, 4), say(3, 3, [own]), 'negotiatingType'],
      [ask(4, 1), say(4, 1, 'me'), 'identityExchange'],
      [ask(5, own), say(5, own), 'inProgress'],
      [ask(6, 1), 'discard'],
    ],
    log: ['identity u', 'begin u', ...processed(ask(5, own)), 'end'],
  },
  {
    name: 'the identity goes out as UTF-8',
    method: { identities: [{ identity: 'Jürgen', credentials: Buffer.alloc(0) }] },
    events: [[ask(1, 1), say(1, 1, [...Buffer.from('Jürgen')]), 'identityExchange']],
    identity: 'Jürgen',
  },
  {
    name: 'half a character in an identity is replaced',
    method: { identities: [{ identity: 'a\uD800b', credentials: Buffer.alloc(0) }] },
    events: [[ask(1, 1), say(1, 1, [0x61, 0xef, 0xbf, 0xbd, 0x62]), 'identityExchange']],
  },
  {
    name: 'the identity may be empty',
    method: { identities: [{ identity: '', credentials: Buffer.alloc(0) }] },
    events: [
      [ask(1, 1), say(1, 1), 'identityExchange'],
      [ask(2, 1), say(2, 1)],
    ],
    log: ['identity u'],
  },
  {
    name: 'an identity in expanded form is answered in expanded form',
    events: [[askLong(1, 0, 1), sayLong(1, 0, 1, 'me'), 'identityExchange']],
  },
  {
    name: 'user data from the identity goes to the session of the method',
    method: { identities: [{ identity: 'me', credentials: Buffer.from('new') }] },
    events: [identify, [ask(2, own), say(2, own), 'inProgress']],
    log: ['identity u', 'begin new', ...processed(ask(2, own)), 'end'],
  },
  {
    name: 'guests have no name, and the method is not asked for one',
    flags: ['guestAccess'],
    events: [
      [ask(1, 1), say(1, 1), 'identityExchange'],
      [ask(2, 1), say(2, 1)],
    ],
    log: [],
    identity: '',
  },
  {
    name: 'the method fails to give an identity, and is asked again',
    method: { identities: [new Throw(detailed)] },
    events: [[ask(1, 1), { failure: ofDetailed('ProcessReceivedPacket') }, 'notStarted'], identify],
    log: ['identity u', 'identity u'],
  },
  {
    name: 'an identity that does not fit into a packet',
    maxSendPacketSize: 1500,
    method: { identities: [{ identity: 'x'.repeat(1496), credentials: Buffer.alloc(0) }] },
    events: [
      [ask(1, 1), fails('ProcessReceivedPacket', EAP_E_EAPHOST_METHOD_INVALID_PACKET), 'notStarted'],
      [ask(1, 1), fails('ProcessReceivedPacket', EAP_E_EAPHOST_METHOD_INVALID_PACKET)],
      [ask(2, own), say(2, own), 'inProgress'],
    ],
    log: ['identity u', 'begin u', ...processed(ask(2, own)), 'end'],
  },
  {
    name: 'the longest identity that fits',
    maxSendPacketSize: 1500,
    method: { identities: [{ identity: 'x'.repeat(1495), credentials: Buffer.alloc(0) }] },
    events: [[ask(1, 1), say(1, 1, 'x'.repeat(1495)), 'identityExchange']],
  },
  {
    name: 'no user data where the option wants some: the method is not asked',
    credentials: '',
    identityNeedsUserData: true,
    events: [[ask(1, 1), fails('ProcessReceivedPacket', EAP_E_EAPHOST_IDENTITY_UNKNOWN), 'notStarted']],
    log: [],
  },
  { name: 'user data where the option wants some', identityNeedsUserData: true, events: [identify] },
  ...(['nonInteractive', 'suppressUi'] as const).map((flag): PeerCase => ({
    name: `a user interface for an identity that ${flag} forbids`,
    flags: [flag],
    method: { identities: [{ invokeUi: true }] },
    events: [
      [ask(1, 1), fails('ProcessReceivedPacket', EAP_E_EAPHOST_IDENTITY_UNKNOWN), 'notStarted'],
      identify,
    ],
    log: ['identity u', 'identity u'],
  })),
  {
    name: 'the user interface for an identity, while which everything waits',
    method: { identities: [{ invokeUi: true }] },
    events: [
      [ask(1, 1), { ui: 'identity', data: 'u' }, 'identityExchange'],
      [ask(1, 1), 'discard'],
      [ask(2, own), 'discard'],
      [failure(1), 'discard'],
      [{ attributes: [] }, fails('SetResponseAttributes', ERROR_INVALID_STATE)],
      [{ ui: 'n' }, say(1, 1, 'me')],
      [ask(1, 1), say(1, 1, 'me')],
      [ask(2, own), say(2, own), 'inProgress'],
    ],
    log: ['identity u', 'identity n', 'begin n', ...processed(ask(2, own)), 'end'],
  },
  {
    name: 'the user gives nothing, and is asked again',
    credentials: '',
    method: { identities: [{ invokeUi: true }, { invokeUi: true }] },
    events: [
      [ask(1, 1), { ui: 'identity', data: '' }, 'identityExchange'],
      [{ ui: '' }, { ui: 'identity', data: '' }],
      [{ ui: 'n' }, say(1, 1, 'me')],
    ],
    log: ['identity ', 'identity ', 'identity n'],
  },
  {
    name: 'the user gives what the method will not have',
    method: { identities: [{ invokeUi: true }, new Throw(winError(1317))] },
    events: [
      [ask(1, 1), { ui: 'identity', data: 'u' }, 'identityExchange'],
      [{ ui: 'n' }, tells('SetUIContext', 1317, 'a text'), 'notStarted'],
      identify,
    ],
    log: ['identity u', 'identity n', 'identity n'],
  },
  {
    name: 'the user interface for an identity is given up by a time-out',
    method: { identities: [{ invokeUi: true }] },
    events: [
      [ask(1, 1), { ui: 'identity', data: 'u' }, 'identityExchange'],
      [{ conclude: 'timeout' }, refused(ERROR_TIMEOUT)],
      [{ ui: 'n' }, fails('SetUIContext', ERROR_INVALID_STATE)],
    ],
    log: ['identity u'],
  },
  ...(
    [
      ['no identity', null],
      ['an identity that is no plain text', { identity: 7, credentials: Buffer.alloc(0) }],
      ['an identity that is no plain text', { identity: 'a\0b', credentials: Buffer.alloc(0) }],
      ['credentials that is no Uint8Array', { identity: 'me', credentials: 'u' }],
    ] as const
  ).map(([what, given]): PeerCase => ({
    name: `the method gives ${what}: ${JSON.stringify(given)}`,
    method: { identities: [given] },
    events: [[ask(1, 1), wrong('ProcessReceivedPacket', what), 'notStarted'], identify],
  })),
];

const negotiations: readonly PeerCase[] = [
  {
    name: 'notifications are answered before the method and during it',
    events: [
      [ask(9, 2, 'hi'), say(9, 2), 'notStarted'],
      identify,
      [ask(5, 2), say(5, 2)],
      [ask(2, own), say(2, own), 'inProgress'],
      [ask(6, 2), say(6, 2)],
      [askLong(7, 0, 2), sayLong(7, 0, 2)],
      [success(7), accepted()],
    ],
  },
  {
    name: 'notifications are discarded while the method does not allow them',
    method: { steps: [{ action: 'send', packet: say(2, own), allowNotifications: false }] },
    events: [
      [ask(2, own), say(2, own), 'inProgress'],
      [ask(3, 2), 'discard'],
      [ask(4, own), say(4, own)],
      [ask(5, 2), say(5, 2)],
    ],
  },
  {
    name: 'a request that the method dropped does not change whether notifications are allowed',
    method: {
      steps: [
        { action: 'discard', allowNotifications: false },
        { action: 'none', allowNotifications: false },
      ],
    },
    events: [
      [ask(2, own), 'discard', 'inProgress'],
      [ask(3, 2), say(3, 2)],
      [ask(4, own), 'none'],
      [ask(5, 2), 'discard'],
    ],
  },
  {
    name: 'Nak of a type of one octet, wanted: one of one octet',
    events: [
      identify,
      [ask(2, 4, [1]), say(2, 3, [own]), 'negotiatingType'],
      [ask(3, 13), say(3, 3, [own])],
      [ask(4, own), say(4, own), 'inProgress'],
      [success(4), accepted()],
    ],
  },
  {
    name: 'Nak of a type of one octet, wanted: an expanded one',
    type: expandedType,
    events: [
      [ask(2, 4), say(2, 3, [254]), 'negotiatingType'],
      [askLong(3, vendor, 1), sayLong(3, vendor, 1), 'inProgress'],
    ],
  },
  {
    name: 'Nak of an expanded type, wanted: one of one octet',
    events: [[askLong(2, 311, 9), sayLong(2, 0, 3, expanded(0, own)), 'negotiatingType']],
  },
  {
    name: 'Nak of an expanded type, wanted: another expanded one',
    type: expandedType,
    events: [
      [askLong(2, vendor, 2), sayLong(2, 0, 3, expanded(vendor, 1)), 'negotiatingType'],
      [askLong(3, 1, 1), sayLong(3, 0, 3, expanded(vendor, 1))],
    ],
  },
  {
    name: 'no Nak once the method has answered',
    events: [
      ...authenticate,
      [ask(3, 4), 'discard'],
      [askLong(4, 311, 9), 'discard'],
      [ask(5, own), say(5, own)],
    ],
  },
  {
    name: 'a Nak still when the method only dropped a request',
    method: { steps: [{ action: 'discard' }] },
    events: [
      [ask(2, own), 'discard', 'inProgress'],
      [ask(3, 4), say(3, 3, [own])],
      [failure(3), refused(EAP_E_AUTHENTICATION_FAILED)],
    ],
    log: ['begin u', ...processed(ask(2, own)), 'result failure', 'end'],
  },
  {
    name: 'a request of type Nak is none',
    events: [
      [ask(2, 3, [4]), 'discard', 'notStarted'],
      [askLong(2, 0, 3), 'discard'],
    ],
    log: [],
  },
];

const finals: readonly PeerCase[] = [
  {
    name: 'Success counts only with the id of the last response',
    events: [...authenticate, [success(1), 'discard'], [success(3), 'discard'], [success(2), accepted()]],
  },
  {
    name: 'Success is ignored before the method has answered: anybody could send it',
    method: { steps: [{ action: 'discard' }] },
    events: [
      [success(0), 'discard', 'notStarted'],
      identify,
      [success(1), 'discard'],
      [ask(2, 4), say(2, 3, [own]), 'negotiatingType'],
      [success(2), 'discard'],
      [ask(3, own), 'discard', 'inProgress'],
      [success(2), 'discard'],
      [ask(3, own), say(3, own)],
      [success(3), accepted()],
    ],
  },
  {
    name: 'Success is not enough where the method disagrees',
    method: { results: [{ isSuccess: false, failureReasonCode: 4712, attributes: [emsk] }] },
    events: [...authenticate, [success(2), refused(4712)]],
  },
  {
    name: 'the text of the method goes with its reason',
    method: { results: [{ isSuccess: false, failureReasonCode: 0x80420112, rootCause: 'a cause\0' }] },
    events: [
      ...authenticate,
      [success(2), refused(0x80420112, { error: told('GetResult', 0x80420112, 'a cause ') })],
    ],
  },
  {
    name: 'Success ends the conversation',
    events: [
      ...authenticate,
      [success(2), accepted()],
      [success(2), 'discard'],
      [failure(2), 'discard'],
      [ask(3, own), 'discard'],
      [ask(1, 1), 'discard'],
      [{ conclude: 'fromMethod' }, accepted()],
      [{ conclude: 'timeout' }, accepted()],
    ],
    log: [...authenticated, 'result success', 'end'],
  },
  {
    name: 'Failure counts only with the id of the last response',
    events: [
      [failure(0), 'discard', 'notStarted'],
      [failure(1), 'discard'],
      identify,
      [failure(2), 'discard'],
      [failure(1), refused(EAP_I_USER_ACCOUNT_OTHER_ERROR)],
    ],
    log: ['identity u'],
  },
  {
    name: 'Failure after a Nak',
    events: [
      identify,
      [ask(2, 4), say(2, 3, [own]), 'negotiatingType'],
      [failure(2), refused(EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED)],
    ],
    log: ['identity u'],
  },
  {
    name: 'Failure after a notification alone',
    events: [
      [ask(2, 2), say(2, 2), 'notStarted'],
      [failure(2), refused(EAP_E_AUTHENTICATION_FAILED)],
    ],
    log: [],
  },
  {
    name: 'Failure after the method has answered, whatever it says',
    method: { results: [{ isSuccess: true, attributes: [emsk], rootCause: 'none' }] },
    events: [...authenticate, [failure(2), refused(EAP_E_AUTHENTICATION_FAILED)]],
    log: [...authenticated, 'result failure', 'end'],
  },
  {
    name: 'Failure with the reason of the method',
    method: { results: [{ isSuccess: false, failureReasonCode: -2143158270 }] },
    events: [...authenticate, [failure(2), refused(-2143158270 >>> 0)]],
  },
  ...(
    [
      ['is saved where the method is accepted', true, success, accepted],
      ['is saved where the method claims success alone', true, failure, undefined],
      ['is not saved where the method fails', false, failure, undefined],
    ] as const
  ).map(([what, isSuccess, final, verdict]): PeerCase => {
    const blobs = { saveConfig: 'c', saveCredentials: '' };
    return {
      name: `data ${what}`,
      method: {
        results: [
          { isSuccess, attributes: [emsk], saveConfig: Buffer.from('c'), saveCredentials: Buffer.alloc(0) },
        ],
      },
      events: [
        ...authenticate,
        [
          final(2),
          verdict?.({ ...blobs, attributes: [emsk] }) ??
            refused(EAP_E_AUTHENTICATION_FAILED, isSuccess ? blobs : {}),
        ],
      ],
    };
  }),
  ...(
    [
      ['short packets', 0, 1500, undefined, 50],
      ['long packets', 30, 1500, undefined, 100],
      ['a small link', 30, 300, undefined, 334],
      ['a limit', 30, 1500, 7, 7],
      ['half a limit', 0, 1500, 7, 4],
      ['a high limit', 0, 1500, 1_000_000, undefined],
    ] as const
  ).map(([what, length, maxSendPacketSize, maxRounds, most = 120]): PeerCase => {
    const requests = Array.from({ length: most }, (_, index) => ask(index & 0xff, own, Buffer.alloc(length)));
    const rootCause = 'The authenticator sent more requests than a conversation may take.';
    const error = told('GetResult', EAP_E_EAPHOST_REMOTE_INVALID_PACKET, rootCause);
    const isOver = maxRounds !== 1_000_000;
    return {
      name: `an authenticator that comes to no end is left: ${what}`,
      maxSendPacketSize,
      ...(maxRounds !== undefined && { maxRounds }),
      events: [
        ...requests.map((request): Event => [
          request,
          say(request[1] ?? 0, own, Buffer.alloc(length)),
          'inProgress',
        ]),
        // The same request again is no round.
        [requests.at(-1)!, say((most - 1) & 0xff, own, Buffer.alloc(length))],
        ...(isOver
          ? ([
              [ask(255, own), refused(EAP_E_EAPHOST_REMOTE_INVALID_PACKET, { error })],
              [ask(254, own), 'discard'],
            ] satisfies Event[])
          : []),
      ],
      log: ['begin u', ...processed(...requests), ...(isOver ? ['result unknown'] : []), 'end'],
    };
  }),
  {
    name: 'an authenticator that comes to no end before the method began: notifications',
    maxRounds: 3,
    events: [
      [ask(1, 2, 'x'.repeat(30)), say(1, 2), 'notStarted'],
      [ask(2, 2, 'x'.repeat(30)), say(2, 2)],
      [ask(3, 2, 'x'.repeat(30)), say(3, 2)],
      [
        ask(4, 2),
        refused(EAP_E_EAPHOST_REMOTE_INVALID_PACKET, {
          error: told(
            'GetResult',
            EAP_E_EAPHOST_REMOTE_INVALID_PACKET,
            'The authenticator sent more requests than a conversation may take.',
          ),
        }),
      ],
    ],
    log: [],
  },
];

const steps: readonly PeerCase[] = [
  {
    name: 'the user interface of the method, while which everything waits, and whose answer leads to a response',
    method: { steps: [{ action: 'invokeUi', context: Buffer.from('ui') }] },
    events: [
      [ask(5, own, [9]), { ui: 'method', data: 'ui' }, 'inProgress'],
      [ask(5, own, [9]), 'discard'],
      [failure(5), 'discard'],
      [{ attributes: [] }, fails('SetResponseAttributes', ERROR_INVALID_STATE)],
      [{ ui: 'y' }, say(5, own, [9])],
      [ask(5, own, [9]), say(5, own, [9])],
      [{ ui: 'y' }, fails('SetUIContext', ERROR_INVALID_STATE)],
    ],
    log: ['begin u', ...processed(ask(5, own, [9])), 'ui y', 'end'],
  },
  {
    name: 'the user interface of the method once more, then attributes, then the end',
    method: {
      steps: [
        { action: 'invokeUi', context: Buffer.from('ui') },
        { action: 'invokeUi', context: Buffer.alloc(0) },
        { action: 'respond', attributes: [tlv] },
        { action: 'result' },
      ],
    },
    events: [
      [ask(5, own), { ui: 'method', data: 'ui' }, 'inProgress'],
      [{ ui: 'y' }, { ui: 'method', data: '' }],
      [{ ui: '' }, { attributes: [tlv] }],
      [{ attributes: [tlv, emsk] }, accepted()],
      [{ attributes: [] }, fails('SetResponseAttributes', ERROR_INVALID_STATE)],
    ],
    log: [
      'begin u',
      ...processed(ask(5, own)),
      'ui y',
      'ui ',
      'attributes 8102=03,9010=01',
      'result unknown',
      'end',
    ],
  },
  {
    name: 'an answer of the user that the method fails over, and one that it drops',
    method: {
      steps: [
        { action: 'invokeUi', context: Buffer.from('ui') },
        new Throw({ winError: ERROR_CANCELLED }),
        { action: 'invokeUi', context: Buffer.from('ui') },
        { action: 'discard' },
      ],
    },
    events: [
      [ask(5, own), { ui: 'method', data: 'ui' }, 'inProgress'],
      [{ ui: 'y' }, fails('SetUIContext', ERROR_CANCELLED)],
      [{ ui: 'y' }, fails('SetUIContext', ERROR_INVALID_STATE)],
      [ask(5, own), { ui: 'method', data: 'ui' }],
      [{ ui: 'y' }, 'discard'],
      [ask(5, own), say(5, own)],
    ],
  },
  {
    name: 'attributes, while which everything waits, and whose answer leads to a response',
    method: { steps: [{ action: 'respond', attributes: [] }] },
    events: [
      [ask(5, own), { attributes: [] }, 'inProgress'],
      [ask(5, own), 'discard'],
      [{ ui: 'y' }, fails('SetUIContext', ERROR_INVALID_STATE)],
      [{ attributes: [tlv] }, say(5, own)],
      [ask(5, own), say(5, own)],
    ],
    log: ['begin u', ...processed(ask(5, own)), 'attributes 8102=03', 'end'],
  },
  {
    name: 'attributes that the method fails over',
    method: { steps: [{ action: 'respond', attributes: [tlv] }, new Throw(winError(4711))] },
    events: [
      [ask(5, own), { attributes: [tlv] }, 'inProgress'],
      [{ attributes: [] }, tells('SetResponseAttributes', 4711, 'a text')],
      [{ attributes: [] }, fails('SetResponseAttributes', ERROR_INVALID_STATE)],
      [ask(5, own), say(5, own)],
    ],
  },
  {
    name: 'answers to what was not asked',
    events: [
      [{ ui: '' }, fails('SetUIContext', ERROR_INVALID_STATE), 'notStarted'],
      [{ attributes: [] }, fails('SetResponseAttributes', ERROR_INVALID_STATE)],
      [{ conclude: 'fromMethod' }, fails('GetResult', ERROR_INVALID_STATE)],
      ...authenticate,
      [{ ui: '' }, fails('SetUIContext', ERROR_INVALID_STATE)],
      [{ attributes: [] }, fails('SetResponseAttributes', ERROR_INVALID_STATE)],
      [{ conclude: 'fromMethod' }, fails('GetResult', ERROR_INVALID_STATE)],
      [success(2), accepted()],
    ],
  },
  {
    name: 'a method that lacks what its own steps lead to',
    method: {
      lacks: ['setUiContext', 'setResponseAttributes'],
      steps: [
        { action: 'invokeUi', context: Buffer.from('ui') },
        { action: 'respond', attributes: [] },
      ],
    },
    events: [
      [ask(5, own), { ui: 'method', data: 'ui' }, 'inProgress'],
      [
        { ui: 'y' },
        tells(
          'SetUIContext',
          EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED,
          'The EAP method has no setUiContext',
        ),
      ],
      [ask(5, own), { attributes: [] }],
      [
        { attributes: [] },
        tells(
          'SetResponseAttributes',
          EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED,
          'The EAP method has no setResponseAttributes',
        ),
      ],
    ],
  },
  ...(
    [
      ['with all that an error has', detailed, { failure: ofDetailed('ProcessReceivedPacket') }],
      ['with a code alone', { winError: 4711 }, fails('ProcessReceivedPacket', 4711)],
      [
        'with a code that EAPHost knows',
        { winError: ERROR_TIMEOUT },
        fails('ProcessReceivedPacket', ERROR_TIMEOUT),
      ],
      [
        'with a code as HRESULT',
        winError(EAP_E_AUTHENTICATION_FAILED | 0, 'no'),
        tells('ProcessReceivedPacket', EAP_E_AUTHENTICATION_FAILED, 'no'),
      ],
      [
        'with an error of its own',
        new Error('a secret'),
        tells('ProcessReceivedPacket', EAP_E_AUTHENTICATION_FAILED, itsOwn),
      ],
      [
        'with a code that is none',
        winError(0),
        tells('ProcessReceivedPacket', EAP_E_AUTHENTICATION_FAILED, itsOwn),
      ],
      ['with nothing', undefined, tells('ProcessReceivedPacket', EAP_E_AUTHENTICATION_FAILED, itsOwn)],
    ] satisfies (readonly [string, unknown, Outcome])[]
  ).flatMap(([what, error, outcome]): PeerCase[] => [
    {
      name: `the method fails ${what}, and the next try is a new one`,
      method: { steps: [new Throw(error)] },
      events: [
        [ask(5, own), outcome, 'inProgress'],
        [ask(5, own), say(5, own)],
        [success(5), accepted()],
      ],
    },
    {
      name: `the method fails to begin ${what}, and the next try is a new one`,
      method: { begins: [new Throw(error)] },
      events: [
        [ask(5, own), outcome, 'notStarted'],
        [ask(5, own), say(5, own), 'inProgress'],
      ],
      log: ['begin u', 'begin u', ...processed(ask(5, own)), 'end'],
    },
  ]),
  ...(
    [
      ['to another request', { action: 'send', packet: say(6, own) }],
      ['that is a request', { action: 'send', packet: ask(5, own) }],
      ['that is Success', { action: 'send', packet: success(5) }],
      ['without a type', { action: 'send', packet: Buffer.of(2, 5, 0, 4) }],
    ] as const
  ).map(([what, step]): PeerCase => ({
    name: `a response ${what} is not sent`,
    method: { steps: [step] },
    events: [
      [ask(5, own), fails('ProcessReceivedPacket', EAP_E_EAPHOST_METHOD_INVALID_PACKET), 'inProgress'],
      [ask(5, own), say(5, own)],
    ],
  })),
  ...(
    [
      ['a length that is not its own', Buffer.of(2, 5, 0, 6, own)],
      ['no whole header', Buffer.of(2, 5)],
      ['nothing in it', Buffer.alloc(0)],
    ] as const
  ).map(([what, response]): PeerCase => ({
    name: `a response with ${what} is not sent`,
    method: { steps: [{ action: 'send', packet: response }] },
    events: [
      [
        ask(5, own),
        tells(
          'ProcessReceivedPacket',
          EAP_E_EAPHOST_METHOD_INVALID_PACKET,
          'The EAP method gave a packet whose length field is not its length',
        ),
        'inProgress',
      ],
      [ask(5, own), say(5, own)],
    ],
  })),
  {
    name: 'a response that is too large is not sent; one that just fits is',
    maxSendPacketSize: 300,
    method: { steps: [send(Buffer.alloc(296), 5), send(Buffer.alloc(295), 5)] },
    events: [
      [ask(5, own), fails('ProcessReceivedPacket', ERROR_INSUFFICIENT_BUFFER), 'inProgress'],
      [ask(5, own), say(5, own, Buffer.alloc(295))],
    ],
  },
  {
    name: 'a failed step leaves whether the method has answered',
    method: { steps: [send([], 6)] },
    events: [
      [ask(5, own), fails('ProcessReceivedPacket', EAP_E_EAPHOST_METHOD_INVALID_PACKET), 'inProgress'],
      [ask(6, 4), say(6, 3, [own])],
      [success(6), 'discard'],
    ],
  },
  ...(
    [
      ['no step', undefined],
      ['no step', null],
      ['an action that does not exist', { action: 'leave' }],
      ['an action that does not exist', { action: 6 }],
      ['a packet that is no Uint8Array', { action: 'send', packet: 'x' }],
      ['a packet that is no Uint8Array', { action: 'send' }],
      ['a context that is no Uint8Array', { action: 'invokeUi' }],
      ['wrong attributes', { action: 'respond' }],
      ['wrong attributes', { action: 'respond', attributes: [7] }],
      ['an attribute that is no Uint8Array', { action: 'respond', attributes: [{ type: 1, value: 'x' }] }],
    ] as const
  ).map(([what, step]): PeerCase => ({
    name: `the method gives ${what}: ${JSON.stringify(step)}`,
    method: { steps: [step] },
    events: [
      [ask(5, own), wrong('ProcessReceivedPacket', what), 'inProgress'],
      [ask(5, own), say(5, own)],
    ],
  })),
  ...[undefined, 7].map((session): PeerCase => ({
    name: `the method begins no session: ${session}`,
    method: { begins: [session] },
    events: [
      [ask(5, own), wrong('ProcessReceivedPacket', 'no session'), 'notStarted'],
      [ask(5, own), say(5, own), 'inProgress'],
    ],
    log: ['begin u', 'begin u', ...processed(ask(5, own)), 'end'],
  })),
  // The codes that EAPHost describes, each as the method's whole failure.
  ...[...said].map(([code]): PeerCase => ({
    name: `the method fails with the code 0x${code.toString(16)} alone`,
    method: { steps: [new Throw({ winError: code })] },
    events: [[ask(5, own), fails('ProcessReceivedPacket', code), 'inProgress']],
  })),
  {
    name: 'the method fails at its end',
    method: { ends: [new Throw(winError(4711))] },
    events: authenticate,
    log: [...authenticated, 'end'],
    end: told('EndSession', 4711, 'a text'),
  },
];

const ends: readonly PeerCase[] = [
  ...(
    [
      ['with a code', winError(4711), told('GetResult', 4711, 'a text')],
      ['of its own', new Error('a secret'), told('GetResult', EAP_E_AUTHENTICATION_FAILED, itsOwn)],
    ] as const
  ).map(([what, thrown, error]): PeerCase => ({
    name: `a method that cannot give its result for an error ${what}`,
    method: { results: [new Throw(thrown)] },
    events: [
      ...authenticate,
      [success(2), { failure: error }, ['failed', error.winError, EAP_E_AUTHENTICATION_FAILED]],
      [{ conclude: 'fromMethod' }, { failure: error }],
      [{ conclude: 'timeout' }, { failure: error }],
      [success(2), 'discard'],
    ],
    log: [...authenticated, 'result success', 'end'],
  })),
  {
    name: 'a method that cannot give its result at a time-out',
    method: { results: [new Throw(winError(4711))] },
    events: [
      ...authenticate,
      [{ conclude: 'timeout' }, tells('GetResult', 4711, 'a text'), ['failed', 4711, ERROR_TIMEOUT]],
    ],
    log: [...authenticated, 'result unknown', 'end'],
  },
  {
    name: 'a method that cannot give its result when there are too many rounds',
    maxRounds: 1,
    method: { results: [new Throw(winError(4711))] },
    events: [
      answered,
      [
        ask(3, own),
        tells('GetResult', 4711, 'a text'),
        ['failed', 4711, EAP_E_EAPHOST_REMOTE_INVALID_PACKET],
      ],
    ],
  },
  ...(
    [
      ['no result', undefined],
      ['no result', null],
      ['an isSuccess that is neither true nor false', {}],
      ['an isSuccess that is neither true nor false', { isSuccess: 1 }],
      ['a blob that is no Uint8Array', { isSuccess: true, saveConfig: 'c' }],
      ['a blob that is no Uint8Array', { isSuccess: false, saveCredentials: 'c' }],
      ['wrong attributes', { isSuccess: true, attributes: 7 }],
      ['an attribute that is no Uint8Array', { isSuccess: true, attributes: [{ type: 1 }] }],
      ['a rootCause that is no text', { isSuccess: false, rootCause: 7 }],
    ] as const
  ).map(([what, result]): PeerCase => ({
    name: `the method gives ${what}: ${JSON.stringify(result)}`,
    method: { results: [result] },
    events: [
      ...authenticate,
      [
        success(2),
        wrong('GetResult', what),
        ['failed', EAP_E_AUTHENTICATION_FAILED, EAP_E_AUTHENTICATION_FAILED],
      ],
    ],
  })),
  ...(
    [
      ['success', { isSuccess: true, failureReasonCode: 4712 }, accepted()],
      ['failure, with a reason', { isSuccess: false, failureReasonCode: 0x80420112 }, refused(0x80420112)],
      ['failure, without one', { isSuccess: false }, refused(EAP_E_AUTHENTICATION_FAILED)],
    ] as const
  ).map(([what, result, verdict]): PeerCase => ({
    name: `a method that ends the conversation itself is asked what it thinks: ${what}`,
    method: { steps: [{ action: 'result' }], results: [result] },
    events: [
      [ask(5, own), verdict],
      [{ conclude: 'fromMethod' }, verdict],
    ],
    log: ['begin u', ...processed(ask(5, own)), 'result unknown', 'end'],
  })),
  {
    name: 'success that the link reports is the method’s to confirm',
    events: [...authenticate, [{ conclude: 'altSuccess' }, accepted()], [success(2), 'discard']],
    log: [...authenticated, 'result success', 'end'],
  },
  {
    name: 'success that the link reports is the method’s to deny',
    method: { results: [{ isSuccess: false }] },
    events: [...authenticate, [{ conclude: 'altSuccess' }, refused(EAP_E_AUTHENTICATION_FAILED)]],
  },
  {
    name: 'success that the link reports is none where no method has answered',
    method: { steps: [{ action: 'discard' }] },
    events: [
      [ask(5, own), 'discard', 'inProgress'],
      [{ conclude: 'altSuccess' }, refused(EAP_E_AUTHENTICATION_FAILED)],
    ],
    log: ['begin u', ...processed(ask(5, own)), 'end'],
  },
  {
    name: 'a time-out before anything came',
    events: [[{ conclude: 'timeout' }, refused(ERROR_TIMEOUT)]],
    log: [],
  },
  {
    name: 'a time-out in the middle: what the method claims to be worth keeping is kept',
    method: {
      results: [{ isSuccess: true, saveConfig: Buffer.from('c'), attributes: [emsk], rootCause: 'none' }],
    },
    events: [
      ...authenticate,
      [{ conclude: 'timeout' }, refused(ERROR_TIMEOUT, { saveConfig: 'c' })],
      [success(2), 'discard'],
    ],
    log: [...authenticated, 'result unknown', 'end'],
  },
  {
    name: 'a time-out of which the method has reasons of its own',
    method: { results: [{ isSuccess: false, failureReasonCode: 4712, rootCause: 'a cause' }] },
    events: [...authenticate, [{ conclude: 'timeout' }, refused(ERROR_TIMEOUT)]],
  },
  {
    name: 'a time-out while attributes are awaited',
    method: { steps: [{ action: 'respond', attributes: [tlv] }] },
    events: [
      [ask(5, own), { attributes: [tlv] }, 'inProgress'],
      [{ conclude: 'timeout' }, refused(ERROR_TIMEOUT)],
      [{ attributes: [] }, fails('SetResponseAttributes', ERROR_INVALID_STATE)],
    ],
  },
];

/** All of them. */
export const peerCases: readonly PeerCase[] = [
  ...general,
  ...identities,
  ...negotiations,
  ...finals,
  ...steps,
  ...ends,
];
