// Failures as the page shows them: what is wrong, and in which element of the profile, on which line.

import type { Answer, Problem } from './api.js';

const malformed = 'EAP_E_EAPHOST_XML_MALFORMED';

/** The line on which the element of this path begins, from 1; undefined where there is none. */
export function lineOf(xml: string, path: string): number | undefined {
  const wanted = path.replace(/\/@.*$/u, '').replaceAll(/\{[^}]*\}/gu, '');
  // What is no tag keeps its place, so that lines count right.
  const tags = xml.replaceAll(/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>/gu, (text) =>
    text.replaceAll(/[^\n]/gu, ' '),
  );
  const open: string[] = [];
  for (const { 0: tag, 1: slash, 2: name = '', index } of tags.matchAll(
    /<(\/?)(?:[^\s<>/:]+:)?([^\s<>/:]+)[^<>]*>/gu,
  )) {
    if (slash === '/') {
      open.pop();
      continue;
    }
    open.push(name);
    if (open.join('/') === wanted) return tags.slice(0, index).split('\n').length;
    if (tag.endsWith('/>')) open.pop();
  }
  return undefined;
}

function codeOf(error: Error): string | undefined {
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** What to show of a failure that `xml` may be to blame for. Throws what is no Error. */
export function problemOf(error: unknown, xml = ''): Problem {
  if (!(error instanceof Error)) throw error;
  const { message } = error;
  const code = codeOf(error);
  const problem = { message, ...(code !== undefined && { code }) };
  if (code !== malformed) return problem;
  const line = /^xml: not well-formed: line (\d+)/u.exec(message)?.[1];
  if (line !== undefined) return { ...problem, line: Number(line) };
  const element = /^(EapHostConfig[^\s:]*): /u.exec(message)?.[1];
  if (element === undefined) return problem;
  const found = lineOf(xml, element);
  return {
    ...problem,
    message: message.slice(element.length + 2),
    element,
    ...(found !== undefined && { line: found }),
  };
}

/** What `work` comes to, as an answer for the page. */
export async function answer<Value>(
  work: () => Value | Promise<Value>,
  xml?: string,
): Promise<Answer<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, problem: problemOf(error, xml) };
  }
}
