// What may be let go wrong between the workspace and the bot.
import { Impossible, get, post } from './api.js';
import { el, fill, keep } from './dom.js';
import { toast } from './toast.js';

const kinds = {
  slow: { label: 'Answer slowly', perMethod: true, seconds: 'Seconds late' },
  limited: { label: 'Too many requests (429)', perMethod: true, seconds: 'Retry after, seconds' },
  dropped: { label: 'Drop the connection, do nothing', perMethod: true },
  lost: { label: 'Do it, but lose the answer', perMethod: true },
  broken: { label: 'Internal error (HTTP 500 page)', perMethod: true },
  refused: { label: 'Refuse with internal_error', perMethod: true },
  repeat: { label: 'Deliver everything twice' },
  signature: { label: 'Sign the next delivery wrongly', isOnce: true, isSigned: true },
  cut: { label: 'Cut the sockets', onSockets: true },
  refresh: { label: 'Ask the bot to reconnect', onSockets: true },
  stale: { label: 'Date the next delivery six minutes back', isOnce: true, isSigned: true },
};

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    toast(error.message, 'problem');
  }
  await refreshFaults();
}

const options = (pairs) => pairs.map(([value, label]) => el('option', { value }, label));
const parts = {};

export function startFaults() {
  const labelled = (text, field) => el('label', { class: 'fault-field' }, el('span', {}, text), field);
  parts.kind = el('select', {});
  offerKinds(false);
  parts.method = el('select', {}, options([['*', 'any method']]));
  parts.times = el('select', {}, options([['1', 'once'], ['3', '3 times'], ['10', '10 times'], ['', 'until taken back']]));
  parts.seconds = el('input', { type: 'number', min: '1', max: '600', value: '5' });
  parts.sockets = el('p', { class: 'quiet legend', role: 'status', hidden: true });
  parts.pending = el('ul', { class: 'pending', 'aria-label': 'Faults that are on' });
  parts.clear = el('button', { type: 'button', class: 'quiet-link', onclick: () => attempt(() => post('faults/forget', {})) }, 'All off');
  const fields = {
    method: labelled('Of which call', parts.method), times: labelled('How often', parts.times), seconds: labelled('Seconds', parts.seconds),
  };
  const settle = () => {
    const kind = kinds[parts.kind.value];
    fields.method.hidden = !kind.perMethod;
    fields.times.hidden = Boolean(kind.isOnce || kind.onSockets);
    fields.seconds.hidden = !kind.seconds;
    fields.seconds.firstChild.textContent = kind.seconds ?? '';
  };
  parts.kind.addEventListener('change', settle);
  const form = el('form', { class: 'fault-form' }, labelled('Let this go wrong', parts.kind), fields.method, fields.times, fields.seconds, el('button', { type: 'submit', class: 'button primary' }, 'Switch on'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wish = { fault: parts.kind.value, method: parts.method.value, seconds: Number(parts.seconds.value) };
    attempt(() => post('faults', parts.times.value && !fields.times.hidden ? { ...wish, times: Number(parts.times.value) } : wish));
  });
  fill(document.getElementById('faults'), el('header', {}, el('h3', { id: 'faults-heading' }, 'Faults'), parts.clear), form, parts.sockets, parts.pending);
  settle();
}

/** Signatures are of HTTP, sockets of Socket Mode; a workspace has one of them. */
function offerKinds(bySocket) {
  if (parts.kind.dataset.bySocket === String(bySocket)) return;
  parts.kind.dataset.bySocket = String(bySocket);
  fill(parts.kind, options(Object.entries(kinds).filter(([, kind]) => !(bySocket ? kind.isSigned : kind.onSockets)).map(([name, { label }]) => [name, label])));
}

export async function refreshFaults() {
  const { methods, pending, repeats, signature, sockets } = await get('faults');
  offerKinds(sockets !== null);
  parts.sockets.hidden = sockets === null;
  parts.sockets.textContent = sockets === 1 ? 'The bot holds 1 socket open.' : `The bot holds ${sockets} sockets open.`;
  if (parts.method.options.length === 1) parts.method.append(...options(methods.map((method) => [method, method])));
  const often = (left) => (left === null ? 'until taken back' : left === 1 ? 'once more' : `${left} more`);
  const items = pending.map(({ id, method, fault, left }) => ({ id: String(id), text: `${method === '*' ? 'Any call' : method}: ${fault}`, note: often(left), undo: { id } }));
  if (repeats) items.push({ id: 'repeats', text: 'Deliveries are sent twice', note: often(repeats > 1e6 ? null : repeats) });
  if (signature) items.push({ id: 'signature', text: signature === 'StaleTimestamp' ? 'Next delivery: dated back' : 'Next delivery: wrong signature', note: 'once more' });
  parts.clear.hidden = items.length === 0;
  keep(parts.pending, items, {
    key: (item) => item.id,
    signature: JSON.stringify,
    make: (item) => el('li', {}, el('span', {}, item.text), el('span', { class: 'quiet' }, item.note), item.undo && el('button', {
      type: 'button', class: 'quiet-link', 'aria-label': `Take back: ${item.text}`, 'data-focus': `undo ${item.id}`, onclick: () => attempt(() => post('faults/forget', item.undo)),
    }, 'Take back')),
  });
  document.getElementById('toggle-panel').classList.toggle('has-faults', items.length > 0);
}
