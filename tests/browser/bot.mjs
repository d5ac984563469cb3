// A bot of a few fixed answers, so that the page can be tried in seconds and without databases. It checks signatures as a real one would.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { approvalDialog, askCard, credentialsDialog, endedCard, everything, everyField, offerCard, secondDialog } from './blocks.mjs';

const ANA = 'U0ANA00001';
const APPROVALS = 'C0APPROVAL';

export class Bot {
  received = [];
  #server;
  #secrets;
  #api;

  constructor(secrets) { this.#secrets = secrets; }

  async start() {
    this.#server = createServer((request, response) => this.#take(request, response));
    await new Promise((ready) => { this.#server.listen(0, '127.0.0.1', ready); });
    return `http://127.0.0.1:${this.#server.address().port}/`;
  }

  serves(workspace) { this.#api = new URL('api/', workspace); }

  /** The newest delivery, once it is one that is looked for: the page may be done before the bot has heard. */
  async hears(is) {
    const end = Date.now() + 20_000;
    while (!this.received.length || !is(this.received.at(-1))) {
      if (Date.now() > end) throw new Error(`Never heard: ${is}; last was ${JSON.stringify(this.received.at(-1))}`);
      await new Promise((resume) => { setTimeout(resume, 25); });
    }
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((done) => { this.#server.close(done); });
  }

  async call(method, body) {
    const response = await fetch(new URL(method, this.#api), {
      method: 'POST', headers: { authorization: `Bearer ${this.#secrets.token}`, 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async #take(request, response) {
    let body = '';
    for await (const chunk of request) body += chunk;
    const stamp = request.headers['x-slack-request-timestamp'];
    const expected = `v0=${createHmac('sha256', this.#secrets.signing).update(`v0:${stamp}:${body}`).digest('hex')}`;
    if (request.headers['x-slack-signature'] !== expected) return response.writeHead(401).end();

    const form = new URLSearchParams(body);
    const isEvent = request.headers['content-type'].includes('json');
    const payload = isEvent ? JSON.parse(body) : form.has('payload') ? JSON.parse(form.get('payload')) : Object.fromEntries(form);
    this.received.push(payload);
    let answer;
    try {
      answer = await this.#answer(payload);
    } catch {
      // A dialog for a gesture that is delivered twice cannot open twice; and faults are played here too.
      return response.writeHead(500).end();
    }
    return response.writeHead(200, { 'content-type': 'application/json' }).end(answer ? JSON.stringify(answer) : '');
  }

  #answer(payload) {
    switch (payload.type) {
      case 'block_actions': return this.#pressed(payload);
      case 'view_submission': return this.#submitted(payload);
      case 'block_suggestion': return { options: ['orders-prod', 'orders-staging'].filter((name) => name.includes(payload.value)).map(option) };
      default: return payload.command ? this.#typed(payload) : null;
    }
  }

  async #typed({ text, user_id: user, channel_id: channel, trigger_id: trigger }) {
    const [verb] = text.split(' ');
    if (verb === 'access') {
      await this.call('chat.postMessage', { channel: APPROVALS, text: `<@${user}> asks for read on orders-prod`, blocks: askCard(user) });
      return { text: 'Asked. You will hear from me here.' };
    }
    if (verb === 'everything') await this.call('chat.postMessage', { channel, text: 'everything', blocks: everything() });
    if (verb === 'form') await this.call('views.open', { trigger_id: trigger, view: everyField() });
    if (verb === 'help') return { text: 'Try `/db access orders-prod read 2m a reason`.' };
    return null;
  }

  async #pressed({ actions: [action], trigger_id: trigger, user, message, channel }) {
    if (action.action_id === 'approve') await this.call('views.open', { trigger_id: trigger, view: approvalDialog(message.ts) });
    if (action.action_id === 'show') await this.call('views.open', { trigger_id: trigger, view: credentialsDialog() });
    if (action.action_id === 'deny') await this.call('chat.update', { channel: channel.id, ts: message.ts, text: 'Denied', blocks: endedCard(`Denied by <@${user.id}>`) });
  }

  async #submitted({ view, user }) {
    const values = Object.values(view.state.values).map((block) => Object.values(block)[0]);
    if (view.callback_id === 'form') return { response_action: 'push', view: secondDialog() };
    if (view.callback_id === 'second') return { response_action: 'clear' };
    if (values[0].value !== 'orders-prod') return { response_action: 'errors', errors: { target: `You typed '${values[0].value}'; type orders-prod.` } };
    await this.call('chat.update', { channel: APPROVALS, ts: view.private_metadata, text: 'Approved', blocks: endedCard(`Approved by <@${user.id}>`) });
    await this.call('chat.postMessage', { channel: ANA, text: 'Your access is ready', blocks: offerCard() });
    return null;
  }
}

const option = (name) => ({ text: { type: 'plain_text', text: name }, value: name });
