// The state machines, against the standard's diagrams: with a clock of ours and an EAP that says what a test wants.

import assert from 'node:assert/strict';

import { SupplicantPae, type PaeClock, type PaeState } from '../../lib/wired/pae.js';

const times = { authPeriod: 30, heldPeriod: 60, startPeriod: 30, maxStart: 3 };
const packet = Buffer.from([1, 1, 0, 5, 1]);
const response = Buffer.from([2, 1, 0, 6, 1, 0x61]);

/** A clock that a test moves. */
class TestClock implements PaeClock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly work: () => void }>();

  after(seconds: number, work: () => void): () => void {
    const timer = { at: this.#now + seconds, work };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  get running(): number {
    return this.#timers.size;
  }

  advance(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      this.#now += 1;
      for (const timer of this.#timers) {
        if (timer.at > this.#now) continue;
        this.#timers.delete(timer);
        timer.work();
      }
    }
  }
}

/** A port with a log of what is done and of the states that are entered. */
function makePort({ portValid = false, restartsAtOnce = true } = {}) {
  const clock = new TestClock();
  const done: string[] = [];
  const states: PaeState[] = [];
  const pae: SupplicantPae = new SupplicantPae(
    times,
    {
      txStart: () => done.push('start'),
      txLogoff: () => done.push('logoff'),
      txSuppRsp: (sent) => done.push(`response ${sent.toString()}`),
      eapRestart() {
        done.push('restart');
        if (restartsAtOnce) pae.restarted();
      },
      getSuppRsp: (given) => done.push(`request ${given.toString('hex')}`),
      abortSupp: () => done.push('abort'),
      suppTimeout: () => done.push('timeout'),
      entered: (state) => states.push(state),
    },
    clock,
    { portValid },
  );
  /** What was done since the last look. */
  const look = (): string[] => done.splice(0).map((text) => text.split(' ', 1)[0] ?? '');
  const authenticate = (): void => {
    pae.eapolEap(packet);
    pae.eapResp(response);
    pae.eapolEap(packet);
    pae.eapSuccess();
  };
  return { clock, done, states, pae, look, authenticate };
}

