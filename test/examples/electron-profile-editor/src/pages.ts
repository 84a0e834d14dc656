// The page, served to the window under a scheme of the program's own: nothing else can be loaded by it, from nowhere.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the page lives. A scheme of its own has an origin, modules and a security policy; file: has none. */
export const scheme = 'app';
export const origin = `${scheme}://editor`;

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** What there is, and where in the program's folder. */
const files: Readonly<Record<string, string>> = {
  '/index.html': 'renderer/index.html',
  '/style.css': 'renderer/style.css',
  '/app.js': 'dist/renderer/app.js',
  '/apply.js': 'dist/renderer/apply.js',
  '/certificates.js': 'dist/renderer/certificates.js',
  '/dom.js': 'dist/renderer/dom.js',
  '/form.js': 'dist/renderer/form.js',
  '/offers.js': 'dist/renderer/offers.js',
  '/trial.js': 'dist/renderer/trial.js',
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Serves the files of the program in `folder`. */
export function servePages(folder: string): (request: Request) => Promise<Response> {
  return async ({ url, method }) => {
    const path = new URL(url).pathname;
    const file = Object.hasOwn(files, path) ? files[path] : undefined;
    if (method !== 'GET' || file === undefined) return new Response('not here', { status: 404 });
    return new Response(await readFile(join(folder, file)), {
      headers: {
        'content-type': types[file.slice(file.lastIndexOf('.') + 1)] ?? '',
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    });
  };
}

/** Whether a frame is the page itself: nobody else may ask the main process for anything. */
export function isPage(
  frame: { readonly url: string; readonly parent: unknown } | null | undefined,
): boolean {
  return frame !== null && frame !== undefined && frame.parent === null && frame.url.startsWith(`${origin}/`);
}
