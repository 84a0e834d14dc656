// `eaphost wired` against a switch of others: hostapd at the other end of a wire, in network namespaces of the test's own.
// Natively; and, with EAPHOST_WINDOWS_NODE, in a Windows Node under Wine.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { findProgram, Program } from '../../interop/programs.js';
import { byAuthor, expired, md5, mschapv2, peap, serviceOf, type WiredMethod } from './methods.js';
import { until } from './node-process.js';
import { Service, type Line, type Options } from './service.js';
import { machineCertificate, password, serverAuthority, serverName, Switch } from './switch.js';
import { WindowsMachine } from './windows-machine.js';
import { checkWindows, longUnderWine, windowsNode } from './windows-node.js';
import { Wire, type Ends } from './wire.js';

const authenticated: Line = { event: 'authorized' };
const connected: Line = { event: 'state', state: 'AUTHENTICATED' };
const never = 0;
const accounts = fileURLToPath(new URL('accounts.js', import.meta.url));

/** The octets of the MSK, as line `at` of the log tells. */
function keyLength({ lines }: Service, at: number): unknown {
  const keys = lines[at - 1]?.['keys'];
  assert.ok(typeof keys === 'object' && keys !== null);
  return 'msk' in keys ? keys.msk : undefined;
}

describe('eaphost wired', function () {
  this.timeout(300_000);
  let wire: Wire;
  let windows: WindowsMachine | undefined;
  before(async () => {
    checkWindows();
    for (const [program, debianPackage] of [
      ['hostapd', 'hostapd'],
      ['hostapd_cli', 'hostapd'],
    ] as const) {
      findProgram(program, debianPackage);
    }
    wire = new Wire();
    if (windowsNode === undefined) return;
    windows = await WindowsMachine.start(wire);
  });
  afterEach(() => {
    wire?.setLink(true);
  });
  after(async () => {
    await windows?.[Symbol.asyncDispose]();
    wire?.[Symbol.dispose]();
  });

  const makeService = (
    method: WiredMethod,
    given = password,
    options: Options = {},
    ends: Ends = wire,
  ): Service => serviceOf(wire, method, given, options, ends);

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

  it('authenticates, again whenever the switch or we say so, and logs off', async () => {
    await using authenticator = await Switch.start(wire, 2);
    await using service = makeService(peap);
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
    await authenticatorHas(authenticator, 'dot1xAuthEapolStartFramesRx', (value) => Number(value) > starts);
    await service.says(authenticated, await service.says({ event: 'reauthenticating', by: 'request' }));

    // From the first on the port has been open.
    const states = new Set(service.lines.map(({ state }) => state));
    assert.ok(!states.has('HELD') && !states.has('DISCONNECTED'), service.text);
    await seesPort(authenticator, 'open');

    assert.equal((await service.command('stop')).code, 0);
    assert.equal(await service.ended(), 0);
    await authenticatorHas(authenticator, 'dot1xAuthEapolLogoffFramesRx', (value) => value === '1');
    await seesPort(authenticator, 'closed');
    assert.equal((await service.command('health')).code, 2);
    await service.says({ event: 'state', state: 'LOGOFF' });
    assert.ok(!service.text.includes(password), service.text);
  });

  it('holds with a wrong password, and is let in with the right one', async () => {
    await using authenticator = await Switch.start(wire, never);
    await authenticator.forgiveSoon();
    await using service = makeService(peap, 'wrong horse');
    service.start();
    const failed = await service.says({ event: 'failed' });
    const held = await service.says({ event: 'state', state: 'HELD' }, failed);
    assert.equal(service.lines[failed - 1]?.['reason'], 'EAP_E_USER_NAME_PASSWORD_REJECTED');
    const { code, line } = await service.command('health');
    assert.deepEqual([code, line?.['suppPortStatus']], [1, 'Unauthorized']);
    await seesPort(authenticator, 'closed');

    service.write('credentials.xml', byAuthor(peap.credentials(password)));
    await service.says(connected, held);
    await seesPort(authenticator, 'open');
    assert.ok(!service.text.includes('horse'), service.text);
  });

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
    const down = await service.says({ event: 'link', isUp: false }, first);
    await service.says({ event: 'state', state: 'DISCONNECTED' }, down);
    assert.equal((await service.command('health')).code, 1);
    wire.setLink(true);
    await service.says(connected, await service.says({ event: 'link', isUp: true }, down));
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
    at = await service.says({ event: 'link', isUp: false }, at);
    await using authenticator = await Switch.start(wire, never);
    wire.setLink(true);
    await service.says(connected, at);
    await seesPort(authenticator, 'open');
  });

  it(`keeps a changed password for the next process, from protected credentials, and shows neither${longUnderWine}`, async () => {
    const secret = 'between us';
    const [program, args] = wire.atSwitch(process.execPath, [accounts, secret, 'carol', password]);
    await using server = new Program(program, args);
    await server.says('serving');
    await using authenticator = await Switch.start(wire, never, wire, secret);
    await using service = makeService(expired, password, { keep: 'kept' });
    const { code } = await service.command('protect', { credentials: 'credentials.xml' });
    assert.equal(code, 0);
    service.start();
    await service.says(authenticated);
    await service.command('stop');
    assert.equal(await service.ended(), 0);
    for (const name of ['credentials.xml', 'kept']) {
      const { content, others } = service.read(name);
      if (windowsNode === undefined) assert.equal(others, 0);
      else assert.ok(!/staple|UserCredentials/u.test(content.toString('latin1')), name);
    }

    // The old password is no good any more, and the new one has not expired.
    service.start();
    await service.says(authenticated);
    await seesPort(authenticator, 'open');
    await service.command('stop');
    assert.equal(await service.ended(), 0);
    assert.equal(server.output.split('changed').length - 1, 1);
    assert.ok(!/staple|horse/u.test(service.text), service.text);

    // Without it there is no way in.
    service.remove('kept');
    service.start();
    await service.says({ event: 'failed', reason: 'EAP_E_USER_NAME_PASSWORD_REJECTED' });
  });

  it('waits for a switch that is not there yet', async () => {
    await using service = makeService(peap, password, { 'start-period': 1, 'held-period': 1 });
    service.start();
    const held = await service.says({ event: 'state', state: 'HELD', before: 'CONNECTING' });
    await using authenticator = await Switch.start(wire, never);
    await service.says(connected, held);
    await seesPort(authenticator, 'open');
  });

  it('takes a LAN without a switch to be open where that is said', async () => {
    await using service = makeService(peap, password, { 'start-period': 1, 'port-valid': true });
    service.start();
    await service.says({ ...connected, before: 'CONNECTING' });
    assert.equal((await service.command('health')).code, 0);
  });

  // The methods in System32 under Wine are configured by XML.
  if (windowsNode === undefined) {
    for (const [method, identity, more] of [
      ['tls', 'pc7', { cert: 'pc7.pem', key: 'pc7.key' }],
      ['ttls-pap', 'erin', { 'password-file': 'password' }],
      ['ttls-mschapv2', 'erin', { 'password-file': 'password' }],
      ['peap-mschapv2', 'alice', { 'password-file': 'password', 'outer-identity': 'anonymous' }],
    ] as const) {
      it(`authenticates with ${method} by options, again whenever the switch says so`, async () => {
        await using authenticator = await Switch.start(wire, 2);
        const options = { method, identity, ca: 'ca.pem', 'server-name': serverName, ...more };
        await using service = new Service(wire, options);
        service.write('ca.pem', serverAuthority);
        service.write('pc7.pem', machineCertificate.cert);
        service.write('pc7.key', machineCertificate.key);
        service.write('password', password);
        service.start();
        const at = await service.says(authenticated, await service.says(authenticated));
        await seesPort(authenticator, 'open');
        assert.deepEqual(keyLength(service, at), 64);
        assert.ok(!service.text.includes(password), service.text);
      });
    }

    it('keeps two ports of one machine, each by itself', async () => {
      const ends = wire.another();
      await using first = await Switch.start(wire, never);
      await using second = await Switch.start(wire, 1, ends);
      await using one = makeService(peap);
      await using other = makeService(mschapv2, password, {}, ends);
      one.start();
      other.start();
      await one.says(connected);
      let at = await other.says(authenticated);
      for (let time = 0; time < 3; time += 1) at = await other.says(authenticated, at);
      assert.equal((await other.command('stop')).code, 0);
      await seesPort(second, 'closed');
      await seesPort(first, 'open');
      // The other's switch has not asked this one.
      assert.equal(one.lines.filter(({ event }) => event === 'authorized').length, 1);
      assert.equal((await one.command('health')).code, 0);
    });

    it('does not let another keep the same port', async () => {
      await using authenticator = await Switch.start(wire, never);
      await using service = makeService(md5);
      service.start();
      await service.says(connected);
      service.start();
      assert.equal(await service.ended(), 2);
      assert.match(service.text, /is another eaphost wired's/u);
      await seesPort(authenticator, 'open');
      assert.equal((await service.command('stop')).code, 0);
    });
  }

  if (windowsNode === undefined) {
    it('comes back from each of twenty flaps of its link', async () => {
      await using authenticator = await Switch.start(wire, never);
      await using service = makeService(md5);
      service.start();
      let at = await service.says(connected);
      for (let flap = 0; flap < 20; flap += 1) {
        wire.setLink(false);
        wire.setLink(true);
        at = await service.says(connected, await service.says({ event: 'link', isUp: false }, at));
      }
      await seesPort(authenticator, 'open');
    });
  }

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
