// For somebody who has never been here: what to do first, as whom, and where. One press takes a step, and the next one is shown.
import { avatar } from './avatar.js';
import { el, fill, icon } from './dom.js';

const KEPT = 'playground-steps';
const state = { at: 0, isOpen: !matchMedia('(max-width: 800px)').matches, isHidden: false };
try { Object.assign(state, JSON.parse(sessionStorage.getItem(KEPT))); } catch { /* Then from the beginning. */ }
let shown = '';

export function showSteps(screen, take) {
  const place = document.getElementById('steps');
  const { steps } = screen.workspace;
  const signature = JSON.stringify([steps, state]);
  if (shown === signature) return;
  shown = signature;
  if (state.isHidden || steps.length === 0) return fill(place);

  const change = (changes) => {
    Object.assign(state, changes);
    try { sessionStorage.setItem(KEPT, JSON.stringify(state)); } catch { /* Until the reload, then. */ }
    showSteps(screen, take);
  };
  const row = (step, index) => {
    const user = screen.people.find((one) => one.id === step.user);
    return user && el('button', {
      type: 'button', class: index === state.at ? 'step next' : index < state.at ? 'step done' : 'step', 'aria-current': index === state.at ? 'step' : null, 'data-focus': `step ${index}`,
      onclick() {
        change({ at: index + 1, isOpen: false });
        take(step);
      },
    }, el('span', { class: 'step-number' }, index + 1), avatar(user.id, user, 'tiny'), el('span', { class: 'step-text' }, `${step.sentence} `, step.line && el('code', {}, step.line)));
  };
  const tools = el('div', { class: 'steps-tools' },
    el('button', {
      type: 'button', class: 'icon-button small', 'aria-expanded': String(state.isOpen), 'aria-controls': 'steps-list', 'aria-label': 'All steps', title: 'All steps', 'data-focus': 'steps-all',
      onclick() {
        change({ isOpen: !state.isOpen });
        place.querySelector('[data-focus="steps-all"]').focus();
      },
    }, icon('down')),
    el('button', {
      type: 'button', class: 'icon-button small', 'aria-label': 'Hide the steps', title: 'Hide the steps',
      onclick() {
        change({ isHidden: true });
        document.getElementById('composer-text')?.focus();
      },
    }, icon('close')));
  const next = steps[state.at];
  return fill(place, el('section', { class: state.isOpen ? 'steps open' : 'steps', 'aria-label': 'Try it' },
    el('header', {}, state.isOpen
      ? el('h2', {}, 'Try it: one access, from the question to the proof')
      : el('h2', { class: 'steps-next' }, next ? row(next, state.at) : 'That was the whole story. Now anything else.'), tools),
    el('ol', { id: 'steps-list', hidden: !state.isOpen }, state.isOpen && steps.map((step, index) => el('li', {}, row(step, index))))));
}
