// The answers as one self-contained page, sorted by what they mean for the documents of this package. It loads nothing and
// runs no script.

import { reasonWhyNot, type Answered, type ProbeReport } from './probe.js';

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const style = `
:root { color-scheme: light dark; --bad: #b3261e; --line: #8884; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.25rem; margin-top: 2rem } h3 { font-size: 1.05rem; margin: 1rem 0 0 }
ul.summary { list-style: none; padding: 0; margin: .5rem 0 0 }
section { border-bottom: 1px solid var(--line) }
.note { color: var(--bad); font-weight: 600 } .how { opacity: .8 }
pre { margin: .3rem 0 1rem; overflow-x: auto; font-size: .8rem }
`;

/** What an answer means. */
export type Meaning = 'otherwise' | 'as documented' | 'new' | 'unanswered';

/** What an answer means: a claim that does not hold makes it `otherwise`; without a claim it is `new`. */
export function meaningOf({ answer, claims }: Pick<Answered, 'answer' | 'claims'>): Meaning {
  if (reasonWhyNot(answer) !== undefined) return 'unanswered';
  if (claims.length === 0) return 'new';
  return claims.every(({ holds }) => holds) ? 'as documented' : 'otherwise';
}

/** The sentences of an answer: of each claim, and what has to change. */
export function sentencesOf({ answer, claims }: Pick<Answered, 'answer' | 'claims'>): string[] {
  const why = reasonWhyNot(answer);
  if (why !== undefined) return [`Not answered: ${why}`];
  return claims.map(({ says, change, holds }) =>
    holds ? `As documented: ${says}` : `Otherwise than documented: “${says}” To change: ${change}.`,
  );
}

function section(answered: Answered): string {
  const { id, question, how, answer, claims, milliseconds } = answered;
  const sentences = sentencesOf(answered).map((text, index) => {
    const mark = claims[index]?.holds === false ? ' class="note"' : '';
    return `<li${mark}>${escape(text)}</li>`;
  });
  return (
    `<section id="${escape(id)}"><h3>${escape(question)}</h3>` +
    `<p class="how">${escape(how)} (${escape(id)}, ${milliseconds} ms)</p>` +
    `<ul>${sentences.join('')}</ul>` +
    `<pre>${escape(JSON.stringify(answer, null, 2))}</pre></section>`
  );
}

const headings: readonly (readonly [Meaning, string])[] = [
  ['otherwise', 'Otherwise than the documents say'],
  ['as documented', 'As the documents say'],
  ['new', 'Of which the documents say nothing yet'],
  ['unanswered', 'Not answered'],
];

/** The page of a report, with the report itself as JSON at its end. */
export function toPage(report: ProbeReport): string {
  const { environment, answers, notAsked } = report;
  const { system, release, arch, node, packageVersion, wineVersion, isElevated, date } = environment;
  const title = `EAPHost on ${system} ${release}, ${arch}`;
  const note =
    wineVersion === ''
      ? ''
      : `<li class="note">Wine ${escape(wineVersion)}, with this package’s own run-time in the place of EAPHost: ` +
        'the answers show that the probes work, and say nothing of Windows.</li>';
  const parts = headings.map(([meaning, heading]) => {
    const own = answers.filter((answered) => meaningOf(answered) === meaning);
    return own.length === 0 ? '' : `<h2>${heading} (${own.length})</h2>\n${own.map(section).join('\n')}`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escape(title)}</h1>
<ul class="summary">${note}
<li>${escape(date)}, eaphost ${escape(packageVersion)}, Node ${escape(node)}, ${isElevated ? 'elevated' : 'not elevated'}, ${answers.length} questions</li></ul>
${parts.filter(Boolean).join('\n')}
<h2>Not asked by any probe</h2>
<ul>${notAsked.map(({ question, why }) => `<li>${escape(question)} ${escape(why)}</li>`).join('')}</ul>
<h2>The report for programs</h2>
<pre id="report">${escape(JSON.stringify(report))}</pre>
</body>
</html>
`;
}
