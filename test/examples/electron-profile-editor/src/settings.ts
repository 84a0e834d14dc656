// What the program was started with, and the host that it means.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { openEapHost, type EapHost } from 'eaphost';
import { peapPeer, ttlsPeer, type MethodDefinition } from 'eaphost/methods';
import * as diagnostics from 'eaphost/diagnostics';

/** Goes to the utility process as it is. */
export interface Settings {
  /** undefined: Windows' own on Windows, the embedded one elsewhere. */
  readonly runtime: 'system' | 'embedded' | undefined;
  /** A PEM file with the roots that PEAP and TTLS of the embedded run-time may trust. */
  readonly roots: string | undefined;
  /** A module that exports `methods` for the embedded run-time. */
  readonly methods: string | undefined;
  /** Opens everything once, says so in one line of JSON, and ends. */
  readonly isSmoke: boolean;
}

/** Reads a command line: `--runtime=embedded --roots=roots.pem --methods=methods.js --smoke`; Chromium's own pass. */
export function readSettings(argv: readonly string[]): Settings {
  const { values } = parseArgs({
    args: argv.filter((arg) => /^--(?:runtime=|roots=|methods=|smoke$)/u.test(arg)),
    options: {
      runtime: { type: 'string' },
      roots: { type: 'string' },
      methods: { type: 'string' },
      smoke: { type: 'boolean' },
    },
  });
  const { runtime, roots, methods, smoke } = values;
  if (runtime !== undefined && runtime !== 'system' && runtime !== 'embedded') {
    throw new RangeError('--runtime must be system or embedded');
  }
  return {
    runtime,
    roots: roots === undefined ? undefined : resolve(roots),
    methods: methods === undefined ? undefined : resolve(methods),
    isSmoke: smoke === true,
  };
}

async function methodsOf({ roots, methods }: Settings): Promise<MethodDefinition[]> {
  const list: MethodDefinition[] = [];
  if (roots !== undefined) {
    const trust = { ca: readFileSync(roots, 'utf8'), onlyProfileRoots: true };
    list.push(peapPeer(trust), ttlsPeer(trust));
  }
  if (methods !== undefined) {
    const module = (await import(pathToFileURL(methods).href)) as { methods?: readonly MethodDefinition[] };
    list.push(...(module.methods ?? []));
  }
  return list;
}

/** Opens the host. */
export async function openHost(
  settings: Settings,
  onEvent?: (event: diagnostics.DiagnosticEvent) => void,
): Promise<EapHost> {
  const { runtime } = settings;
  const isEmbedded = (runtime ?? (process.platform === 'win32' ? 'system' : 'embedded')) === 'embedded';
  return openEapHost({
    runtime,
    onEvent,
    ...(isEmbedded && { methods: await methodsOf(settings) }),
  });
}
