import type { Connection } from '@platformatic/kafka';
import { ConnectError, type Position, toConnectError } from '../../../../api/index.ts';
import { type Bounds, inTime, untilAborted } from '../../../../kit/index.ts';
import type { Apis } from '../api-versions.ts';
import type { KafkaClient } from '../client.ts';
import type { Coordinated } from '../coordinator.ts';
import { transactionError } from '../errors/transaction-errors.ts';
import type { TopicPartition } from '../partition-name.ts';
import { Recovery } from '../recovery.ts';
import { Producer } from './producers.ts';
import {
  abandonTransaction,
  addGroup,
  addPartitions,
  committedPosition,
  endTransaction,
  type GroupPosition,
  type Holder,
  setPosition,
  takeTransactionalId,
} from './transaction-requests.ts';

/** Least time that a transaction may be open. */
const LEAST_OPEN_MS = 60_000;
/** Who stops waits no longer for an open one to be aborted. */
const ABORT_MS = 2_000;
/** Each of its three parts may have to wait for brokers: to write records, to set the position, to end it. */
const PARTS = 3;

/**
 * How long a transaction may be open before brokers abort it, in ms. Until then, one that a dead process left holds back those who read
 * committed records only.
 */
export const openMs = (requestTimeoutMs: number): number => Math.max(LEAST_OPEN_MS, PARTS * requestTimeoutMs);

interface Held {
  readonly holder: Holder;
  readonly producer: Producer;
}

/** A position and the topic beside which it stands. */
interface Known {
  readonly topic: string;
  readonly position: Position | undefined;
}

/**
 * The transactions of one queue, one after the other, by a transactional id of its own. The group of the same name keeps the queue's position,
 * which each transaction moves. One caller at a time.
 */
export class Transactions {
  readonly #client: KafkaClient;
  readonly #id: string;
  readonly #patienceMs: number;
  readonly #openMs: number;
  #held: Held | undefined;
  #known: Known | undefined;
  /** The position that a transaction was to commit whose end is not known. */
  #pending: Position | undefined;
  /** The transaction that is open, as far as is known, and when it began, ms since 1970. */
  #open: { readonly holder: Holder; readonly since: number } | undefined;

  /** `requestTimeoutMs`: also how long a failure may last. */
  constructor(client: KafkaClient, id: string, requestTimeoutMs: number) {
    this.#client = client;
    this.#id = id;
    this.#patienceMs = requestTimeoutMs;
    this.#openMs = openMs(requestTimeoutMs);
  }

  /**
   * Resolves with the position of the last transaction that is committed, as long as this is the only one that writes by the id. Begins to be
   * so at first, and after a failure: what was open before is aborted, and whoever wrote before is shut out. Throws LEASE_LOST where somebody
   * else has moved the position.
   */
  async position(topic: string, bounds: Bounds): Promise<Position | undefined> {
    if (this.#held !== undefined && this.#known?.topic === topic) return this.#known.position;
    const holder = await this.#ask('transactional id', bounds, (connection, apis) =>
      takeTransactionalId(connection, apis, this.#id, this.#openMs),
    );
    this.#open = undefined;
    const position = await this.#ask('group', bounds, (connection, apis) => committedPosition(connection, apis, this.#id, topic));
    if (this.#known?.topic === topic && position !== this.#known.position && position !== this.#pending) {
      throw transactionError('PRODUCER_FENCED', `transactional id ${this.#id}`);
    }
    this.#held = { holder, producer: new Producer(holder.producerId, holder.epoch, this.#id) };
    this.#known = { topic, position };
    this.#pending = undefined;
    return position;
  }

  /**
   * Writes records and the position behind them, all or nothing. `write` gets the producer of the records, and resolves once the brokers have
   * them; `settled` is awaited right before the commit. Throws ConnectError: nothing is written then, or all, which the next call of
   * `position` tells.
   */
  async run(
    partitions: readonly TopicPartition[],
    at: GroupPosition,
    bounds: Bounds,
    write: (producer: Producer) => Promise<void>,
    settled: () => Promise<void>,
  ): Promise<void> {
    const held = this.#held;
    if (held === undefined) throw new ConnectError('INTERNAL', `nobody asked for the position of ${this.#id}`);
    const { holder, producer } = held;
    this.#held = undefined;
    this.#open = { holder, since: Date.now() };
    try {
      await this.#ask('transactional id', bounds, (connection, apis) => addPartitions(connection, apis, holder, partitions));
      // Nothing of it may still be on its way when the next one begins.
      const parts = await Promise.allSettled([write(producer), this.#move(holder, at, bounds)]);
      for (const part of parts) if (part.status === 'rejected') throw part.reason;
      await settled();
      inTime(bounds);
      this.#pending = at.position;
      await this.#ask('transactional id', bounds, (connection, apis) => endTransaction(connection, apis, holder, true));
    } catch (thrown) {
      throw this.#explained(toConnectError(thrown));
    }
    this.#held = held;
    this.#known = { topic: at.topic, position: at.position };
    this.#pending = undefined;
    this.#open = undefined;
  }

  /** Aborts what a failure has left open: those who read committed records only would wait for it. Never rejects. */
  async abort(): Promise<void> {
    if (this.#open === undefined) return;
    const { holder } = this.#open;
    const abandon = (connection: Connection, apis: Apis) => abandonTransaction(connection, apis, holder);
    // Brokers refuse it where the transaction is committed. Where they don't hear of it, they abort it by themselves some time later.
    const limit = AbortSignal.timeout(ABORT_MS);
    await untilAborted(this.#client.useCoordinator('transactional id', this.#id, abandon), limit).catch(() => {});
  }

  async #move(holder: Holder, at: GroupPosition, bounds: Bounds): Promise<void> {
    await this.#ask('transactional id', bounds, (connection, apis) => addGroup(connection, apis, holder, this.#id));
    await this.#ask('group', bounds, (connection, apis) => setPosition(connection, apis, holder, this.#id, at));
  }

  #ask<T>(kind: Coordinated, { deadline, signal }: Bounds, call: (connection: Connection, apis: Apis) => Promise<T>): Promise<T> {
    const patienceMs = Math.min(this.#patienceMs, Math.max(0, deadline - Date.now()));
    return new Recovery(signal, patienceMs, true).retry(() => {
      inTime({ deadline, signal });
      return untilAborted(this.#client.useCoordinator(kind, this.#id, call), signal);
    });
  }

  /** Brokers shut out also who took too long. */
  #explained(error: ConnectError): ConnectError {
    const { code, message, retriable } = error;
    const again = { retriable: true, remedy: 'wait: its records are written again', cause: error };
    const isLate = this.#open !== undefined && Date.now() - this.#open.since >= this.#openMs;
    if (code === 'LEASE_LOST' && isLate)
      return new ConnectError('TIMEOUT', `${this.#id} took longer than ${this.#openMs} ms to write`, again);
    return code === 'WRONG_STATE' && !retriable ? new ConnectError(code, message, again) : error;
  }
}
