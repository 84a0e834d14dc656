// Random conversations of a peer: any packets, and any behaviour of its method.

import type { ResultReason } from '../../lib/eap/names.js';
import { Random } from '../profiles/support.js';
import {
  ask,
  askLong,
  detailed,
  expandedType,
  failure,
  longType,
  shortType,
  success,
  Throw,
  type Beginning,
  type Behaviour,
  type Input,
  type Outcome,
} from './peer-cases.js';

const ids = [1, 2, 3];
/** One of them, which may be undefined. */
const pick = <T>(random: Random, values: readonly T[]): T =>
  random.pick(values.map((value) => ({ value }))).value;
const octets = (random: Random, most: number): Buffer =>
  Buffer.from(random.hex(random.below(most + 1)), 'hex');
const attributes = (random: Random) =>
  random.list(0, 2, () => ({ type: pick(random, [8102, 9010]), value: octets(random, 3) }));

/** A type in either form: that of a method here, one of EAP's own, or another. */
function randomRequest(random: Random, id: number): Buffer {
  const type = pick(random, [1, 1, 2, 3, 4, 44, 44, 44, 44, 45, 45, 254]);
  const data = octets(random, pick(random, [0, 4, 40]));
  const kind = random.below(8);
  if (kind === 0) return askLong(id, 0, type, data);
  return kind < 3 ? askLong(id, 99_999, pick(random, [1, 1, 2]), data) : ask(id, type, data);
}

function randomPacket(random: Random): Buffer {
  const id = pick(random, ids);
  const kind = random.below(12);
  if (kind < 2) return success(id);
  if (kind === 2) return failure(id);
  const request = randomRequest(random, id);
  if (kind === 3) return request.fill(random.below(256), random.below(request.length));
  return kind === 4 ? Buffer.concat([request, octets(random, 9)]) : request;
}

function randomError(random: Random): unknown {
  return pick<unknown>(random, [
    detailed,
    {
      winError: pick(random, [
        1,
        5,
        8,
        50,
        87,
        122,
        126,
        127,
        574,
        1223,
        1460,
        5023,
        0x80420100,
        0x8042010a,
        0x80420011,
        -2143158270,
        0,
        1.5,
        2 ** 40,
      ]),
    },
    { winError: 4711, reasonCode: pick(random, [0, 7, -1]), rootCause: pick(random, ['', 'x', undefined]) },
    { winError: 4711, repairGuid: detailed.repairGuid },
    new Error('a secret'),
    undefined,
  ]);
}

function randomStep(random: Random): unknown {
  const allowNotifications = pick(random, [true, true, false, undefined]);
  const isExpanded = random.below(3) === 0;
  const packet = isExpanded
    ? askLong(pick(random, ids), 99_999, 1, octets(random, 300))
    : ask(pick(random, ids), 44, octets(random, 300));
  packet[0] = pick(random, [2, 2, 2, 2, 1]);
  if (random.below(8) === 0) packet[3] = random.below(256);
  return pick<unknown>(random, [
    { action: 'send', packet, allowNotifications },
    { action: 'discard', allowNotifications },
    { action: 'none', allowNotifications },
    { action: 'result', allowNotifications },
    { action: 'invokeUi', context: octets(random, 5), allowNotifications },
    { action: 'respond', attributes: attributes(random), allowNotifications },
    { action: pick<unknown>(random, ['leave', 7, undefined]) },
    pick<unknown>(random, [undefined, null, 'send', {}]),
    new Throw(randomError(random)),
  ]);
}

function randomResult(random: Random): unknown {
  const isSuccess = pick<unknown>(random, [true, true, false, false, 'yes', undefined]);
  return pick<unknown>(random, [
    { isSuccess },
    {
      isSuccess,
      failureReasonCode: pick(random, [undefined, 0, 4712, 0x80420112, -1]),
      attributes: attributes(random),
      saveConfig: pick(random, [undefined, octets(random, 3)]),
      saveCredentials: pick(random, [undefined, octets(random, 3)]),
      rootCause: pick<unknown>(random, [undefined, '', 'a cause', 'a\0b', 7]),
    },
    pick<unknown>(random, [undefined, null, 7]),
    new Throw(randomError(random)),
  ]);
}

function randomIdentity(random: Random): unknown {
  return pick<unknown>(random, [
    { identity: pick(random, ['', 'me', 'Jürgen', 'x'.repeat(400)]), credentials: octets(random, 3) },
    { invokeUi: true },
    { identity: pick<unknown>(random, [7, 'a\0b', undefined]), credentials: octets(random, 3) },
    { identity: 'me', credentials: pick<unknown>(random, [undefined, 'u', null]) },
    pick<unknown>(random, [undefined, null, 7]),
    new Throw(randomError(random)),
  ]);
}

/** Some of them, and otherwise the usual. */
const some = (random: Random, make: () => unknown): unknown[] =>
  random.boolean() ? [] : random.list(0, 6, make);

const few = (random: Random, make: () => unknown): unknown[] => (random.below(4) === 0 ? [make()] : []);

/** How a conversation goes on: the same for the same seed and the same outcomes. */
export function randomCase(seed: number): {
  readonly beginning: Beginning;
  readonly behaviour: Behaviour;
  readonly next: (last: Outcome | undefined) => Input | undefined;
} {
  const random = new Random(seed);
  const beginning: Beginning = {
    type: pick(random, [shortType, shortType, expandedType, longType]),
    flags: pick(random, [[], [], [], ['guestAccess'], ['nonInteractive'], ['suppressUi']] as const),
    credentials: pick(random, ['', 'u', 'user']),
    maxSendPacketSize: pick(random, [256, 1500]),
    ...pick(random, [{}, {}, { identityNeedsUserData: true }, { maxRounds: 5 }]),
  };
  const behaviour: Behaviour = {
    identities: some(random, () => randomIdentity(random)),
    begins: few(random, () => pick(random, [undefined, 7, new Throw(randomError(random))])),
    steps: some(random, () => randomStep(random)),
    results: some(random, () => randomResult(random)),
    ends: few(random, () => pick(random, [undefined, new Throw(randomError(random))])),
    lacks: pick(random, [[], [], [], ['setUiContext', 'setResponseAttributes']]),
  };
  let left = 3 + random.below(14);
  let previous = randomPacket(random);
  return {
    beginning,
    behaviour,
    next(last) {
      if (left-- === 0) return undefined;
      // What is waited for, for the most part.
      const isAsked = typeof last === 'object' && random.below(4) !== 0;
      if ((isAsked && 'ui' in last) || random.below(20) === 0)
        return { ui: octets(random, 4).toString('hex') };
      if ((isAsked && 'attributes' in last) || random.below(20) === 0)
        return { attributes: attributes(random) };
      if (random.below(16) === 0) {
        return { conclude: pick<ResultReason>(random, ['altSuccess', 'timeout', 'fromMethod']) };
      }
      if (random.below(6) !== 0) previous = randomPacket(random);
      return previous;
    },
  };
}
