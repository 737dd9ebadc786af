import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { ConnectError } from '../../api/index.ts';
import type { Consumed } from '../store.ts';
import { type Expressions, expressionInput, projectionInput } from './expression.ts';
import type { Key } from './keys.ts';
import { Requests } from './requests.ts';

export type Attributes = Readonly<Record<string, unknown>>;

/** `item` is as it is after the write, or, where the condition failed, as the condition found it. It is absent where there was none. */
export type Written = { readonly written: true; readonly item: Attributes } | { readonly written: false; readonly item?: Attributes };

interface QueryOptions {
  readonly newestFirst?: boolean;
  /** How many items a page has at most. */
  readonly limit?: number;
  /** The least sort key that is read; all by default. */
  readonly from?: string;
  /** Only smaller sort keys are read. It excludes `from`. */
  readonly before?: string;
  /** False: items may be as they were a moment ago, for half the price. Default true. */
  readonly consistent?: boolean;
  /** Paths of the attributes that are wanted, such as `planned.taskConfig`. Default: all. DynamoDB bills whole items all the same. */
  readonly only?: readonly string[];
}

/** What one BatchWriteItem takes. */
const MAX_WRITES = 25;
const DELETE_PAGE = 8 * MAX_WRITES;
const MAX_STALLS = 8;
const STALL_MS = 100;

/** DynamoDB's requests on one table with plain values, faults mapped, every attempt counted. */
export class Table {
  readonly name: string;
  readonly #client: DynamoDBClient;
  readonly #requests: Requests;

  /** A `patient` table repeats what is throttled for five minutes, and paces it. */
  constructor(client: DynamoDBClient, name: string, patient = false) {
    this.name = name;
    this.#client = client;
    this.#requests = new Requests(client, name, patient);
  }

  /** How many requests were sent so far, repeats included. */
  get requests(): number {
    return this.#requests.count;
  }

  /** With `consistent: false` the item may be as it was a moment ago, for half the price. */
  async get(key: Key, { consistent = true }: { readonly consistent?: boolean } = {}): Promise<Attributes | undefined> {
    const command = new GetItemCommand({ TableName: this.name, Key: marshall(key), ConsistentRead: consistent });
    const { Item } = await this.#requests.run((options) => this.#client.send(command, options));
    return Item && unmarshall(Item);
  }

  async put(item: Attributes): Promise<void> {
    const command = new PutItemCommand({ TableName: this.name, Item: marshall(item, { removeUndefinedValues: true }) });
    await this.#requests.run((options) => this.#client.send(command, options));
  }

  /** What the requests cost so far. */
  get consumed(): Consumed {
    return this.#requests.consumed;
  }

  /** Updates an item. It returns the whole item, with `changed` only what the update set, and with `none` nothing. */
  async update(key: Key, expressions: Expressions, returned: 'whole' | 'changed' | 'none' = 'whole', timeoutMs?: number): Promise<Written> {
    const command = new UpdateItemCommand({
      TableName: this.name,
      Key: marshall(key),
      ...expressionInput(expressions),
      ReturnValues: returned === 'whole' ? 'ALL_NEW' : returned === 'changed' ? 'UPDATED_NEW' : 'NONE',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#conditional((options) => this.#client.send(command, options), timeoutMs);
  }

  async delete(key: Key, expressions?: Expressions): Promise<Written> {
    const command = new DeleteItemCommand({
      TableName: this.name,
      Key: marshall(key),
      ...(expressions && expressionInput(expressions)),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#conditional((options) => this.#client.send(command, options));
  }

  /** Reads the items of a partition, in the order of their sort keys, page by page: all, or those in a range of sort keys. */
  async *query(
    pk: string,
    { newestFirst = false, limit, from, before, consistent = true, only }: QueryOptions = {},
  ): AsyncGenerator<Attributes> {
    const range = from !== undefined ? ' AND sk >= :sk' : before !== undefined ? ' AND sk < :sk' : '';
    const sk = from ?? before;
    const projection = only === undefined ? {} : projectionInput(only);
    let start: QueryCommand['input']['ExclusiveStartKey'];
    do {
      const command: QueryCommand = new QueryCommand({
        TableName: this.name,
        KeyConditionExpression: `pk = :pk${range}`,
        ExpressionAttributeValues: { ':pk': { S: pk }, ...(sk !== undefined && { ':sk': { S: sk } }) },
        ConsistentRead: consistent,
        ...projection,
        ScanIndexForward: !newestFirst,
        Limit: limit,
        ExclusiveStartKey: start,
      });
      const page = await this.#requests.run((options) => this.#client.send(command, options));
      for (const item of page.Items ?? []) yield unmarshall(item);
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  async list<T>(pk: string, decode: (item: Attributes) => T, options: QueryOptions = {}): Promise<T[]> {
    const items: T[] = [];
    for await (const item of this.query(pk, options)) items.push(decode(item));
    return items;
  }

  /** Deletes all items of a partition. It may be called again after a throw. */
  async clear(pk: string): Promise<void> {
    for (let stalls = 0; stalls < MAX_STALLS; stalls += 1) {
      const query = new QueryCommand({
        TableName: this.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ProjectionExpression: 'pk, sk',
        ConsistentRead: true,
        Limit: DELETE_PAGE,
      });
      const { Items: keys = [] } = await this.#requests.run((options) => this.#client.send(query, options));
      if (keys.length === 0) return;
      const chunks = Array.from({ length: Math.ceil(keys.length / MAX_WRITES) }, (_, n) =>
        keys.slice(n * MAX_WRITES, (n + 1) * MAX_WRITES),
      );
      const left = await Promise.all(chunks.map((chunk) => this.#delete(chunk)));
      if (left.includes(0)) stalls = -1;
      else await sleep(STALL_MS * 2 ** stalls);
    }
    throw new ConnectError('THROTTLED', `DynamoDB table ${this.name} takes no deletes`, { retriable: true, remedy: 'try again later' });
  }

  close(): void {
    this.#client.destroy();
  }

  /** Deletes items in one request. Resolves with how many of the keys DynamoDB left for later. */
  async #delete(keys: ReadonlyArray<NonNullable<GetItemCommand['input']['Key']>>): Promise<number> {
    const RequestItems = { [this.name]: keys.map((key) => ({ DeleteRequest: { Key: key } })) };
    const command = new BatchWriteItemCommand({ RequestItems });
    const { UnprocessedItems } = await this.#requests.run((options) => this.#client.send(command, options));
    return UnprocessedItems?.[this.name]?.length ?? 0;
  }

  async #conditional(
    send: (options: { abortSignal: AbortSignal }) => Promise<{ Attributes?: Parameters<typeof unmarshall>[0] | undefined }>,
    timeoutMs?: number,
  ): Promise<Written> {
    try {
      const { Attributes: item } = await this.#requests.run(send, timeoutMs);
      return { written: true, item: item ? unmarshall(item) : {} };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item === undefined ? { written: false } : { written: false, item: unmarshall(error.Item) };
    }
  }
}
