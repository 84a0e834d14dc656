// Runs conversations of test/hosts/peer-cases.ts, and notes all that can be seen of them.

import { EapError, type EapHost, type Session, type Step } from '../../lib/index.js';
import { decodeUiContext } from '../../lib/hosts/ui-context.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import type { AuthenticationResult } from '../../lib/supplicant/result.js';
import type { Way, WayOptions } from '../shim-server/transports.js';
import {
  expandedType,
  longType,
  shortType,
  Throw,
  type Beginning,
  type Behaviour,
  type Failure,
  type Input,
  type Outcome,
  type Status,
  type Verdict,
} from './peer-cases.js';

/** What came of an input, and how far the session is. */
export interface Noted {
  readonly outcome: Outcome;
  readonly status: Status;
  readonly identity: string;
}

/** All that can be seen of a conversation. */
export interface Transcript {
  readonly events: readonly Noted[];
  /** The calls of the method. */
  readonly log: readonly string[];
  /** Of the end of the session. */
  readonly end: Failure | undefined;
}

const text = (data: Uint8Array): string => Buffer.from(data).toString('latin1');

/** A method that does as a behaviour says, which can be another for each conversation. */
class Player {
  #given: Record<Exclude<keyof Behaviour, 'lacks'>, unknown[]> = {
    identities: [],
    begins: [],
    steps: [],
    results: [],
    ends: [],
  };
  #lacks: readonly string[] = [];
  log: string[] = [];

  play({ identities = [], begins = [], steps = [], results = [], ends = [], lacks = [] }: Behaviour): void {
    this.#given = {
      identities: [...identities],
      begins: [...begins],
      steps: [...steps],
      results: [...results],
      ends: [...ends],
    };
    this.#lacks = lacks;
    this.log = [];
  }

  #next(of: Exclude<keyof Behaviour, 'lacks'>, call: string, usual: unknown): never {
    this.log.push(call);
    const queue = this.#given[of];
    const given = queue.length === 0 ? usual : queue.shift();
    if (given instanceof Throw) throw given.error;
    // A method may give anything.
    return given as never;
  }

  definition(type: MethodDefinition['type']): MethodDefinition {
    return {
      type,
      name: 'Played',
      properties: 0,
      peer: {
        getIdentity: ({ credentials }) =>
          this.#next('identities', `identity ${text(credentials)}`, {
            identity: 'me',
            credentials: Buffer.alloc(0),
          }),
        beginSession: async ({ credentials }) => {
          let request = Buffer.alloc(0);
          const echo = () => ({ action: 'send', packet: Buffer.concat([Buffer.of(2), request.subarray(1)]) });
          const session = {
            processRequest: (packet: Uint8Array): never => {
              request = Buffer.from(packet);
              const hex = request.toString('hex');
              return this.#next('steps', `process ${hex.slice(0, 8)} ${hex.slice(8)}`, echo());
            },
            setUiContext: (context: Uint8Array): never => this.#next('steps', `ui ${text(context)}`, echo()),
            setResponseAttributes: (list: readonly { type: number; value: Uint8Array }[]): never => {
              const named = list.map(({ type, value }) => `${type}=${Buffer.from(value).toString('hex')}`);
              return this.#next('steps', `attributes ${named.join(',')}`, echo());
            },
            getResult: (reason: string): never =>
              this.#next(
                'results',
                `result ${reason}`,
                reason === 'failure' ? { isSuccess: false } : { isSuccess: true },
              ),
            end: (): never => this.#next('ends', 'end', undefined),
          };
          for (const name of this.#lacks) Reflect.deleteProperty(session, name);
          return this.#next('begins', `begin ${text(credentials)}`, session);
        },
      },
    };
  }
}

function toFailure(error: unknown): Failure {
  if (!(error instanceof EapError)) throw error;
  const { winError = 0, reasonCode = 0, call = '' } = error;
  const { rootCauseGuid, repairGuid, helpLinkGuid, rootCause, repair } = error;
  return { winError, reasonCode, rootCauseGuid, repairGuid, helpLinkGuid, rootCause, repair, call };
}

function toVerdict(result: AuthenticationResult): Verdict {
  const { isSuccess, failureReasonCode, attributes, saveConfig, saveCredentials, error } = result;
  return {
    isSuccess,
    failureReasonCode,
    attributes,
    saveConfig: saveConfig?.toString('latin1'),
    saveCredentials: saveCredentials?.toString('latin1'),
    error: error && toFailure(error),
  };
}

/** The shim wraps the context of a method: 13 octets before it. */
function ofUi(octets: Buffer): Outcome {
  const context = decodeUiContext(octets);
  if (context === undefined) throw new Error('not a context');
  const { of, data } = context;
  const isWrapped = of === 'method' && text(data).startsWith('EAUC');
  return { ui: of, data: text(isWrapped ? data.subarray(13) : data) };
}

function ofStep(step: Step): Outcome {
  switch (step.action) {
    case 'send':
      return step.packet;
    case 'result':
      return { verdict: toVerdict(step.result) };
    case 'invokeUi':
      return ofUi(step.context);
    case 'respond':
      return { attributes: step.attributes };
    case 'startAuthentication':
      throw new Error('not an action of this run-time');
    default:
      return step.action;
  }
}

async function act(session: Session, input: Input): Promise<Outcome> {
  try {
    if (Buffer.isBuffer(input)) return ofStep(await session.process(input));
    if ('ui' in input) return ofStep(await session.setUiContext(Buffer.from(input.ui, 'latin1')));
    if ('attributes' in input) return ofStep(await session.setResponseAttributes(input.attributes));
    return { verdict: toVerdict(await session.getResult(input.conclude)) };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

/** The host of one way, opened again where others of its options are needed. */
export class Stage implements AsyncDisposable {
  readonly #player = new Player();
  readonly #way: Way;
  #opened: { readonly host: EapHost; readonly key: string } | undefined;

  constructor(way: Way) {
    this.#way = way;
  }

  /** @param next gives the inputs, each out of what came of the one before */
  async run(
    { type = shortType, flags = [], credentials = 'u', maxSendPacketSize, ...options }: Beginning,
    behaviour: Behaviour,
    next: (last: Outcome | undefined) => Input | undefined,
  ): Promise<Transcript> {
    const host = await this.#host(options);
    this.#player.play(behaviour);
    const session = await host.beginSession({
      method: type,
      flags,
      credentials: Buffer.from(credentials),
      maxSendPacketSize,
    });
    const events: Noted[] = [];
    for (;;) {
      const input = next(events.at(-1)?.outcome);
      if (input === undefined) break;
      const outcome = await act(session, input);
      const { status, errorCode, reasonCode } = await session.getAuthStatus('authStatus');
      const identity = await session.getAuthStatus('identity');
      events.push({ outcome, status: [status, errorCode, reasonCode], identity });
    }
    const end = await session.end().then(() => undefined, toFailure);
    return { events, log: this.#player.log, end };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened?.host.close();
  }

  async #host({ identityNeedsUserData, maxRounds }: WayOptions): Promise<EapHost> {
    const key = `${identityNeedsUserData} ${maxRounds}`;
    if (this.#opened?.key === key) return this.#opened.host;
    await this.#opened?.host.close();
    const methods = [shortType, expandedType, longType].map((type) => this.#player.definition(type));
    const host = await this.#way.open(methods, { identityNeedsUserData, maxRounds });
    this.#opened = { host, key };
    return host;
  }
}
