// Failures as the page shows them: what is wrong, and in which element of the profile, on which line.

import type { Answer, Problem } from './api.js';

const malformed = 'EAP_E_EAPHOST_XML_MALFORMED';

function codeOf(error: Error): string | undefined {
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** What to show of a failure. Throws what is no Error. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) throw error;
  const { message } = error;
  const code = codeOf(error);
  const problem = { message, ...(code !== undefined && { code }) };
  if (code !== malformed) return problem;
  const line = /line (\d+)/u.exec(message)?.[1];
  const [whole = '', element] = /^line \d+: (EapHostConfig[^\s:]*): /u.exec(message) ?? [];
  return {
    ...problem,
    message: message.slice(whole.length),
    ...(element !== undefined && { element }),
    ...(line !== undefined && { line: Number(line) }),
  };
}

/** What `work` comes to, as an answer for the page. */
export async function answer<Value>(work: () => Value | Promise<Value>): Promise<Answer<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}
