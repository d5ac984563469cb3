// rich_text blocks: structured text, in which nothing has to be parsed.
import { el } from './dom.js';
import { emoji } from './emoji.js';
import { channel, link, moment, person } from './mrkdwn.js';
import { copyButton } from './copy.js';

function styled(node, style = {}) {
  let shown = node;
  if (style.code) shown = el('code', {}, shown);
  if (style.bold) shown = el('strong', {}, shown);
  if (style.italic) shown = el('em', {}, shown);
  if (style.strike) shown = el('s', {}, shown);
  if (style.underline) shown = el('u', {}, shown);
  return shown;
}

function piece(part, { names, me }) {
  switch (part.type) {
    case 'text': return styled(document.createTextNode(part.text), part.style);
    case 'link': return styled(link(part.url, part.text || part.url), part.style);
    case 'user': return person(part.user_id, names, me);
    case 'channel': return channel(part.channel_id, names);
    case 'usergroup': return el('span', { class: 'mention' }, `@${names.groups[part.usergroup_id] ?? 'group'}`);
    case 'broadcast': return el('span', { class: 'mention loud' }, `@${part.range}`);
    case 'emoji': return el('span', { class: 'emoji', title: `:${part.name}:` }, emoji(part.name));
    case 'date': return moment(part.timestamp, part.format ?? '{date_short_pretty} {time}', part.fallback ?? '');
    case 'color': return el('code', {}, part.value);
    default: return document.createTextNode(part.text ?? '');
  }
}

const pieces = (part, context) => (part.elements ?? []).map((inner) => piece(inner, context));

function preformatted(part, context) {
  const text = (part.elements ?? []).map((inner) => inner.text ?? inner.url ?? '').join('');
  return el('div', { class: 'code-block' }, el('pre', { tabindex: '0' }, pieces(part, context)), copyButton(text));
}

function list(part, context) {
  const items = part.elements.map((item) => el('li', {}, pieces(item, context)));
  return el(part.style === 'ordered' ? 'ol' : 'ul', { class: `indent-${Math.min(part.indent ?? 0, 4)}` }, items);
}

export function richText(block, context) {
  return (block.elements ?? []).map((part) => {
    switch (part.type) {
      case 'rich_text_preformatted': return preformatted(part, context);
      case 'rich_text_quote': return el('blockquote', {}, pieces(part, context));
      case 'rich_text_list': return list(part, context);
      default: return el('p', { class: 'line' }, pieces(part, context));
    }
  });
}
