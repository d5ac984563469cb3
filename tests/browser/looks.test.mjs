// Can it be read and used by everybody? axe looks at each state of the page, in both schemes and at both widths.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { Stage, browserPath, channel, person, say } from './stage.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const skip = browserPath() ? false : 'no Chromium: set CHROME_BIN';
const phone = { viewport: { width: 390, height: 844 } };
const kinds = {
  light: {}, dark: { colorScheme: 'dark' }, 'light, phone': phone, 'dark, phone': { ...phone, colorScheme: 'dark' },
};
let stage;

before(async () => { if (!skip) stage = await Stage.set(); });
after(() => stage?.strike());

async function isClean(page, where) {
  // A colour on its way to another one is no colour that anybody has to read.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ''}`).join('; ')}`);
  assert.deepEqual(said, [], where);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(tooWide <= 0, `${where} is ${tooWide} pixels too wide`);
}

for (const [kind, options] of Object.entries(kinds)) {
  test(`axe finds nothing: ${kind}`, { timeout: 240_000, skip }, async () => {
    // The page forbids strange scripts; axe is let in for the look alone.
    const page = await stage.open({ ...options, bypassCSP: true });
    await page.addScriptTag({ path: axe });
    const isPhone = kind.includes('phone');
    const menu = async () => { if (isPhone) await page.getByRole('button', { name: 'Open the menu' }).click(); };
    const dialog = page.getByRole('dialog');

    await isClean(page, 'the first look');
    await page.locator('#composer-text').fill('/db a');
    await isClean(page, 'suggestions');
    await say(page, '/db everything');
    await page.locator('.message', { hasText: 'Rich:' }).last().waitFor();
    await say(page, '/db access orders-prod read 2m looks');
    await page.getByText('Asked.').last().waitFor();
    await isClean(page, 'cards');
    await menu();
    await isClean(page, 'the menu');
    await person(page, /Bo Berg/).click();
    await menu();
    await channel(page, /db-approvals/).click();
    await page.locator('#messages').getByRole('button', { name: 'Deny' }).last().click();
    await isClean(page, 'a question before the deed');
    await page.keyboard.press('Escape');
    await page.locator('#messages').getByRole('button', { name: 'Approve…' }).last().click();
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await dialog.getByText('Please fill this in.').waitFor();
    await isClean(page, 'a dialog with an error');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await say(page, '/db form');
    await dialog.getByLabel('Reason').waitFor();
    await isClean(page, 'a dialog with every field');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await say(page, 'a message');
    const message = page.locator('.message', { hasText: 'a message' }).last();
    await message.hover();
    await message.getByRole('button', { name: 'Message menu' }).click();
    await isClean(page, 'a menu');
    await page.getByRole('menuitem', { name: 'Reply in thread' }).click();
    await page.locator('#thread-text').waitFor();
    await isClean(page, 'a thread');
    await page.getByRole('button', { name: 'Close the thread' }).click();
    await menu();
    await channel(page, /DbChatOps/).click();
    await page.getByRole('tab', { name: 'Home' }).click();
    await isClean(page, 'Home');
    await menu();
    await page.getByRole('button', { name: 'Faults and traffic' }).click();
    await page.locator('.entry').first().click();
    await page.locator('.detail pre').first().waitFor();
    await isClean(page, 'faults and traffic');
    await page.context().close();
  });
}
