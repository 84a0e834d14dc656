// The EAP peer's state machine of the embedded run-time (native/embedded/peer_machine.h), and that of methods in TypeScript
// (lib/hosts/peer-host.ts): the same cases, and the same of any packets and any behaviour of a method.

import assert from 'node:assert/strict';

import { ways } from '../shim-server/transports.js';
import { randomCase } from './peer-random.js';
import { peerCases, type Event, type Outcome, type PeerCase, type Status } from './peer-cases.js';
import { Stage, type Transcript } from './peer-run.js';

const seed = Number(process.env['EAPHOST_TEST_SEED'] ?? 9731);
const conversations = 200;

/** The status after a verdict; undefined where the outcome leaves it as it was. */
function statusOf(outcome: Outcome): Status | undefined {
  if (typeof outcome !== 'object' || !('verdict' in outcome)) return undefined;
  const { isSuccess, failureReasonCode, error } = outcome.verdict;
  return isSuccess ? 'succeeded' : ['failed', failureReasonCode, error?.reasonCode ?? 0];
}

/** What the table says. */
function wanted(events: readonly Event[]): { outcome: Outcome; status: Status }[] {
  let last: Status = 'notStarted';
  return events.map(([, outcome, given]) => {
    last = given ?? statusOf(outcome) ?? last;
    return { outcome, status: typeof last === 'string' ? [last, 0, 0] : last };
  });
}

function check({ events, log, identity, end }: PeerCase, way: string, seen: Transcript): void {
  const shown = seen.events.map(({ outcome, status }) => ({ outcome, status }));
  assert.deepEqual({ way, events: shown, end: seen.end }, { way, events: wanted(events), end });
  if (log !== undefined) assert.deepEqual({ way, log: seen.log }, { way, log });
  if (identity !== undefined) assert.equal(seen.events.at(-1)?.identity, identity, way);
}

describe('The state machine of a peer', () => {
  const stages = ways.map((way) => ({ name: way.name, stage: new Stage(way) }));
  after(async () => {
    for (const { stage } of stages) await stage[Symbol.asyncDispose]();
  });

  for (const each of peerCases) {
    it(each.name, async () => {
      const seen: Transcript[] = [];
      for (const { name, stage } of stages) {
        const inputs = each.events.map(([input]) => input);
        const transcript = await stage.run(each, each.method ?? {}, () => inputs.shift());
        check(each, name, transcript);
        seen.push(transcript);
      }
      assert.deepEqual(seen[1], seen[0]);
    });
  }

  const compare = async (count: number): Promise<void> => {
    for (let at = 0; at < count; ++at) {
      const seen: Transcript[] = [];
      for (const { stage } of stages) {
        const { beginning, behaviour, next } = randomCase(seed + at);
        seen.push(await stage.run(beginning, behaviour, next));
      }
      assert.deepEqual(seen[1], seen[0], `EAPHOST_TEST_SEED=${seed + at}`);
    }
  };

  it(`does the same in ${conversations} random conversations, from the seed ${seed}`, () =>
    compare(conversations));
  it(`does the same in many random conversations, from the seed ${seed} @long`, () =>
    compare(20 * conversations)).timeout(600_000);
});
