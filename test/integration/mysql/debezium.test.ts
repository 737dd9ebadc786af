import { readFile } from 'node:fs/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DebeziumEngine } from './debezium/engine.ts';
import { CREATE, insertRows, TYPE_OF } from './debezium/every-type.ts';
import { byKey, exactJson, type Message, messagesOf } from './debezium/messages.ts';
import { SnapshotCopy } from './snapshot-copy.ts';

const TABLES = `${CREATE};
  CREATE TABLE keyed (a INT, b VARCHAR(5), v INT, PRIMARY KEY (b, a)); INSERT INTO keyed VALUES (7, 'old', 1);
  CREATE TABLE keyless (v INT); INSERT INTO keyless VALUES (1);
  CREATE TABLE people (person INT PRIMARY KEY, name VARCHAR(64), mail VARCHAR(64)); INSERT INTO people VALUES (1, 'Größe', 'a@b');
  CREATE TABLE finish (finished INT PRIMARY KEY)`;

const CHANGES = `
  START TRANSACTION;
  INSERT INTO keyed VALUES (1, 'x', 1), (2, 'y', 2); INSERT INTO keyless VALUES (2); UPDATE keyed SET v = 3 WHERE a = 1; DELETE FROM keyed WHERE a = 2;
  COMMIT;
  UPDATE keyed SET a = 5, v = 4; REPLACE INTO keyed VALUES (5, 'x', 9); INSERT INTO keyed VALUES (5, 'x', 0) ON DUPLICATE KEY UPDATE v = 10;
  UPDATE keyless SET v = 7 WHERE v = 2; DELETE FROM keyless WHERE v = 7;
  ALTER TABLE keyed ADD COLUMN added INT DEFAULT 6 AFTER a; INSERT INTO keyed VALUES (9, 1, 'z', 1); TRUNCATE TABLE keyed;
  INSERT INTO people VALUES (2, 'b', 'a@b'), (3, NULL, NULL); ${insertRows(100)}; DELETE FROM every_type;
  INSERT INTO finish VALUES (1)`;

/** What is the same by other means; all other options have their defaults. */
const PROPERTIES = { 'decimal.handling.mode': 'string', 'binary.handling.mode': 'base64', 'provide.transaction.metadata': 'true' };

/** The differences that the documentation lists: by its first column, type or column, ours, Debezium's. All other values are the same. */
const VALUES: Readonly<Record<string, ReadonlyArray<readonly [what: string, ours: unknown, debezium: unknown]>>> = {
  '`BIGINT UNSIGNED` from 2^63 on': [['bigint unsigned', 18446744073709551615n, -1]],
  '`FLOAT(m,d)`': [['float(7,3)', 1234.567, 1234.5670166015625]],
  '`ENUM`, a comma in a value, in changes': [["enum('a','b,c','it''s')", 'b,c', 'b\\,c']],
  '`TIMESTAMP(n)`, in a snapshot': [['timestamp(2) null', '2024-01-02T03:04:05.60Z', '2024-01-02T03:04:05.6Z']],
  'dates that no calendar has': [
    ['date null', '0000-00-00', null],
    ['date null', '2024-05-00', null],
    ['date not null', '0000-00-00', 0],
    ['date not null', '2024-05-00', 0],
    ['datetime not null', '0000-00-00 00:00:00', 0],
    ['timestamp not null default now()', '0000-00-00 00:00:00', '1970-01-01T00:00:00Z'],
  ],
  '`NULL` in a column with a fixed mask': [['mail', null, '***']],
};

