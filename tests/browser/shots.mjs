// Pictures of the page in both schemes and at both widths: node shots.mjs [folder]
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Stage, channel, person, root, say } from './stage.mjs';

const folder = process.argv[2] ?? path.join(root, 'artifacts/shots');
await mkdir(folder, { recursive: true });
const stage = await Stage.set();
let runs = 0;
try {
  for (const [name, options] of Object.entries({
    light: {}, dark: { colorScheme: 'dark' },
    'light-phone': { viewport: { width: 390, height: 844 } }, 'dark-phone': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  })) {
    const page = await stage.open(options);
    runs += 1;
    const isPhone = name.includes('phone');
    const shot = (what) => page.screenshot({ path: path.join(folder, `${name}-${what}.png`) });
    const menu = async () => { if (isPhone) await page.getByRole('button', { name: 'Open the menu' }).click(); };
    await shot('0-first');
    await page.locator('#composer-text').fill('/db a');
    await shot('1-suggestions');
    await say(page, '/db access orders-prod read 2m stuck payments, INC-42');
    await page.getByText('Asked.').last().waitFor();
    if (name === 'light') await say(page, '/db everything');
    if (name === 'light') await page.getByText('Rich:').waitFor();
    await shot('2-asked');
    await menu();
    await page.waitForTimeout(300);
    await shot('3-sidebar');
    await person(page, /Bo Berg/).click();
    await menu();
    await channel(page, /db-approvals/).click();
    await page.getByRole('button', { name: 'Approve…' }).last().waitFor();
    await page.waitForTimeout(300);
    await shot('4-card');
    await page.getByRole('button', { name: 'Deny' }).last().click();
    await page.waitForTimeout(200);
    await shot('5-confirm');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Approve…' }).last().click();
    await page.getByLabel("Type the target's name").fill('oders');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('You typed').waitFor();
    await shot('6-dialog');
    await page.getByLabel("Type the target's name").fill('orders-prod');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved by').last().waitFor();
    await menu();
    await person(page, /Ana Alvarez/).click();
    await menu();
    await channel(page, /DbChatOps/).click();
    // The newest pushes the others up; a press before it has come would miss.
    await page.getByRole('button', { name: 'Show credentials', exact: true }).nth(runs - 1).click();
    await page.getByText('Shown once').waitFor();
    await page.waitForTimeout(200);
    await shot('7-credentials');
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Home' }).click();
    await shot('8-home');
    await menu();
    await page.getByRole('button', { name: 'Faults and traffic' }).click();
    await page.locator('.entry').first().click();
    await page.waitForTimeout(300);
    await shot('9-panel');
    if (page.complaints.length) console.log(name, page.complaints);
    await page.context().close();
  }
} finally {
  await stage.strike();
}
