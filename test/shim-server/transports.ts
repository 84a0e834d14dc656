// The ways from the shim to the methods: the tests of what both have in common run over each.

import { EapHost } from '../../lib/supplicant/eaphost.js';
import { ScriptMethods } from '../../lib/supplicant/script-methods.js';
import { openEapHost } from '../../lib/index.js';
import { loadNative } from '../../lib/native/binary.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import {
  serveInProcess,
  serveMethods,
  type MethodServer,
  type ServeOptions,
} from '../../lib/shim-server/serve.js';
import { toMethodType } from '../../lib/eap/names.js';
import { libraryPath } from '../supplicant/support.js';

/** One of the ways. */
export interface Way {
  /** For the tests' names. */
  readonly name: string;
  readonly serve: (options: Omit<ServeOptions, 'at' | 'clients'>) => Promise<MethodServer>;
  /** A host of the embedded run-time with these methods. Closing it closes their servers. */
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
  const host = new PipeHost('embedded', native, new ScriptMethods(native, shim));
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

export const ways: readonly Way[] = [
  {
    name: 'through the pipe',
    serve: (options) => serveMethods(options),
    open: openWithPipes,
  },
  {
    name: 'in one process',
    serve: (options) => serveInProcess(options, libraryPath('eapshim')),
    open: (methods, maxLanes = 64) => openEapHost({ runtime: 'embedded', methods, maxLanes }),
  },
];
