import { el } from './dom.js';

const MOST = 4;
const SHOWN_MS = 7000;

/** A passing remark at the edge of the page. */
export function toast(text, kind = 'remark') {
  const place = document.getElementById('toasts');
  const open = document.querySelector('dialog[open]');
  const note = el('p', { class: `toast ${kind}` }, text);
  // Behind an open dialog it would be neither seen nor read out.
  if (open) (open.querySelector('.dialog-notes') ?? open).append(note);
  else place.append(note);
  while (place.children.length > MOST) place.firstChild.remove();
  setTimeout(() => note.remove(), SHOWN_MS);
}
