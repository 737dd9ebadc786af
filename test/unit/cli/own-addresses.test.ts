import { describe, expect, it } from '@jest/globals';
import { ownAddresses } from '../../../src/cli/shared/own-addresses.ts';
import { connectorSpec } from '../../support/specs.ts';

const found = (system: object, endpoints = 'rocketmq.example:9876') =>
  ownAddresses(connectorSpec({ system: { ...system }, rocketmq: { ...connectorSpec().rocketmq, endpoints } }));

describe('addresses of the machine itself', () => {
  it.each([
    ['127.0.0.1:9092'],
    ['kafka-1:9092,localhost:9092'],
    ['amqp://user@127.0.0.1:5672'],
    ['amqps://LOCALHOST/shop'],
    ['[::1]:3306'],
    ['localhost'],
    ['kafka-1:9092; 127.0.1.1:9092'],
  ])('are found in %s', (address) => {
    const warning = { level: 'warning', code: 'UNREACHABLE', option: 'source.address', remedy: expect.stringMatching('--target local') };
    expect(found({ address })).toMatchObject([warning]);
    expect(found({ address: [address] })).toMatchObject([warning]);
  });

  it('are found for RocketMQ, too, one finding an option', () => {
    expect(found({ url: 'localhost:1', topics: ['a'] }, '127.0.0.1:9876;127.0.0.1:9877').map(({ option }) => option)).toEqual([
      'source.url',
      'rocketmq.endpoints',
    ]);
  });

  it.each([
    ['localhost.example.com:9092'],
    ['mylocalhost:9092'],
    ['10.127.0.0:9092'],
    ['1127.0.0.1'],
    ['kafka-1:9092'],
    ['orders-127.0.0.1x'],
  ])('are not seen in %s', (address) => {
    expect(found({ address })).toEqual([]);
  });
});
