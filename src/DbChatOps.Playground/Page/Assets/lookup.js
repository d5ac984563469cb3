// external_select: the bot says what there is to choose from, while somebody types.
import { el } from './dom.js';
import { plainText } from './mrkdwn.js';
import { Suggestions } from './suggestions.js';

const PAUSE_MS = 200;

export function lookup(block, element, context, common, report) {
  const chosen = context.form?.draftLabel(block, element)
    ?? plainText(context.values?.[block.block_id]?.[element.action_id]?.selected_option?.text).join('');
  let shown = chosen;
  let asked = 0;
  const field = el('input', {
    ...common, type: 'text', class: 'field-box', value: chosen, autocomplete: 'off', placeholder: plainText(element.placeholder).join('') || 'Type to search…',
  });
  const list = new Suggestions(field, {
    label: 'What the app offers',
    pick(item) {
      field.value = shown = item.label;
      context.form?.keepLabel(block, element, item.label);
      report([item.value]);
    },
  });

  async function search() {
    const mine = ++asked;
    await new Promise((resume) => { setTimeout(resume, PAUSE_MS); });
    const typed = field.value === shown ? '' : field.value;
    if (mine !== asked || typed.length < (element.min_query_length ?? 3)) return;
    const options = await context.suggest(block, element, typed);
    if (mine === asked && document.activeElement === field)
      list.show(options.map((option) => ({ value: option.value, label: plainText(option.text).join('') })), { empty: 'Nothing was found.' });
  }

  field.addEventListener('input', () => {
    if (field.value === '') {
      shown = '';
      context.form?.keepLabel(block, element, '');
      report([]);
    }
    search();
  });
  field.addEventListener('focus', () => { field.select(); search(); });
  field.addEventListener('keydown', (event) => {
    if (!list.handles(event) && event.key === 'ArrowDown') search();
  });
  field.addEventListener('blur', () => {
    list.hide();
    field.value = shown;
  });
  return el('div', { class: 'lookup' }, field, list.list);
}
