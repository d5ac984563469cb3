// Where a person writes. Enter sends, Shift+Enter begins a new line, a slash brings up the commands, an @ the people, arrow up what was sent before.
import { gesture } from './api.js';
import { el, fill, icon } from './dom.js';
import { Suggestions } from './suggestions.js';

const REMEMBERED = 50;
const TALLEST_PX = 180;

export class Composer {
  #history = [];
  #back = 0;
  #file = null;
  #target = null; // { me, in, thread, commands, people }

  constructor(place, id, { isSmall = false } = {}) {
    this.field = el('textarea', { id, rows: 1, class: 'composer-field', autocomplete: 'off', 'data-focus': id });
    this.list = new Suggestions(this.field, { label: 'Commands', above: true, pick: (item) => this.write(item.insert, item.caret) });
    this.button = el('button', { type: 'submit', class: 'send', 'aria-label': 'Send', title: 'Send (Enter)' }, icon('send'));
    this.label = el('label', { class: 'unseen', for: id }, 'Message');
    const hint = !isSmall && el('p', { class: 'composer-hint', id: `${id}-hint` }, el('kbd', {}, '/'), ' commands · ', el('kbd', {}, 'Enter'), ' sends · ', el('kbd', {}, 'Shift Enter'), ' new line · ', el('kbd', {}, '↑'), ' earlier');
    if (hint) this.field.setAttribute('aria-describedby', hint.id);
    this.picker = el('input', { type: 'file', hidden: true, 'aria-label': 'File', onchange: () => this.#attach(this.picker.files[0]) });
    this.adder = el('button', { type: 'button', class: 'icon-button attach', 'aria-label': 'Attach a file', title: 'Attach a file', onclick: () => this.picker.click() }, icon('plus'));
    this.attached = el('p', { class: 'attached', hidden: true });
    const form = el('form', { class: 'composer' }, this.label, this.list.list, this.attached, this.picker, this.adder, this.field, this.button);
    form.addEventListener('submit', (event) => { event.preventDefault(); this.#send(); });
    this.field.addEventListener('keydown', (event) => this.#key(event));
    this.field.addEventListener('input', () => { this.#grow(); this.#suggest(); });
    this.field.addEventListener('blur', () => this.list.hide());
    fill(place, form, hint);
  }

  /** Whose words go where. What is half written stays when only the reader's view changed. */
  aim(target, { label, closed }) {
    this.move(target);
    this.label.textContent = label;
    this.field.placeholder = closed ?? label;
    this.field.disabled = this.button.disabled = this.adder.disabled = Boolean(closed);
  }

  /** Takes effect before the new place is drawn: somebody who types at once must not lose the beginning. */
  move(target) {
    const before = this.#target;
    this.#target = { ...before, ...target };
    if (before && draftKey(before) === draftKey(this.#target)) return;
    if (before) remember(draftKey(before), this.field.value);
    this.#history = recall(`said ${target.me}`, []);
    this.#back = 0;
    this.field.value = recall(draftKey(target), '');
    this.list.hide();
    this.#attach(null);
    this.#grow();
  }

  write(text, caret = text.length) {
    this.field.value = text;
    this.field.focus();
    this.field.setSelectionRange(caret, caret);
    this.#grow();
    this.#suggest();
  }

  #key(event) {
    if (event.isComposing || this.list.handles(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === 'ArrowUp' && (this.field.value === '' || this.#back > 0)) this.#recall(event, 1);
    else if (event.key === 'ArrowDown' && this.#back > 0) this.#recall(event, -1);
  }

  #recall(event, by) {
    const back = Math.min(Math.max(this.#back + by, 0), this.#history.length);
    if (back === this.#back) return;
    event.preventDefault();
    this.#back = back;
    this.field.value = back === 0 ? '' : this.#history.at(-back);
    this.#grow();
  }

  #attach(file) {
    this.#file = file ?? null;
    this.picker.value = '';
    this.attached.hidden = !file;
    fill(this.attached, file && [icon('file'), el('span', {}, file.name), el('button', {
      type: 'button', class: 'icon-button small', 'aria-label': `Do not attach ${file.name}`, onclick: () => { this.#attach(null); this.field.focus(); },
    }, icon('close'))]);
    if (file) this.field.focus();
  }

  #suggestPeople(typed) {
    const caret = this.field.selectionStart;
    const [, begun] = /(?:^|\s)@([\w-]*)$/.exec(typed.slice(0, caret)) ?? [];
    if (begun === undefined) return false;
    const start = caret - begun.length - 1;
    const [word, rest] = [begun.toLowerCase(), typed.slice(caret)];
    const items = this.#target.people
      .filter(({ handle, name }) => handle.startsWith(word) || name.toLowerCase().split(' ').some((part) => part.startsWith(word)))
      .map(({ handle, name }) => ({ label: `@${handle}`, note: name, insert: `${typed.slice(0, start)}@${handle} ${rest}`, caret: start + handle.length + 2 }));
    // A name that stands there whole needs no help, and Enter must send it.
    if (items.length === 1 && items[0].label === `@${word}`) return false;
    this.list.show(items, { isMarked: true });
    return items.length > 0;
  }

  #suggest() {
    const typed = this.field.value;
    if (this.#suggestPeople(typed)) return undefined;
    if (!typed.startsWith('/') || typed.includes('\n') || this.#target.thread) return this.list.hide();
    const items = this.#target.commands
      .map(({ line, meaning }) => ({ label: line, note: meaning, insert: line.replace(/\s*[<[(].*$/, '').concat(/[<[]/.test(line) ? ' ' : '') }))
      .filter(({ label, insert }) => label.startsWith(typed) || (insert.startsWith(typed.trimEnd()) && typed.length <= insert.length));
    return this.list.show(items);
  }

  async #send() {
    const text = this.field.value.trim();
    const file = this.#file;
    if ((text === '' && !file) || this.button.disabled) return;
    const { me, thread } = this.#target;
    if (text) this.#history = [...this.#history.filter((line) => line !== text), text].slice(-REMEMBERED);
    remember(`said ${me}`, this.#history);
    this.#back = 0;
    this.field.value = '';
    this.list.hide();
    this.#attach(null);
    this.#grow();
    this.button.setAttribute('aria-busy', 'true');
    const wish = { as: me, in: this.#target.in, thread: thread || null, text };
    const outcome = file
      ? await gesture('share', { ...wish, name: file.name, content: await base64(file) })
      : await gesture('say', wish, text.startsWith('/'));
    this.button.removeAttribute('aria-busy');
    // What could not be said is given back, unless something else is being written already.
    if (!outcome && this.field.value === '') this.write(text);
  }

  #grow() {
    this.field.style.height = 'auto';
    this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST_PX)}px`;
  }
}

/** A file as the text that JSON can carry. */
const base64 = (file) => new Promise((done) => {
  const reader = new FileReader();
  reader.addEventListener('loadend', () => done(String(reader.result ?? '').split(',')[1] ?? ''));
  reader.readAsDataURL(file);
});

const draftKey = ({ me, in: place, thread }) => `draft ${me} ${place} ${thread ?? ''}`;

function remember(key, value) {
  try { sessionStorage.setItem(`playground ${key}`, JSON.stringify(value)); } catch { /* Only a convenience. */ }
}

function recall(key, otherwise) {
  try { return JSON.parse(sessionStorage.getItem(`playground ${key}`)) ?? otherwise; } catch { return otherwise; }
}
