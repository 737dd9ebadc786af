import { describe, expect, it } from '@jest/globals';
import { CopyWatch } from '../../../src/cli/target/copy-watch.ts';

describe('the progress of a run', () => {
  const begin = (...tasks: number[]) => {
    let now = 1_000;
    const watch = new CopyWatch(tasks, () => now);
    const pass = (ms: number) => {
      now += ms;
    };
    const wait = (place: string) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const over = watch.during(place, () => promise);
      return () => {
        resolve();
        return over;
      };
    };
    return { watch, pass, wait };
  };

  it('is what RocketMQ has acknowledged', () => {
    const { watch, pass } = begin(0);
    watch.sent(3, 300);
    watch.sent(2, 200);
    pass(500);
    expect(watch.progress).toEqual({ tasks: 1, ended: 0, elsewhere: 0, records: 5, bytes: 500, elapsedMs: 500 });
  });

  it('is of how many, once each task knows how many are left', () => {
    const { watch } = begin(0, 1);
    watch.read(0, 10, 90);
    expect(watch.progress.total).toBeUndefined();
    watch.read(1, 5, 15);
    watch.sent(10, 1);
    expect(watch.progress).toMatchObject({ records: 10, total: 120 });
    watch.read(0, 20, 80);
    expect(watch.progress.total).toBe(130);
  });

  it('is not of how many where one task can not know', () => {
    const { watch } = begin(0, 1);
    watch.read(0, 10, 90);
    watch.read(1, 10, undefined);
    expect(watch.progress.total).toBeUndefined();
    watch.ended(1);
    expect(watch.progress.total).toBe(110);
  });

  it('is what it waits for, once nothing has moved for three seconds', () => {
    const { watch, pass, wait } = begin(0);
    wait('RocketMQ at rmq:9876');
    pass(2_999);
    expect(watch.progress.waits).toBeUndefined();
    pass(1);
    expect(watch.progress.waits).toEqual({ for: 'RocketMQ at rmq:9876', ms: 3_000 });
    pass(9_000);
    expect(watch.progress.waits?.ms).toBe(12_000);
    watch.sent(1, 1);
    expect(watch.progress.waits).toBeUndefined();
    pass(4_000);
    expect(watch.progress.waits?.ms).toBe(4_000);
  });

  it('is RocketMQ where the source is waited for, too, and nothing once neither is', async () => {
    const { watch, pass, wait } = begin(0);
    const polled = wait('the source');
    pass(10_000);
    expect(watch.progress.waits).toEqual({ for: 'the source', ms: 10_000 });
    const sent = wait('RocketMQ at rmq:9876');
    pass(5_000);
    expect(watch.progress.waits).toEqual({ for: 'RocketMQ at rmq:9876', ms: 5_000 });
    await sent();
    expect(watch.progress.waits).toMatchObject({ for: 'the source' });
    await polled();
    expect(watch.progress.waits).toBeUndefined();
  });

  it('is how many tasks have ended, and how many others run', () => {
    const { watch } = begin(0, 1, 2);
    watch.ended(0);
    watch.elsewhere(1, true);
    watch.elsewhere(2, true);
    watch.elsewhere(2, false);
    expect(watch.progress).toMatchObject({ tasks: 3, ended: 1, elsewhere: 1 });
  });
});
