// What the scripted bot posts: shaped as DbChatOps' own cards are, and one of every block besides.

const plain = (text) => ({ type: 'plain_text', text });
const mrkdwn = (text) => ({ type: 'mrkdwn', text });
const section = (text, more = {}) => ({ type: 'section', text: mrkdwn(text), ...more });
const button = (text, action, more = {}) => ({ type: 'button', text: plain(text), action_id: action, value: 'r-1', ...more });
const rich = (...elements) => ({ type: 'rich_text', elements });
const line = (text, style) => ({ type: 'rich_text_section', elements: [{ type: 'text', text, ...(style && { style }) }] });
const options = (...names) => names.map((name) => ({ text: plain(name), value: name }));
const when = `<!date^1795000000^{date_short_pretty} {time}|2026-11-18 11:06 UTC>`;

const banner = { type: 'header', text: plain('🔴 PRODUCTION · orders-prod') };
const fields = { type: 'section', fields: [mrkdwn('*Who*\n<@U0ANA00001>'), mrkdwn('*Level*\nread'), mrkdwn('*For*\n2 minutes, from the first look'), mrkdwn(`*Answer by*\n${when} (11:06 UTC)`)] };
const reason = rich(line('Reason', { bold: true }), { type: 'rich_text_quote', elements: [{ type: 'text', text: 'stuck payments, INC-42 <b>not bold</b>' }] });

export const askCard = (user) => [
  banner,
  section(`*<@${user}> asks for read access*`),
  fields,
  reason,
  { type: 'actions', block_id: 'actions', elements: [
    button('Approve…', 'approve', { style: 'primary' }),
    button('Deny', 'deny', { style: 'danger', confirm: { title: plain('Are you sure?'), text: plain('Ana will be told.'), confirm: plain('Deny'), deny: plain('Cancel') } }),
    button('Details…', 'details'),
  ] },
  { type: 'context', elements: [mrkdwn('r-7f3k · needs 1 of `dba`'), mrkdwn('policy _orders_')] },
];

export const endedCard = (how) => [banner, section(`*${how}*`), fields, reason, { type: 'context', elements: [mrkdwn('r-7f3k')] }];

export const offerCard = () => [
  banner,
  section('*Your access is ready*'),
  section('The time starts when you look.'),
  { type: 'actions', elements: [button('Show credentials', 'show', { style: 'primary' }), button('Give back', 'release')] },
];

export const approvalDialog = (ts) => ({
  type: 'modal', callback_id: 'approval', private_metadata: ts, title: plain('Approve access'), submit: plain('Approve'), close: plain('Not now'),
  blocks: [banner, section('*Ana Alvarez* asks for *read* on `orders-prod` for 2 minutes.'), reason, {
    type: 'input', block_id: 'target', label: plain("Type the target's name"), hint: plain('Production asks twice.'),
    element: { type: 'plain_text_input', action_id: 'target', placeholder: plain('orders-prod') },
  }],
});

export const credentialsDialog = () => ({
  type: 'modal', callback_id: 'credentials', title: plain('Your access'), close: plain('Done'),
  blocks: [banner, section('Shown once. It is stored nowhere.'),
    rich(line('Password', { bold: true }), { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'kG7-vv2q-Qm4x-9f' }] }),
    rich(line('psql', { bold: true }), { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'psql "host=127.0.0.1 port=5432 dbname=orders user=dbco_ana_7f3k"' }] })],
});

const input = (block, label, element, more = {}) => ({ type: 'input', block_id: block, label: plain(label), element: { action_id: block, ...element }, ...more });

export const everyField = () => ({
  type: 'modal', callback_id: 'form', private_metadata: 'kept', notify_on_close: true, title: plain('Every field'), submit: plain('Next'), close: plain('Leave'),
  blocks: [
    input('reason', 'Reason', { type: 'plain_text_input', multiline: true, max_length: 200 }),
    input('level', 'Level', { type: 'static_select', options: options('read', 'write'), initial_option: options('read')[0] }),
    input('target', 'Target', { type: 'external_select', min_query_length: 0 }),
    input('person', 'For whom', { type: 'users_select' }, { optional: true }),
    input('channel', 'Tell', { type: 'conversations_select' }, { optional: true }),
    input('day', 'From', { type: 'datepicker' }, { optional: true }),
    input('how', 'How', { type: 'radio_buttons', options: options('now', 'later') }, { optional: true }),
    input('also', 'Also', { type: 'checkboxes', options: options('standby', 'staging') }, { optional: true }),
  ],
});

export const secondDialog = () => ({ type: 'modal', callback_id: 'second', title: plain('Really?'), submit: plain('Yes'), blocks: [section('The second of two.')] });

export const everything = () => [
  { type: 'header', text: plain('Everything :tada:') },
  section('*bold* _italic_ ~strike~ `code` snake_case_name 2*3*4 <https://example.com/a?b=1&amp;c=2|a link> <javascript:alert(1)|no link>'),
  section('&gt; quoted <@U0BO000002>\n• one\n• two in <#C0GENERAL3>\n```select 1;\n-- &lt;b&gt;```', { accessory: { type: 'overflow', action_id: 'more', options: options('Edit', 'Remove') } }),
  { type: 'divider' },
  { type: 'actions', elements: [
    { type: 'static_select', action_id: 'pick', placeholder: plain('Pick a level'), options: options('read', 'write') },
    { type: 'users_select', action_id: 'who', placeholder: plain('Pick a person') },
    { type: 'datepicker', action_id: 'day', initial_date: '2026-11-22' },
    button('Open', 'open', { url: 'https://example.com/' }),
  ] },
  rich(line('Rich: '), { type: 'rich_text_list', style: 'ordered', elements: [line('first'), line('second', { italic: true })] }),
  { type: 'image', image_url: 'https://example.com/x.png', alt_text: 'a graph' },
  { type: 'context', elements: [mrkdwn(`until ${when}`), mrkdwn(':hourglass: waits')] },
];
