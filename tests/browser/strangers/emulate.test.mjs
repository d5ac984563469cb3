// The bot itself against a Slack that others wrote (npm emulate), with exactly the scopes of the manifest. That Slack has no commands, no
// clicks and no user groups: the first two are sent from here, and the groups of the configuration name their people.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LogLevel, WebClient } from '@slack/web-api';
import { createEmulator } from 'emulate';
import { parse } from 'yaml';
import { BotHost, freePort } from './host.mjs';
import { Postgres, binaries } from './postgres.mjs';
import { eventually, root, secret } from './workspace.mjs';

const app = 'A0DBCHATOPS';
const skip = binaries ? false : 'no PostgreSQL: set DBCHATOPS_PG_BIN to the folder of initdb';
const [botToken, ownToken] = [`xoxb-${secret()}`, `xoxp-${secret()}`];
const { scopes } = parse(readFileSync(path.join(root, 'deploy/slack/manifest.yaml'), 'utf8')).oauth_config;

/** Passes everything on, writes down what, and can lose answers or refuse in Slack's words. */
class Between {
  calls = [];

  /** What came to response URLs. */
  responses = [];
  #plans = [];

  static async start(upstream) {
    const between = new Between();
    between.server = createServer((request, response) => between.#pass(upstream, request, response));
    await new Promise((ready) => { between.server.listen(0, '127.0.0.1', ready); });
    between.address = `http://127.0.0.1:${between.server.address().port}/`;
    return between;
  }

  next(method, what) { this.#plans.push({ method, what }); }

  of(method) { return this.calls.filter((call) => call.method === method); }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #pass(upstream, request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (!request.url.startsWith('/api/')) {
      this.responses.push(JSON.parse(body.toString()));
      return response.writeHead(200).end('ok');
    }

    const method = request.url.replace('/api/', '');
    const planned = this.#plans.findIndex((plan) => plan.method === method);
    const plan = planned >= 0 ? this.#plans.splice(planned, 1)[0].what : null;
    const call = { method, type: request.headers['content-type'], arguments: Object.fromEntries(new URLSearchParams(body.toString())) };
    this.calls.push(call);
    if (plan?.error) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: false, error: plan.error }));
    const answer = await fetch(upstream + request.url, { method: 'POST', body, headers: { authorization: request.headers.authorization, 'content-type': call.type } });
    const text = await answer.text();
    call.answer = JSON.parse(text);
    if (plan?.lost) return request.socket.destroy();
    return response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  }
}

