// Both manifests as Slack would read them: by its own schema, and scope by scope against what the bot calls and follows.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { root } from './workspace.mjs';

const read = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
const schema = JSON.parse(read('tests/browser/strangers/slack-manifest-schema/manifest.schema.1.0.0.json'));
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

/** The bot scopes of each method; where there are several, each opens conversations of another kind. */
const scopesOfMethods = {
  'apps.connections.open': [],
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'conversations.history': ['channels:history', 'im:history'],
  'conversations.info': ['channels:read'],
  'conversations.open': ['im:write'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'reactions.add': ['reactions:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
};

const scopesOfEvents = { user_change: ['users:read'], subteam_updated: ['usergroups:read'], subteam_members_changed: ['usergroups:read'], app_home_opened: [], app_mention: ['app_mentions:read'], app_uninstalled: [], 'message.im': ['im:history'], tokens_revoked: [] };

const sources = readdirSync(path.join(root, 'src/DbChatOps.Host'), { recursive: true }).filter((name) => name.endsWith('.cs')).map((name) => read('src/DbChatOps.Host', name)).join('\n');
const families = 'apps|auth|bookmarks|bots|canvases|chat|conversations|files|pins|reactions|team|usergroups|users|views';
const called = [...new Set([...sources.matchAll(new RegExp(`"((?:${families})\\.[A-Za-z]+(?:\\.[A-Za-z]+)?)"`, 'g'))].map(([, method]) => method))].sort();

for (const name of ['manifest.yaml', 'manifest-socket.yaml']) {
  describe(name, () => {
    const manifest = parse(read('deploy/slack', name));
    const { oauth_config: { scopes }, settings, features } = manifest;
    const events = settings.event_subscriptions?.bot_events ?? [];

    test('Slack\'s schema takes it', () => {
      assert.ok(validate(manifest), JSON.stringify(validate.errors, null, 1));
    });

    test('every scope is needed by a method that is called, an event that is followed, or the command', () => {
      const needed = new Set([...called.flatMap((method) => scopesOfMethods[method]), ...events.flatMap((event) => scopesOfEvents[event]), ...(features.slash_commands ? ['commands'] : [])]);
      assert.deepEqual(scopes.bot.filter((scope) => !needed.has(scope)), []);
      assert.deepEqual([...needed].filter((scope) => !scopes.bot.includes(scope)), []);
      assert.equal(scopes.user, undefined);
    });

    test('every event that is subscribed is one that the bot understands', () => {
      const understood = read('src/DbChatOps.Host/Slack/EventPayload.cs') + read('src/DbChatOps.Host/Slack/NewsDesk.cs');
      for (const event of events) {
        assert.ok(event in scopesOfEvents, `${event} has no row in the table of this test`);
        const [type, of] = event.split('.');
        assert.ok(understood.includes(`"${type}"`), `the bot does not know ${event}`);
        if (of) assert.ok(understood.includes(`"${of}"`), `the bot does not know ${event}`);
      }
    });

    test('addresses are given where Slack calls, and only there', () => {
      const addresses = [settings.interactivity.request_url, settings.interactivity.message_menu_options_url, features.slash_commands[0].url, ...(events.length ? [settings.event_subscriptions.request_url] : [])];
      assert.equal(settings.socket_mode_enabled, name.includes('socket'));
      assert.ok(addresses.every((address) => (settings.socket_mode_enabled ? address === undefined : address.startsWith('https://'))), String(addresses));
    });
  });
}

test('both manifests ask for the same', () => {
  const [http, socket] = ['manifest.yaml', 'manifest-socket.yaml'].map((name) => parse(read('deploy/slack', name)));
  assert.deepEqual(http.oauth_config, socket.oauth_config);
  assert.deepEqual(http.settings.event_subscriptions?.bot_events, socket.settings.event_subscriptions?.bot_events);
  assert.deepEqual(http.features.shortcuts, socket.features.shortcuts);
});

test('every shortcut is one that the bot understands', () => {
  const understood = read('src/DbChatOps/Access/AccessDialogs.cs');
  for (const { callback_id } of parse(read('deploy/slack/manifest.yaml')).features.shortcuts) assert.ok(understood.includes(`AskShortcut = "${callback_id}"`), callback_id);
});

test('the table has a row for every method that is called', () => {
  assert.ok(called.length >= 9, called.join());
  assert.deepEqual(called.filter((method) => !(method in scopesOfMethods)), []);
});

test('the schema refuses what Slack would refuse', () => {
  const spoilt = parse(read('deploy/slack/manifest.yaml'));
  spoilt.features.slash_commands[0].command = 'db';
  spoilt.settings.no_such_setting = true;
  assert.equal(validate(spoilt), false);
  assert.deepEqual(new Set(validate.errors.map((error) => error.keyword)), new Set(['pattern', 'additionalProperties']));
});
