// The question before a deed: a dialog upon whatever is open.
import { el } from './dom.js';
import { plainText, textOf } from './mrkdwn.js';

/** True when the person goes through with it. */
export function ask(confirm, style) {
  const context = { names: { users: {}, channels: {}, groups: {} }, me: null };
  const before = document.activeElement;
  return new Promise((answer) => {
    const say = (value) => {
      dialog.remove();
      before?.focus?.();
      answer(value);
    };
    const dialog = el('dialog', { class: 'dialog confirm', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      el('h2', { id: 'confirm-title', class: 'dialog-title' }, plainText(confirm.title)),
      el('div', { id: 'confirm-text', class: 'dialog-body' }, textOf(confirm.text, context)),
      el('footer', { class: 'dialog-foot' },
        el('button', { type: 'button', class: 'button', onclick: () => say(false) }, plainText(confirm.deny)),
        el('button', {
          type: 'button', class: `button ${(confirm.style ?? style) === 'danger' ? 'danger solid' : 'primary'}`, onclick: () => say(true),
        }, plainText(confirm.confirm))));
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      say(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
