// What the package's pages have in common: one self-contained file with a style for telephones, windows and paper, in
// light and dark. A page loads nothing and runs no script, and all that it shows is text.

import { printable } from '../base/printable.js';

/** Text as HTML, in which nothing is hidden or turned round. */
export function escapeHtml(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const style = `
:root { color-scheme: light dark; --in: #0a6b8a; --out: #2f6b17; --good: #2f6b17; --bad: #b3261e; --line: #8886 }
@media (prefers-color-scheme: dark) { :root { --in: #6cc7e6; --out: #9ad27c; --good: #9ad27c; --bad: #ff8a80 } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 72rem; padding: 0 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin-top: 2rem }
nav a { margin-right: 1rem } header ul { list-style: none; padding: 0; margin: .3rem 0 }
.outcome { border-left: .3rem solid var(--line); padding-left: .8rem; margin: 1rem 0 }
.outcome .verdict { font-size: 1.25rem; font-weight: 600 } .good { color: var(--good) } .bad { color: var(--bad) }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
.time, .number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; width: 1% }
.time:not(td) { width: auto }
.ladder { display: grid; grid-template-columns: 6rem minmax(0, 1fr) minmax(0, 18rem); gap: .15rem .8rem }
.ladder .head { font-weight: 600; display: flex; justify-content: space-between }
.arrow { border-bottom: 2px solid; position: relative; padding: 0 .8rem; text-align: center }
.arrow::after { content: ""; position: absolute; bottom: -6px; border: 5px solid transparent }
.right { color: var(--in) } .right::after { right: 0; border-left: 9px solid; border-right: 0 }
.left { color: var(--out) } .left::after { left: 0; border-right: 9px solid; border-left: 0 }
.call { font-size: .85rem } .error { color: var(--bad); font-weight: 600 }
pre { margin: .3rem 0; font-size: min(.8rem, 3.2vw); white-space: pre-wrap } summary { cursor: pointer }
dl { display: grid; grid-template-columns: fit-content(40%) minmax(0, 1fr); gap: 0 .8rem; margin: .3rem 0 } dd { margin: 0 }
@media (max-width: 48rem), print {
  .ladder { grid-template-columns: minmax(0, 1fr) } .ladder > :empty { display: none }
  table, tbody, tr, td { display: block } thead { display: none }
  td, td.time, td.number, .time { text-align: left; white-space: normal; width: auto } td { border: 0; padding: 0 } tr { border-bottom: 1px solid var(--line) }
  td[data-name]:not(:empty)::before { content: attr(data-name) " "; opacity: .75 }
}
@media print { :root { color-scheme: light } nav { display: none } body { margin: 0; font-size: 12px } tr, dl { break-inside: avoid } }
`;

/** Octets in rows of eight, which a telephone has room for, with their offsets and as text, in HTML. */
export function hexDump(octets: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += 8) {
    const row = [...octets.subarray(at, at + 8)];
    const hex = row.map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((octet) => (octet > 31 && octet < 127 ? String.fromCodePoint(octet) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(23)}  ${text}`);
  }
  return lines.map(escapeHtml).join('\n');
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Names with their values; those of undefined are left out. */
export function definitionList(list: Readonly<Record<string, unknown>>): string {
  const known = Object.entries(list).filter(([, value]) => value !== undefined);
  if (known.length === 0) return '';
  const items = known.map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(valueText(value))}</dd>`,
  );
  return `<dl>${items.join('')}</dl>`;
}

/** A part of a page that its navigation leads to. */
export interface PagePart {
  /** Of its heading. */
  readonly id: string;
  readonly title: string;
  /** Behind the heading, in HTML. */
  readonly content: string;
}

/** A page: the title, lines below it, what came of it in HTML, and the parts. */
export function htmlPage(
  title: string,
  lines: readonly string[],
  outcome: { readonly verdict: string; readonly isGood: boolean; readonly content: string },
  parts: readonly PagePart[],
): string {
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  const links = parts.map(({ id, title: name }) => `<a href="#${id}">${escapeHtml(name)}</a>`).join('');
  const sections = parts.map(
    ({ id, title: name, content }) =>
      `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(name)}</h2>\n${content}</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<ul>${items}</ul>
<nav aria-label="Parts of the page">${links}</nav>
</header>
<main>
<section class="outcome" aria-label="Outcome">
<div class="verdict ${outcome.isGood ? 'good' : 'bad'}">${escapeHtml(outcome.verdict)}</div>
${outcome.content}
</section>
${sections.join('\n')}
</main>
</body>
</html>
`;
}
