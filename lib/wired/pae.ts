// The supplicant's port access entity (IEEE 802.1X-2004, 8.2.11 and 8.2.12): its two state machines, with the standard's
// names for states, variables, timers and procedures. Without S_FORCE_AUTH and S_FORCE_UNAUTH: the port's control is
// always `auto`. It knows no network, no EAP and no clock but those that it is given.

/** States of the Supplicant PAE state machine. */
export type PaeState =
  'LOGOFF' | 'DISCONNECTED' | 'CONNECTING' | 'RESTART' | 'AUTHENTICATING' | 'AUTHENTICATED' | 'HELD';

/** States of the Supplicant Backend state machine. */
export type BackendState =
  'INITIALIZE' | 'IDLE' | 'REQUEST' | 'RESPONSE' | 'RECEIVE' | 'SUCCESS' | 'FAIL' | 'TIMEOUT';

/** The standard's timers, in seconds, and counts. */
export interface PaeTimes {
  /** How long an authenticator may be silent within a conversation. The standard's default is 30. */
  readonly authPeriod: number;
  /** How long nothing is tried after a failure. 60. */
  readonly heldPeriod: number;
  /** How long an EAPOL-Start is waited for. 30. */
  readonly startPeriod: number;
  /** How many EAPOL-Start are sent. 3. */
  readonly maxStart: number;
}

/** What the state machines do to the world. */
export interface PaeProcedures {
  /** Sends an EAPOL-Start. */
  txStart(): void;
  /** Sends an EAPOL-Logoff. */
  txLogoff(): void;
  /** Sends EAP's response. */
  txSuppRsp(response: Uint8Array): void;
  /** EAP is to begin anew; it answers with `restarted`. */
  eapRestart(): void;
  /** EAP is given a packet; it answers with `eapResp`, `eapNoResp`, `eapSuccess` or `eapFail`. */
  getSuppRsp(packet: Buffer): void;
  /** EAP is to drop what it does; it answers nothing more. */
  abortSupp(): void;
  /** The authenticator fell silent within a conversation. */
  suppTimeout(): void;
  /** The machine came into a state, perhaps the one in which it was. */
  entered(state: PaeState, before: PaeState): void;
}

/** What the timers run on. */
export interface PaeClock {
  /** Calls `work` after some seconds, unless what it returns is called before. */
  after(seconds: number, work: () => void): () => void;
}

/** One of the standard's timers: it counts down to 0, where the machine looks at it again. */
class CountdownTimer {
  readonly #clock: PaeClock;
  readonly #expired: () => void;
  #cancel: (() => void) | undefined;

