// Who one is, and where one can go.
import { avatar } from './avatar.js';
import { at, el, icon, keep, roving, settleRoving } from './dom.js';

const roles = { member: '', guest: 'guest', stranger: 'external' };
const count = (row) => {
  if (row.calls) return el('span', { class: 'count', 'aria-hidden': 'true' }, row.calls);
  return row.unread ? el('span', { class: 'unread-dot', 'aria-hidden': 'true' }) : null;
};
const spoken = (row) => (row.calls ? `, ${row.calls} for them` : row.unread ? ', unread' : '');

export function startSidebar() {
  roving(at('people'), '.person');
  roving(at('channels'), '.row');
  const narrow = matchMedia('(max-width: 800px)');
  const show = (isOpen) => {
    document.body.classList.toggle('sidebar-open', isOpen);
    at('shade').hidden = !isOpen;
    at('open-sidebar').setAttribute('aria-expanded', String(isOpen));
    // Out of sight must be out of reach; in front, the rest must be.
    at('sidebar').inert = narrow.matches && !isOpen;
    at('main').inert = narrow.matches && isOpen;
  };
  at('open-sidebar').append(icon('menu'));
  at('close-sidebar').append(icon('close'));
  at('open-sidebar').addEventListener('click', () => {
    show(true);
    at('close-sidebar').focus();
  });
  const leave = () => {
    if (!document.body.classList.contains('sidebar-open')) return;
    show(false);
    at('open-sidebar').focus();
  };
  at('close-sidebar').addEventListener('click', leave);
  at('shade').addEventListener('click', leave);
  at('sidebar').addEventListener('keydown', (event) => { if (event.key === 'Escape') leave(); });
  narrow.addEventListener('change', () => show(false));
  show(false);
  return { leave };
}

function person(row, me, choose) {
  const isMe = row.id === me;
  return el('button', {
    type: 'button', role: 'radio', class: 'person', 'aria-checked': String(isMe), tabindex: isMe ? '0' : '-1', 'data-focus': `person ${row.id}`,
    'aria-label': `${row.name}, ${row.title}${roles[row.role] ? ` (${roles[row.role]})` : ''}${isMe ? '' : spoken(row)}`,
    onclick: () => choose({ as: row.id, thread: '', tab: '' }),
  }, avatar(row.id, row, 'small'),
  el('span', { class: 'person-text' }, el('span', { class: 'person-name' }, row.name), el('span', { class: 'person-title' }, row.title, roles[row.role] && ` · ${roles[row.role]}`)),
  !isMe && count(row));
}

function row(conversation, isCurrent, choose) {
  const sign = conversation.direct ? avatar('app', { bot: true }, 'tiny') : el('span', { class: 'hash', 'aria-hidden': 'true' }, conversation.private ? icon('lock') : '#');
  const unread = conversation.unread > 0 && !isCurrent;
  const words = [conversation.calls ? `${conversation.calls} for you` : unread && 'unread', conversation.archived && 'archived'].filter(Boolean);
  return el('li', {}, el('button', {
    type: 'button', class: unread ? 'row unread' : 'row', 'aria-current': isCurrent ? 'page' : null, 'data-focus': `row ${conversation.id}`,
    onclick: () => choose({ in: conversation.id, thread: '', tab: '' }),
  }, sign, el('span', { class: 'row-name' }, conversation.direct ? 'DbChatOps' : conversation.name),
  conversation.direct && el('span', { class: 'badge' }, 'app'), conversation.shared && el('span', { class: 'badge outside', title: 'Shared with another company' }, 'shared'),
  !isCurrent && count(conversation), words.length > 0 && el('span', { class: 'unseen' }, words.join(', '))));
}

export function showSidebar(screen, choose) {
  at('workspace-name').textContent = screen.workspace.name;
  keep(at('people'), screen.people, {
    key: (one) => one.id, signature: (one) => JSON.stringify([one, one.id === screen.me]), make: (one) => person(one, screen.me, choose),
  });
  settleRoving(at('people'), '.person', at('people').querySelector('[aria-checked="true"]'));
  for (const [list, direct] of [['channels', false], ['directs', true]]) {
    keep(at(list), screen.conversations.filter((one) => one.direct === direct), {
      key: (one) => one.id,
      signature: (one) => JSON.stringify([one, one.id === screen.conversation.id]),
      make: (one) => row(one, one.id === screen.conversation.id, choose),
    });
    settleRoving(at(list), '.row', at(list).querySelector('[aria-current]') ?? undefined);
  }
}
