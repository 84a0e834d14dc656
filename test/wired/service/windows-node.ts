// Whether the programs at the machine's end run in a Windows Node under Wine: scripts/wine.mjs says so by the environment,
// beside WINEPREFIX.

import { existsSync } from 'node:fs';

/** node.exe; undefined where programs run natively. */
export const windowsNode = process.env['EAPHOST_WINDOWS_NODE'];

/** A path as those programs read it. */
export const toNative = (path: string): string =>
  windowsNode === undefined ? path : `Z:${path.replaceAll('/', '\\')}`;

/** Throws what is missing for programs under Wine. */
export function checkWindows(): void {
  if (windowsNode === undefined) return;
  if (process.env['WINEPREFIX'] === undefined || !existsSync(windowsNode)) {
    throw new Error('EAPHOST_WINDOWS_NODE must be node.exe, beside WINEPREFIX: scripts/wine.mjs');
  }
}

/** Marks titles of tests that take long there. */
export const longUnderWine = windowsNode === undefined ? '' : ' @long';
