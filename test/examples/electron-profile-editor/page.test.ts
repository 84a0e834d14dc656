// The example's page in a headless browser, as it is served in Electron, with the main process' half behind it: what a
// user sees and does.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { profiles } from '../../../lib/profiles/index.js';
import { Browsing, site } from './page-support.js';
import { servePages } from './src/pages.js';
import { alice, appFolder, authority, mschapv2Profile, peapProfile, secret } from './support.js';

const sha1Of = (pem: string): string =>
  new X509Certificate(pem).fingerprint.replaceAll(':', '').toLowerCase();
const notAfter = new Date('2020-12-31');
const certificateFiles = {
  server: authority.issue({ name: 'radius.example.org', purpose: 'server' }).cert,
  old: authority.issue({ name: 'old.example.org', purpose: 'server', notAfter }).cert,
};

describe('The Electron example, its page', function () {
  this.timeout(120_000);
  const browsing = new Browsing();

  it('lists the methods that are there', async () => {
    assert.match(await browsing.text('#runtime'), /embedded/u);
    const names = await browsing.page.locator('#methods strong').allInnerTexts();
    assert.ok(names.includes('PEAP') && names.includes('EAP-MSCHAPv2'));
  });

  it('opens a profile, changes it in the form, and saves it', async () => {
    const file = await browsing.open(peapProfile);
    assert.equal(await browsing.text('#title'), 'PEAP');
    const names = browsing.page.getByLabel('Server names');
    assert.equal(await names.inputValue(), 'radius.example.org');
    await names.fill('one.example.org\ntwo.example.org');
    await browsing.page.getByLabel('Fast reconnect').selectOption('Yes');
    await browsing.page.locator('#file', { hasText: '•' }).waitFor();
    // The title says so, too.
    assert.match(await browsing.page.title(), /^• office.xml/u);
    await browsing.page.getByRole('button', { name: 'Save', exact: true }).click();
    await browsing.page.locator('#file', { hasNotText: '•' }).waitFor();
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
    await browsing.open(peapProfile);
    const roots = browsing.page.getByLabel('Trusted root certificates');
    await roots.fill('12 34 is too short');
    await roots.blur();
    const says = 'Trusted root certificates, entry 1: must be 40 hexadecimal digits';
    await browsing.page.locator('.control .error', { hasText: says }).waitFor();
    assert.equal(await roots.inputValue(), '12 34 is too short');
    assert.equal(await roots.getAttribute('aria-invalid'), 'true');
    assert.equal(await browsing.xml(), peapProfile);
  });

  it('saves what is on the screen, or nothing: not while a field is red, and what is still being typed', async () => {
    const file = await browsing.open(peapProfile);
    const roots = browsing.page.getByLabel('Trusted root certificates');
    const buttons = ['#save', '#save-as', '#try'].map((id) => browsing.page.locator(id));
    const areDisabled = (): Promise<boolean[]> => Promise.all(buttons.map((each) => each.isDisabled()));
    assert.deepEqual(await areDisabled(), [false, false, false]);
    await roots.fill('12 34 is too short');
    // By the keyboard, before the field is left.
    await browsing.page.keyboard.press('Control+s');
    await browsing.page.locator('.control .error', { hasText: 'Trusted root certificates' }).waitFor();
    assert.deepEqual(await areDisabled(), [true, true, true]);
    assert.equal(readFileSync(file, 'utf8'), peapProfile);
    await roots.fill('ab'.repeat(20));
    await browsing.page.keyboard.press('Control+s');
    await browsing.until(() => Promise.resolve(readFileSync(file, 'utf8').includes('ab'.repeat(20))));
    assert.equal(await browsing.xml(), readFileSync(file, 'utf8'));
    // Whether it can be tried is for its method to say: no root of these is known.
    await browsing.until(async () => !(await areDisabled()).slice(0, 2).includes(true));
  });

  it('fills in the thumbprints of certificates in a file, by the keyboard', async () => {
    const { server: issued } = certificateFiles;
    await browsing.open(peapProfile);
    const roots = browsing.page.getByLabel('Trusted root certificates');
    const [before, sha1] = [await roots.inputValue(), sha1Of(issued)];
    const button = browsing.page.getByRole('button', { name: 'Add from a file…' });
    const press = async (...keys: readonly string[]) => {
      for (const key of keys) await browsing.page.keyboard.press(key);
    };
    const picker = browsing.page.getByRole('dialog', { name: 'Certificates in two.pem' });
    browsing.opened.chosen = browsing.folder.write('two.pem', authority.ca + issued);
    await roots.focus();
    await press('Tab', 'Enter');
    await picker.waitFor();
    const shown = await picker.locator('li').allInnerTexts();
    assert.equal(shown.length, 2);
    const { subject, validTo } = new X509Certificate(issued);
    const day = new Date(validTo).toISOString().slice(0, 10);
    assert.equal(shown[1], `${subject}\nvalid until ${day}\n${sha1}`);
    // Nothing is ticked; the first box has the focus. Escape changes nothing, and gives the focus back.
    assert.equal(await picker.getByRole('checkbox', { checked: true }).count(), 0);
    await press('Space', 'Escape');
    await picker.waitFor({ state: 'hidden' });
    assert.equal(await roots.inputValue(), before);
    assert.equal(await button.evaluate('document.activeElement.textContent'), 'Add from a file…');
    // Both: one is there already, and stays once.
    await press('Enter');
    await picker.waitFor();
    await press('Space', 'Tab', 'Space', 'Enter');
    await browsing.until(async () => (await roots.inputValue()) === `${before}\n${sha1}`);
    await browsing.until(async () => (await browsing.xml()).includes(sha1));
    // A file with one: it is ticked.
    browsing.opened.chosen = browsing.folder.write('one.pem', certificateFiles.old);
    await press('Enter');
    const one = browsing.page.getByRole('dialog', { name: 'Certificates in one.pem' });
    await one.waitFor();
    assert.match(await one.innerText(), /expired on 2020-12-31/u);
    await browsing.page.setViewportSize({ width: 640, height: 480 });
    assert.equal(await browsing.page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
    await press('Enter');
    await browsing.until(async () => (await browsing.xml()).includes(sha1Of(certificateFiles.old)));
  });

  it('says of a file that is no certificate which field it was for, and leaves the field', async () => {
    await browsing.open(peapProfile);
    const roots = browsing.page.getByLabel('Trusted root certificates');
    const before = await roots.inputValue();
    browsing.opened.chosen = browsing.folder.write('letter.pem', 'Dear alice');
    await browsing.page.getByRole('button', { name: 'Add from a file…' }).click();
    const says = 'Trusted root certificates: letter.pem is no certificate in PEM or DER';
    await browsing.page.locator('.control .error', { hasText: says }).waitFor();
    assert.equal(await roots.inputValue(), before);
    assert.equal(await browsing.page.locator('#save').isDisabled(), false);
    assert.equal(await browsing.page.getByRole('dialog').count(), 0);
  });

  it('loses no change that is made while another is under way, and nothing that is being typed', async () => {
    await browsing.open(peapProfile);
    // All three at once: before the main process can have answered the first.
    await browsing.page.evaluate(`
      for (const [id, value] of [['fastReconnect', 'yes'], ['requireCryptoBinding', 'no'], ['acceptServerName', '']]) {
        const control = document.getElementById('control-' + id);
        control.value = value;
        control.dispatchEvent(new Event('change'));
      }
      const typing = document.getElementById('control-identityPrivacy.anonymousIdentity');
      typing.focus();
      typing.value = 'half a na';
    `);
    await browsing.until(async () => {
      const now = await browsing.xml();
      const isMade = ['FastReconnect>true', 'RequireCryptoBinding>false'].every((each) => now.includes(each));
      return isMade && !now.includes('AcceptServerName');
    });
    const typing = browsing.page.getByLabel('Name to show instead');
    assert.equal(await typing.inputValue(), 'half a na');
    assert.equal(await browsing.page.evaluate('document.activeElement.id'), await typing.getAttribute('id'));
    // A control that comes of a choice, and goes with it; another profile is shown as it is.
    await browsing.page.getByLabel('Method in the tunnel').selectOption({ value: 'tls' });
    await browsing.page.getByLabel('Use the Windows logon').waitFor({ state: 'detached' });
    await browsing.page.getByRole('button', { name: 'Open…' }).click();
    await browsing.page.getByRole('button', { name: 'Discard them' }).click();
    await browsing.until(async () => (await browsing.xml()) === peapProfile);
    await browsing.page.getByLabel('Use the Windows logon').waitFor();
    assert.equal(await browsing.page.getByLabel('Fast reconnect').inputValue(), '');
    assert.equal(await typing.inputValue(), '');
  });

  it('says which element of bad XML is wrong, shows it, and loses nothing', async () => {
    const file = await browsing.open(peapProfile);
    await browsing.page.getByRole('tab', { name: 'XML' }).click();
    const bad = peapProfile.replace('PerformServerValidation>true', 'PerformServerValidation>maybe');
    await browsing.page.getByLabel('EapHostConfig').fill(bad);
    await browsing.page.getByRole('alert').waitFor();
    const line = bad.split('\n').findIndex((each) => each.includes('>maybe')) + 1;
    assert.match(await browsing.text('#problem'), new RegExp(`PerformServerValidation, line ${line}`, 'u'));
    assert.equal(await browsing.page.locator('#try').isDisabled(), true);
    await browsing.page.getByRole('tab', { name: 'Form' }).click();
    await browsing.page.getByRole('button', { name: 'Show in the XML' }).click();
    const selected = await browsing.page.evaluate(
      'document.querySelector("#xml").value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)',
    );
    assert.equal(selected, bad.split('\n')[line - 1]);
    assert.equal(await browsing.xml(), bad);
    // Half a document is saved as it is, and mended later.
    await browsing.page.keyboard.press('Control+s');
    await browsing.page.locator('#file', { hasNotText: '•' }).waitFor();
    assert.equal(readFileSync(file, 'utf8'), bad);
    await browsing.page.getByLabel('EapHostConfig').fill(peapProfile);
    await browsing.page.getByRole('alert').waitFor({ state: 'hidden' });
    assert.equal(await browsing.text('#title'), 'PEAP');
  });

  it('does not offer a form that would lose an element', async () => {
    const strange = peapProfile.replace(
      '<p:PeapExtensions>',
      '<p:PeapExtensions><new xmlns="urn:new">1</new>',
    );
    await browsing.open(strange, '#problem');
    assert.match(await browsing.text('#form-note'), /urn:new/u);
    assert.equal(await browsing.page.locator('#controls :enabled').count(), 0);
  });

  it('makes a new profile, a blob of it, and XML of a blob', async () => {
    await browsing.page.getByRole('button', { name: 'EAP-MSCHAPv2' }).click();
    await browsing.page.locator('#title', { hasText: 'EAP-MSCHAPv2' }).waitFor();
    await browsing.page.getByRole('tab', { name: 'Blob' }).click();
    const blob = browsing.page.getByLabel('Connection blob');
    assert.equal(await blob.inputValue(), '0100000000000000');
    await blob.fill('01000000 02000000');
    await browsing.page.getByRole('button', { name: 'Make XML of it' }).click();
    const made = profiles.mschapv2({ useWinlogonCredentials: true });
    await browsing.until(async () => (await browsing.xml()) === made);
  });

  it('asks before it discards what is not saved', async () => {
    await browsing.page.getByRole('button', { name: 'EAP-TTLS' }).click();
    await browsing.page.locator('#title', { hasText: 'EAP-TTLS' }).waitFor();
    const before = await browsing.xml();
    await browsing.page.getByRole('button', { name: 'EAP-TLS' }).click();
    await browsing.page.getByRole('button', { name: 'Keep editing' }).click();
    assert.equal(await browsing.xml(), before);
    await browsing.page.getByRole('button', { name: 'EAP-TLS' }).click();
    await browsing.page.getByRole('button', { name: 'Discard them' }).click();
    await browsing.page.locator('#title', { hasText: 'EAP-TLS' }).waitFor();
  });

  it('tries a profile: accepted, with the packets; and no secret stays in the page', async () => {
    await browsing.open(peapProfile);
    const password = browsing.page.getByLabel('Password');
    assert.equal(await password.getAttribute('type'), 'password');
    assert.equal(await password.getAttribute('maxlength'), '256');
    await browsing.fillTrial(alice.password);
    await browsing.page.getByRole('button', { name: 'Try it' }).click();
    await browsing.settle('Accepted');
    assert.match(await browsing.text('#outcome'), /same key/u);
    assert.ok((await browsing.page.locator('#progress li').count()) > 5);
    await browsing.page.getByText('Conversation').click();
    assert.match(await browsing.text('#ladder-text'), /authenticator/u);
    const everything = await browsing.everything();
    for (const each of [alice.password, secret]) {
      assert.ok(!everything.includes(each));
      const others = browsing.asked.filter(({ name }) => name !== 'tryIt');
      assert.ok(others.length > 0 && !JSON.stringify(others).includes(each));
    }
  });

  it('says why a user is not accepted', async () => {
    await browsing.open(mschapv2Profile);
    await browsing.fillTrial('wrong');
    // By the keyboard: Enter in the last field.
    await browsing.page.getByLabel('Password').press('Enter');
    await browsing.settle('Not accepted');
    assert.match(await browsing.text('#outcome'), /EAP_E_USER_NAME_PASSWORD_REJECTED/u);
    assert.equal(await browsing.page.locator('#outcome').getAttribute('class'), 'bad');
    assert.equal(await browsing.page.getByLabel('User name').inputValue(), alice.username);
  });

  it('can be used by the keyboard, and every control has a name', async () => {
    await browsing.open(peapProfile);
    await browsing.page.getByRole('tab', { name: 'Form' }).focus();
    await browsing.page.keyboard.press('ArrowRight');
    assert.equal(await browsing.page.getByRole('tab', { name: 'XML' }).getAttribute('aria-selected'), 'true');
    assert.equal(await browsing.page.locator('#xml').isVisible(), true);
    const nameless = await browsing.page.evaluate(
      '[...document.querySelectorAll("input, select, textarea")].filter((each) => each.labels.length === 0 || each.labels[0].textContent.trim() === "").map((each) => each.id)',
    );
    assert.deepEqual(nameless, []);
    assert.ok(
      (await browsing.page.locator('button').allInnerTexts()).every(
        (name) => name.trim() !== '' || name === '',
      ),
    );
    // Nothing is wider than the window, on a small one too.
    await browsing.page.setViewportSize({ width: 640, height: 480 });
    assert.equal(await browsing.page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  });

  it('runs no script but its own, and reaches nobody', async () => {
    const refused = await browsing.page.evaluate(`(async () => {
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
    const reasons = browsing.complaints.join('\n');
    for (const each of ['TrustedScript', 'img-src', 'connect-src']) assert.ok(reasons.includes(each), each);
    browsing.complaints = [];
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
