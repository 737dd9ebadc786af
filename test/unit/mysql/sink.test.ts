import { describe, expect, it } from '@jest/globals';
import type { SinkRecord } from '../../../src/api/index.ts';
import { parseConnectorFile } from '../../../src/config/parse-connector-file.ts';
import { parseExactly } from '../../../src/connectors/mysql/sink/exact-json.ts';
import { literal } from '../../../src/connectors/mysql/sink/literal.ts';
import { type Operation, operations } from '../../../src/connectors/mysql/sink/operations.ts';
import { type RowChange, rowChanges } from '../../../src/connectors/mysql/sink/row-change.ts';
import { statementsOf } from '../../../src/connectors/mysql/sink/statements.ts';
import { stepsOf } from '../../../src/connectors/mysql/sink/steps.ts';
import { positionsTable, targetName } from '../../../src/connectors/mysql/sink/target-name.ts';
import type { TargetColumn, TargetTable } from '../../../src/connectors/mysql/sink/target-table.ts';
import { columnTypeOf } from '../../../src/connectors/mysql/tables/table.ts';
import { connectorTypes } from '../../../src/connectors/registry.ts';
import { queued } from '../../support/sink/batches.ts';

const parse = (sink: object) => {
  const rocketmq = { endpoints: '127.0.0.1:8081', topic: 't' };
  return parseConnectorFile(
    { name: 'x', type: 'mysql-sink', sink: { address: '127.0.0.1:1', username: 'me', ...sink }, rocketmq },
    connectorTypes,
  );
};

describe('the section of a MySQL sink', () => {
  it('lets columns swap their names, and one of them be left out', async () => {
    const { system } = await parse({ table: 'a.b', renameColumns: { a: 'b', b: 'a' }, excludeColumns: ['a'] });
    expect(system).toMatchObject({ excludeColumns: ['a'] });
  });

  it('keeps positions beside the table, where that names its database', async () => {
    const { system } = await parse({ table: 'shop.{{table}}' });
    expect(system).toMatchObject({ mode: 'upsert', deletes: true, delivery: 'exactly-once', schema: 'fail' });
    expect(positionsTable(system as never)).toEqual({ database: 'shop', table: 'rocketmq_connect_positions' });
    expect(positionsTable({ table: '{{database}}.t', positionsTable: '`a.b`.p' })).toEqual({ database: 'a.b', table: 'p' });
  });

  it.each([
    [{ table: 'orders' }, 'sink.table', /database\.table/],
    [{ table: 'a.b.c' }, 'sink.table', /database\.table/],
    [{}, 'sink.positionsTable', /names no database of its own/],
    [{ table: 'a.b', renameColumns: { a: 'x', b: 'X' } }, 'sink.renameColumns.b', /X is the column of a already/],
    [
      { table: 'a.b', renameColumns: { Secret: 'hidden' }, excludeColumns: ['id', 'secret'] },
      'sink.excludeColumns[1]',
      /secret is a field that sink.renameColumns makes column hidden/,
    ],
    [{ table: 'a.b', renameColumns: { a: 1 } }, 'sink.renameColumns.a', /text/],
    [{ table: 'a.b', ordering: 'key', delivery: 'at-least-once' }, 'sink.ordering', /unknown|no option|not an option/],
    [{ table: 'a.b', mode: 'merge' }, 'sink.mode', /upsert/],
    [{ table: 'a.b', startAt: { offsets: { 'orders-0': 1 } } }, 'sink.startAt.offsets', /not a queue/],
  ])('refuses %j', async (wrong, option, message) => {
    await expect(parse(wrong)).rejects.toMatchObject({
      findings: [expect.objectContaining({ option, message: expect.stringMatching(message) })],
    });
  });

  it('refuses a table with a placeholder that stands for nothing', async () => {
    await expect(parse({ table: 'shop.{{tabel}}' })).rejects.toMatchObject({
      findings: [expect.objectContaining({ option: 'sink.table', message: '{{tabel}} stands for nothing' })],
    });
  });

  it('says of a misspelt table only that', async () => {
    await expect(parse({ tabel: 'shop.orders' })).rejects.toMatchObject({
      findings: [expect.objectContaining({ option: 'sink.tabel', remedy: 'did you mean sink.table?' })],
    });
  });

  it('makes a table of names, and none where one is missing', () => {
    expect(targetName('{{database}}.{{table}}_{{topic}}', { database: 'a.`b', table: 't', topic: 'x' })).toEqual({
      database: 'a.`b',
      table: 't_x',
    });
    expect(targetName('`a.``b`.{{other}}', {})).toEqual({ database: 'a.`b', table: '{{other}}' });
    expect(targetName('shop.{{table}}', { topic: 'x' })).toBeUndefined();
  });
});

