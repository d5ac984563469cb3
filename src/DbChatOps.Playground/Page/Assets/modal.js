// The dialog in front of a person. The stack lives in the world; here only its top is drawn.
import { gesture } from './api.js';
import { drawBlocks } from './blocks.js';
import { viewContext } from './contexts.js';
import { el, fill, focusOn, focusedName, icon } from './dom.js';
import { Form } from './form.js';
import { plainText } from './mrkdwn.js';

/** What is drawn: { me, id, signature, form, dialog }, and where the focus goes back to: { returnTo, returnName }. */
let shown = null;

/** Brings the screen in line with the stack of the person who looks. */
export function showDialogs(screen, refresh) {
  const view = screen.dialogs.at(-1);
  if (shown && (!view || shown.me !== screen.me)) close();
  if (!view) return;

  // What stands in the fields is the person's own doing and no reason to draw them anew.
  const { values, ...rest } = view;
  const signature = JSON.stringify([rest, screen.dialogs.length]);
  if (shown?.signature === signature) return;
  const isNew = shown?.id !== view.id;
  if (!shown) {
    const dialog = el('dialog', { class: 'dialog modal', 'aria-labelledby': 'modal-title' });
    document.body.append(dialog);
    shown = { dialog, returnTo: document.activeElement, returnName: focusedName() };
  }
  const form = isNew ? new Form(screen.me, view.id) : shown.form;
  Object.assign(shown, { me: screen.me, id: view.id, signature, form });
  draw(view, screen, form, refresh, isNew);
}

function draw(view, screen, form, refresh, isNew) {
  const { dialog } = shown;
  const focused = isNew ? undefined : focusedName();
  const leave = async () => {
    await gesture('close', { as: screen.me, view: view.id });
    refresh();
  };
  const title = plainText(view.title);
  const depth = screen.dialogs.length;
  const head = el('header', { class: 'dialog-head' },
    el('h2', { id: 'modal-title', class: 'dialog-title' }, title),
    depth > 1 && el('span', { class: 'depth' }, `${depth} of 3 deep`),
    el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close this dialog', 'data-focus': 'modal-close', onclick: leave }, icon('close')));
  const body = el('div', { class: 'dialog-body', tabindex: '-1' },
    view.trouble && el('p', { class: 'trouble', role: 'alert' }, view.trouble),
    drawBlocks(view.blocks, viewContext(view, form, screen)));
  const notes = el('div', { class: 'dialog-notes', role: 'status' });
  const submit = view.submit && el('button', { type: 'submit', class: 'button primary', 'data-focus': 'modal-submit' }, plainText(view.submit));
  const foot = el('footer', { class: 'dialog-foot' },
    el('button', { type: 'button', class: 'button', 'data-focus': 'modal-leave', onclick: leave }, view.close ? plainText(view.close) : 'Cancel'), submit);
  const frame = el('form', { novalidate: true, class: 'dialog-frame' }, head, body, notes, foot);
  frame.addEventListener('submit', (event) => {
    event.preventDefault();
    if (submit) send(view, screen, form, body, submit, refresh);
  });
  // A native dialog would close itself, but whether it closes is decided by the workspace.
  dialog.oncancel = (event) => { event.preventDefault(); leave(); };
  fill(dialog, frame);
  if (!dialog.open) dialog.showModal();
  settleFocus(dialog, body, focused);
}

function settleFocus(dialog, body, focused) {
  const invalid = body.querySelector('[aria-invalid]');
  if (invalid) invalid.focus();
  else if (!(focused && focusOn(focused, dialog))) {
    const first = body.querySelector('[autofocus], input, textarea, select, button:not(.copy)') ?? dialog.querySelector('[data-focus="modal-submit"]') ?? dialog.querySelector('[data-focus="modal-leave"]');
    first?.focus();
  }
}

async function send(view, screen, form, body, submit, refresh) {
  if (submit.getAttribute('aria-busy') || !isComplete(view, form, body)) return;
  submit.setAttribute('aria-busy', 'true');
  body.setAttribute('aria-busy', 'true');
  await gesture('submit', { as: screen.me, view: view.id, fields: form.fields(view.blocks) });
  submit.removeAttribute('aria-busy');
  body.removeAttribute('aria-busy');
  refresh();
}

/** The client's own word on empty fields; the workspace has the last one. */
function isComplete(view, form, body) {
  const missing = view.blocks.filter((block) => block.type === 'input' && !block.optional && isEmpty(block, form, view));
  for (const place of body.querySelectorAll('.block-input')) {
    const isMissing = missing.some((block) => block.block_id === place.dataset.block);
    const error = place.querySelector('.error');
    place.classList.toggle('invalid', isMissing);
    error.hidden = !isMissing;
    error.textContent = isMissing ? 'Please fill this in.' : '';
    const field = place.querySelector('input, textarea, select, fieldset');
    if (!isMissing) { field?.removeAttribute('aria-invalid'); continue; }
    field?.setAttribute('aria-invalid', 'true');
    field?.setAttribute('aria-describedby', error.id);
  }
  body.querySelector('[aria-invalid]')?.focus();
  return missing.length === 0;
}

function isEmpty(block, form, view) {
  const draft = form.draft(block, block.element);
  if (draft) return draft.every((choice) => choice === '');
  const { type, ...value } = view.values[block.block_id]?.[block.element.action_id] ?? {};
  return Object.values(value).every((one) => one === null || one === '' || (Array.isArray(one) && one.length === 0));
}

function close() {
  const { dialog, returnTo, returnName } = shown;
  shown = null;
  dialog.close();
  dialog.remove();
  // The button that was pressed has often been redrawn or is gone by now.
  if (returnTo?.isConnected && returnTo !== document.body) returnTo.focus();
  else if (!(returnName && focusOn(returnName))) document.getElementById('composer-text')?.focus();
}
