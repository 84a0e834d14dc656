// Asks every question, one after the other, since they share a registration.

import { release, version } from 'node:os';

import { callWindows } from '../../lib/native/registry.js';
import { callProbes } from './call-probes.js';
import { removePlaced } from './machine.js';
import { answer, type Answered, type Environment, type ProbeReport } from './probe.js';
import { notAsked, runtimeProbes } from './runtime-probes.js';

/** Every question. */
export const probes = [...callProbes, ...runtimeProbes];

async function environment(): Promise<Environment> {
  const { wineVersion, isElevated } = await callWindows('queryProcess', {});
  return {
    system: version(),
    release: release(),
    arch: process.arch,
    node: process.versions.node,
    wineVersion,
    isElevated,
    date: new Date().toISOString(),
  };
}

/** Asks them all; `tell` is told of each. Rejects with EapError off Windows. */
export async function askAll(tell: (answered: Answered) => void = () => undefined): Promise<ProbeReport> {
  const where = await environment();
  const answers: Answered[] = [];
  let leftover: string | undefined;
  try {
    for (const probe of probes) {
      const answered = await answer(probe);
      answers.push(answered);
      tell(answered);
    }
  } finally {
    leftover = removePlaced();
  }
  return { environment: where, answers, notAsked, leftover };
}
