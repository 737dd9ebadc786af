import { afterAll, beforeAll } from '@jest/globals';
import { createDynamodbStore } from '../../../src/store/dynamodb-store.ts';
import { createTestTable, type TestTable } from '../../support/dynamodb.ts';
import { describeConnectStore } from './connect-store.ts';

let table: TestTable;
beforeAll(async () => {
  table = await createTestTable();
});
afterAll(() => table.drop());

describeConnectStore('DynamoDB', { open: (now) => createDynamodbStore({ ...table.options, now }) });
