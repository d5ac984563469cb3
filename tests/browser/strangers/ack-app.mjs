// The yardstick of the benchmark `acks`: an app on Slack's own framework that acknowledges /db and stores nothing.
//   by HTTP:    PORT, SIGNING_SECRET
//   by socket:  SLACK_API, APP_TOKEN
import bolt from '@slack/bolt';

const { App, HTTPReceiver, LogLevel, SocketModeReceiver } = bolt;
const { PORT, SIGNING_SECRET, SLACK_API, APP_TOKEN } = process.env;
const receiver = APP_TOKEN
  ? new SocketModeReceiver({ appToken: APP_TOKEN, logLevel: LogLevel.ERROR, installerOptions: { clientOptions: { slackApiUrl: SLACK_API } } })
  : new HTTPReceiver({ signingSecret: SIGNING_SECRET, endpoints: ['/slack/commands'], logLevel: LogLevel.ERROR });
const app = new App({ receiver, logLevel: LogLevel.ERROR, authorize: async () => ({ botToken: 'xoxb-acks', botId: 'B0ACKS0001', botUserId: 'U0ACKS0001' }) });
app.command('/db', async ({ command, ack }) => ack({ response_type: 'ephemeral', text: `You typed ${command.text}` }));
await app.start(...(APP_TOKEN ? [] : [{ port: Number(PORT), host: '127.0.0.1' }]));
console.log('ready');
