// The names of the WLAN service's numbers, compared with the Windows SDK's in native/abi.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import * as names from '../../lib/networks/names.js';

interface AbiFile {
  readonly enums: Readonly<Record<string, { readonly members: Readonly<Record<string, number>> }>>;
  readonly constants: Readonly<Record<string, { readonly value: number }>>;
}
const abi = JSON.parse(readFileSync('native/abi/networks-abi.json', 'utf8')) as AbiFile;

/** A table of names by number, as the SDK has them: `ad_hoc_network_formed` is adHocNetworkFormed. */
function sdkNames(type: string, prefix: RegExp): Map<number, string> {
  const members = Object.entries(abi.enums[type]?.members ?? {});
  return new Map(
    members.map(([name, value]) => {
      const short = name
        .replace(prefix, '')
        .replaceAll(/_(\w)/gu, (_all, letter: string) => letter.toUpperCase());
      return [value, short.charAt(0).toLowerCase() + short.slice(1)];
    }),
  );
}

describe('The names of the WLAN service', () => {
  for (const [type, prefix, table, begin] of [
    ['WLAN_INTERFACE_STATE', /^wlan_interface_state_/u, names.interfaceStates, 0],
    ['WLAN_NOTIFICATION_ACM', /^wlan_notification_acm_/u, names.acmEvents, 1],
    ['WLAN_NOTIFICATION_MSM', /^wlan_notification_msm_/u, names.msmEvents, 1],
    ['ONEX_NOTIFICATION_TYPE', /^OneXNotificationType/u, names.oneXEvents, 1],
    ['ONEX_AUTH_RESTART_REASON', /^OneXRestartReason(?:OneX)?/u, names.oneXRestartReasons, 0],
  ] as const) {
    it(`are those of ${type}`, () => {
      const sdk = sdkNames(type, prefix);
      assert.equal(sdk.size, table.length);
      for (const [at, name] of table.entries()) if (at >= begin) assert.equal(name, sdk.get(at));
    });
  }

  it('are those of ONEX_AUTH_STATUS but for Invalid, and have every authentication', () => {
    const sdk = sdkNames('ONEX_AUTH_STATUS', /^OneXAuth/u);
    assert.deepEqual([...names.oneXStatuses, 'invalid'], [...sdk.values()]);
    assert.equal(
      names.authentications.length - 1,
      Object.keys(abi.enums['DOT11_AUTH_ALGORITHM']!.members).length,
    );
  });

  it('have the numbers of the constants', () => {
    const value = (name: string): number | undefined => abi.constants[name]?.value;
    assert.deepEqual(names.notificationSources, {
      onex: value('WLAN_NOTIFICATION_SOURCE_ONEX'),
      acm: value('WLAN_NOTIFICATION_SOURCE_ACM'),
      msm: value('WLAN_NOTIFICATION_SOURCE_MSM'),
    });
    assert.deepEqual(names.profileFlags, {
      groupPolicy: value('WLAN_PROFILE_GROUP_POLICY'),
      user: value('WLAN_PROFILE_USER'),
    });
    assert.deepEqual(names.networkFlags, {
      connected: value('WLAN_AVAILABLE_NETWORK_CONNECTED'),
      hasProfile: value('WLAN_AVAILABLE_NETWORK_HAS_PROFILE'),
    });
    assert.equal(names.credentialsForAllUsers, value('WLAN_SET_EAPHOST_DATA_ALL_USERS'));
  });
});
