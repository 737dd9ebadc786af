import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { createClient, type DynamodbOptions } from '../../src/store/dynamodb/client.ts';
import { createTable } from '../../src/store/dynamodb/create-table.ts';
import { stackAddresses } from './stack.ts';

export interface TestTable {
  /** For `createDynamodbStore`. */
  readonly options: DynamodbOptions & { readonly endpoint: string };
  drop(): Promise<void>;
}

/** A table of one test file's own, on the stack's DynamoDB. */
export async function createTestTable(): Promise<TestTable> {
  const { dynamodb: endpoint } = await stackAddresses();
  const options = { endpoint, table: `test-${randomUUID()}` };
  await createTable(options);
  return {
    options,
    async drop() {
      const client = createClient(endpoint);
      await client.send(new DeleteTableCommand({ TableName: options.table }));
      client.destroy();
    },
  };
}
