import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { mysqlUser } from '../../../infra/local/servers/mysql-cnf.ts';
import type { Arrived } from './content.ts';
import { sampled } from './generated.ts';
import { MysqlPair } from './mysql-pair.ts';
import { activemqTarget, kafkaTarget, rabbitmqTarget } from './targets.ts';

jest.setTimeout(900_000);

const ROWS = 60;
const CHANGES = 80;

interface Event {
  readonly op: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

const id = fc.integer({ min: 1, max: ROWS });
const change = fc.oneof(
  fc.tuple(id, fc.integer()).map(([n, v]) => `UPDATE things SET n = ${v}, text = NULL WHERE id = ${n}`),
  id.map((n) => `DELETE FROM things WHERE id = ${n}`),
  fc.tuple(id, id).map(([n, to]) => `UPDATE IGNORE things SET id = ${to} WHERE id = ${n}`),
  fc.tuple(id, id).map(([n, to]) => `START TRANSACTION; REPLACE INTO things VALUES (${n}, 1, 'ü', x'00ff'), (${to}, 2, '', ''); COMMIT`),
);

describe('rows and changes that go from MySQL', () => {
  let pair: MysqlPair;
  beforeAll(async () => {
    pair = await MysqlPair.open();
  });
  afterAll(() => pair?.[Symbol.asyncDispose]());

  /** A change event, or undefined for a tombstone, by its key. */
  const inTopic = ({ key, value }: Arrived) => ({ key, event: value === null ? undefined : (JSON.parse(String(value)) as Event) });
  const withProperty = ({ headers, value }: Arrived) => ({
    key: headers['connect-key'],
    event: value === null || headers['connect-value'] === 'null' ? undefined : (JSON.parse(String(value)) as Event),
  });

  it.each([
    { to: 'Kafka', open: kafkaTarget, read: inTopic },
    { to: 'RabbitMQ', open: rabbitmqTarget, read: withProperty },
    { to: 'ActiveMQ Classic', open: () => activemqTarget('activemq'), read: withProperty },
    { to: 'Artemis', open: () => activemqTarget('artemis'), read: withProperty },
  ])('arrive in $to as JSON by key, and the last of each key is the row', async ({ open, read }) => {
    const target = await open();
    try {
      const rows = Array.from({ length: ROWS / 2 }, (_, index) => `(${index * 2}, ${index}, 'row ${index} 🚀', x'0001ff')`);
      await pair.admin.run(`DROP TABLE IF EXISTS things; CREATE TABLE things (id INT PRIMARY KEY, n BIGINT, text VARCHAR(40), bytes BLOB);
        INSERT INTO things VALUES ${rows}`);
      const { mysqlUsername: username, mysqlPassword: password } = mysqlUser;
      const options = { address: pair.admin.address, username, password, tables: [`${pair.database}.things`], connectTimeoutMs: 30_000 };
      const changes = async () => {
        for (const sql of sampled(change, CHANGES)) await pair.admin.run(sql);
      };
      expect(await pair.lab.copy({ type: 'mysql-source', options }, target.end, changes)).toEqual({ deadLetters: 0 });
      const arrived = (await target.read()).map(read);
      const seen = new Map<unknown, Event['after']>();
      const ops = new Set<string | undefined>();
      for (const { key, event } of arrived) {
        ops.add(event?.op);
        if (event === undefined) expect(seen.get(key)).toBeUndefined();
        else if (event.op === 'd') seen.delete(key);
        else seen.set(key, event.after);
        if (event !== undefined) expect(JSON.parse(String(key))).toEqual({ id: (event.after ?? event.before)?.id });
      }
      expect(ops).toEqual(new Set(['r', 'c', 'u', 'd', undefined]));
      const there = await pair.admin.rows<{ id: number }>('SELECT id, n, text, TO_BASE64(bytes) AS bytes FROM things ORDER BY id');
      expect([...seen.values()].toSorted((a, b) => Number(a?.id) - Number(b?.id))).toEqual(there.map((row) => ({ ...row })));
    } finally {
      await target.remove();
    }
  });
});
