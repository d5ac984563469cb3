// A list beneath (or above) a text field, walked with the arrows while the caret stays in the field.
import { el, fill } from './dom.js';

const GAP_PX = 6;
const TALLEST_PX = 320;
let last = 0;

export class Suggestions {
  #items = [];
  #at = -1;
  #follow;

  constructor(field, { label, pick, above = false }) {
    this.field = field;
    this.pick = pick;
    this.list = el('ul', { class: 'suggestions', role: 'listbox', id: `suggestions-${++last}`, 'aria-label': label, hidden: true });
    // A textarea may not be a combobox; it tells of its list by what it controls.
    this.isCombobox = field.matches('input');
    if (this.isCombobox) field.setAttribute('role', 'combobox');
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', this.list.id);
    if (this.isCombobox) field.setAttribute('aria-expanded', 'false');
    // The press must not take the caret out of the field.
    this.list.addEventListener('pointerdown', (event) => event.preventDefault());
    // Above everything and in nobody's flow: a list that pushed the buttons away when it goes would take the click from under the pointer.
    this.list.popover = 'manual';
    this.#follow = () => this.#place(above);
  }

  get isOpen() { return !this.list.hidden; }

  /** @param items label, note, and whatever else the picker wants back */
  show(items, { empty = null, isMarked = false } = {}) {
    this.#items = items;
    this.#at = -1;
    const options = items.map((item, index) => el('li', {
      role: 'option', id: `${this.list.id}-${index}`, 'aria-selected': 'false', onclick: () => this.#choose(index),
    }, el('span', { class: 'suggestion-label' }, item.label), item.note && el('span', { class: 'suggestion-note' }, item.note)));
    fill(this.list, options.length ? options : empty && el('li', { class: 'nothing', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, empty));
    this.#toggle(options.length > 0 || Boolean(empty));
    if (isMarked) this.#mark(0);
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
    const wasOpen = this.isOpen;
    this.list.hidden = !isOpen;
    if (isOpen) {
      if (!wasOpen) this.list.showPopover();
      this.#follow();
    } else if (wasOpen && this.list.isConnected) this.list.hidePopover();
    if (isOpen !== wasOpen) {
      for (const [target, event] of [[document, 'scroll'], [globalThis, 'resize']])
        target[isOpen ? 'addEventListener' : 'removeEventListener'](event, this.#follow, true);
    }
    if (this.isCombobox) this.field.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) this.field.removeAttribute('aria-activedescendant');
  }

  #place(above) {
    const around = (this.field.closest('.composer') ?? this.field).getBoundingClientRect();
    const [below, over] = [innerHeight - around.bottom, around.top].map((room) => room - 2 * GAP_PX);
    const isAbove = above || (below < this.list.scrollHeight && over > below);
    const { style } = this.list;
    style.left = `${around.left}px`;
    style.width = `${around.width}px`;
    style.maxHeight = `${Math.min(isAbove ? over : below, TALLEST_PX)}px`;
    style.top = isAbove ? 'auto' : `${around.bottom + GAP_PX}px`;
    style.bottom = isAbove ? `${innerHeight - around.top + GAP_PX}px` : 'auto';
  }
}
