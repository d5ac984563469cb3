// What the small app does: one of every kind of listener, each with the answer that Slack's documentation shows for it.
const plain = (text) => ({ type: 'plain_text', text });
const mrkdwn = (text) => ({ type: 'mrkdwn', text });
const option = (name) => ({ text: plain(name), value: name });

const card = (line) => [
  { type: 'section', block_id: 'head', text: mrkdwn(line) },
  { type: 'actions', block_id: 'row', elements: [
    { type: 'button', action_id: 'go', text: plain('Go'), value: 'r-1', style: 'primary' },
    { type: 'button', action_id: 'away', text: plain('Away'), value: 'r-1' },
    { type: 'static_select', action_id: 'level', placeholder: plain('Level'), options: [option('read'), option('write')] },
    { type: 'external_select', action_id: 'target', placeholder: plain('Target'), min_query_length: 1 },
  ] },
];

const form = {
  type: 'modal', callback_id: 'form', notify_on_close: true, private_metadata: 'kept', title: plain('A form'), submit: plain('Send'), close: plain('Not now'),
  blocks: [
    { type: 'input', block_id: 'why', label: plain('Why'), element: { type: 'plain_text_input', action_id: 'text', min_length: 2 } },
    { type: 'input', block_id: 'which', label: plain('Which'), optional: true, element: { type: 'external_select', action_id: 'target', min_query_length: 0 } },
    { type: 'actions', block_id: 'more', elements: [{ type: 'button', action_id: 'deeper', text: plain('Deeper') }] },
  ],
};

const second = (title) => ({ type: 'modal', callback_id: 'second', title: plain(title), submit: plain('End'), blocks: [{ type: 'section', text: mrkdwn('The second page') }] });
const notice = (text) => ({ type: 'modal', callback_id: 'notice', title: plain('Done'), blocks: [{ type: 'section', text: mrkdwn(text) }] });

const home = (count) => ({
  type: 'home', blocks: [
    { type: 'section', text: mrkdwn(`Pressed ${count} times`) },
    { type: 'actions', block_id: 'home', elements: [{ type: 'button', action_id: 'count', text: plain('Again'), value: String(count) }] },
  ],
});

export function listen(app, hears) {
  app.command('/db', async ({ command, ack, respond, client, context }) => {
    hears('command', command, context);
    const [verb, ...rest] = command.text.split(' ');
    if (verb === 'hello') return ack(`Hello <@${command.user_id}>`);
    if (verb === 'loud') return ack({ response_type: 'in_channel', text: 'For everybody' });
    if (verb === 'blocks') return ack({ text: 'fallback', blocks: card('For you alone') });
    await ack();
    if (verb === 'card') await client.chat.postMessage({ channel: command.channel_id, text: 'A card', blocks: card('*A card*'), metadata: { event_type: 'card', event_payload: { id: 'r-1' } } });
    if (verb === 'form') await client.views.open({ trigger_id: command.trigger_id, view: form });
    if (verb === 'later') for (let told = 1; told <= Number(rest[0]); told++) await respond({ text: `Later ${told}` });
    if (verb === 'file') {
      const content = rest.join(' ');
      await client.files.uploadV2({ channel_id: command.channel_id, filename: 'note.txt', title: 'A note', initial_comment: 'Here it is', content });
    }
    return undefined;
  });

  app.action('go', async ({ ack, body, action, client, context }) => {
    hears('go', { body, action }, context);
    await ack();
    await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: 'Gone', blocks: [{ type: 'section', text: mrkdwn(`Gone by <@${body.user.id}>`) }] });
  });
  app.action('away', async ({ ack, body, respond, context }) => {
    hears('away', body, context);
    await ack();
    await respond({ delete_original: true });
  });
  app.action('level', async ({ ack, body, action, respond, context }) => {
    hears('level', { body, action }, context);
    await ack();
    await respond({ replace_original: true, text: `Chosen: ${action.selected_option.value}` });
  });
  app.action('target', async ({ ack, body, action, say, context }) => {
    hears('target', { body, action }, context);
    await ack();
    await say(`Picked ${action.selected_option.value}`);
  });
  app.options('target', async ({ ack, payload, context }) => {
    hears('options', payload, context);
    await ack({ options: ['orders-prod', 'orders-staging'].filter((name) => name.includes(payload.value)).map(option) });
  });
  app.action('deeper', async ({ ack, body, client, context }) => {
    hears('deeper', body, context);
    await ack();
    await client.views.push({ trigger_id: body.trigger_id, view: second('Pushed by call') });
  });

  app.view('form', async ({ ack, view, body, context }) => {
    hears('form', { view, body }, context);
    const { value } = view.state.values.why.text;
    if (value === 'nothing') return ack({ response_action: 'errors', errors: { why: 'Say more.' } });
    if (value === 'update') return ack({ response_action: 'update', view: notice('Updated') });
    if (value === 'push') return ack({ response_action: 'push', view: second('Pushed by answer') });
    return ack();
  });
  app.view('second', async ({ ack, view, context }) => {
    hears('second', view, context);
    await ack({ response_action: 'clear' });
  });
  app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body, context }) => {
    hears('closed', body, context);
    await ack();
  });

  app.shortcut({ callback_id: 'keep', type: 'message_action' }, async ({ ack, shortcut, respond, client, context }) => {
    hears('shortcut', shortcut, context);
    await ack();
    await client.reactions.add({ channel: shortcut.channel.id, timestamp: shortcut.message_ts, name: 'bookmark' });
    await respond(`Kept: ${shortcut.message.text}`);
  });

  app.event('app_home_opened', async ({ event, client, context }) => {
    hears('home', event, context);
    await client.views.publish({ user_id: event.user, view: home(0) });
  });
  app.action('count', async ({ ack, body, action, client, context }) => {
    hears('count', body, context);
    await ack();
    await client.views.publish({ user_id: body.user.id, view: home(Number(action.value) + 1), hash: body.view.hash });
  });
  app.event('app_mention', async ({ event, say, context }) => {
    hears('mention', event, context);
    await say({ text: `You said: ${event.text}`, thread_ts: event.ts });
  });
  app.message(async ({ message, say, context }) => {
    hears('message', message, context);
    if (message.channel_type === 'im') await say('Heard you');
  });
  app.event('reaction_added', async ({ event, client, context }) => {
    hears('reaction', event, context);
    await client.chat.postEphemeral({ channel: event.item.channel, user: event.user, text: `Thank you for :${event.reaction}:` });
  });
}
