import { describe, expect, it } from '@jest/globals';
import { listTopics } from '../../../src/rocketmq/list-topics.ts';
import type { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { requestCode, responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import type { RemotingResponse } from '../../../src/rocketmq/remoting/frame.ts';

const answer = (topicList: readonly string[], code = 0, remark = ''): RemotingResponse => ({
  code,
  remark,
  fields: {},
  body: Buffer.from(JSON.stringify({ topicList })),
});

const TOPICS = [
  'orders',
  'shop%orders',
  'shop%payments',
  'other%orders',
  '%RETRY%billing',
  '%DLQ%shop%billing',
  'east',
  'east_REPLY_TOPIC',
  'my_REPLY_TOPIC',
  'broker-a',
  'TBW102',
  'DefaultHeartBeatSyncerTopic',
  'rmq_sys_wheel_timer',
  'RMQ_SYS_TRACE_TOPIC',
];

/** Lists what a name server with these topics, cluster `east` and broker `broker-a` says. */
function list(namespace = '', answerTo: (address: string, code: number) => RemotingResponse = () => answer(TOPICS), endpoints = 'ns:1') {
  const request = async (address: string, { code }: { readonly code: number }) =>
    code === requestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS ? answer(['east', 'broker-a']) : answerTo(address, code);
  const config = { endpoints, namespace, tls: false, requestTimeoutMs: 1_000 };
  return listTopics({ request } as unknown as RemotingClient, config);
}

describe('a list of topics', () => {
  it('has those that people made, in no namespace or in one', async () => {
    expect(await list()).toEqual(['my_REPLY_TOPIC', 'orders']);
    expect(await list('shop')).toEqual(['orders', 'payments']);
    expect(await list('nobody')).toEqual([]);
  });

  it('comes from the endpoint that has one', async () => {
    const oneOf = (address: string) => (address === 'ns:1' ? answer(TOPICS) : answer([], responseCode.REQUEST_CODE_NOT_SUPPORTED));
    expect(await list('', oneOf, 'proxy:1;ns:1')).toContain('orders');
  });

  it.each([
    ['a proxy', responseCode.REQUEST_CODE_NOT_SUPPORTED, 'request type 206 not supported', 'WRONG_KIND', 'name a name server (port 9876)'],
    ['a name server that gives none', responseCode.SYSTEM_ERROR, 'disable', 'FORBIDDEN', 'enableAllTopicList=true'],
    ['a user who may not', responseCode.NO_PERMISSION, 'User:a has no permission', 'FORBIDDEN', 'rocketmq.topics'],
  ])('is not to be had from %s, which the error says with the remedy', async (_, code, remark, error, remedy) => {
    await expect(list('', () => answer([], code, remark))).rejects.toMatchObject({
      code: error,
      message: expect.stringMatching(/^rocketmq\.topicsPattern: ns:1 /),
      remedy: expect.stringContaining(remedy),
    });
  });
});
