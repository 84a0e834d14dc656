// The calls of configuration and user interface, which need no session: a request's body in, the method called, a
// reply's body out. JavaScript thread.

import {
  checkInputFields,
  checkInteractiveUi,
  toInputFields,
  toInteractiveUi,
  type NativeInputField,
  type NativeInteractiveUi,
} from '../eap/input-fields.js';
import { bitsToFlags, bitsToProperties, propertyBits } from '../eap/names.js';
import { isNameOf } from '../base/guards.js';
import { Call, FrameReader, FrameWriter, ProtocolError } from './frames.js';
import type {
  ConfigurationRequest,
  ConfigurationSide,
  GenericCredential,
  MethodDefinition,
  PropertiesReply,
} from '../hosts/method.js';
import { lacking, octets, plainString, wrong } from './checks.js';

const largestUiType = 5;
const certificateHash = 20;

function readFields(request: FrameReader): NativeInputField[] {
  return Array.from({ length: request.count(24) }, () => ({
    type: request.u32(),
    flags: request.u32(),
    label: request.text(),
    data: request.text(),
    minLength: request.u32(),
    maxLength: request.u32(),
  }));
}

function writeFields(reply: FrameWriter, fields: readonly NativeInputField[]): void {
  reply.u32(fields.length);
  for (const { type, flags, label, data, minLength, maxLength } of fields) {
    reply.u32(type).u32(flags).text(label).text(data).u32(minLength).u32(maxLength);
  }
}

function readUi(request: FrameReader): NativeInteractiveUi {
  const type = request.u32();
  if (type > largestUiType) throw new ProtocolError('no such kind of data');
  return { type, fields: readFields(request), newFields: readFields(request) };
}

/** Checks of what a caller passes, of what a method gave. */
function given<Value>(check: () => Value): Value {
  try {
    return check();
  } catch (error) {
    const message = error instanceof Error ? error.message : 'something else';
    throw wrong(`wrong fields: ${message}`);
  }
}

function readCredential(request: FrameReader): GenericCredential {
  switch (request.u8()) {
    case 0:
      return { kind: 'empty' };
    case 1:
      return { kind: 'password', username: request.text(), password: request.text() };
    case 2:
      return { kind: 'winlogon' };
    case 3:
      return { kind: 'certificate', hash: request.raw(certificateHash), password: request.text() };
    case 4:
      return { kind: 'sim', iccId: request.text() };
    default:
      throw new ProtocolError('no such credential');
  }
}

function writeProperties(reply: FrameWriter, { properties, others }: PropertiesReply): void {
  const set = new Set<string>(properties);
  for (const name of set) {
    if (!isNameOf(propertyBits, name)) throw wrong('a property that does not exist');
  }
  const named = Object.entries(propertyBits);
  reply.u32(named.length + (others?.size ?? 0));
  for (const [name, bit] of named) {
    reply.u32(Math.log2(bit)).u8(0).bool(set.has(name));
  }
  for (const [type, value] of others ?? []) {
    reply.u32(type);
    if (typeof value === 'boolean') reply.u8(0).bool(value);
    else if (typeof value === 'number') reply.u8(1).u32(value >>> 0);
    else reply.u8(2).bytes(octets(value, 'a property'));
  }
}

/** One call: reads its request, and gives what is left to do. */
type Handler = (
  side: ConfigurationSide,
  request: FrameReader,
  reply: FrameWriter,
  common: ConfigurationRequest,
  definition: MethodDefinition,
) => () => Promise<unknown>;

type Method<Name extends keyof ConfigurationSide> = NonNullable<ConfigurationSide[Name]>;
type Asked<Name extends keyof ConfigurationSide> = Parameters<Method<Name>>[0];
type Given<Name extends keyof ConfigurationSide> = Awaited<ReturnType<Method<Name>>>;

const writeBlob = (reply: FrameWriter, value: unknown): unknown => reply.bytes(octets(value, 'a blob'));

