// The page: reads the screen of one person whenever the world has changed, and draws it. It knows nothing that the world does not.
import { Impossible, gesture, get, post } from './api.js';
import { avatar } from './avatar.js';
import { Composer } from './composer.js';
import { at, el, fill, focusOn, icon } from './dom.js';
import { refreshFaults, startFaults } from './faults.js';
import { Feed } from './feed.js';
import { showHome, showTabs, startTabs } from './home.js';
import { spoken } from './message.js';
import { showDialogs } from './modal.js';
import { go, session } from './session.js';
import { showSidebar, startSidebar } from './sidebar.js';
import { showSteps } from './steps.js';
import { listen } from './stream.js';
import { toast } from './toast.js';
import { refreshTraffic, startTraffic } from './traffic.js';

const FIRST_PERSON = 'U0ANA00001';
const feed = new Feed(at('messages'), at('scroller'));
const threadFeed = new Feed(at('thread-messages'), at('thread-scroller'));
const composer = new Composer(at('composer'), 'composer-text');
const threadComposer = new Composer(at('thread-composer'), 'thread-text', { isSmall: true });
const sidebar = startSidebar();
let screen = null;
let reading = null;
let isStale = false;

/** One reading at a time; changes during a reading make one more. */
export function refresh() {
  isStale = true;
  reading ??= read().finally(() => { reading = null; });
  return reading;
}

async function read() {
  while (isStale) {
    isStale = false;
    try {
      screen = await get('screen', { as: session.as || FIRST_PERSON, in: session.in, thread: session.thread });
      show();
      if (session.panel) await Promise.all([refreshFaults(), refreshTraffic()]);
    } catch (error) {
      if (!(error instanceof Impossible)) throw error;
    }
  }
}

function choose(changes) {
  const opensHome = changes.tab === 'home';
  const isMove = 'as' in changes || 'in' in changes;
  go(changes);
  if (isMove) {
    composer.move({ me: session.as || FIRST_PERSON, in: session.in || screen.conversation.id });
    sidebar.leave();
  }
  if (opensHome) gesture('home', { as: session.as || FIRST_PERSON });
  // Whoever chooses a conversation goes on by typing. On a phone that would bring up the keyboard over what is to be read.
  if ('in' in changes && !opensHome && !matchMedia('(max-width: 800px)').matches) composer.field.focus({ preventScroll: true });
  return refresh();
}

function openThread(ts) {
  choose({ thread: ts, panel: '' }).then(() => threadComposer.field.focus());
}

async function take(step) {
  const own = `D${step.user.slice(1)}`;
  await choose({ as: step.user, in: step.channel ?? own, thread: '', tab: '' });
  if (step.line) composer.write(step.line);
  else focusOn(screen.conversation.messages.at(-1)?.ts ?? 'composer-text');
}

function show() {
  const { conversation, me, names, workspace } = screen;
  const row = screen.conversations.find((one) => one.id === conversation.id);
  const [title, tab] = [row.direct ? 'DbChatOps' : `#${row.name}`, row.direct && session.tab === 'home' ? 'home' : 'messages'];
  const context = { me, names, shortcuts: workspace.shortcuts, openThread };

  document.title = `${title} – ${workspace.name}`;
  at('conversation-name').textContent = title;
  at('conversation-note').textContent = note(row, conversation);
  fill(at('viewer'), avatar(me, names.users[me], 'tiny'), names.users[me].name.split(' ')[0]);
  showSidebar(screen, choose);
  showTabs(row.direct, tab, choose);
  at('messages').hidden = at('intro').hidden = at('composer').hidden = tab === 'home';
  at('home').hidden = tab !== 'home';
  if (tab === 'home') showHome(screen);
  showSteps(screen, take);
  const people = Object.entries(names.users).filter(([id]) => id !== me).map(([, { handle, name }]) => ({ handle, name }));

  showIntro(row, title);
  const arrived = feed.show(conversation.messages, `${me} ${conversation.id}`, context);
  composer.aim({ me, in: conversation.id, thread: '', commands: workspace.commands, people }, {
    label: row.direct ? 'Write to DbChatOps' : `Write in ${title}`, closed: row.archived ? 'This channel is archived.' : null,
  });
  arrived.push(...showThread(conversation, row, title, context, people));
  for (const message of arrived) at('live').append(Object.assign(document.createElement('p'), { textContent: spoken(message, names) }));
  while (at('live').childElementCount > 10) at('live').firstChild.remove();
  showDialogs(screen, refresh);
  markRead(row, conversation, tab);
}