/** Members of an envelope that differ, likewise. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  '`source.connector`': ['connector'],
  '`source.version`, `ts_us`, `ts_ns`': ['version', 'ts_us', 'ts_ns'],
  '`source.pos`, `source.row`': ['pos', 'row'],
};
const MEMBERS_OF_SNAPSHOTS: Readonly<Record<string, readonly string[]>> = {
  '`source.snapshot`': ['snapshot'],
  '`source.ts_ms` in a snapshot': ['ts_ms'],
};
const MESSAGES = ['tombstones of tables without a key', 'begin and end of transactions', 'schema changes'];

type Pair = readonly [ours: Message, debezium: Message];

describe('messages of Debezium 3.0 and ours, of the same rows and changes of MariaDB', () => {
  let copy: SnapshotCopy;
  let engine: DebeziumEngine;
  let ours: Message[];
  let debezium: Message[];
  beforeAll(async () => {
    copy = await SnapshotCopy.open('mariadb');
    const { address, database, admin } = copy.lab;
    await admin.query(`${TABLES}; ${insertRows(0)}`);
    const name = `${database}.people.name`;
    const mail = `${database}.people.mail`;
    const masks = { 'column.mask.hash.v2.SHA-256.with.salt.pepper': name, 'column.mask.with.3.chars': mail };
    engine = await DebeziumEngine.start({ address, database, name: copy.name, properties: { ...PROPERTIES, ...masks } });
    await engine.line(/"snapshot":"last"/);
    const maskColumns = [
      { columns: [name], salt: 'pepper' },
      { columns: [mail], value: '***' },
    ];
    await copy.apply({ transactions: true, schemaChanges: true, maskColumns });
    await copy.runToEnd();
    await admin.query(CHANGES);
    await copy.runToEnd();
    await engine.line(/"key":\{"finished":1\}/);
    ours = await messagesOf(copy.addresses.rocketmqNamesrv, copy.name);
    debezium = engine.lines.map((line) => exactJson(line) as Message);
  }, 900_000);
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    await copy?.[Symbol.asyncDispose]();
  });

  const rows = (messages: readonly Message[]) => messages.filter(({ value }) => value?.op !== undefined);
  /** Each message of a row with Debezium's: those of a key come in the same order. */
  const pairs = (): readonly Pair[] => {
    const theirs = byKey(rows(debezium));
    return [...byKey(rows(ours))].flatMap(([key, list]) => list.map((message, at) => [message, theirs.get(key)?.[at] as Message] as const));
  };

  it('are as many, with the same keys and headers, in the same order by key, tombstones of keys included', () => {
    const withKeys = (messages: readonly Message[]) =>
      byKey(
        messages
          .filter(({ key, value }) => key !== null && (value === null || value.op !== undefined))
          .map(({ key, value, headers: { __db, __table, ...headers } }) => ({
            key,
            headers,
            value: value === null ? null : [value.op, value.source.table],
          })),
      );
    const expected = withKeys(debezium);
    expect(expected.size).toBeGreaterThan(15);
    expect(withKeys(ours)).toEqual(expected);
  });

  it('hold the same rows before and after, but for the values that the documentation names', () => {
    const found = pairs().flatMap(([mine, theirs]) =>
      (['before', 'after'] as const).flatMap((part) => {
        const [row, expected] = [mine.value[part], theirs.value[part]];
        if (row === null || expected === null) return isDeepStrictEqual(row, expected) ? [] : [[part, row, expected]];
        expect(Object.keys(row)).toEqual(Object.keys(expected));
        const columns = Object.keys(row).filter((column) => !isDeepStrictEqual(row[column], expected[column]));
        return columns.map((column) => [TYPE_OF[column] ?? column, row[column], expected[column]]);
      }),
    );
    const shown = (list: unknown) => inspect(list);
    expect(new Set(found.map(shown))).toEqual(new Set(Object.values(VALUES).flat().map(shown)));
  });

  it('tell the same of source and transaction, but for the members that the documentation names', () => {
    const differing = (of: readonly Pair[]) =>
      new Set(
        of.flatMap(([mine, theirs]) => {
          const [source, expected] = [mine.value.source, theirs.value.source];
          expect(mine.value.transaction).toEqual(theirs.value.transaction);
          return Object.keys({ ...source, ...expected }).filter((name) => !isDeepStrictEqual(source[name], expected[name]));
        }),
      );
    const { true: read = [], false: changed = [] } = Object.groupBy(pairs(), ([{ value }]) => String(value.op === 'r') as 'true' | 'false');
    expect(differing(changed)).toEqual(new Set(Object.values(MEMBERS).flat()));
    // Other tests write to the same server between the two snapshots.
    const place = new Set(['file', 'pos', 'row']);
    const withoutPlace = Object.values({ ...MEMBERS, ...MEMBERS_OF_SNAPSHOTS })
      .flat()
      .filter((name) => !place.has(name));
    expect(new Set([...differing(read)].filter((name) => !place.has(name)))).toEqual(new Set(withoutPlace));
    const marks = (messages: readonly Message[]) => new Set(rows(messages).map(({ value }) => value.source.snapshot));
    expect(marks(ours)).toEqual(new Set(['true', 'false']));
    expect(marks(debezium)).toEqual(new Set([...marks(ours), 'first', 'last', 'last_in_data_collection']));
  });

  it('of other kinds differ as the documentation says', () => {
    const ddl = (messages: readonly Message[]) =>
      messages.filter(({ value }) => value?.ddl !== undefined && value.source.snapshot === 'false');
    expect(ddl(ours).map(({ key, value }) => [key, value.databaseName, value.ddl])).toEqual(
      ddl(debezium).map(({ key, value }) => [key, value.databaseName, value.ddl]),
    );
    expect(ddl(ours)).toHaveLength(2);
    const extra = (messages: readonly Message[]) => [
      messages.filter(({ key, value }) => key === null && value === null).length,
      messages.filter(({ value }) => value?.status !== undefined).length > 0,
      new Set(ddl(messages).flatMap(({ value }) => Object.keys(value))).size,
    ];
    expect([extra(ours), extra(debezium)]).toEqual([
      [0, false, 4],
      [1, true, 6],
    ]);
  });

  it('differ in nothing else that the documentation lists', async () => {
    const page = await readFile('docs/connectors/mysql.md', 'utf8');
    const table =
      page
        .split('### Messages that differ')[1]
        ?.split('\n\n')
        .find((part) => part.startsWith('|')) ?? '';
    const listed = table
      .split('\n')
      .slice(2)
      .map((line) => line.split(' | ')[0]?.replace('| ', ''));
    expect(listed).toEqual([...Object.keys({ ...VALUES, ...MEMBERS, ...MEMBERS_OF_SNAPSHOTS }), ...MESSAGES]);
  });
});
