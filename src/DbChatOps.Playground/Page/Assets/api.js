// The workspace's page endpoints. What a person cannot do comes back as a sentence.
import { toast } from './toast.js';

export class Impossible extends Error {}

async function send(path, options) {
  let response;
  try {
    response = await fetch(`/playground/${path}`, options);
  } catch {
    throw new Impossible('The workspace cannot be reached.');
  }
  const type = response.headers.get('content-type') ?? '';
  const body = type.includes('json') ? await response.json() : { error: await response.text() };
  if (!response.ok) throw new Impossible(body.error || `The workspace answered ${response.status}.`);
  return body;
}

export const get = (path, query = {}) => {
  const present = Object.entries(query).filter(([, value]) => value);
  return send(present.length ? `${path}?${new URLSearchParams(present)}` : path, {});
};

export const post = (path, body) => send(path, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
});

const troubles = {
  operation_timeout: 'The bot did not answer within three seconds.',
  dispatch_failed: 'The bot could not be reached.',
  http_service_error: 'The bot refused this, or failed at it.',
};

/**
 * Does a gesture; says what went wrong and answers null, or answers what came of it.
 * @param isTold the workspace says itself, in the conversation, that the bot answered badly
 */
export async function gesture(name, wish, isTold = false) {
  try {
    const outcome = await post(`gestures/${name}`, wish);
    if (outcome.trouble && !isTold) toast(troubles[outcome.trouble] ?? `The bot answered badly: ${outcome.trouble}.`, 'problem');
    return outcome;
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    toast(error.message, 'problem');
    return null;
  }
}
