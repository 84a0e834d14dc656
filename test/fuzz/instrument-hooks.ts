// The loader's hook of instrument.ts. Runs on the loader's own thread.

import type { LoadHook } from 'node:module';
import { fileURLToPath } from 'node:url';

import { createInstrumenter } from 'istanbul-lib-instrument';

const instrumenter = createInstrumenter({ esModules: true, compact: false });

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (loaded.format !== 'module' || !/\/dist\/(?:lib|test\/fuzz\/planted)/u.test(url)) return loaded;
  const { source } = loaded;
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source ?? undefined);
  return { ...loaded, source: instrumenter.instrumentSync(text, fileURLToPath(url)) };
};
