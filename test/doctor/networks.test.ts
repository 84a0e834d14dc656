// What `eaphost doctor` says of networks: services, adapters, group policy.

import assert from 'node:assert/strict';

import type { Facts } from '../../lib/doctor/facts.js';
import { findingsOf } from '../../lib/doctor/findings.js';
import { gatherWired, gatherWlan, type NetworkKindFacts } from '../../lib/doctor/network-facts.js';
import { hasNetworkPolicy, policyKeys } from '../../lib/networks/lan-machine.js';
import type { Registry } from '../../lib/native/registry.js';
import { hasCode } from '../supplicant/support.js';
import { goodFacts, goodWindows } from './facts.js';

const good: NetworkKindFacts = {
  service: { state: 4, startType: 2 },
  adapters: ['Ethernet'],
  hasPolicy: false,
};
const stopped = { state: 1, startType: 3 };
const disabled = { state: 1, startType: 4 };

const factsOf = (kind: 'wlanNetworks' | 'wiredNetworks', change: Partial<NetworkKindFacts>): Facts => ({
  ...goodFacts,
  windows: { ...goodWindows, [kind]: { value: { ...good, ...change } } },
});

/** The findings that are not good: id and severity. */
const badOf = (facts: Facts): string[] =>
  findingsOf(facts)
    .filter(({ severity }) => severity !== 'ok')
    .map(({ id, severity, remedy }) => {
      assert.ok(remedy !== undefined && remedy !== '', id);
      return `${id} ${severity}`;
    });

describe('The findings of eaphost doctor about networks', () => {
  it('name the adapters of a good machine', () => {
    const texts = findingsOf(goodFacts).map(({ what }) => what);
    assert.ok(texts.includes('adapters for Wi-Fi: Example Wi-Fi 6'), texts.join('\n'));
    assert.ok(texts.includes('adapters for wired 802.1X: Ethernet'), texts.join('\n'));
  });

  it('tell a service that does not run from one that never does by itself', () => {
    assert.deepEqual(badOf(factsOf('wlanNetworks', { service: stopped })), ['wlan-service warning']);
    assert.deepEqual(badOf(factsOf('wlanNetworks', { service: disabled })), ['wlan-service warning']);
    assert.deepEqual(badOf(factsOf('wlanNetworks', { service: undefined })), ['wlan-service info']);
    assert.deepEqual(badOf(factsOf('wiredNetworks', { service: stopped })), ['wired-service info']);
    assert.deepEqual(badOf(factsOf('wiredNetworks', { service: undefined })), ['wired-service info']);
    const finding = findingsOf(factsOf('wiredNetworks', { service: disabled })).find(
      ({ id }) => id === 'wired-service',
    );
    assert.match(finding?.what ?? '', /dot3svc is disabled/u);
    assert.match(finding?.remedy ?? '', /sc config dot3svc start= auto, then sc start dot3svc/u);
  });

  it('take a service for broken where group policy needs it', () => {
    for (const [kind, id] of [
      ['wlanNetworks', 'wlan'],
      ['wiredNetworks', 'wired'],
    ] as const) {
      assert.deepEqual(badOf(factsOf(kind, { hasPolicy: true })), [`${id}-policy info`]);
      assert.deepEqual(badOf(factsOf(kind, { hasPolicy: true, service: stopped })), [
        `${id}-service error`,
        `${id}-policy info`,
      ]);
    }
  });

  it('miss adapters only where they could be asked for', () => {
    assert.deepEqual(badOf(factsOf('wiredNetworks', { adapters: [] })), ['wired-adapters info']);
    assert.deepEqual(badOf(factsOf('wlanNetworks', { adapters: undefined })), []);
    const trouble = { trouble: { code: 'ERROR_ACCESS_DENIED', message: 'it was refused' } };
    const facts = { ...goodFacts, windows: { ...goodWindows, wlanNetworks: trouble } };
    assert.deepEqual(badOf(facts), ['wlan-service warning']);
  });

  it('know group policy by its part of the registry', async () => {
    const registry = (key: Awaited<ReturnType<Registry['read']>>): Registry => {
      const refuse = (): Promise<never> => Promise.reject(new Error('doctor changes nothing'));
      return {
        read: (path) => Promise.resolve(path === policyKeys.wired ? key : undefined),
        createKey: refuse,
        setValue: refuse,
        deleteValue: refuse,
        deleteKey: refuse,
        checkWritable: refuse,
      };
    };
    const empty = { values: new Map(), keys: [] };
    assert.equal(await hasNetworkPolicy(registry(undefined), 'wired'), false);
    assert.equal(await hasNetworkPolicy(registry(empty), 'wired'), false);
    const set = registry({ ...empty, keys: ['{GUID}'] });
    assert.equal(await hasNetworkPolicy(set, 'wired'), true);
    assert.equal(await hasNetworkPolicy(set, 'wlan'), false);
  });

  it('are gathered on Windows', async () => {
    if (process.platform === 'win32') {
      assert.equal((await gatherWlan()).hasPolicy, false);
      assert.ok(Array.isArray((await gatherWired()).adapters));
      return;
    }
    for (const gather of [gatherWlan, gatherWired]) {
      await assert.rejects(gather(), (error) => hasCode(error, 'EAPHOST_UNSUPPORTED_PLATFORM'));
    }
  });
});
