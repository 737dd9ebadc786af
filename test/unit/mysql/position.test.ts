import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LogCursor } from '../../../src/connectors/mysql/log/log-cursor.ts';
import { comparePlaces, formatBoundary, parsePosition } from '../../../src/connectors/mysql/position/position.ts';

const UUID = '3a14108f-e6a1-11f1-ad6b-02fc00000001';
const mysqlGtids = fc.integer({ min: 1, max: 1e9 }).map((last) => `${UUID}:1-${last}`);
const mariadbGtids = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(1e9)).map((parts) => parts.join('-'));
const place = fc.record({ file: fc.nat(999_999).map((n) => `mysql-bin.${n}`), offset: fc.nat(2 ** 31) });
const gtids = fc.oneof(mysqlGtids, mariadbGtids, fc.constant(''));
const at = fc.tuple(fc.nat(2 ** 32 - 1), place).map(([serverId, there]) => ({ serverId, ...there }));
const boundary = fc.oneof(
  gtids.map((done) => ({ gtids: done })),
  fc.tuple(gtids, at).map(([done, end]) => ({ gtids: done, at: end })),
  place,
);
const SERVER = { isMariadb: true, serverId: 1 };

describe('a position', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(boundary, (one) => expect(parsePosition(formatBoundary(one))).toEqual({ boundary: one })));
  });

  it('inside a transaction skips the rows and records before it, in that transaction only', () => {
    const begin = (cursor: LogCursor, seqNo: number) =>
      cursor.begin({ kind: 'begin', gtid: `0-1-${seqNo}`, place: { file: 'b.1', offset: 4 } });
    const first = new LogCursor({ boundary: { gtids: '0-1-4' } }, SERVER, 'abc', 0);
    begin(first, 5);
    first.row();
    const stored = first.row()?.behind(1) as string;
    expect(stored).toBe('gtid:0-1-4+1.1/0-1-5/abc');

    const again = new LogCursor(parsePosition(stored), SERVER, 'abc', 0);
    begin(again, 5);
    expect([again.row(), again.row()?.skip, again.row()?.skip]).toEqual([undefined, 1, 0]);
    const other = new LogCursor(parsePosition(stored), SERVER, 'abc', 0);
    begin(other, 6);
    expect(other.row()?.skip).toBe(0);
    const changed = new LogCursor(parsePosition(stored), SERVER, 'def', 0);
    begin(changed, 5);
    expect(changed.row()?.skip).toBe(0);
  });

  it('of a file is before that of a later one, however many digits they have', () => {
    expect(comparePlaces({ file: 'b.999999', offset: 900 }, { file: 'b.1000000', offset: 4 })).toBeLessThan(0);
    expect(comparePlaces({ file: 'b.000002', offset: 900 }, { file: 'b.000002', offset: 4 })).toBeGreaterThan(0);
  });

  it('that is none is refused', () => {
    expect(() => parsePosition('4711')).toThrow('stored position "4711"');
  });
});