const column = (name: string, columnType: string, rest: Partial<TargetColumn> = {}): TargetColumn => ({
  ...{ name, columnType, scale: 0, isRequired: false, isNullable: true, isGenerated: false, ...rest },
  type: columnTypeOf({ columnType, charset: columnType.includes('char') ? 'utf8mb4' : null }),
});

describe('a literal', () => {
  it.each([
    ['datetime(3)', 1_704_164_645_123, "'2024-01-02 03:04:05.123000'"],
    ['datetime(6)', -1, "'1969-12-31 23:59:59.999999'"],
    ['datetime', '2024-01-02T03:04:05+02:00', "'2024-01-02 01:04:05'"],
    ['timestamp(6)', '2024-01-02T03:04:05.678901Z', "'2024-01-02 03:04:05.678901'"],
    ['date', -1, "'1969-12-31'"],
    ['bit(12)', 'AQg=', '2049'],
    ['bit(1)', true, '1'],
    ['date', '2024-01-02', "'2024-01-02'"],
    ['date', '2024:01:02', "'2024:01:02'"],
    ['year', '2024', '2024'],
    ['tinyint(1)', false, '0'],
    ['double', 0.1, '0.1e0'],
    ['varchar(9)', "a'\\\0\n", "'a\\'\\\\\\0\\n'"],
    ['varchar(9)', { a: 1 }, '\'{"a":1}\''],
    ['blob', 'AP8=', "x'00ff'"],
  ])('of %s is %j as %s', (type, value, expected) => {
    expect(literal(column('c', type), value)).toBe(expected);
  });

  it.each([
    ['1.5', 'decimal(5,2)', '1.5'],
    // All of these digits are of base64, too.
    ['12345678901234567890', 'decimal(30,0)', '12345678901234567890'],
    ['"lg=="', 'decimal(5,2)', "'-1.06'"],
  ])('of a decimal by its schema is %s, of a number as of base64', (json, type, expected) => {
    const decimal = { type: 'bytes', name: 'org.apache.kafka.connect.data.Decimal', parameters: { scale: '2' } };
    expect(literal(column('c', type, { scale: 2 }), parseExactly(json), decimal)).toBe(expected);
  });

  it('of bits by their schema may have no bytes, where all bits are 0', () => {
    expect(literal(column('c', 'bit(8)'), '', { type: 'bytes', name: 'io.debezium.data.Bits', parameters: {} })).toBe('0');
  });

  it.each([
    ['12345678901234567890', false],
    ['-9007199254740993', false],
    ['0.123456789012345678', false],
    ['"12345678901234567890"', false],
    // What JavaScript and Java write of a DOUBLE.
    ['12345678901234567000', true],
    ['8.409999999999999E21', true],
    ['0.10000000000000001', true],
    ['1.0000000000000000000', true],
    ['1e300', true],
  ])('of a double is %s: %s', (json, isKept) => {
    const make = () => literal(column('c', 'double'), parseExactly(json));
    if (isKept) expect(Number(make())).toBe(Number(json));
    else expect(make).toThrow(expect.objectContaining({ code: 'RECORD_REFUSED', message: expect.stringContaining('more digits') }));
  });

  it.each([
    ['[1]', 'a list'],
    ['{"a":1}', 'an object'],
    ['"x"', 'a text'],
    ['1.5', 'a number'],
    ['1.2345678901234567890', 'a number'],
  ])('of a column that can not hold %s says that it is %s', (json, what) => {
    expect(() => literal(column('c', 'int'), parseExactly(json))).toThrow(`the value of column c (int) is ${what} that`);
  });

  it('keeps all digits of a long number wherever it stands in a text', () => {
    const places = Array.from({ length: 40 }, (_, before) => `{"a":"${'x'.repeat(before)}","n":1234567890.123456}`);
    for (const text of places) expect(JSON.stringify(parseExactly(text.replace('456}', '4560}')))).toMatch(/:1234567890\.1234560}$/);
    for (const text of places) expect((parseExactly(text) as { n: unknown }).n).toBe(1234567890.123456);
  });

  it('of long bytes is shorter than in hexadecimal', () => {
    const base64 = Buffer.alloc(2_000, 7).toString('base64');
    expect(literal(column('c', 'longblob'), base64)).toBe(`FROM_BASE64('${base64}')`);
  });

  it.each([
    ['int', '1 OR 1'],
    ['int', Number.POSITIVE_INFINITY],
    ['blob', 'no base64!'],
    ['datetime', 1e17],
    ['time', 1.5],
    ['geometry', 'POINT(1 1)'],
    ['curve', 'x'],
    ['int', [1]],
    ['decimal(10,2)', [[3]]],
    ['year', [3]],
    // 2001, as the server takes it.
    ['year', true],
    ['bit(8)', ''],
    // A clock's 24:00:00 would be the year 2024.
    ['date', '24:00:00'],
    ['datetime(3)', ' 9:15:00.5'],
    ['timestamp', '-10:00:00'],
  ])('of %s refuses %j', (type, value) => {
    expect(() => literal(column('c', type), value)).toThrow(expect.objectContaining({ code: 'RECORD_REFUSED' }));
  });
});

