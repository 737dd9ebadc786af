import { describe, expect, it } from '@jest/globals';
import { positionBehind } from '../../../src/runtime/sink/queue-position.ts';
import { queueStart } from '../../../src/runtime/sink/queue-start.ts';
import { FakeQueues, messageAt } from './fake-queues.ts';

const behind = (offset: number) => positionBehind(messageAt(offset));

describe('what a run reads of a queue', () => {
  it.each([
    { name: 'all, where it was never read', position: undefined, share: { from: 100, to: 200 } },
    { name: 'from an offset on that a plan gave', position: '150', share: { from: 150, to: 200 } },
    { name: 'what is behind the last message that was read', position: behind(149), share: { from: 150, to: 200 } },
    {
      name: 'all, where the last message that was read was the last that was deleted',
      position: behind(99),
      share: { from: 100, to: 200 },
    },
    { name: 'nothing at its end', position: behind(199), share: { from: 200, to: 200 } },
  ])('is $name', async ({ position, share }) => {
    expect(await queueStart(new FakeQueues(100, 200), 't:b:0', position, 'fail')).toEqual(share);
  });

  it.each([
    { name: 'were deleted', position: behind(80), message: /no longer has the messages at offsets 81 to 99/ },
    { name: 'are behind its end', position: behind(250), message: /ends at offset 200, before 251/ },
    { name: 'are others, because the topic was made again', position: '150@1', message: /made again/ },
  ])('is lost where the messages $name, or begins anew where that is wanted', async ({ position, message }) => {
    const queues = new FakeQueues(100, 200);
    await expect(queueStart(queues, 't:b:0', position, 'fail')).rejects.toMatchObject({
      code: 'POSITION_LOST',
      retriable: false,
      message: expect.stringMatching(message),
      remedy: expect.stringContaining('sink.onOffsetLost to earliest'),
    });
    expect(await queueStart(queues, 't:b:0', position, 'earliest')).toEqual({ from: 100, to: 200, lost: expect.stringMatching(message) });
  });
});
