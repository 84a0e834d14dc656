// The example's page in a headless browser, as it is served in Electron, with the main process' half behind it: what a
// user sees and does.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

import { profiles } from '../../../lib/profiles/index.js';
import type { RadiusServer } from '../../../lib/radius/index.js';
import type { Calls } from './src/editor.js';
import { servePages } from './src/pages.js';
import {
  alice,
  appFolder,
  Folder,
  listen,
  mschapv2Profile,
  openEditor,
  peapProfile,
  secret,
  type Opened,
} from './support.js';

const site = 'https://editor.test';

describe('The Electron example, its page', function () {
  this.timeout(120_000);
  let browser: Browser;
  let folder: Folder;
  let server: RadiusServer;
  let opened: Opened;
  let context: BrowserContext;
  let page: Page;
  /** What the browser complained of. */
  let complaints: string[];
  /** What the page asked of the main process. */
  let asked: { name: string; args: readonly unknown[] }[];

  before(async () => {
    folder = new Folder();
    server = await listen();
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
  });
  after(async () => {
    await browser.close();
    await server.close();
    folder.remove();
  });

  beforeEach(async () => {
    complaints = [];
    asked = [];
    context = await browser.newContext({ viewport: { width: 1180, height: 820 } });
    page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
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
    opened = await openEditor([`--roots=${folder.roots}`], {
      onProgress: (progress) => {
        void page.evaluate((each) => Reflect.get(globalThis, 'tellProgress')(each), progress);
      },
    });
    const { calls } = opened.editor;
    await page.exposeBinding('askMain', (_, name: keyof Calls, args: readonly unknown[]) => {
      asked.push({ name, args });
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
  });
  afterEach(async () => {
    await context.close();
    await opened.close();
    assert.deepEqual(complaints, []);
  });

  const text = (id: string): Promise<string> => page.locator(id).innerText();
  const xml = (): Promise<string> => page.locator('#xml').inputValue();
  /** Waits for what the page has to come to; the test's own time is the limit. */
  const until = async (isTrue: () => Promise<boolean>): Promise<void> => {
    while (!(await isTrue())) await page.evaluate('new Promise(requestAnimationFrame)');
  };
  const open = async (document: string, end = '#try:enabled'): Promise<string> => {
    const file = folder.write('office.xml', document);
    opened.chosen = file;
    await page.getByRole('button', { name: 'Open…' }).click();
    await page.locator('#file', { hasText: 'office.xml' }).waitFor();
    await page.locator(end).waitFor();
    return file;
  };
  const settle = (what: string): Promise<void> => page.locator('#outcome', { hasText: what }).waitFor();

  it('lists the methods that are there', async () => {
    assert.match(await text('#runtime'), /embedded/u);
    const names = await page.locator('#methods strong').allInnerTexts();
    assert.ok(names.includes('PEAP') && names.includes('EAP-MSCHAPv2'));
  });

  it('opens a profile, changes it in the form, and saves it', async () => {
    const file = await open(peapProfile);
    assert.equal(await text('#title'), 'PEAP');
    const names = page.getByLabel('Server names');
    assert.equal(await names.inputValue(), 'radius.example.org');
    await names.fill('one.example.org\ntwo.example.org');
    await page.getByLabel('Fast reconnect').selectOption('Yes');
    await page.locator('#file', { hasText: '•' }).waitFor();
    // The title says so, too.
    assert.match(await page.title(), /^• office.xml/u);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('#file', { hasNotText: '•' }).waitFor();
    const [saved, before] = [readFileSync(file, 'utf8'), peapProfile].map((each) =>
      profiles.parseConfig(each),
    );
    assert.ok(saved?.method === 'peap' && before?.method === 'peap');
    const { serverValidation, ...others } = before.options;
    const serverNames = ['one.example.org', 'two.example.org'];
    assert.deepEqual(saved.options, {
      ...others,
      serverValidation: { ...serverValidation, serverNames },
      fastReconnect: true,
    });
  });

  it('shows what is wrong with a value beside it, and keeps what was typed', async () => {
    await open(peapProfile);
    const roots = page.getByLabel('Trusted root certificates');
    await roots.fill('12 34 is too short');
    await roots.blur();
    const says = 'Trusted root certificates, entry 1: must be 40 hexadecimal digits';
    await page.locator('.control .error', { hasText: says }).waitFor();
    assert.equal(await roots.inputValue(), '12 34 is too short');
    assert.equal(await roots.getAttribute('aria-invalid'), 'true');
    assert.equal(await xml(), peapProfile);
  });

  it('saves what is on the screen, or nothing: not while a field is red, and what is still being typed', async () => {
    const file = await open(peapProfile);
    const roots = page.getByLabel('Trusted root certificates');
    const buttons = ['#save', '#save-as', '#try'].map((id) => page.locator(id));
    const areDisabled = (): Promise<boolean[]> => Promise.all(buttons.map((each) => each.isDisabled()));
    assert.deepEqual(await areDisabled(), [false, false, false]);
    await roots.fill('12 34 is too short');
    // By the keyboard, before the field is left.
    await page.keyboard.press('Control+s');
    await page.locator('.control .error', { hasText: 'Trusted root certificates' }).waitFor();
    assert.deepEqual(await areDisabled(), [true, true, true]);
    assert.equal(readFileSync(file, 'utf8'), peapProfile);
    await roots.fill('ab'.repeat(20));
    await page.keyboard.press('Control+s');
    await until(() => Promise.resolve(readFileSync(file, 'utf8').includes('ab'.repeat(20))));
    assert.equal(await xml(), readFileSync(file, 'utf8'));
    // Whether it can be tried is for its method to say: no root of these is known.
    await until(async () => !(await areDisabled()).slice(0, 2).includes(true));
  });

  it('loses no change that is made while another is under way, and nothing that is being typed', async () => {
    await open(peapProfile);
    // All three at once: before the main process can have answered the first.
    await page.evaluate(`
      for (const [id, value] of [['fastReconnect', 'yes'], ['requireCryptoBinding', 'no'], ['acceptServerName', '']]) {
        const control = document.getElementById('control-' + id);
        control.value = value;
        control.dispatchEvent(new Event('change'));
      }
      const typing = document.getElementById('control-identityPrivacy.anonymousIdentity');
      typing.focus();
      typing.value = 'half a na';
    `);
    await until(async () => {
      const now = await xml();
      const isMade = ['FastReconnect>true', 'RequireCryptoBinding>false'].every((each) => now.includes(each));
      return isMade && !now.includes('AcceptServerName');
    });
    const typing = page.getByLabel('Name to show instead');
    assert.equal(await typing.inputValue(), 'half a na');
    assert.equal(await page.evaluate('document.activeElement.id'), await typing.getAttribute('id'));
    // A control that comes of a choice, and goes with it; another profile is shown as it is.
    await page.getByLabel('Method in the tunnel').selectOption({ value: 'tls' });
    await page.getByLabel('Use the Windows logon').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Open…' }).click();
    await page.getByRole('button', { name: 'Discard them' }).click();
    await until(async () => (await xml()) === peapProfile);
    await page.getByLabel('Use the Windows logon').waitFor();
    assert.equal(await page.getByLabel('Fast reconnect').inputValue(), '');
    assert.equal(await typing.inputValue(), '');
  });

  it('says which element of bad XML is wrong, shows it, and loses nothing', async () => {
    const file = await open(peapProfile);
    await page.getByRole('tab', { name: 'XML' }).click();
    const bad = peapProfile.replace('PerformServerValidation>true', 'PerformServerValidation>maybe');
    await page.getByLabel('EapHostConfig').fill(bad);
    await page.getByRole('alert').waitFor();
    const line = bad.split('\n').findIndex((each) => each.includes('>maybe')) + 1;
    assert.match(await text('#problem'), new RegExp(`PerformServerValidation, line ${line}`, 'u'));
    assert.equal(await page.locator('#try').isDisabled(), true);
    await page.getByRole('tab', { name: 'Form' }).click();
    await page.getByRole('button', { name: 'Show in the XML' }).click();
    const selected = await page.evaluate(
      'document.querySelector("#xml").value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)',
    );
    assert.equal(selected, bad.split('\n')[line - 1]);
    assert.equal(await xml(), bad);
    // Half a document is saved as it is, and mended later.
    await page.keyboard.press('Control+s');
    await page.locator('#file', { hasNotText: '•' }).waitFor();
    assert.equal(readFileSync(file, 'utf8'), bad);
    await page.getByLabel('EapHostConfig').fill(peapProfile);
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    assert.equal(await text('#title'), 'PEAP');
  });

  it('does not offer a form that would lose an element', async () => {
    const strange = peapProfile.replace(
      '<p:PeapExtensions>',
      '<p:PeapExtensions><new xmlns="urn:new">1</new>',
    );
    await open(strange, '#problem');
    assert.match(await text('#form-note'), /urn:new/u);
    assert.equal(await page.locator('#controls :enabled').count(), 0);
  });

  it('makes a new profile, a blob of it, and XML of a blob', async () => {
    await page.getByRole('button', { name: 'EAP-MSCHAPv2' }).click();
    await page.locator('#title', { hasText: 'EAP-MSCHAPv2' }).waitFor();
    await page.getByRole('tab', { name: 'Blob' }).click();
    const blob = page.getByLabel('Connection blob');
    assert.equal(await blob.inputValue(), '0100000000000000');
    await blob.fill('01000000 02000000');
    await page.getByRole('button', { name: 'Make XML of it' }).click();
    const made = profiles.mschapv2({ useWinlogonCredentials: true });
    await until(async () => (await xml()) === made);
  });

  it('asks before it discards what is not saved', async () => {
    await page.getByRole('button', { name: 'EAP-TTLS' }).click();
    await page.locator('#title', { hasText: 'EAP-TTLS' }).waitFor();
    const before = await xml();
    await page.getByRole('button', { name: 'EAP-TLS' }).click();
    await page.getByRole('button', { name: 'Keep editing' }).click();
    assert.equal(await xml(), before);
    await page.getByRole('button', { name: 'EAP-TLS' }).click();
    await page.getByRole('button', { name: 'Discard them' }).click();
    await page.locator('#title', { hasText: 'EAP-TLS' }).waitFor();
  });

  const fillTrial = async (password: string): Promise<void> => {
    await page.getByLabel('Port').fill(String(server.port));
    await page.getByLabel('Shared secret').fill(secret);
    await page.getByLabel('User name').fill(alice.username);
    await page.getByLabel('Password').fill(password);
  };

  it('tries a profile: accepted, with the packets; and no secret stays in the page', async () => {
    await open(peapProfile);
    const password = page.getByLabel('Password');
    assert.equal(await password.getAttribute('type'), 'password');
    assert.equal(await password.getAttribute('maxlength'), '256');
    await fillTrial(alice.password);
    await page.getByRole('button', { name: 'Try it' }).click();
    await settle('Accepted');
    assert.match(await text('#outcome'), /same key/u);
    assert.ok((await page.locator('#progress li').count()) > 5);
    await page.getByText('Conversation').click();
    assert.match(await text('#ladder-text'), /authenticator/u);
    const everything = await page.evaluate(
      '[document.documentElement.outerHTML, ...[...document.querySelectorAll("input, textarea")].map((each) => each.value)].join("\\n")',
    );
    for (const each of [alice.password, secret]) {
      assert.ok(!String(everything).includes(each));
      const others = asked.filter(({ name }) => name !== 'tryIt');
      assert.ok(others.length > 0 && !JSON.stringify(others).includes(each));
    }
  });

  it('says why a user is not accepted', async () => {
    await open(mschapv2Profile);
    await fillTrial('wrong');
    // By the keyboard: Enter in the last field.
    await page.getByLabel('Password').press('Enter');
    await settle('Not accepted');
    assert.match(await text('#outcome'), /EAP_E_USER_NAME_PASSWORD_REJECTED/u);
    assert.equal(await page.locator('#outcome').getAttribute('class'), 'bad');
    assert.equal(await page.getByLabel('User name').inputValue(), alice.username);
  });

  it('can be used by the keyboard, and every control has a name', async () => {
    await open(peapProfile);
    await page.getByRole('tab', { name: 'Form' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.getByRole('tab', { name: 'XML' }).getAttribute('aria-selected'), 'true');
    assert.equal(await page.locator('#xml').isVisible(), true);
    const nameless = await page.evaluate(
      '[...document.querySelectorAll("input, select, textarea")].filter((each) => each.labels.length === 0 || each.labels[0].textContent.trim() === "").map((each) => each.id)',
    );
    assert.deepEqual(nameless, []);
    assert.ok(
      (await page.locator('button').allInnerTexts()).every((name) => name.trim() !== '' || name === ''),
    );
    // Nothing is wider than the window, on a small one too.
    await page.setViewportSize({ width: 640, height: 480 });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  });

  it('runs no script but its own, and reaches nobody', async () => {
    const refused = await page.evaluate(`(async () => {
      const refused = [];
      const script = document.createElement('script');
      try { script.textContent = 'document.title = "taken"'; } catch { refused.push('script'); }
      const image = document.createElement('img');
      image.src = 'https://example.org/x.png';
      await image.decode().catch(() => refused.push('image'));
      await fetch('https://example.org/').catch(() => refused.push('fetch'));
      return refused;
    })()`);
    assert.deepEqual(refused, ['script', 'image', 'fetch']);
    // By the policy, and not for want of a network.
    const reasons = complaints.join('\n');
    for (const each of ['TrustedScript', 'img-src', 'connect-src']) assert.ok(reasons.includes(each), each);
    complaints = [];
  });

  it('serves its own files and no other', async () => {
    const serve = servePages(appFolder);
    for (const path of ['/index.html', '/style.css', '/app.js']) {
      const response = await serve(new Request(site + path));
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/u);
    }
    for (const path of ['/package.json', '/../package.json', '/constructor', '/', '/src/main.js']) {
      assert.equal((await serve(new Request(site + path))).status, 404, path);
    }
    assert.equal((await serve(new Request(`${site}/app.js`, { method: 'POST' }))).status, 404);
    assert.ok(readFileSync(join(appFolder, 'renderer/index.html'), 'utf8').includes('app.js'));
  });
});
