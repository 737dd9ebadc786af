import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { refusal, textOf } from './throttling-handler.ts';

type Handler = DynamoDBClient['config']['requestHandler'];
type Body = Readonly<Record<string, unknown>>;
type Capacity = { readonly CapacityUnits: number };

export interface Limits {
  /** Units a second and partition key. AWS: 1,000 and 3,000. */
  readonly writes: number;
  readonly reads: number;
  /** It refuses one in so many requests that would pass, too: on a machine that is slow by itself, nothing else would be refused. Default: none. */
  readonly oneIn?: number;
  /** Returns ms. Default: the time of this process. */
  readonly now?: () => number;
}

/** What one key may still take. */
interface Bucket {
  left: number;
  at: number;
}

/** A table whose partition keys each take so many units a second, by DynamoDB's own count of each request against a bucket of one second. */
export class KeyLimits {
  readonly #limits: Limits;
  readonly #oneIn: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  /** Requests that were answered, and those of them that were refused. */
  requests = 0;
  throttled = 0;
  /** Write units that each key took. */
  readonly written = new Map<string, number>();

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#oneIn = limits.oneIn ?? Number.POSITIVE_INFINITY;
    this.#now = limits.now ?? Date.now;
  }

  /** For the configuration of a DynamoDB client. */
  get handler(): Handler {
    const { requestHandler: inner } = new DynamoDBClient({ region: 'local' }).config;
    return {
      destroy: () => inner.destroy?.(),
      handle: async (request, options) => {
        this.requests += 1;
        const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
        const asked = JSON.parse(textOf(request.body)) as Body;
        const isRead = operation === 'GetItem' || operation === 'Query';
        const key = keyOf(operation, asked);
        if (this.#bucket(key, isRead).left <= 0 || this.requests % this.#oneIn === 0) {
          this.throttled += 1;
          return refusal() as unknown as Awaited<ReturnType<Handler['handle']>>;
        }
        const body = Buffer.from(JSON.stringify({ ...asked, ReturnConsumedCapacity: 'TOTAL' }));
        const counted = Object.assign(request, { body, headers: { ...request.headers, 'content-length': String(body.length) } });
        const { response } = await inner.handle(counted, options).catch((error: unknown) => {
          // A busy server hangs up, and the client repeats the request.
          this.requests -= 1;
          throw error;
        });
        const answer = await buffer(response.body as Readable);
        this.#take(key, isRead, unitsOf(JSON.parse(answer.toString())));
        return { response: Object.assign(response, { body: Readable.from([answer]) }) };
      },
    };
  }

  #bucket(key: string, isRead: boolean): Bucket {
    const perSecond = isRead ? this.#limits.reads : this.#limits.writes;
    const name = `${isRead} ${key}`;
    const now = this.#now();
    const bucket = this.#buckets.get(name) ?? { left: perSecond, at: now };
    this.#buckets.set(name, bucket);
    bucket.left = Math.min(perSecond, bucket.left + ((now - bucket.at) / 1_000) * perSecond);
    bucket.at = now;
    return bucket;
  }

  #take(key: string, isRead: boolean, units: number): void {
    this.#bucket(key, isRead).left -= units;
    if (!isRead) this.written.set(key, (this.written.get(key) ?? 0) + units);
  }
}

/** All writes of one batch that the store makes have one partition key. */
function keyOf(operation: string, body: Body): string {
  if (operation === 'Query') return pk({ pk: (body.ExpressionAttributeValues as Body)[':pk'] });
  if (operation !== 'BatchWriteItem') return pk(body.Key ?? body.Item);
  const [write] = Object.values(
    body.RequestItems as Record<string, readonly { readonly DeleteRequest: { readonly Key: unknown } }[]>,
  ).flat();
  return pk(write?.DeleteRequest.Key);
}

const pk = (key: unknown): string => (key as { readonly pk: { readonly S: string } }).pk.S;

/** A write whose condition fails says nothing of its units: it takes those of the item, one of ours. */
function unitsOf({ ConsumedCapacity }: { readonly ConsumedCapacity?: Capacity | readonly Capacity[] }): number {
  return ConsumedCapacity === undefined ? 1 : [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}
