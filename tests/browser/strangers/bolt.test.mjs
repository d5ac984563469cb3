// Slack's own framework against the look-alike: what it sends must pass Bolt's validation and reach the listeners, and what Bolt answers must be seen.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { BoltStage } from './bolt.mjs';
import { eventually, ids } from './workspace.mjs';

const patience = { timeout: 120_000 };

for (const [transport, set] of Object.entries({ 'signed HTTP': () => BoltStage.overHttp(), 'Socket Mode': () => BoltStage.bySocket() })) {
  describe(`Bolt over ${transport}`, patience, () => {
    let stage;
    let ana;
    let bo;

    before(async () => {
      stage = await set();
      [ana, bo] = [stage.workspace.person(ids.ana), stage.workspace.person(ids.bo)];
    });
    after(() => stage?.strike());
    afterEach(() => assert.deepEqual(stage.errors.splice(0), []));

    const seen = (person, text, where) => eventually(async () => (await person.messages(where)).findLast((message) => message.text.includes(text)), text);
    const posted = async () => { assert.equal(await ana.says('/db card'), null); return seen(ana, 'A card'); };
    const opened = async () => { assert.equal(await ana.says('/db form'), null); return eventually(() => ana.dialog(), 'the form'); };
    const closed = () => eventually(async () => (await ana.dialogs()).length === 0, 'no dialog');

    test('a slash command is answered to its author alone', async () => {
      assert.equal(await ana.says('/db hello there'), null);
      const answer = await seen(ana, `Hello <@${ids.ana}>`);
      assert.ok(answer.onlyYou);
      assert.ok((await bo.messages()).every((message) => !message.text.includes('Hello')));
      const { payload, context } = stage.of('command').at(-1);
      assert.deepEqual([payload.command, payload.text, payload.team_id, payload.channel_id, payload.user_name], ['/db', 'hello there', ids.team, ids.general, 'ana']);
      assert.deepEqual([context.botUserId, context.teamId, context.isEnterpriseInstall], [ids.bot, ids.team, false]);
    });

    test('a slash command can be answered to everybody, with blocks, and not at all', async () => {
      assert.equal(await ana.says('/db loud'), null);
      assert.equal((await seen(bo, 'For everybody')).onlyYou, false);
      assert.equal(await ana.says('/db blocks'), null);
      assert.equal((await seen(ana, 'fallback')).blocks.length, 2);
      const before = (await ana.messages()).length;
      assert.equal(await ana.says('/db nothing'), null);
      assert.equal((await ana.messages()).length, before);
    });

    test('mentions in a command arrive with the name after a bar', async () => {
      await ana.says('/db nothing @bo in #db-approvals');
      assert.equal(stage.of('command').at(-1).payload.text, `nothing <@${ids.bo}|bo> in <#${ids.approvals}|db-approvals>`);
    });

    test('a response URL takes five answers and no sixth', async () => {
      await ana.says('/db later 5');
      await seen(ana, 'Later 5');
      await ana.says('/db later 6');
      const error = await eventually(() => stage.errors.shift(), 'the sixth refused');
      assert.match(error.original?.message ?? error.message, /404/);
    });

    test('a button reaches its listener and its message is updated', async () => {
      const message = await posted();
      assert.equal(await bo.presses(message, 'row', 'go'), null);
      await seen(bo, 'Gone');
      const { body, action } = stage.of('go').at(-1).payload;
      assert.deepEqual([action.type, action.value, action.block_id], ['button', 'r-1', 'row']);
      assert.deepEqual([body.container.type, body.container.message_ts, body.user.id, body.team.id], ['message', message.ts, ids.bo, ids.team]);
      assert.deepEqual(body.message.metadata, { event_type: 'card', event_payload: { id: 'r-1' } });
      assert.equal((await ana.messages()).find((other) => other.ts === message.ts).edited, true);
    });

    test('an answer to a click can delete the message, and replace one that only one person sees', async () => {
      const message = await posted();
      await ana.presses(message, 'row', 'away');
      await eventually(async () => (await ana.messages()).every((other) => other.ts !== message.ts), 'the card gone');

      await ana.says('/db blocks');
      const own = await seen(ana, 'fallback');
      await ana.does('choose', { ts: own.ts, block: 'row', action: 'level', choices: ['write'] });
      assert.equal((await seen(ana, 'Chosen: write')).ts, own.ts);
      const { body } = stage.of('level').at(-1).payload;
      assert.equal(body.message, undefined);
      assert.equal(body.container.is_ephemeral, true);
      assert.equal(body.state.values.row.level.selected_option.value, 'write');
    });

    test('what an external select offers comes from the app, and what is picked goes back', async () => {
      const message = await posted();
      const options = await ana.suggestions({ ts: message.ts, block: 'row', action: 'target' }, 'prod');
      assert.deepEqual(options.map((option) => option.value), ['orders-prod']);
      const asked = stage.of('options').at(-1).payload;
      assert.deepEqual([asked.type, asked.value, asked.block_id, asked.action_id], ['block_suggestion', 'prod', 'row', 'target']);
      assert.equal(await ana.does('choose', { ts: message.ts, block: 'row', action: 'target', choices: ['orders-prod'] }), null);
      await seen(ana, 'Picked orders-prod');
    });

    test('a modal is opened, refused field by field, and closed by an empty answer', async () => {
      const view = await opened();
      assert.equal(view.title.text, 'A form');
      assert.equal(await ana.submits([['why', 'text', 'nothing']]), null);
      const refused = await ana.dialog();
      assert.deepEqual(refused.errors, { why: 'Say more.' });
      assert.equal(await ana.submits([['why', 'text', 'enough']]), null);
      await closed();
      const submitted = stage.of('form').at(-1).payload.view;
      assert.deepEqual([submitted.private_metadata, submitted.state.values.why.text, submitted.state.values.which.target.selected_option],
        ['kept', { type: 'plain_text_input', value: 'enough' }, null]);
    });

    test('suggestions inside a modal are part of what is submitted', async () => {
      const view = await opened();
      await ana.suggestions({ view: view.id, block: 'which', action: 'target' }, 'stag');
      await ana.submits([['why', 'text', 'enough'], ['which', 'target', 'orders-staging']]);
      await closed();
      assert.equal(stage.of('form').at(-1).payload.view.state.values.which.target.selected_option.value, 'orders-staging');
    });

    test('a submission can update its modal, push another, and clear them all', async () => {
      await opened();
      await ana.submits([['why', 'text', 'update']]);
      assert.equal((await ana.dialog()).title.text, 'Done');
      await ana.does('close', { view: (await ana.dialog()).id });

      await opened();
      await ana.submits([['why', 'text', 'push']]);
      assert.deepEqual((await ana.dialogs()).map((view) => view.title.text), ['A form', 'Pushed by answer']);
      await ana.submits();
      await closed();
    });

    test('a button in a modal pushes by a call of its own', async () => {
      const view = await opened();
      assert.equal(await ana.does('press', { view: view.id, block: 'more', action: 'deeper' }), null);
      await eventually(async () => (await ana.dialog()).title.text === 'Pushed by call', 'the second page');
      const { view: told, container } = stage.of('deeper').at(-1).payload;
      assert.deepEqual([told.id, container.type, container.view_id], [view.id, 'view', view.id]);
      await ana.submits();
      await closed();
    });

    test('an app that asked is told when a modal is closed', async () => {
      const view = await opened();
      await ana.does('close', { view: view.id });
      const { payload } = await eventually(() => stage.of('closed').find((one) => one.payload.view.id === view.id), 'view_closed');
      assert.equal(payload.is_cleared, false);
    });

    test('a shortcut of a message carries that message', async () => {
      await bo.says('the migration is stuck');
      const message = await ana.last();
      assert.equal(await ana.does('shortcut', { ts: message.ts, shortcut: 'keep' }), null);
      assert.ok((await seen(ana, 'Kept: the migration is stuck')).onlyYou);
      const { payload } = stage.of('shortcut').at(-1);
      assert.deepEqual([payload.type, payload.callback_id, payload.message.user, payload.channel.id], ['message_action', 'keep', ids.bo, ids.general]);
      assert.equal((await ana.messages()).find((other) => other.ts === message.ts).reactions[0].name, 'bookmark');
    });

    test('Home is published when it is opened, and again when its button is pressed', async () => {
      const shows = (text) => eventually(async () => { const { home } = await ana.screen(); return home?.blocks[0].text.text.includes(text) && home; }, text);
      await ana.does('home', {});
      const view = await shows('0 times');
      assert.equal(stage.of('home').at(-1).payload.view, undefined);
      assert.equal(await ana.does('press', { view: view.id, block: 'home', action: 'count' }), null);
      await shows('1 times');
      await ana.does('home', {});
      assert.equal((await eventually(() => stage.of('home').find((one) => one.payload.view), 'a second visit')).payload.view.id, view.id);
      await shows('0 times');
    });

    test('a mention is answered in its thread', async () => {
      await ana.says('@dbchatops are you there?');
      const { payload } = await eventually(() => stage.of('mention').at(-1), 'the mention');
      const reply = await eventually(async () => (await ana.screen(ids.general, payload.ts)).conversation.thread?.messages.at(1), 'the reply');
      assert.match(reply.text, /^You said: <@U0DBCHATOPS> are you there\?/);
    });

    test('a direct message is a message event, and only that', async () => {
      const direct = (await ana.screen()).conversations.find((one) => one.direct).id;
      const before = stage.heard.length;
      await ana.says('good morning', direct);
      await seen(ana, 'Heard you', direct);
      assert.deepEqual(stage.heard.slice(before).map((one) => one.what), ['message']);
      assert.equal(stage.of('message').at(-1).payload.channel_type, 'im');
    });

    test('a reaction is an event', async () => {
      await bo.says('shipped');
      const message = await ana.last();
      assert.equal(await ana.does('react', { ts: message.ts, name: 'tada' }), null);
      assert.ok((await seen(ana, 'Thank you for :tada:')).onlyYou);
      assert.deepEqual(stage.of('reaction').at(-1).payload.item, { type: 'message', channel: ids.general, ts: message.ts });
    });

    test('a file is uploaded in three steps and shown with its comment', async () => {
      await ana.says('/db file What is in it: ü 🙂');
      const message = await seen(bo, 'Here it is');
      assert.deepEqual(message.files.map(({ name, title }) => [name, title]), [['note.txt', 'A note']]);
      const bytes = await fetch(`${stage.workspace.address}playground/files/${message.files[0].id}?as=${ids.bo}`);
      assert.equal(await bytes.text(), 'What is in it: ü 🙂');
    });

    test('a gesture that is delivered twice reaches the app twice', async () => {
      await stage.workspace.fault('repeat', { times: 1 });
      const before = stage.of('command').length;
      await ana.says('/db nothing');
      const [first, again] = (await eventually(() => stage.of('command').length === before + 2 && stage.of('command'), 'both')).slice(before);
      assert.equal(first.payload.trigger_id, again.payload.trigger_id);
    });
  });
}

describe('Bolt over signed HTTP, when something is wrong', patience, () => {
  let stage;
  let ana;

  before(async () => {
    stage = await BoltStage.overHttp();
    ana = stage.workspace.person(ids.ana);
  });
  after(() => stage?.strike());

  for (const fault of ['signature', 'stale']) {
    test(`Bolt refuses a delivery that the panel spoils: ${fault}`, async () => {
      await stage.workspace.fault(fault);
      const before = stage.heard.length;
      assert.equal(await ana.says('/db hello'), 'http_service_error');
      assert.equal(stage.heard.length, before);
      assert.equal(await ana.says('/db hello'), null);
    });
  }

  test('an event that was not taken comes again, and says so', async () => {
    stage.refuses = 1;
    await ana.says('@dbchatops once more');
    const { payload, context } = await eventually(() => stage.of('mention').at(-1), 'the second delivery');
    assert.match(payload.text, /once more/);
    assert.deepEqual([context.retryNum, context.retryReason], [1, 'http_error']);
  });
});
