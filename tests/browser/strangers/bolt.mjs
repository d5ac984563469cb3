// A small app on Slack's own framework, by HTTP and by sockets, and the look-alike it talks to.
import { createServer } from 'node:http';
import bolt from '@slack/bolt';
import { listen } from './listeners.mjs';
import { Workspace } from './workspace.mjs';

const { App, HTTPReceiver, LogLevel, SocketModeReceiver } = bolt;
const shortcuts = { keep: 'Keep this' };

export class BoltStage {
  heard = [];
  errors = [];
  apps = [];

  /** The requests that Bolt did not get to see: so many are answered with 503. */
  refuses = 0;

  static async overHttp() {
    const stage = new BoltStage();
    stage.server = createServer((request, response) => {
      if (stage.refuses-- > 0) return response.writeHead(503).end();
      return stage.receiver.requestListener(request, response);
    });
    await new Promise((ready) => { stage.server.listen(0, '127.0.0.1', ready); });
    stage.workspace = await Workspace.open({ deliverTo: `http://127.0.0.1:${stage.server.address().port}/`, shortcuts });
    stage.receiver = new HTTPReceiver({
      signingSecret: stage.workspace.tokens.signing, endpoints: ['/slack/commands', '/slack/interactions', '/slack/events'], logLevel: LogLevel.ERROR,
    });
    await stage.adds(stage.receiver, false);
    return stage;
  }

  static async bySocket(connections = 1) {
    const stage = new BoltStage();
    stage.workspace = await Workspace.open({ shortcuts });
    for (let opened = 0; opened < connections; opened++) await stage.connects();
    return stage;
  }

  async connects() {
    const receiver = new SocketModeReceiver({
      appToken: this.workspace.tokens.app, clientPingTimeout: 3_000, logLevel: LogLevel.ERROR, installerOptions: { clientOptions: { slackApiUrl: this.workspace.api } },
    });
    await this.adds(receiver, true);
  }

  async adds(receiver, starts) {
    const app = new App({ receiver, token: this.workspace.tokens.bot, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl: this.workspace.api } });
    app.error(async (error) => { this.errors.push(error); });
    listen(app, (what, payload, context) => this.heard.push({ what, payload, context, app }));
    this.apps.push(app);
    if (starts) await app.start();
  }

  /** What arrived of one kind, oldest first. */
  of(what) { return this.heard.filter((one) => one.what === what); }

  async strike() {
    if (this.server) {
      this.server.closeAllConnections();
      this.server.close();
    } else {
      await Promise.all(this.apps.map((app) => app.stop()));
    }
    await this.workspace.close();
  }
}
