import type { StackAddresses } from '../../infra/local/stack.ts';
import { stackStatus } from '../../infra/local/stack-status.ts';

/**
 * Where the servers are that the tests use: those that `npm test` started, else the running stack of this folder
 * (`npm run stack -- start`, STACK_DIR). Throws when there are none.
 */
export async function stackAddresses(): Promise<StackAddresses> {
  const given = process.env.STACK_ADDRESSES;
  if (given) return JSON.parse(given) as StackAddresses;
  const status = await stackStatus();
  const running = status.filter(({ state }) => state === 'running' || state === 'external');
  if (running.length === 0) throw new Error('no servers to test against: run npm test, or start some with npm run stack -- start');
  return Object.assign({}, ...running.map(({ addresses }) => addresses)) as StackAddresses;
}

/** For `new DynamoDBClient(...)` against the stack; DynamoDB Local takes any keys. */
export function dynamodbClientConfig({ dynamodb }: StackAddresses): {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
} {
  return { endpoint: dynamodb, region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}
