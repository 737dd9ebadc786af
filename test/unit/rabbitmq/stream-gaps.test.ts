import { describe, expect, it } from '@jest/globals';
import { ConnectError, silentLogger } from '../../../src/api/index.ts';
import { type Gap, StreamGaps, type StreamGapsOptions } from '../../../src/connectors/rabbitmq/streams/stream-gaps.ts';

function open(options: Partial<StreamGapsOptions>) {
  let looks = 0;
  const firstOffset = options.firstOffset ?? (async () => 0);
  const gaps = new StreamGaps({
    stream: 'events',
    serverVersion: 3,
    onOffsetGap: 'fail',
    logger: silentLogger,
    ...options,
    firstOffset: () => {
      looks += 1;
      return firstOffset();
    },
    onChange() {},
  });
  const judge = async (gap: Gap) => {
    const first = gaps.judge(gap);
    if (first !== undefined) return first;
    expect(gaps.isLooking).toBe(true);
    await gaps.settled();
    return gaps.judge(gap);
  };
  return { gaps, judge, looks: () => looks };
}

const GAP: Gap = { from: 5, to: 7, receivedUpTo: 9 };

describe('offsets that gave nothing', () => {
  it.each([
    { serverVersion: 3, onOffsetGap: 'fail', passed: true },
    { serverVersion: 4, onOffsetGap: 'fail', passed: false },
    { serverVersion: 4, onOffsetGap: 'skip', passed: true },
    { serverVersion: 0, onOffsetGap: 'fail', passed: false },
    { serverVersion: 0, onOffsetGap: 'skip', passed: true },
  ] as const)('are passed over: $passed, by RabbitMQ $serverVersion with onOffsetGap $onOffsetGap', async ({ passed, ...options }) => {
    const verdict = await open(options).judge(GAP);
    if (passed) expect(verdict).toBe('pass');
    else {
      expect(verdict).toMatchObject({
        code: 'RECORD_REFUSED',
        message: expect.stringContaining('from offset 5 to 6: stored offsets of stream clients, or compressed batches'),
        remedy: expect.stringContaining('source.onOffsetGap'),
      });
    }
  });

  it.each([
    { serverVersion: 3, onOffsetGap: 'fail' },
    { serverVersion: 4, onOffsetGap: 'skip' },
  ] as const)('are refused where retention removed them, by RabbitMQ $serverVersion with onOffsetGap $onOffsetGap', async (options) => {
    expect(await open({ ...options, firstOffset: async () => 6 }).judge(GAP)).toMatchObject({
      code: 'RECORD_REFUSED',
      message: 'retention removed messages of stream events before they were copied, from offset 5 to 6',
    });
  });

  it('are refused where nobody can tell whether retention removed them', async () => {
    expect(await open({ firstOffset: async () => undefined }).judge(GAP)).toMatchObject({
      code: 'RECORD_REFUSED',
      message: expect.stringContaining("whether retention removed it can't be told"),
    });
  });

  it('are told once a run, where that may be a loss', async () => {
    const { gaps, judge } = open({ serverVersion: 4, onOffsetGap: 'skip' });
    await judge(GAP);
    await judge({ from: 8, to: 9, receivedUpTo: 9 });
    expect(gaps.notices()).toEqual([expect.stringContaining('stream events gave nothing from offset 5 to 6')]);
    expect(gaps.notices()).toEqual([]);
  });

  it('are not told where they are no loss', async () => {
    const { gaps, judge } = open({ serverVersion: 3 });
    await judge(GAP);
    expect(gaps.notices()).toEqual([]);
  });

  it('cost one look for all that were received before it, and another one for later ones', async () => {
    const { judge, looks } = open({});
    await judge(GAP);
    await judge({ from: 8, to: 9, receivedUpTo: 100 });
    expect(looks()).toBe(1);
    await judge({ from: 9, to: 10, receivedUpTo: 100 });
    expect(looks()).toBe(2);
  });

  it('are not passed over where the look fails', async () => {
    const failure = new ConnectError('TIMEOUT', 'nothing came', { retriable: true });
    await expect(open({ firstOffset: () => Promise.reject(failure) }).judge(GAP)).rejects.toBe(failure);
  });
});
