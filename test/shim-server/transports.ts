// The ways from a host to a method in TypeScript: the tests of what both have in common run over each.

import { EapHost } from '../../lib/supplicant/eaphost.js';
import { openEapHost, type OpenOptions } from '../../lib/index.js';
import { loadNative } from '../../lib/native/binary.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import { serveMethods, type MethodServer } from '../../lib/shim-server/serve.js';
import { toMethodType } from '../../lib/eap/names.js';
import { libraryPath } from '../supplicant/support.js';

/** What both know of a run-time's options. */
export type WayOptions = Pick<OpenOptions, 'maxLanes' | 'identityNeedsUserData' | 'maxRounds'>;

/** One of the ways. */
export interface Way {
  /** For the tests' names. */
  readonly name: string;
  /** A host of the embedded run-time with these methods. Closing it closes their servers, where there are any. */
  readonly open: (methods: readonly MethodDefinition[], options?: WayOptions) => Promise<EapHost>;
}

class PipeHost extends EapHost {
  servers: readonly MethodServer[] = [];

  override async close(): Promise<void> {
    await super.close();
    await Promise.all(this.servers.map((server) => server.close()));
  }
}

// native/abi/embedded.h. They are those of all the hosts of this thread.
const optionIdentityNeedsUserData = 1;
const optionMaxRounds = 2;

async function openWithPipes(
  methods: readonly MethodDefinition[],
  { maxLanes = 64, identityNeedsUserData = false, maxRounds = 0 }: WayOptions = {},
): Promise<EapHost> {
  const library = libraryPath('eapembedded');
  const native = await loadNative().openRuntime({
    runtimeLibrary: library,
    configurationLibrary: library,
    system: false,
    maxLanes,
  });
  native.setOption(optionIdentityNeedsUserData, Number(identityNeedsUserData));
  native.setOption(optionMaxRounds, maxRounds);
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
    open: (methods, options) => openEapHost({ runtime: 'embedded', methods, ...options }),
  },
];
