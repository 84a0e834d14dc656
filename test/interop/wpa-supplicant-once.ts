// Lets wpa_supplicant authenticate once at a RADIUS server, over a wire of virtual network cards with hostapd at the
// other end, which passes EAP on. Prints what became of it and, if there is one, the MSK; exits with 75 where it could
// not be tried. Needs root, and wants a network namespace of its own.
// Usage: node wpa-supplicant-once.js CONFIG PORT SECRET

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findProgram, Program, run } from './programs.js';

/** As of eapol_test's `-t 20`: wpa_supplicant begins anew after 30. */
const patienceMs = 20_000;
const machineAddress = '02:00:00:00:00:42';

const switchConfiguration = (folder: string, port: string, radiusPort: string, secret: string): string => `
interface=${port}
driver=wired
ctrl_interface=${folder}/control
ieee8021x=1
eapol_version=2
own_ip_addr=127.0.0.1
nas_identifier=switch
auth_server_addr=127.0.0.1
auth_server_port=${radiusPort}
auth_server_shared_secret=${secret}
`;

/** A pair of network cards. */
class Cable implements Disposable {
  readonly switchPort = `switch${process.pid}`;
  readonly machinePort = `machine${process.pid}`;

  constructor() {
    const machine = ['name', this.machinePort, 'address', machineAddress];
    this.#run('link', 'add', this.switchPort, 'type', 'veth', 'peer', ...machine);
    for (const port of [this.switchPort, this.machinePort]) this.#run('link', 'set', port, 'up');
  }

  [Symbol.dispose](): void {
    this.#run('link', 'del', this.switchPort);
  }

  #run(...args: readonly string[]): void {
    execFileSync(findProgram('ip', 'iproute2'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

/** What wpa_supplicant has said, or how it ended. */
async function authenticateOnce(folder: string, config: string, radiusPort: string, secret: string) {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  using cable = new Cable();
  const { switchPort, machinePort } = cable;
  const hostapd = file('hostapd.conf', switchConfiguration(folder, switchPort, radiusPort, secret));
  await using authenticator = new Program(findProgram('hostapd', 'hostapd'), [hostapd]);
  await authenticator.says('AP-ENABLED');
  const network = file('wpa.conf', `ap_scan=0\nfast_reauth=0\n${readFileSync(config, 'utf8')}`);
  // With what it derives: the MSK.
  const loudly = ['-dd', '-K', '-D', 'wired', '-i', machinePort, '-c', network];
  await using supplicant = new Program(findProgram('wpa_supplicant', 'wpasupplicant'), loudly);
  await supplicant.says('Associated with');
  // As if it had seen a frame of DHCP: it asks for the identity at once.
  const control = ['-p', join(folder, 'control'), '-i', switchPort, 'new_sta', machineAddress];
  const { output } = await run(findProgram('hostapd_cli', 'hostapd'), control, patienceMs);
  if (!output.includes('OK')) throw new Error(`hostapd does not begin: ${output}`);
  const isTold = await supplicant.hasSaid(/CTRL-EVENT-EAP-(?:SUCCESS|FAILURE)/u, patienceMs);
  return { said: supplicant.output, hasEnded: supplicant.hasEnded, isTold };
}

const [config = '', radiusPort = '', secret = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'eaphost-wpa-'));
try {
  const { said, hasEnded, isTold } = await authenticateOnce(folder, config, radiusPort, secret);
  const msk = [...said.matchAll(/EAP-(?:TLS|TTLS|PEAP): Derived key - hexdump\(len=64\): (.+)/gu)].at(
    -1,
  )?.[1];
  if (msk !== undefined) console.log(`MSK: ${msk}`);
  for (const [line] of said.matchAll(/^.*CTRL-EVENT-EAP-.*$/gmu)) console.log(line);
  // Nobody has told it to end.
  if (hasEnded) console.log(said.slice(-1000));
  process.exitCode = hasEnded ? 134 : isTold ? 0 : 1;
} catch (error) {
  console.log(error);
  process.exitCode = 75;
} finally {
  rmSync(folder, { recursive: true });
}