describe('the bot in a Slack that others wrote', { timeout: 240_000, skip }, () => {
  let postgres;
  let slack;
  let between;
  let bot;
  let client;
  let team;
  let ana;
  let bo;
  let approvals;
  let dialog;

  before(async () => {
    postgres = await Postgres.start();
    const port = await freePort();
    slack = await createEmulator({
      service: 'slack',
      port,
      seed: {
        slack: {
          users: [{ name: 'ana', real_name: 'Ana Alvarez' }, { name: 'bo', real_name: 'Bo Berg' }],
          channels: [{ name: 'db-approvals' }],
          oauth_apps: [{ client_id: '1.2', client_secret: 'x', app_id: app, name: 'DbChatOps', redirect_uris: [], scopes: scopes.bot, bot_id: 'B0DBCHATOPS', bot_user_id: 'U0DBCHATOPS', bot_name: 'dbchatops' }],
          tokens: [
            { token: botToken, type: 'bot', user_id: 'U0DBCHATOPS', bot_user_id: 'U0DBCHATOPS', bot_id: 'B0DBCHATOPS', app_id: app, scopes: scopes.bot },
            { token: ownToken, type: 'user', user: 'bo', app_id: app },
          ],
          strict_scopes: true,
        },
      },
    });
    between = await Between.start(`http://127.0.0.1:${port}`);
    client = new WebClient(ownToken, { slackApiUrl: `http://127.0.0.1:${port}/api/`, logLevel: LogLevel.ERROR });
    team = (await client.auth.test()).team_id;
    const { members } = await client.users.list({});
    [ana, bo] = ['ana', 'bo'].map((name) => members.find((member) => member.name === name).id);
    approvals = (await client.conversations.list({})).channels.find((channel) => channel.name === 'db-approvals').id;
    await client.conversations.invite({ channel: approvals, users: 'U0DBCHATOPS' }).catch(() => {});
    bot = await BotHost.start({
      slack: { ApiBaseUrl: `${between.address}api/`, BotToken: botToken, AppId: app, TeamIds: [team], ApprovalChannel: approvals },
      people: [{ Name: 'ana', Identities: [`slack:${team}:${ana}`] }, { Name: 'bo', Identities: [`slack:${team}:${bo}`] }],
      groups: { developers: ['ana', 'bo'], dba: ['bo'] },
      server: postgres,
    });
  });
  after(async () => {
    await bot?.stop();
    between?.stop();
    await slack?.close();
    await postgres?.stop();
  });

  const trigger = async (user) => (await client.apiCall('views.generateTriggerId', { user_id: user })).trigger_id;
  const types = async (user, text) => bot.send('commands', {
    team_id: team, team_domain: 'emulate', channel_id: approvals, channel_name: 'db-approvals', user_id: user, user_name: 'x', command: '/db', text,
    api_app_id: app, is_enterprise_install: 'false', response_url: `${between.address}response`, trigger_id: await trigger(user),
  });
  const about = (user) => ({ user: { id: user, team_id: team }, team: { id: team, domain: 'emulate' }, api_app_id: app, enterprise: null, is_enterprise_install: false });
  const cards = async () => (await client.conversations.history({ channel: approvals, include_all_metadata: true })).messages.filter((message) => message.blocks);
  const card = (reason) => eventually(async () => (await cards()).find((message) => JSON.stringify(message.blocks).includes(reason)), reason, 30_000);
  const button = (message, text) => message.blocks.filter((block) => block.type === 'actions').flatMap((block) => block.elements.map((element) => ({ ...element, block_id: block.block_id ?? 'b' }))).find((element) => element.text.text.startsWith(text));

  const presses = async (user, message, channel, text) => {
    const pressed = button(message, text);
    const { status } = await bot.interacts({
      type: 'block_actions', ...about(user), trigger_id: await trigger(user), channel: { id: channel, name: 'x' }, message, response_url: `${between.address}response`,
      container: { type: 'message', message_ts: message.ts, channel_id: channel, is_ephemeral: false }, state: { values: {} },
      actions: [{ type: 'button', action_id: pressed.action_id, block_id: pressed.block_id, value: pressed.value, action_ts: '1.1' }],
    });
    assert.equal(status, 200);
  };

  test('a request becomes a card in the channel and one in the requester\'s conversation', async () => {
    // A busy machine may not have reached its server yet; the bot says so.
    const { status, json } = await eventually(async () => {
      const answer = await types(ana, 'access orders-prod read 30m stuck payments');
      return JSON.stringify(answer.json).includes('has not been reached yet') ? null : answer;
    }, 'a server that can be reached', 60_000);
    assert.equal(status, 200);
    assert.ok(json === null || json.response_type === 'ephemeral', JSON.stringify(json));
    const asked = await card('stuck payments');
    assert.match(asked.blocks[0].text.text, /PRODUCTION · orders-prod/);
    assert.equal(asked.metadata.event_type, 'dbchatops_card');
    await eventually(() => between.of('conversations.open').find((call) => call.arguments.users === ana && call.answer?.ok), 'the conversation with the requester', 30_000);
    await eventually(() => between.of('chat.postMessage').find((call) => call.arguments.channel.startsWith('D') && call.answer?.ok), 'the requester\'s card', 30_000);
    assert.ok(between.of('users.info').some((call) => call.arguments.user === ana && call.answer.ok));
  });

  test('a press opens a dialog by its trigger', async () => {
    const asked = await card('stuck payments');
    await presses(bo, asked, approvals, 'Approve');
    const opened = await eventually(() => between.of('views.open').at(-1)?.answer, 'views.open', 30_000);
    assert.equal(opened.ok, true, JSON.stringify(opened));
    const shown = await eventually(() => [...between.of('views.update'), ...between.of('views.open')].find((call) => call.arguments.view.includes('stuck payments') && call.answer), 'the whole dialog', 30_000);
    assert.equal(shown.answer.ok, true, JSON.stringify(shown.answer));
    dialog = shown.answer.view;
  });

  test('a submitted approval changes the card where it stands', async () => {
    const [answer] = dialog.blocks.filter((block) => block.type === 'input');
    const values = answer ? { [answer.block_id]: { [answer.element.action_id]: { type: 'plain_text_input', value: 'orders-prod' } } } : {};
    const { status, json } = await bot.interacts({
      type: 'view_submission', ...about(bo), trigger_id: await trigger(bo), response_urls: [],
      view: { ...dialog, state: { values }, app_installed_team_id: team },
    });
    assert.equal(status, 200);
    assert.notEqual(json?.response_action, 'errors', JSON.stringify(json));
    const asked = await card('stuck payments');
    const changed = await eventually(() => between.of('chat.update').find((call) => call.arguments.ts === asked.ts && call.answer?.ok && /[Aa]pproved/.test(call.arguments.blocks)), 'chat.update', 30_000);
    assert.equal(changed.arguments.channel, approvals);
  });

  test('the password is written into a view that was opened at once', async () => {
    const offer = await eventually(() => between.calls.find((call) => /^chat\.(postMessage|update)$/.test(call.method) && call.arguments.blocks.includes('Show credentials') && call.answer?.ok), 'the offer', 30_000);
    const opened = between.of('views.open').length;
    await presses(ana, { ...offer.answer.message, ts: offer.answer.ts }, offer.answer.channel, 'Show credentials');
    const view = await eventually(() => between.of('views.open').at(opened)?.answer?.view, 'the dialog', 30_000);
    const filled = await eventually(() => between.of('views.update').find((call) => call.arguments.view_id === view.id && call.arguments.view.includes('rich_text_preformatted') && call.answer?.ok), 'the credentials', 30_000);
    assert.match(filled.arguments.view, /dbco_ana_/);
    assert.match(await postgres.psql("SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname ~ '^dbco_'", 'postgres'), /^dbco_ana_\w+\s*$/);
  });

  test('a post whose answer was lost is found again and not posted twice', async () => {
    between.next('chat.postMessage', { lost: true });
    await types(ana, 'access orders-prod write 30m the answer is lost');
    await card('the answer is lost');
    await eventually(() => between.of('conversations.history').find((call) => call.answer?.ok), 'the look for what was posted', 60_000);
    const posted = between.of('chat.postMessage').filter((call) => call.arguments.blocks.includes('the answer is lost') && call.arguments.channel === approvals);
    assert.equal(posted.length, 1);
    assert.equal((await cards()).filter((message) => JSON.stringify(message.blocks).includes('the answer is lost')).length, 1);
  });

  test('Slack\'s refusal of a person is a refusal to them', async () => {
    between.next('users.info', { error: 'user_not_found' });
    const { status } = await types(ana, 'access orders-prod read 30m who am I');
    assert.equal(status, 200);
    await eventually(() => between.of('users.info').length > 0, 'users.info');
    assert.ok((await cards()).every((message) => !JSON.stringify(message.blocks).includes('who am I')));
  });

  test('whoever mentions the bot is answered alone', async () => {
    const { status } = await bot.tells({
      type: 'event_callback', event_id: 'Ev0MENTION', event_time: 1, team_id: team, api_app_id: app, authorizations: [{ team_id: team, user_id: 'U0DBCHATOPS', is_bot: true }],
      event: { type: 'app_mention', user: ana, text: '<@U0DBCHATOPS> grants', ts: '1.1', channel: approvals, event_ts: '1.1', team },
    });
    assert.equal(status, 200);
    const said = await eventually(() => between.of('chat.postEphemeral').find((call) => call.answer), 'chat.postEphemeral', 30_000);
    assert.equal(said.answer.ok, true, JSON.stringify(said.answer));
    assert.deepEqual([said.arguments.user, said.arguments.channel], [ana, approvals]);
    assert.match(said.arguments.blocks, /\/db grants/);
  });

  test('nothing was asked that the manifest\'s scopes do not allow, and everything as a form', () => {
    assert.deepEqual(between.calls.filter((call) => ['missing_scope', 'invalid_auth', 'unknown_method', 'invalid_arguments'].includes(call.answer?.error)).map((call) => `${call.method}: ${call.answer.error}`), []);
    assert.deepEqual([...new Set(between.calls.map((call) => call.type))], ['application/x-www-form-urlencoded']);
  });
});
