// The documents that cases are taken from, and the pages that have their sections: by them a case is read beside its
// text. JavaScript thread.

import type { CaseFacts } from './case.js';

const microsoft = 'https://learn.microsoft.com/en-us';

/** Pages of Microsoft's open specifications, which have one for each section. */
const specifications: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'MS-CHAP': {
    '2.2': '6cdfa42c-173a-4780-80e1-8872abdeaa30',
    '3.1.5': '62bb2026-ad9b-47bf-a363-deca051e8bbc',
    '3.1.5.1': '5a860bf5-2aeb-485b-82ee-fac1e8e6b76f',
    '3.2.5.1': '1c199f6c-cb48-4c1d-ad81-898a060100ee',
  },
  'MS-PEAP': {
    '2.2.2': '4977594a-d5ea-4b26-81df-9ad89b07c2c3',
    '2.2.3': '36fcce5f-044d-42d1-954a-6762b2227ce8',
    '2.2.4': 'fa418c4b-b11e-47a5-b86f-d74a9150b822',
    '2.2.8.1': 'b0bbdac4-01aa-461f-a0ec-42931303d8ae',
    '3.1.1': 'cc23e6a6-b6f3-4a44-b56e-f054b4b9a27a',
    '3.1.5.1': 'd0282878-4dc4-435e-80a3-f284cb6e78c7',
    '3.1.5.5': '757a16c7-0826-4ba9-bb71-8c3f1339e937',
    '3.1.5.6': '5218a614-002a-4566-addd-3e1924a37655',
    '3.1.5.7': 'e75b0385-915a-4fc3-a549-fd3d06b995b0',
    '3.2.5.2': '6ecac3c5-cc31-462f-bf6b-e2e9f670132c',
    '3.2.5.3': 'cde7b1fb-9b1e-4ddb-90aa-2226e6bf3aa0',
    '3.2.5.4.2': '419f3655-5280-430b-9095-482996eba67c',
    '3.2.5.4.7': 'cbf6074f-1f69-41f6-9caf-f78295bb2a66',
    '3.3.5.3': '0e8b8215-2d39-4111-aeba-04833f9b5868',
    '3.3.5.4.2': 'ba695d5b-2f8b-44f1-99a5-0f35655cb1cc',
    '3.3.5.4.7': '5dfb01b4-836f-46f5-a5d2-ff93cd25c4c4',
  },
};

/** The page of a function of Windows' method APIs. */
function functionPage(name: string): string {
  const header = name.startsWith('EapPeer') ? 'eapmethodpeerapis' : 'eapmethodauthenticatorapis';
  return `${microsoft}/windows/win32/api/${header}/nf-${header}-${name.toLowerCase()}`;
}

/** A source's page, at the section if it has an anchor for it. Undefined for what no document demands. */
export function linkOf({ document, section }: CaseFacts['source']): string | undefined {
  const [, kind, number] = /^(RFC|CWE|CVE)[ -](\S+)$/u.exec(document) ?? [];
  if (kind === 'RFC') {
    const anchor = /^[A-Z]/u.test(section) ? 'appendix' : 'section';
    return `https://www.rfc-editor.org/rfc/rfc${number}.html#${anchor}-${section}`;
  }
  if (kind === 'CWE') return `https://cwe.mitre.org/data/definitions/${number}.html`;
  if (kind === 'CVE') return `https://www.cve.org/CVERecord?id=${document}`;
  if (document === 'Windows') return functionPage(section);
  const pages = specifications[document];
  if (!pages) return undefined;
  const page = pages[section] ?? '';
  return `${microsoft}/openspecs/windows_protocols/${document.toLowerCase()}/${page}`;
}
