// The fake wlanapi (test/native/networks): how tests tell it what to do, and ask what it has.

import { openWlan, type Wlan } from '../../lib/networks/index.js';
import { libraryPath } from '../supplicant/support.js';

export const wlanLibrary = libraryPath('fakewlanapi');
export const rasLibrary = libraryPath('fakerasapi32');

/** Its adapters. */
export const first = '11111111-2222-3333-4444-555555555555';
export const second = 'aaaaaaaa-bbbb-cccc-dddd-010203040506';

/** enum Fault of fake.h. */
export const faults = {
  works: 0,
  code: 1,
  poison: 2,
  null: 3,
  unwritten: 4,
  absurd: 5,
  unterminated: 6,
  forever: 7,
} as const;
export type FaultName = keyof typeof faults;

/** What Service::TellWrongly tells. */
export const troubles = {
  hugeNothing: 0,
  hugeSize: 1,
  cutShort: 2,
  unterminated: 3,
  textsElsewhere: 4,
  unknownCodes: 5,
  flood: 6,
  removal: 7,
  scanFailAndRestart: 8,
} as const;

/** What Service::Describe says. */
export interface State {
  readonly outstanding: number;
  readonly badFrees: number;
  readonly isHeld: boolean;
  /** Whether a call that was let go is still under way. */
  readonly isReturning: boolean;
  readonly clients: number;
  readonly registered: number;
  /** Notifications that nobody was told yet. */
  readonly untold: number;
  readonly connected: string;
  readonly profiles: readonly {
    readonly name: string;
    readonly flags: number;
    readonly credentials: string;
    readonly forAllUsers: boolean;
  }[];
}

/** The fake, through a client of its own, of which nothing else is asked. */
export class FakeWlan {
  private constructor(private readonly control: Wlan) {}

  static async open(): Promise<FakeWlan> {
    return new FakeWlan(await openWlan({ library: wlanLibrary }));
  }

  async close(): Promise<void> {
    await this.control.close();
  }

  async #order(order: string, number: number): Promise<void> {
    await this.control.setOrder(`fake:${order}`, number, { interface: first });
  }

  /** Makes a function fail. */
  async set(name: string, fault: FaultName, code = 31): Promise<void> {
    await this.#order(`set:${name}`, (code << 8) | faults[fault]);
  }

  /** Lets go of the calls that block. */
  async release(): Promise<void> {
    await this.#order('release', 0);
  }

  async adapters(count: number): Promise<void> {
    await this.#order('adapters', count);
  }

  async tell(trouble: keyof typeof troubles): Promise<void> {
    await this.#order('tell', troubles[trouble]);
  }

  async reset(): Promise<void> {
    await this.#order('reset', 0);
  }

  /** Waits for a call that blocks. */
  async held(): Promise<void> {
    while (!(await this.state()).isHeld);
  }

  /** Waits until every call that was let go has returned, and so many clients are open. */
  async settled(clients: number): Promise<void> {
    let state: State;
    do state = await this.state();
    while (state.isReturning || state.clients !== clients);
  }

  /** Waits until everybody was told everything. */
  async told(): Promise<void> {
    while ((await this.state()).untold > 0);
  }

  async state(): Promise<State> {
    const { xml } = await this.control.getProfile('fake:state', { interface: first });
    return JSON.parse(xml) as State;
  }
}

/** A WLANProfile with 802.1X. */
export const campus = `<?xml version="1.0"?>
<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1">
  <name>campus</name>
  <SSIDConfig><SSID><name>campus</name></SSID></SSIDConfig>
  <MSM><security><OneX xmlns="http://www.microsoft.com/networking/OneX/v1"/></security></MSM>
</WLANProfile>`;
/** One without. */
export const open = campus.replace('>campus<', '>open<').replace(/<MSM>.*<\/MSM>/u, '');

/** EapHostUserCredentials, as far as the fake looks. */
export const credentials = (password: string): string =>
  `<EapHostUserCredentials><Password>${password}</Password></EapHostUserCredentials>`;
