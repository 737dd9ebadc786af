import { describe, expect, it } from '@jest/globals';
import { batchAck, receiptsOf } from '../../../src/rocketmq/pop-receipt.ts';
import type { StoredMessage } from '../../../src/rocketmq/stored-message.ts';

const message = (queue: number, offset: number, properties: ReadonlyMap<string, string> = new Map()): StoredMessage => ({
  queue,
  offset,
  body: Buffer.alloc(0),
  properties,
  bornAt: 0,
  storedAt: 0,
});

describe('receipts of messages that were handed out', () => {
  const fields = { startOffsetInfo: '0 3 4711;0 5 17', popTime: '1000', invisibleTime: '60000', reviveQid: '2' };
  const answer = { code: 0, remark: '', fields, body: Buffer.alloc(0) };

  it("come from the answer's first offset of each queue", () => {
    const [first, second] = receiptsOf(answer, [message(3, 4712), message(5, 17)], 'broker-a');
    const common = { broker: 'broker-a', retry: '0', popTime: 1000, invisibleTime: 60000, reviveQueue: 2 };
    expect(first).toEqual({ ...common, queue: 3, offset: 4712, startOffset: 4711 });
    expect(second).toEqual({ ...common, queue: 5, offset: 17, startOffset: 17 });
  });

  it('come with the message where it was handed out before', () => {
    const given = new Map([['POP_CK', '7 2000 30000 1 2 broker-b 0 9']]);
    expect(receiptsOf(answer, [message(3, 4712, given)], 'broker-a')).toEqual([
      { broker: 'broker-b', queue: 0, offset: 9, retry: '2', startOffset: 7, popTime: 2000, invisibleTime: 30000, reviveQueue: 1 },
    ]);
  });

  it('are acknowledged together as bits from the first offset on', () => {
    const receipts = receiptsOf(answer, [message(3, 4711), message(3, 4713), message(3, 4720), message(5, 17)], 'broker-a');
    const body = JSON.parse(batchAck('group', 'orders', 'broker-a', receipts).toString());
    const common = { c: 'group', t: 'orders', r: '0', rq: 2, pt: 1000, it: 60000 };
    expect(body).toEqual({
      brokerName: 'broker-a',
      acks: [
        { ...common, so: 4711, q: 3, b: Buffer.from([0b101, 0b10]).toString('base64') },
        { ...common, so: 17, q: 5, b: Buffer.from([1]).toString('base64') },
      ],
    });
  });
});
