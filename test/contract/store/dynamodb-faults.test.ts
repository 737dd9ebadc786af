import { DescribeTableCommand, DescribeTimeToLiveCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from '@jest/globals';
import '../../support/native-errors.ts';
import { createClient } from '../../../src/store/dynamodb/client.ts';
import { createTable } from '../../../src/store/dynamodb/create-table.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import { TABLE_DEFINITION } from '../../../src/store/dynamodb/table-definition.ts';
import type { ConnectStore } from '../../../src/store/store.ts';
import { createTestTable } from '../../support/dynamodb.ts';
import { type JsonServer, startJsonServer } from '../../support/json-server.ts';
import { uniqueName } from '../../support/names.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import { freshName, plan, staged, summary } from './store-under-test.ts';

describe('DynamoDB', () => {
  let store: ConnectStore | undefined;
  let server: JsonServer | undefined;
  afterEach(async () => {
    store?.close();
    await server?.close();
    server = undefined;
  });
  const open = (endpoint: string, table = 'connect') => {
    store = createDynamodbStore({ endpoint, table });
    return store;
  };
  const answering = async (...names: readonly string[]) => {
    const left = [...names];
    server = await startJsonServer(() => {
      const name = left.shift();
      return name === undefined
        ? { status: 200, body: {} }
        : { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'said so' } };
    });
    return open(server.url);
  };

  it('names the table and how to get it where it does not exist', async () => {
    const { dynamodb } = await stackAddresses();
    const name = uniqueName('missing');
    await expect(open(dynamodb, name).listConnectors()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `DynamoDB table ${name} does not exist`,
      remedy: expect.stringContaining('sls deploy'),
    });
  });

  it('is UNREACHABLE where nobody listens', async () => {
    await expect(open('http://127.0.0.1:1').getConnector('orders')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retriable: true,
      message: expect.stringContaining('ECONNREFUSED 127.0.0.1:1'),
    });
  });

  it('is given up where nobody answers', async () => {
    server = await startJsonServer(() => undefined);
    await expect(open(server.url).getConnector('orders')).rejects.toMatchObject({ code: 'TIMEOUT', retriable: true });
  });

  it('is asked again while it throttles, and every request counts', async () => {
    const throttled = await answering('ThrottlingException', 'ProvisionedThroughputExceededException');
    expect(await throttled.getConnector('orders')).toBeUndefined();
    expect(throttled.requests).toBe(3);
  });

  it('says which permission or credentials are missing, at once', async () => {
    await expect((await answering('AccessDeniedException')).getConnector('orders')).rejects.toMatchObject({
      code: 'FORBIDDEN',
      retriable: false,
    });
    await server?.close();
    await expect((await answering('UnrecognizedClientException')).getConnector('orders')).rejects.toMatchObject({ code: 'AUTH_FAILED' });
  });

  it('names maxTasks where a task is too large for an item', async () => {
    const table = await createTestTable();
    const connector = freshName();
    const own = open(table.options.endpoint, table.options.table);
    const generation = await own.beginPlan(connector, connectorSpec());
    const huge = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`p${n}`, 'x'.repeat(1_000)]));
    await expect(own.stage({ connector, task: 0 }, staged(generation, huge), Date.now())).rejects.toMatchObject({
      code: 'PLAN_TOO_LARGE',
      remedy: expect.stringContaining('maxTasks'),
    });
    await table.drop();
  });

  it('has one table, made as often as one likes, whose runs expire after 30 days', async () => {
    const table = await createTestTable();
    await createTable(table.options);
    const client = createClient(table.options.endpoint);
    const TableName = table.options.table;
    const { Table: made } = await client.send(new DescribeTableCommand({ TableName }));
    expect(made).toMatchObject({
      KeySchema: TABLE_DEFINITION.KeySchema,
      BillingModeSummary: { BillingMode: TABLE_DEFINITION.BillingMode },
    });
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
    const own = open(table.options.endpoint, TableName);
    await plan(own, 'orders', [{}]);
    await own.putRun({ connector: 'orders', task: 3 }, summary({ startedAt: 1_700_000_000_000, endedAt: 1_700_000_001_500 }));
    const Key = { pk: { S: 'runs#orders' }, sk: { S: '1700000000000#task#00003' } };
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
    expect(Item?.expiresAt).toEqual({ N: String(1_700_000_002 + 30 * 24 * 60 * 60) });
    client.destroy();
    await table.drop();
  });
});