describe('The supplicant PAE', () => {
  it('does nothing without a link', () => {
    const { pae, clock, look } = makePort();
    pae.eapolEap(packet);
    pae.reauthenticate();
    assert.deepEqual(
      [pae.state, pae.backendState, pae.suppPortStatus],
      ['DISCONNECTED', 'IDLE', 'Unauthorized'],
    );
    clock.advance(1000);
    assert.deepEqual(look(), []);
    assert.equal(clock.running, 0);
  });

  it('says EAPOL-Start maxStart times, then holds, then once each period', () => {
    const { pae, clock, look, states } = makePort();
    pae.setPortEnabled(true);
    assert.deepEqual(look(), ['start']);
    clock.advance(29);
    assert.deepEqual(look(), []);
    clock.advance(1);
    assert.deepEqual(look(), ['start']);
    clock.advance(30);
    assert.deepEqual(look(), ['start']);
    assert.equal(pae.state, 'CONNECTING');
    clock.advance(30);
    assert.deepEqual([pae.state, look()], ['HELD', []]);
    assert.equal(pae.suppPortStatus, 'Unauthorized');
    clock.advance(60);
    assert.deepEqual([pae.state, look()], ['CONNECTING', ['start']]);
    clock.advance(30);
    assert.equal(pae.state, 'HELD');
    assert.deepEqual(states, ['CONNECTING', 'CONNECTING', 'CONNECTING', 'HELD', 'CONNECTING', 'HELD']);
  });

  it('takes the LAN to be open where nobody answers and portValid says so', () => {
    const { pae, clock } = makePort({ portValid: true });
    pae.setPortEnabled(true);
    clock.advance(90);
    assert.deepEqual([pae.state, pae.suppPortStatus], ['AUTHENTICATED', 'Authorized']);
    clock.advance(1000);
    pae.eapolEap(packet);
    assert.equal(pae.state, 'AUTHENTICATING');
    pae.eapFail();
    assert.deepEqual([pae.state, pae.suppPortStatus], ['HELD', 'Unauthorized']);
  });

  it('authenticates', () => {
    const { pae, look, done, states, clock } = makePort();
    pae.setPortEnabled(true);
    look();
    pae.eapolEap(packet);
    assert.deepEqual([pae.state, pae.backendState], ['AUTHENTICATING', 'REQUEST']);
    assert.deepEqual(done, ['restart', `request ${packet.toString('hex')}`]);
    look();
    pae.eapResp(response);
    assert.equal(pae.backendState, 'RECEIVE');
    assert.deepEqual(done, [`response ${response.toString()}`]);
    look();
    pae.eapolEap(packet);
    assert.equal(pae.backendState, 'REQUEST');
    assert.equal(pae.suppPortStatus, 'Unauthorized');
    pae.eapSuccess();
    assert.deepEqual(
      [pae.state, pae.backendState, pae.suppPortStatus],
      ['AUTHENTICATED', 'IDLE', 'Authorized'],
    );
    assert.deepEqual(states, ['CONNECTING', 'RESTART', 'AUTHENTICATING', 'AUTHENTICATED']);
    clock.advance(1000);
    assert.equal(pae.state, 'AUTHENTICATED');
  });

  it('waits for EAP to begin, and keeps the packet meanwhile', () => {
    const { pae, look } = makePort({ restartsAtOnce: false });
    pae.setPortEnabled(true);
    pae.eapolEap(packet);
    assert.deepEqual([pae.state, look()], ['RESTART', ['start', 'restart']]);
    pae.restarted();
    assert.deepEqual([pae.state, look()], ['AUTHENTICATING', ['request']]);
  });

  it('drops what comes while EAP is at work: a repetition', () => {
    const { pae, look } = makePort();
    pae.setPortEnabled(true);
    pae.eapolEap(packet);
    pae.eapolEap(packet);
    look();
    pae.eapResp(response);
    assert.deepEqual([pae.backendState, look()], ['RECEIVE', ['response']]);
    pae.eapolEap(packet);
    assert.deepEqual(look(), ['request']);
    pae.eapNoResp();
    assert.deepEqual([pae.backendState, look()], ['RECEIVE', []]);
  });

  it('keeps the port open while the authenticator asks again', () => {
    const { pae, look, authenticate, states } = makePort();
    pae.setPortEnabled(true);
    authenticate();
    look();
    states.length = 0;
    for (let time = 0; time < 5; time += 1) {
      pae.eapolEap(packet);
      assert.deepEqual([pae.state, pae.suppPortStatus], ['AUTHENTICATING', 'Authorized']);
      pae.eapResp(response);
      pae.eapolEap(packet);
      pae.eapSuccess();
      assert.deepEqual([pae.state, pae.suppPortStatus], ['AUTHENTICATED', 'Authorized']);
      assert.deepEqual(look(), ['restart', 'request', 'response', 'request']);
    }
    assert.equal(states.length, 15);
  });

  it('asks for an authentication itself, with the port as it is, and is content where nobody answers', () => {
    const { pae, look, authenticate, clock } = makePort();
    pae.setPortEnabled(true);
    authenticate();
    look();
    pae.reauthenticate();
    assert.deepEqual([pae.state, pae.suppPortStatus, look()], ['CONNECTING', 'Authorized', ['start']]);
    authenticate();
    assert.deepEqual([pae.state, pae.suppPortStatus], ['AUTHENTICATED', 'Authorized']);
    look();
    pae.reauthenticate();
    clock.advance(90);
    assert.deepEqual(
      [pae.state, pae.suppPortStatus, look()],
      ['AUTHENTICATED', 'Authorized', ['start', 'start', 'start']],
    );
  });

  it('owes nothing when it is asked while it asks', () => {
    const { pae, look, authenticate } = makePort();
    pae.setPortEnabled(true);
    pae.reauthenticate();
    authenticate();
    assert.deepEqual(
      [pae.state, look()],
      ['AUTHENTICATED', ['start', 'restart', 'request', 'response', 'request']],
    );
  });

  it('asks once the authentication that is under way is over', () => {
    const { pae, look } = makePort();
    pae.setPortEnabled(true);
    pae.eapolEap(packet);
    pae.reauthenticate();
    assert.equal(pae.state, 'AUTHENTICATING');
    look();
    pae.eapSuccess();
    assert.deepEqual([pae.state, look()], ['CONNECTING', ['start']]);
  });

  it('holds after a failure, for heldPeriod or until it is asked', () => {
    const { pae, look, clock } = makePort();
    pae.setPortEnabled(true);
    pae.eapolEap(packet);
    pae.eapFail();
    assert.deepEqual([pae.state, pae.backendState, pae.suppPortStatus], ['HELD', 'IDLE', 'Unauthorized']);
    look();
    clock.advance(59);
    assert.deepEqual([pae.state, look()], ['HELD', []]);
    clock.advance(1);
    assert.deepEqual([pae.state, look()], ['CONNECTING', ['start']]);
    pae.eapolEap(packet);
    pae.eapFail();
    clock.advance(5);
    pae.eapolEap(packet);
    assert.equal(pae.state, 'AUTHENTICATING');
    pae.eapSuccess();
    assert.equal(pae.suppPortStatus, 'Authorized');
    clock.advance(1000);
    assert.equal(pae.state, 'AUTHENTICATED');
  });

  it('begins again where the authenticator falls silent for authPeriod', () => {
    const { pae, look, clock } = makePort();
    pae.setPortEnabled(true);
    pae.eapolEap(packet);
    clock.advance(1000);
    assert.equal(pae.backendState, 'REQUEST');
    pae.eapResp(response);
    look();
    clock.advance(29);
    pae.eapolEap(packet);
    pae.eapResp(response);
    look();
    clock.advance(29);
    assert.deepEqual([pae.state, look()], ['AUTHENTICATING', []]);
    clock.advance(1);
    assert.deepEqual([pae.state, pae.backendState, look()], ['CONNECTING', 'IDLE', ['timeout', 'start']]);
  });

  it('drops everything when the link is lost, whatever it is at, and begins anew when it comes', () => {
    const ways: readonly ((port: ReturnType<typeof makePort>) => void)[] = [
      () => undefined,
      ({ pae }) => pae.eapolEap(packet),
      ({ pae }) => {
        pae.eapolEap(packet);
        pae.eapResp(response);
      },
      ({ authenticate }) => authenticate(),
      ({ pae }) => {
        pae.eapolEap(packet);
        pae.eapFail();
      },
    ];
    for (const way of ways) {
      const port = makePort();
      const { pae, look, authenticate } = port;
      pae.setPortEnabled(true);
      way(port);
      look();
      pae.setPortEnabled(false);
      assert.deepEqual(
        [pae.state, pae.backendState, pae.suppPortStatus],
        ['DISCONNECTED', 'IDLE', 'Unauthorized'],
      );
      assert.deepEqual(look(), ['abort']);
      // Late answers of what was dropped.
      pae.eapResp(response);
      pae.eapSuccess();
      assert.deepEqual([pae.state, look()], ['DISCONNECTED', []]);
      pae.setPortEnabled(true);
      assert.deepEqual([pae.state, look()], ['CONNECTING', ['start']]);
      authenticate();
      assert.equal(pae.suppPortStatus, 'Authorized');
    }
  });

  it('answers nothing more once it has logged off, whatever it was at', () => {
    const { pae, look } = makePort();
    pae.setPortEnabled(true);
    pae.eapolEap(packet);
    pae.eapResp(response);
    pae.setUserLogoff(true);
    look();
    pae.eapolEap(packet);
    pae.eapResp(response);
    assert.deepEqual([pae.state, pae.backendState, look()], ['LOGOFF', 'IDLE', []]);
  });

  it('logs off once, and comes back', () => {
    const { pae, look, authenticate } = makePort();
    pae.setPortEnabled(true);
    authenticate();
    look();
    pae.setUserLogoff(true);
    assert.deepEqual(
      [pae.state, pae.suppPortStatus, look()],
      ['LOGOFF', 'Unauthorized', ['logoff', 'abort']],
    );
    pae.eapolEap(packet);
    assert.deepEqual([pae.state, look()], ['LOGOFF', []]);
    pae.setUserLogoff(false);
    assert.deepEqual([pae.state, look()], ['CONNECTING', ['start', 'abort']]);
  });

  it('leaves no timer behind', () => {
    for (const isHeld of [false, true]) {
      const { pae, clock, look } = makePort();
      pae.setPortEnabled(true);
      pae.eapolEap(packet);
      if (isHeld) pae.eapFail();
      else pae.eapResp(response);
      look();
      pae.close();
      assert.equal(clock.running, 0);
      assert.deepEqual(look(), ['abort']);
    }
  });

  it('stands a procedure that calls it', () => {
    const sent: string[] = [];
    const clock = new TestClock();
    const pae: SupplicantPae = new SupplicantPae(
      times,
      {
        txStart() {
          sent.push('start');
          // A link that breaks as it is used, once.
          if (sent.length === 1) pae.setPortEnabled(false);
        },
        txLogoff: () => undefined,
        txSuppRsp: () => undefined,
        eapRestart: () => undefined,
        getSuppRsp: () => undefined,
        abortSupp: () => undefined,
        suppTimeout: () => undefined,
        entered: () => undefined,
      },
      clock,
    );
    pae.setPortEnabled(true);
    assert.equal(pae.state, 'DISCONNECTED');
    pae.setPortEnabled(true);
    assert.deepEqual([pae.state, sent], ['CONNECTING', ['start', 'start']]);
  });
});
