// The pictures of the README, taken from the real demo in both schemes: node shots.mjs [folder]
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Stage, become, channel, root, say } from './stage.mjs';

const folder = process.argv[2] ?? path.join(root, 'docs/images');
const QUALITY = 0.9;

/** A zone in which it is ten in the morning now: pictures should not depend on who takes them when. */
function morning() {
  const ahead = ((10 - new Date().getUTCHours() + 36) % 24) - 12;
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

await mkdir(folder, { recursive: true });
const stage = await Stage.demo();
const press = await stage.browser.newPage();

/** The browser can write WebP, which its screenshots cannot. */
async function keep(name, png) {
  const encoded = await press.evaluate(async ([bytes, quality]) => {
    const picture = Object.assign(new Image(), { src: `data:image/png;base64,${bytes}` });
    await picture.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
    canvas.getContext('2d').drawImage(picture, 0, 0);
    return canvas.toDataURL('image/webp', quality).split(',')[1];
  }, [png.toString('base64'), QUALITY]);
  await writeFile(path.join(folder, `${name}.webp`), Buffer.from(encoded, 'base64'));
}

try {
  const page = await stage.open({ viewport: { width: 1180, height: 780 }, deviceScaleFactor: 2, timezoneId: morning() });
  const dialog = page.getByRole('dialog');
  const card = (text) => page.locator('#messages .message', { hasText: text }).last();
  const be = async (name, place) => { await become(page, name); await channel(page, place).click(); };
  const still = () => page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  const leave = async () => { await dialog.locator('[data-focus="modal-leave"]').click(); await dialog.waitFor({ state: 'hidden' }); };
  const shoot = async (name, options = {}) => {
    await page.mouse.move(0, 0);
    for (const [colorScheme, suffix] of [['light', ''], ['dark', '-dark']]) {
      await page.emulateMedia({ colorScheme });
      await still();
      await keep(name + suffix, await page.screenshot(options));
    }
    await page.emulateMedia({ colorScheme: 'light' });
  };
  await page.getByRole('button', { name: 'Hide the steps' }).click();
  await be(/Ana Alvarez/, /general/);
  await say(page, '/db access orders-prod read 30m stuck payments, INC-42');
  await card('waits for dba').waitFor();
  // A slow machine is told first that the bot is at work; that is no part of the story.
  const working = card('Working on it');
  if (await working.count()) await working.getByRole('button', { name: 'Dismiss' }).click();
  await working.waitFor({ state: 'detached' });
  await shoot('conversation');

  await be(/Bo Berg/, /db-approvals/);
  await card('INC-42').getByRole('button', { name: 'Approve…' }).waitFor();
  await shoot('approval');
  await card('INC-42').getByRole('button', { name: 'Approve…' }).click();
  await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
  await dialog.getByText('Approved').waitFor();
  await leave();

  await be(/Ana Alvarez/, /DbChatOps/);
  await card('is ready').getByRole('button', { name: 'Show credentials' }).click();
  await dialog.getByText('Password (shown once)').waitFor();
  await still();
  await shoot('credentials', { clip: await dialog.boundingBox() });
  await leave();

  await be(/Cy Chen/, /general/);
  await say(page, '/db access orders-prod write 15m release the payment of INC-42 by hand');
  await card('waits for dba').waitFor();
  await be(/Bo Berg/, /DbChatOps/);
  await page.getByRole('tab', { name: 'Home' }).click();
  await page.locator('.home-view').getByText('Waiting for you').waitFor();
  await shoot('home');
  await page.getByRole('tab', { name: 'Messages' }).click();
  await be(/Ana Alvarez/, /DbChatOps/);

  await card('You have read access').getByRole('button', { name: 'Done', exact: true }).click();
  await channel(page, /db-approvals/).click();
  const ended = card('proven gone');
  await ended.waitFor();
  await still();
  await ended.evaluate((node) => node.scrollIntoView({ block: 'start' }));
  const [message, frame] = [await ended.boundingBox(), await ended.locator('.card').boundingBox()];
  await shoot('proven-gone', { clip: { ...message, width: frame.x + frame.width + 20 - message.x } });
} finally {
  await stage.strike();
}
