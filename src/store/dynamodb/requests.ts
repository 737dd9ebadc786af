import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConnectError } from '../../api/index.ts';
import { withPatience } from '../../kit/index.ts';
import type { Consumed } from '../store.ts';
import { OPERATION_TIMEOUT_MS, tableError } from './client.ts';
import { Pace } from './pace.ts';

/** What DynamoDB says that a request cost; 0 where it does not say so. Several writes in one request come as a list. */
function unitsOf(output: object): number {
  const { ConsumedCapacity = [] } = output as { ConsumedCapacity?: Capacity | readonly Capacity[] };
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}

interface Capacity {
  readonly CapacityUnits?: number;
}

/** A patient caller goes on for this long where the table throttles. */
const PATIENCE_MS = 5 * 60_000;

/** Sends one request, which ends when the signal says so. */
export type Send<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** Requests on one table: bounded in time, faults mapped, every attempt counted, and paced where the caller is patient. */
export class Requests {
  readonly #table: string;
  readonly #pace: Pace | undefined;
  #count = 0;
  #consumed: Consumed = { readUnits: 0, writeUnits: 0, lastWriteUnits: 1 };

  constructor(client: DynamoDBClient, table: string, patient: boolean) {
    this.#table = table;
    this.#pace = patient ? new Pace() : undefined;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (request) => {
          const isRead = commandName === 'GetItemCommand' || commandName === 'QueryCommand';
          try {
            // The answer says what it cost, and is no longer for it.
            const answer = await next({ ...request, input: { ...request.input, ReturnConsumedCapacity: 'TOTAL' } });
            this.#consume(isRead, unitsOf(answer.output));
            return answer;
          } catch (error) {
            if (error instanceof ConditionalCheckFailedException) this.#consume(isRead, this.#consumed.lastWriteUnits);
            throw error;
          }
        },
      { step: 'initialize', name: 'countUnits' },
    );
    // Inside the retry middleware: a repeat is a request, too.
    client.middlewareStack.add(
      (next) => (request) => {
        this.#count += 1;
        return next(request);
      },
      { step: 'deserialize', priority: 'low', name: 'countRequests' },
    );
  }

  get count(): number {
    return this.#count;
  }

  get consumed(): Consumed {
    return this.#consumed;
  }

  #consume(isRead: boolean, units: number): void {
    const { readUnits, writeUnits, lastWriteUnits } = this.#consumed;
    this.#consumed = isRead
      ? { readUnits: readUnits + units, writeUnits, lastWriteUnits }
      : { readUnits, writeUnits: writeUnits + units, lastWriteUnits: units };
  }

  /**
   * Throws ConnectError, or ConditionalCheckFailedException unchanged. A request with a shorter time limit than the usual one is never
   * repeated.
   */
  async run<T>(send: Send<T>, timeoutMs = OPERATION_TIMEOUT_MS): Promise<T> {
    if (this.#pace === undefined || timeoutMs < OPERATION_TIMEOUT_MS) return this.#try(send, timeoutMs);
    const patientUntil = Date.now() + PATIENCE_MS;
    for (;;) {
      const waitMs = this.#pace.turn(Date.now());
      if (waitMs > 0) await sleep(waitMs);
      try {
        const result = await this.#try(send, timeoutMs);
        this.#pace.passed();
        return result;
      } catch (error) {
        if (!(error instanceof ConnectError) || error.code !== 'THROTTLED' || Date.now() >= patientUntil) throw error;
        this.#pace.throttled();
      }
    }
  }

  async #try<T>(send: Send<T>, timeoutMs: number): Promise<T> {
    try {
      return await withPatience(timeoutMs, (abortSignal) => send({ abortSignal }));
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw error;
      throw tableError(error, this.#table);
    }
  }
}
