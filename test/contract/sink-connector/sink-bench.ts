import type { StackAddresses } from '../../../infra/local/stack.ts';
import type { BatchSpec, ConnectorSpec } from '../../../src/config/connector-spec.ts';
import { connectorTypes, taskClasses } from '../../../src/connectors/registry.ts';
import { createDynamodbStore } from '../../../src/store/dynamodb/dynamodb-store.ts';
import { WORKER_DEADLINE_MS } from '../../support/crash/kill-randomly.ts';
import type { WorkerOrder } from '../../support/crash/worker-process.ts';
import { grpcProxy } from '../../support/grpc-proxy.ts';
import { openGrpcWay, RocketmqWay, type Way } from '../../support/rocketmq-way.ts';
import { TestRuntime } from '../../support/runtime.ts';
import { fileSink } from '../../support/sink/file-sink.ts';
import { letterTopic, shareTopic } from '../../support/sink/shared-sink.ts';
import { LabSink, SinkLab } from '../../support/sink/sink-lab.ts';
import { connectorSpec } from '../../support/specs.ts';
import { stackAddresses } from '../../support/stack.ts';
import type { SinkHarness, SinkTarget, SinkTargets } from '../harness/sink-harness.ts';
import { SinkCopy } from './sink-copy.ts';

export const registry = {
  connectorTypes: { ...connectorTypes, ...fileSink.connectorTypes },
  taskClasses: { ...taskClasses, ...fileSink.taskClasses },
};

const LANES = { ordering: 'key', lanes: 3 };

export interface CopyOptions {
  readonly queues?: number;
  /** Numbered messages in each queue. */
  readonly messages?: number;
  readonly batch?: Partial<BatchSpec>;
  readonly spec?: Partial<ConnectorSpec>;
  /** Default: a new one. */
  readonly target?: SinkTarget;
  /** Instead of the target's own section. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Where the target is, instead of its server's own address. */
  readonly address?: string;
  /** How long what a run was given is kept from the others, where queues are shared. Default: the product's. */
  readonly invisibleTimeMs?: number;
}

/** RocketMQ, store and runtime, and the system under test. */
export class SinkBench {
  readonly harness: SinkHarness;
  readonly lab: SinkLab;
  readonly #targets: SinkTargets;
  readonly #addresses: StackAddresses;

  private constructor(harness: SinkHarness, lab: SinkLab, targets: SinkTargets, addresses: StackAddresses) {
    this.harness = harness;
    this.lab = lab;
    this.#targets = targets;
    this.#addresses = addresses;
  }

  /** `targets`: instead of those on shared servers. */
  static async open(harness: SinkHarness, targets?: SinkTargets): Promise<SinkBench> {
    return new SinkBench(harness, await SinkLab.open(), targets ?? (await harness.open()), await stackAddresses());
  }

  /** Makes a topic with what a copy is to find, its target and its connector, and applies it. */
  async copy(options: CopyOptions = {}): Promise<SinkCopy> {
    const copy = await this.prepare(options);
    await copy.sink.apply();
    return copy;
  }

  async prepare(options: CopyOptions = {}): Promise<SinkCopy> {
    const { queues = 2, messages = 0, batch = {}, spec = {}, config, address, invisibleTimeMs } = options;
    const topic = await this.lab.topics.create({ queues });
    const target = options.target ?? (await this.#targets.create(topic));
    const type = await registry.connectorTypes[this.harness.type as 'file-sink']();
    const section = config ?? target.config(address === undefined ? {} : { address });
    const { ordering, sharesQueues } = this.harness;
    const given = { ...section, ...(ordering === 'key' && LANES), ...(sharesQueues && { delivery: 'shared' }) };
    const system = type.config.parse(given) as ConnectorSpec['system'];
    const limits = { ...connectorSpec().batch, ...batch };
    const place = { queues, endpoints: this.#proxy, invisibleTimeMs };
    const shared = sharesQueues && { rocketmq: await shareTopic(this.lab, topic, place) };
    const sink = new LabSink(this.lab, topic, { type: this.harness.type, system, batch: limits, ...shared, ...spec }, registry);
    const copy = new SinkCopy(this, sink, target, queues);
    await copy.fill(messages);
    return copy;
  }

  /** A topic for dead letters. */
  createLetterTopic(): Promise<string> {
    return this.harness.sharesQueues ? letterTopic(this.lab, this.#proxy) : this.lab.topics.create({ queues: 1 });
  }

  /** Opens a way to RocketMQ that fails on demand. */
  openWay(): Promise<Way> {
    return this.harness.sharesQueues ? openGrpcWay(this.#proxy) : RocketmqWay.open(this.#addresses);
  }

  /** A runtime whose store is ahead by so many ms: leases that the dead held are over. */
  later(ms: number): TestRuntime {
    const store = createDynamodbStore({ table: this.lab.table, endpoint: this.#addresses.dynamodb, now: () => Date.now() + ms });
    return new TestRuntime(store, ms);
  }

  /** For a worker process that runs task 0. */
  order({ sink }: SinkCopy, more: Partial<WorkerOrder> = {}): WorkerOrder {
    return {
      table: this.lab.table,
      dynamodb: this.#addresses.dynamodb,
      deadlineMs: WORKER_DEADLINE_MS,
      work: { run: { connector: sink.spec.name, task: 0 } },
      ...more,
    };
  }

  /** The one that a network may fail before. */
  get #proxy(): string {
    return grpcProxy(this.#addresses, 'cluster');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#targets[Symbol.asyncDispose]();
    await this.lab[Symbol.asyncDispose]();
  }
}
