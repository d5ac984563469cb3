// The way of one access through the page, as people would go it.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Stage, become, browserPath, channel, composer, people, say } from './stage.mjs';

const skip = browserPath() ? false : 'no Chromium: set CHROME_BIN';
const patience = { timeout: 120_000, skip };
let stage;
let page;

before(async () => { if (!skip) stage = await Stage.set(); });
after(() => stage?.strike());
beforeEach(async () => { if (!skip) page = await stage.open(); });
afterEach(async () => {
  if (skip) return;
  const { complaints } = page;
  await page.context().close();
  assert.deepEqual(complaints, []);
});

const dialog = () => page.getByRole('dialog');
const inFeed = (name) => page.locator('#messages').getByRole('button', { name, exact: true });

async function ask(reason) {
  await channel(page, /general/).click();
  await say(page, `/db access orders-prod read 2m ${reason}`);
  await page.getByText('Asked.').last().waitFor();
}

test('from the question to the credentials', patience, async () => {
  await ask('stuck payments');
  await become(page, /Bo Berg/);
  await channel(page, /db-approvals/).click();

  const card = page.locator('.message').last();
  await card.getByText('asks for read access').waitFor();
  assert.match(await card.locator('.card').getAttribute('class'), /production/);
  await inFeed('Approve…').last().click();
  await dialog().getByLabel("Type the target's name").fill('orders-prod');
  await dialog().getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Approved by').last().waitFor();
  await dialog().waitFor({ state: 'hidden' });

  await become(page, /Ana Alvarez/);
  await channel(page, /DbChatOps/).click();
  await inFeed('Show credentials').last().click();
  await dialog().getByText('Shown once').waitFor();
  assert.match(await dialog().locator('pre').first().textContent(), /^kG7-/);
  await dialog().getByRole('button', { name: 'Done' }).click();
  await dialog().waitFor({ state: 'hidden' });
});

test('the answer to a command is seen by its author alone, and can be put away', patience, async () => {
  await channel(page, /general/).click();
  await say(page, '/db help');
  const answer = page.locator('.message', { hasText: 'Only visible to you' }).last();
  await answer.getByText('/db access orders-prod').waitFor();
  await become(page, /Dee Diallo/);
  assert.equal(await page.getByText('Only visible to you').count(), 0);
  await become(page, /Ana Alvarez/);
  const before = await page.getByText('Only visible to you').count();
  await answer.getByRole('button', { name: 'Dismiss' }).click();
  await page.waitForFunction((count) => document.querySelectorAll('.only-you-note').length === count - 1, before);
});

test('a wrong field is said beneath it, and focus goes there', patience, async () => {
  await ask('wrong name');
  await become(page, /Bo Berg/);
  await channel(page, /db-approvals/).click();
  await inFeed('Approve…').last().click();
  const field = dialog().getByLabel("Type the target's name");
  await dialog().getByRole('button', { name: 'Approve' }).click();
  await dialog().getByText('Please fill this in.').waitFor();
  await field.fill('orders');
  await field.press('Enter');
  await dialog().getByText("You typed 'orders'").waitFor();
  assert.equal(await field.inputValue(), 'orders');
  assert.equal(await field.evaluate((node) => node === document.activeElement), true);
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
});

test('Escape closes a dialog and focus returns to the button', patience, async () => {
  await ask('escape');
  await become(page, /Bo Berg/);
  await channel(page, /db-approvals/).click();
  const button = inFeed('Approve…').last();
  await button.focus();
  await page.keyboard.press('Enter');
  await dialog().getByRole('button', { name: 'Not now' }).waitFor();
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)), true, 'focus left the dialog');
  }
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
  assert.equal(await button.evaluate((node) => node === document.activeElement), true);
});

test('a dangerous button asks first', patience, async () => {
  await ask('to be denied');
  await become(page, /Bo Berg/);
  await channel(page, /db-approvals/).click();
  const presses = () => stage.bot.received.filter((payload) => payload.actions?.[0].action_id === 'deny').length;
  await inFeed('Deny').last().click();
  await dialog().getByText('Ana will be told.').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(presses(), 0);
  await inFeed('Deny').last().click();
  await dialog().getByRole('button', { name: 'Deny' }).click();
  await page.getByText('Denied by').waitFor();
  assert.equal(presses(), 1);
});

