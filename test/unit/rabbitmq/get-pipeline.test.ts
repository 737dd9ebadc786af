import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import type { Channel } from 'amqplib';
import { pipelineGets } from '../../../src/connectors/rabbitmq/read/get-feed.ts';

const require = createRequire(import.meta.url);
const lib = '../../../node_modules/amqplib/lib';
const inner = require(`${lib}/channel_model.js`) as { Channel: new (connection: unknown) => Channel };
const defs = require(`${lib}/defs.js`) as Record<
  'BasicGet' | 'BasicGetOk' | 'BasicGetEmpty' | 'BasicProperties' | 'ChannelClose' | 'ChannelCloseOk',
  number
>;

/** The client's own channel, over a connection that keeps what is sent. */
function open() {
  const sent: number[] = [];
  const connection = { sendMethod: (_channel: number, method: number) => void sent.push(method), releaseChannel() {} };
  const channel = new inner.Channel(connection);
  channel.on('error', () => {});
  pipelineGets(channel);
  const accept = (frame: object) => (channel as unknown as { accept(frame: object): void }).accept(frame);
  const give = (deliveryTag: number, body: string) => {
    accept({ id: defs.BasicGetOk, fields: { deliveryTag } });
    accept({ id: defs.BasicProperties, fields: {}, size: body.length });
    if (body.length > 0) accept({ content: Buffer.from(body) });
  };
  return { channel, sent, accept, give };
}

const text = (got: Awaited<ReturnType<Channel['get']>>) => (got === false ? got : got.content.toString());

it('sends each request at once', () => {
  const { channel, sent } = open();
  for (let count = 0; count < 3; count += 1) channel.get('queue').catch(() => {});
  expect(sent).toEqual([defs.BasicGet, defs.BasicGet, defs.BasicGet]);
});

it('gives each answer to the request that it belongs to', async () => {
  const { channel, accept, give } = open();
  const got = Promise.all(['1', '2', '3', '4'].map(() => channel.get('queue')));
  give(1, 'first');
  give(2, '');
  accept({ id: defs.BasicGetEmpty, fields: {} });
  give(3, 'last');
  expect((await got).map(text)).toEqual(['first', '', false, 'last']);
});

it('refuses all that wait when the server closes the channel', async () => {
  const { channel, accept } = open();
  const got = Promise.allSettled([channel.get('queue'), channel.get('queue')]);
  accept({ id: defs.ChannelClose, fields: { replyCode: 404, replyText: 'NOT_FOUND', classId: 60, methodId: 70 } });
  expect((await got).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

it('refuses all that wait when our side closes the channel, also what the server answers meanwhile', async () => {
  const { channel, accept, give } = open();
  const got = Promise.allSettled([channel.get('queue'), channel.get('queue'), channel.get('queue')]);
  give(1, 'first');
  const closing = channel.close();
  give(2, 'too late');
  accept({ id: defs.ChannelCloseOk, fields: {} });
  await closing;
  expect((await got).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
});

it('refuses all that wait when the connection is lost', async () => {
  const { channel } = open();
  const got = Promise.allSettled([channel.get('queue'), channel.get('queue')]);
  (channel as unknown as { toClosed(): void }).toClosed();
  expect((await got).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
