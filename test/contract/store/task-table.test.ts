import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient } from '../../../src/store/dynamodb/client.ts';
import { Table } from '../../../src/store/dynamodb/table.ts';
import { TaskTable } from '../../../src/store/dynamodb/task-table.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';

let dynamodb: TestTable;
let table: Table;
beforeAll(async () => {
  dynamodb = await createTestTable();
  table = new Table(createClient(dynamodb.options.endpoint, false), dynamodb.options.table, false);
});
afterAll(async () => {
  table?.close();
  await dynamodb?.drop();
});

it('a plan that was overtaken does not take back how many keys the tasks of a newer one are spread over', async () => {
  const tasks = new TaskTable(table);
  await tasks.spread('orders', 5, 4);
  await tasks.spread('orders', 7, 32);
  await tasks.spread('orders', 6, 4);
  expect(await tasks.spreadOver('orders')).toBe(32);
});
