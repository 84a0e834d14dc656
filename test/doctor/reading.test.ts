// What `eaphost doctor` reads: firewall rules, file headers, registrations; and the facts of this machine.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findingsOf } from '../../lib/doctor/findings.js';
import { parseRule, readFirewall } from '../../lib/doctor/firewall.js';
import { gatherFacts } from '../../lib/doctor/gather.js';
import { machineOf } from '../../lib/doctor/machine-type.js';
import { missingIn, readRegistrations } from '../../lib/doctor/registrations.js';
import {
  callWindows,
  windowsRegistry,
  type Registry,
  type RegistryData,
  type RegistryKey,
} from '../../lib/native/registry.js';
import { methodsKey } from '../../lib/eap/registry-keys.js';
import { hasCode } from '../supplicant/support.js';

const text = (value: string): RegistryData => ({ kind: 'text', text: value });
const number = (value: number): RegistryData => ({ kind: 'number', number: value });

function keyOf(values: Readonly<Record<string, RegistryData>>, keys: readonly string[] = []): RegistryKey {
  const byName = Object.entries(values).map(([name, data]) => [name.toLowerCase(), data] as const);
  return { values: new Map(byName), keys };
}

/** A registry that holds these keys, and can only be read. */
function registryOf(keys: Readonly<Record<string, RegistryKey>>): Registry {
  const refuse = (): Promise<never> => Promise.reject(new Error('doctor changes nothing'));
  return {
    read: (path) => Promise.resolve(keys[path]),
    createKey: refuse,
    setValue: refuse,
    deleteValue: refuse,
    deleteKey: refuse,
    checkWritable: refuse,
  };
}

