import { CreateTableCommand, ResourceInUseException, UpdateTimeToLiveCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { createClient, type DynamodbOptions, tableError } from './client.ts';
import { EXPIRES_AT, TABLE_DEFINITION } from './table-definition.ts';

const WAIT_S = 60;

/** Creates the table where there is none, on a local server. On AWS CloudFormation does it. Repeatable. */
export async function createTable({ table, endpoint }: DynamodbOptions): Promise<void> {
  const client = createClient(endpoint);
  try {
    const created = await client.send(new CreateTableCommand({ TableName: table, ...TABLE_DEFINITION })).then(
      () => true,
      (error: unknown) => {
        // An earlier attempt of this call may have made it, of which the answer was lost.
        if (error instanceof ResourceInUseException) return (error.$metadata.attempts ?? 1) > 1;
        throw error;
      },
    );
    await waitUntilTableExists({ client, maxWaitTime: WAIT_S, minDelay: 1 }, { TableName: table });
    if (!created) return;
    const TimeToLiveSpecification = { AttributeName: EXPIRES_AT, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification })).catch(unlessEnabled);
  } catch (error) {
    throw tableError(error, table);
  } finally {
    client.destroy();
  }
}

/** Throws the error, unless an earlier attempt, of which the answer was lost, has done the work. */
function unlessEnabled(error: Error): void {
  if (!/already enabled/i.test(error.message)) throw error;
}
