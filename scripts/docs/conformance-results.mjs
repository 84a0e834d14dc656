// Makes the guide "What servers and peers do" from the baselines of the long tests: `node scripts/docs/conformance-results.mjs`
// writes it. It needs the compiled package, for the cases.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = new URL('../../', import.meta.url);
const guide = new URL('scripts/docs/guides/conformance-results.md', root);

/** The baselines, in the order of the guide. */
const subjects = [
  {
    name: 'freeradius',
    kind: 'server',
    title: 'FreeRADIUS 3.2.1',
    about: 'with EAP-MSCHAPv2, EAP-TLS, PEAP and EAP-TTLS, TLS 1.3 allowed',
    configuration: 'test/interop/freeradius-configuration.ts',
  },
  {
    name: 'hostapd',
    kind: 'server',
    title: 'hostapd 2.10',
    about: 'as an EAP server with EAP-MSCHAPv2, EAP-TLS, PEAP and EAP-TTLS, TLS 1.2',
    configuration: 'test/interop/hostapd-configuration.ts',
  },
  {
    name: 'eapol_test',
    kind: 'peer',
    title: 'eapol_test 2.10',
    about:
      'the EAP peer and the RADIUS client of wpa_supplicant, with MD5-Challenge, EAP-MSCHAPv2, EAP-TLS (tls13: told to ' +
      'allow TLS 1.3), PEAP and EAP-TTLS',
    configuration: 'lib/cli/conform-peers.ts',
  },
  {
    name: 'wpa_supplicant',
    kind: 'peer',
    title: 'wpa_supplicant 2.10',
    about:
      'the program itself on a wired port, with the same methods; hostapd 2.10 is the switch, which passes on every Request ' +
      'that has an EAP header, and every Response that has the Identifier of its Request. The cases of RADIUS clients ' +
      '(rfc2865, rfc3579) are not applicable: hostapd is the client here',
    configuration: 'test/interop/wpa-supplicant-once.ts',
  },
];

const levels = ['MUST', 'SHOULD'];

/** The lines of a baseline: the case, the methods that it fails with where others pass it, why it is believed. */
function readBaseline(name) {
  return readFileSync(new URL(`test/interop/baselines/${name}.txt`, root), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, id, methods, reason] = /^(\S+) {2}(?:\(([^)]+)\) )?(.+)$/u.exec(line) ?? [];
      if (reason === undefined) throw new Error(`${name}.txt: ${line}`);
      return { id, methods, reason };
    });
}

/** The words in lines of at most 120 columns; those behind the first are indented. */
function wrapped(text, indent) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== '' && line.length + 1 + word.length > 120) lines.push(indent + word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}

/** A table as prettier writes it. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`,
  );
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

/** The guide. */
export async function conformanceResults() {
  const { conformanceCases } = await import(new URL('dist/lib/conformance/index.js', root).href);
  const { linkOf } = await import(new URL('dist/lib/conformance/sources.js', root).href);
  const caseOf = (id) => {
    const found = conformanceCases.find((each) => each.id === id);
    if (!found) throw new Error(`there is no case ${id}`);
    return found;
  };
  const all = subjects.map((subject) => ({
    ...subject,
    failures: readBaseline(subject.name).map((line) => ({ ...caseOf(line.id), ...line })),
  }));
  const count = (failures, level) => String(failures.filter((each) => each.level === level).length);
  const parts = [
    '---\ntitle: What servers and peers do\n---',
    '# What servers and peers do',
    '<!-- made by scripts/docs/conformance-results.mjs from the baselines in test/interop/baselines -->',
    wrapped(
      'The long tests of this package run the cases of [conformance](conformance.md) on servers and peers that others wrote, ' +
        'in the versions of Debian 12, on the loopback interface. What follows are all cases that they fail, each with the ' +
        'section that it breaks and what is done instead; in parentheses are the level, with a link to its section, and the ' +
        'methods where others pass. What is not here they pass, or it is about what they do not have. EAP headers that are ' +
        'wrong (Code, Length, padding, Identifier) reach a server only from a broken NAS. A case that ends a program is named ' +
        'without what is sent: its authors were told first. Where a setting of the program changes the result, its sentence ' +
        'names the setting.',
      '',
    ),
    table([
      ['cases that fail', ...levels],
      ...all.map(({ title, failures }) => [title, ...levels.map((level) => count(failures, level))]),
    ]),
    wrapped(
      'The files are baselines as `eaphost conform --baseline` takes them, so that a run on the same program shows only what ' +
        'is new.',
      '',
    ),
  ];
  for (const { name, kind, title, about, configuration, failures } of all) {
    parts.push(
      `## ${title}`,
      wrapped(
        `A ${kind}, ${about}: [${name}.txt](../../../test/interop/baselines/${name}.txt). Its configuration is written by ` +
          `\`${configuration}\`.`,
        '',
      ),
    );
    const documents = new Map();
    for (const each of failures) {
      const { document } = each.source;
      documents.set(document, [...(documents.get(document) ?? []), each]);
    }
    for (const [document, list] of documents) {
      parts.push(
        `### ${document}, ${title}`,
        list
          .map(({ id, level, source, sourceNotRead, methods, reason }) => {
            const unread = sourceNotRead ? ', source not read' : '';
            const demanded = `[${level}](${linkOf(source)})${unread}`;
            const where = methods === undefined ? demanded : `${demanded}; ${methods}`;
            return wrapped(`- \`${id}\` (${where}): ${reason}`, '  ');
          })
          .join('\n'),
      );
    }
  }
  return `${parts.join('\n\n')}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(guide, await conformanceResults());
  console.log(`wrote ${fileURLToPath(guide)}`);
}
