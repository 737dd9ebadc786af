import { describe, expect, it } from '@jest/globals';
import definition from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb.js';
import service from 'rocketmq-client-nodejs/proto/apache/rocketmq/v2/service_pb.js';
import {
  decodeAcknowledged,
  decodeInvisible,
  decodeReceived,
  encodeAck,
  encodeInvisible,
  toNumber,
} from '../../../src/rocketmq/grpc/consumer/wire.ts';

const group = new definition.Resource().setName('connect-orders');
const topic = new definition.Resource().setName('orders');
const [groupBytes, topicBytes] = [group.serializeBinary(), topic.serializeBinary()];

describe("the codec of RocketMQ's most frequent messages over gRPC", () => {
  it("decodes a received message as RocketMQ's own client encodes it", () => {
    const system = new definition.SystemProperties()
      .setTag('paid')
      .setKeysList(['a', 'b'])
      .setMessageId('01AB')
      .setReceiptHandle('0 1 2')
      .setQueueId(7)
      .setQueueOffset(2 ** 40)
      .setDeliveryAttempt(3)
      .setMessageGroup('größe')
      .setBodyEncoding(definition.Encoding.GZIP);
    const message = new definition.Message()
      .setSystemProperties(system)
      .setBody(Buffer.from([0, 255]))
      .setTopic(topic);
    message.getUserPropertiesMap().set('größe', '1');
    const { message: read, status } = decodeReceived(new service.ReceiveMessageResponse().setMessage(message).serializeBinary());
    expect(status).toBeNull();
    expect(read?.userProperties).toEqual({ größe: '1' });
    expect(Buffer.from(read?.body ?? []).toString('hex')).toBe('00ff');
    const { queueOffset, ...own } = read?.systemProperties ?? ({} as never);
    expect(own).toMatchObject({ tag: 'paid', keys: ['a', 'b'], messageId: '01AB', receiptHandle: '0 1 2', queueId: 7 });
    expect(own).toMatchObject({ deliveryAttempt: 3, messageGroup: 'größe', bodyEncoding: 2 });
    expect(toNumber(queueOffset)).toBe(2 ** 40);
  });

  it('has the defaults of absent fields', () => {
    const empty = new definition.Message().setSystemProperties(new definition.SystemProperties());
    const { message } = decodeReceived(new service.ReceiveMessageResponse().setMessage(empty).serializeBinary());
    expect(message?.systemProperties).toMatchObject({});
    const { tag, keys, queueId, storeTimestamp } = message?.systemProperties ?? ({} as never);
    expect({ tag, keys, queueId, storeTimestamp }).toEqual({ tag: '', keys: [], queueId: 0, storeTimestamp: null });
  });

  it('encodes acknowledgements that its client decodes', () => {
    const entries = [
      { messageId: '01AB', receiptHandle: '0 1' },
      { messageId: '01AC', receiptHandle: '0 2' },
    ];
    const read = service.AckMessageRequest.deserializeBinary(encodeAck({ group: groupBytes, topic: topicBytes, entries })).toObject();
    expect(read.group?.name).toBe('connect-orders');
    expect(read.topic?.name).toBe('orders');
    expect(read.entriesList).toMatchObject(entries);
  });

  it('decodes the answers to acknowledgements', () => {
    const status = new definition.Status().setCode(40_013).setMessage('expired');
    const answer = new service.AckMessageResponse().setStatus(new definition.Status().setCode(20_000));
    answer.addEntries().setReceiptHandle('0 1').setStatus(status);
    const read = decodeAcknowledged(answer.serializeBinary());
    expect(read.status?.code).toBe(20_000);
    expect(read.entries[0]).toMatchObject({ receiptHandle: '0 1', status: { code: 40_013, message: 'expired' } });
  });

  it('encodes a request for more time, and decodes its answer', () => {
    const request = { group: groupBytes, topic: topicBytes, messageId: '01AB', receiptHandle: '0 1', ms: 61_500 };
    const read = service.ChangeInvisibleDurationRequest.deserializeBinary(encodeInvisible(request)).toObject();
    expect(read).toMatchObject({ receiptHandle: '0 1', messageId: '01AB', invisibleDuration: { seconds: 61, nanos: 500_000_000 } });
    const answer = new service.ChangeInvisibleDurationResponse().setReceiptHandle('5 1').setStatus(new definition.Status().setCode(20_000));
    expect(decodeInvisible(answer.serializeBinary())).toMatchObject({ receiptHandle: '5 1', status: { code: 20_000 } });
  });
});
