// A probe: one question that only a real Windows machine can answer, and how it is asked.

/** A question. */
export interface Probe {
  readonly id: string;
  readonly question: string;
  /** How it is asked, in a sentence. */
  readonly how: string;
  /** The answer, as JSON. */
  readonly ask: () => Promise<unknown>;
}

/** A question with its answer. */
export interface Answered {
  readonly id: string;
  readonly question: string;
  readonly how: string;
  /** What came of it; where it could not be asked, `{ unanswered }` with the reason. */
  readonly answer: unknown;
  readonly milliseconds: number;
}

/** Where the questions were asked. */
export interface Environment {
  readonly system: string;
  readonly release: string;
  readonly arch: string;
  readonly node: string;
  /** Empty on Windows itself: then the answers are Windows'. */
  readonly wineVersion: string;
  readonly isElevated: boolean;
  readonly date: string;
}

/** All of it. */
export interface ProbeReport {
  readonly environment: Environment;
  readonly answers: readonly Answered[];
  /** Questions that take a person at the machine. */
  readonly notAsked: readonly { readonly question: string; readonly why: string }[];
  /** A folder that could not be removed, since EAPHost has a DLL of it loaded. */
  readonly leftover: string | undefined;
}

/** The answer to a question that could not be asked. */
export function unanswered(why: string): { readonly unanswered: string } {
  return { unanswered: why };
}

/** Asks. A question whose asking fails is answered with how it failed. */
export async function answer({ id, question, how, ask }: Probe): Promise<Answered> {
  const start = performance.now();
  let found: unknown;
  try {
    found = await ask();
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const name = typeof code === 'string' ? `${code}: ` : '';
    found = unanswered(`${name}${error instanceof Error ? error.message : String(error)}`);
  }
  return { id, question, how, answer: found, milliseconds: Math.round(performance.now() - start) };
}
