// What JavaScript holds, counted object by object in a heap snapshot. A count does not depend on when memory is
// collected or given back, as sizes do: what each turn of something leaves behind is as many objects as turns.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapSnapshot, setFlagsFromString } from 'node:v8';
import { json } from 'node:stream/consumers';
import { runInNewContext } from 'node:vm';

/** How many objects of each class there are. */
export type ObjectCounts = ReadonlyMap<string, number>;

interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/** The kinds of what programs make. Code, and what V8 notes of it, comes and goes. */
const kinds = new Set(['object', 'closure', 'native', 'string', 'regexp', 'symbol', 'bigint']);
const collections = 6;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Collects what can be, and lets finalizers run. */
export async function settle(): Promise<void> {
  if (typeof collect !== 'function') throw new TypeError('there is no gc()');
  for (let turn = 0; turn < collections; turn += 1) {
    collect();
    await nextTurn();
  }
}

/** The objects that live in this environment. */
export async function liveObjects(): Promise<ObjectCounts> {
  await settle();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the format of V8's snapshots
  const { snapshot, nodes, strings } = (await json(getHeapSnapshot())) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const kindAt = fields.indexOf('type');
  const nameAt = fields.indexOf('name');
  const counts = new Map<string, number>();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[0][nodes[at + kindAt] ?? 0] ?? '';
    if (!kinds.has(kind)) continue;
    const name = kind === 'string' ? kind : `${kind} ${strings[nodes[at + nameAt] ?? 0]}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** How many more there are than before, by class, the most first. */
export function more(before: ObjectCounts, after: ObjectCounts): (readonly [name: string, count: number])[] {
  return [...after]
    .map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one);
}
