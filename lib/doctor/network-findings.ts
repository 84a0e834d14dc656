// The findings of `eaphost doctor` about networks: services, adapters, group policy. Pure.

import {
  error,
  type Fact,
  type Finding,
  info,
  ok,
  unknownFinding,
  warning,
  type WindowsFacts,
} from './facts.js';
import type { NetworkKindFacts } from './network-facts.js';

const running = 4;
const disabled = 4;

/** A kind of network, in words. */
interface Kind {
  readonly id: 'wlan' | 'wired';
  readonly service: string;
  readonly networks: string;
  /** How its service starts on a Windows that nobody has changed. */
  readonly startsItself: boolean;
  readonly install: string;
}

const wlan: Kind = {
  id: 'wlan',
  service: 'WlanSvc',
  networks: 'Wi-Fi',
  startsItself: true,
  install: 'on a server, as administrator: Install-WindowsFeature Wireless-Networking, then restart it',
};
const wired: Kind = {
  id: 'wired',
  service: 'dot3svc',
  networks: 'wired 802.1X',
  startsItself: false,
  install: 'use an edition of Windows that has it, or eaphost wired',
};

function serviceFinding(kind: Kind, { service, hasPolicy }: NetworkKindFacts): Finding {
  const id = `${kind.id}-service`;
  const start = `in a terminal of an administrator: sc config ${kind.service} start= auto, then sc start ${kind.service}`;
  if (service === undefined) {
    return info(
      id,
      `Windows has no service ${kind.service} here: it keeps no ${kind.networks}`,
      kind.install,
    );
  }
  if (service.state === running)
    return ok(id, `the service ${kind.service} runs: Windows keeps ${kind.networks}`);
  const what = `The service ${kind.service} ${service.startType === disabled ? 'is disabled' : 'does not run'}`;
  if (hasPolicy) return error(id, `${what}, though group policy sets profiles of ${kind.networks}`, start);
  return kind.startsItself
    ? warning(id, `${what}: Windows joins no ${kind.networks} network`, start)
    : info(
        id,
        `${what}, as on every Windows where nobody has started it: profiles of ${kind.networks} have no effect`,
        `to use them, ${start}`,
      );
}

function* kindFindings(kind: Kind, fact: Fact<NetworkKindFacts>): Generator<Finding> {
  if ('trouble' in fact) {
    yield unknownFinding(`${kind.id}-service`, `What keeps ${kind.networks}`, fact.trouble);
    return;
  }
  const { value } = fact;
  yield serviceFinding(kind, value);
  const { adapters, hasPolicy } = value;
  if (adapters !== undefined) {
    const id = `${kind.id}-adapters`;
    yield adapters.length === 0
      ? info(id, `there is no adapter for ${kind.networks}`, 'plug one in, or install its driver')
      : ok(id, `adapters for ${kind.networks}: ${adapters.join(', ')}`);
  }
  if (hasPolicy) {
    yield info(
      `${kind.id}-policy`,
      `group policy sets profiles of ${kind.networks}: nobody else can change or delete those`,
      'ask the administrator of the policy where one of them is wrong',
    );
  }
}

/** The findings about networks. */
export function* networkFindings({ wlanNetworks, wiredNetworks }: WindowsFacts): Generator<Finding> {
  yield* kindFindings(wlan, wlanNetworks);
  yield* kindFindings(wired, wiredNetworks);
}
