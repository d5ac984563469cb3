// The story by clicking: the page, the real bot, real PostgreSQL servers. What deploy/demo.sh starts is what is tried here.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { isClean, readyForAxe } from './axe.mjs';
import { postgreSqlPath, psql } from './psql.mjs';
import { Stage, become, browserPath, channel, channels, people, say } from './stage.mjs';

const skip = !browserPath() ? 'no Chromium: set CHROME_BIN' : !postgreSqlPath() && 'no PostgreSQL: set DBCHATOPS_PG_BIN';
const patience = { timeout: 180_000, skip };
let stage;
let page;

before(async () => {
  if (skip) return;
  stage = await Stage.demo();
  page = await stage.open({ bypassCSP: true });
  await readyForAxe(page);
  await page.getByRole('button', { name: 'Hide the steps' }).click();
}, patience);
after(() => stage?.strike(), patience);
afterEach(async () => {
  if (skip) return;
  // What a test that failed left open would stand before the next.
  while (await dialog().count()) await leaveDialog();
  assert.deepEqual(page.complaints.splice(0), []);
});

const dialog = () => page.getByRole('dialog');
const card = (text) => page.locator('#messages .message', { hasText: text }).last();

async function be(name, place) {
  await become(page, name);
  await channel(page, place).click();
}

async function leaveDialog() {
  await dialog().locator('[data-focus="modal-leave"]').click();
  await dialog().waitFor({ state: 'hidden' });
}

async function press(text, button) {
  await card(text).getByRole('button', { name: button, exact: true }).click();
  await dialog().locator('[data-focus="modal-leave"]').waitFor();
}

async function submit(outcome) {
  await dialog().locator('[data-focus="modal-submit"]').click();
  try {
    await dialog().getByText(outcome).first().waitFor();
  } catch (never) {
    throw new Error(`Not '${outcome}': ${await dialog().innerText()}`, { cause: never });
  }
}

async function approve(request) {
  await be(/Bo Berg/, /db-approvals/);
  await press(request, 'Approve…');
  await submit('Approved');
  await leaveDialog();
}

/** What the credentials dialog of her reading shows: login, password, the line for psql. */
async function reveal() {
  await be(/Ana Alvarez/, /DbChatOps/);
  // Another access of hers, to write, may be ready too and waits for nobody.
  await press(/Your read access to orders-prod is ready/, 'Show credentials');
  await dialog().getByText('Password (shown once)').waitFor();
  const [login, password, line] = await dialog().locator('pre').allTextContents();
  return { login, password, line };
}

const count = ({ line, password }) => psql(line, password, 'SELECT count(*) FROM orders');
const isRefused = (credentials) => assert.rejects(count(credentials), /password authentication failed|role .* (does not exist|is not permitted)/);

test('one access from the dialog to the proof', patience, async () => {
  await be(/Ana Alvarez/, /general/);
  await say(page, '/db access');
  await dialog().getByLabel('Target').pressSequentially('prod');
  await page.getByRole('option', { name: /orders-prod/ }).click();
  await dialog().getByLabel('For how long').fill('10m');
  await dialog().getByLabel('Reason').fill('stuck payments');
  await isClean(page, 'the dialog that asks');
  await submit('waits for');
  await leaveDialog();

  await be(/Bo Berg/, /db-approvals/);
  await card('stuck payments').getByText('0 of 1 approval').waitFor();
  await isClean(page, 'the card that waits');
  await press('stuck payments', 'Approve…');
  await isClean(page, 'the dialog that approves');
  await submit('Approved');
  await leaveDialog();

  const credentials = await reveal();
  await isClean(page, 'the credentials');
  await leaveDialog();
  assert.ok(Number(await count(credentials)) > 0);

  await press('You have read access', 'Extend…');
  await dialog().locator('input').first().fill('5m');
  await dialog().locator('textarea').first().fill('almost there');
  await dialog().locator('[data-focus="modal-submit"]').click();
  await card('5 min more').waitFor();
  if (await dialog().count()) await leaveDialog();
  await approve('almost there');

  await be(/Ana Alvarez/, /DbChatOps/);
  await card('You have read access').getByRole('button', { name: 'Done', exact: true }).click();
  await page.locator('#messages').getByText('proven gone').last().waitFor();
  await isRefused(credentials);
});

