import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConnectError } from '../../api/index.ts';
import { withPatience } from '../../kit/index.ts';
import { OPERATION_TIMEOUT_MS, tableError } from './client.ts';
import { Pace } from './pace.ts';

/** A patient caller goes on for this long where the table throttles. */
const PATIENCE_MS = 5 * 60_000;

/** Sends one request, which ends when the signal says so. */
export type Send<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** Requests on one table: bounded in time, faults mapped, every attempt counted, and paced where the caller is patient. */
export class Requests {
  readonly #table: string;
  readonly #pace: Pace | undefined;
  #count = 0;

  constructor(client: DynamoDBClient, table: string, patient: boolean) {
    this.#table = table;
    this.#pace = patient ? new Pace() : undefined;
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
