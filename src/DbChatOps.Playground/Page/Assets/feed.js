// A run of messages: days between them, those of one author in a row drawn together, the end kept in sight.
import { day, fromTs, sameDay } from './dates.js';
import { el, keep, roving, settleRoving } from './dom.js';
import { drawMessage } from './message.js';

const TOGETHER_MS = 5 * 60 * 1000;
const NEAR_END_PX = 120;

export class Feed {
  #container;
  #scroller;
  #place = null;
  #known = new Set();
  #isAtEnd = true;
  #size = '';

  constructor(container, scroller) {
    this.#container = container;
    this.#scroller = scroller;
    roving(container, '.message');
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    // A panel that opens beside or above makes lines wrap and the place smaller; the end stays in sight.
    const observer = new ResizeObserver(() => { if (this.#isAtEnd) this.#toEnd(); });
    for (const part of [scroller, container]) observer.observe(part);
  }

  /** Shows messages; answers those of others that came since the last look at the same place. */
  show(messages, place, context) {
    const isSamePlace = this.#place === place;
    const wasAtEnd = !isSamePlace || this.#isAtEnd;
    const arrived = isSamePlace ? messages.filter((message) => !this.#known.has(message.ts) && message.user !== context.me) : [];
    const names = JSON.stringify([context.names, context.me, context.shortcuts, context.inThread]);

    keep(this.#container, this.#items(messages, context.inThread), {
      key: (item) => item.key,
      signature: (item) => (item.message ? JSON.stringify(item) + names : item.key),
      make: (item) => (item.message
        ? drawMessage(item.message, item, context)
        : el('div', { class: 'day' }, el('span', {}, item.label))),
    });
    settleRoving(this.#container, '.message', isSamePlace ? undefined : this.#container.querySelector('.message:last-child'));
    if (wasAtEnd) this.#toEnd();
    this.#place = place;
    this.#known = new Set(messages.map((message) => message.ts));
    return arrived;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const size = `${scrollHeight} ${clientHeight}`;
    const isResized = size !== this.#size;
    this.#size = size;
    // Nobody scrolled: the browser keeps a line in its place while the size changes.
    if (isResized && this.#isAtEnd) return;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #toEnd() {
    this.#isAtEnd = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #items(messages, inThread) {
    const items = [];
    let before = null;
    let last = null;
    for (const message of messages) {
      const at = fromTs(message.ts);
      if (!last || !sameDay(at, last)) {
        items.push({ key: `day ${at.toDateString()}`, label: day(at) });
        before = null;
      }
      const isFollowUp = before?.user === message.user && before.onlyYou === message.onlyYou && !message.blocks && !before.blocks && at - fromTs(before.ts) < TOGETHER_MS;
      last = at;
      items.push({ key: message.ts, message, isFollowUp });
      // What a thread is about stands apart from what is said to it.
      before = inThread && message === messages[0] ? null : message;
    }
    return items;
  }
}
