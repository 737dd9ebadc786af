import { describe, expect, it } from '@jest/globals';
import { AnswerError, brief } from '../../../src/rocketmq/answer-errors.ts';

const asked = { address: '10.0.0.1:10911', topic: 'orders' };
const answered = (code: number, remark: string) => new AnswerError({ code, remark }, asked);

describe("RocketMQ's answers", () => {
  it.each([
    [1, 'org.apache.rocketmq.acl.common.AclException: No acl config for accessKey, CODE: 1', 'AUTH_FAILED', false, false],
    [1, 'org.apache.rocketmq.acl.common.AclException: Check signature failed for accessKey=me', 'AUTH_FAILED', false, false],
    [16, 'User:me is not found.', 'AUTH_FAILED', false, false],
    [16, 'username cannot be null.', 'AUTH_FAILED', false, false],
    [16, 'subject has no permission to access Topic:orders', 'FORBIDDEN', false, false],
    [16, 'the broker[10.0.0.1] sending message is forbidden', 'THROTTLED', true, false],
    [16, 'the topic[orders] sending message is forbidden', 'FORBIDDEN', false, false],
    [16, 'Get user from RocksDB failed.', 'INTERNAL', true, true],
    [16, 'get Acl from RocksDB failed', 'INTERNAL', true, true],
    [17, 'No topic route info in name server for the topic: orders', 'NOT_FOUND', true, true],
    [29, 'request queueId[9] is illegal', 'NOT_FOUND', true, false],
    [13, 'TopicMessageType validate failed', 'WRONG_KIND', false, false],
    [2, '[PC_SYNCHRONIZED]broker busy, start flow control for a while', 'THROTTLED', true, true],
    [14, 'the broker disk is full', 'THROTTLED', true, true],
    [10, '', 'TIMEOUT', true, false],
    [1, 'create mapped file failed', 'INTERNAL', true, true],
    [1, 'The broker does not support consumer to filter message by SQL92', 'CONFIG_INVALID', false, false],
    [1, 'accurate timer message is not enabled, timerWheelEnable is false', 'WRONG_KIND', false, false],
    [
      1,
      'timer message is under flow control, max num limit is 1 or the current value is greater than 1 and less than 1',
      'THROTTLED',
      true,
      true,
    ],
    [23, 'parse the consumer subscription failed', 'CONFIG_INVALID', false, false],
    [4711, '', 'INTERNAL', true, true],
  ])('%i %s', (code, remark, meaning, retriable, again) => {
    expect(answered(code, remark)).toMatchObject({ code: meaning, retriable, again });
  });

  it('are shown in one line, without links and stack traces', () => {
    const refused = 'java.lang.RuntimeException: message body size exceeded, org.apache.rocketmq.store.PutMessage.put(PutMessage.java:12)';
    expect(brief({ code: 13, remark: refused })).toBe('message body size exceeded (code 13)');
    const remark = 'the disk is full\nat Store.java:12\nFor more information, please visit the url, https://rocketmq.apache.org';
    expect(answered(14, remark).line).toBe(
      'THROTTLED: rocketmq.endpoints: 10.0.0.1:10911 answered: the disk is full (code 14); ' +
        "check the load and the disk of RocketMQ's broker, or run fewer tasks at a time",
    );
  });
});
