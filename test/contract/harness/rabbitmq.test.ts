import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import { stackAddresses } from '../../support/stack.ts';
import { numbered } from '../source-connector/numbered.ts';
import { rabbitmqHarness } from './rabbitmq.ts';
import type { SourceLab } from './source-harness.ts';

let lab: SourceLab;
let consumer: ChannelModel;
beforeAll(async () => {
  lab = await rabbitmqHarness.open();
  consumer = await connect((await stackAddresses()).rabbitmq);
});
afterAll(async () => {
  await consumer?.close();
  await lab?.[Symbol.asyncDispose]();
});

describe('the messages that RabbitMQ still holds', () => {
  it('include those that a consumer has, also one that was cancelled, and not those that it acknowledged', async () => {
    const source = await lab.createSource(1);
    const [queue = ''] = source.partitions;
    const pending = () => source.pending?.(queue);
    await source.fill(queue, numbered(10, 0));
    const channel = await consumer.createChannel();
    const delivered: ConsumeMessage[] = [];
    const { consumerTag } = await channel.consume(queue, (message) => message && delivered.push(message));
    while (delivered.length < 10) await sleep(10);
    expect(await pending()).toBe(10);

    channel.ack(delivered[3] as ConsumeMessage, true);
    await channel.cancel(consumerTag);
    expect(await pending()).toBe(6);

    await channel.close();
    expect(await pending()).toBe(6);
  });
});
