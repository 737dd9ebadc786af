import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listTopics } from '../../../src/rocketmq/list-topics.ts';
import { requestCode } from '../../../src/rocketmq/remoting/codes.ts';
import { remotingClient } from '../../../src/rocketmq/remoting-client.ts';
import { Topics } from './topics.ts';

describe('the topics that a name server lists', () => {
  let topics: Topics;
  const client = remotingClient({ tls: false });
  beforeAll(async () => {
    topics = await Topics.open();
  });
  afterAll(async () => {
    client.close();
    await topics?.[Symbol.asyncDispose]();
  });

  it('are those that people made, without what RocketMQ has for itself', async () => {
    const topic = await topics.create();
    await topics.admin.createTopic(`%RETRY%${topic}`);
    const { body } = await client.request(topics.namesrv, { code: requestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, fields: {} }, 20_000);
    const { topicList } = JSON.parse(String(body)) as { topicList: string[] };
    const own = ['DefaultCluster', 'DefaultCluster_REPLY_TOPIC', 'broker-a', 'BenchmarkTest', 'rmq_sys_wheel_timer', `%RETRY%${topic}`];
    expect(topicList).toEqual(expect.arrayContaining(own));
    const names = await listTopics(client, topics.config(topic));
    expect(names).toContain(topic);
    // Names that people give in tests have a hyphen and small letters.
    expect(names.filter((name) => /^[A-Z%]|^rmq_|^broker-a$/.test(name))).toEqual([]);
    await topics.admin.deleteTopic(`%RETRY%${topic}`);
  });
});
