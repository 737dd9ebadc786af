import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MysqlAdmin } from '../../../infra/local/mysql-admin.ts';
import type { ConnectError, SinkRecord } from '../../../src/api/index.ts';
import { BatchWriter } from '../../../src/runtime/sink/batch-writer.ts';
import type { ReadMessage } from '../../../src/runtime/sink/read-message.ts';
import { WriteWindow } from '../../../src/runtime/sink/write-window.ts';
import type { ServerName } from './mysql-lab.ts';
import { change, MysqlSinkLab, QUEUE, queued, type SinkOptions } from './mysql-sink-lab.ts';

const NOTHING_STOPS = new AbortController().signal;
const EVOLVE = { schema: 'evolve' };
const CREATE = { schema: 'create' };

/** A field of a schema, as Kafka Connect's JSON converter writes it. */
const field = (name: string, type: string, semantic?: string, parameters?: Record<string, string>) => ({
  field: name,
  type,
  optional: true,
  ...(semantic !== undefined && { name: semantic }),
  ...(parameters && { parameters }),
});
const struct = (fields: readonly object[]) => ({ type: 'struct', fields });

describe.each<ServerName>(['mariadb', 'mysql56'])('a sink of %s that changes tables', (server) => {
  let lab: MysqlSinkLab;
  beforeAll(async () => {
    lab = await MysqlSinkLab.open(server);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const bytes = (json: unknown) => Buffer.from(JSON.stringify(json));
  const keyed = (key: object, table: string, after: object) => ({ ...change('c', table, null, after), key: bytes(key) });
  const into = (table: string): SinkOptions => ({ table: `${lab.database}.${table}` });

  /** Types of a table's columns, by their names. */
  async function types(table: string): Promise<Record<string, string>> {
    const columns = await lab.admin.rows<{ name: string; type: string | Buffer }>(
      `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = '${lab.database}' AND TABLE_NAME = '${table}' ORDER BY ORDINAL_POSITION`,
    );
    // Newer servers leave out the width.
    return Object.fromEntries(columns.map(({ name, type }) => [name, String(type).replace(/^(bigint|int|smallint)\(\d+\)/, '$1')]));
  }

  /** Writes as the runtime does: where a batch is refused it looks for the record. Returns what was refused, by its place. */
  async function written(records: readonly SinkRecord[], options: SinkOptions): Promise<Map<number, ConnectError>> {
    const refused = new Map<number, ConnectError>();
    const window = new WriteWindow(Date.now() + 60_000, NOTHING_STOPS);
    const task = await lab.task({ ...options, delivery: 'at-least-once' });
    const messages = records.map((record, offset) => ({ record: { ...record, offset }, message: { offset, queueOffset: offset } }));
    const writer = new BatchWriter({ task, partition: QUEUE, window, signal: NOTHING_STOPS });
    await writer.write(messages as unknown as Array<ReadMessage & { record: SinkRecord }>, ({ record }, error) => {
      refused.set(record.offset, error);
      return true;
    });
    window.close();
    return refused;
  }

  describe('by adding columns', () => {
    it('takes their types from all values of a batch, and leaves out what says nothing', async () => {
      await lab.run('CREATE TABLE plain (id INT PRIMARY KEY, a INT)');
      const records = [
        '{"id":1,"whole":5,"mixed":5,"half":5.0,"flag":true,"text":"x","long":18446744073709551615,"none":null,"__op":"c","secret":1}',
        '{"id":2,"whole":-9223372036854775808,"mixed":2.5,"half":1e3,"flag":false,"text":"漢🚀","list":[1,{"a":12345678901234567890}]}',
      ];
      await lab.write(
        records.map((each) => queued(each)),
        { ...into('plain'), ...EVOLVE, excludeColumns: ['secret'] },
      );
      expect(await types('plain')).toEqual({
        ...{ id: 'int', a: 'int', whole: 'bigint', mixed: 'double', half: 'double', flag: 'tinyint(1)', text: 'longtext' },
        ...{ long: 'decimal(65,0)', list: 'longtext' },
      });
      expect(
        await lab.rows('SELECT id, CAST(whole AS CHAR) AS whole, mixed, half, flag, text, `long`, list FROM $plain ORDER BY 1'),
      ).toEqual([
        { id: 1, whole: '5', mixed: 5, half: 5, flag: 1, text: 'x', long: '18446744073709551615', list: null },
        {
          ...{ id: 2, whole: '-9223372036854775808', mixed: 2.5, half: 1_000, flag: 0, text: '漢🚀', long: null },
          list: '[1,{"a":12345678901234567890}]',
        },
      ]);
      await lab.write([queued({ id: 3, NONE: 'now' })], { ...into('plain'), ...EVOLVE });
      expect(await lab.rows('SELECT id, none FROM $plain ORDER BY 1')).toEqual([
        { id: 1, none: null },
        { id: 2, none: null },
        { id: 3, none: 'now' },
      ]);
    });

    it('takes their types from the schema, of Kafka Connect, Debezium and RocketMQ Connect, and their values as they are', async () => {
      await lab.run('CREATE TABLE typed (id INT PRIMARY KEY)');
      const kafka = (name: string) => `org.apache.kafka.connect.data.${name}`;
      const time = (name: string) => `io.debezium.time.${name}`;
      const data = (name: string) => `io.debezium.data.${name}`;
      const rocketmq = (name: string) => `io.openmessaging.connector.api.data.logical.${name}`;
      const text = '{"b":1,"a":2}';
      const wkb = Buffer.from('0101000000000000000000f03f0000000000000040', 'hex').toString('base64');
      const cases: ReadonlyArray<readonly [field: object, type: string, value: unknown, kept: unknown]> = [
        [field('i8', 'int8'), 'tinyint(4)', -128, -128],
        [field('i16', 'int16'), 'smallint', 32_767, 32_767],
        [field('i32', 'int32'), 'int', -2_147_483_648, -2_147_483_648],
        [field('i64', 'int64'), 'bigint', 9_007_199_254_740_991, 9_007_199_254_740_991],
        [field('f', 'float'), 'float', 0.5, 0.5],
        [field('d', 'double'), 'double', 5, 5],
        [field('b', 'boolean'), 'tinyint(1)', true, 1],
        [field('s', 'string'), 'longtext', 'ü', 'ü'],
        [field('raw', 'bytes'), 'longblob', 'AP8=', Buffer.from([0, 255])],
        [field('list', 'array'), 'longtext', [1], '[1]'],
        [field('inner', 'struct', 'shop.Inner'), 'longtext', { a: 1 }, '{"a":1}'],
        [field('dec', 'bytes', kafka('Decimal'), { scale: '2' }), 'decimal(65,2)', '/2o=', '-1.50'],
        [field('dec10', 'bytes', kafka('Decimal'), { scale: '2', 'connect.decimal.precision': '10' }), 'decimal(10,2)', 1.5, '1.50'],
        [field('dec0', 'bytes', rocketmq('Decimal'), { scale: '-1' }), 'decimal(65,0)', 'AQ==', '10'],
        [field('var', 'struct', data('VariableScaleDecimal')), 'decimal(65,30)', { scale: 3, value: 'AQ==' }, `0.001${'0'.repeat(27)}`],
        [field('day', 'int32', kafka('Date')), 'date', -1, '1969-12-31'],
        [field('day2', 'int32', time('Date')), 'date', 19_724, '2024-01-02'],
        [field('clock', 'int32', kafka('Time')), 'time(3)', 3_723_004, '01:02:03.004'],
        [field('clock6', 'int64', time('MicroTime')), 'time(6)', 3_723_000_004, '01:02:03.000004'],
        [field('at', 'int64', kafka('Timestamp')), 'datetime(3)', 1_704_164_645_123, '2024-01-02 03:04:05.123'],
        [field('at2', 'int64', rocketmq('Timestamp')), 'datetime(3)', 1_704_164_645_123, '2024-01-02 03:04:05.123'],
        [field('at6', 'int64', time('MicroTimestamp')), 'datetime(6)', 1_704_164_645_123_456, '2024-01-02 03:04:05.123456'],
        [field('zoned', 'string', time('ZonedTimestamp')), 'datetime(6)', '2124-01-02T03:04:05.5+02:00', '2124-01-02 01:04:05.500000'],
        [field('year', 'int32', time('Year')), 'year(4)', 2024, 2024],
        // Of the servers of the tests one has the type, and the client knows it.
        [field('json', 'string', data('Json')), 'longtext', text, server === 'mariadb' ? JSON.parse(text) : text],
        [field('uuid', 'string', data('Uuid')), 'char(36)', 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6', 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'],
        [field('enum', 'string', data('Enum'), { allowed: 'a,b' }), 'longtext', 'b', 'b'],
        [field('bits', 'bytes', data('Bits'), { length: '12' }), 'bit(12)', 'AQg=', Buffer.from([8, 1])],
        [field('point', 'struct', 'io.debezium.data.geometry.Point'), 'point', { wkb, srid: null }, { x: 1, y: 2 }],
        [field('unknown', 'string', 'com.shop.Date'), 'longtext', 'x', 'x'],
      ];
      const fields = [field('id', 'int32'), ...cases.map(([each]) => each)];
      const names = cases.map(([each]) => (each as { field: string }).field);
      const row = { id: 1, ...Object.fromEntries(cases.map(([, , value], index) => [names[index], value])) };
      const nulls = { id: 2, ...Object.fromEntries(names.map((name) => [name, null])) };
      const rows = struct(fields);
      const schema = struct([
        { ...rows, field: 'before' },
        { ...rows, field: 'after' },
      ]);
      const event = (after: object) =>
        queued({ schema, payload: { before: null, after, source: { db: 'shop', table: 'typed' }, op: 'c' } });
      // Of nulls, too, the schema says what they are.
      await lab.write([event(nulls)], EVOLVE);
      expect(await types('typed')).toEqual({ id: 'int', ...Object.fromEntries(cases.map(([, type], index) => [names[index], type])) });
      await lab.write([event(row)], EVOLVE);
      const kept = Object.fromEntries(cases.map(([, , , value], index) => [names[index], value]));
      expect(await lab.table('typed')).toEqual([{ id: 1, ...kept }, nulls]);
      // The same without an envelope.
      await lab.run('CREATE TABLE bare (id INT PRIMARY KEY)');
      await lab.write([queued({ schema: rows, payload: row })], { ...into('bare'), ...EVOLVE });
      expect(await lab.table('bare')).toEqual([{ id: 1, ...kept }]);
    });

    it('refuses the one record that does not tell, with a remedy, and writes all others', async () => {
      await lab.run('CREATE TABLE picky (id INT PRIMARY KEY)');
      const schema = struct([field('id', 'int32'), field('v', 'bytes', 'org.apache.kafka.connect.data.Decimal', { scale: '31' })]);
      const odd = [
        '{"id":1,"a":0.12345678901234567890}',
        `{"id":2,"b":${'9'.repeat(66)}}`,
        '{"id":3,"c ":1}',
        '{"id":4,"d🚀":1}',
        `{"id":5,"${'e'.repeat(65)}":1}`,
        { schema, payload: { id: 6, v: 'AQ==' } },
      ];
      const records = odd.flatMap((each, index) => [queued({ id: 100 + index, good: index }), queued(each)]);
      const refused = await written(records, { ...into('picky'), ...EVOLVE });
      expect([...refused.keys()]).toEqual([1, 3, 5, 7, 9, 11]);
      for (const error of refused.values()) {
        expect(error).toMatchObject({
          code: 'RECORD_REFUSED',
          message: expect.stringContaining(`picky lacks the column`),
          remedy: expect.stringContaining('sink.excludeColumns'),
        });
      }
      expect(await types('picky')).toEqual({ id: 'int', good: 'bigint' });
      expect(await lab.table('picky')).toHaveLength(odd.length);
      // A column stays as it is, whatever comes.
      const later = await written([queued({ id: 1, good: 1.5 }), queued({ id: 2, good: 2 })], { ...into('picky'), ...EVOLVE });
      expect([...later.keys()]).toEqual([0]);
      expect(await types('picky')).toEqual({ id: 'int', good: 'bigint' });
    });

    it('refuses the number of which the new column would lose digits', async () => {
      await lab.run('CREATE TABLE lossy (id INT PRIMARY KEY)');
      const records = ['{"id":1,"n":0.5}', '{"id":2,"n":12345678901234567890}'].map((each) => queued(each));
      const refused = await written(records, { ...into('lossy'), ...EVOLVE });
      expect([...refused].map(([place, { message }]) => [place, message])).toEqual([[1, expect.stringContaining('more digits')]]);
      expect(await lab.table('lossy')).toEqual([{ id: 1, n: 0.5 }]);
    });

    it('refuses the record with a name that the server takes for that of another column', async () => {
      await lab.run('CREATE TABLE dotted (id INT PRIMARY KEY, i INT)');
      const refused = await written([queued({ id: 1, İ: 1 }), queued({ id: 2, i: 2 })], { ...into('dotted'), ...EVOLVE });
      expect([...refused]).toEqual([
        [0, expect.objectContaining({ code: 'RECORD_REFUSED', message: expect.stringContaining('as the server compares') })],
      ]);
      expect(await lab.table('dotted')).toEqual([{ id: 2, i: 2 }]);
      const made = await written([queued({ id: 1, İ: 1, i: 1 }, { key: bytes({ id: 1 }) })], { ...into('dots'), ...CREATE });
      expect(made.get(0)).toMatchObject({ code: 'RECORD_REFUSED', message: expect.stringContaining('as the server compares') });
    });

    it('refuses the record that has more columns than a table takes', async () => {
      await lab.run('CREATE TABLE wide (id INT PRIMARY KEY)');
      const many = Object.fromEntries(Array.from({ length: 1_100 }, (_, index) => [`c${index}`, index]));
      const refused = await written([queued({ id: 1, a: 1 }), queued({ id: 2, ...many }), queued({ id: 3, a: 3 })], {
        ...into('wide'),
        ...EVOLVE,
      });
      expect([...refused]).toEqual([
        [1, expect.objectContaining({ code: 'RECORD_REFUSED', message: expect.stringMatching(/too many columns/i) })],
      ]);
      expect(await lab.table('wide')).toEqual([
        { id: 1, a: 1 },
        { id: 3, a: 3 },
      ]);
    });

    it('does so by several tasks at the same time', async () => {
      await lab.run('CREATE TABLE shared (id INT PRIMARY KEY)');
      const queues = [0, 1, 2, 3].map((number) => `orders:broker-a:${number}`);
      const tasks = await Promise.all(queues.map((queue) => lab.task({ ...into('shared'), ...EVOLVE }, queue)));
      for (let round = 0; round < 5; round += 1) {
        const rows = queues.map((_, task) => ({
          id: round * 4 + task,
          [`common${round}`]: task,
          [`own${round}_${task}`]: 'x',
          [`Other${round}`]: 1,
        }));
        await Promise.all(
          tasks.map((task, index) =>
            lab.hand(task, [queued(rows[index], { partition: queues[index] as string })], undefined, queues[index]),
          ),
        );
      }
      expect(Object.keys(await types('shared'))).toHaveLength(1 + 5 * (2 + 4));
      const [row] = await lab.rows('SELECT COUNT(*) AS n, SUM(Other4) AS others, SUM(common3) AS common FROM $shared');
      expect(row).toMatchObject({ n: 20, others: '4', common: '6' });
    });

    it('gives up waiting for who uses the table, and leaves no statement behind that others would wait for', async () => {
      await lab.run('CREATE TABLE busy (id INT PRIMARY KEY) ENGINE = InnoDB');
      const user = new MysqlAdmin(lab.admin.address);
      await user.run(`START TRANSACTION; SELECT * FROM ${lab.database}.busy`);
      const options = { ...into('busy'), ...EVOLVE, requestTimeoutMs: 3_000 };
      const task = await lab.task(options);
      await expect(lab.hand(task, [queued({ id: 1, x: 1 })])).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
      expect(await lab.table('busy')).toEqual([]);
      await user.run('COMMIT');
      await user.close();
      await lab.hand(task, [queued({ id: 1, x: 1 })]);
      expect(await lab.table('busy')).toEqual([{ id: 1, x: 1 }]);
    });

    it('writes each row once, though its connections are killed all the time', async () => {
      await lab.run('CREATE TABLE hunted (id INT)');
      const [username, password] = [`hunted_${server}`.slice(0, 16), 'secret-of-hunted'];
      const account = `'${username}'@'127.0.0.1'`;
      await lab.admin.run(`GRANT SELECT, INSERT, UPDATE, DELETE, ALTER ON ${lab.database}.* TO ${account} IDENTIFIED BY '${password}'`);
      const task = await lab.task({ ...into('hunted'), ...EVOLVE, mode: 'insert', username, password, connectTimeoutMs: 3_000 });
      const hunter = new MysqlAdmin(lab.admin.address);
      let [isOver, failed, batches] = [false, 0, 0];
      const hunt = (async () => {
        while (!isOver) {
          const sessions = await hunter.rows<{ id: number }>(
            `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = '${username}'`,
          );
          for (const { id } of sessions) await hunter.run(`KILL ${id}`).catch(() => {});
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
        }
      })();
      try {
        for (; batches < 25 || failed < 3; batches += 1) {
          const id = batches;
          const batch = { lane: QUEUE, partition: QUEUE, position: `${id}@1`, deadline: Date.now() + 120_000, signal: NOTHING_STOPS };
          const records = [queued({ id, [`c${id}`]: id }), queued({ id, all: id })];
          for (let isWritten = false; !isWritten; ) {
            isWritten = await task.write({ ...batch, records }).then(
              () => true,
              (error: ConnectError) => {
                failed += 1;
                if (!error.retriable) throw error;
                return false;
              },
            );
          }
        }
      } finally {
        isOver = true;
        await hunt;
        await hunter.close();
        await lab.admin.run(`DROP USER ${account}`);
      }
      expect(await lab.rows('SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS ids, COUNT(`all`) AS alls FROM $hunted')).toEqual([
        { n: 2 * batches, ids: batches, alls: batches },
      ]);
      expect(Object.keys(await types('hunted'))).toHaveLength(batches + 2);
    });

    it('adds a column outside of the transaction, whose rows and position go back where it fails', async () => {
      await lab.run('CREATE TABLE apart (id INT)');
      const options = { ...into('apart'), ...EVOLVE, mode: 'insert' };
      const task = await lab.task(options);
      const failing = lab.hand(task, [queued({ id: 1, x: 1 })], () => Promise.reject(new Error('no dead letter')));
      await expect(failing).rejects.toThrow();
      expect(await types('apart')).toEqual({ id: 'int', x: 'bigint' });
      expect(await lab.table('apart')).toEqual([]);
      await lab.hand(task, [queued({ id: 1, x: 1 })]);
      // What another run has taken over is left as it is.
      const later = await lab.task(options);
      await expect(lab.hand(task, [queued({ id: 2, y: 2 })])).rejects.toMatchObject({ code: 'LEASE_LOST' });
      await lab.hand(later, [queued({ id: 2, y: 2 })]);
      expect(await lab.table('apart')).toEqual([
        { id: 1, x: 1, y: null },
        { id: 2, x: null, y: 2 },
      ]);
    });
  });

  describe('by making tables', () => {
    it('is warned where records name the tables and none may be made', async () => {
      const [username, password] = [`maker_${server}`.slice(0, 16), 'secret-of-maker'];
      const account = `'${username}'@'127.0.0.1'`;
      await lab.admin.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${lab.database}.* TO ${account} IDENTIFIED BY '${password}'`);
      const [finding, ...others] = await lab.check({ username, password, ...CREATE });
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ level: 'warning', code: 'FORBIDDEN', option: 'sink.username' });
      const [grant = ''] = (finding?.remedy ?? '').split(', or set');
      await lab.admin.run(grant);
      expect(await lab.check({ username, password, ...CREATE })).toEqual([]);
      await lab.admin.run(`DROP USER ${account}`);
    });

    it('makes one with the key of the records, which tells all keys apart', async () => {
      const exact = ['a', 'A', 'ä', 'straße', 'strasse', ...(server === 'mariadb' ? ['a '] : [])];
      const records = exact.map((name, n) => keyed({ shop: 1, name }, 'made', { n, name, shop: 1, at: '2024' }));
      await lab.write(records, CREATE);
      expect(await types('made')).toEqual({ shop: 'bigint', name: 'varchar(191)', n: 'bigint', at: 'longtext' });
      const key = await lab.rows('SHOW KEYS FROM $made');
      expect(key.map(({ Key_name, Column_name }) => [Key_name, Column_name])).toEqual([
        ['PRIMARY', 'shop'],
        ['PRIMARY', 'name'],
      ]);
      const [{ engine, collation } = {}] = await lab.rows(
        `SELECT ENGINE AS engine, TABLE_COLLATION AS collation FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${lab.database}' AND TABLE_NAME = 'made'`,
      );
      expect([engine, collation]).toEqual(['InnoDB', expect.stringMatching(/^utf8mb4_/)]);
      expect((await lab.rows('SELECT name FROM $made ORDER BY n')).map(({ name }) => name)).toEqual(exact);
      const gone = [
        { ...change('d', 'made', { shop: 1, name: 'A' }, null), key: bytes({ shop: 1, name: 'A' }) },
        queued(null, { key: bytes({ shop: 1, name: 'ä' }), headers: [{ name: '__table', value: Buffer.from('made') }] }),
      ];
      await lab.write([...gone, keyed({ shop: 1, name: 'z' }, 'made', { shop: 1, name: 'z', more: true })], CREATE);
      expect((await lab.rows('SELECT name FROM $made ORDER BY n')).map(({ name }) => name).sort()).toEqual(
        [...exact.filter((name) => name !== 'A' && name !== 'ä'), 'z'].sort(),
      );
      expect(await types('made')).toMatchObject({ more: 'tinyint(1)' });
    });

    it('takes the types of the key from its schema, and its columns from the key where the value lacks them', async () => {
      const decimal = field('d', 'bytes', 'org.apache.kafka.connect.data.Decimal', { scale: '2', 'connect.decimal.precision': '8' });
      const fields = [
        field('at', 'int64', 'io.debezium.time.Timestamp'),
        decimal,
        field('u', 'string', 'io.debezium.data.Uuid'),
        field('raw', 'bytes'),
      ];
      const key = bytes({ schema: struct(fields), payload: { at: 1_704_164_645_123, d: 'AZ8=', u: 'x', raw: 'AP8=' } });
      await lab.write([queued({ v: 1 }, { key })], { ...into('by_key'), ...CREATE });
      expect(await types('by_key')).toEqual({
        at: 'datetime(3)',
        d: 'decimal(8,2)',
        u: 'varchar(191)',
        raw: 'varbinary(767)',
        v: 'bigint',
      });
      expect(await lab.table('by_key')).toEqual([{ at: '2024-01-02 03:04:05.123', d: '4.15', u: 'x', raw: Buffer.from([0, 255]), v: 1 }]);
      await lab.write([queued(null, { key })], { ...into('by_key'), ...CREATE });
      expect(await lab.table('by_key')).toEqual([]);
    });

    it('refuses records that tell no key, unless rows are only added', async () => {
      const odd = [
        queued({ a: 1 }),
        queued({ a: 1 }, { key: Buffer.from('text') }),
        queued({ a: 1 }, { key: bytes({ half: 1.5 }) }),
        queued({ a: 1 }, { key: bytes({ none: null }) }),
        queued({ a: 1 }, { key: bytes({ list: [1] }) }),
      ];
      const refused = await written(odd, { ...into('keyless'), ...CREATE });
      expect([...refused.keys()]).toEqual([0, 1, 2, 3, 4]);
      for (const error of refused.values())
        expect(error).toMatchObject({ code: 'RECORD_REFUSED', remedy: expect.stringContaining('yourself') });
      expect(await types('keyless')).toEqual({});
      const inserted = await written([queued({ a: 1 }), queued({ a: null }), queued({ a: 1 })], {
        ...into('keyless'),
        ...CREATE,
        mode: 'insert',
      });
      expect(inserted.size).toBe(0);
      expect(await lab.table('keyless')).toHaveLength(3);
    });

    it('does so by several tasks at the same time', async () => {
      const queues = [0, 1, 2, 3].map((number) => `made:broker-a:${number}`);
      const options = { ...into('made_at_once'), ...CREATE };
      const tasks = await Promise.all(queues.map((queue) => lab.task(options, queue)));
      const batch = (task: number) =>
        Array.from({ length: 20 }, (_, n) => queued({ [`c${task}`]: n, all: n }, { key: bytes({ id: task * 100 + n }) }));
      await Promise.all(tasks.map((task, index) => lab.hand(task, batch(index), undefined, queues[index])));
      expect(await lab.table('made_at_once')).toHaveLength(80);
      expect(Object.keys(await types('made_at_once')).sort()).toEqual(['all', 'c0', 'c1', 'c2', 'c3', 'id']);
    });

    it('makes no database', async () => {
      await expect(
        lab.write([queued({ a: 1 }, { key: bytes({ id: 1 }) })], {
          table: 'no_such_database.t',
          positionsTable: `${lab.database}.rocketmq_connect_positions`,
          ...CREATE,
        }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  describe('of a user with few rights', () => {
    const user = `limited_${server}`.slice(0, 16);
    const account = `'${user}'@'127.0.0.1'`;
    const as = (options: SinkOptions) => ({ username: user, password: 'secret-of-limited', ...options });
    beforeAll(async () => {
      await lab.run('CREATE TABLE held (id INT PRIMARY KEY)');
      await lab.admin.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${lab.database}.* TO ${account} IDENTIFIED BY 'secret-of-limited'`);
    });
    afterAll(() => lab?.admin.run(`DROP USER ${account}`));

    it.each([
      ['evolve', 'held', 'add columns to table'],
      ['create', 'held', 'make table'],
      ['create', 'missing', 'make table'],
    ])(
      'says which right is missing, in the check and in the task, with the statement that gives it: %s, table %s',
      async (schema, table, message) => {
        const options = as({ ...into(table), schema });
        expect(await lab.check({ ...options, schema: 'ignore' })).toHaveLength(table === 'missing' ? 1 : 0);
        const [finding, ...others] = await lab.check(options);
        expect(others).toEqual([]);
        expect(finding).toMatchObject({
          level: 'error',
          code: 'FORBIDDEN',
          option: 'sink.username',
          message: expect.stringContaining(message),
        });
        const record = queued({ id: 1, [`of_${schema}_${table}`]: 1 }, { key: bytes({ id: 1 }) });
        const failed = await lab.write([record], options).catch((error: unknown) => error);
        expect(failed).toMatchObject({ code: 'FORBIDDEN', remedy: finding?.remedy });
        const [grant = ''] = (finding?.remedy ?? '').split(', or set');
        expect(grant).toContain(`TO ${account}`);
        await lab.admin.run(grant);
        expect(await lab.check(options)).toEqual([]);
        await lab.write([record], options);
        expect(await lab.table(table)).toHaveLength(1);
        await lab.admin.run(grant.replace('GRANT', 'REVOKE').replace(' TO ', ' FROM '));
      },
    );

    it.each(['t', '{{table}}'])('finds a database that is missing, and what makes it: table %s', async (table) => {
      const database = `${lab.database}_none`;
      const positionsTable = `${lab.database}.rocketmq_connect_positions`;
      const options = as({ table: `${database}.${table}`, positionsTable, ...CREATE });
      const [finding, ...others] = await lab.check(options);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ code: 'NOT_FOUND', option: 'sink.table', message: expect.stringContaining(`database ${database}`) });
      const record = { ...change('c', 't', null, { id: 1 }), key: bytes({ id: 1 }) };
      expect(await lab.write([record], options).catch((error: unknown) => error)).toMatchObject({
        code: 'NOT_FOUND',
        remedy: finding?.remedy,
      });
      await lab.admin.run(finding?.remedy ?? '');
      expect(await lab.check(options)).toEqual([]);
      await lab.write([record], options);
      expect(await lab.admin.rows(`SELECT id FROM ${database}.t`)).toEqual([{ id: 1 }]);
      await lab.admin.run(`DROP DATABASE ${database}; REVOKE ALL ON ${database}.* FROM ${account}`);
    });
  });
});
