// What the engine sees of Artillery 2, which has no types for it.

import type { EventEmitter } from 'node:events';

/** A test script, merged and with the templates of its `config` filled in. Only what the engine reads of it. */
export interface Script {
  readonly config: {
    readonly target?: unknown;
    readonly engines?: { readonly eap?: unknown };
  };
  /** The file of its `config`: paths in it are relative to that. */
  readonly _configPath?: string;
}

/** A scenario of the script. */
export interface ScenarioSpec {
  readonly name?: string;
  readonly flow?: unknown;
}

/** What a virtual user carries along: its variables, also those of its line of a payload file. */
export interface Context {
  readonly vars: Record<string, unknown>;
}

export type Done = (error: unknown, context?: Context) => void;

/** A step of a flow, or a whole one. */
export type Step = (context: Context, done: Done) => void;

/** What Artillery lends to engines. */
export interface Helpers {
  /** The value with `{{ variable }}` filled in; a lone variable keeps its type, and is undefined where there is none. */
  template(value: unknown, context: Context): unknown;
  createThink(spec: object): Step;
  createLoopWithCount(count: unknown, steps: readonly Step[], options: object): Step;
}

/** Takes `counter`, `histogram`, `error` and `started`; those of the constructor tell `done`. */
export type Events = Pick<EventEmitter, 'emit' | 'once'>;
