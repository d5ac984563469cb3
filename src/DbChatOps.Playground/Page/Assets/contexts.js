// The place where blocks are drawn, and so what a press there says to the workspace.
import { gesture } from './api.js';

const gestures = (where) => {
  const say = (kind, block, element, more) => gesture(kind, { ...where(), block: block.block_id, action: element.action_id, ...more });
  return {
    press: (block, element) => say('press', block, element),
    choose: (block, element, choices) => say('choose', block, element, { choices }),
    suggest: async (block, element, typed) => (await say('suggest', block, element, { typed }))?.options ?? [],
  };
};

export const messageContext = (message, { me, names }) => ({
  me,
  names,
  key: message.ts,
  values: message.values,
  ...gestures(() => ({ as: me, ts: message.ts })),
});

export const viewContext = (view, form, { me, names }) => ({
  me,
  names,
  form,
  key: view.id,
  values: view.values,
  errors: view.errors,
  // What stands in the fields is asked for at the gesture.
  ...gestures(() => ({ as: me, view: view.id, fields: form.fields(view.blocks) })),
});
