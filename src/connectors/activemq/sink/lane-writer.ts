import pMap from 'p-map';
import { ConnectError, type FailedRecord, type SinkBatch, toConnectError } from '../../../api/index.ts';
import { type RecordTemplate, untilAborted } from '../../../kit/index.ts';
import type { ActivemqClient } from '../protocol/client.ts';
import { rejection } from '../protocol/errors/send-errors.ts';
import { AmqpSender, type Outcome, type TargetSpec, targetName } from '../protocol/send/amqp-sender.ts';
import type { ActivemqSinkConfig } from './config.ts';
import { parseTarget } from './destination.ts';
import { messageOf } from './mapping.ts';

/** Links of a lane that are open at a time, where records name their destinations. */
const MAX_LINKS = 50;

/** What the lanes of a task share. */
export interface Shared {
  readonly client: ActivemqClient;
  readonly config: ActivemqSinkConfig;
  readonly destination: RecordTemplate;
}

interface Item {
  readonly index: number;
  readonly offset: number;
  readonly record: SinkBatch['records'][number];
}

/** Writes the batches of one lane, one after the other, by a link for each destination. */
export class LaneWriter {
  readonly #shared: Shared;
  readonly #senders = new Map<string, AmqpSender>();
  /** Destinations whose links are being opened or used. */
  readonly #busy = new Set<string>();
  /**
   * Of a batch that could not be written as a whole: its records up to the first of each destination that is not stored, by offset, with the
   * reason of those that are refused. They need not be written again when the batch comes again.
   */
  readonly #settled = new Map<number, ConnectError | undefined>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** As `SinkTask.write`. */
  async write({ records, deadline, signal }: SinkBatch): Promise<FailedRecord[]> {
    const failed: FailedRecord[] = [];
    const parts = new Map<string, { readonly target: TargetSpec; readonly items: Item[] }>();
    for (const [index, record] of records.entries()) {
      const { offset } = record;
      const known = this.#settled.get(offset);
      if (known !== undefined) failed.push({ index, error: known });
      if (this.#settled.has(offset)) continue;
      try {
        const { destination } = this.#shared;
        const target = parseTarget(destination.of(record), !destination.isFixed);
        const name = targetName(target);
        const part = parts.get(name) ?? { target, items: [] };
        parts.set(name, part);
        part.items.push({ index, offset, record });
      } catch (error) {
        failed.push({ index, error: toConnectError(error) });
      }
    }
    const written = await pMap(
      [...parts.values()],
      ({ target, items }) => this.#send(target, items, deadline, signal).catch((error: unknown) => toConnectError(error)),
      { concurrency: MAX_LINKS },
    );
    const errors = written.filter((part) => part instanceof ConnectError);
    // What another try can't mend is what a person has to know.
    const error = errors.find(({ retriable }) => !retriable) ?? errors[0];
    if (error !== undefined) throw error;
    for (const part of written) if (!(part instanceof ConnectError)) failed.push(...part);
    for (const { offset } of records) this.#settled.delete(offset);
    return failed.sort((a, b) => a.index - b.index);
  }

  /** What is on its way goes down with the connection: it must not arrive behind what is written next. */
  close(): void {
    for (const sender of this.#senders.values()) {
      if (sender.isSending) sender.connection.abandon(interrupted());
      else sender.close();
    }
    this.#senders.clear();
  }

  /** Sends records to one destination, in their order. */
  async #send(target: TargetSpec, items: readonly Item[], deadline: number, signal: AbortSignal): Promise<FailedRecord[]> {
    const name = targetName(target);
    this.#busy.add(name);
    try {
      return await this.#sendBy(await this.#sender(target, signal), items, deadline, signal);
    } finally {
      this.#busy.delete(name);
    }
  }

  async #sendBy(sender: AmqpSender, items: readonly Item[], deadline: number, signal: AbortSignal): Promise<FailedRecord[]> {
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) throw tooLate();
    const failed: FailedRecord[] = [];
    const ready: Array<Item & { readonly message: Buffer }> = [];
    for (const item of items) {
      try {
        ready.push({ ...item, message: this.#message(item, sender) });
      } catch (error) {
        failed.push({ index: item.index, error: toConnectError(error) });
      }
    }
    if (ready.length === 0) return failed;
    const { confirmTimeoutMs } = this.#shared.config;
    const messages = ready.map(({ message }) => message);
    let outcomes: Array<Outcome | undefined>;
    try {
      outcomes = await untilAborted(sender.send(messages, Math.min(confirmTimeoutMs, leftMs)), signal);
    } catch (error) {
      sender.connection.abandon(interrupted());
      throw error;
    }
    for (const [place, { index, offset }] of ready.entries()) {
      const found = problemOf(outcomes[place], sender);
      if (found !== undefined && found.code !== 'RECORD_REFUSED') throw found;
      if (found !== undefined) failed.push({ index, error: found });
      this.#settled.set(offset, found);
    }
    return failed;
  }

  #message({ record }: Item, { connection, maxMessageBytes }: AmqpSender): Buffer {
    const { messageType } = this.#shared.config;
    const message = messageOf(record, { messageType, dropsDuplicates: connection.isArtemis });
    if (maxMessageBytes === undefined || message.length <= maxMessageBytes) return message;
    throw new ConnectError('RECORD_REFUSED', `it has ${message.length} bytes, and the broker takes ${maxMessageBytes}`, {
      remedy: 'raise the limit of the broker',
    });
  }

  async #sender(target: TargetSpec, signal: AbortSignal): Promise<AmqpSender> {
    const name = targetName(target);
    const known = this.#senders.get(name);
    this.#senders.delete(name);
    const open = () => this.#shared.client.use((connection) => AmqpSender.open(connection, target));
    const sender = known !== undefined && known.failure === undefined ? known : await untilAborted(open(), signal);
    // The last of the map is the one that was used last.
    this.#senders.set(name, sender);
    for (const [other, idle] of this.#senders) {
      if (this.#senders.size <= MAX_LINKS) break;
      if (this.#busy.has(other)) continue;
      idle.close();
      this.#senders.delete(other);
    }
    return sender;
  }
}

/** Undefined where the broker has the message. */
function problemOf(outcome: Outcome | undefined, { failure, target }: AmqpSender): ConnectError | undefined {
  const name = targetName(target);
  switch (outcome?.kind) {
    case 'accepted':
      return undefined;
    case 'rejected':
      return rejection(outcome.error, name);
    case 'released':
      return outcome.undeliverable
        ? new ConnectError('RECORD_REFUSED', `${name} never takes it from this client`, { remedy: 'see what the broker has against it' })
        : rejection({ description: 'it gave the message back' }, name);
    default:
      return failure ?? rejection(undefined, name);
  }
}

const interrupted = () => new ConnectError('INTERRUPTED', 'the write was given up before the broker had all of it', { retriable: true });

/** A process that stood still may find that another run has begun. */
const tooLate = (): ConnectError =>
  new ConnectError('TIMEOUT', 'not all was sent before the time of the run was over', {
    retriable: true,
    remedy: 'wait: the next run writes it',
  });
