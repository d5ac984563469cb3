// One message, as its reader sees it.
import { gesture } from './api.js';
import { avatar } from './avatar.js';
import { drawBlocks, environmentOf } from './blocks.js';
import { messageContext } from './contexts.js';
import { fromTs, full, time } from './dates.js';
import { el, icon } from './dom.js';
import { emoji, frequent } from './emoji.js';
import { popup } from './menu.js';
import { mrkdwn } from './mrkdwn.js';

const nameOf = (id, names) => (id === 'USLACKBOT' ? 'Workspace' : names.users[id]?.name ?? 'Somebody');

function body(message, context) {
  if (message.blocks) {
    const environment = environmentOf(message.blocks);
    return el('div', { class: environment ? `card ${environment}` : 'card plain' }, drawBlocks(message.blocks, context));
  }
  if (!message.text && message.files.length > 0) return null;
  return el('div', { class: 'text' }, mrkdwn(message.text, context), message.edited && el('span', { class: 'edited' }, ' (edited)'));
}

const attachment = (one, context) => el('div', { class: 'attachment' },
  one.text && el('div', { class: 'text' }, mrkdwn(one.text, context)), drawBlocks(one.blocks, context));

const sizeOf = (bytes) => (bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
const file = (one, me) => el('a', { class: 'file', href: `/playground/files/${encodeURIComponent(one.id)}?as=${encodeURIComponent(me)}`, download: one.name },
  icon('file'), el('span', {}, el('strong', {}, one.title), el('span', { class: 'file-note' }, one.title === one.name ? sizeOf(one.length) : `${one.name} · ${sizeOf(one.length)}`)));

const react = (message, { me }, name) => gesture('react', { as: me, ts: message.ts, name });

function reaction(one, message, context) {
  const by = one.users.map((id) => nameOf(id, context.names)).join(', ');
  const isMine = one.users.includes(context.me);
  return el('button', {
    type: 'button', class: isMine ? 'reaction mine' : 'reaction', 'aria-pressed': String(isMine), title: `${by} reacted with :${one.name}:`,
    'aria-label': `:${one.name}: ${one.users.length}, by ${by}`, 'data-focus': `${message.ts}|reaction ${one.name}`, onclick: () => react(message, context, one.name),
  }, el('span', { class: 'emoji' }, emoji(one.name)), ` ${one.users.length}`);
}

function replies(message, { names, openThread }) {
  const { count, users, last } = message.replies;
  return el('button', { type: 'button', class: 'replies', 'data-focus': `${message.ts}|replies`, onclick: () => openThread(message.ts) },
    users.map((id) => avatar(id, names.users[id], 'tiny')), el('strong', {}, count === 1 ? '1 reply' : `${count} replies`), el('span', { class: 'quiet' }, `last ${time(fromTs(last))}`));
}

/** What hovers over a message: react, reply, and the rest. */
function tools(message, context) {
  if (message.onlyYou) return null;
  const button = { class: 'icon-button small' };
  const reactions = frequent.map((name) => ({ label: `:${name}:`, shown: emoji(name), run: () => react(message, context, name) }));
  const shortcuts = context.shortcuts.map(({ id, name }) => ({ label: name, run: () => gesture('shortcut', { as: context.me, ts: message.ts, shortcut: id }) }));
  const reply = { label: 'Reply in thread', run: () => context.openThread(message.ts) };
  const copy = { label: 'Copy text', run: () => navigator.clipboard?.writeText(message.text) };
  return el('div', { class: 'message-tools' },
    popup({ ...button, glyph: 'smile', menuClass: 'of-emoji', label: 'React', 'data-focus': `${message.ts}|react`, items: reactions }),
    !context.inThread && el('button', {
      ...button, type: 'button', 'aria-label': 'Reply', title: reply.label, 'data-focus': `${message.ts}|reply`, onclick: reply.run,
    }, icon('reply')),
    popup({ ...button, label: 'Message menu', 'data-focus': `${message.ts}|menu`, items: [...shortcuts, ...(context.inThread ? [] : [reply]), copy] }));
}

/** @param context names, me, shortcuts, openThread, and inThread where a thread is shown */
export function drawMessage(message, { isFollowUp }, context) {
  const { names, me } = context;
  const at = fromTs(message.ts);
  const user = names.users[message.user];
  const name = nameOf(message.user, names);
  const label = `${name}, ${time(at)}${message.onlyYou ? ', only visible to you' : ''}`;
  const stamp = el('time', { class: 'stamp', datetime: at.toISOString(), title: full(at) }, time(at));
  const blocks = messageContext(message, context);
  return el('article', { class: `message${isFollowUp ? ' follow-up' : ''}${message.onlyYou ? ' only-you' : ''}`, tabindex: '-1', 'aria-label': label, 'data-focus': message.ts },
    el('div', { class: 'gutter' }, isFollowUp ? stamp : avatar(message.user, user)),
    el('div', { class: 'content' },
      message.onlyYou && el('p', { class: 'only-you-note' }, icon('eye'), 'Only visible to you', el('span', { class: 'quiet', 'aria-hidden': 'true' }, '·'), el('button', {
        type: 'button', class: 'quiet-link', 'data-focus': `${message.ts}|dismiss`, onclick: () => gesture('dismiss', { as: me, ts: message.ts }),
      }, 'Dismiss')),
      !isFollowUp && el('p', { class: 'byline' }, el('strong', { class: 'author' }, name), user?.bot && el('span', { class: 'badge' }, 'app'), user?.stranger && el('span', { class: 'badge outside' }, 'other company'), stamp),
      body(message, blocks),
      message.blocks && message.edited && el('span', { class: 'edited' }, '(edited)'),
      message.attachments?.map((one) => attachment(one, blocks)),
      message.files.map((one) => file(one, me)),
      message.reactions.length > 0 && el('div', { class: 'reactions' }, message.reactions.map((one) => reaction(one, message, context))),
      message.replies && !context.inThread && replies(message, context)),
    tools(message, context));
}

export const spoken = (message, names) => `${nameOf(message.user, names)}: ${el('div', {}, mrkdwn(message.text, { names })).textContent.slice(0, 300)}`;
