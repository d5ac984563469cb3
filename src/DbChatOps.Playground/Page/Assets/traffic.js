// What went between the workspace and the bot, newest first.
import { Impossible, get, post } from './api.js';
import { el, fill, keep } from './dom.js';
import { toast } from './toast.js';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
let list;

export function startTraffic() {
  list = el('ol', { class: 'entries', 'aria-label': 'Calls and deliveries, newest first' });
  fill(document.getElementById('traffic'), el('header', {}, el('h3', { id: 'traffic-heading' }, 'Traffic'), el('p', { class: 'quiet legend' }, '→ to the bot · ← from the bot')), list);
}

export async function refreshTraffic() {
  const { entries } = await get('traffic');
  keep(list, entries, { key: (entry) => String(entry.sequence), signature: () => '', make: row });
  if (entries.length === 0) fill(list, el('li', { class: 'quiet nothing', 'data-key': '' }, 'Nothing yet.'));
}

const json = (label, node) => node !== null && node !== undefined && [el('h4', {}, label), el('pre', { tabindex: '0' }, JSON.stringify(node, null, 2))];

function row(entry) {
  const detail = el('div', { class: 'detail', hidden: true });
  const status = entry.error ?? (entry.status === 0 ? 'no answer' : String(entry.status));
  const toggle = el('button', { type: 'button', class: 'entry', 'aria-expanded': 'false', 'data-focus': `entry ${entry.sequence}`, onclick: expand },
    el('span', { class: entry.toBot ? 'arrow to' : 'arrow from' }, el('span', { 'aria-hidden': 'true' }, entry.toBot ? '→' : '←'), el('span', { class: 'unseen' }, entry.toBot ? 'to the bot' : 'from the bot')),
    el('span', { class: 'entry-method' }, entry.method),
    el('span', { class: entry.ok ? 'entry-status' : 'entry-status bad' }, status),
    el('span', { class: 'entry-took' }, `${entry.took} ms`),
    el('time', { class: 'entry-at' }, clock.format(new Date(entry.at))));

  async function expand() {
    detail.hidden = !detail.hidden;
    toggle.setAttribute('aria-expanded', String(!detail.hidden));
    if (detail.hidden || detail.childElementCount) return;
    const whole = await get(`traffic/${entry.sequence}`);
    fill(detail, json(entry.toBot ? 'Delivered' : 'Arguments', whole.asked), json(entry.toBot ? 'The bot answered' : 'Answer', whole.answered),
      entry.toBot && el('button', { type: 'button', class: 'button', onclick: again }, 'Deliver the same again'));
  }

  async function again() {
    try {
      const { trouble } = await post(`traffic/${entry.sequence}/again`, {});
      toast(trouble ? `The bot answered: ${trouble}` : 'Delivered again, byte for byte; the bot acknowledged it.');
    } catch (error) {
      if (!(error instanceof Impossible)) throw error;
      toast(error.message, 'problem');
    }
  }

  return el('li', {}, toggle, detail);
}
