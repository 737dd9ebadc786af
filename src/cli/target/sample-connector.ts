import { placeOf, type SourceRecord, toConnectError } from '../../api/index.ts';
import type { ShownMessage } from '../../rocketmq/shown-message.ts';
import type { RocketmqModule, TopicProducer } from '../../rocketmq/types.ts';
import type { TaskDeps } from '../../runtime/run/contracts.ts';
import { queueOf } from '../../runtime/source/queue-of.ts';
import type { Fate, SampledRecord } from '../../runtime/source/read-sample.ts';
import { type SampleDeps, sampleTask } from '../../runtime/source/sample-task.ts';
import { mappingTo, type TopicMapping } from '../../runtime/source/topic-mapping.ts';
import type { ConnectorItem } from '../../store/store.ts';

/** A message that the next run would send, as JSON for people and scripts. */
export interface SampledMessage extends ShownMessage {
  readonly task: number;
  /** The record's place at the source, `partition@id`. */
  readonly place: string;
  readonly topic: string;
  /** Absent if RocketMQ did not say how many queues the topic has. */
  readonly queue?: number;
  /** Why the record can't be copied as it is. `fate` says what becomes of a record that the source itself refused. */
  readonly refused?: { readonly reason: string; readonly fate?: Fate };
}

export interface SampleRequest {
  readonly connector: ConnectorItem;
  /** The sample looks at the tasks in this order, until it has enough records. By default it looks at all of them. */
  readonly tasks?: readonly number[];
  readonly limit: number;
  readonly owner: string;
  readonly signal: AbortSignal;
  /** Called with a sentence that people should know. */
  readonly onNote: (text: string) => void;
}

export type ConnectorSampleDeps = SampleDeps & Pick<TaskDeps, 'loadRocketmq'>;

/**
 * Returns the messages that the next records of a connector would become, and sends nothing. Throws as `sampleTask` does. RocketMQ may be
 * away: the sample only asks it for its queues.
 */
export async function sampleConnector(request: SampleRequest, deps: ConnectorSampleDeps): Promise<SampledMessage[]> {
  const { connector: item, limit, owner, signal, onNote, tasks = Array.from({ length: item.tasks }, (_, task) => task) } = request;
  const found: Array<SampledRecord & { readonly task: number }> = [];
  for (const task of tasks) {
    if (found.length >= limit || signal.aborted) break;
    const { records, end, notices } = await sampleTask({ connector: item.name, task, limit: limit - found.length, owner, signal }, deps);
    found.push(...records.map((sampled) => ({ ...sampled, task })));
    for (const notice of notices) onNote(`task ${task}: ${notice}`);
    if (end === 'time' && !signal.aborted) onNote(`task ${task}: its source was slow, so there may be more`);
  }
  if (found.length === 0) return [];
  const rocketmq = await deps.loadRocketmq();
  const topics = new Topics(request, rocketmq, deps);
  try {
    const messages: SampledMessage[] = [];
    for (const sampled of found) messages.push(await shownAs(sampled, sampled.task, request, rocketmq, topics));
    return messages;
  } finally {
    await topics.close();
  }
}

async function shownAs(
  { record, fate }: SampledRecord,
  task: number,
  { connector: { name, spec } }: SampleRequest,
  rocketmq: RocketmqModule,
  topics: Topics,
): Promise<SampledMessage> {
  const { sampledMessage } = await import('../../rocketmq/sampled-message.ts');
  const topic = record.topic ?? (spec.rocketmq.topic as string);
  const toMessage: TopicMapping['toMessage'] = (each) => rocketmq.recordToMessage(name, each);
  const message = toMessage(record);
  const at = { task, place: placeOf(record), topic };
  if (fate !== undefined) return { ...at, refused: { reason: record.refused?.message ?? '', fate }, ...sampledMessage(message) };
  const producer = await topics.open(topic);
  const reason = producer && (await problemOf(record, producer, toMessage, spec));
  return {
    ...at,
    ...(producer !== undefined && { queue: queueOf(record, producer.queues) }),
    ...(reason !== undefined && { refused: { reason } }),
    ...sampledMessage(message),
  };
}

/** Says why the topic would refuse the record. */
async function problemOf(
  record: SourceRecord,
  producer: TopicProducer,
  toPlain: TopicMapping['toMessage'],
  { rocketmq }: ConnectorItem['spec'],
): Promise<string | undefined> {
  const { toMessage, faultOf } = await mappingTo(producer, toPlain, rocketmq);
  return faultOf?.(record)?.message ?? producer.problem(toMessage(record));
}

/** Asks topics for their queues, and sends nothing to them. */
class Topics {
  readonly #request: SampleRequest;
  readonly #rocketmq: RocketmqModule;
  readonly #deps: ConnectorSampleDeps;
  readonly #opened = new Map<string, TopicProducer | undefined>();

  constructor(request: SampleRequest, rocketmq: RocketmqModule, deps: ConnectorSampleDeps) {
    this.#request = request;
    this.#rocketmq = rocketmq;
    this.#deps = deps;
  }

  /** Returns undefined if RocketMQ can't be reached. The first call reports that to people. */
  async open(topic: string): Promise<TopicProducer | undefined> {
    if (!this.#opened.has(topic)) this.#opened.set(topic, await this.#connect(topic));
    return this.#opened.get(topic);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#opened.values()].map((producer) => producer?.close()));
  }

  async #connect(topic: string): Promise<TopicProducer | undefined> {
    const { connector, onNote } = this.#request;
    try {
      const { rocketmq } = await this.#deps.resolveSecrets({ rocketmq: connector.spec.rocketmq });
      return await this.#rocketmq.openProducer({ ...rocketmq, topic }, this.#deps.logger);
    } catch (error) {
      onNote(`the queues of topic ${topic} are not known: ${toConnectError(error).line}`);
      return undefined;
    }
  }
}
