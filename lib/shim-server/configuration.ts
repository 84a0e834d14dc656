// The calls of configuration and user interface, which need no session: a request's body in, the method called, a
// reply's body out. JavaScript thread.

import {
  checkInputFields,
  checkInteractiveUi,
  toInputFields,
  toInteractiveUi,
  type InputField,
  type NativeInputField,
  type NativeInteractiveUi,
} from '../eap/input-fields.js';
import { bitsToFlags, bitsToProperties, propertyBits } from '../eap/names.js';
import { isNameOf } from '../base/guards.js';
import { Call, FrameReader, FrameWriter, ProtocolError } from './frames.js';
import type {
  ConfigurationRequest,
  ConfigurationSide,
  HostCredential,
  MethodDefinition,
  PropertiesReply,
} from '../methods/method.js';
import { CallFailure, authenticationFailed } from './failure.js';
import { octets, plainString, unsupported } from './checks.js';

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
    throw new CallFailure(authenticationFailed, `The EAP method gave wrong fields: ${message}`);
  }
}

function readCredential(request: FrameReader): HostCredential {
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
    if (!isNameOf(propertyBits, name))
      throw new CallFailure(authenticationFailed, 'The EAP method gave a property that does not exist');
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

/** The function of a side under the name that people know it by, with `this`. */
function need<Name extends keyof ConfigurationSide>(
  side: ConfigurationSide,
  name: Name,
): NonNullable<ConfigurationSide[Name]> {
  const method = side[name];
  if (method === undefined) throw unsupported(name);
  return method;
}

const blob = (reply: FrameWriter, value: unknown): unknown => reply.bytes(octets(value, 'a blob'));

const handlers: Readonly<Record<number, Handler>> = {
  [Call.configXmlToBlob]: (side, request, reply, common) => {
    const xml = request.text();
    return async () => blob(reply, await need(side, 'configXmlToBlob').call(side, { ...common, xml }));
  },
  [Call.configBlobToXml]: (side, request, reply, common) => {
    const config = request.bytes();
    return async () => {
      const xml = await need(side, 'configBlobToXml').call(side, { ...common, config });
      reply.text(plainString(xml, 'XML'));
    };
  },
  [Call.credentialsXmlToBlob]: (side, request, reply, common) => {
    const [xml, config] = [request.text(), request.bytes()];
    return async () =>
      blob(reply, await need(side, 'credentialsXmlToBlob').call(side, { ...common, xml, config }));
  },
  [Call.queryCredentialInputFields]: (side, request, reply, common) => {
    request.bool();
    const config = request.bytes();
    return async () => {
      const fields: readonly InputField[] = await need(side, 'credentialInputFields').call(side, {
        ...common,
        config,
      });
      writeFields(
        reply,
        given(() => checkInputFields(fields, 'fields')),
      );
    };
  },
  [Call.queryUserBlobFromCredentialInputFields]: (side, request, reply, common) => {
    request.bool();
    const config = request.bytes();
    const fields = toInputFields(readFields(request));
    const credentials = request.bytes();
    return async () =>
      blob(
        reply,
        await need(side, 'credentialsFromInputFields').call(side, { ...common, config, credentials, fields }),
      );
  },
  [Call.queryInteractiveUIInputFields]: (side, request, reply, common) => {
    const context = request.bytes();
    return async () => {
      const asked = await need(side, 'interactiveUiFields').call(side, { ...common, context });
      const ui = given(() => checkInteractiveUi(asked, 'ui'));
      reply.u32(ui.type);
      writeFields(reply, ui.fields);
      writeFields(reply, ui.newFields);
    };
  },
  [Call.queryUIBlobFromInteractiveUIInputFields]: (side, request, reply, common) => {
    const context = request.bytes();
    const answer = toInteractiveUi(readUi(request));
    return async () =>
      blob(reply, await need(side, 'interactiveUiAnswer').call(side, { ...common, context, answer }));
  },
  [Call.getMethodProperties]: (side, request, reply, common, definition) => {
    request.bool();
    const [config, credentials] = [request.bytes(), request.bytes()];
    return async () => {
      const properties = await side.properties?.({ ...common, config, credentials });
      writeProperties(reply, properties ?? { properties: bitsToProperties(definition.properties) });
    };
  },
  [Call.invokeConfigUI]: (side, request, reply, common) => {
    const [parentWindow, config] = [request.u32(), request.bytes()];
    return async () =>
      blob(reply, await need(side, 'showConfigUi').call(side, { ...common, parentWindow, config }));
  },
  [Call.invokeIdentityUI]: (side, request, reply, common) => {
    const [parentWindow, config, credentials] = [request.u32(), request.bytes(), request.bytes()];
    return async () => {
      const given = await need(side, 'showIdentityUi').call(side, {
        ...common,
        parentWindow,
        config,
        credentials,
      });
      const identity = plainString(given.identity, 'an identity');
      reply.bool(false).bytes(octets(given.credentials, 'credentials')).text(identity);
    };
  },
  [Call.invokeInteractiveUI]: (side, request, reply, common) => {
    const [parentWindow, context] = [request.u32(), request.bytes()];
    return async () =>
      blob(reply, await need(side, 'showInteractiveUi').call(side, { ...common, parentWindow, context }));
  },
  [Call.getConfigBlobAndUserBlob]: (side, request, reply, common) => {
    const credential = readCredential(request);
    return async () => {
      const blobs = await need(side, 'blobsFromCredential').call(side, { ...common, credential });
      blob(reply, blobs.config);
      blob(reply, blobs.credentials);
    };
  },
  [Call.authenticatorInvokeConfigUI]: (side, request, reply, common) => {
    const [parentWindow, machineName, config] = [request.u32(), request.text(), request.bytes()];
    return async () =>
      blob(
        reply,
        await need(side, 'showServerConfigUi').call(side, { ...common, parentWindow, machineName, config }),
      );
  },
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
