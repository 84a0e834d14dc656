// A method in TypeScript as a subject. The package's own method DLL forwards Windows' functions to it, in this process,
// so that the same cases drive it through the same functions. JavaScript thread.

import { EapError, toEapError } from '../base/errors.js';
import { toMethodType } from '../eap/names.js';
import { sameType } from '../eap/packet-type.js';
import { AuthenticatorMethod } from '../method-dlls/authenticator-method.js';
import { PeerMethod } from '../method-dlls/peer-method.js';
import { toDefinitions } from '../methods/define.js';
import type { ConfigurationSide, MethodDefinition } from '../hosts/method.js';
import { ownLibrary } from '../native/binary.js';
import { toMethodFailure } from '../hosts/failure.js';
import { type MethodServer, serveInProcess } from '../shim-server/serve.js';
import type { LoadedTarget, MethodXml } from './method-probe.js';

/** Milliseconds that a call may take: less than a case. */
const callLimit = 10_000;

type Side = 'loadPeer' | 'loadAuthenticator' | 'xml';

/** A method that is served until this is disposed of. */
export interface OpenedModule extends AsyncDisposable {
  readonly loaders: Pick<LoadedTarget, Side>;
}

/**
 * Serves a method: a definition with both sides, or some of one type, of which the first that has a side counts. Throws
 * TypeError or RangeError where they are not one method.
 */
export async function openModule(methods: readonly MethodDefinition[]): Promise<OpenedModule> {
  const checked = toDefinitions(methods);
  const [first] = checked;
  if (!first || checked.some(({ type }) => !sameType(type, first.type))) {
    throw new TypeError('methods must be the sides of one method, of one type');
  }
  const peer = checked.find((method) => method.peer);
  const authenticator = checked.find((method) => method.authenticator);
  const servers: MethodServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  };
  const serve = async (method: MethodDefinition) => {
    const server = await serveInProcess({ methods: [method] }, ownLibrary('eapshim'));
    servers.push(server);
    const type = toMethodType(method.type, 'methods');
    return { type, endpoint: server.endpoint, timeout: callLimit };
  };
  try {
    const peerAt = peer && (await serve(peer));
    const authenticatorAt = authenticator && (await serve(authenticator));
    const loaders: Pick<LoadedTarget, Side> = {
      ...(peerAt && { loadPeer: () => PeerMethod.load(peerAt) }),
      ...(authenticatorAt && { loadAuthenticator: () => AuthenticatorMethod.load(authenticatorAt) }),
      xml: peer ? xmlOf(peer) : {},
    };
    return { loaders, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The XML of a method, without the documents of Windows. What fails is an EapError, as through the DLL. */
function xmlOf(definition: MethodDefinition): MethodXml {
  const { configuration: own = {} } = definition;
  async function made<T>(call: string, work: (common: Common) => T | Promise<T>): Promise<NonNullable<T>> {
    try {
      const given = await work({ flags: new Set(), signal: new AbortController().signal });
      return given ?? fail(`${call} gave nothing`);
    } catch (error) {
      if (error instanceof EapError) throw error;
      throw toEapError({ call, winError: toMethodFailure(error, definition).winError });
    }
  }
  return {
    ...(own.configXmlToBlob && {
      configFromXml: (xml) =>
        made('EapPeerConfigXml2Blob', (common) => own.configXmlToBlob?.({ ...common, xml })),
    }),
    ...(own.configBlobToXml && {
      configToXml: (config) =>
        made('EapPeerConfigBlob2Xml', (common) => own.configBlobToXml?.({ ...common, config })),
    }),
    ...(own.credentialsXmlToBlob && {
      credentialsFromXml: (xml, config) =>
        made('EapPeerCredentialsXml2Blob', (common) =>
          own.credentialsXmlToBlob?.({ ...common, xml, config }),
        ),
    }),
  };
}

function fail(why: string): never {
  throw new Error(why);
}

type Common = Pick<Parameters<NonNullable<ConfigurationSide['configBlobToXml']>>[0], 'flags' | 'signal'>;
