// Socket Mode as Slack's own clients keep it: two connections, ends that are announced and ends that are not, and second deliveries.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LogLevel, SocketModeClient } from '@slack/socket-mode';
import { BoltStage } from './bolt.mjs';
import { Workspace, eventually, ids } from './workspace.mjs';

const patience = { timeout: 120_000 };

describe('Bolt on two sockets', patience, () => {
  let stage;
  let ana;
  const sockets = async () => (await stage.workspace.faults()).sockets;

  before(async () => {
    stage = await BoltStage.bySocket(2);
    ana = stage.workspace.person(ids.ana);
  });
  after(() => stage?.strike());

  async function says(times) {
    const before = stage.of('command').length;
    for (let time = 0; time < times; time++) assert.equal(await ana.says('/db hello'), null);
    return stage.of('command').slice(before);
  }

  test('each delivery goes to one of them, and to both in turn', async () => {
    assert.equal(await sockets(), 2);
    const heard = await says(6);
    assert.equal(heard.length, 6);
    assert.equal(new Set(heard.map((one) => one.app)).size, 2);
  });

  for (const end of ['refresh', 'warning']) {
    test(`an end that is announced loses nothing: ${end}`, async () => {
      await stage.workspace.fault(end);
      assert.equal((await says(4)).length, 4);
      await eventually(async () => await sockets() === 2, 'a new socket in its place');
      assert.equal(new Set((await says(6)).map((one) => one.app)).size, 2);
    });
  }

  test('lines that are cut are opened anew', async () => {
    await stage.workspace.fault('cut');
    await eventually(async () => await sockets() === 2, 'both are back', 40_000);
    assert.equal((await says(4)).length, 4);
  });
});

describe("Slack's own socket client", patience, () => {
  let workspace;
  let client;
  let connected;

  before(async () => {
    workspace = await Workspace.open();
    client = new SocketModeClient({ appToken: workspace.tokens.app, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl: workspace.api } });
    client.on('connected', () => { connected++; });
    connected = 0;
    await client.start();
  });
  after(async () => {
    await client?.disconnect();
    await workspace?.close();
  });

  test('an event that nobody acknowledged comes again: another envelope, the same event', async () => {
    const deliveries = [];
    client.on('app_mention', async (delivery) => {
      deliveries.push(delivery);
      if (delivery.retry_num > 0) await delivery.ack();
    });
    await workspace.person(ids.ana).says('@dbchatops hello');
    const [first, second] = await eventually(() => deliveries.length === 2 && deliveries, 'the second delivery');
    assert.deepEqual([first.retry_num, second.retry_num, second.retry_reason], [0, 1, 'http_timeout']);
    assert.equal(first.body.event_id, second.body.event_id);
    assert.notEqual(first.envelope_id, second.envelope_id);
  });

  test('what nobody acknowledges is lost when it is a gesture', async () => {
    const envelopes = [];
    client.on('slash_commands', (delivery) => envelopes.push(delivery));
    assert.equal(await workspace.person(ids.ana).says('/db hello'), 'operation_timeout');
    assert.deepEqual(envelopes.map((one) => one.accepts_response_payload), [true]);
    const shown = await workspace.person(ids.ana).last();
    assert.match(shown.text, /operation_timeout/);
  });

  test('its pings are answered, so that it keeps the line', async () => {
    await eventually(() => client.websocket.lastPongReceivedTimestamp, 'a pong');
    assert.equal(connected, 1);
  });
});
