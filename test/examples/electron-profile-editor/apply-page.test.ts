// Applying and importing, as a user does it in the page.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { profiles } from '../../../lib/profiles/index.js';
import { Browsing } from './page-support.js';
import { alice, appFolder, fixture, peapProfile, secret } from './support.js';

const university = fixture('university');

describe('The Electron example, applying in its page', function () {
  this.timeout(120_000);
  const browsing = new Browsing();
  const said = (what: string | RegExp): Promise<void> =>
    browsing.page.locator('#applied', { hasText: what }).waitFor();

  it('applies a profile to Wi-Fi by the keyboard, and no secret stays in the page', async () => {
    const { page } = browsing;
    await browsing.open(peapProfile);
    await browsing.fillUser(alice.password);
    await page.getByLabel('Name of the profile').fill('Campus');
    await page.getByLabel('SSIDs, one a line').fill('eduroam\n campus \n');
    await page.getByLabel('Security').selectOption('WPA3-Enterprise');
    await page.getByLabel('For every user').press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await said('Campus has it.');
    assert.equal(await page.locator('#applied').getAttribute('class'), 'good');
    // The picture of the guide, which is copied from there.
    const pictures = join(appFolder, '../../../build/screenshots');
    mkdirSync(pictures, { recursive: true });
    await page.locator('#applied').scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(pictures, 'editor.png') });
    const [given] = browsing.opened.applied;
    assert.deepEqual(given?.network, {
      kind: 'wlan',
      name: 'Campus',
      ssids: ['eduroam', 'campus'],
      security: 'WPA3ENT',
      isForAll: true,
    });
    assert.equal(given.settings.credentials?.xml, profiles.credentials.peap({ inner: { mschapv2: alice } }));
    assert.ok(!(await browsing.everything()).includes(alice.password));
  });

  it('tries before it applies, and applies nothing where the trial fails', async () => {
    const { page } = browsing;
    await browsing.open(peapProfile);
    await page.getByLabel('To', { exact: true }).selectOption('A wired network');
    await page.getByLabel('Adapter').fill('Ethernet');
    assert.equal(await page.getByLabel('SSIDs').isVisible(), false);
    await page.getByLabel('Try it before').check();
    const apply = page.getByRole('button', { name: 'Apply', exact: true });
    // The shared secret is missing: the browser says so, and nothing is asked of the main process.
    await browsing.fillUser('wrong');
    await apply.click();
    assert.equal(await page.evaluate('document.activeElement.id'), 'secret');
    assert.ok(!browsing.asked.some(({ name }) => name === 'apply'));
    await browsing.fillTrial('wrong');
    await apply.click();
    await said('Nothing was applied');
    await browsing.settle('Not accepted');
    assert.equal(browsing.opened.applied.length, 0);
    await browsing.fillTrial(alice.password);
    await apply.click();
    await said('Ethernet has it.');
    await browsing.settle('Accepted');
    assert.deepEqual(
      browsing.opened.applied.map(({ network }) => [network.kind, network.name, network.ssids]),
      [['lan', 'Ethernet', []]],
    );
    const everything = await browsing.everything();
    for (const each of [alice.password, secret]) assert.ok(!everything.includes(each));
  });

  it('applies nothing while a field is red, or there is no profile', async () => {
    const { page } = browsing;
    const apply = page.getByRole('button', { name: 'Apply', exact: true });
    assert.equal(await apply.isDisabled(), true);
    await browsing.open(peapProfile);
    assert.equal(await apply.isDisabled(), false);
    const roots = page.getByLabel('Trusted root certificates');
    await roots.fill('12 34 is too short');
    await roots.blur();
    await page.locator('.control .error', { hasText: 'Trusted root' }).waitFor();
    assert.equal(await apply.isDisabled(), true);
  });

  /** Drops a file on the window. */
  const drop = (name: string, text: string): Promise<void> =>
    browsing.page.evaluate(
      ([fileName, content]) => {
        const world = globalThis as unknown as {
          DataTransfer: new () => { items: { add(file: unknown): void } };
          File: new (parts: readonly string[], name: string) => unknown;
          DragEvent: new (type: string, init: object) => Event;
          document: { body: EventTarget };
        };
        const dataTransfer = new world.DataTransfer();
        dataTransfer.items.add(new world.File([content], fileName));
        const init = { dataTransfer, bubbles: true, cancelable: true };
        world.document.body.dispatchEvent(new world.DragEvent('drop', init));
      },
      [name, text] as const,
    );

  it('imports an eap-config file that is dropped on it: what Windows can do is to choose', async () => {
    const { page } = browsing;
    await drop('university.eap-config', university);
    const chooser = page.getByRole('dialog', { name: 'What the file offers' });
    await chooser.waitFor();
    const offers = chooser.getByRole('radio');
    assert.deepEqual(await Promise.all((await offers.all()).map((each) => each.isDisabled())), [
      true,
      false,
      false,
    ]);
    assert.equal(await offers.nth(1).isChecked(), true);
    assert.match(await chooser.innerText(), /Windows cannot do it: .*Windows must trust this root/su);
    await page.keyboard.press('Enter');
    await chooser.waitFor({ state: 'hidden' });
    await page.locator('#title', { hasText: 'PEAP' }).waitFor();
    assert.equal(await page.getByLabel('Name of the profile').inputValue(), 'eduroam');
    assert.equal(profiles.parseConfig(await browsing.xml()).method, 'peap');
    // Escape changes nothing.
    const before = await browsing.xml();
    await drop('university.eap-config', university);
    await chooser.waitFor();
    await page.keyboard.press('Escape');
    await chooser.waitFor({ state: 'hidden' });
    assert.equal(await browsing.xml(), before);
    // What is none says why.
    await drop('letter.txt', 'Dear alice');
    await page.getByRole('alert').waitFor();
  });

  it('is whole from a narrow window to a wide one, in the light and in the dark', async () => {
    const { page } = browsing;
    await browsing.open(peapProfile);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [360, 640, 1180]) {
        await page.setViewportSize({ width, height: 820 });
        assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
        await page.getByRole('button', { name: 'Apply', exact: true }).scrollIntoViewIfNeeded();
        // Text on its ground: WCAG's 4.5 to 1.
        const contrasts = await page.evaluate(contrastsOf);
        assert.ok(
          contrasts.every(({ ratio }) => ratio >= 4.5),
          JSON.stringify([colorScheme, contrasts.filter(({ ratio }) => ratio < 4.5)]),
        );
      }
    }
  });
});

/** The contrast of each text in the part that applies, and of its ground. Runs in the page. */
const contrastsOf = `(() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/gu).map(Number).map((each) => each / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$/u.test(color)) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('#apply label, #apply p, #apply h2, #apply button')]
    .filter((each) => each.offsetParent !== null && !each.disabled)
    .map((each) => {
      const [one, other] = [light(getComputedStyle(each).color), light(ground(each))].sort((a, b) => b - a);
      return { text: each.textContent.trim(), ratio: (one + 0.05) / (other + 0.05) };
    });
})()` as unknown as () => { text: string; ratio: number }[];
