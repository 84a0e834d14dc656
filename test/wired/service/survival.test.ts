// What a port's neighbours do to a supplicant, and that it is in again afterwards: `eaphost wired`, and in its place
// wpa_supplicant, which says that the case is one. All is seen from the switch's side.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { run } from '../../interop/programs.js';
import { md5, mschapv2, peap, serviceOf } from './methods.js';
import { until } from './node-process.js';
import { Service } from './service.js';
import { machineCertificate, password, serverAuthority, serverName, Switch } from './switch.js';
import { WindowsMachine } from './windows-machine.js';
import { checkWindows, longUnderWine, windowsNode } from './windows-node.js';
import { Wire } from './wire.js';
import { WpaSupplicant, type SharedMethod } from './wpa-supplicant.js';

const flooder = fileURLToPath(new URL('../cards/flood.js', import.meta.url));
const asker = fileURLToPath(new URL('../cards/ask.js', import.meta.url));
const never = 0;
const floodFrames = 1_000_000;
const flaps = 20;
const reauthentications = 2;

/** A supplicant at the machine's end of a wire. */
interface Subject extends AsyncDisposable {
  readonly memory: number;
  readonly text: string;
  start(): void;
}

const byProfile = { 'peap-mschapv2': peap, mschapv2, md5 };

/** Times that let a test wait for no minute. */
const times = { 'held-period': 1, 'auth-period': 2 };

/** V8's young generation, as large as it likes, looks like growth. */
const environment = { NODE_OPTIONS: '--max-semi-space-size=1' };

function eaphostWired(wire: Wire, method: SharedMethod): Subject {
  if (method in byProfile) {
    return serviceOf(wire, byProfile[method as keyof typeof byProfile], password, times, wire, environment);
  }
  const credentials =
    method === 'tls'
      ? { identity: 'pc7', cert: 'pc7.pem', key: 'pc7.key' }
      : { identity: 'erin', 'password-file': 'password' };
  const options = { ...times, method, ca: 'ca.pem', 'server-name': serverName, ...credentials };
  const service = new Service(wire, options, wire, environment);
  service.write('ca.pem', serverAuthority);
  service.write('pc7.pem', machineCertificate.cert);
  service.write('pc7.key', machineCertificate.key);
  service.write('password', password);
  return service;
}

const subjects =
  windowsNode === undefined
    ? ([
        ['eaphost wired', eaphostWired],
        ['wpa_supplicant', (wire: Wire, method: SharedMethod): Subject => new WpaSupplicant(wire, method)],
      ] as const)
    : ([['eaphost wired', eaphostWired]] as const);

// The methods in System32 under Wine are configured by XML.
const methods: readonly SharedMethod[] =
  windowsNode === undefined
    ? ['peap-mschapv2', 'ttls-mschapv2', 'tls', 'mschapv2', 'md5']
    : ['peap-mschapv2', 'mschapv2', 'md5'];

/** Waits until the switch has the port open. */
const isOpen = (authenticator: Switch): Promise<unknown> =>
  until(
    async () => (await authenticator.machine()).get('dot1xAuthAuthControlledPortStatus') === '1' || undefined,
    () => `the port stays closed:\n${authenticator.output}`,
  );

