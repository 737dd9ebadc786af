import { afterEach, expect, it } from '@jest/globals';
import { createTable } from '../../../src/store/dynamodb/create-table.ts';
import '../../support/native-errors.ts';
import { type Answer, type JsonServer, startJsonServer } from '../../support/json-server.ts';

const ACTIVE = { status: 200, body: { Table: { TableStatus: 'ACTIVE' } } };
const refused = (name: string, message: string): Answer => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message },
});

let server: JsonServer | undefined;
afterEach(() => server?.close());

/** A DynamoDB that carries out the first request of this kind and is too busy to say so. Resolves to what it was asked. */
async function askedWhereLost(lost: string): Promise<string[]> {
  const asked: string[] = [];
  server = await startJsonServer((_, { headers }) => {
    const name = String(headers['x-amz-target']).split('.').at(-1) ?? '';
    asked.push(name);
    const again = asked.filter((one) => one === name).length > 1;
    if (name === 'DescribeTable') return ACTIVE;
    if (name === lost && !again) return { ...refused('InternalServerError', 'the answer was lost'), status: 500 };
    if (!again) return { status: 200, body: {} };
    if (name === 'CreateTable') return refused('ResourceInUseException', 'Cannot create preexisting table');
    return refused('ValidationException', 'TimeToLive is already enabled');
  });
  await createTable({ table: 'test', endpoint: server.url });
  return asked;
}

it('a table whose creation was carried out, and the answer lost, gets its expiry all the same', async () => {
  expect(await askedWhereLost('CreateTable')).toEqual(['CreateTable', 'CreateTable', 'DescribeTable', 'UpdateTimeToLive']);
});

it('an expiry that was switched on, and the answer lost, is no error', async () => {
  expect(await askedWhereLost('UpdateTimeToLive')).toEqual(['CreateTable', 'DescribeTable', 'UpdateTimeToLive', 'UpdateTimeToLive']);
});
