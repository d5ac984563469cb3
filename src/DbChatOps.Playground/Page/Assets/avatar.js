import { el, icon } from './dom.js';

const HUES = 6;
const hue = (id) => id.charCodeAt(id.length - 1) % HUES;

/** Initials on a colour of one's own; apps have a drawing instead. */
export function avatar(id, user, size = '') {
  if (!user || user.bot) return el('span', { class: `avatar app ${size}`, 'aria-hidden': 'true' }, icon(user ? 'database' : 'pulse'));
  const initials = user.name.split(/\s+/).map((word) => word[0]).slice(0, 2).join('');
  return el('span', { class: `avatar hue-${hue(id)} ${size}`, 'aria-hidden': 'true' }, initials);
}
