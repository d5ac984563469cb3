// The bot as it is run, in a process of its own, and Slack's side of its door: signed commands and interactions.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually, root, secret } from './workspace.mjs';

const program = process.env.HOST_DLL ?? path.join(root, 'artifacts/bin/DbChatOps.Host/release/DbChatOps.Host.dll');

export class BotHost {
  log = '';
  signing = secret();

  /** `slack`, `people` and `groups` of the configuration, and the one server that it guards. */
  static async start({ slack, people, groups, server, signing = secret() }) {
    const bot = new BotHost();
    bot.signing = signing;
    bot.folder = await mkdtemp(path.join(tmpdir(), 'dbchatops-host-'));
    bot.address = `http://127.0.0.1:${await freePort()}/`;
    const file = path.join(bot.folder, 'appsettings.json');
    await writeFile(file, JSON.stringify(configuration({ slack: { ...slack, SigningSecret: signing }, people, groups, server, folder: bot.folder })), { mode: 0o600 });
    bot.process = spawn('dotnet', [program, 'serve', '--config', file], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ASPNETCORE_URLS: bot.address } });
    for (const stream of [bot.process.stdout, bot.process.stderr]) stream.on('data', (chunk) => { bot.log += chunk; });
    const isUp = async () => {
      if (bot.process.exitCode !== null) throw new Error(`The bot ended with ${bot.process.exitCode}: ${bot.log}`);
      // A server that a busy machine kept from answering is looked at again.
      return fetch(`${bot.address}healthz/ready`).then(async (answer) => answer.ok && !/^server /m.test(await answer.text()), () => false);
    };
    await eventually(isUp, 'the bot is ready', 60_000);
    return bot;
  }

  /** Signs and sends a form; answers Slack's view of it. */
  send(doorway, fields) { return this.#post(doorway, new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded'); }

  async #post(doorway, body, type) {
    const stamp = String(Math.floor(Date.now() / 1000));
    const signature = `v0=${createHmac('sha256', this.signing).update(`v0:${stamp}:${body}`).digest('hex')}`;
    const response = await fetch(`${this.address}slack/${doorway}`, {
      method: 'POST', body, headers: { 'content-type': type, 'x-slack-request-timestamp': stamp, 'x-slack-signature': signature },
    });
    const text = await response.text();
    return { status: response.status, json: text ? JSON.parse(text) : null };
  }

  /** An event in its envelope. */
  tells(payload) { return this.#post('events', JSON.stringify(payload), 'application/json'); }

  interacts(payload) { return this.send('interactions', { payload: JSON.stringify(payload) }); }

  async stop() {
    if (this.process.exitCode === null) {
      const ended = new Promise((done) => { this.process.once('exit', done); });
      this.process.kill('SIGTERM');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  const { port } = server.address();
  await new Promise((done) => { server.close(done); });
  return port;
}

function configuration({ slack, people, groups, server, folder }) {
  const node = { Host: '127.0.0.1', Port: server.port, Kind: 'Writer' };
  return {
    Instance: { Id: 'strangers', Key: secret() + secret() },
    Slack: { Mode: 'Http', DatabaseCommand: '/db', ...slack },
    Security: { AcceptChatOnly: true },
    Store: { Provider: 'Sqlite', ConnectionString: `Data Source=${path.join(folder, 'dbchatops.db')}` },
    People: people,
    Groups: groups,
    Servers: [{
      Id: 'prod', Engine: 'PostgreSql', Flavour: 'Plain', Environment: 'Production', AdminDatabase: 'postgres', Nodes: [node],
      Minter: { User: 'dbchatops_bot', Password: server.password }, Databases: [{ Name: 'orders', Target: 'orders-prod' }], Levels: { read: {}, write: {} },
    }],
    Policies: [{
      Name: 'orders', Covers: { Environments: ['Production'], Levels: ['read', 'write'] }, Requesters: ['developers'], MaximumWindow: '4h', DefaultWindow: '30m',
      Rule: { Seats: [{ Name: 'dba', Groups: ['dba'] }], PendingFor: '30m', ClaimWithin: '15m' }, Extension: { Allowed: true, MaximumTotal: '8h', MaximumTimes: 3 },
    }],
  };
}
