// Interactive elements. A field inside a form only fills the form; everything else is sent to the bot at once.
import { el } from './dom.js';
import { ask } from './confirm.js';
import { popup } from './menu.js';
import { lookup } from './lookup.js';
import { plainText } from './mrkdwn.js';

const choicesOf = (value) => {
  if (!value) return [];
  const one = value.value ?? value.selected_option?.value ?? value.selected_user ?? value.selected_channel ?? value.selected_conversation
    ?? value.selected_date ?? value.selected_time ?? value.selected_date_time ?? value.rich_text_value?.elements?.[0]?.elements?.[0]?.text;
  if (one !== undefined && one !== null) return [String(one)];
  return (value.selected_options?.map((option) => option.value) ?? value.selected_users ?? value.selected_channels ?? value.selected_conversations ?? []);
};

/** What an app put in before anybody chose; a view's state has it already, a message's has not. */
const initial = (element) => Object.fromEntries(Object.entries(element)
  .filter(([name]) => name.startsWith('initial_'))
  .map(([name, value]) => [name === 'initial_value' ? 'value' : name.replace('initial_', 'selected_'), value]));

function current(block, element, context) {
  return context.form?.draft(block, element) ?? choicesOf(context.values?.[block.block_id]?.[element.action_id] ?? initial(element));
}

/** Sends or fills what was picked; when the person thinks better of it, shows again what stood there. */
async function report(block, element, context, choices, restore) {
  if (block.type === 'input' && context.form) {
    context.form.fill(block, element, choices);
    if (!block.dispatch_action) return;
  }
  if (element.confirm && !(await ask(element.confirm, element.style))) restore?.();
  else await context.choose(block, element, choices);
}

function button(block, element, context, common) {
  const style = { primary: 'primary', danger: 'danger' }[element.style] ?? '';
  const press = async (event) => {
    const node = event.currentTarget;
    if (node.getAttribute('aria-busy')) return;
    if (element.confirm && !(await ask(element.confirm, element.style))) return;
    node.setAttribute('aria-busy', 'true');
    await context.press(block, element);
    node.removeAttribute('aria-busy');
  };
  const shared = { ...common, class: `button ${style}`, 'aria-label': element.accessibility_label ?? null, onclick: press };
  return element.url
    ? el('a', { ...shared, href: /^https?:/.test(element.url) ? element.url : null, target: '_blank', rel: 'noopener noreferrer' }, plainText(element.text))
    : el('button', { ...shared, type: 'button' }, plainText(element.text));
}

function overflow(block, element, context, common) {
  const items = element.options.map((option) => ({
    label: plainText(option.text).join(''),
    run: () => {
      if (option.url && /^https?:/.test(option.url)) open(option.url, '_blank', 'noopener');
      return report(block, element, context, [option.value]);
    },
  }));
  return popup({ ...common, class: 'button overflow', label: 'More', items });
}

const asOption = (option) => ({ value: option.value, label: plainText(option.text).join('') });
const people = ({ names }) => Object.entries(names.users).filter(([, user]) => !user.bot).map(([id, user]) => ({ value: id, label: `${user.name} (@${user.handle})` }));
const channels = ({ names }) => Object.entries(names.channels).map(([id, name]) => ({ value: id, label: `#${name}` }));

function offered(element, context) {
  if (/users_select$/.test(element.type)) return people(context);
  if (/(channels|conversations)_select$/.test(element.type)) return channels(context);
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)].map(asOption);
}

function select(block, element, context, common) {
  const [chosen = ''] = current(block, element, context);
  const option = ({ value, label }) => el('option', { value, selected: value === chosen }, label);
  const groups = element.option_groups?.map((group) => el('optgroup', { label: plainText(group.label).join('') }, group.options.map(asOption).map(option)));
  const onchange = (event) => report(block, element, context, [event.target.value].filter(Boolean), () => { event.target.value = chosen; });
  return el('span', { class: 'select' }, el('select', { ...common, onchange },
    el('option', { value: '' }, plainText(element.placeholder).join('') || 'Choose…'), groups ?? offered(element, context).map(option)));
}

