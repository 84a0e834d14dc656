// What the tests of the page share: a headless browser that shows it as Electron does, with the main process' half
// behind it.

import assert from 'node:assert/strict';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

import type { RadiusServer } from '../../../lib/radius/index.js';
import type { Calls, EditorParts } from './src/editor.js';
import { servePages } from './src/pages.js';
import { alice, appFolder, Folder, listen, openEditor, secret, type Opened } from './support.js';

export const site = 'https://editor.test';

/** The page of a test, and what it did. */
export class Browsing {
  folder!: Folder;
  server!: RadiusServer;
  opened!: Opened;
  context!: BrowserContext;
  page!: Page;
  /** What the browser complained of. */
  complaints: string[] = [];
  /** What the page asked of the main process. */
  asked: { name: string; args: readonly unknown[] }[] = [];
  #browser!: Browser;

  /** Opens a page for each test of the suite that this is called in. */
  constructor(parts: Partial<EditorParts> = {}) {
    before(() => this.#start());
    beforeEach(() => this.#open(parts));
    afterEach(async () => {
      await this.context.close();
      await this.opened.close();
      assert.deepEqual(this.complaints, []);
    });
    after(async () => {
      await this.#browser.close();
      await this.server.close();
      this.folder.remove();
    });
  }

  text(id: string): Promise<string> {
    return this.page.locator(id).innerText();
  }

  xml(): Promise<string> {
    return this.page.locator('#xml').inputValue();
  }

  /** Waits for what the page has to come to; the test's own time is the limit. */
  async until(isTrue: () => Promise<boolean>): Promise<void> {
    while (!(await isTrue())) await this.page.evaluate('new Promise(requestAnimationFrame)');
  }

  /** Opens a profile by its button. The path of its file. */
  async open(document: string, end = '#try:enabled'): Promise<string> {
    const file = this.folder.write('office.xml', document);
    this.opened.chosen = file;
    await this.page.getByRole('button', { name: 'Open…' }).click();
    await this.page.locator('#file', { hasText: 'office.xml' }).waitFor();
    await this.page.locator(end).waitFor();
    return file;
  }

  settle(what: string): Promise<void> {
    return this.page.locator('#outcome', { hasText: what }).waitFor();
  }

  async fillUser(password: string): Promise<void> {
    await this.page.getByLabel('User name').fill(alice.username);
    await this.page.getByLabel('Password').fill(password);
  }

  async fillTrial(password: string): Promise<void> {
    await this.page.getByLabel('Port').fill(String(this.server.port));
    await this.page.getByLabel('Shared secret').fill(secret);
    await this.fillUser(password);
  }

  /** All that a program in the page could read. */
  async everything(): Promise<string> {
    return String(
      await this.page.evaluate(
        '[document.documentElement.outerHTML, ...[...document.querySelectorAll("input, textarea")].map((each) => each.value)].join("\\n")',
      ),
    );
  }

  async #start(): Promise<void> {
    this.folder = new Folder();
    this.server = await listen();
    this.#browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
  }

  async #open(parts: Partial<EditorParts>): Promise<void> {
    this.complaints = [];
    this.asked = [];
    const context = await this.#browser.newContext({ viewport: { width: 1180, height: 820 } });
    const page = await context.newPage();
    Object.assign(this, { context, page });
    page.on('console', (message) => this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(error.message));
    const serve = servePages(appFolder);
    await context.route('**/*', async (route) => {
      const response = await serve(new Request(route.request().url()));
      const headers = Object.fromEntries(response.headers);
      await route.fulfill({
        status: response.status,
        headers,
        body: Buffer.from(await response.arrayBuffer()),
      });
    });
    this.opened = await openEditor([`--roots=${this.folder.roots}`], {
      ...parts,
      onProgress: (progress) => {
        void page.evaluate((each) => Reflect.get(globalThis, 'tellProgress')(each), progress);
      },
    });
    const { calls } = this.opened.editor;
    await page.exposeBinding('askMain', (_, name: keyof Calls, args: readonly unknown[]) => {
      this.asked.push({ name, args });
      return calls[name](...args);
    });
    // In place of the preload script: the same functions.
    await page.addInitScript((names: readonly string[]) => {
      const world: Record<string, unknown> = globalThis;
      const ask = world['askMain'] as (name: string, args: unknown[]) => unknown;
      const listeners: ((progress: unknown) => void)[] = [];
      const call = (name: string) => [name, (...args: unknown[]) => ask(name, args)] as const;
      world['tellProgress'] = (progress: unknown) => {
        for (const listener of listeners) listener(progress);
      };
      world['editor'] = {
        ...Object.fromEntries(names.map(call)),
        onProgress: (listener: (progress: unknown) => void) => void listeners.push(listener),
      };
    }, Object.keys(calls));
    await page.goto(`${site}/index.html`);
    await page.locator('#methods li').first().waitFor();
  }
}