  constructor(clock: PaeClock, expired: () => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  get isZero(): boolean {
    return this.#cancel === undefined;
  }

  start(seconds: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(seconds, () => {
      this.#cancel = undefined;
      this.#expired();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

/** Both state machines. Every function may be called from within a procedure. */
export class SupplicantPae {
  readonly #times: PaeTimes;
  readonly #do: PaeProcedures;
  readonly #isOpenWithout: boolean;

  #state: PaeState = 'DISCONNECTED';
  #backend: BackendState = 'IDLE';
  #portEnabled = false;
  #portValid: boolean;
  #suppPortStatus: 'Authorized' | 'Unauthorized' = 'Unauthorized';
  #userLogoff = false;
  #logoffSent = false;
  #startCount = 0;
  /** eapolEap, with the packet that it stands for. */
  #eapolEap: Buffer | undefined;
  #eapRestart = false;
  #eapResp: Uint8Array | undefined;
  #eapNoResp = false;
  #eapSuccess = false;
  #eapFail = false;
  #suppStart = false;
  #suppAbort = false;
  #suppSuccess = false;
  #suppFail = false;
  #suppTimeout = false;
  readonly #authWhile: CountdownTimer;
  readonly #heldWhile: CountdownTimer;
  readonly #startWhen: CountdownTimer;
  /** A re-authentication was asked for. */
  #isOwed = false;
  #isStepping = false;

  /** `portValid` is what holds where no authenticator answers: true, the LAN is taken to ask for none. */
  constructor(times: PaeTimes, procedures: PaeProcedures, clock: PaeClock, { portValid = false } = {}) {
    this.#times = times;
    this.#do = procedures;
    this.#isOpenWithout = portValid;
    this.#portValid = portValid;
    const step = (): void => {
      this.#step();
    };
    this.#authWhile = new CountdownTimer(clock, step);
    this.#heldWhile = new CountdownTimer(clock, step);
    this.#startWhen = new CountdownTimer(clock, step);
  }

  get state(): PaeState {
    return this.#state;
  }

  get backendState(): BackendState {
    return this.#backend;
  }

  /** Whether the port is open to us, as far as a supplicant can tell. */
  get suppPortStatus(): 'Authorized' | 'Unauthorized' {
    return this.#suppPortStatus;
  }

  /** The link came up or went down. */
  setPortEnabled(portEnabled: boolean): void {
    this.#portEnabled = portEnabled;
    this.#step();
  }

  /** The user leaves, or comes back. */
  setUserLogoff(userLogoff: boolean): void {
    this.#userLogoff = userLogoff;
    this.#step();
  }

  /** An EAP packet came. One that nobody has looked at yet is forgotten for it. */
  eapolEap(packet: Buffer): void {
    if (!this.#portEnabled) return;
    this.#eapolEap = packet;
    this.#step();
  }

  /**
   * Asks the authenticator for a new authentication, once the one under way is over. Not in the standard: a transition
   * from AUTHENTICATED to CONNECTING, which leaves the port as it is.
   */
  reauthenticate(): void {
    // While connecting, what is asked for is under way.
    this.#isOwed = this.#state !== 'CONNECTING';
    this.#step();
  }

  /** EAP has begun anew. */
  restarted(): void {
    this.#eapRestart = false;
    this.#step();
  }

  /** EAP answers with a response. */
  eapResp(response: Uint8Array): void {
    this.#eapResp = response;
    this.#step();
  }

  /** EAP has nothing to say. */
  eapNoResp(): void {
    this.#eapNoResp = true;
    this.#step();
  }

  /** EAP is through, with success. */
  eapSuccess(): void {
    this.#eapSuccess = true;
    this.#step();
  }

  /** EAP is through, without. */
  eapFail(): void {
    this.#eapFail = true;
    this.#step();
  }

  /** As if the link went down, for good: no timer runs any more. */
  close(): void {
    this.setPortEnabled(false);
    for (const timer of [this.#authWhile, this.#heldWhile, this.#startWhen]) timer.stop();
  }

  /** Takes transitions until there is none. */
  #step(): void {
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (;;) {
        const next = this.#nextState();
        if (next !== undefined) {
          this.#enter(next);
          continue;
        }
        const nextBackend = this.#nextBackendState();
        if (nextBackend === undefined) return;
        this.#enterBackend(nextBackend);
      }
    } finally {
      this.#isStepping = false;
    }
  }

  #nextState(): PaeState | undefined {
    if (!this.#portEnabled) return this.#state === 'DISCONNECTED' ? undefined : 'DISCONNECTED';
    if (this.#userLogoff && !this.#logoffSent) return 'LOGOFF';
    const hasPacket = this.#eapolEap !== undefined;
    switch (this.#state) {
      case 'LOGOFF':
        return this.#userLogoff ? undefined : 'DISCONNECTED';
      case 'DISCONNECTED':
        return 'CONNECTING';
      case 'CONNECTING':
        if (hasPacket) return 'RESTART';
        if (!this.#startWhen.isZero) return undefined;
        if (this.#startCount < this.#times.maxStart) return 'CONNECTING';
        return this.#portValid ? 'AUTHENTICATED' : 'HELD';
      case 'RESTART':
        return this.#eapRestart ? undefined : 'AUTHENTICATING';
      case 'AUTHENTICATING':
        if (this.#suppSuccess && this.#portValid) return 'AUTHENTICATED';
        if (this.#suppFail) return 'HELD';
        return this.#suppTimeout ? 'CONNECTING' : undefined;
      case 'AUTHENTICATED':
        if (hasPacket) return 'RESTART';
        return this.#isOwed ? 'CONNECTING' : undefined;
      default:
        if (hasPacket) return 'RESTART';
        return this.#heldWhile.isZero ? 'CONNECTING' : undefined;
    }
  }

  #enter(state: PaeState): void {
    const before = this.#state;
    this.#state = state;
    switch (state) {
      case 'LOGOFF':
        this.#logoffSent = true;
        this.#suppPortStatus = 'Unauthorized';
        this.#do.txLogoff();
        // Not in the standard: what the backend was at would go on, and answer the authenticator that we left.
        this.#suppAbort = true;
        break;
      case 'DISCONNECTED':
        this.#startCount = 0;
        this.#logoffSent = false;
        this.#eapolEap = undefined;
        this.#suppPortStatus = 'Unauthorized';
        this.#portValid = this.#isOpenWithout;
        this.#suppAbort = true;
        break;
      case 'CONNECTING':
        if (before === 'AUTHENTICATED') this.#startCount = 0;
        this.#isOwed = false;
        this.#startWhen.start(this.#times.startPeriod);
        this.#startCount += 1;
        this.#eapolEap = undefined;
        this.#do.txStart();
        break;
      case 'RESTART':
        this.#eapRestart = true;
        this.#do.eapRestart();
        break;
      case 'AUTHENTICATING':
        this.#startCount = 0;
        this.#suppSuccess = false;
        this.#suppFail = false;
        this.#suppTimeout = false;
        this.#suppStart = true;
        break;
      case 'AUTHENTICATED':
        this.#suppPortStatus = 'Authorized';
        break;
      case 'HELD':
        this.#heldWhile.start(this.#times.heldPeriod);
        this.#suppPortStatus = 'Unauthorized';
        this.#portValid = this.#isOpenWithout;
        break;
    }
    this.#do.entered(state, before);
  }

  #nextBackendState(): BackendState | undefined {
    if (this.#suppAbort) return 'INITIALIZE';
    const hasPacket = this.#eapolEap !== undefined;
    switch (this.#backend) {
      case 'INITIALIZE':
      case 'SUCCESS':
      case 'FAIL':
      case 'TIMEOUT':
        return 'IDLE';
      case 'IDLE':
        return this.#suppStart && hasPacket ? 'REQUEST' : undefined;
      case 'REQUEST':
        if (this.#eapResp !== undefined) return 'RESPONSE';
        if (this.#eapNoResp) return 'RECEIVE';
        if (this.#eapFail) return 'FAIL';
        return this.#eapSuccess ? 'SUCCESS' : undefined;
      case 'RESPONSE':
        return 'RECEIVE';
      default:
        if (hasPacket) return 'REQUEST';
        return this.#authWhile.isZero ? 'TIMEOUT' : undefined;
    }
  }

  #enterBackend(state: BackendState): void {
    this.#backend = state;
    switch (state) {
      case 'INITIALIZE':
        this.#suppAbort = false;
        this.#suppStart = false;
        this.#authWhile.stop();
        this.#do.abortSupp();
        break;
      case 'IDLE':
        this.#suppStart = false;
        break;
      case 'REQUEST': {
        const packet = this.#eapolEap;
        this.#authWhile.stop();
        this.#eapolEap = undefined;
        this.#eapResp = undefined;
        this.#eapNoResp = false;
        this.#eapSuccess = false;
        this.#eapFail = false;
        if (packet !== undefined) this.#do.getSuppRsp(packet);
        break;
      }
      case 'RESPONSE':
        if (this.#eapResp !== undefined) this.#do.txSuppRsp(this.#eapResp);
        this.#eapResp = undefined;
        break;
      case 'RECEIVE':
        this.#authWhile.start(this.#times.authPeriod);
        // What came while EAP was at work was a repetition.
        this.#eapolEap = undefined;
        this.#eapNoResp = false;
        break;
      case 'SUCCESS':
        // The keys need no machine of their own: a wired port without MACsec has no use for them.
        this.#portValid = true;
        this.#suppSuccess = true;
        break;
      case 'FAIL':
        this.#suppFail = true;
        break;
      case 'TIMEOUT':
        this.#suppTimeout = true;
        this.#do.suppTimeout();
        break;
    }
  }
}