test('every kind of field reaches the bot, also through a second dialog', patience, async () => {
  await say(page, '/db form');
  await dialog().getByLabel('Reason').fill('many\nlines');
  await dialog().getByLabel('Level').selectOption('write');
  await dialog().getByLabel('Target').click();
  await page.getByRole('option', { name: 'orders-staging' }).click();
  await dialog().getByLabel('For whom').selectOption({ label: 'Bo Berg (@bo)' });
  await dialog().getByLabel('Tell').selectOption({ label: '#general' });
  await dialog().getByLabel('From').fill('2026-12-01');
  await dialog().getByLabel('later').check();
  await dialog().getByLabel('standby').check();
  await dialog().getByRole('button', { name: 'Next' }).click();
  await dialog().getByText('The second of two.').waitFor();
  await dialog().getByText('2 of 3 deep').waitFor();

  const { view } = stage.bot.received.findLast((payload) => payload.type === 'view_submission');
  const value = (name) => view.state.values[name][name];
  assert.equal(view.private_metadata, 'kept');
  assert.equal(value('reason').value, 'many\nlines');
  assert.equal(value('level').selected_option.value, 'write');
  assert.equal(value('target').selected_option.value, 'orders-staging');
  assert.equal(value('person').selected_user, people.bo);
  assert.equal(value('day').selected_date, '2026-12-01');
  assert.equal(value('how').selected_option.value, 'later');
  assert.deepEqual(value('also').selected_options.map((option) => option.value), ['standby']);

  await dialog().getByRole('button', { name: 'Close this dialog' }).click();
  await dialog().getByLabel('Reason').waitFor();
  assert.equal(await dialog().getByLabel('Reason').inputValue(), 'many\nlines');
  await dialog().getByRole('button', { name: 'Next' }).click();
  await dialog().getByRole('button', { name: 'Yes' }).click();
  await dialog().waitFor({ state: 'hidden' });
});

test('what a dialog shows is kept when the page is loaded again', patience, async () => {
  await say(page, '/db form');
  await dialog().getByLabel('Reason').fill('half');
  await dialog().getByLabel('Level').focus();
  await page.waitForTimeout(200);
  await page.reload();
  await dialog().getByLabel('Reason').waitFor();
  assert.equal(await dialog().getByLabel('Reason').inputValue(), 'half');
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
  await stage.bot.hears((last) => last.type === 'view_closed');
});

test('the Home that the app publishes is drawn, and its button is told to the app', patience, async () => {
  await channel(page, /DbChatOps/).click();
  await page.getByRole('tab', { name: 'Home' }).click();
  await page.getByText('Nothing here yet').waitFor();
  await stage.bot.hears((last) => last.event?.type === 'app_home_opened');
  await stage.bot.call('views.publish', { user_id: people.ana, view: { type: 'home', blocks: [
    { type: 'section', text: { type: 'mrkdwn', text: '*Your access*' } },
    { type: 'actions', elements: [{ type: 'button', action_id: 'new', text: { type: 'plain_text', text: 'New request' } }] },
  ] } });
  await page.locator('#home strong', { hasText: 'Your access' }).waitFor();
  await page.getByRole('button', { name: 'New request' }).click();
  await page.locator('.button[aria-busy]').waitFor({ state: 'detached' });
  await stage.bot.hears((last) => last.view?.type === 'home');
  await page.getByRole('tab', { name: 'Home' }).press('ArrowRight');
  await composer(page).waitFor();
});

