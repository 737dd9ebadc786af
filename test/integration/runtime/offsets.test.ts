import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AlterOffsetsResult, OffsetsResult } from '../../../src/runtime/planner-api.ts';
import { type LabSink, SinkLab } from '../../support/sink/sink-lab.ts';

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

describe('positions that a person sets', () => {
  let lab: SinkLab;
  let sink: LabSink;
  beforeAll(async () => {
    lab = await SinkLab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    sink = await lab.sink({ queues: 2 });
    await sink.fill(0, 20);
    await sink.apply();
  });

  const get = async () => {
    const { offsets } = await sink.ask<OffsetsResult>({ action: 'offsets', connector: sink.spec.name });
    return Object.fromEntries(offsets.map(({ partition, position }) => [partition, position]));
  };
  const alter = (offsets?: Readonly<Record<string, string | null>>) =>
    sink.ask<AlterOffsetsResult>({ action: 'alter-offsets', connector: sink.spec.name, ...(offsets && { offsets }) });

  it('are those that the next run goes on at, and are set back to what they were', async () => {
    await sink.run();
    const [queue, other] = [sink.queue(0), sink.queue(1)];
    const before = await get();
    expect(before).toEqual({ [queue]: expect.stringMatching(/^20@\d+$/), [other]: undefined });
    const { generation, altered } = await alter({ [queue]: '15' });
    expect(altered).toEqual([{ partition: queue, before: before[queue], after: '15' }]);
    expect(generation).toBe(2);
    expect(await get()).toEqual({ [queue]: '15', [other]: undefined });
    expect(await sink.run()).toMatchObject({ outcome: 'caught-up', records: 5 });
    expect(sink.target.offsets.get(queue)).toEqual([...numbers(20), ...numbers(5, 15)]);
    await alter({ [queue]: before[queue] as string });
    expect(await get()).toEqual(before);
    expect((await alter({ [queue]: before[queue] as string })).altered).toEqual([]);
  });

  it('start anew where startAt says', async () => {
    await sink.run();
    await alter();
    expect(await get()).toEqual({ [sink.queue(0)]: undefined, [sink.queue(1)]: undefined });
    expect(await sink.run()).toMatchObject({ records: 20 });
    await sink.apply({ system: { startAt: 'latest' } as never });
    await sink.fill(0, 3);
    await alter({ [sink.queue(0)]: null });
    expect(await get()).toMatchObject({ [sink.queue(0)]: '23' });
    await sink.fill(0, 1);
    expect(await sink.run()).toMatchObject({ records: 1 });
  });

  it('are not overwritten by the run that was under way, which is followed by another one', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let writing = false;
    sink.target.onWrite = () => {
      writing = true;
      return promise;
    };
    const running = sink.invoke();
    while (!writing) await sleep(10);
    await alter({ [sink.queue(0)]: '7' });
    resolve();
    await running;
    expect(await get()).toMatchObject({ [sink.queue(0)]: '7' });
    const [item] = await lab.runtime.store.listTasks(sink.spec.name);
    expect(item).toMatchObject({ leaseUntil: 0 });
    sink.target.onWrite = () => {};
    expect(await sink.run()).toMatchObject({ records: 13 });
  });

  it('stay set where the connector is paused, and it stays paused', async () => {
    await sink.ask({ action: 'pause', connector: sink.spec.name });
    await alter({ [sink.queue(0)]: '18' });
    expect(await sink.invoke()).toMatchObject({ outcome: 'paused' });
    await sink.ask({ action: 'resume', connector: sink.spec.name });
    expect(await sink.run()).toMatchObject({ records: 2 });
  });

  it('are left alone where the target has the last word', async () => {
    sink.target.positionsAreIn = 'table shop.positions';
    await expect(alter({ [sink.queue(0)]: '1' })).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: expect.stringContaining('are in table shop.positions as well, and the later one counts'),
    });
  });

  it.each([
    [{ 'flights:broker-a:9': '1' }, 'has no partition "flights:broker-a:9"; nothing was changed'],
    [{ first: '21' }, 'can\'t go on at "21": the queue has offsets 0 to 20; nothing was changed'],
    [{ first: 'x1' }, 'can\'t go on at "x1": an offset of a queue is a whole number; nothing was changed'],
    [{}, 'offsets: positions by partition are expected'],
    [{ first: 4 as never }, 'offsets: positions by partition are expected'],
  ])('are refused: %j', async (offsets, message) => {
    await sink.run();
    const before = await get();
    const { first, ...others } = offsets as Readonly<Record<string, string>>;
    const wanted = {
      ...(first !== undefined && { [sink.queue(0)]: first }),
      ...(Object.keys(others).length > 0 && { [sink.queue(1)]: '0' }),
    };
    await expect(alter({ ...wanted, ...others })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message),
    });
    expect(await get()).toEqual(before);
  });
});
