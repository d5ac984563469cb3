import { el } from './dom.js';
import { toast } from './toast.js';

export function copyButton(text) {
  return el('button', {
    type: 'button',
    class: 'copy',
    'aria-label': 'Copy this text',
    async onclick(event) {
      try {
        await navigator.clipboard.writeText(text);
        event.target.textContent = 'Copied';
        setTimeout(() => { event.target.textContent = 'Copy'; }, 2000);
      } catch {
        toast('The browser did not allow copying; select the text instead.', 'problem');
      }
    },
  }, 'Copy');
}
