// An engine for Artillery: virtual users that authenticate with EAP over RADIUS. Each worker thread has one.

import { callbackify } from 'node:util';

import type { Context, Events, Helpers, ScenarioSpec, Script, Step } from './artillery.js';
import { readSettings, ScriptError, type Settings } from './settings.js';
import { Supplicants, type User } from './supplicants.js';

type Fields = Readonly<Record<string, unknown>>;

const userFields = ['identity', 'password', 'callingStationId'] as const;

/** What `config.engines.eap` loads. */
export default class EapEngine {
  readonly #script: Script;
  readonly #helpers: Helpers;
  #settings: Settings | undefined;
  #supplicants: Supplicants | undefined;

  constructor(script: Script, events: Events, helpers: Helpers) {
    this.#script = script;
    this.#helpers = helpers;
    // All virtual users of this worker are through.
    events.once('done', () => void this.#supplicants?.close());
  }

  /** A scenario's flow as one step. Called before the first virtual user starts. Throws ScriptError. */
  createScenario({ flow }: ScenarioSpec, events: Events): Step {
    const run = sequence(this.#compileAll(flow, events, 'flow'));
    return (context, done) => {
      events.emit('started');
      run(context, done);
    };
  }

  #compileAll(flow: unknown, events: Events, place: string): Step[] {
    if (!Array.isArray(flow) || flow.length === 0) throw new ScriptError(`${place} must be a list of steps`);
    const list: readonly unknown[] = flow;
    return list.map((step, index) =>
      this.#compile(toFields(step, `${place}[${index}]`), events, `${place}[${index}]`),
    );
  }

  #compile(step: Fields, events: Events, place: string): Step {
    const { authenticate, think, loop, count, over, log } = step;
    if (authenticate !== undefined)
      return this.#compileAuthenticate(authenticate, events, `${place}.authenticate`);
    if (think !== undefined) return this.#helpers.createThink(step);
    if (loop !== undefined) {
      if (count === undefined && over === undefined) throw new ScriptError(`${place}.count is missing`);
      const steps = this.#compileAll(loop, events, `${place}.loop`);
      return this.#helpers.createLoopWithCount(count ?? -1, steps, { overValues: over });
    }
    if (log === undefined) throw new ScriptError(`${place} must be one of authenticate, think, loop, log`);
    return (context, done) => {
      console.log(this.#helpers.template(log, context));
      done(null, context);
    };
  }

  #compileAuthenticate(spec: unknown, events: Events, place: string): Step {
    const fields = toFields(spec, place);
    const unknown = Object.keys(fields).find((name) => !userFields.some((field) => field === name));
    if (unknown !== undefined) {
      throw new ScriptError(`${place}.${unknown} is not known; there are ${userFields.join(', ')}`);
    }
    this.#settings ??= readSettings(this.#script);
    const { hasCertificate } = this.#settings;
    const missing = (['identity', 'password'] as const).find((name) => fields[name] === undefined);
    if (missing !== undefined && !hasCertificate) throw new ScriptError(`${place}.${missing} is missing`);
    if (hasCertificate && fields['password'] !== undefined) {
      throw new ScriptError(`${place}.password is not for a method whose users have certificates`);
    }
    const supplicants = (this.#supplicants ??= new Supplicants(this.#settings));
    return callbackify(async (context: Context) => {
      try {
        await authenticate(supplicants, this.#render(fields, context), events);
        return context;
      } catch (error) {
        events.emit('counter', 'eap.errors', 1);
        events.emit('error', describe(error));
        throw error;
      }
    });
  }

  /** Fills in the variables of a virtual user. Throws ScriptError for what is no text then. */
  #render(fields: Fields, context: Context): User {
    const text = (name: (typeof userFields)[number]): string | undefined => {
      if (fields[name] === undefined) return undefined;
      const value = this.#helpers.template(fields[name], context);
      if (typeof value === 'string' && value !== '') return value;
      const advice = typeof value === 'number' ? '; `cast: false` keeps digits of a payload text' : '';
      throw new ScriptError(`authenticate.${name} is no text${advice}`);
    };
    return {
      identity: text('identity'),
      password: text('password') ?? '',
      callingStationId: text('callingStationId'),
    };
  }
}

/** One authentication, counted. Rejects where it came to no verdict. */
async function authenticate(supplicants: Supplicants, user: User, events: Events): Promise<void> {
  const count = (name: string): void => void events.emit('counter', name, 1);
  // So that a report says how many workers there were.
  if (!supplicants.isOpen) count('eap.workers');
  const sentAgain = (): void => count('eap.retransmissions');
  const { isAccepted, reason, time, roundTrips } = await supplicants.authenticate(user, sentAgain);
  count(isAccepted ? 'eap.accepted' : 'eap.rejected');
  if (!isAccepted) count(`eap.rejected.${reason}`);
  events.emit('histogram', 'eap.authentication_time', time);
  events.emit('histogram', 'eap.round_trips', roundTrips);
}

/** The code of an error, where it has one; never the text of one that is not ours. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') return code;
  return error instanceof ScriptError ? error.message : error.name;
}

/** Steps one after the other, until one fails. */
function sequence(steps: readonly Step[]): Step {
  return (context, done) => {
    const next = ([step, ...rest]: readonly Step[]): void => {
      if (step === undefined) done(null, context);
      else step(context, (error) => (error ? done(error, context) : next(rest)));
    };
    next(steps);
  };
}

function toFields(value: unknown, place: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new ScriptError(`${place} must be an object`);
}
