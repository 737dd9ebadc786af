import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Dataset, type DatasetMessage, datasetNames, openDataset } from '../../../infra/local/main-job/flights/dataset.ts';
import { FlightTable } from '../../../infra/local/main-job/sources/flight-table.ts';
import { TableChanges } from '../../../infra/local/main-job/sources/table-changes.ts';
import { MysqlAdmin } from '../../../infra/local/mysql-admin.ts';
import { uniqueName } from '../../support/names.ts';
import { stackAddresses } from '../../support/stack.ts';

const CHUNKS = 2;
const never = new AbortController().signal;

describe('a data set as a table', () => {
  let admin: MysqlAdmin;
  let dataset: Dataset;
  const tables: FlightTable[] = [];

  beforeAll(async () => {
    admin = new MysqlAdmin((await stackAddresses()).mariadb);
    dataset = await beginning('flights-200k');
  });
  afterAll(async () => {
    for (const { name } of tables) await admin.run(`DROP TABLE IF EXISTS ${name}, ${name}_changes`);
    await admin.close();
  });

  /** The first chunks of a data set. */
  async function beginning(name: string): Promise<Dataset> {
    const chunks: DatasetMessage[][] = [];
    const whole = await openDataset(name);
    for await (const chunk of whole.messages()) if (chunks.push(chunk) === CHUNKS) break;
    return {
      name,
      rows: chunks.flat().length,
      async *messages() {
        yield* chunks;
      },
    };
  }

  const newTable = (): FlightTable => {
    const table = new FlightTable(admin, uniqueName('load'));
    tables.push(table);
    return table;
  };
  const load = (table: FlightTable, of = dataset) => table.load(of, false, never, () => {});
  async function contents(table: FlightTable): Promise<Array<Record<string, unknown>>> {
    const rows: Array<Record<string, unknown>> = [];
    for await (const chunk of table.rows()) rows.push(...chunk.map(([, json]) => JSON.parse(json)));
    return rows;
  }

  it.each(datasetNames)('has every record of %s as a row, and a second load adds none', async (name) => {
    const whole = await beginning(name);
    const table = newTable();
    expect(await load(table, whole)).toBe(whole.rows);
    const rows = await contents(table);
    let id = 0;
    for await (const chunk of whole.messages())
      for (const { value, timestamp } of chunk) {
        const { delay, distance, time: hour = null, origin = null, destination = null } = JSON.parse(value.toString());
        expect(rows[id]).toEqual({ id, departed_at: timestamp, delay, distance, hour, origin, destination, changed_at: null });
        id += 1;
      }
    expect(rows).toHaveLength(whole.rows);
    expect(await load(table, whole)).toBe(0);
  });

  it('is complete after a load that goes on where another was cut off', async () => {
    const table = newTable();
    const cut = new AbortController();
    const part = await table.load(dataset, false, cut.signal, () => cut.abort());
    expect(part).toBeLessThan(dataset.rows);
    await admin.run(`DELETE FROM ${table.name} WHERE id >= ${part - 7}`);
    expect(await load(table)).toBe(dataset.rows - part + 7);
    expect(await contents(table)).toHaveLength(dataset.rows);
  });

  it('tells a table of another data set', async () => {
    const table = newTable();
    await load(table);
    await expect(table.load({ ...dataset, rows: 10 }, false, never, () => {})).rejects.toThrow(
      `has ${dataset.rows} rows where data set ${dataset.name} has 10; drop that table`,
    );
  });

  it('is changed as often as was asked for, in all, and every change is counted', async () => {
    const table = newTable();
    await load(table);
    const before = new Map((await contents(table)).map((row) => [row.id, row]));
    await new TableChanges(table, dataset.rows).make(300, never);
    const made = await new TableChanges(table, dataset.rows).made();
    expect(made).toBeGreaterThanOrEqual(300);
    await new TableChanges(table, dataset.rows).make(made, never);
    const changes = new TableChanges(table, dataset.rows);
    expect(await changes.made()).toBe(made);
    const { created, updated, deleted } = await changes.counts();
    const rows = await contents(table);
    expect(rows).toHaveLength(dataset.rows + created - deleted);
    const delayed = rows.filter(({ id, delay }) => before.has(id) && before.get(id)?.delay !== delay).length;
    expect(delayed).toBeGreaterThan(0);
    expect(delayed).toBeLessThanOrEqual(updated);
    expect(await table.load(dataset, true, never, () => {})).toBe(0);
  });
});
