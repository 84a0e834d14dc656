// The table of EAPHost's functions: what the suites really called of them, on each platform, as
// test/support/call-recorder.ts wrote it down. A function that the ABI file has a prototype of must have succeeded in a test
// on each platform that ran. The functions listed below are excepted: here they can only fail.

import { existsSync, readFileSync } from 'node:fs';

import { inRoot } from './tools.mjs';

const noMsxml = 'there is no MSXML: the facade converts in TypeScript, which the same tests check';
const windowsOnly = 'the embedded run-time plumbs no credentials into a logon session: it must refuse';
const undocumented = 'what it gives is stated nowhere, so that the embedded run-time must refuse';

/** Why a function does not succeed; `refuses` where it must be called all the same, and fail. */
const excused = {
  linux: {
    EapHostPeerConfigXml2Blob: { why: noMsxml },
    EapHostPeerConfigBlob2Xml: { why: noMsxml },
    EapHostPeerCredentialsXml2Blob: { why: noMsxml },
    EapHostPeerGetDataToUnplumbCredentials: { why: windowsOnly, refuses: true },
    EapHostPeerGetEncryptedPassword: { why: undocumented, refuses: true },
  },
  windows: {
    EapHostPeerGetDataToUnplumbCredentials: { why: windowsOnly, refuses: true },
    EapHostPeerGetEncryptedPassword: { why: undocumented, refuses: true },
  },
};

/** The functions of both libraries that can be called at all, by library. */
function callable() {
  const abi = JSON.parse(readFileSync(inRoot('native/abi/eaphost-abi.json'), 'utf8'));
  const known = new Set(
    abi.functions.filter(({ parameters }) => parameters !== null).map(({ name }) => name),
  );
  return ['eappprxy.dll', 'eappcfg.dll'].flatMap((dll) =>
    abi.dll_exports[dll].filter((name) => known.has(name)).map((name) => ({ dll, name })),
  );
}

function read(files) {
  const counts = {};
  for (const file of files.filter((each) => existsSync(each))) {
    for (const [name, { succeeded, failed }] of Object.entries(JSON.parse(readFileSync(file, 'utf8')))) {
      const entry = (counts[name] ??= { succeeded: 0, failed: 0 });
      entry.succeeded += succeeded;
      entry.failed += failed;
    }
  }
  return counts;
}

/** What one function came to on one platform: its cell, and whether that is a gap. */
function cell(platform, name, counts) {
  const { succeeded = 0, failed = 0 } = counts[name] ?? {};
  if (succeeded > 0) return { text: `${succeeded} calls`, isFull: true };
  const excuse = excused[platform][name];
  if (excuse?.refuses)
    return { text: failed > 0 ? `refused ${failed} times` : 'NOT CALLED', isFull: failed > 0 };
  if (excuse) return { text: 'not here', isFull: true };
  return { text: failed > 0 ? `FAILED ${failed} TIMES` : 'NOT CALLED', isFull: false };
}

/**
 * Prints the table of the platforms that `recorded` has files of ({ linux: […], windows: […] }). Returns how many of
 * its cells are full, and how many are not.
 */
export function functionsTable(recorded) {
  const platforms = Object.entries(recorded).filter(([, files]) => files.length > 0);
  const counts = Object.fromEntries(platforms.map(([platform, files]) => [platform, read(files)]));
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log('\nEAPHost’s functions, called through the facade:');
  for (const { dll, name } of callable()) {
    const cells = platforms.map(([platform]) => {
      const { text, isFull } = cell(platform, name, counts[platform]);
      total[isFull ? 'passed' : 'failed'] += 1;
      return `${platform}: ${text}`.padEnd(28);
    });
    console.log(`  ${dll.padEnd(13)} ${name.padEnd(51)} ${cells.join('')}`.trimEnd());
  }
  for (const [platform] of platforms) {
    for (const [name, { why }] of Object.entries(excused[platform]))
      console.log(`  ${platform}, ${name}: ${why}`);
  }
  return total;
}
