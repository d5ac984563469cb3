// For somebody who has never been here: what to do first, as whom, and where. Each step can be taken with one press.
import { avatar } from './avatar.js';
import { el, fill } from './dom.js';

const HIDDEN = 'playground-steps-hidden';
let isHidden = false;
try { isHidden = sessionStorage.getItem(HIDDEN) === 'yes'; } catch { /* Then they show. */ }
let shown = '';

export function showSteps(screen, take) {
  const place = document.getElementById('steps');
  const signature = JSON.stringify([screen.workspace.steps, screen.me, isHidden]);
  if (shown === signature) return;
  shown = signature;
  const { steps } = screen.workspace;
  if (isHidden || steps.length === 0) return fill(place);

  const hide = () => {
    isHidden = true;
    try { sessionStorage.setItem(HIDDEN, 'yes'); } catch { /* Until the reload, then. */ }
    showSteps(screen, take);
    document.getElementById('composer-text')?.focus();
  };
  return fill(place, el('section', { class: 'steps', 'aria-labelledby': 'steps-heading' },
    el('header', {}, el('h2', { id: 'steps-heading' }, 'Try it: one access, from question to proof'), el('button', { type: 'button', class: 'quiet-link', onclick: hide }, 'Hide')),
    el('ol', {}, steps.map((step) => {
      const user = screen.people.find((one) => one.id === step.user);
      return user && el('li', {}, el('button', { type: 'button', class: 'step', 'data-focus': `step ${step.sentence}`, onclick: () => take(step) },
        avatar(user.id, user, 'tiny'), el('span', {}, `${step.sentence} `, step.line && el('code', {}, step.line))));
    }))));
}
