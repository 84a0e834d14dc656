// The service against a switch of others: hostapd at the other end of a wire, in network namespaces of the test's own.
// Natively; and, with EAPHOST_WINDOWS_NODE, in a Windows Node under Wine.

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';

import { encodeCredentials } from '../../../lib/methods/index.js';
import { profiles } from '../../../lib/profiles/index.js';
import { findProgram } from '../../interop/programs.js';
import { until } from './node-process.js';
import { Service, type Line } from './service.js';
import { password, serverAuthority, serverName, Switch } from './switch.js';
import { otherAuthor, WindowsMachine } from './windows-machine.js';
import { checkWindows, windowsNode } from './windows-node.js';
import { startBridge, Wire } from './wire.js';

const sha1 = createHash('sha1').update(new X509Certificate(serverAuthority).raw).digest('hex');
const serverValidation = { disablePrompt: true, serverNames: [serverName], trustedRoots: [sha1] };

const peap = {
  profile: profiles.peap({ serverValidation, inner: { mschapv2: {} }, performServerValidation: true }),
  credentials: (password: string) =>
    profiles.credentials.peap({ inner: { mschapv2: { username: 'alice', password } } }),
};
const mschapv2 = {
  profile: profiles.mschapv2({ useWinlogonCredentials: false }),
  credentials: (password: string) => profiles.credentials.mschapv2({ username: 'carol', password }),
};
const md5 = {
  profile: profiles.blob({ type: { type: 4 }, blob: Buffer.alloc(0) }),
  credentials: (password: string) =>
    profiles.credentials.blob({
      type: { type: 4 },
      blob: encodeCredentials({ username: 'bob', password }),
    }),
};
type Method = typeof peap;

const authenticated: Line = { event: 'authenticated' };
const connected: Line = { event: 'state', state: 'AUTHENTICATED' };
const bridge = { localPort: 5401, remotePort: 5400 };
const never = 0;

/** A profile or credentials for the methods that are there: under Wine those of another author than Windows'. */
const byAuthor = (xml: string): string =>
  windowsNode === undefined ? xml : xml.replace(/(?<=AuthorId>)0(?=<)/u, String(otherAuthor));

/** The octets of the MSK, as line `at` of the log tells. */
function keyLength({ lines }: Service, at: number): unknown {
  const keys = lines[at - 1]?.['keys'];
  assert.ok(typeof keys === 'object' && keys !== null);
  return 'msk' in keys ? keys.msk : undefined;
}