describe('What eaphost doctor reads', () => {
  it('knows the rules of the firewall that are about RADIUS', () => {
    const rule =
      'v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=1812|LPort=1813|Name=RADIUS server|';
    const expected = { name: 'RADIUS server', direction: 'in', action: 'allow', ports: [1812, 1813] };
    assert.deepEqual(parseRule(rule), expected);
    assert.deepEqual(parseRule(rule.replace('LPort=1812|LPort=1813', 'LPort=1000-1812'))?.ports, [1812]);
    assert.deepEqual(parseRule(rule.replace('LPort=1812|LPort=1813', 'LPort=67,1813'))?.ports, [1813]);
    assert.equal(parseRule(rule.replace('Active=TRUE', 'Active=FALSE')), undefined);
    assert.equal(parseRule(rule.replace('Protocol=17', 'Protocol=6')), undefined);
    assert.equal(parseRule(rule.replaceAll('LPort', 'RPort')), undefined);
    const out = rule.replaceAll('LPort', 'RPort').replace('Dir=In', 'Dir=Out').replace('Allow', 'Block');
    assert.deepEqual(parseRule(out), { ...expected, direction: 'out', action: 'block' });
  });

  it('reads the firewall, where group policy comes first', async () => {
    const local = 'SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy';
    const policy = 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall';
    const firewall = await readFirewall(
      registryOf({
        [`${local}\\DomainProfile`]: keyOf({ EnableFirewall: number(1) }),
        [`${local}\\PublicProfile`]: keyOf({ EnableFirewall: number(0) }),
        [`${policy}\\PublicProfile`]: keyOf({ EnableFirewall: number(1) }),
        [`${policy}\\FirewallRules`]: keyOf({
          rule: text('v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=17|LPort=1812|Name=No|'),
          other: number(1),
        }),
      }),
    );
    assert.deepEqual(firewall.activeIn, ['domain', 'public']);
    assert.deepEqual(
      firewall.rules.map(({ name }) => name),
      ['No'],
    );
  });

  it('knows the machine of a DLL', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eaphost-doctor-'));
    try {
      const write = (name: string, octets: Buffer): string => {
        const file = join(folder, name);
        writeFileSync(file, octets);
        return file;
      };
      const dll = Buffer.alloc(0x90);
      dll.write('MZ', 'latin1');
      dll.writeUInt32LE(0x80, 0x3c);
      dll.write('PE\0\0', 0x80, 'latin1');
      for (const [machine, name] of [
        [0x8664, 'x64'],
        [0x014c, 'ia32'],
        [0xaa64, 'arm64'],
        [0x01c4, '0x1c4'],
      ] as const) {
        dll.writeUInt16LE(machine, 0x84);
        assert.equal(await machineOf(write('a.dll', dll)), name);
      }
      assert.equal(await machineOf(write('short.dll', dll.subarray(0, 0x82))), undefined);
      assert.equal(await machineOf(write('text.dll', Buffer.from('no DLL at all'))), undefined);
      assert.equal(await machineOf(write('empty.dll', Buffer.alloc(0))), undefined);
      await assert.rejects(machineOf(join(folder, 'none.dll')), /ENOENT/u);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('knows what is missing in a registration', () => {
    const peer = {
      PeerDllPath: text('C:\\a.dll'),
      PeerFriendlyName: text('A'),
      PeerInvokeUsernameDialog: number(0),
      PeerInvokePasswordDialog: number(0),
      Properties: number(1),
    };
    assert.deepEqual(missingIn(keyOf(peer)), []);
    assert.deepEqual(missingIn(keyOf({ ...peer, PeerFriendlyName: text('') })), ['PeerFriendlyName']);
    assert.deepEqual(missingIn(keyOf({ PeerFriendlyName: text('A') })), [
      'PeerDllPath',
      'PeerInvokeUsernameDialog',
      'PeerInvokePasswordDialog',
      'Properties',
    ]);
    const authenticator = { AuthenticatorDllPath: text('C:\\a.dll'), Properties: number(1) };
    assert.deepEqual(missingIn(keyOf(authenticator)), ['AuthenticatorFriendlyName']);
    assert.deepEqual(missingIn(keyOf({ ...authenticator, ConfigCLSID: text('{…}') })), []);
  });

  it('finds the keys of plain and of expanded types, complete or not', async () => {
    const found = await readRegistrations(
      registryOf({
        [methodsKey]: keyOf({}, ['311', 'not a number']),
        [`${methodsKey}\\311`]: keyOf({}, ['21', '254']),
        [`${methodsKey}\\311\\21`]: keyOf({ PeerDllPath: text('C:\\a.dll') }),
        [`${methodsKey}\\311\\254`]: keyOf({}, ['14122']),
        [`${methodsKey}\\311\\254\\14122`]: keyOf({}, ['1']),
        [`${methodsKey}\\311\\254\\14122\\1`]: keyOf({}),
      }),
    );
    assert.deepEqual(
      found.map(({ type, missing }) => [type.type, type.vendorType, missing.length]),
      [
        [21, 0, 4],
        [254, 1, 5],
      ],
    );
  });

  it('finds out about this machine', async () => {
    const facts = await gatherFacts();
    assert.equal(facts.platform, process.platform);
    for (const fact of [facts.addon, facts.embedded, facts.session])
      assert.ok('value' in fact, JSON.stringify(fact));
    if (process.platform !== 'win32') {
      assert.equal(facts.windows, undefined);
      await assert.rejects(callWindows('queryProcess', {}), (error) =>
        hasCode(error, 'EAPHOST_UNSUPPORTED_PLATFORM'),
      );
      return;
    }
    for (const [name, fact] of Object.entries(facts.windows ?? {})) {
      // Whether EAPHost itself is there depends on the machine.
      if (name !== 'runtime') assert.ok('value' in fact, `${name}: ${JSON.stringify(fact)}`);
    }
    const kernel = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'kernel32.dll');
    assert.match(await callWindows('queryFileVersion', { path: kernel }), /^\d+\.\d+\.\d+\.\d+$/u);
    await assert.rejects(callWindows('queryFileVersion', { path: `${kernel}.none` }), (error) =>
      hasCode(error, 'ERROR_FILE_NOT_FOUND'),
    );
    assert.equal(await callWindows('queryService', { name: 'no such service' }), undefined);
    const service = await callWindows('queryService', { name: 'RpcSs' });
    assert.equal(service?.state, 4, JSON.stringify(service));
  });

  if (process.platform === 'win32') {
    it('finds a broken registration in the registry', async () => {
      const key = `${methodsKey}\\99999\\201`;
      const made = await windowsRegistry.createKey(key);
      try {
        await windowsRegistry.setValue(key, 'PeerDllPath', text('C:\\no such folder\\no.dll'));
        const findings = findingsOf(await gatherFacts());
        const about = findings.filter(({ what }) => what.includes('201 (author 99999)'));
        const ids = about.map(({ id, severity }) => `${id} ${severity}`);
        assert.ok(ids.includes('method-dll-missing error'), ids.join());
        assert.ok(ids.includes('method-incomplete error'), ids.join());
      } finally {
        await windowsRegistry.deleteValue(key, 'PeerDllPath');
        for (const path of made.toReversed()) await windowsRegistry.deleteKey(path);
      }
    });
  }
});
