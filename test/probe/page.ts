// The answers as one self-contained page. It loads nothing and runs no script.

import type { Answered, ProbeReport } from './probe.js';

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
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin-top: 2rem }
ul.summary { list-style: none; padding: 0; margin: .5rem 0 0 }
section { border-bottom: 1px solid var(--line) }
.note { color: var(--bad); font-weight: 600 } .how { opacity: .8 }
pre { margin: .3rem 0 1rem; overflow-x: auto; font-size: .8rem }
`;

function section({ id, question, how, answer, milliseconds }: Answered): string {
  return (
    `<section id="${escape(id)}"><h2>${escape(question)}</h2>` +
    `<p class="how">${escape(how)} (${escape(id)}, ${milliseconds} ms)</p>` +
    `<pre>${escape(JSON.stringify(answer, null, 2))}</pre></section>`
  );
}

/** The page of a report. */
export function toPage({ environment, answers, notAsked }: ProbeReport): string {
  const { system, release, arch, node, wineVersion, isElevated, date } = environment;
  const title = `EAPHost on ${system} ${release}, ${arch}`;
  const note =
    wineVersion === ''
      ? ''
      : `<li class="note">Wine ${escape(wineVersion)}, with this package’s own run-time in the place of EAPHost: ` +
        'the answers show that the probes work, and say nothing of Windows.</li>';
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
<li>${escape(date)}, Node ${escape(node)}, ${isElevated ? 'elevated' : 'not elevated'}, ${answers.length} questions</li></ul>
${answers.map(section).join('\n')}
<h2>Not asked, because it takes a person</h2>
<ul>${notAsked.map(({ question, why }) => `<li>${escape(question)} ${escape(why)}</li>`).join('')}</ul>
</body>
</html>
`;
}
