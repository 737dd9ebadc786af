import { ConnectError, toConnectError } from '../../api/index.ts';
import { hashText } from '../../kit/index.ts';
import { type OutgoingMessage, RefusedError, type TopicProducer } from '../../rocketmq/types.ts';
import type { Run } from '../run/run.ts';
import type { ReadMessage } from './read-message.ts';
import { type RefusedMessage, sinkDeadLetters } from './sink-dead-letter.ts';

interface Outlet {
  readonly producer: TopicProducer;
  readonly toMessage: (message: ReadMessage['message']) => OutgoingMessage;
}

/** Writes refused messages to the dead-letter topic. RocketMQ's producer is loaded with the first one. */
export class SinkDeadLetterSender {
  readonly #run: Run;
  readonly #toMessage: Outlet['toMessage'];
  #producer: Promise<TopicProducer> | undefined;
  /** How many RocketMQ has acknowledged. */
  sent = 0;

  constructor(run: Run, toMessage: Outlet['toMessage']) {
    this.#run = run;
    this.#toMessage = toMessage;
  }

  /**
   * Resolves when RocketMQ has the dead letter; with a reason where it refuses this one in every form. Rejects where no dead letter can
   * be sent at all. Those of one queue go to one queue.
   */
  async send(refused: RefusedMessage): Promise<ConnectError | undefined> {
    try {
      this.#producer ??= this.#open();
      await this.#sendFullest(await this.#producer, refused);
      this.sent += 1;
      return undefined;
    } catch (error) {
      const cause = toConnectError(error);
      const { code, retriable, remedy } = cause;
      const place = `${refused.partition}@${refused.read.message.offset}`;
      const failed = new ConnectError(code, `dead letter for record ${place}: ${cause.message}`, {
        retriable,
        cause,
        ...(remedy !== undefined && { remedy }),
      });
      if (error instanceof RefusedError) return failed;
      throw failed;
    }
  }

  async close(): Promise<void> {
    await (await this.#producer?.catch(() => undefined))?.close();
  }

  async #open(): Promise<TopicProducer> {
    const { deps, secrets, spec } = this.#run;
    const { openProducer } = await deps.loadRocketmq();
    return openProducer({ ...(await secrets.rocketmq()), topic: spec.errors.deadLetterTopic as string, plainOnly: true }, deps.logger);
  }

  /** Sends the first form of the dead letter that RocketMQ takes: its own limits may be lower than the known ones. */
  async #sendFullest(producer: TopicProducer, refused: RefusedMessage): Promise<void> {
    const queue = hashText(refused.partition) % producer.queues;
    let refusal: RefusedError | undefined;
    for (const letter of sinkDeadLetters(this.#run.item.connector, refused, this.#toMessage)) {
      try {
        return await producer.send(queue, [letter], this.#run.budget.sendUntil);
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }
}
