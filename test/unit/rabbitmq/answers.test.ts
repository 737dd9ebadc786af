import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ChannelModel } from 'amqplib';
import { RabbitmqConnection } from '../../../src/connectors/rabbitmq/protocol/connection.ts';

const LIMIT_MS = 200;

/** The connection as its `open` makes it, on a socket whose server says what a test lets it say. */
const Connection = RabbitmqConnection as unknown as new (
  model: ChannelModel,
  section: string,
  address: object,
  answerMs: number,
) => RabbitmqConnection;

let server: Server;
let client: Socket;
let ofServer: Socket;
let connection: RabbitmqConnection;
beforeEach(async () => {
  server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const accepted = once(server, 'connection');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  ofServer = (await accepted)[0] as Socket;
  const publishing = { channels: [], frameMax: 131_072 };
  const wire = {
    rest: Buffer.alloc(0),
    stream: client,
    recvFrame: () => false,
    recvSinceLastCheck: false,
    serverProperties: {},
    ...publishing,
  };
  connection = new Connection({ connection: wire, on: () => {} } as unknown as ChannelModel, 'source', { shown: 'amqp://a' }, LIMIT_MS);
});
afterEach(() => {
  client.destroy();
  ofServer.destroy();
  server.close();
});

function beBusy(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

it('an answer that lies there while this process is busy is no silence of the server', async () => {
  const answer = connection.answered(() => once(client, 'data'));
  ofServer.write('the answer');
  beBusy(2 * LIMIT_MS);
  expect(String(await answer)).toBe('the answer');
  expect(connection.failure).toBeUndefined();
});

it('a server that says nothing is given up', async () => {
  await expect(connection.answered(() => once(client, 'data'))).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
  expect(connection.failure?.message).toContain('does not answer');
});
