// Slack's markup as nodes. Nothing here makes markup from text: every leaf is a text node.
import { el } from './dom.js';
import { fromTokens, full } from './dates.js';
import { emoji, isEmoji } from './emoji.js';

const unescaped = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const styles = { '*': 'strong', _: 'em', '~': 's' };
const boundary = /[\s\p{P}\p{S}]/u;
const url = /^(?:https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]}'"])/;

export function link(address, label) {
  let target = null;
  try { target = new URL(address); } catch { /* No address: only its label is shown. */ }
  if (!target || !['http:', 'https:', 'mailto:'].includes(target.protocol)) return document.createTextNode(label);
  return el('a', { href: target.href, target: '_blank', rel: 'noopener noreferrer' }, label);
}

export const person = (id, names, me) => el(
  'span', { class: id === me ? 'mention mine' : 'mention', title: names.users[id]?.name }, `@${names.users[id]?.handle ?? id}`);

export const channel = (id, names) => el('span', { class: 'mention' }, `#${names.channels[id] ?? 'a channel you are not in'}`);

export function moment(seconds, pattern, fallback) {
  const text = fromTokens(seconds, pattern);
  return el('time', { class: 'moment', title: text ? `${full(new Date(seconds * 1000))} (${fallback})` : null }, text ?? fallback);
}

function reference(inside, { names, me }) {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? '' : unescaped(inside.slice(bar + 1));
  if (target.startsWith('@')) return person(target.slice(1), names, me);
  if (target.startsWith('#')) return channel(target.slice(1), names);
  if (target.startsWith('!date^')) {
    const [, seconds, pattern] = target.split('^');
    return moment(Number(seconds), pattern ?? '', label);
  }
  if (target.startsWith('!subteam^')) return el('span', { class: 'mention' }, `@${names.groups[target.slice(9)] ?? (label || 'group')}`);
  if (target.startsWith('!')) return el('span', { class: 'mention loud' }, `@${target.slice(1)}`);
  return link(unescaped(target), label || unescaped(target));
}

function closing(text, from, mark) {
  for (let at = text.indexOf(mark, from + 2); at > 0; at = text.indexOf(mark, at + 1)) {
    const [before, after] = [text[at - 1], text[at + 1]];
    if (!/\s/.test(before) && before !== mark && (after === undefined || (boundary.test(after) && after !== mark))) return at;
  }
  return -1;
}

/** One line; marks do not reach beyond it. */
function inline(text, context) {
  const nodes = [];
  let plain = '';
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(unescaped(plain)));
    plain = '';
  };
  const take = (node, length) => {
    flush();
    nodes.push(node);
    return length;
  };

  for (let at = 0; at < text.length;) {
    const [mark, before] = [text[at], at === 0 ? undefined : text[at - 1]];
    const opens = before === undefined || boundary.test(before);
    let used = 0;
    if (mark === '<') {
      const end = text.indexOf('>', at);
      if (end > at + 1) used = take(reference(text.slice(at + 1, end), context), end - at + 1);
    } else if (mark === '`') {
      const end = text.indexOf('`', at + 1);
      if (end > at + 1) used = take(el('code', {}, unescaped(text.slice(at + 1, end))), end - at + 1);
    } else if (styles[mark] && opens && text[at + 1] !== mark && /\S/.test(text[at + 1] ?? ' ')) {
      const end = closing(text, at, mark);
      if (end > 0) used = take(el(styles[mark], {}, inline(text.slice(at + 1, end), context)), end - at + 1);
    } else if (mark === ':') {
      const name = /^:([a-z0-9_+-]+(?:::[a-z0-9-]+)?):/.exec(text.slice(at))?.[1];
      if (name && isEmoji(name)) used = take(el('span', { class: 'emoji', title: `:${name}:` }, emoji(name)), name.length + 2);
    } else if (mark === 'h' && opens && !context.verbatim) {
      const found = url.exec(unescaped(text.slice(at)))?.[0];
      // An address with an entity in it is longer as it was written.
      if (found) used = take(link(found, found), found.replaceAll('&', '&amp;').length);
    }
    if (used) at += used;
    else plain += text[at++];
  }
  flush();
  return nodes;
}

const quoted = (line) => /^(?:>|&gt;)(?!(?:>|&gt;){2})\s?(.*)$/.exec(line)?.[1];
const bullet = (line) => /^\s*[•◦▪]\s+(.*)$/.exec(line)?.[1];

function lines(text, context) {
  const nodes = [];
  let group = null;
  let isFirst = true;
  for (const line of text.split('\n')) {
    const [quote, item] = [quoted(line), bullet(line)];
    const kind = quote !== undefined ? 'blockquote' : item !== undefined ? 'ul' : null;
    if (kind !== (group?.kind ?? null)) {
      group = kind ? { kind, node: el(kind) } : null;
      if (group) nodes.push(group.node);
      isFirst = true;
    }
    const drawn = inline(quote ?? item ?? line, context);
    if (kind === 'ul') group.node.append(el('li', {}, drawn));
    else {
      if (!isFirst) drawn.unshift(el('br'));
      if (group) group.node.append(...drawn);
      else nodes.push(...drawn);
    }
    isFirst = false;
  }
  return nodes;
}

/** @param context names, me and, for text whose addresses are not links by themselves, verbatim */
export function mrkdwn(text, context) {
  return (text ?? '').split(/```/).flatMap((part, index, parts) => {
    if (index % 2 === 0) return part === '' ? [] : lines(index === 0 ? part : part.replace(/^\n/, ''), context);
    const isClosed = index < parts.length - 1;
    return isClosed ? [el('pre', {}, unescaped(part.replace(/^\n/, '').replace(/\n$/, '')))] : lines(`\`\`\`${part}`, context);
  });
}

/** A plain_text or mrkdwn object. */
export function textOf(object, context) {
  if (!object) return [];
  return object.type === 'mrkdwn' ? mrkdwn(object.text, { ...context, verbatim: object.verbatim }) : plainText(object);
}

export function plainText(object) {
  const text = object?.text ?? '';
  if (object?.emoji === false) return [text];
  return [text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => (isEmoji(name) ? emoji(name) : whole))];
}
