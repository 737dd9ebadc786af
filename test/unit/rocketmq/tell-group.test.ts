import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { RemotingClient } from '../../../src/rocketmq/remoting/client.ts';
import { requestCode, responseCode } from '../../../src/rocketmq/remoting/codes.ts';
import type { RemotingRequest, RemotingResponse } from '../../../src/rocketmq/remoting/frame.ts';
import { tellGroup } from '../../../src/rocketmq/tell-group.ts';

const { UPDATE_CONSUMER_OFFSET, HEART_BEAT, UNREGISTER_CLIENT, PULL_MESSAGE } = requestCode;
const answer = (code: number, remark = ''): RemotingResponse => ({ code, remark, fields: {}, body: Buffer.alloc(0) });

function telling(answerTo: (request: RemotingRequest, nth: number) => RemotingResponse, queues = 1) {
  const asked: RemotingRequest[] = [];
  const request = async (_: string, sent: RemotingRequest) => {
    asked.push(sent);
    return answerTo(sent, asked.filter(({ code }) => code === sent.code).length);
  };
  const on = { client: { request } as unknown as RemotingClient, group: 'connect-c', timeoutMs: 1_000, resets: 'undo' as const };
  const places = Array.from({ length: queues }, (_, queue) => ({
    name: `t:b:${queue}`,
    address: 'b:1',
    broker: 'b',
    topic: 't',
    queue,
    offset: 40 + queue,
  }));
  return { result: tellGroup(on, places), codes: () => asked.map(({ code }) => code), asked };
}

describe('telling a consumer group where it is', () => {
  it('takes one request for each queue', async () => {
    const { result, asked } = telling(() => answer(responseCode.SUCCESS), 2);
    expect(await result).toEqual([]);
    expect(asked.map(({ code, fields }) => [code, fields.queueId, fields.commitOffset, fields.consumerGroup])).toEqual([
      [UPDATE_CONSUMER_OFFSET, '0', '40', 'connect-c'],
      [UPDATE_CONSUMER_OFFSET, '1', '41', 'connect-c'],
    ]);
  });

  it('makes a group known once to a broker that does not know it, and only then', async () => {
    let isKnown = false;
    const { result, codes } = telling(({ code }) => {
      if (code === HEART_BEAT) isKnown = true;
      return answer(isKnown || code !== UPDATE_CONSUMER_OFFSET ? responseCode.SUCCESS : responseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
    }, 3);
    expect(await result).toEqual([]);
    expect(codes().filter((code) => code !== UPDATE_CONSUMER_OFFSET)).toEqual([HEART_BEAT, UNREGISTER_CLIENT]);
  });

  it('sends the first offset alone, because of several at once a broker without any loses all but one', async () => {
    const waiting: Array<() => void> = [];
    const request = (_: string, { fields }: RemotingRequest) =>
      new Promise<RemotingResponse>((resolve) => {
        asked.push(fields.queueId);
        waiting.push(() => resolve(answer(0)));
      });
    const asked: unknown[] = [];
    const place = (queue: number) => ({ name: `t:b:${queue}`, address: 'b:1', broker: 'b', topic: 't', queue, offset: 1 });
    const on = { client: { request } as unknown as RemotingClient, group: 'g', timeoutMs: 1_000, resets: 'undo' as const };
    const told = tellGroup(on, [place(0), place(1), place(2)]);
    await setImmediate();
    expect(asked).toEqual(['0']);
    waiting[0]?.();
    await setImmediate();
    expect(asked).toEqual(['0', '1', '2']);
    for (const end of waiting) end();
    expect(await told).toEqual([]);
  });

  it('repeats the first offset of a group that it made known, because another task may have made it known, too', async () => {
    let isKnown = false;
    const { result, asked } = telling(({ code }) => {
      if (code === HEART_BEAT) isKnown = true;
      return answer(isKnown || code !== UPDATE_CONSUMER_OFFSET ? responseCode.SUCCESS : responseCode.SUBSCRIPTION_GROUP_NOT_EXIST);
    }, 2);
    await result;
    expect(asked.filter(({ code }) => code === UPDATE_CONSUMER_OFFSET).map(({ fields }) => fields.queueId)).toEqual(['0', '0', '0', '1']);
  });

  it('takes away a reset, which would keep the offset from being stored, and names the queue', async () => {
    const { result, codes } = telling(({ code }, nth) =>
      code === UPDATE_CONSUMER_OFFSET && nth === 1 ? answer(0, 'Offset has been previously reset') : answer(0),
    );
    expect(await result).toEqual(['t:b:0']);
    expect(codes()).toEqual([UPDATE_CONSUMER_OFFSET, PULL_MESSAGE, UPDATE_CONSUMER_OFFSET]);
  });

  it.each([
    ['a broker that makes no groups', responseCode.SUBSCRIPTION_GROUP_NOT_EXIST, '', 'NOT_FOUND', 'updateSubGroup'],
    ['a missing permission', responseCode.NO_PERMISSION, 'no permission', 'FORBIDDEN', 'Group:connect-c -a Sub'],
    ['a wrong key', responseCode.NO_PERMISSION, 'User:me is not found.', 'AUTH_FAILED', 'rocketmq.accessKey'],
  ])('names the remedy for %s', async (_, code, remark, meaning, remedy) => {
    const { result } = telling((request) => (request.code === UPDATE_CONSUMER_OFFSET ? answer(code, remark) : answer(0)));
    await expect(result).rejects.toMatchObject({ code: meaning, remedy: expect.stringContaining(remedy) });
  });
});