function choiceGroup(block, element, context, common) {
  const [type, chosen] = [element.type === 'radio_buttons' ? 'radio' : 'checkbox', current(block, element, context)];
  const group = el('fieldset', { class: 'choices', 'aria-describedby': common['aria-describedby'], 'data-focus': common['data-focus'], 'aria-label': common['aria-label'] });
  for (const { value, label } of offered(element, context)) {
    const box = el('input', { type, name: `${context.key}-${block.block_id}-${element.action_id}`, value, checked: chosen.includes(value) });
    group.append(el('label', { class: 'choice' }, box, label));
  }
  group.addEventListener('change', () => {
    const picked = [...group.querySelectorAll('input:checked')].map((box) => box.value);
    report(block, element, context, picked, () => { for (const box of group.querySelectorAll('input')) box.checked = chosen.includes(box.value); });
  });
  return group;
}

const seconds = (local) => (local ? String(Math.floor(new Date(local).getTime() / 1000)) : '');
const localTime = (unix) => {
  if (!unix) return '';
  const date = new Date(Number(unix) * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
};

function picker(block, element, context, common) {
  const isMoment = element.type === 'datetimepicker';
  const [chosen = ''] = current(block, element, context);
  const type = { datepicker: 'date', timepicker: 'time', datetimepicker: 'datetime-local' }[element.type];
  const onchange = (event) => report(block, element, context, [isMoment ? seconds(event.target.value) : event.target.value].filter(Boolean));
  return el('input', { ...common, type, class: 'field-box', value: isMoment ? localTime(chosen) : chosen, onchange });
}

function textInput(block, element, context, common) {
  const type = { number_input: 'number', email_text_input: 'email', url_text_input: 'url' }[element.type] ?? 'text';
  const isLong = element.multiline || element.type === 'rich_text_input';
  const onchange = (event) => report(block, element, context, [event.target.value]);
  const oninput = (event) => context.form?.keep(block, element, [event.target.value]);
  const shared = {
    ...common, class: 'field-box', value: current(block, element, context)[0] ?? '', placeholder: plainText(element.placeholder).join('') || null,
    maxlength: element.max_length, autocomplete: 'off', onchange, oninput, autofocus: element.focus_on_load,
  };
  return isLong ? el('textarea', { ...shared, rows: 4 }) : el('input', { ...shared, type, spellcheck: type === 'text' ? null : 'false' });
}

/** @param field id, description and validity where the element stands under a label */
export function control(block, element, context, field = {}) {
  const isField = Boolean(field.id);
  const common = {
    id: field.id ?? null,
    'aria-describedby': field.described ?? null,
    'aria-invalid': field.invalid ? 'true' : null,
    'aria-required': isField && !block.optional ? 'true' : null,
    'aria-label': isField || element.type === 'button' ? null : plainText(element.placeholder).join('') || 'Choose',
    'data-focus': `${context.key}|${block.block_id}|${element.action_id}`,
  };
  switch (element.type) {
    case 'button': return button(block, element, context, common);
    case 'overflow': return overflow(block, element, context, common);
    case 'checkboxes': case 'radio_buttons': case 'multi_static_select': case 'multi_users_select':
    case 'multi_channels_select': case 'multi_conversations_select':
      return choiceGroup(block, element, context, common);
    case 'external_select': return lookup(block, element, context, common, (choices) => report(block, element, context, choices));
    case 'datepicker': case 'timepicker': case 'datetimepicker': return picker(block, element, context, common);
    case 'image': return el('span', { class: 'undrawn' }, `🖼 ${element.alt_text}`);
    case 'file_input': case 'multi_external_select': return el('span', { class: 'undrawn' }, `[${element.type} cannot be used here]`);
    default: return element.type.endsWith('_select') ? select(block, element, context, common) : textInput(block, element, context, common);
  }
}