test('typing: suggestions, history, new lines, threads', patience, async () => {
  await channel(page, /general/).click();
  // Whoever chooses a conversation goes on by typing.
  await page.keyboard.type('/db gr');
  await page.getByRole('option', { name: /grants/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  assert.equal(await composer(page).inputValue(), '/db grants ');
  await composer(page).fill('first line');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('second *line* for @bo');
  await page.keyboard.press('Enter');
  const message = page.locator('#messages .message', { hasText: 'second' }).last();
  await message.getByText('@bo').waitFor();
  assert.equal(await message.locator('strong', { hasText: 'line' }).count(), 1);
  await page.keyboard.press('ArrowUp');
  assert.match(await composer(page).inputValue(), /second \*line\*/);
  await composer(page).fill('');

  await message.hover();
  await message.getByRole('button', { name: 'Message menu' }).click();
  await page.getByRole('menuitem', { name: 'Reply in thread' }).click();
  await page.locator('#thread-text').fill('in the thread');
  await page.locator('#thread-text').press('Enter');
  await page.locator('#thread-messages').getByText('in the thread').waitFor();
  await message.getByRole('button', { name: /1 reply/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#thread').waitFor({ state: 'hidden' });
});

test('people react, share files and call each other by name', patience, async () => {
  await channel(page, /general/).click();
  await composer(page).pressSequentially('ask @d');
  await page.getByRole('option', { name: /Dee Diallo/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.getElementById('composer-text').value.includes('@dee'));
  await page.keyboard.type('about this');
  await page.locator('#composer input[type=file]').setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('a plan') });
  await page.getByRole('button', { name: 'Do not attach plan.txt' }).waitFor();
  await page.keyboard.press('Enter');
  const message = page.locator('#messages .message', { hasText: 'about this' }).last();
  await message.getByText('@dee').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), message.getByRole('link', { name: /plan.txt/ }).click()]);
  assert.equal(download.suggestedFilename(), 'plan.txt');

  await message.getByRole('button', { name: 'React' }).click();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const reaction = message.getByRole('button', { name: /:eyes: 1, by Ana/ });
  assert.equal(await reaction.getAttribute('aria-pressed'), 'true');
  await become(page, /Dee Diallo/);
  await message.getByRole('button', { name: /:eyes: 1, by Ana/, pressed: false }).click();
  await message.getByRole('button', { name: /:eyes: 2/ }).waitFor();
});

test('a list of suggestions takes no press from the buttons beneath it', patience, async () => {
  await say(page, '/db form');
  await dialog().getByLabel('Target').click();
  await page.getByRole('option', { name: 'orders-staging' }).waitFor();
  await dialog().getByRole('button', { name: 'Leave' }).click();
  await dialog().waitFor({ state: 'hidden' });
});

test('the end stays in sight when something opens beside it', patience, async () => {
  await channel(page, /general/).click();
  for (let line = 1; line <= 12; line += 1) await say(page, `line ${line}: ${'words '.repeat(20)}`);
  const last = page.locator('#messages .message').last();
  await last.getByText('line 12').waitFor();
  await page.getByRole('button', { name: 'Faults and traffic', exact: true }).click();
  await page.waitForFunction(() => {
    const { scrollHeight, scrollTop, clientHeight } = document.getElementById('scroller');
    return scrollHeight > clientHeight && scrollHeight - scrollTop - clientHeight < 2;
  });
});

test('another page hears of it at once, and its person sees a mark', patience, async () => {
  const other = await stage.open({}, `#as=${people.dee}&in=C0APPROVAL`);
  await channel(page, /general/).click();
  await say(page, 'good morning <b>everybody</b>');
  await channel(other, /general unread/).waitFor();
  await channel(other, /general/).click();
  const message = other.locator('.message', { hasText: 'good morning' }).last();
  await message.waitFor();
  assert.equal(await message.locator('b').count(), 0);
  await channel(other, /general$/).waitFor();
  assert.deepEqual(other.complaints, []);
  await other.context().close();
});

test('faults and traffic: a lost answer is planned, seen, and gone', patience, async () => {
  await page.getByRole('button', { name: 'Faults and traffic', exact: true }).click();
  await page.getByLabel('Let this go wrong').selectOption({ label: 'Refuse with internal_error' });
  await page.getByLabel('Of which call').selectOption('chat.postEphemeral');
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('chat.postEphemeral: refused').waitFor();
  await assert.rejects(stage.bot.call('chat.postEphemeral', { channel: 'C0GENERAL3', user: people.ana, text: 'x' }), /internal_error/);
  await page.locator('.entry', { hasText: 'internal_error' }).first().waitFor();
  assert.equal(await page.getByText('chat.postEphemeral: refused').count(), 0);

  await page.getByLabel('Let this go wrong').selectOption({ label: 'Deliver everything twice' });
  await page.getByLabel('How often').selectOption('1');
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('Deliveries are sent twice').waitFor();
  const entries = await page.locator('.entry', { hasText: '/db' }).count();
  await say(page, '/db help');
  await page.locator('.entry', { hasText: '/db' }).nth(entries + 1).waitFor();
  await page.locator('.entry', { hasText: '/db' }).first().click();
  const detail = page.locator('.detail:visible');
  await detail.getByText('"trigger_id": "•••"').waitFor();
  const count = stage.bot.received.length;
  await detail.getByRole('button', { name: 'Deliver the same again' }).click();
  await page.getByText('byte for byte').waitFor();
  assert.equal(stage.bot.received.length, count + 1);
});
