import { describe, expect, it } from '@jest/globals';
import { type CopiedRecord, checkCopies } from '../../../infra/local/main-job/comparison/check-copies.ts';
import { checkSameRows } from '../../../infra/local/main-job/comparison/check-same-rows.ts';
import { partitionOf } from '../../../infra/local/main-job/flights/dataset.ts';

const KEYS = ['SFO', 'LAX', 'JFK'].map((key) => Buffer.from(key));

const rows = Array.from({ length: 30 }, (_, row) => ({
  row,
  key: KEYS[row % KEYS.length] as Buffer,
  value: Buffer.from(`value ${row}`),
  headers: [['row', Buffer.from(String(row))]] as const,
  timestamp: 1_000 + row,
}));
const partitions = [...new Set(KEYS.map(partitionOf))].map((partition) => {
  const own = rows.filter(({ key }) => partitionOf(key) === partition).map((row) => ({ ...row, id: row.row }));
  return {
    name: `flights-${partition}`,
    records: own.length,
    async *read() {
      yield own;
    },
  };
});
const copies = rows.map(
  ({ row, key, value, headers, timestamp }): CopiedRecord => ({
    where: `message ${row}`,
    key,
    value,
    headers: headers.map(([name, content]) => ({ name, value: content })),
    timestamp,
  }),
);

async function* all<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  yield items.slice(0, 10);
  yield items.slice(10);
}

describe('comparing what a sink has written with what was loaded', () => {
  const compare = (...records: readonly CopiedRecord[]) =>
    checkCopies({ name: 'flights', title: 'RabbitMQ', partitions, reads: [all(records)], onProgress: () => {} });

  it('passes where each partition came whole and in order', async () => {
    expect(await compare(...copies)).toEqual({ matched: 30, repeats: 0, problems: [] });
  });

  it('counts what came again', async () => {
    expect(await compare(...copies.slice(0, 20), ...copies.slice(15))).toEqual({ matched: 30, repeats: 5, problems: [] });
  });

  it('fails where a record is missing, late, changed or of something else', async () => {
    expect((await compare(...copies.slice(0, -1))).problems).toEqual(['1 records of the source are not in RabbitMQ']);
    const [first, ...others] = copies as [CopiedRecord, ...CopiedRecord[]];
    expect((await compare(...others, first)).problems[0]).toMatch(/^message 3: flights-\d at 3 arrived instead of 0$/);
    expect((await compare({ ...first, value: null }, ...others)).problems).toEqual([expect.stringMatching('differs in its value$')]);
    expect((await compare(...copies, { ...first, headers: [] })).problems).toEqual([
      'message 0: a record without row or key is none of the data set',
    ]);
  });
});

describe('comparing a table with its copy', () => {
  const table = rows.map(({ row }): readonly [number, string] => [row, `{"id":${row}}`]);
  const compare = (copy: ReadonlyArray<readonly [number, string]>) =>
    checkSameRows({ rows: () => all(table) }, { rows: () => all(copy) }, { onProgress: () => {} });

  it('passes where all rows are the same', async () => {
    expect(await compare(table)).toMatchObject({ holds: true, text: expect.stringMatching('30 of 30 rows are the same') });
  });

  it.each<[string, ReadonlyArray<readonly [number, string]>, string]>([
    ['lacks a row', table.filter(([id]) => id !== 12), 'row 12 is not in the copy'],
    ['lacks the last row', table.slice(0, -1), 'row 29 is not in the copy'],
    ['has another row between', table.toSpliced(10, 0, [9.5, '{}']), 'row 9.5 of the copy is not in the table'],
    ['has another row behind', [...table, [30, '{}']], 'row 30 of the copy is not in the table'],
    ['has another value', table.with(5, [5, '{}']), 'row 5 is {"id":5} in the table and {} in the copy'],
  ])('fails where the copy %s', async (_, copy, problem) => {
    const { holds, text } = await compare(copy);
    expect(holds).toBe(false);
    expect(text).toContain(problem);
  });
});
