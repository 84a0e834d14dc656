// Asks every question, one after the other, since they share a registration. What is kept of the answers names neither the
// machine nor its user.

import { hostname, homedir, release, userInfo, version } from 'node:os';

import { packageVersion } from '../native/binary.js';
import { callWindows } from '../native/registry.js';
import { thisMachine } from '../registration/machine.js';
import { requireSafeFolder } from '../registration/register.js';
import { Bench, programFiles } from './bench.js';
import { callProbes } from './call-probes.js';
import { networkProbes } from './network-probes.js';
import { answer, type Answered, type Probe, type ProbeReport } from './probe.js';
import { notAsked, runtimeProbes } from './runtime-probes.js';
import { shippedProbes } from './shipped-probes.js';
import { systemProbes } from './system-probes.js';

/** Every question, what is worth most first. */
export const probes: readonly Probe[] = [
  ...systemProbes,
  ...networkProbes,
  ...shippedProbes,
  ...callProbes,
  ...runtimeProbes,
];

/** How the questions are asked. */
export interface AskOptions {
  /** Whether the service EapHost may be stopped and started, and what depends on it. */
  readonly mayRestart?: boolean;
  /** The questions; default all. */
  readonly ask?: readonly Probe[];
  /** Stops between two questions; what was changed is taken back. */
  readonly signal?: AbortSignal;
  /** Is told of the question that comes next, and of what it came to. */
  readonly onQuestion?: (probe: Probe) => void;
  readonly onAnswer?: (answered: Answered) => void;
}

/** Asks them all. Rejects with EapError off Windows, and where others could change what is put into %ProgramFiles%. */
export async function askAll(options: AskOptions = {}): Promise<ProbeReport> {
  const { mayRestart = false, ask = probes, signal, onQuestion, onAnswer } = options;
  const { wineVersion, isElevated, nativeMachine } = await callWindows('queryProcess', {});
  const sid = await callWindows('currentUser', {});
  await requireSafeFolder(thisMachine, programFiles());
  const bench = new Bench({ mayRestart, wineVersion, nativeMachine });
  const answers: Answered[] = [];
  let leftover: string | undefined;
  try {
    for (const probe of ask) {
      signal?.throwIfAborted();
      onQuestion?.(probe);
      const answered = await answer(probe, bench);
      answers.push(answered);
      onAnswer?.(answered);
    }
  } finally {
    leftover = bench.close();
  }
  const environment = {
    system: version(),
    release: release(),
    arch: process.arch,
    node: process.versions.node,
    packageVersion: packageVersion(),
    wineVersion,
    isElevated,
    date: new Date().toISOString(),
  };
  const names: Name[] = [
    [homedir(), '<home>'],
    [userInfo().username, '<user>'],
    [hostname(), '<machine>'],
    [sid.slice(0, sid.lastIndexOf('-')), '<account>'],
    [bench.folder, '<probe>'],
  ];
  return { ...withoutNames({ environment, answers, notAsked }, names), leftover };
}

/** A name that stays here, and what stands for it. */
type Name = readonly [name: string, stand_in: string];

/** A value in which names are replaced wherever a text has them, in any case of letters. Short ones say nothing. */
export function withoutNames<T>(value: T, names: readonly Name[]): T {
  const known = names.filter(([name]) => name.length > 2).toSorted(([a], [b]) => b.length - a.length);
  const replace = (text: string): string =>
    known.reduce(
      (said, [name, standIn]) =>
        said.replaceAll(
          new RegExp(`(?<![a-z0-9])${name.replaceAll(/[^a-z0-9]/giu, String.raw`\$&`)}(?![a-z0-9])`, 'gi'),
          standIn,
        ),
      text,
    );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only texts change
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' ? replace(each) : each,
  ) as T;
}
