import { CreateTableCommand, ResourceInUseException, UpdateTimeToLiveCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { createClient, type DynamodbOptions, tableError } from './client.ts';
import { EXPIRES_AT, TABLE_DEFINITION } from './table-definition.ts';

const WAIT_S = 60;

/** Creates the table where there is none; for a server of one's own, on AWS CloudFormation does it. Repeatable. */
export async function createTable({ table, endpoint }: DynamodbOptions): Promise<void> {
  const client = createClient(endpoint);
  try {
    const created = await client.send(new CreateTableCommand({ TableName: table, ...TABLE_DEFINITION })).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ResourceInUseException) return false;
        throw error;
      },
    );
    await waitUntilTableExists({ client, maxWaitTime: WAIT_S, minDelay: 1 }, { TableName: table });
    if (!created) return;
    const TimeToLiveSpecification = { AttributeName: EXPIRES_AT, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification }));
  } catch (error) {
    throw tableError(error, table);
  } finally {
    client.destroy();
  }
}
