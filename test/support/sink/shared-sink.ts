import { setTimeout as sleep } from 'node:timers/promises';
import { proxyRoutes } from '../../../infra/local/rocketmq-admin/proxy-route.ts';
import type { TopicOptions } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import type { Registry } from '../../../src/connectors/packages.ts';
import type { RunSummary } from '../../../src/store/store.ts';
import { stackAddresses } from '../stack.ts';
import { LabSink, type SinkLab } from './sink-lab.ts';

const QUEUES = 4;
/** Messages come again a second after they were given to a receive that had ended, and on a busy machine later. */
const PATIENCE_MS = 600_000;

export interface SharedOptions extends TopicOptions {
  readonly tasks?: number;
  /** The group gives the messages of a queue one after the other. */
  readonly orderly?: boolean;
  readonly invisibleTimeMs?: number | undefined;
  readonly spec?: Partial<ConnectorSpec>;
  /** Has the sink; default the scripted one. */
  readonly registry?: Registry;
  /** The gRPC port of a proxy. Default: of the one inside the broker. */
  readonly endpoints?: string;
}

/** A sink whose tasks share the queues of its topic, over the proxy's gRPC port. Its group is named after the topic. */
export async function sharedSink(lab: SinkLab, options: SharedOptions = {}): Promise<LabSink> {
  const { tasks = 1, orderly = false, invisibleTimeMs, spec, registry, ...topicOptions } = options;
  const { queues = QUEUES } = topicOptions;
  const { endpoints = (await stackAddresses()).rocketmqGrpc } = options;
  const topic = await lab.topics.create({ ...topicOptions, queues });
  const rocketmq = await shareTopic(lab, topic, { queues, orderly, endpoints, invisibleTimeMs });
  return new LabSink(lab, topic, { maxTasks: tasks, system: { delivery: 'shared' }, rocketmq, ...spec }, registry);
}

/**
 * Makes the group of a topic, which is named after it. Resolves with how a connector reaches both, once the proxy at `endpoints` routes the
 * topic.
 */
export async function shareTopic(
  lab: SinkLab,
  topic: string,
  { queues, endpoints, orderly = false, invisibleTimeMs }: Pick<SharedOptions, 'orderly' | 'invisibleTimeMs'> & SharedPlace,
): Promise<ConnectorSpec['rocketmq']> {
  await lab.topics.admin.createGroup(topic, { orderly });
  await proxyRoutes(endpoints, topic, queues);
  return {
    ...lab.topics.config(topic, { endpoints, protocol: 'grpc' }),
    group: topic,
    ...(invisibleTimeMs !== undefined && { invisibleTimeMs }),
  } as ConnectorSpec['rocketmq'];
}

interface SharedPlace {
  /** Of the topic. */
  readonly queues: number;
  /** The gRPC port of a proxy. */
  readonly endpoints: string;
}

/** A topic for dead letters that the proxy routes, by default the one inside the broker. */
export async function letterTopic(lab: SinkLab, endpoints?: string): Promise<string> {
  const topic = await lab.topics.create({ queues: 1 });
  await proxyRoutes(endpoints ?? (await stackAddresses()).rocketmqGrpc, topic, 1);
  return topic;
}

/** Runs tasks again and again until `done`, by default all of them. Resolves with the summaries of the runs. */
export async function runUntil(
  sink: LabSink,
  done: () => boolean | Promise<boolean>,
  { tasks = Array.from({ length: sink.spec.maxTasks }, (_, task) => task), ...options }: RunUntilOptions = {},
): Promise<RunSummary[]> {
  const summaries: RunSummary[] = [];
  for (const deadline = Date.now() + PATIENCE_MS; !(await done()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`not done in ${PATIENCE_MS} ms: ${JSON.stringify(summaries.slice(-3))}`);
    summaries.push(...(await Promise.all(tasks.map((task) => sink.run({ ...options, task })))));
  }
  return summaries;
}

export type RunUntilOptions = Omit<NonNullable<Parameters<LabSink['run']>[0]>, 'task'> & { readonly tasks?: readonly number[] };