describe('the wired service', function () {
  this.timeout(300_000);
  let wire: Wire;
  let windows: WindowsMachine | undefined;
  let device: string | undefined;
  before(async () => {
    checkWindows();
    for (const [program, debianPackage] of [
      ['hostapd', 'hostapd'],
      ['hostapd_cli', 'hostapd'],
      ['socat', 'socat'],
    ] as const) {
      findProgram(program, debianPackage);
    }
    wire = new Wire();
    if (windowsNode === undefined) return;
    windows = await WindowsMachine.start(wire);
    device = await windows.deviceOf(wire.machinePort);
  });
  afterEach(() => {
    wire?.setLink(true);
  });
  after(async () => {
    await windows?.[Symbol.asyncDispose]();
    wire?.[Symbol.dispose]();
  });

  function makeService(method: Method, given = password, config: Line = {}): Service {
    // The methods that are installed know whom to trust.
    const trust = windows === undefined ? { trustAnchors: 'ca.pem' } : { device };
    const service = new Service(wire, { ...trust, ...config });
    service.write('profile.xml', byAuthor(method.profile));
    service.write('credentials.xml', byAuthor(method.credentials(given)));
    service.write('ca.pem', serverAuthority);
    return service;
  }

  /** Waits for what hostapd says of the machine. */
  const authenticatorHas = (authenticator: Switch, name: string, fits: (value: string) => boolean) =>
    until(
      async () => {
        const value = (await authenticator.machine()).get(name);
        return value !== undefined && fits(value) ? value : undefined;
      },
      () => `hostapd's ${name} never fits:\n${authenticator.output}`,
    );

  /** Waits until hostapd has the port open, or closed. */
  const seesPort = (authenticator: Switch, state: 'open' | 'closed'): Promise<unknown> =>
    authenticatorHas(
      authenticator,
      'dot1xAuthAuthControlledPortStatus',
      (value) => value === (state === 'open' ? '1' : '2'),
    );

  for (const link of ['libpcap', 'a bridge'] as const) {
    const config: Line = link === 'libpcap' ? {} : { bridge, address: '02-00-00-00-00-42' };
    const openBridge = async (): Promise<AsyncDisposable | undefined> =>
      link === 'libpcap' ? undefined : startBridge(wire, bridge.localPort, bridge.remotePort);

    describe(`over ${link}`, () => {
      it('authenticates, again whenever the switch or we say so, and logs off', async () => {
        await using authenticator = await Switch.start(wire, 2);
        await using _ = await openBridge();
        await using service = makeService(peap, password, config);
        service.start();
        // The switch's timer, three times.
        let at = 0;
        for (let time = 0; time < 4; time += 1) at = await service.says(authenticated, at);
        await seesPort(authenticator, 'open');
        assert.deepEqual(service.lines[at - 1]?.['methods'], ['PEAP']);
        assert.deepEqual(keyLength(service, at), 64);
        const healthy = await service.command('health');
        assert.deepEqual([healthy.code, healthy.line?.['suppPortStatus']], [0, 'Authorized']);

        const starts = Number((await authenticator.machine()).get('dot1xAuthEapolStartFramesRx'));
        assert.equal((await service.command('reauthenticate')).code, 0);
        await authenticatorHas(
          authenticator,
          'dot1xAuthEapolStartFramesRx',
          (value) => Number(value) > starts,
        );
        await service.says(authenticated, await service.says({ event: 'reauthenticate', by: 'request' }));

        // From the first on the port has been open.
        const states = new Set(service.lines.map(({ state }) => state));
        assert.ok(!states.has('HELD') && !states.has('DISCONNECTED'), service.text);
        await seesPort(authenticator, 'open');

        assert.equal((await service.command('stop')).code, 0);
        assert.equal(await service.ended(), 0);
        await authenticatorHas(authenticator, 'dot1xAuthEapolLogoffFramesRx', (value) => value === '1');
        await seesPort(authenticator, 'closed');
        assert.equal((await service.command('health')).code, 1);
        await service.says({ event: 'state', state: 'LOGOFF' });
        assert.ok(!service.text.includes(password), service.text);
      });

      it('holds with a wrong password, and is let in with the right one', async () => {
        await using authenticator = await Switch.start(wire, never);
        await authenticator.forgiveSoon();
        await using _ = await openBridge();
        await using service = makeService(peap, 'wrong horse', config);
        service.start();
        const failed = await service.says({ event: 'failed' });
        const held = await service.says({ event: 'state', state: 'HELD' }, failed);
        assert.equal(service.lines[failed - 1]?.['code'], 'EAP_E_USER_NAME_PASSWORD_REJECTED');
        const { code, line } = await service.command('health');
        assert.deepEqual([code, line?.['suppPortStatus']], [1, 'Unauthorized']);
        await seesPort(authenticator, 'closed');

        service.write('credentials.xml', byAuthor(peap.credentials(password)));
        await service.says(connected, held);
        await seesPort(authenticator, 'open');
        assert.ok(!service.text.includes('horse'), service.text);
      });
    });
  }

  it('is authenticated anew when the switch is told to', async () => {
    await using authenticator = await Switch.start(wire, never);
    await using service = makeService(peap);
    service.start();
    let at = await service.says(connected);
    for (let time = 0; time < 2; time += 1) {
      await authenticator.reauthenticate();
      at = await service.says(connected, at);
    }
    assert.equal((await authenticator.machine()).get('dot1xAuthEapolStartFramesRx'), '1');
  });

  for (const [name, method, keys] of [
    ['MSCHAPv2', mschapv2, 64],
    ['MD5', md5, undefined],
  ] as const) {
    it(`authenticates with ${name} and without a tunnel, again and again`, async () => {
      await using authenticator = await Switch.start(wire, 2);
      await using service = makeService(method);
      service.start();
      const at = await service.says(authenticated, await service.says(authenticated));
      await seesPort(authenticator, 'open');
      assert.equal(keyLength(service, at), keys);
    });
  }

  it('comes back when the link does', async () => {
    await using authenticator = await Switch.start(wire, never);
    await using service = makeService(peap);
    service.start();
    const first = await service.says(connected);
    wire.setLink(false);
    const down = await service.says({ event: 'port', enabled: false }, first);
    await service.says({ event: 'state', state: 'DISCONNECTED' }, down);
    assert.equal((await service.command('health')).code, 1);
    wire.setLink(true);
    await service.says(connected, await service.says({ event: 'port', enabled: true }, down));
    await seesPort(authenticator, 'open');
  });

  it('comes back when the switch does', async () => {
    await using service = makeService(peap);
    let at = 0;
    {
      await using _ = await Switch.start(wire, never);
      service.start();
      at = await service.says(connected);
    }
    // A switch that starts again takes its links down.
    wire.setLink(false);
    at = await service.says({ event: 'port', enabled: false }, at);
    await using authenticator = await Switch.start(wire, never);
    wire.setLink(true);
    await service.says(connected, at);
    await seesPort(authenticator, 'open');
  });

  it('waits for a switch that is not there yet', async () => {
    await using service = makeService(peap, password, { startPeriod: 1, heldPeriod: 1 });
    service.start();
    const held = await service.says({ event: 'state', state: 'HELD', before: 'CONNECTING' });
    await using authenticator = await Switch.start(wire, never);
    await service.says(connected, held);
    await seesPort(authenticator, 'open');
  });

  it('takes a LAN without a switch to be open where that is said', async () => {
    await using service = makeService(peap, password, { startPeriod: 1, portValid: true });
    service.start();
    await service.says({ ...connected, before: 'CONNECTING' });
    assert.equal((await service.command('health')).code, 0);
  });

  // A Windows program gets Ctrl+C from its console, and under Wine there is none.
  if (windowsNode === undefined) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      it(`logs off at ${signal}`, async () => {
        await using authenticator = await Switch.start(wire, never);
        await using service = makeService(peap);
        service.start();
        await service.says(connected);
        service.signal(signal);
        assert.equal(await service.ended(), 0);
        await seesPort(authenticator, 'closed');
        assert.equal(service.lines.at(-1)?.['event'], 'stopped');
      });
    }
  }
});
