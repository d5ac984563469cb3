// The app's own page: its Home, where it has published one.
import { drawBlocks } from './blocks.js';
import { viewContext } from './contexts.js';
import { at, el, fill, focusOn, focusedName, icon, roving, settleRoving } from './dom.js';
import { Form } from './form.js';

let shown = null;

export function startTabs() {
  roving(at('tabs'), '[role=tab]');
}

export function showTabs(isVisible, current, choose) {
  const tabs = at('tabs');
  tabs.hidden = !isVisible;
  if (!isVisible || tabs.dataset.current === current) return;
  tabs.dataset.current = current;
  const hadFocus = tabs.contains(document.activeElement);
  fill(tabs, [['home', 'Home'], ['messages', 'Messages']].map(([name, label]) => el('button', {
    type: 'button', role: 'tab', id: `tab-${name}`, 'aria-selected': String(current === name), 'aria-controls': name, 'data-focus': `tab ${name}`,
    onclick: () => current !== name && choose({ tab: name === 'messages' ? '' : name, thread: '' }),
  }, label)));
  settleRoving(tabs, '[role=tab]', at(`tab-${current}`));
  if (hadFocus) focusOn(`tab ${current}`);
}

export function showHome(screen) {
  const view = screen.home;
  const signature = view ? JSON.stringify([view.blocks, view.hash, screen.me]) : `none ${screen.me}`;
  if (shown?.signature === signature) return;
  const place = at('home');
  const focused = focusedName(place);
  const form = view && shown?.id === view.id ? shown.form : view && new Form(screen.me, view.id);
  shown = { signature, id: view?.id, form };
  fill(place, view
    ? el('div', { class: 'home-view' }, drawBlocks(view.blocks, viewContext(view, form, screen)))
    : el('div', { class: 'empty' }, icon('database'), el('h2', {}, 'Nothing here yet'), el('p', {}, 'The app has not published a Home. Write to it under Messages, or type a command in any channel.')));
  if (focused) focusOn(focused, place);
}