const record = (value: object) => queued(1, () => ({ value: Buffer.from(JSON.stringify(value)) }))[0] as SinkRecord;

const upsert = { table: 'shop.t', mode: 'upsert', deletes: true, schema: 'fail' } as const;

describe('steps', () => {
  const id = column('id', 'int', { isRequired: true });
  const v = column('v', 'varchar(99)');
  const w = column('w', 'int');
  const table = (rest: Partial<TargetTable> = {}): TargetTable => ({
    ...{ database: 'shop', table: 't', name: 'shop.t', isKeyAlone: true, isOrdered: false, isTransactional: true },
    columns: new Map([id, v, w].map((each) => [each.name, each])),
    key: [id],
    ...rest,
  });
  const write = (on: TargetTable, key: number, ...values: Array<[TargetColumn, string]>): Operation => ({
    kind: 'write',
    table: on,
    columns: [id, ...values.map(([column]) => column)],
    values: [String(key), ...values.map(([, literal]) => literal)],
    key: [String(key)],
  });
  const drop = (on: TargetTable, key: number): Operation => ({ kind: 'delete', table: on, key: [String(key)] });
  const sql = (operations: Operation[], packet = 1e6) =>
    stepsOf(operations, 'upsert').flatMap((step) =>
      [...statementsOf(step, packet)].map(({ sql: text, ifNone }) => (ifNone === undefined ? text : `${text} else ${ifNone}`)),
    );

  it('touch each row once where rows have nothing to do with each other', () => {
    const t = table();
    const operations = [
      write(t, 2, [v, "'a'"]),
      write(t, 1, [v, "'a'"]),
      drop(t, 2),
      write(t, 1, [w, '5']),
      drop(t, 3),
      write(t, 3, [v, "'c'"]),
    ];
    expect(sql(operations)).toEqual([
      'DELETE FROM `shop`.`t` WHERE `id` IN (2,3)',
      "INSERT INTO `shop`.`t` (`id`,`v`,`w`) VALUES (1,'a',5) ON DUPLICATE KEY UPDATE `id`=VALUES(`id`),`v`=VALUES(`v`),`w`=VALUES(`w`)",
      "INSERT INTO `shop`.`t` (`id`,`v`) VALUES (3,'c') ON DUPLICATE KEY UPDATE `id`=VALUES(`id`),`v`=VALUES(`v`)",
    ]);
  });

  it('delete few rows at a time, by the key', () => {
    const t = table({ key: [id, w] });
    const drops = Array.from({ length: 250 }, (_, key): Operation => ({ kind: 'delete', table: t, key: [String(key), '0'] }));
    const statements = sql(drops);
    expect(statements.map((text) => text.split(' OR ').length)).toEqual([100, 100, 50]);
    expect(statements[0]).toMatch(/^DELETE FROM `shop`.`t` WHERE \(`id`=0 AND `w`=0\) OR /);
  });

  it('keep the order where they have', () => {
    const t = table({ isOrdered: true });
    const kinds = stepsOf([write(t, 1), write(t, 2), drop(t, 1), write(t, 1)], 'upsert').map(({ kind }) => kind);
    expect(kinds).toEqual(['upsert', 'delete', 'upsert']);
  });

  it('need a value for a column of the key that has the name of what every object has', () => {
    const key = column('constructor', 'int', { isRequired: true });
    const t = table({ key: [key], columns: new Map([[key.name, key]]) });
    const names = { database: 'shop', table: 't', key: {}, types: new Map() };
    const change: RowChange = {
      ...names,
      op: 'write',
      isTombstone: false,
      isUpdate: false,
      row: {},
      before: undefined,
      isFlat: false,
      isWhole: false,
    };
    expect(() => operations(change, t, upsert)).toThrow('no value of constructor');
  });

  it('refuse a row with two values for one column, whose name a server takes in any case', () => {
    const t = table({ columns: new Map([id, v].map((each) => [each.name, each])) });
    for (const row of [
      { id: 1, v: 'a', V: 'b' },
      { id: 1, V: 'b', v: 'a' },
    ]) {
      const [change] = rowChanges(record(row));
      expect(() => operations(change as RowChange, t, upsert)).toThrow('it has two values for column v');
    }
  });

  it('leave out what the source of Debezium did not tell, in texts and in bytes', () => {
    const bytes = Buffer.from('__debezium_unavailable_value').toString('base64');
    const [change] = rowChanges(
      record({ op: 'u', after: { id: 1, v: '__debezium_unavailable_value', b: bytes, list: ['__debezium_unavailable_value'] } }),
    );
    expect(change?.row).toEqual({ id: 1 });
  });

  it('keep their order where two keys may be one to the server, which compares them as their collation says', () => {
    const name = column('name', 'varchar(20)', { isRequired: true });
    const t = table({ key: [name], columns: new Map([name, v].map((each) => [each.name, each])) });
    const key = (text: string) => ({ table: t, key: [text] });
    const operations: Operation[] = [
      { kind: 'write', ...key("'x'"), columns: [name], values: ["'x'"] },
      { kind: 'delete', ...key("'X'") },
    ];
    expect(stepsOf(operations, 'upsert').map(({ kind }) => kind)).toEqual(['upsert', 'delete']);
  });

  it('change a row by its key alone where there are other unique keys', () => {
    expect(sql([write(table({ isKeyAlone: false }), 1, [v, "'a'"])])).toEqual([
      "UPDATE `shop`.`t` SET `id`=1,`v`='a' WHERE `id`=1 else INSERT INTO `shop`.`t` (`id`,`v`) VALUES (1,'a')",
    ]);
  });

  it('have statements that fit a packet by their bytes, and refuse a row that fits none', () => {
    const t = table();
    const rows = Array.from({ length: 40 }, (_, key) => write(t, key, [v, `'${'ü'.repeat(100)}'`]));
    const statements = sql(rows, 1_024);
    expect(statements.length).toBeGreaterThanOrEqual(10);
    for (const text of statements) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_024);
    expect(statements.join('').match(/ü{100}/g)).toHaveLength(40);
    expect(() => sql([write(t, 1, [v, `'${'ü'.repeat(500)}'`])], 1_024)).toThrow(expect.objectContaining({ code: 'RECORD_REFUSED' }));
  });
});
