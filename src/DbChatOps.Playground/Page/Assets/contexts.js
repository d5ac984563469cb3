// The place where blocks are drawn, and so what a press there says to the workspace.
import { gesture } from './api.js';

export const messageContext = (message, { me, names }) => {
  const say = (kind, block, element, more) => gesture(kind, { as: me, ts: message.ts, block: block.block_id, action: element.action_id, ...more });
  return {
    me,
    names,
    key: message.ts,
    values: message.values,
    press: (block, element) => say('press', block, element),
    choose: (block, element, choices) => say('choose', block, element, { choices }),
    suggest: async (block, element, typed) => (await say('suggest', block, element, { typed }))?.options ?? [],
  };
};

export const viewContext = (view, form, { me, names }) => {
  const say = (kind, block, element, more) => gesture(kind, {
    as: me, view: view.id, block: block.block_id, action: element.action_id, fields: form.fields(view.blocks), ...more,
  });
  return {
    me,
    names,
    form,
    key: view.id,
    values: view.values,
    errors: view.errors,
    press: (block, element) => say('press', block, element),
    choose: (block, element, choices) => say('choose', block, element, { choices }),
    suggest: async (block, element, typed) => (await say('suggest', block, element, { typed }))?.options ?? [],
  };
};
