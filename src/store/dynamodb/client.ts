import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConnectError } from '../../api/index.ts';
import { awsError } from '../../aws/errors.ts';

export interface DynamodbOptions {
  readonly table: string;
  /**
   * The address of another server, such as `http://127.0.0.1:8000`. It gets fixed local credentials. Default: AWS, where the
   * SDK's own environment variables count (also AWS_ENDPOINT_URL_DYNAMODB).
   */
  readonly endpoint?: string;
}

const CONNECTION_TIMEOUT_MS = 2_000;
/** DynamoDB answers in milliseconds. A request that takes this long is lost. */
const REQUEST_TIMEOUT_MS = 3_000;
/** So many attempts suffice for a table that scales up under a plan of thousands of tasks. `OPERATION_TIMEOUT_MS` bounds them in time. */
const MAX_ATTEMPTS = 8;
/** A patient caller makes fewer: it soon learns that the table throttles, and paces itself. */
const PATIENT_ATTEMPTS = 2;
/** The time limit of one operation with all its retries. */
export const OPERATION_TIMEOUT_MS = 9_000;

/** DynamoDB Local keeps separate tables for each access key and region, so everyone must use the same. */
const LOCAL = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** Creates a client. A `patient` caller repeats throttled requests itself. */
export function createClient(endpoint?: string, patient = false): DynamoDBClient {
  return new DynamoDBClient({
    ...(endpoint === undefined ? {} : { endpoint, ...LOCAL }),
    maxAttempts: patient ? PATIENT_ATTEMPTS : MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true },
  });
}

/** Makes a ConnectError of a fault of DynamoDB. A condition that failed is none. */
export function tableError(error: unknown, table: string): ConnectError {
  const { name, message = '' } = error as Error;
  if (name === 'ValidationException' && /item size/i.test(message)) {
    return new ConnectError('PLAN_TOO_LARGE', `a task does not fit into an item of table ${table}: ${message}`, {
      remedy: 'raise maxTasks, so that each task has fewer partitions',
      cause: error,
    });
  }
  return awsError(error, {
    what: `DynamoDB table ${table}`,
    createIt: 'deploy it with `sls deploy`, or start the local stack with `npm run stack -- start`',
  });
}
