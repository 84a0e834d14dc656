// The ways from a host to a method in TypeScript: the tests of what both have in common run over each.

import { EapHost } from '../../lib/supplicant/eaphost.js';
import { openEapHost } from '../../lib/index.js';
import { loadNative } from '../../lib/native/binary.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import { serveMethods, type MethodServer } from '../../lib/shim-server/serve.js';
import { toMethodType } from '../../lib/eap/names.js';
import { libraryPath } from '../supplicant/support.js';

/** One of the ways. */
export interface Way {
  /** For the tests' names. */
  readonly name: string;
  /** A host of the embedded run-time with these methods. Closing it closes their servers, where there are any. */
  readonly open: (methods: readonly MethodDefinition[], maxLanes?: number) => Promise<EapHost>;
}

class PipeHost extends EapHost {
  servers: readonly MethodServer[] = [];

  override async close(): Promise<void> {
    await super.close();
    await Promise.all(this.servers.map((server) => server.close()));
  }
}

async function openWithPipes(methods: readonly MethodDefinition[], maxLanes = 64): Promise<EapHost> {
  const library = libraryPath('eapembedded');
  const native = await loadNative().openRuntime({
    runtimeLibrary: library,
    configurationLibrary: library,
    system: false,
    maxLanes,
  });
  const shim = libraryPath('eapshim');
  const host = new PipeHost('embedded', native);
  host.servers = await Promise.all(
    methods.map(async (definition) => {
      const server = await serveMethods({ methods: [definition] });
      await native.registerMethod({
        type: toMethodType(definition.type, 'type'),
        dllPath: shim,
        friendlyName: definition.name,
        endpoint: server.endpoint,
        properties: definition.properties,
      });
      return server;
    }),
  );
  return host;
}

/** The run-time loads the shim, as with a method that is registered. */
export const throughThePipe: Way = { name: 'through the pipe', open: openWithPipes };

export const ways: readonly Way[] = [
  throughThePipe,
  {
    name: 'without native code',
    open: (methods, maxLanes = 64) => openEapHost({ runtime: 'embedded', methods, maxLanes }),
  },
];
