// The packets of EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2-02, 2) and the messages in them (RFC 2759, 4 to 7).

import { eapCodes, readPacket, writePacket } from '../eap/packet.js';
import { encryptedPasswordLength } from './mschapv2-crypto.js';

/** The EAP type. */
export const mschapv2Type = 26;

export const opCodes = { challenge: 1, response: 2, success: 3, failure: 4, changePassword: 7 } as const;

/** The version of the password-changing protocol that a Failure packet of MS-CHAPv2 names. */
export const changePasswordVersion = 3;

/** One packet. `body` is what follows the MS-Length; a view. */
export interface Message {
  readonly id: number;
  readonly opCode: number;
  /** MS-CHAPv2-ID; 0 for an acknowledgement, which has none. */
  readonly msId: number;
  readonly body: Buffer;
}

export interface Challenge {
  readonly challenge: Buffer;
  readonly serverName: string;
}

export interface Response {
  readonly peerChallenge: Buffer;
  readonly ntResponse: Buffer;
  readonly name: string;
}

export interface FailureMessage {
  /** One of `rasErrors`, or another number of the server's. */
  readonly error: number;
  readonly retry: boolean;
  /** 16 octets to answer; undefined if the server gave none. */
  readonly challenge: Buffer | undefined;
  readonly version: number;
  /** The server's words, without control characters; may be empty. */
  readonly message: string;
}

export interface ChangePassword {
  readonly encryptedPassword: Buffer;
  readonly encryptedHash: Buffer;
  readonly peerChallenge: Buffer;
  readonly ntResponse: Buffer;
}

const challengeLength = 16;
const responseLength = 49;
const changePasswordLength = encryptedPasswordLength + 16 + 16 + 8 + 24 + 2;
const maxNameLength = 256;

/**
 * Reads a packet. Undefined: not EAP-MSCHAPv2 of that code, or an MS-Length that is not the length. An acknowledgement
 * is its operation code alone.
 */
export function readMessage(packet: Uint8Array, code: number): Message | undefined {
  const method = readPacket(packet, code, mschapv2Type);
  if (method === undefined || method.data.length < 1) return undefined;
  const { id, data } = method;
  const opCode = data.readUInt8(0);
  if (data.length === 1) return { id, opCode, msId: 0, body: data.subarray(1) };
  if (data.length < 4 || data.readUInt16BE(2) !== data.length) return undefined;
  return { id, opCode, msId: data.readUInt8(1), body: data.subarray(4) };
}

function writeMessage(
  code: number,
  id: number,
  opCode: number,
  msId: number,
  body: readonly Uint8Array[],
): Buffer {
  const length = 4 + body.reduce((sum, part) => sum + part.length, 0);
  return writePacket(code, id, mschapv2Type, [
    Buffer.of(opCode, msId & 0xff, length >>> 8, length & 0xff),
    ...body,
  ]);
}

/** A Success or Failure Response: that opcode and nothing more. */
export function writeAcknowledgement(id: number, opCode: number): Buffer {
  return writePacket(eapCodes.response, id, mschapv2Type, [Buffer.of(opCode)]);
}

export function readChallenge(body: Buffer): Challenge | undefined {
  const nameAt = 1 + challengeLength;
  if (body.length < nameAt || body.length > nameAt + maxNameLength || body[0] !== challengeLength)
    return undefined;
  return { challenge: body.subarray(1, nameAt), serverName: body.toString('utf8', nameAt) };
}

export function writeChallenge(id: number, challenge: Uint8Array, serverName: string): Buffer {
  return writeMessage(eapCodes.request, id, opCodes.challenge, id, [
    Buffer.of(challengeLength),
    challenge,
    Buffer.from(serverName),
  ]);
}

export function readResponse(body: Buffer): Response | undefined {
  const nameAt = 1 + responseLength;
  if (body.length < nameAt || body.length > nameAt + maxNameLength || body[0] !== responseLength)
    return undefined;
  return {
    peerChallenge: body.subarray(1, 17),
    ntResponse: body.subarray(25, 49),
    name: body.toString('utf8', nameAt),
  };
}

export function writeResponse(id: number, msId: number, response: Response): Buffer {
  return writeMessage(eapCodes.response, id, opCodes.response, msId, [
    Buffer.of(responseLength),
    response.peerChallenge,
    Buffer.alloc(8),
    response.ntResponse,
    Buffer.of(0),
    Buffer.from(response.name),
  ]);
}

/** The authenticator response of a Success Request, 20 octets. */
export function readSuccess(body: Buffer): Buffer | undefined {
  const [, digits] = /^S=([0-9a-f]{40})(?: |$)/iu.exec(body.toString('latin1')) ?? [];
  return digits === undefined ? undefined : Buffer.from(digits, 'hex');
}

export function writeSuccess(id: number, msId: number, authenticatorResponse: Buffer): Buffer {
  const text = `S=${authenticatorResponse.toString('hex').toUpperCase()} M=OK`;
  return writeMessage(eapCodes.request, id, opCodes.success, msId, [Buffer.from(text)]);
}

const failureForm =
  /^E=(?<error>\d{1,10})(?: +R=(?<retry>[01]))?(?: +C=(?<challenge>[0-9a-f]{32}))?(?: +V=(?<version>\d{1,10}))?(?: +M=(?<message>.*))?[\s\0]*$/isu;

/** The content of a Failure Request. Undefined if it is in no known form. */
export function readFailure(body: Buffer): FailureMessage | undefined {
  const fields = failureForm.exec(body.toString('utf8'))?.groups;
  if (fields === undefined) return undefined;
  const { error, retry, challenge, version = '0', message = '' } = fields;
  return {
    error: Number(error),
    retry: retry === '1',
    challenge: challenge === undefined ? undefined : Buffer.from(challenge, 'hex'),
    version: Number(version),
    message: message.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 256),
  };
}

export function writeFailure(
  id: number,
  msId: number,
  failure: FailureMessage & { readonly challenge: Buffer },
): Buffer {
  const { error, retry, challenge, version, message } = failure;
  const digits = challenge.toString('hex').toUpperCase();
  const text = `E=${error} R=${retry ? 1 : 0} C=${digits} V=${version} M=${message}`;
  return writeMessage(eapCodes.request, id, opCodes.failure, msId, [Buffer.from(text)]);
}

export function readChangePassword(body: Buffer): ChangePassword | undefined {
  if (body.length !== changePasswordLength) return undefined;
  const hashAt = encryptedPasswordLength;
  return {
    encryptedPassword: body.subarray(0, hashAt),
    encryptedHash: body.subarray(hashAt, hashAt + 16),
    peerChallenge: body.subarray(hashAt + 16, hashAt + 32),
    ntResponse: body.subarray(hashAt + 40, hashAt + 64),
  };
}

export function writeChangePassword(id: number, msId: number, change: ChangePassword): Buffer {
  return writeMessage(eapCodes.response, id, opCodes.changePassword, msId, [
    change.encryptedPassword,
    change.encryptedHash,
    change.peerChallenge,
    Buffer.alloc(8),
    change.ntResponse,
    Buffer.alloc(2),
  ]);
}