function note(row, conversation) {
  if (row.direct) return 'App · the conversation only you and the bot see';
  const members = `${conversation.members} members`;
  return row.shared ? `${members} · shared with another company` : members;
}

/** Where a conversation begins. */
function showIntro(row, title) {
  if (at('intro').dataset.of === row.id) return;
  at('intro').dataset.of = row.id;
  const sign = row.direct ? icon('database') : row.private ? icon('lock') : '#';
  const text = row.direct ? 'Here the app writes to you alone: what became of your requests, and the access that you hold.'
    : row.shared ? 'People of another company read and write here too.' : 'This is where the channel begins.';
  fill(at('intro'), el('span', { class: 'sign', 'aria-hidden': 'true' }, sign), el('p', {}, el('strong', {}, title), text));
}

function showThread(conversation, row, title, context, people) {
  const { thread } = conversation;
  const isOpen = Boolean(session.thread && thread);
  const wasOpen = !at('thread').hidden;
  at('thread').hidden = !isOpen;
  if (!isOpen) {
    if (wasOpen) composer.field.focus();
    return [];
  }
  at('thread-note').textContent = title;
  threadComposer.aim({ me: context.me, in: conversation.id, thread: thread.ts, commands: [], people }, { label: 'Reply in this thread', closed: row.archived ? 'This channel is archived.' : null });
  return threadFeed.show(thread.messages, `${context.me} ${thread.ts}`, { ...context, inThread: true });
}

function markRead(row, conversation, tab) {
  if (tab === 'home' || document.hidden || !conversation.latest || row.unread === 0) return;
  post('read', { as: screen.me, in: conversation.id, ts: conversation.latest }).catch(() => {});
}

function showPanel(isOpen) {
  go({ panel: isOpen ? 'open' : '', ...(isOpen && { thread: '' }) });
  at('panel').hidden = !isOpen;
  at('toggle-panel').setAttribute('aria-expanded', String(isOpen));
  refresh();
}

function startTools() {
  const { playgroundTheme } = globalThis;
  const themeButton = at('toggle-theme');
  const name = () => {
    const isDark = playgroundTheme.current === 'dark';
    fill(themeButton, icon(isDark ? 'sun' : 'moon'));
    themeButton.setAttribute('aria-label', isDark ? 'Use the light theme' : 'Use the dark theme');
    themeButton.title = themeButton.getAttribute('aria-label');
  };
  themeButton.addEventListener('click', () => {
    playgroundTheme.set(playgroundTheme.current === 'dark' ? 'light' : 'dark');
    name();
  });
  name();
  at('toggle-panel').prepend(icon('pulse'));
  at('toggle-panel').addEventListener('click', () => {
    sidebar.leave();
    showPanel(at('panel').hidden);
    if (!at('panel').hidden) at('close-panel').focus();
  });
  const closers = { 'close-panel': () => { showPanel(false); at('toggle-panel').focus(); }, 'close-thread': () => choose({ thread: '' }) };
  for (const [id, leave] of Object.entries(closers)) {
    at(id).append(icon('close'));
    at(id).addEventListener('click', leave);
    at(id).closest('.side').addEventListener('keydown', (event) => { if (event.key === 'Escape') leave(); });
  }
  at('panel').hidden = !session.panel;
}

startTabs();
startFaults();
startTraffic();
startTools();
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
listen(refresh, (isConnected) => {
  at('offline').hidden = isConnected;
  at('offline').textContent = isConnected ? '' : 'The workspace is out of reach; this page will catch up as soon as it is back.';
});
refresh().then(() => composer.field.focus({ preventScroll: true }), (error) => toast(error.message, 'problem'));