test('writing to production takes two, who both type its name', patience, async () => {
  await be(/Ana Alvarez/, /general/);
  await say(page, '/db access orders-prod write 5m release one payment');
  await card('waits for dba').waitFor();
  for (const [name, before] of [[/Bo Berg/, 0], [/Dee Diallo/, 1]]) {
    await be(name, /db-approvals/);
    await card('release one payment').getByText(`${before} of 2 approvals`).waitFor();
    await press('release one payment', 'Approve…');
    const field = dialog().getByLabel("Type the target's name");
    if (before === 0) {
      await field.fill('orders');
      await submit("You typed 'orders'");
      await isClean(page, 'a field with an error');
    }
    await field.fill('orders-prod');
    await submit(before === 0 ? 'needs further approvals' : 'Approved');
    await leaveDialog();
  }
  await card('release one payment').getByText('Ready to be claimed').waitFor();
});

test('a denial reaches the requester with its reason', patience, async () => {
  await be(/Ana Alvarez/, /general/);
  await say(page, '/db access orders-staging write 5m just looking around');
  await be(/Bo Berg/, /db-approvals/);
  await press('just looking around', 'Deny…');
  await dialog().locator('textarea, input').first().fill('Read is enough for that.');
  await dialog().locator('[data-focus="modal-submit"]').click();
  await card('just looking around').getByText('Read is enough for that.').first().waitFor();
  if (await dialog().count()) await leaveDialog();
  await be(/Ana Alvarez/, /DbChatOps/);
  await card('just looking around').getByText('Read is enough for that.').first().waitFor();
});

test('a short window ends by itself, with a session in it', patience, async () => {
  await be(/Ana Alvarez/, /general/);
  await say(page, '/db access orders-prod read 15s one look');
  await approve('one look');
  const credentials = await reveal();
  // At once: on a busy machine the dialog may take its time to close, and the window is short.
  const session = assert.rejects(psql(credentials.line, credentials.password, 'SET statement_timeout = 0; SELECT pg_sleep(60)'), /terminating connection|server closed/);
  await leaveDialog();
  await session;
  await page.locator('#messages .message', { hasText: credentials.login }).filter({ hasText: 'proven gone' }).waitFor();
  await isRefused(credentials);
});

test('the same on Home, without typing a command', patience, async () => {
  const home = page.locator('.home-view');
  const goHome = async (name) => {
    await be(name, /DbChatOps/);
    await page.getByRole('tab', { name: 'Home' }).click();
    await home.getByText('What you may ask for').waitFor();
  };
  const pressAtHome = async (button) => {
    const leave = dialog().locator('[data-focus="modal-leave"]');
    // On a busy machine the three seconds of a trigger can pass, or Home is drawn anew under the pointer: that costs another press.
    for (let press = 1; ; press += 1) {
      await home.getByRole('button', { name: button, exact: true }).last().click();
      try {
        await leave.waitFor({ timeout: 8_000 });
        return;
      } catch (lateness) {
        if (press === 3) throw lateness;
      }
    }
  };

  await goHome(/Ana Alvarez/);
  await pressAtHome('Ask for access…');
  await dialog().getByLabel('Target').pressSequentially('stag');
  await page.getByRole('option', { name: /orders-staging/ }).click();
  await dialog().getByLabel('Level').selectOption('write');
  await dialog().getByLabel('For how long').fill('5m');
  await dialog().getByLabel('Reason').fill('try the fix');
  await submit('waits for');
  await leaveDialog();
  await home.getByText('You asked for').waitFor();
  await isClean(page, 'Home of somebody who waits');

  await goHome(/Bo Berg/);
  await home.getByText('try the fix').waitFor();
  await isClean(page, 'Home of an approver');
  await pressAtHome('Approve…');
  await submit('Approved');
  await leaveDialog();
  await home.getByText('try the fix').waitFor({ state: 'detached' });

  await goHome(/Ana Alvarez/);
  await pressAtHome('Show credentials');
  await dialog().getByText('Password (shown once)').waitFor();
  await leaveDialog();
  await home.getByText('Active until').waitFor();
  await pressAtHome('Done');
  await dialog().getByText('Ending').first().waitFor();
  await leaveDialog();
  await home.getByText('Active until').waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Messages' }).click();
});

const direct = `D${people.ana.slice(1)}`;
const phone = { viewport: { width: 390, height: 844 } };
for (const [kind, place, options] of [['dark', channels.approvals, { colorScheme: 'dark' }], ['phone', direct, phone], ['dark phone', direct, { ...phone, colorScheme: 'dark' }]]) {
  test(`axe finds nothing in what is left: ${kind}`, patience, async () => {
    const other = await stage.open({ ...options, bypassCSP: true }, `#as=${people.ana}&in=${place}`);
    await readyForAxe(other);
    await other.locator('.card').last().waitFor();
    await isClean(other, kind);
    await other.context().close();
  });
}
