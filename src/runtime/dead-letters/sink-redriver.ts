import { ConnectError, recordBytes, type SinkRecord, type SinkTask, toConnectError } from '../../api/index.ts';
import type { LettersModule, StoredMessage, TopicQueues } from '../../rocketmq/types.ts';
import { LETTER, withoutLetter } from '../run/letter-properties.ts';
import { withinTime } from '../run/within-time.ts';
import { BatchWriter, type Writable } from '../sink/batch-writer.ts';
import type { WriteWindow } from '../sink/write-window.ts';
import type { ReadLetter } from './read-letter.ts';
import type { Delivered, Redriver } from './redriver.ts';
import { messageAt } from './show-letter.ts';

const STOP_MS = 5_000;

export interface SinkRedriverOptions {
  /** Creates the sink, and does not start it. */
  readonly createTask: () => Promise<SinkTask>;
  readonly rocketmq: LettersModule;
  /** Opens a topic that the sink reads or has read. */
  readonly openQueues: (topic: string) => Promise<TopicQueues>;
  readonly window: WriteWindow;
  readonly warn: (error: ConnectError) => void;
}

/** Writes records of a sink to its target, by the task that the connector's runs write with. */
export class SinkRedriver implements Redriver {
  readonly #options: SinkRedriverOptions;
  readonly #opened = new Map<string, TopicQueues>();
  #task: SinkTask | undefined;

  constructor(options: SinkRedriverOptions) {
    this.#options = options;
  }

  async deliver(letters: readonly ReadLetter[]): Promise<readonly Delivered[]> {
    const { window } = this.#options;
    const delivered = new Map<ReadLetter, Delivered>();
    const writable: Array<Writable & { readonly from: ReadLetter }> = [];
    for (const from of letters) {
      const record = await this.#recordOf(from);
      if (record instanceof ConnectError) delivered.set(from, record);
      else writable.push({ from, message: from.message, record, bytes: recordBytes(record) });
    }
    const [first] = letters as [ReadLetter];
    if (writable.length > 0) {
      // Its name is that of the letters' queue: what a target keeps by queue must not mix with what the runs write.
      const writer = new BatchWriter({ task: await this.#started(), partition: first.queue, window, signal: window.signal });
      await writer.write(writable, (message, error) => {
        delivered.set((message as (typeof writable)[number]).from, error);
        return true;
      });
    }
    return letters.map((letter) => delivered.get(letter));
  }

  async close(): Promise<void> {
    this.#options.window.close();
    for (const queues of this.#opened.values()) queues.close();
    const stop = async () => this.#task?.stop(STOP_MS);
    await withinTime(STOP_MS, stop(), 'target').catch((error: unknown) => this.#options.warn(toConnectError(error)));
  }

  async #started(): Promise<SinkTask> {
    if (this.#task !== undefined) return this.#task;
    this.#task = await this.#options.createTask();
    await this.#task.start();
    return this.#task;
  }

  /** The record as the sink read it. A letter that leaves something out, or whose message could not be read, is read where it came from. */
  async #recordOf(from: ReadLetter): Promise<SinkRecord | ConnectError> {
    const { omitted, refusedAt, topic = '' } = from.letter;
    try {
      const message = omitted === undefined && refusedAt === 'write' ? originalOf(from.message) : await this.#fetched(from);
      return this.#options.rocketmq.messageToSinkRecord(topic, from.message.properties.get(LETTER.partition) as string, message);
    } catch (thrown) {
      const error = toConnectError(thrown);
      if (error.code === 'RECORD_REFUSED' || error.code === 'POSITION_LOST') return error;
      throw error;
    }
  }

  /** Throws POSITION_LOST where RocketMQ no longer has the message. */
  async #fetched({ message: { properties }, letter }: ReadLetter): Promise<StoredMessage> {
    const { topic = '', omitted, place, record } = letter;
    try {
      const queues = this.#opened.get(topic) ?? (await this.#options.openQueues(topic));
      this.#opened.set(topic, queues);
      const at = { queue: properties.get(LETTER.partition) as string, offset: Number(properties.get(LETTER.position)) };
      const message = await messageAt(queues, at);
      if (String(message.storedAt) === properties.get(LETTER.storedAt)) return message;
    } catch (error) {
      if (toConnectError(error).code !== 'NOT_FOUND') throw error;
    }
    const why = omitted === undefined ? 'the message could not be read' : `it is without ${omitted}`;
    throw new ConnectError('POSITION_LOST', `dead letter ${place}: ${why}, and RocketMQ no longer has the message at ${record}`, {
      remedy: `send the record once more from where it came, then drop the dead letter: \`dlq drop\` with --offset ${place}`,
    });
  }
}

/** The message as the sink read it, with its own place, times, id and group. */
function originalOf(message: StoredMessage): StoredMessage {
  const { properties } = message;
  const text = (name: string) => properties.get(name);
  const own = withoutLetter(properties);
  own.delete('UNIQ_KEY');
  const [id, group] = [text(LETTER.messageId), text(LETTER.group)];
  if (id !== undefined) own.set('UNIQ_KEY', id);
  if (group !== undefined) own.set('__SHARDINGKEY', JSON.parse(group) as string);
  return {
    ...message,
    properties: own,
    offset: Number(text(LETTER.position)),
    bornAt: Number(text(LETTER.bornAt)),
    storedAt: Number(text(LETTER.storedAt)),
  };
}