/** A call of the function of this name: with what `read` finds in the request; `write` replies what it gave. */
function handler<Name extends keyof ConfigurationSide>(
  name: Name,
  read: (request: FrameReader) => Omit<Asked<Name>, keyof ConfigurationRequest>,
  write: (reply: FrameWriter, given: Given<Name>) => unknown = writeBlob,
): Handler {
  return (side, request, reply, common) => {
    const asked = { ...common, ...read(request) };
    return async () => {
      const method = side[name];
      if (method === undefined) throw lacking(name);
      // oxlint-disable-next-line typescript/no-unsafe-assignment -- TypeScript forgets that name and function go together
      const given: Given<Name> = await Reflect.apply(method, side, [asked]);
      write(reply, given);
    };
  };
}

const handlers: Readonly<Record<number, Handler>> = {
  [Call.configXmlToBlob]: handler('configXmlToBlob', (request) => ({ xml: request.text() })),
  [Call.configBlobToXml]: handler(
    'configBlobToXml',
    (request) => ({ config: request.bytes() }),
    (reply, xml) => reply.text(plainString(xml, 'XML')),
  ),
  [Call.credentialsXmlToBlob]: handler('credentialsXmlToBlob', (request) => ({
    xml: request.text(),
    config: request.bytes(),
  })),
  [Call.queryCredentialInputFields]: handler(
    'credentialInputFields',
    (request) => {
      request.bool();
      return { config: request.bytes() };
    },
    (reply, fields) => {
      writeFields(
        reply,
        given(() => checkInputFields(fields, 'fields')),
      );
    },
  ),
  [Call.queryUserBlobFromCredentialInputFields]: handler('credentialsFromInputFields', (request) => {
    request.bool();
    return {
      config: request.bytes(),
      fields: toInputFields(readFields(request)),
      credentials: request.bytes(),
    };
  }),
  [Call.queryInteractiveUIInputFields]: handler(
    'interactiveUiFields',
    (request) => ({ context: request.bytes() }),
    (reply, asked) => {
      const ui = given(() => checkInteractiveUi(asked, 'ui'));
      reply.u32(ui.type);
      writeFields(reply, ui.fields);
      writeFields(reply, ui.newFields);
    },
  ),
  [Call.queryUIBlobFromInteractiveUIInputFields]: handler('interactiveUiAnswer', (request) => ({
    context: request.bytes(),
    answer: toInteractiveUi(readUi(request)),
  })),
  [Call.getMethodProperties]: (side, request, reply, common, definition) => {
    request.bool();
    const [config, credentials] = [request.bytes(), request.bytes()];
    return async () => {
      const properties = await side.properties?.({ ...common, config, credentials });
      writeProperties(reply, properties ?? { properties: bitsToProperties(definition.properties) });
    };
  },
  [Call.invokeConfigUI]: handler('showConfigUi', (request) => ({
    parentWindow: request.u32(),
    config: request.bytes(),
  })),
  [Call.invokeIdentityUI]: handler(
    'showIdentityUi',
    (request) => ({
      parentWindow: request.u32(),
      config: request.bytes(),
      credentials: request.bytes(),
    }),
    (reply, shown) => {
      const identity = plainString(shown.identity, 'an identity');
      reply.bool(false).bytes(octets(shown.credentials, 'credentials')).text(identity);
    },
  ),
  [Call.invokeInteractiveUI]: handler('showInteractiveUi', (request) => ({
    parentWindow: request.u32(),
    context: request.bytes(),
  })),
  [Call.getConfigBlobAndUserBlob]: handler(
    'blobsFromCredential',
    (request) => ({ credential: readCredential(request) }),
    (reply, blobs) => {
      writeBlob(reply, blobs.config);
      writeBlob(reply, blobs.credentials);
    },
  ),
  [Call.authenticatorInvokeConfigUI]: handler('showServerConfigUi', (request) => ({
    parentWindow: request.u32(),
    machineName: request.text(),
    config: request.bytes(),
  })),
};

/** Whether a call is one of these. */
export function isConfigurationCall(call: number): boolean {
  return Object.hasOwn(handlers, call);
}

/**
 * A call behind its type.
 * @throws ProtocolError when the request is malformed; anything else is the call's failure
 */
export async function callConfiguration(
  definition: MethodDefinition,
  call: number,
  request: FrameReader,
  reply: FrameWriter,
  signal: AbortSignal,
): Promise<void> {
  const common = { flags: bitsToFlags(request.u32()), signal };
  const run = handlers[call]?.(definition.configuration ?? {}, request, reply, common, definition);
  request.end();
  await run?.();
}