for (const [name, make] of subjects) {
  describe(`${name}, with neighbours of every kind${longUnderWine}`, function () {
    this.timeout(300_000);
    let wire: Wire;
    let windows: WindowsMachine | undefined;
    const survived = { frames: 0, flaps: 0, reauthentications: 0 };
    before(async () => {
      checkWindows();
      wire = new Wire();
      if (windowsNode !== undefined) windows = await WindowsMachine.start(wire);
    });
    afterEach(() => {
      wire?.setLink(true);
    });
    after(async () => {
      await windows?.[Symbol.asyncDispose]();
      wire?.[Symbol.dispose]();
      console.log(
        `      ${name} survived ${survived.frames.toLocaleString('en')} frames of garbage, ${survived.flaps} flaps of its ` +
          `link and ${survived.reauthentications} re-authentications`,
      );
    });

    const isLetIn = (authenticator: Switch, subject: Subject, times: number): Promise<unknown> =>
      until(
        () => authenticator.successes >= times || undefined,
        () =>
          `let in ${authenticator.successes} times, not ${times}:\n${subject.text}\n${authenticator.output}`,
      );

    /** The switch asks anew, and lets it in. */
    async function isLetInAgain(authenticator: Switch, subject: Subject): Promise<void> {
      const { successes } = authenticator;
      await authenticator.reauthenticate();
      await isLetIn(authenticator, subject, successes + 1);
    }

    /** Runs a program of this folder's at the switch's end; gives what it printed. */
    async function atSwitch(script: string, ...args: readonly string[]): Promise<string> {
      const { status, output } = await run(
        ...wire.atSwitch(process.execPath, [script, wire.switchPort, ...args]),
        120_000,
      );
      assert.equal(status, 0, output);
      return output;
    }

    for (const method of methods) {
      it(`is let in with ${method}, again every second`, async () => {
        await using authenticator = await Switch.start(wire, 1);
        await using subject = make(wire, method);
        subject.start();
        await isLetIn(authenticator, subject, 1 + reauthentications);
        await isOpen(authenticator);
        survived.reauthentications += reauthentications;
      });
    }

    it('is let in again after frames of every wrong length', async () => {
      await using authenticator = await Switch.start(wire, never);
      await using subject = make(wire, 'md5');
      subject.start();
      await isLetIn(authenticator, subject, 1);
      const answered = JSON.parse(await atSwitch(asker, wire.machineAddress, 'lengths')) as number[];
      // Nothing but the whole request has an answer.
      assert.deepEqual([...new Set(answered)], [99]);
      await isLetInAgain(authenticator, subject);
      await isOpen(authenticator);
    });

    it('answers what comes in its own VLAN, and is let in again', async () => {
      await using authenticator = await Switch.start(wire, never);
      await using subject = make(wire, 'md5');
      subject.start();
      await isLetIn(authenticator, subject, 1);
      const answered = JSON.parse(await atSwitch(asker, wire.machineAddress, 'tags')) as number[];
      // The one that is tagged with a priority alone; Wine's wpcap gives it back as it was.
      assert.deepEqual([...new Set(answered)], windowsNode === undefined ? [3, 99] : [99]);
      await isLetInAgain(authenticator, subject);
    });

    it('is let in by a switch that was killed and started again, its link being up all the time', async () => {
      await using subject = make(wire, 'md5');
      {
        await using authenticator = await Switch.start(wire, never);
        subject.start();
        await isLetIn(authenticator, subject, 1);
        await authenticator.kill();
      }
      await using authenticator = await Switch.start(wire, never);
      await authenticator.seeMachine();
      await isLetIn(authenticator, subject, 1);
      await isOpen(authenticator);
    });

    it(`is let in again after ${flaps} flaps of its link`, async () => {
      await using authenticator = await Switch.start(wire, never);
      await using subject = make(wire, 'md5');
      subject.start();
      await isLetIn(authenticator, subject, 1);
      for (let flap = 0; flap < flaps; flap += 1) {
        wire.setLink(false);
        wire.setLink(true);
      }
      await isLetInAgain(authenticator, subject);
      await isOpen(authenticator);
      survived.flaps += flaps;
    });

    // What is measured is the supplicant, and not Wine.
    if (windowsNode === undefined) {
      it('survives floods of garbage without growing, and is let in when they are over', async () => {
        await using authenticator = await Switch.start(wire, never);
        await using subject = make(wire, 'peap-mschapv2');
        subject.start();
        await isLetIn(authenticator, subject, 1);
        const flood = async (frames: number): Promise<number> =>
          Number(await atSwitch(flooder, String(frames)));
        await flood(floodFrames / 2);
        const before = subject.memory;
        const rate = await flood(floodFrames);
        const growth = subject.memory - before;
        survived.frames += floodFrames;
        console.log(`      ${rate} frames a second, grew by ${growth} octets`);
        await isLetInAgain(authenticator, subject);
        await isOpen(authenticator);
        assert.ok(growth < 40e6, `grew by ${growth} octets`);
      });
    }
  });
}

if (windowsNode === undefined) {
  describe('eaphost wired, where its switch is gone', function () {
    this.timeout(300_000);
    it('gives up a conversation that nobody goes on with, and begins another', async () => {
      using wire = new Wire();
      await using service = serviceOf(wire, md5, password, times);
      {
        // It asks for the identity, and then a server that is not there.
        await using authenticator = await Switch.start(wire, never, wire, 'between nobody');
        service.start();
        await service.says({ event: 'state', state: 'AUTHENTICATING' });
        await until(
          async () =>
            (await authenticator.machine()).get('dot1xAuthEapolRespIdFramesRx') === '1' || undefined,
          () => `no identity:\n${service.text}\n${authenticator.output}`,
        );
        await authenticator.kill();
      }
      await service.says({ event: 'failed', reason: 'ERROR_TIMEOUT' });
      await using authenticator = await Switch.start(wire, never);
      await service.says({ event: 'authorized' });
      await isOpen(authenticator);
    });
  });
}
