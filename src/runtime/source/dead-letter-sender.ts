import { ConnectError, placeOf, toConnectError } from '../../api/index.ts';
import type { ErrorsSpec } from '../../config/connector-spec.ts';
import { RefusedError, type TopicProducer } from '../../rocketmq/types.ts';
import { deadLetters, type RefusedRecord } from './dead-letters.ts';
import { queueOf } from './queue-of.ts';
import type { Rocketmq } from './run-rocketmq.ts';

export interface DeadLetterOptions {
  readonly loadRocketmq: () => Promise<Rocketmq>;
  readonly errors: ErrorsSpec;
  /** ms since 1970. */
  readonly sendUntil: number;
  /** Returns why the run ends, once it does: no dead letter is started then. */
  readonly failure: () => ConnectError | undefined;
}

/** A producer of the dead-letter topic, and what makes its messages. */
type Outlet = Pick<Rocketmq, 'connector' | 'toMessage'> & { readonly producer: TopicProducer };

/** Writes refused records to the dead-letter topic, which it opens with the first one. */
export class DeadLetterSender {
  readonly #options: DeadLetterOptions;
  #outlet: Promise<Outlet> | undefined;
  /** How many RocketMQ has acknowledged. */
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
      this.#outlet ??= this.#open();
      const outlet = await this.#outlet;
      const failure = this.#options.failure();
      if (failure !== undefined) throw failure;
      await this.#sendFullest(outlet, refused);
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
    this.#outlet?.then(({ producer }) => producer.close()).catch(() => {});
  }

  async #open(): Promise<Outlet> {
    const { connector, toMessage, openProducer } = await this.#options.loadRocketmq();
    return { connector, toMessage, producer: await openProducer(this.#options.errors.deadLetterTopic as string, 'dead letters') };
  }

  /** Sends the first form of the dead letter that RocketMQ takes: its own limits may be lower than the known ones. */
  async #sendFullest({ producer, connector, toMessage }: Outlet, refused: RefusedRecord): Promise<void> {
    const queue = queueOf(refused.record, producer.queues);
    let refusal: RefusedError | undefined;
    for (const letter of deadLetters(connector, refused, toMessage, (message) => producer.problem(message) === undefined)) {
      try {
        return await producer.send(queue, [letter], this.#options.sendUntil);
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }
}
