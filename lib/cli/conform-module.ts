// A module with a method in TypeScript under test: it runs in processes of their own, so that one that crashes or hangs
// is a failed case. Each runs a case at a time; conform-module-child.ts is the other half.

import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

import { isObject } from '../base/guards.js';
import { CaseFailure, type ConformanceCase, NotApplicable } from '../conformance/case.js';
import { scriptCatalogue } from '../conformance/catalogue/method/index.js';
import type { CaseResult, RunOptions } from '../conformance/index.js';
import type { CaseRecord } from '../conformance/record.js';
import type { MethodPreflight } from '../conformance/preflight.js';
import { runCases } from '../conformance/runner.js';
import { beginOwn } from '../base/child-process.js';
import { UsageError } from './command.js';
import { judgePreflight, stepOfTrying } from './conform-preflight.js';
import {
  beatMs,
  type MethodSubject,
  type ModuleReply,
  type ModuleRequest,
} from './conform-module-protocol.js';
import type { Output } from './output.js';

/** Milliseconds without a beat after which JavaScript's thread is taken for hung. */
const longestBeat = 10 * beatMs;
const defaultBudget = 20_000;

function isReply(value: unknown): value is ModuleReply {
  return isObject(value) && typeof value['kind'] === 'string';
}

/** One process; one request at a time. */
class ModuleProcess {
  readonly #child: ChildProcess;
  #resolve: (reply: ModuleReply) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #beat: NodeJS.Timeout | undefined;
  #trouble: Error | undefined;

  constructor() {
    this.#child = beginOwn(fileURLToPath(new URL('conform-module-child.js', import.meta.url)));
    this.#child.on('message', (reply: unknown) => {
      if (isReply(reply)) this.#take(reply);
    });
    this.#child.on('error', (error) => this.#end(error));
    this.#child.on('exit', (code, signal) => {
      this.#end(new CaseFailure(`the process of the method ended: ${signal ?? `exit code ${code}`}`));
    });
  }

  get isUsable(): boolean {
    return this.#trouble === undefined;
  }

  /** Rejects with CaseFailure where the process ends or hangs meanwhile. */
  ask(request: ModuleRequest): Promise<ModuleReply> {
    return new Promise((resolve, reject) => {
      if (this.#trouble) return reject(this.#trouble);
      this.#resolve = resolve;
      this.#reject = reject;
      this.#wait();
      // A channel that breaks is that of a process that ends: its exit says more.
      this.#child.send(request, () => undefined);
    });
  }

  kill(reason = new Error('it was given up')): void {
    this.#end(reason);
    // Where it did not start, Node would send the signal to whatever number it finds.
    if (this.#child.pid !== undefined) this.#child.kill('SIGKILL');
  }

  #wait(): void {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => {
      this.kill(new CaseFailure(`the method has kept JavaScript's thread for ${longestBeat / 1000} seconds`));
    }, longestBeat);
  }

  #take(reply: ModuleReply): void {
    if (!this.isUsable) return;
    if (reply.kind === 'beat') {
      if (this.#beat) this.#wait();
      return;
    }
    clearTimeout(this.#beat);
    this.#beat = undefined;
    this.#resolve(reply);
  }

  #end(error: Error): void {
    clearTimeout(this.#beat);
    this.#trouble ??= error;
    this.#reject(this.#trouble);
  }
}

/** The processes of one module. */
class ModuleProcesses implements Disposable {
  readonly #subject: MethodSubject;
  readonly #idle: ModuleProcess[] = [];
  readonly #all = new Set<ModuleProcess>();

  constructor(subject: MethodSubject) {
    this.#subject = subject;
  }

  /** A process that has the method, and what it says of it. Throws UsageError where there is none. */
  async start(): Promise<Extract<ModuleReply, { kind: 'ready' }>> {
    const process = new ModuleProcess();
    this.#all.add(process);
    const reply = await process.ask({ kind: 'begin', subject: this.#subject });
    if (reply.kind === 'refused') throw new UsageError(reply.reason);
    if (reply.kind !== 'ready') throw new Error('the process of the method says something else');
    this.#idle.push(process);
    return reply;
  }

  /** Whether its two sides succeed with each other. */
  async try(signal: AbortSignal | undefined): Promise<MethodPreflight> {
    const reply = await this.#ask({ kind: 'try' }, signal).catch((error: unknown) => {
      if (error instanceof CaseFailure) return { kind: 'tried', trouble: error.message } as const;
      throw error;
    });
    if (reply.kind !== 'tried') throw new Error('the process of the method says something else');
    return reply;
  }

  /** Runs a case. */
  async run(id: string, budgetMs: number, record: CaseRecord, signal: AbortSignal): Promise<void> {
    const reply = await this.#ask({ kind: 'run', id, budgetMs }, signal);
    if (reply.kind !== 'result') throw new Error('the process of the method says something else');
    const { verdict, reason = '', packets } = reply.result;
    record.packets.push(...packets);
    if (verdict === 'failed') throw new CaseFailure(reason);
    if (verdict === 'notApplicable') throw new NotApplicable(reason);
    if (verdict === 'inconclusive') throw new Error(reason);
  }

  /** Asks a process that is idle, or a new one. The signal ends it. */
  async #ask(request: ModuleRequest, signal: AbortSignal | undefined): Promise<ModuleReply> {
    if (this.#idle.length === 0) await this.start();
    const process = this.#idle.pop();
    if (!process) throw new Error('another case has taken the process');
    const abort = (): void => process.kill();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await process.ask(request);
    } finally {
      signal?.removeEventListener('abort', abort);
      if (process.isUsable) this.#idle.push(process);
      else this.#all.delete(process);
    }
  }

  [Symbol.dispose](): void {
    for (const process of this.#all) process.kill();
  }
}

/** Runs the cases of methods against that of a module. */
export async function conformModule(
  subject: MethodSubject,
  reported: Map<string, string>,
  output: Output,
  run: RunOptions,
): Promise<CaseResult[]> {
  using processes = new ModuleProcesses(subject);
  output.step('loading the module');
  const { name, sides } = await processes.start();
  output.step(stepOfTrying);
  const tried = await processes.try(run.signal);
  run.signal?.throwIfAborted();
  judgePreflight(tried, subject.blobs, output);
  reported.set('method', name);
  output.line(`${subject.files.join(', ')}: ${name}, ${sides.join(' and ')}`);
  output.line('');
  const { budgetMs = defaultBudget, concurrency = availableParallelism() } = run;
  const cases = scriptCatalogue.map(({ run: _here, ...facts }): ConformanceCase<RemoteCase> => ({
    ...facts,
    run: (remote) => remote.run(facts.id),
  }));
  const open = async (record: CaseRecord, signal: AbortSignal): Promise<RemoteCase> => ({
    run: (id) => processes.run(id, budgetMs, record, signal),
    [Symbol.asyncDispose]: async () => undefined,
  });
  return await runCases(cases, { families: new Set(), open }, { ...run, budgetMs, concurrency });
}

/** A case that runs elsewhere. */
interface RemoteCase extends AsyncDisposable {
  run(id: string): Promise<void>;
}
