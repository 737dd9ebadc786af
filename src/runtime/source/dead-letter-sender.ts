import { ConnectError, type SourceRecord, toConnectError } from '../../api/index.ts';
import { type BatchProducer, type OutgoingMessage, RefusedError } from '../../rocketmq/types.ts';
import { placeOf } from '../run/partition-stops.ts';
import { deadLetters, type RefusedRecord } from './dead-letters.ts';
import { queueOf } from './queue-of.ts';

export interface DeadLetterOptions {
  readonly connector: string;
  readonly recordToMessage: (connector: string, record: SourceRecord) => OutgoingMessage;
  /** Called once, for the first dead letter. */
  readonly openDeadLetters: () => Promise<BatchProducer>;
  readonly sendUntil: number;
  /** Why the run ends, once it does: no dead letter is begun then. */
  readonly failure: () => ConnectError | undefined;
}

/** Writes refused records to the dead-letter topic. */
export class DeadLetterSender {
  readonly #options: DeadLetterOptions;
  #producer: Promise<BatchProducer> | undefined;
  /** Acknowledged. */
  sent = 0;

  constructor(options: DeadLetterOptions) {
    this.#options = options;
  }

  /**
   * Resolves when RocketMQ has the dead letter; with a reason where it refuses this one in every form. Rejects where no dead letter can
   * be sent at all.
   */
  async send(refused: RefusedRecord): Promise<ConnectError | undefined> {
    try {
      this.#producer ??= this.#options.openDeadLetters();
      const producer = await this.#producer;
      const failure = this.#options.failure();
      if (failure !== undefined) throw failure;
      await this.#sendFullest(producer, refused);
      this.sent += 1;
      return undefined;
    } catch (error) {
      const cause = toConnectError(error);
      const { code, retriable, remedy } = cause;
      const failed = new ConnectError(code, `dead letter for record ${placeOf(refused.record)}: ${cause.message}`, {
        retriable,
        cause,
        ...(remedy !== undefined && { remedy }),
      });
      if (error instanceof RefusedError) return failed;
      throw failed;
    }
  }

  /** Aborts the sends that are in flight. */
  close(): void {
    this.#producer?.then((producer) => producer.close()).catch(() => {});
  }

  /** The first form of the dead letter that RocketMQ takes: its own limits may be lower than the known ones. */
  async #sendFullest(producer: BatchProducer, refused: RefusedRecord): Promise<void> {
    const { connector, recordToMessage, sendUntil } = this.#options;
    const queue = queueOf(refused.record, producer.queues);
    const toMessage = (record: SourceRecord) => recordToMessage(connector, record);
    let refusal: RefusedError | undefined;
    for (const letter of deadLetters(refused, toMessage, (message) => producer.problem(message) === undefined)) {
      try {
        return await producer.send(queue, [letter], sendUntil);
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }
}
