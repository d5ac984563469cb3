// Can it be read and used by everybody? axe looks at each state of the page, in both schemes and at both widths.
import { after, before, test } from 'node:test';
import { isClean, readyForAxe } from './axe.mjs';
import { Stage, become, browserPath, channel, say } from './stage.mjs';

const skip = browserPath() ? false : 'no Chromium: set CHROME_BIN';
const phone = { viewport: { width: 390, height: 844 } };
const kinds = {
  light: {}, dark: { colorScheme: 'dark' }, 'light, phone': phone, 'dark, phone': { ...phone, colorScheme: 'dark' },
};
let stage;

before(async () => { if (!skip) stage = await Stage.set(); });
after(() => stage?.strike());

for (const [kind, options] of Object.entries(kinds)) {
  test(`axe finds nothing: ${kind}`, { timeout: 240_000, skip }, async () => {
    const page = await stage.open({ ...options, bypassCSP: true });
    await readyForAxe(page);
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
    await become(page, /Bo Berg/);
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
