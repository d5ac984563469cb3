// A list beneath (or above) a text field, walked with the arrows while the caret stays in the field.
import { el, fill } from './dom.js';

let last = 0;

export class Suggestions {
  #items = [];
  #at = -1;

  constructor(field, { label, pick, above = false }) {
    this.field = field;
    this.pick = pick;
    this.list = el('ul', { class: above ? 'suggestions above' : 'suggestions', role: 'listbox', id: `suggestions-${++last}`, 'aria-label': label, hidden: true });
    // A textarea may not be a combobox; it tells of its list by what it controls.
    this.isCombobox = field.matches('input');
    if (this.isCombobox) field.setAttribute('role', 'combobox');
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', this.list.id);
    if (this.isCombobox) field.setAttribute('aria-expanded', 'false');
    // The press must not take the caret out of the field.
    this.list.addEventListener('pointerdown', (event) => event.preventDefault());
  }

  get isOpen() { return !this.list.hidden; }

  /** @param items label, note, and whatever else the picker wants back */
  show(items, { empty = null } = {}) {
    this.#items = items;
    this.#at = -1;
    const options = items.map((item, index) => el('li', {
      role: 'option', id: `${this.list.id}-${index}`, 'aria-selected': 'false', onclick: () => this.#choose(index),
    }, el('span', { class: 'suggestion-label' }, item.label), item.note && el('span', { class: 'suggestion-note' }, item.note)));
    fill(this.list, options.length ? options : empty && el('li', { class: 'nothing', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, empty));
    this.#toggle(options.length > 0 || Boolean(empty));
  }

  hide() { this.#toggle(false); }

  /** True when the key was for the list. */
  handles(event) {
    if (!this.isOpen) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') this.#mark(this.#at + (event.key === 'ArrowDown' ? 1 : -1));
    else if ((event.key === 'Enter' || event.key === 'Tab') && this.#at >= 0) this.#choose(this.#at);
    else if (event.key === 'Escape') this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #mark(at) {
    const options = [...this.list.children];
    if (!this.#items.length) return;
    this.#at = (at + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute('aria-selected', String(index === this.#at)));
    options[this.#at].scrollIntoView({ block: 'nearest' });
    this.field.setAttribute('aria-activedescendant', options[this.#at].id);
  }

  #choose(at) {
    this.hide();
    this.pick(this.#items[at]);
  }

  #toggle(isOpen) {
    this.list.hidden = !isOpen;
    if (this.isCombobox) this.field.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) this.field.removeAttribute('aria-activedescendant');
  }
}
