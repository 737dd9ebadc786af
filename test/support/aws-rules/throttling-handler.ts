import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Handler = DynamoDBClient['config']['requestHandler'];

/** Of the writes that would pass: on a machine that is slow by itself, nothing else would be refused. */
const REFUSED = 5;

/**
 * A table that takes so many write units a second, by DynamoDB's own count of each write against a bucket of one second, and refuses
 * some that would pass.
 */
export class WriteLimit {
  readonly #perSecond: number;
  #left: number;
  #at = Date.now();
  #asked = 0;
  /** Requests that were refused. */
  throttled = 0;
  /** Write units that were taken. */
  units = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  /** For the configuration of a DynamoDB client. */
  get handler(): Handler {
    const { requestHandler: inner } = new DynamoDBClient({ region: 'local' }).config;
    return {
      destroy: () => inner.destroy?.(),
      handle: async (request, options) => {
        if (!/(Put|Update|Delete)Item$/.test(request.headers['x-amz-target'] ?? '')) return inner.handle(request, options);
        if (!this.#mayWrite()) return refusal() as unknown as Awaited<ReturnType<Handler['handle']>>;
        const body = Buffer.from(JSON.stringify({ ...JSON.parse(textOf(request.body)), ReturnConsumedCapacity: 'TOTAL' }));
        const counted = Object.assign(request, { body, headers: { ...request.headers, 'content-length': String(body.length) } });
        const { response } = await inner.handle(counted, options);
        const answer = await buffer(response.body as Readable);
        this.#take(
          (JSON.parse(answer.toString()) as { ConsumedCapacity?: { CapacityUnits: number } }).ConsumedCapacity?.CapacityUnits ?? 1,
        );
        return { response: Object.assign(response, { body: Readable.from([answer]) }) };
      },
    };
  }

  #mayWrite(): boolean {
    const now = Date.now();
    this.#left = Math.min(this.#perSecond, this.#left + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = now;
    this.#asked += 1;
    if (this.#left > 0 && this.#asked % REFUSED !== 0) return true;
    this.throttled += 1;
    return false;
  }

  #take(units: number): void {
    this.#left -= units;
    this.units += units;
  }
}

export const refusal = () => {
  const __type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';
  const body = Buffer.from(JSON.stringify({ __type, message: 'The level of configured provisioned throughput was exceeded' }));
  return { response: { statusCode: 400, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: Readable.from([body]) } };
};

export const textOf = (body: Uint8Array): string => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
