import type { TopicOptions } from '../../../infra/local/rocketmq-admin/rocketmq-admin.ts';
import type { ConnectorSpec } from '../../../src/config/connector-spec.ts';
import type { Registry } from '../../../src/connectors/packages.ts';
import type { OutgoingMessage, RocketmqConfig } from '../../../src/rocketmq/types.ts';
import { createPlanner } from '../../../src/runtime/planner/planner.ts';
import type { PlannerDeps } from '../../../src/runtime/planner/planner-deps.ts';
import type { PlannerRequest, PlanResult, StatusResult } from '../../../src/runtime/planner-api.ts';
import type { TaskDeps, TaskOutcome } from '../../../src/runtime/run/contracts.ts';
import { runTask } from '../../../src/runtime/run-task.ts';
import type { RunSummary } from '../../../src/store/store.ts';
import { Topics } from '../../integration/rocketmq/topics.ts';
import { uniqueName } from '../names.ts';
import { openTestStore } from '../pipeline.ts';
import { TestRuntime } from '../runtime.ts';
import { connectorSpec } from '../specs.ts';
import { stackAddresses } from '../stack.ts';
import { ScriptedTarget } from './scripted-sink.ts';

/** RocketMQ, store, planner and tasks for sinks whose target is scripted. */
export class SinkLab {
  readonly topics: Topics;
  readonly runtime: TestRuntime;
  readonly table: string;

  private constructor(topics: Topics, runtime: TestRuntime, table: string) {
    this.topics = topics;
    this.runtime = runtime;
    this.table = table;
  }

  /** On the tests' own RocketMQ, or on the one with this name server. */
  static async open(namesrv?: string): Promise<SinkLab> {
    const { store, table } = await openTestStore(await stackAddresses());
    return new SinkLab(await Topics.open(namesrv), new TestRuntime(store), table);
  }

  async sink(options: TopicOptions & { readonly spec?: Partial<ConnectorSpec> } = {}): Promise<LabSink> {
    const { spec, ...topicOptions } = options;
    const topic = await this.topics.create(topicOptions);
    return new LabSink(this, topic, spec);
  }

  /** Sends numbered texts to one queue of a topic, or other messages, and waits until they can be read. */
  async fill(
    topic: string,
    queue: number,
    count: number,
    message: (index: number) => Partial<OutgoingMessage> = () => ({}),
    config: Partial<RocketmqConfig> = {},
  ): Promise<void> {
    const producer = await this.topics.producer(topic, config);
    const texts = Array.from({ length: count }, (_, index) => ({
      body: Buffer.from(`${queue} ${index}`),
      keys: [],
      properties: new Map(),
      ...message(index),
    }));
    await producer.send(queue, texts, Date.now() + 60_000);
    await this.topics.admin.dispatched();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime.close();
    await this.topics[Symbol.asyncDispose]();
  }
}

/** One connector, its topic and its target. */
export class LabSink {
  readonly lab: SinkLab;
  readonly topic: string;
  readonly target = new ScriptedTarget();
  readonly #registry: Registry;
  spec: ConnectorSpec;

  /** `registry` has the sink; default the scripted one. */
  constructor(lab: SinkLab, topic: string, spec: Partial<ConnectorSpec> = {}, registry?: Registry) {
    this.#registry = registry ?? this.target;
    this.lab = lab;
    this.topic = topic;
    this.spec = connectorSpec({
      name: uniqueName('sink'),
      type: 'scripted-sink',
      direction: 'sink',
      maxTasks: 1,
      system: {},
      rocketmq: lab.topics.config(topic) as ConnectorSpec['rocketmq'],
      ...spec,
    });
  }

  /** Sends numbered texts to one queue, or other messages, and waits until they can be read. */
  fill(queue: number, count: number, message: (index: number) => Partial<OutgoingMessage> = () => ({})): Promise<void> {
    return this.lab.fill(this.topic, queue, count, message);
  }

  /** `deps` replaces parts of the planner. */
  async ask<R>(request: PlannerRequest, deps: Partial<PlannerDeps> = {}): Promise<R> {
    const { connectorTypes, taskClasses } = this.#registry;
    const planner = createPlanner({ ...this.lab.runtime.plannerDeps, connectorTypes, taskClasses, ...deps });
    const response = await planner.handle(request);
    if (!response.ok) throw Object.assign(new Error(response.error.message), response.error);
    return response.result as R;
  }

  apply(change: Partial<ConnectorSpec> = {}): Promise<PlanResult> {
    this.spec = { ...this.spec, ...change };
    return this.ask({ action: 'apply', file: this.spec });
  }

  status(): Promise<StatusResult> {
    return this.ask({ action: 'status', connector: this.spec.name });
  }

  get deps(): TaskDeps {
    return { ...this.lab.runtime.taskDeps, taskClasses: this.#registry.taskClasses };
  }

  invoke({
    task = 0,
    deadlineMs = 30_000,
    signal = new AbortController().signal,
    deps = {} as Partial<TaskDeps>,
    runtime = this.lab.runtime,
  } = {}): Promise<TaskOutcome> {
    const invocation = { deadline: Date.now() + runtime.laterMs + deadlineMs, owner: `test ${process.pid}`, signal };
    return runTask({ connector: this.spec.name, task }, { ...this.deps, store: runtime.store, ...deps }, invocation);
  }

  /** One invocation; its summary. */
  async run(options?: Parameters<LabSink['invoke']>[0]): Promise<RunSummary> {
    const { outcome, summary } = await this.invoke(options);
    if (summary === undefined) throw new Error(`the task was not run: ${outcome}`);
    return summary;
  }

  queue(id: number): string {
    return `${this.topic}:broker-a:${id}`;
  }
}
