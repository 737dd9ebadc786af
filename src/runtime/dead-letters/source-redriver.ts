import type { Logger } from '../../api/index.ts';
import { toConnectError } from '../../api/index.ts';
import { hashText } from '../../kit/index.ts';
import {
  type LettersModule,
  type OutgoingMessage,
  RefusedError,
  type RocketmqAccess,
  type RocketmqModule,
  type TopicProducer,
} from '../../rocketmq/types.ts';
import { LETTER, withoutLetter } from '../run/letter-properties.ts';
import type { ReadLetter } from './read-letter.ts';
import type { Delivered, Redriver } from './redriver.ts';

export interface SourceRedriverOptions {
  readonly rocketmq: Pick<RocketmqModule, 'openProducer'>;
  readonly storedToMessage: LettersModule['storedToMessage'];
  /** The connector's access to RocketMQ. */
  readonly config: RocketmqAccess;
  readonly logger: Logger;
  /** ms since 1970. */
  readonly sendUntil: number;
}

/** Sends records of a source to their topics, to the queues to which the source would have sent them. */
export class SourceRedriver implements Redriver {
  readonly #options: SourceRedriverOptions;
  readonly #producers = new Map<string, TopicProducer>();

  constructor(options: SourceRedriverOptions) {
    this.#options = options;
  }

  async deliver(letters: readonly ReadLetter[]): Promise<readonly Delivered[]> {
    const [first] = letters as [ReadLetter];
    const producer = await this.#producer(topicOf(first));
    const queue = queueOf(first, producer.queues);
    const others = letters.findIndex((letter) => topicOf(letter) !== topicOf(first) || queueOf(letter, producer.queues) !== queue);
    const together = others === -1 ? letters : letters.slice(0, others);
    const messages = together.map((letter) => this.#messageOf(letter));
    try {
      await producer.send(queue, messages, this.#options.sendUntil);
      return together.map(() => undefined);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return [...together.slice(0, error.index).map(() => undefined), error];
    }
  }

  async close(): Promise<void> {
    for (const producer of this.#producers.values()) {
      await producer.close().catch((error: unknown) => {
        this.#options.logger.warn('not closed', { error: toConnectError(error).line });
      });
    }
  }

  async #producer(topic: string): Promise<TopicProducer> {
    const { rocketmq, config, logger } = this.#options;
    const producer = this.#producers.get(topic) ?? (await rocketmq.openProducer({ ...config, topic }, logger));
    this.#producers.set(topic, producer);
    return producer;
  }

  #messageOf({ message }: ReadLetter): OutgoingMessage {
    const { properties, ...rest } = this.#options.storedToMessage(message);
    return { ...rest, properties: withoutLetter(properties) };
  }
}

const topicOf = ({ letter }: ReadLetter): string => letter.topic as string;

/** As a run chooses it. */
function queueOf({ message: { properties } }: ReadLetter, queues: number): number {
  const ordering = properties.get(LETTER.ordering);
  const number = ordering === undefined ? hashText(properties.get(LETTER.partition) as string) : Number(ordering);
  return Number.isSafeInteger(number) && number >= 0 ? number % queues : 0;
}
