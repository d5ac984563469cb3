// Slack's own Web API client against the look-alike: each method that it answers, its telling refusals, pages, patience, and bodies of every kind.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { ErrorCode, LogLevel, WebClient } from '@slack/web-api';
import { Workspace, eventually, ids } from './workspace.mjs';

const plain = (text) => ({ type: 'plain_text', text });
const section = (text) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const modal = (title = 'A page') => ({ type: 'modal', callback_id: 'page', title: plain(title), blocks: [section('Something')] });

describe('the Web API client', { timeout: 180_000 }, () => {
  let workspace;
  let client;
  let ana;
  let triggers;
  let server;

  before(async () => {
    // An app that takes everything and says nothing: triggers come by slash commands.
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      triggers.push(new URLSearchParams(body).get('trigger_id') ?? JSON.parse(new URLSearchParams(body).get('payload') ?? '{}').trigger_id);
      response.writeHead(200).end();
    });
    triggers = [];
    await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
    workspace = await Workspace.open({ deliverTo: `http://127.0.0.1:${server.address().port}/` });
    client = as(workspace.tokens.bot);
    ana = workspace.person(ids.ana);
  });
  after(async () => {
    server?.closeAllConnections();
    server?.close();
    await workspace?.close();
  });

  const as = (token, more = {}) => new WebClient(token, { slackApiUrl: workspace.api, logLevel: LogLevel.ERROR, retryConfig: { retries: 3, minTimeout: 10, maxTimeout: 50 }, ...more });
  const refused = (call, code) => assert.rejects(call, (error) => { assert.equal(error.code, ErrorCode.PlatformError); assert.equal(error.data.error, code); return true; });
  const post = (channel = ids.general, more = {}) => client.chat.postMessage({ channel, text: 'hello', ...more });
  const trigger = async () => { await ana.says('/db anything'); return triggers.at(-1); };
  const raw = async (method, { headers = {}, ...more } = {}) => (await fetch(workspace.api + method, { method: 'POST', headers: { authorization: `Bearer ${workspace.tokens.bot}`, ...headers }, ...more })).json();

  test('auth.test says who the bot is', async () => {
    const { user_id: user, team_id: team, bot_id: bot } = await client.auth.test();
    assert.deepEqual([user, team, bot], [ids.bot, ids.team, 'B0DBCHATOPS']);
  });

  test('tokens are told apart', async () => {
    await refused(as('xoxb-wrong').auth.test(), 'invalid_auth');
    await refused(as(undefined).auth.test(), 'not_authed');
    await refused(as(workspace.tokens.app).chat.postMessage({ channel: ids.general, text: 'x' }), 'not_allowed_token_type');
    await refused(client.apps.connections.open(), 'not_allowed_token_type');
    await refused(as('xapp-wrong').apps.connections.open(), 'invalid_auth');
  });

  test('a method that Slack does not have is unknown', () => refused(client.apiCall('chat.noSuchThing'), 'unknown_method'));

  test('messages are posted, changed, linked and deleted', async () => {
    const posted = await post(ids.general, { blocks: [section('*hello*')], metadata: { event_type: 'card', event_payload: { id: '1' } } });
    assert.deepEqual([posted.channel, posted.message.bot_id, posted.message.metadata.event_type], [ids.general, 'B0DBCHATOPS', 'card']);
    const at = { channel: ids.general, ts: posted.ts };
    const { permalink } = await client.chat.getPermalink({ channel: ids.general, message_ts: posted.ts });
    assert.ok(permalink.endsWith(`/archives/${ids.general}/p${posted.ts.replace('.', '')}`));
    assert.equal((await client.chat.update({ ...at, text: 'changed' })).message.blocks, undefined);
    await refused(client.chat.update({ ...at, text: 'x'.repeat(4_001) }), 'msg_too_long');
    await client.chat.delete(at);
    await refused(client.chat.update({ ...at, text: 'again' }), 'message_not_found');
    await refused(client.chat.delete(at), 'message_not_found');
    await refused(client.chat.getPermalink({ channel: ids.general, message_ts: posted.ts }), 'message_not_found');
  });

  test('what a message may be, and where, is said in a word', async () => {
    await refused(post('C0NOWHERE'), 'channel_not_found');
    await refused(post(ids.elsewhere), 'not_in_channel');
    await refused(client.chat.postMessage({ channel: ids.approvals, text: '' }), 'no_text');
    await assert.rejects(client.chat.postMessage({ channel: ids.approvals, text: 'x', blocks: [section('')] }), ({ data }) => {
      assert.equal(data.error, 'invalid_blocks');
      assert.match(data.response_metadata.messages[0], /\[json-pointer:\/blocks\/0\/text\/text\]/);
      return true;
    });
    await refused(client.chat.postMessage({ channel: ids.approvals, text: 'x', metadata: { event_type: 'no_payload' } }), 'invalid_metadata_schema');
    await ana.says('mine', ids.approvals);
    const { ts } = await ana.last(ids.approvals);
    await refused(client.chat.update({ channel: ids.approvals, ts, text: 'ours' }), 'cant_update_message');
    await refused(client.chat.delete({ channel: ids.approvals, ts }), 'cant_delete_message');
  });

  test('an ephemeral message is for one member, and cannot be changed', async () => {
    const { message_ts: ts } = await client.chat.postEphemeral({ channel: ids.approvals, user: ids.ana, text: 'for you' });
    assert.equal((await ana.last(ids.approvals)).text, 'for you');
    await refused(client.chat.update({ channel: ids.approvals, ts, text: 'x' }), 'message_not_found');
    await refused(client.chat.postEphemeral({ channel: ids.approvals, user: ids.pat, text: 'x' }), 'user_not_in_channel');
  });

  test('a direct conversation is opened once', async () => {
    const first = await client.conversations.open({ users: ids.bo });
    const again = await client.conversations.open({ users: ids.bo, return_im: true });
    assert.equal(first.channel.id, again.channel.id);
    assert.deepEqual([again.already_open, again.channel.is_im, again.channel.user], [true, true, ids.bo]);
    assert.equal((await post(ids.bo)).channel, first.channel.id);
    await refused(client.conversations.open({}), 'users_list_not_supplied');
    await refused(client.conversations.open({ users: 'U0NOBODY' }), 'user_not_found');
    await refused(client.conversations.open({ users: ids.gone }), 'user_disabled');
  });

  test('channels are listed, described, and their members told', async () => {
    const { channel } = await client.conversations.info({ channel: ids.general });
    assert.deepEqual([channel.name, channel.is_member, channel.is_ext_shared], ['general', true, false]);
    await refused(client.conversations.info({ channel: 'C0NOWHERE' }), 'channel_not_found');
    assert.ok((await client.conversations.members({ channel: ids.general })).members.includes(ids.ana));
    const named = (await client.conversations.list({ types: 'public_channel,im' })).channels.map(({ id }) => id);
    assert.ok(named.includes(ids.elsewhere) && named.some((id) => id.startsWith('D')));
  });

  test('people and groups are told', async () => {
    assert.equal((await client.users.info({ user: ids.ana })).user.name, 'ana');
    const pat = (await client.users.info({ user: ids.pat })).user;
    assert.deepEqual([pat.is_stranger, pat.team_id === ids.team], [true, false]);
    assert.equal((await client.users.info({ user: ids.gone })).user.deleted, true);
    await refused(client.users.info({ user: 'U0NOBODY' }), 'user_not_found');
    assert.ok((await client.usergroups.list()).usergroups.some(({ id }) => id === ids.dba));
    assert.deepEqual((await client.usergroups.users.list({ usergroup: ids.dba })).users, [ids.bo, 'U0DEE00004']);
    await refused(client.usergroups.users.list({ usergroup: 'S0NOBODY' }), 'no_such_subteam');
  });

  test('the client turns pages until there are none', async () => {
    const pages = [];
    for await (const page of client.paginate('users.list', { limit: 2 })) pages.push(page.members.map(({ id }) => id));
    assert.ok(pages.length >= 4 && pages.every((page) => page.length <= 2));
    assert.deepEqual(pages.flat(), (await client.users.list({})).members.map(({ id }) => id));
    assert.equal(new Set(pages.flat()).size, pages.flat().length);
    await refused(client.users.list({ cursor: 'no-such-cursor' }), 'invalid_cursor');
  });

  test('history has what was said, newest first, page by page; replies are read by their parent', async () => {
    const { channel: { id: direct } } = await client.conversations.open({ users: ids.ana });
    const parent = (await post(direct, { text: 'one' })).ts;
    await post(direct, { text: 'two', metadata: { event_type: 'two', event_payload: {} } });
    await post(direct, { text: 'reply', thread_ts: parent });
    const texts = [];
    for await (const page of client.paginate('conversations.history', { channel: direct, limit: 1 })) texts.push(...page.messages.map(({ text }) => text));
    assert.deepEqual(texts, ['two', 'one']);
    const [newest] = (await client.conversations.history({ channel: direct, limit: 1, include_all_metadata: true })).messages;
    assert.equal(newest.metadata.event_type, 'two');
    assert.deepEqual((await client.conversations.history({ channel: direct, oldest: parent, inclusive: true })).messages.length, 2);
    assert.deepEqual((await client.conversations.replies({ channel: direct, ts: parent })).messages.map(({ text }) => text), ['one', 'reply']);
    await refused(client.conversations.replies({ channel: direct, ts: '1.1' }), 'thread_not_found');
    await refused(client.conversations.history({ channel: ids.elsewhere }), 'not_in_channel');
  });

  test('a view is opened by a trigger that is used once', async () => {
    const once = await trigger();
    const { view } = await client.views.open({ trigger_id: once, view: modal() });
    assert.equal((await ana.dialog()).id, view.id);
    await refused(client.views.open({ trigger_id: once, view: modal() }), 'exchanged_trigger_id');
    await refused(client.views.open({ trigger_id: '1.2.3', view: modal() }), 'invalid_trigger_id');
    await refused(client.views.open({ trigger_id: await trigger(), view: { ...modal(), title: plain('x'.repeat(25)) } }), 'invalid_arguments');
    const updated = await client.views.update({ view_id: view.id, hash: view.hash, view: modal('Another') });
    await refused(client.views.update({ view_id: view.id, hash: view.hash, view: modal('Late') }), 'hash_conflict');
    await refused(client.views.update({ view_id: 'V0NOWHERE', view: modal() }), 'not_found');
    assert.equal((await ana.dialog()).title.text, 'Another');
    await ana.does('close', { view: updated.view.id });
  });

  test('three views lie on one another, and no fourth', async () => {
    const withButton = (title) => ({ ...modal(title), blocks: [{ type: 'actions', block_id: 'row', elements: [{ type: 'button', action_id: 'deeper', text: plain('Deeper') }] }] });
    await client.views.open({ trigger_id: await trigger(), view: withButton('1') });
    const deeper = async (title) => {
      await ana.does('press', { view: (await ana.dialog()).id, block: 'row', action: 'deeper' });
      return client.views.push({ trigger_id: triggers.at(-1), view: withButton(title) });
    };
    await deeper('2');
    await deeper('3');
    await refused(deeper('4'), 'push_limit_reached');
    assert.deepEqual((await ana.dialogs()).map((view) => view.title.text), ['1', '2', '3']);
  });

  test('a trigger is over after three seconds', async () => {
    const late = await trigger();
    await new Promise((over) => { setTimeout(over, 3_100); });
    await refused(client.views.open({ trigger_id: late, view: modal() }), 'expired_trigger_id');
  });

  test('Home is published for people of the workspace', async () => {
    const { view } = await client.views.publish({ user_id: ids.ana, view: { type: 'home', blocks: [section('Welcome')] } });
    assert.equal((await ana.screen()).home.id, view.id);
    await client.views.publish({ user_id: ids.ana, view: { type: 'home', blocks: [section('Again')] }, hash: view.hash });
    await refused(client.views.publish({ user_id: ids.ana, view: { type: 'home', blocks: [section('Late')] }, hash: view.hash }), 'hash_conflict');
    await refused(client.views.publish({ user_id: ids.pat, view: { type: 'home', blocks: [] } }), 'invalid_arguments');
  });

  test('files and reactions', async () => {
    await client.filesUploadV2({ channel_id: ids.approvals, filename: 'a.txt', content: 'text' });
    await refused(client.files.completeUploadExternal({ files: [{ id: 'F0NOWHERE' }] }), 'file_not_found');
    await refused(client.files.getUploadURLExternal({ filename: 'a.txt', length: 0 }), 'invalid_arguments');
    const { ts } = await post(ids.approvals);
    const reaction = { channel: ids.approvals, timestamp: ts, name: 'eyes' };
    await client.reactions.add(reaction);
    await refused(client.reactions.add(reaction), 'already_reacted');
    await refused(client.reactions.add({ ...reaction, name: 'Not One' }), 'invalid_name');
    await refused(client.reactions.add({ ...reaction, timestamp: '1.1' }), 'message_not_found');
  });

  test('the client waits as long as it is told, and then it is done', async () => {
    await workspace.fault('limited', { method: 'users.info', times: 1, seconds: 1 });
    const limits = [];
    client.on('rate_limited', (seconds) => limits.push(seconds));
    const started = Date.now();
    assert.equal((await client.users.info({ user: ids.ana })).user.name, 'ana');
    assert.deepEqual(limits, [1]);
    assert.ok(Date.now() - started >= 990);

    await workspace.fault('limited', { method: 'users.info', times: 1, seconds: 7 });
    await assert.rejects(as(workspace.tokens.bot, { rejectRateLimitedCalls: true }).users.info({ user: ids.ana }), { code: ErrorCode.RateLimitedError, retryAfter: 7 });
  });

  test('a channel takes a short burst and then one message a second', async () => {
    const limits = [];
    const eager = as(workspace.tokens.bot);
    eager.on('rate_limited', (seconds) => limits.push(seconds));
    await Promise.all(Array.from({ length: 8 }, (_, number) => eager.chat.postMessage({ channel: 'C0AUDIT002', text: `number ${number}` })));
    assert.ok(limits.length > 0);
    const { messages } = await client.conversations.history({ channel: 'C0AUDIT002' });
    assert.equal(new Set(messages.map(({ text }) => text)).size, 8);
    assert.equal(messages.length, 8);
  });

  test('an error page and a broken line are tried again', async () => {
    for (const fault of ['broken', 'dropped']) {
      await workspace.fault(fault, { method: 'users.info', times: 1 });
      assert.equal((await client.users.info({ user: ids.ana })).user.name, 'ana');
    }
  });

  test('bodies are forms, JSON where the method takes it, or the query', async () => {
    const json = (body, type = 'application/json; charset=utf-8') => ({ headers: { 'content-type': type }, body });
    const message = JSON.stringify({ channel: ids.approvals, text: 'by JSON', blocks: [section('by JSON')] });
    const posted = await raw('chat.postMessage', json(message));
    assert.deepEqual([posted.ok, posted.warning], [true, undefined]);
    const warned = await raw('auth.test', json('{}', 'application/json'));
    assert.deepEqual([warned.ok, warned.warning, warned.response_metadata.warnings], [true, 'missing_charset', ['missing_charset']]);
    assert.equal((await raw('users.info', json(JSON.stringify({ user: ids.ana })))).ok, false);
    assert.equal((await raw('users.info', { body: new URLSearchParams({ user: ids.ana }) })).user.name, 'ana');
    assert.equal((await raw(`users.info?user=${ids.ana}`)).user.name, 'ana');
    assert.equal((await raw('chat.postMessage', json('{'))).error, 'invalid_json');
    assert.equal((await raw('chat.postMessage', json('[]'))).error, 'json_not_object');
    assert.equal((await raw('chat.postMessage', json('x', 'text/plain'))).error, 'invalid_post_type');
    const form = new URLSearchParams({ token: workspace.tokens.bot, channel: ids.approvals, text: 'x', blocks: JSON.stringify([section('in a form')]) });
    const byForm = await (await fetch(`${workspace.api}chat.postMessage`, { method: 'POST', body: form })).json();
    assert.equal(byForm.message.blocks[0].text.text, 'in a form');
    assert.equal((await raw('chat.postMessage', { body: new URLSearchParams({ channel: ids.approvals, blocks: 'no JSON' }) })).error, 'invalid_blocks_format');
  });

  test('no method of the look-alike is without a test here', async () => {
    const { methods } = await workspace.faults();
    const called = new Set((await eventually(() => workspace.traffic())).filter((entry) => !entry.toBot).map((entry) => entry.method));
    // The traffic shows its last 150 entries.
    const early = ['auth.test', 'apps.connections.open', 'chat.postMessage', 'chat.update', 'chat.delete', 'chat.getPermalink', 'chat.postEphemeral'];
    assert.deepEqual(methods.filter((method) => !called.has(method) && !early.includes(method)), []);
  });
});
