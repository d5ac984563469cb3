// A button with a menu: overflow elements, the shortcuts of a message, and the reactions to choose from.
import { el, icon } from './dom.js';

/** @param items label and run; shown where something else than the label is to be seen */
export function popup({ label, items, class: kind, glyph = 'more', menuClass = '', ...attributes }) {
  const menu = el('ul', { class: `menu ${menuClass}`, role: 'menu', 'aria-label': label, hidden: true });
  const toggle = el('button', {
    ...attributes, type: 'button', class: kind, 'aria-label': label, title: label, 'aria-haspopup': 'menu', 'aria-expanded': 'false',
    onclick: () => (menu.hidden ? open() : close()),
    onkeydown(event) {
      if (event.key !== 'ArrowDown' || !menu.hidden) return;
      event.preventDefault();
      open();
    },
  }, icon(glyph));
  const place = el('span', { class: 'popup' }, toggle, menu);

  for (const { label: text, shown, run } of items) {
    menu.append(el('li', { role: 'none' }, el('button', {
      type: 'button', role: 'menuitem', tabindex: '-1', 'aria-label': shown ? text : null, title: shown ? text : null, onclick() { close(); run(); },
    }, shown ?? text)));
  }

  const entries = () => [...menu.querySelectorAll('[role=menuitem]')];
  const elsewhere = (event) => { if (!place.contains(event.target)) close(false); };

  function open() {
    menu.hidden = false;
    // Near the edge of its scroller a menu opens to where there is room.
    const room = (place.closest('.scroller') ?? document.documentElement).getBoundingClientRect();
    const size = menu.getBoundingClientRect();
    menu.classList.toggle('upwards', size.bottom > room.bottom && toggle.getBoundingClientRect().top - size.height > room.top);
    menu.classList.toggle('leftwards', size.right > room.right);
    toggle.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', elsewhere);
    entries()[0]?.focus();
  }

  function close(andReturn = true) {
    menu.hidden = true;
    toggle.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', elsewhere);
    if (andReturn) toggle.focus();
  }

  menu.addEventListener('keydown', (event) => {
    const at = entries().indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) entries().at(next % entries().length)?.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') { close(); return; } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return place;
}
