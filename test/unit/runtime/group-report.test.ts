import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../../src/api/index.ts';
import { groupOf } from '../../../src/runtime/sink/consumer-group.ts';
import { GroupReport } from '../../../src/runtime/sink/group-report.ts';

type Tell = (group: string, offsets: ReadonlyMap<string, number>) => Promise<readonly string[]>;

function reporting(answer: Tell) {
  const told: Array<Record<string, number>> = [];
  const notices = new Set<string>();
  const tell: Tell = (group, offsets) => {
    told.push(Object.fromEntries(offsets));
    return answer(group, offsets);
  };
  return { told, notices, report: new GroupReport({ tell: tell as never }, 'orders', { add: (notice) => notices.add(notice) }) };
}

const at = (offsets: Record<string, number>) => new Map(Object.entries(offsets));

describe('the report to a consumer group', () => {
  it('has a group for each connector, whose name RocketMQ takes', () => {
    expect(groupOf('orders')).toBe('connect-orders');
    const groups = ['shop.orders', 'shop_orders', 'shop.orders.', 'shop..orders', `s${'.'.repeat(63)}`].map(groupOf);
    expect(new Set(groups).size).toBe(groups.length);
    for (const group of groups) expect(group).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
  });

  it('tells each queue once, and again when it has moved', async () => {
    const { report, told, notices } = reporting(async () => []);
    await report.finish(at({ a: 1, b: 2 }), 10_000);
    await report.finish(at({ a: 1, b: 3 }), 10_000);
    await report.finish(at({ a: 1, b: 3 }), 10_000);
    expect(told).toEqual([{ a: 1, b: 2 }, { b: 3 }]);
    expect([...notices]).toEqual([]);
  });

  it('does not wait for a slow broker, and tells the last state at the end', async () => {
    const { promise, resolve } = Promise.withResolvers<readonly string[]>();
    const { report, told } = reporting(() => (told.length === 1 ? promise : Promise.resolve([])));
    for (const a of [1, 2, 3]) report.tell(at({ a }));
    expect(told).toEqual([{ a: 1 }]);
    const end = report.finish(at({ a: 4 }), 60_000);
    resolve([]);
    await end;
    expect(told).toEqual([{ a: 1 }, { a: 4 }]);
  });

  it('is a notice where it fails, and is not tried again where that is of no use', async () => {
    const forbidden = new ConnectError('FORBIDDEN', 'no permission', { remedy: 'allow it' });
    const { report, told, notices } = reporting(() => Promise.reject(forbidden));
    report.tell(at({ a: 1 }));
    await report.finish(at({ a: 2 }), 10_000);
    expect(told).toHaveLength(1);
    expect([...notices]).toEqual(['consumer group connect-orders does not show how far the connector is: no permission; allow it']);
  });

  it('is tried again with the next checkpoint where the broker was away', async () => {
    const away = new ConnectError('UNREACHABLE', 'away', { retriable: true });
    const { report, told } = reporting(() => (told.length === 1 ? Promise.reject(away) : Promise.resolve([])));
    await report.finish(at({ a: 1 }), 10_000);
    await report.finish(at({ a: 1 }), 10_000);
    expect(told).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('gives up a broker that does not answer before the run has to end', async () => {
    const { report, notices } = reporting(() => new Promise(() => {}));
    await report.finish(at({ a: 1 }), 20);
    expect([...notices].join()).toContain('RocketMQ has not answered within 20 ms');
  });
});
