// What stands in the fields of one dialog (or Home) while somebody works in it. The world learns of each field when it is left; a half-written
// one lives here alone, until the next press or the submission takes it along.
import { post } from './api.js';

export class Form {
  #drafts = new Map();
  #labels = new Map();

  constructor(me, viewId) {
    this.me = me;
    this.viewId = viewId;
  }

  draft(block, element) { return this.#drafts.get(name(block, element))?.choices; }

  draftLabel(block, element) { return this.#labels.get(name(block, element)); }

  keep(block, element, choices) {
    this.#drafts.set(name(block, element), { block: block.block_id, action: element.action_id, type: element.type, choices });
  }

  keepLabel(block, element, label) { this.#labels.set(name(block, element), label); }

  fill(block, element, choices) {
    this.keep(block, element, choices);
    // A value that is refused now is refused again, and then said, when it is sent.
    post('gestures/fill', { as: this.me, view: this.viewId, fields: this.fields() }).catch(() => {});
  }

  /** Only of fields that are still there: an update may have taken some away. */
  fields(blocks) {
    const there = blocks && new Map(blocks.filter((block) => block.type === 'input').map((block) => [block.block_id, block.element]));
    return [...this.#drafts.values()]
      .filter(({ block, action, type }) => !there || (there.get(block)?.action_id === action && there.get(block).type === type))
      .map(({ block, action, choices }) => ({ block, action, choices }));
  }
}

const name = (block, element) => `${block.block_id}|${element.action_id}|${element.type}`;
