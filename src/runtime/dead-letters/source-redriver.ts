import { type ConnectError, type Logger, toConnectError } from '../../api/index.ts';
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
import { DeliveryTimes } from '../source/delivery-times.ts';
import { toGroup } from '../source/message-group.ts';
import type { ReadLetter } from './read-letter.ts';
import type { Delivered, Redriver } from './redriver.ts';

export interface SourceRedriverOptions {
  readonly rocketmq: Pick<RocketmqModule, 'openProducer'>;
  readonly letters: Pick<LettersModule, 'storedToMessage' | 'messageToSinkRecord'>;
  /** The connector's access to RocketMQ. */
  readonly config: RocketmqAccess;
  readonly logger: Logger;
  /** ms since 1970. */
  readonly sendUntil: number;
}

/** Sends records of a source to their topics, to the queues to which the source would have sent them. */
export class SourceRedriver implements Redriver {
  readonly #options: SourceRedriverOptions;
  readonly #times: DeliveryTimes;
  readonly #producers = new Map<string, TopicProducer>();

  constructor(options: SourceRedriverOptions) {
    this.#options = options;
    this.#times = new DeliveryTimes(options.config);
  }

  async deliver(letters: readonly ReadLetter[]): Promise<readonly Delivered[]> {
    const [first] = letters as [ReadLetter];
    const producer = await this.#producer(topicOf(first));
    const queue = queueOf(first, producer.queues);
    const others = letters.findIndex((letter) => topicOf(letter) !== topicOf(first) || queueOf(letter, producer.queues) !== queue);
    const together = others === -1 ? letters : letters.slice(0, others);
    const faults = together.map((letter) => this.#faultOf(letter, producer));
    const at = faults.findIndex((fault) => fault !== undefined);
    if (at === 0) return [faults[0]];
    const sendable = at === -1 ? together : together.slice(0, at);
    const messages = sendable.map((letter) => this.#messageOf(letter, producer));
    try {
      await producer.send(queue, messages, this.#options.sendUntil);
      return sendable.map(() => undefined);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return [...sendable.slice(0, error.index).map(() => undefined), error];
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

  #messageOf(from: ReadLetter, { topicType }: TopicProducer): OutgoingMessage {
    const { properties, ...rest } = this.#options.letters.storedToMessage(from.message);
    const message = { ...rest, properties: withoutLetter(properties) };
    if (topicType === undefined) return message;
    return topicType === 'FIFO' ? { ...message, group: groupOf(from) } : { ...message, deliverAt: this.#times.of(this.#headersOf(from)) };
  }

  #faultOf(from: ReadLetter, { topicType }: TopicProducer): ConnectError | undefined {
    return topicType === 'DELAY' ? this.#times.faultIn(this.#headersOf(from)) : undefined;
  }

  #headersOf({ message, queue, letter }: ReadLetter) {
    return this.#options.letters.messageToSinkRecord(letter.topic as string, queue, message).headers;
  }
}

/** A letter without its group was refused by a topic that had none then. */
function groupOf({ message: { properties } }: ReadLetter): string {
  const group = properties.get(LETTER.group);
  return group === undefined ? toGroup(properties.get(LETTER.partition) as string) : (JSON.parse(group) as string);
}

const topicOf = ({ letter }: ReadLetter): string => letter.topic as string;

/** As a run chooses it. */
function queueOf({ message: { properties } }: ReadLetter, queues: number): number {
  const ordering = properties.get(LETTER.ordering);
  const number = ordering === undefined ? hashText(properties.get(LETTER.partition) as string) : Number(ordering);
  return Number.isSafeInteger(number) && number >= 0 ? number % queues : 0;
}
