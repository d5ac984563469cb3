// The look-alike of Slack in a process of its own, and people who use it through the endpoints of its page.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const program = process.env.PLAYGROUND_DLL ?? path.join(root, 'artifacts/bin/DbChatOps.Playground/release/DbChatOps.Playground.dll');

export const ids = {
  ana: 'U0ANA00001', bo: 'U0BO000002', pat: 'U0STRANGE6', gone: 'U0GONE0007', bot: 'U0DBCHATOPS',
  team: 'T0DBCHATOPS', app: 'A0DBCHATOPS', approvals: 'C0APPROVAL', general: 'C0GENERAL3', elsewhere: 'C0ELSEWHER', dba: 'S0DBA00001',
};

export const secret = () => randomBytes(16).toString('hex');

export class Workspace {
  tokens = { bot: `xoxb-${secret()}`, app: `xapp-1-${secret()}`, signing: secret() };
  #process;

  /** Where a bot listens, or nothing for Socket Mode. */
  static async open({ deliverTo, shortcuts = {} } = {}) {
    const workspace = new Workspace();
    const { bot, app, signing } = workspace.tokens;
    const reach = deliverTo ? ['--deliver-to', deliverTo] : ['--app-token', app];
    const menu = Object.entries(shortcuts).flatMap(([id, name]) => ['--message-shortcut', `${id}=${name}`]);
    workspace.#process = spawn('dotnet', [program, 'chat', '--port', '0', '--bot-token', bot, '--signing-secret', signing, ...reach, ...menu], { stdio: ['ignore', 'pipe', 'inherit'] });
    workspace.address = await printed(workspace.#process, /Open (http\S+)/);
    return workspace;
  }

  get api() { return `${this.address}api/`; }

  async close() {
    const { exitCode } = this.#process;
    if (exitCode !== null) return;
    const ended = new Promise((done) => { this.#process.once('exit', done); });
    this.#process.kill('SIGTERM');
    await ended;
  }

  person(id) { return new Person(this, id); }

  /** Lets something go wrong; see the page's panel of faults. */
  fault(fault, more = {}) { return this.post('faults', { fault, ...more }); }

  async faults() { return (await fetch(`${this.address}playground/faults`)).json(); }

  async traffic() { return (await (await fetch(`${this.address}playground/traffic`)).json()).entries; }

  async post(path, body) {
    const response = await fetch(`${this.address}playground/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${answer.error}`);
    return answer;
  }
}

/** Everything a person of the workspace can do and see, as the page does it. */
export class Person {
  constructor(workspace, id) { Object.assign(this, { workspace, id }); }

  /** Does it and answers what the person is told went wrong: null when all went well. */
  async does(gesture, wish) { return (await this.workspace.post(`gestures/${gesture}`, { as: this.id, ...wish })).trouble ?? null; }

  says(text, where = ids.general, thread) { return this.does('say', { in: where, text, thread: thread ?? null }); }

  presses(message, block, action) { return this.does('press', { ts: message.ts, block, action }); }

  async suggestions(wish, typed) { return (await this.workspace.post('gestures/suggest', { as: this.id, typed, ...wish })).options; }

  async screen(where = ids.general, thread = '') {
    return (await fetch(`${this.workspace.address}playground/screen?as=${this.id}&in=${where}&thread=${thread}`)).json();
  }

  async messages(where) { return (await this.screen(where)).conversation.messages; }

  async last(where) { return (await this.messages(where)).at(-1); }

  async dialogs() { return (await this.screen()).dialogs; }

  async dialog() { return (await this.dialogs()).at(-1); }

  /** Submits the dialog in front with these fields filled in: block, action and what is typed or chosen. */
  async submits(fields = []) {
    const { id } = await this.dialog();
    return this.does('submit', { view: id, fields: fields.map(([block, action, ...choices]) => ({ block, action, choices })) });
  }
}

/** Waits until something is there to be seen; the machine may be busy. */
export async function eventually(look, what = look.toString(), patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`Never seen: ${what}`);
    await new Promise((resume) => { setTimeout(resume, 25); });
  }
}

export function printed(process, pattern) {
  return new Promise((found, failed) => {
    let all = '';
    process.stdout.on('data', (chunk) => {
      all += chunk;
      const match = pattern.exec(all);
      if (match) found(match[1] ?? match[0]);
    });
    process.once('exit', (code) => failed(new Error(`The program ended with ${code}: ${all}`)));
  });
}
