// Block Kit. Where a block is drawn (message, dialog, Home) is in the context; what people do with it goes back through the context.
import { el } from './dom.js';
import { control } from './elements.js';
import { link, mrkdwn, plainText, textOf } from './mrkdwn.js';
import { richText } from './richtext.js';

const environments = { '🔴': 'production', '🟠': 'staging', '🟢': 'development' };

/** The environment that a card's first header names, by the sign it begins with. */
export function environmentOf(blocks) {
  const first = blocks?.find((block) => block.type === 'header')?.text?.text ?? '';
  return Object.entries(environments).find(([sign]) => first.startsWith(sign))?.[1] ?? null;
}

function header(block) {
  const text = plainText(block.text).join('');
  const sign = Object.keys(environments).find((candidate) => text.startsWith(candidate));
  const kind = sign ? `block-header environment ${environments[sign]}` : 'block-header';
  return el('h2', { class: kind }, sign ? [el('span', { class: 'dot', 'aria-hidden': 'true' }), text.slice(sign.length).trim()] : text);
}

function section(block, context) {
  const fields = block.fields?.map((field) => el('div', { class: 'field' }, textOf(field, context)));
  return el('div', { class: block.accessory ? 'block-section with-accessory' : 'block-section' },
    el('div', { class: 'section-body' }, block.text && el('div', { class: 'section-text' }, textOf(block.text, context)), fields && el('div', { class: 'fields' }, fields)),
    block.accessory && el('div', { class: 'accessory' }, control(block, block.accessory, context)));
}

const picture = (image) => link(image.image_url ?? '', `🖼 ${image.alt_text || 'Picture'}`);

function contextLine(block, context) {
  return el('div', { class: 'block-context' }, block.elements.map((part) => el(
    'span', { class: 'context-part' }, part.type === 'image' ? picture(part) : textOf(part, context))));
}

function input(block, context) {
  const id = `${context.key}-${block.block_id}`;
  const error = context.errors?.[block.block_id];
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || null;
  const field = control(block, block.element, context, { id, described, invalid: Boolean(error) });
  const isGroup = field.matches('fieldset');
  const label = [plainText(block.label), block.optional && el('span', { class: 'optional' }, ' (optional)')];
  if (isGroup) field.prepend(el('legend', {}, label));
  return el('div', { class: error ? 'block-input invalid' : 'block-input', 'data-block': block.block_id },
    !isGroup && el('label', { for: id }, label), field,
    block.hint && el('p', { class: 'hint', id: `${id}-hint` }, plainText(block.hint)),
    el('p', { class: 'error', id: `${id}-error`, hidden: !error }, error ?? ''));
}

function table(block, context) {
  const cell = (content) => (content.type === 'rich_text' ? richText(content, context) : String(content.text ?? content.value ?? ''));
  const [head, ...rows] = block.rows ?? [];
  return el('div', { class: 'block-table', tabindex: '0', role: 'region', 'aria-label': 'Table' }, el('table', {},
    head && el('thead', {}, el('tr', {}, head.map((content) => el('th', { scope: 'col' }, cell(content))))),
    el('tbody', {}, rows.map((row) => el('tr', {}, row.map((content) => el('td', {}, cell(content))))))));
}

function block(one, context) {
  switch (one.type) {
    case 'header': return header(one);
    case 'section': return section(one, context);
    case 'divider': return el('hr', { class: 'block-divider' });
    case 'context': return contextLine(one, context);
    case 'actions': return el('div', { class: 'block-actions' }, one.elements.map((element) => control(one, element, context)));
    case 'input': return input(one, context);
    case 'rich_text': return el('div', { class: 'block-rich' }, richText(one, context));
    case 'image': return el('p', { class: 'line' }, one.title && [plainText(one.title), ' '], picture(one));
    case 'markdown': return el('div', { class: 'block-section' }, mrkdwn(one.text, context));
    case 'alert': return el('div', { class: `block-alert ${['error', 'warning', 'success'].includes(one.level) ? one.level : ''}` }, textOf(one.text, context));
    case 'table': return table(one, context);
    default: return el('p', { class: 'undrawn' }, `[${one.type} is not drawn here]`);
  }
}

export const drawBlocks = (blocks, context) => (blocks ?? []).map((one) => block(one, context));
