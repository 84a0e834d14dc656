// Each case of the catalogue: the healthy subject passes it, and the mutant that is named like it fails it. What is
// healthy is our own server, supplicant and test method.

import assert from 'node:assert/strict';

import {
  type CaseResult,
  conformanceCases,
  conformMethod,
  conformPeer,
  conformServer,
} from '../../lib/conformance/index.js';
import { serverCatalogue } from '../../lib/conformance/catalogue/server/index.js';
import { linkOf } from '../../lib/conformance/sources.js';
import { methodMutants, peerMutants, serverMutants } from './mutants/index.js';
import { certificates } from '../methods/tls/certificates.js';
import { methodTarget, type OfferName, openServer, peerTarget } from './subjects.js';

/** The method that a case is tried with. */
function offerOf(id: string, methods: readonly string[] = []): OfferName {
  if (/-(?:revoked|revoked-server|expired|not-yet-valid|purpose)$/u.test(id)) return 'certified';
  if (/-(?:in-ttls|two-proofs)$/u.test(id)) return 'ttlsMschapv2';
  if (id.endsWith('-in-ttls-eap')) return 'ttlsEap';
  const wanted: readonly (readonly [string, OfferName])[] = [
    ['mschapv2', 'mschapv2'],
    ['md5', 'md5'],
    ['gtc', 'gtc'],
    ['tls', 'tls'],
    ['peap', 'peap'],
    ['tunnel', 'peap'],
    ['ttls', 'ttls'],
  ];
  return wanted.find(([family]) => methods.includes(family))?.[1] ?? 'mschapv2';
}

/** Milliseconds: on a busy machine, too, a case comes to its end in it. */
const budgetMs = 180_000;

/** How one case of each kind is run on a subject, healthy or with its mutant. */
const kinds = {
  server: {
    mutants: serverMutants,
    async run(only: string, offer: OfferName, isMutant: boolean) {
      await using server = await openServer(offer, isMutant ? serverMutants[only] : {});
      return await conformServer(server.target, { only: [only], disruptive: true, budgetMs });
    },
  },
  peer: {
    mutants: peerMutants,
    run: (only: string, offer: OfferName, isMutant: boolean) =>
      conformPeer(peerTarget(offer, isMutant ? peerMutants[only] : {}), { only: [only], budgetMs }),
  },
  method: {
    mutants: methodMutants,
    run: (only: string, _offer: OfferName, isMutant: boolean) =>
      conformMethod(methodTarget(only, isMutant ? methodMutants[only] : undefined), {
        only: [only],
        budgetMs,
      }),
  },
} as const;

/** At the same time: the time goes into waiting for silence. */
const concurrency = 12;

describe('The catalogue of conformance', function () {
  this.timeout(600_000);
  const results = new Map<string, { readonly healthy?: CaseResult; readonly mutant?: CaseResult }>();

  before(async () => {
    // Made by a program that this process waits for: no case runs yet.
    certificates();
    const waiting = [...conformanceCases];
    const work = async (): Promise<void> => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        const { id, kind, methods } = one;
        const offer = offerOf(id, methods);
        const [healthy] = await kinds[kind].run(id, offer, false);
        const hasMutant = Object.hasOwn(kinds[kind].mutants, id);
        const [mutant] = hasMutant ? await kinds[kind].run(id, offer, true) : [];
        results.set(id, { ...(healthy && { healthy }), ...(mutant && { mutant }) });
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  });

  for (const { id, level } of conformanceCases) {
    it(`${id} passes our own, and finds its mutant`, () => {
      const { healthy, mutant } = results.get(id) ?? {};
      assert.deepEqual([healthy?.verdict, healthy?.reason], ['passed', undefined]);
      assert.ok(mutant, `there is no mutant named ${id}`);
      const broken = level === 'MAY' ? 'remark' : 'failed';
      assert.equal(mutant.verdict, broken, `the mutant is ${mutant.verdict}: ${mutant.reason}`);
    });
  }

  it('has each id once, and no mutant without a case', () => {
    const ids = conformanceCases.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const mutants = Object.values(kinds).flatMap((kind) => Object.keys(kind.mutants));
    assert.deepEqual(mutants.toSorted(), ids.toSorted());
  });

  it('runs what keeps a server busy beside no other case', () => {
    const busy = serverCatalogue.filter(({ id }) => /^cwe(?:400|770)-/u.test(id));
    assert.ok(busy.length > 10);
    assert.deepEqual(
      busy.filter(({ isAlone }) => isAlone !== true).map(({ id }) => id),
      [],
    );
  });

  it('has a link to the section of each case, and each cause at a case of the same subject', () => {
    const kindOf = new Map(conformanceCases.map(({ id, kind }) => [id, kind]));
    for (const { id, kind, source, level, sourceNotRead, sameCauseAs = id } of conformanceCases) {
      assert.match(linkOf(source) ?? '', /^https:\/\/\S+$/u, id);
      assert.equal(kindOf.get(sameCauseAs), kind, `${id}: ${sameCauseAs}`);
      assert.ok(!sourceNotRead || level !== 'MUST', id);
    }
  });

  it('says of each case in a sentence what it wants, and in another what to do', () => {
    for (const { id, title, remedy } of conformanceCases) {
      assert.match(title, /^[a-z].{15,140}[^.]$/u, id);
      assert.match(remedy, /^.{15,200}[^.]$/u, id);
    }
  });
});
